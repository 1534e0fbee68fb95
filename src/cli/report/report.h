/* SPDX-License-Identifier: MIT */
/* What happened to every item: a line on standard error for each that failed or was skipped, a line
 * of JSON for each with --report, and the closing summary. */
#ifndef EXN_CLI_REPORT_REPORT_H
#define EXN_CLI_REPORT_REPORT_H

#include "totals.h"

/* Opens --report and writes its first line. EXN_EXIT_OUTPUT, with a line on standard error, if that
 * fails; then there is nothing to close. */
exn_exit exn_report_open(exn_report *report, const exn_cli_options *options);

/* The stream for people: standard output, or standard error if the report or an output takes that.
 */
FILE *exn_report_stream(const exn_report *report);

/* Counts and reports one item. */
void exn_report_item(exn_report *report, const exn_item *item);

/* Counts and reports a label file that may be wrong now. */
void exn_report_tell_labels(exn_report *report, const exn_report_labels *labels);

/* Reports the verdict on one image of a label file. */
void exn_report_tell_verdict(exn_report *report, const char *labels, const char *image,
                             const exn_labels_judgement *judgement);

/* Whether the run ended early: by a signal, the first failure, or because an output or the report
 * could not be written. */
bool exn_report_has_stopped(const exn_report *report);

/* Closes the report, prints the summary and returns the exit status. stopped: the signal that ended
 * the run early; 0: none. */
exn_exit exn_report_close(exn_report *report, int stopped);

/* For check.c: why a sidecar stays unchanged, as the end of a message. */
const char *exn_report_owner_text(const exn_item *item);

#endif
