/* SPDX-License-Identifier: MIT */
/* --labels=warn: label files that a run has copied as they are, while it rotated images that they
 * are of, are named: nobody is to find that out by training on them. */
#ifndef EXN_CLI_LABELS_WARNING_H
#define EXN_CLI_LABELS_WARNING_H

#include "report/report.h"
#include "scout.h"
#include "sightings.h"
#include "survey.h"

/* What is larger would be read for longer than it took to copy. */
#define EXN_WARNING_LARGE ((uint64_t)64 << 20)

/* Whether labels may be wrong now because of what was done to an image. */
bool exn_warning_concerns(const exn_result *result);

typedef struct exn_warning_place {
    exn_pictures *pictures; /* that exn_warning_concerns(), settled */
    exn_report *report;
    const exn_cli_options *options;
    const char *folder; /* in front of a label file's path, where pictures have it; NULL: nothing */
    exn_sightings sightings;
} exn_warning_place;

/* Tells of a label file, if it names one of the pictures, or may, as it is not read. failed: what
 * a worker was to say of it is not known. sightings: `size` bytes of them. */
void exn_warning_look(exn_warning_place *warning, const char *path, const exn_labels_answer *answer,
                      bool failed, const void *sightings, size_t size);

/* Tells of an image that was not rotated, if it looks like a mask of one of the pictures. */
void exn_warning_look_at_mask(const exn_warning_place *warning, const char *path);

/* The same of --labels=move, where the survey has all images of a run: which of them look like
 * masks of others, and are none. */
void exn_warning_masks(const exn_cli_options *options, const exn_survey *survey,
                       exn_report *report);

/* Goes through IN once more, where pictures, which are not settled yet, are not empty: they are
 * those that exn_warning_concerns(). Reads no more than the beginning of a large label file, and
 * tells of all in the report. */
void exn_warning_run(const exn_cli_options *options, const exn_roots *roots, const exn_names *names,
                     exn_pool *pool, exn_pictures *pictures, exn_report *report);

/* No more pictures come. False: there are none, or no memory, which the report is broken by. */
bool exn_warning_settle(exn_pictures *pictures, exn_report *report);

/* Of several inputs, whose label files may be about each other's images: adds the pictures of one
 * to those of all, with `folder` in front of their paths. False: out of memory. */
bool exn_warning_gather(exn_pictures *all, const exn_pictures *one, const char *folder);

/* The same as exn_warning_run() for one of them; all: settled. */
void exn_warning_run_one(const exn_cli_options *options, const exn_roots *roots, exn_pool *pool,
                         exn_pictures *all, const char *folder, exn_report *report);

#endif
