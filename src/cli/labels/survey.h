/* SPDX-License-Identifier: MIT */
/* What is known about the label files of an IN before anything is written: which images and label
 * files there are, and which frame the labels of each image are in.
 *
 * In order: exn_survey_images(), or exn_survey_see() for each image and exn_survey_data();
 * exn_survey_labels(), or only exn_survey_masks(); then the others; exn_survey_close(). All-zero is
 * one that has not begun. */
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

/* False: the run has to stop, and the reason has been printed. scout: without ops and owner. Images
 * may already be settled when label files are looked at. */
bool exn_survey_images(exn_survey *survey, exn_scout scout);
bool exn_survey_data(exn_survey *survey, exn_scout scout);
bool exn_survey_labels(exn_survey *survey, exn_scout scout);

/* With --labels-frame the frame is known, and images need not be looked at: only whether YOLO files
 * are poses, and which images are masks, has to be known before anything is done. */
bool exn_survey_masks(exn_survey *survey, exn_scout scout);

/* A GLOB of --masks that matches no file; NULL: there is none. Call it after either of the above.
 */
const char *exn_survey_idle_masks(const exn_survey *survey);

/* Notes an image that the caller has looked at. */
void exn_survey_see(exn_survey *survey, const exn_cli_options *options, const exn_item *item);

/* Reports and counts each label file, and the verdict on each image that needs one. */
void exn_survey_report(const exn_survey *survey, exn_report *report);

/* The same, and lists them for people. */
void exn_survey_tell(const exn_survey *survey, exn_report *report);

/* How many images have labels in an unknown frame. */
uint64_t exn_survey_undecided(const exn_survey *survey);

/* Call it when all is decided: keeps what each set of labels has said, and drops what was noted
 * about single images, since the run notes what happens to them. */
void exn_survey_decided(exn_survey *survey);

/* Prints the first twenty of these images, and which options decide it. */
void exn_survey_refuse(const exn_survey *survey);

void exn_survey_close(exn_survey *survey);

#endif
