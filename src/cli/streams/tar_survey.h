/* SPDX-License-Identifier: MIT */
/* --check --labels of an archive: in which frame its labels are. A stream is read once, and its
 * members come in any order: so images, and what label files say of them, are noted as they pass,
 * and are judged when all have passed, as those of a folder are.
 *
 * Memory grows with the number of images, and with what label files say of each; of that as much is
 * kept as notes.h has. */
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

/* Notes a member that is no label file. False: out of memory. */
bool exn_tar_survey_see(exn_tar_survey *survey, const exn_item *item, const exn_tar_head *head);

/* Notes what a worker has said of one that may be a label file, by size bytes of a file that has
 * sightings; or why none has. False: likewise. */
bool exn_tar_survey_see_labels(exn_tar_survey *survey, const exn_item *item,
                               const exn_labels_answer *answer, const exn_error *error,
                               int sightings, uint64_t size);

/* All have passed: tells the verdicts. *error: what stands in the way of any. */
void exn_tar_survey_tell(exn_tar_survey *survey, exn_report *report, exn_error *error);

void exn_tar_survey_close(exn_tar_survey *survey);

#endif
