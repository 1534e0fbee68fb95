/* SPDX-License-Identifier: MIT */
/* --check --labels for an archive: which frame its labels are in. A stream is read once, and its
 * members come in any order, so images, and what label files say about them, are noted as they
 * pass, and judged at the end like those of a folder.
 *
 * Memory grows with the number of images, and with what label files say about each, which notes.h
 * limits. */
#ifndef EXN_CLI_STREAMS_TAR_SURVEY_H
#define EXN_CLI_STREAMS_TAR_SURVEY_H

#include "labels/survey.h"
#include "tar_aliases.h"
#include "tar_head.h"

typedef struct exn_tar_survey {
    const exn_cli_options *options;
    exn_survey survey;
    exn_notes notes;
    exn_tar_aliases links; /* to images and label files */
} exn_tar_survey;

/* NULL: out of memory. */
exn_tar_survey *exn_tar_survey_open(const exn_cli_options *options);

/* Notes a member that is not a label file. False: out of memory. */
bool exn_tar_survey_see(exn_tar_survey *survey, const exn_item *item, const exn_tar_head *head);

/* Notes what a worker has said about a member that may be a label file (size bytes of sightings in
 * a file), or the error. False: out of memory. */
bool exn_tar_survey_see_labels(exn_tar_survey *survey, const exn_item *item,
                               const exn_labels_answer *answer, const exn_error *error,
                               int sightings, uint64_t size);

/* Call it at the end: reports the verdicts. *error: why there are none. */
void exn_tar_survey_tell(exn_tar_survey *survey, exn_report *report, exn_error *error);

void exn_tar_survey_close(exn_tar_survey *survey);

#endif
