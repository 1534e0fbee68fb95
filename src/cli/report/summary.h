/* SPDX-License-Identifier: MIT */
/* The summary at the end of a run, for people. */
#ifndef EXN_CLI_REPORT_SUMMARY_H
#define EXN_CLI_REPORT_SUMMARY_H

#include "totals.h"

/* stopped: the signal that ended the run early; 0: none. */
void exn_summary_print(const exn_report *report, FILE *file, int stopped);

#endif
