/* SPDX-License-Identifier: MIT */
/* Descriptions of YOLO data sets among the members of an archive. What lines of a label file mean
 * is asked when it comes, so that the YAML has to come before it: one that comes later and says
 * something else cannot be right any more. All-zero is empty; ends with exn_tar_data_free(). */
#ifndef EXN_CLI_STREAMS_TAR_DATA_H
#define EXN_CLI_STREAMS_TAR_DATA_H

#include "base/item.h"
#include "labels/poses.h"

typedef struct exn_tar_data {
    char **folders; /* of label files that were read by a YAML; sorted, each once and owned */
    size_t count, room;
} exn_tar_data;

/* Notes that a label file is read by what is known of the data set that it is in. False: out of
 * memory. */
bool exn_tar_data_use(exn_tar_data *data, const exn_poses *poses, const char *path);

/* Adds what a worker has found in a YAML to poses. *error: label files before it were read
 * otherwise, or there is no memory. */
void exn_tar_data_add(const exn_tar_data *data, exn_poses *poses, const exn_item *item,
                      const exn_labels_answer *answer, exn_error *error);

void exn_tar_data_free(exn_tar_data *data);

#endif
