/* SPDX-License-Identifier: MIT */
/* The parent's side of the wall: it knows names and files, and hands each image to a worker as two
 * descriptors. */
#ifndef EXN_CLI_BATCH_BATCH_H
#define EXN_CLI_BATCH_BATCH_H

#include "labels/survey.h"
#include "list/list.h"
#include "report/report.h"
#include "workers/pool.h"
#include "write/state.h"

/* Takes every item of the list through worker, writer and report. Images are processed side by side
 * and their temporary files filled in any order; they get their names and are reported in the
 * list's order. Stops early, with nothing half done, at a signal or if the output or the report
 * cannot be written. All arguments are borrowed; state may be NULL. survey: what is known about
 * label files; the run adds the pictures that labels may be about. */
void exn_batch_run(const exn_cli_options *options, const exn_roots *roots, exn_state *state,
                   exn_pool *pool, exn_list *list, exn_survey *survey, exn_report *report);

#endif
