/* SPDX-License-Identifier: MIT */
/* --labels=warn: label files that a run has copied as they are, while it rotated images that they
 * are of, are named: nobody is to find that out by training on them. */
#ifndef EXN_CLI_LABELS_WARNING_H
#define EXN_CLI_LABELS_WARNING_H

#include "pictures.h"
#include "report/report.h"
#include "scout.h"

/* Whether labels may be wrong now because of what was done to an image. */
bool exn_warning_concerns(const exn_result *result);

/* Goes through IN once more, where pictures, which are not settled yet, are not empty: they are
 * those that exn_warning_concerns(). Reads no more than the beginning of a large label file, and
 * tells of all in the report. */
void exn_warning_run(const exn_cli_options *options, const exn_roots *roots, const exn_names *names,
                     exn_pool *pool, exn_pictures *pictures, exn_report *report);

#endif
