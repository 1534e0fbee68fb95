/* SPDX-License-Identifier: MIT */
/* --check: says whether a run would change each file, and changes nothing. */
#ifndef EXN_CLI_CHECK_H
#define EXN_CLI_CHECK_H

#include "report/report.h"
#include "workers/pool.h"

/* Whether a path is standard input, which can only be an archive. */
bool exn_check_is_stdin(const exn_cli_options *options, const char *path);

/* Checks every file of every path. Prints a line for each that is not unambiguous, then how many
 * there are of each orientation. All arguments are borrowed. */
void exn_check_run(const exn_cli_options *options, exn_pool *pool, exn_report *report);

#endif
