/* SPDX-License-Identifier: MIT */
/* What is known of the label files of an IN before anything is written: which images there are,
 * which label files, and in which frame each one's labels are.
 *
 * In order: exn_survey_images(), or exn_survey_see() of each image and exn_survey_data();
 * exn_survey_labels(), or exn_survey_masks() alone; then the others; exn_survey_close(). All-zero
 * is one that has not begun. */
#ifndef EXN_CLI_LABELS_SURVEY_H
#define EXN_CLI_LABELS_SURVEY_H

#include "poses.h"
#include "report/report.h"
#include "scout.h"
#include "verdicts.h"

typedef struct exn_survey {
    exn_pictures pictures;
    exn_masks masks;
    exn_poses poses;
    exn_verdicts verdicts;
    exn_looks looks;    /* of this run, at large label files */
    exn_report *report; /* that the run ends where it cannot be written; NULL: none is open */
    const exn_cli_options *options; /* set while it goes on */
    bool has_found;                 /* label files have named masks that were not known as such */
    bool masks_follow; /* those that are not known may come later: the owner sees to them */
    bool no_memory;
} exn_survey;

/* False: the run has to stop; what was to be said is said. scout: without ops and owner. Its images
 * may be settled already when label files are looked at. */
bool exn_survey_images(exn_survey *survey, exn_scout scout);
bool exn_survey_data(exn_survey *survey, exn_scout scout);
bool exn_survey_labels(exn_survey *survey, exn_scout scout);

/* With --labels-frame the frame is known, and images need not be looked at: only whether YOLO files
 * are poses, and which images are masks, has to be known before anything is done. */
bool exn_survey_masks(exn_survey *survey, exn_scout scout);

/* A GLOB of --masks by which no file is a mask; NULL: there is none. After either of the above. */
const char *exn_survey_idle_masks(const exn_survey *survey);

/* Notes an image that somebody else has looked at. */
void exn_survey_see(exn_survey *survey, const exn_cli_options *options, const exn_item *item);

/* Tells of each label file, and of the verdict on each image that needs one, in the report, and
 * counts them there. */
void exn_survey_report(const exn_survey *survey, exn_report *report);

/* The same, and lists them for people. */
void exn_survey_tell(const exn_survey *survey, exn_report *report);

/* How many images have labels in a frame that nobody knows. */
uint64_t exn_survey_undecided(const exn_survey *survey);

/* All is known: what each set of labels has said stays, what was noted of single images does not;
 * the run notes what becomes of them. */
void exn_survey_decided(exn_survey *survey);

/* Says which ones, the first twenty of them, and what settles it. */
void exn_survey_refuse(const exn_survey *survey);

void exn_survey_close(exn_survey *survey);

#endif
