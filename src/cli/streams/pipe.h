/* SPDX-License-Identifier: MIT */
/* One image or one archive, with a standard stream on at least one side. */
#ifndef EXN_CLI_STREAMS_PIPE_H
#define EXN_CLI_STREAMS_PIPE_H

#include "labels/pictures.h"
#include "list/roots.h"
#include "report/report.h"
#include "workers/pool.h"

/* Takes IN through a worker to OUT and reports it. An image from standard input is held in memory,
 * and one for standard output is sent when it is complete; for an archive this holds for each
 * member. rotated gets the image if labels about it may be wrong now. All arguments are borrowed.
 */
void exn_pipe_run(const exn_cli_options *options, const exn_roots *roots, exn_pool *pool,
                  exn_pictures *rotated, exn_report *report);

#endif
