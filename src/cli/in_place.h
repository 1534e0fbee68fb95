/* SPDX-License-Identifier: MIT */
/* --in-place: each file is changed where it is, by renaming a finished one over it; the original
 * goes to a backup first. */
#ifndef EXN_CLI_IN_PLACE_H
#define EXN_CLI_IN_PLACE_H

#include "options.h"
#include "workers/pool.h"

/* Runs over options->paths, one after another, with one report. */
exn_exit exn_in_place_run(exn_cli_options *options, exn_pool *pool);

#endif
