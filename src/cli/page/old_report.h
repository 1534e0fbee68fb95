/* SPDX-License-Identifier: MIT */
/* The page of an earlier run, made from its report (docs/report.md). */
#ifndef EXN_CLI_PAGE_OLD_REPORT_H
#define EXN_CLI_PAGE_OLD_REPORT_H

#include "page.h"

/* Reads options->from_report, and writes the page options->html like exn_page_close(). A usage
 * error if it is not a report, or does not fit the names that were given. */
exn_exit exn_old_report_run(const exn_cli_options *options, exn_pool *pool);

#endif
