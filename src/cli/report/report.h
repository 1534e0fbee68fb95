/* SPDX-License-Identifier: MIT */
/* What became of every item: a line on standard error for what failed or was skipped, a
 * line of JSON for each where
 * --report asks for it, and the closing summary. */
#ifndef EXN_CLI_REPORT_REPORT_H
#define EXN_CLI_REPORT_REPORT_H

#include "totals.h"

/* Opens --report and writes its first line. EXN_EXIT_OUTPUT, with a line on standard error, where
 * that cannot be; then nothing is to be closed. */
exn_exit exn_report_open(exn_report *report, const exn_cli_options *options);

/* Where people read: standard output, or standard error where the report has taken that. */
FILE *exn_report_stream(const exn_report *report);

/* Counts and tells one item. */
void exn_report_item(exn_report *report, const exn_item *item);

/* Counts and tells a label file that may be wrong now. */
void exn_report_tell_labels(exn_report *report, const exn_report_labels *labels);

/* Tells the verdict on one image of a label file. */
void exn_report_tell_verdict(exn_report *report, const char *labels, const char *image,
                             const exn_labels_judgement *judgement);

/* Whether the run was ended early: by a signal, the first failure, or an output or the report that
 * could not be written. */
bool exn_report_has_stopped(const exn_report *report);

/* Closes the report, prints the summary and returns the exit status. stopped: the signal that ended
 * the run early; 0: none. */
exn_exit exn_report_close(exn_report *report, int stopped);

/* For check.c: why a sidecar stays as it is, as the end of a line of text. */
const char *exn_report_owner_text(const exn_item *item);

#endif
