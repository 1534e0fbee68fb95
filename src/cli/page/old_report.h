/* SPDX-License-Identifier: MIT */
/* A page of a run that is over, out of its report (docs/report.md). */
#ifndef EXN_CLI_PAGE_OLD_REPORT_H
#define EXN_CLI_PAGE_OLD_REPORT_H

#include "page.h"

/* Reads options->from_report, and writes the page of options->html as exn_page_close() does. A
 * usage error: it is no report, or one of another kind than the names given. */
exn_exit exn_old_report_run(const exn_cli_options *options, exn_pool *pool);

#endif
