/* SPDX-License-Identifier: MIT */
/* Labels and masks that were moved by what came before them in an archive. A stream is written as
 * it is read, and an image behind them may be the one that is meant: test/1.jpg, train/labels.json,
 * train/1.jpg. So what each was moved by is kept, and compared with what all images say at last. */
#ifndef EXN_CLI_STREAMS_TAR_JUDGED_H
#define EXN_CLI_STREAMS_TAR_JUDGED_H

#include "labels/turns.h"

/* All zeros: empty. Ends with exn_tar_judged_free(). */
typedef struct exn_tar_judged {
    struct exn_tar_judgement *list;
    size_t count, room;
} exn_tar_judged;

/* A label file, by what it says, whose number of what it was moved by is in item->labels.key.
 * False: out of memory. */
bool exn_tar_judged_add_labels(exn_tar_judged *judged, const exn_item *item,
                               const exn_labels_answer *answer, const void *sightings, size_t size);

/* A mask and its image. False: likewise. */
bool exn_tar_judged_add_mask(exn_tar_judged *judged, const exn_item *item,
                             const exn_picture *image);

/* Whether all would be moved alike now that the survey has all images. *error says which would not
 * be. */
bool exn_tar_judged_stand(const exn_tar_judged *judged, exn_survey *survey,
                          const exn_cli_options *options, exn_error *error);

void exn_tar_judged_free(exn_tar_judged *judged);

#endif
