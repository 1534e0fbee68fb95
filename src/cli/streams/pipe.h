/* SPDX-License-Identifier: MIT */
/* One image, or one archive, of which at least one side is a standard stream. */
#ifndef EXN_CLI_STREAMS_PIPE_H
#define EXN_CLI_STREAMS_PIPE_H

#include "labels/pictures.h"
#include "list/roots.h"
#include "report/report.h"
#include "workers/pool.h"

/* Takes what IN is through a worker to OUT and reports it. An image from standard input is held in
 * memory, and what goes to standard output is sent when it is complete; of an archive, its members.
 * rotated gets it where labels may be wrong of it now. All are borrowed. */
void exn_pipe_run(const exn_cli_options *options, const exn_roots *roots, exn_pool *pool,
                  exn_pictures *rotated, exn_report *report);

#endif
