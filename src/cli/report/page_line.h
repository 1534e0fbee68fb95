/* SPDX-License-Identifier: MIT */
/* What --html learns about a run: the same as the lines of --report say. */
#ifndef EXN_CLI_REPORT_PAGE_LINE_H
#define EXN_CLI_REPORT_PAGE_LINE_H

#include "totals.h"

/* The run begins; see exn_page_start(). Without --html all of these do nothing. */
exn_exit exn_page_line_start(exn_report *report, const exn_cli_options *options);

void exn_page_line_item(const exn_report *report, const exn_item *item);
void exn_page_line_labels(const exn_report *report, const exn_report_labels *labels);
void exn_page_line_verdict(const exn_report *report, const char *labels, const char *image,
                           const exn_labels_judgement *judgement);

#endif
