/* SPDX-License-Identifier: MIT */
/* The parent side of the wall. It knows names and files and hands each image, as two
 * descriptors, to a worker. */
#ifndef EXN_CLI_BATCH_BATCH_H
#define EXN_CLI_BATCH_BATCH_H

#include "labels/survey.h"
#include "list/list.h"
#include "report/report.h"
#include "workers/pool.h"
#include "write/state.h"

/* Takes every item of the list through worker, writer and report. Images are worked on side by side
 * and their temporary files filled as they come; they get their names and are reported in the
 * list's order. Stops early, with nothing half done, at a signal and where the output or the report
 * cannot be written. All are borrowed; state may be NULL. survey: what is known of label files;
 * its pictures, none at first, become those that labels may be of. */
void exn_batch_run(const exn_cli_options *options, const exn_roots *roots, exn_state *state,
                   exn_pool *pool, exn_list *list, exn_survey *survey, exn_report *report);

#endif
