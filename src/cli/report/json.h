/* SPDX-License-Identifier: MIT */
/* The lines of --report as JSON. docs/report.md says what each field means, and
 * docs/report.schema.json what it may hold.
 *
 * Every function returns one line, without its end, which the caller frees; NULL: out of memory. */
#ifndef EXN_CLI_REPORT_JSON_H
#define EXN_CLI_REPORT_JSON_H

#include "totals.h"

/* The first line: who wrote the report, and its options. */
char *exn_json_header(const exn_cli_options *options);

/* What happened to one item. */
char *exn_json_item(const exn_report *report, const exn_item *item);

/* Which rotated images a label file names that was copied unchanged, or its verdicts. */
char *exn_json_labels(const exn_report *report, const exn_report_labels *labels);

/* Which frame the labels of one image are in. */
char *exn_json_verdict(const exn_report *report, const char *labels, const char *image,
                       const exn_labels_judgement *judgement);

/* Why the run ended early, in the last line's words; NULL if it did not. */
const char *exn_json_stopped(const exn_report *report, int stopped);

/* The last line; a report without one is truncated. stopped: as for exn_report_close(). */
char *exn_json_totals(const exn_report *report, int stopped);

#endif
