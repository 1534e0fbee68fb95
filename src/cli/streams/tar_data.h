/* SPDX-License-Identifier: MIT */
/* Descriptions of YOLO data sets among the members of an archive. A label file's lines have to be
 * understood when it comes, so the YAML file has to come before it: if a later one says something
 * else, it is too late. All-zero is empty; free by exn_tar_data_free(). */
#ifndef EXN_CLI_STREAMS_TAR_DATA_H
#define EXN_CLI_STREAMS_TAR_DATA_H

#include "base/item.h"
#include "labels/poses.h"

typedef struct exn_tar_data {
    char **folders; /* of label files that were read by a YAML file; sorted, unique, owned */
    size_t count, room;
} exn_tar_data;

/* Notes that a label file was read by what is known about its data set. False: out of memory. */
bool exn_tar_data_use(exn_tar_data *data, const exn_poses *poses, const char *path);

/* Adds what a worker has found in a YAML file to poses. *error: earlier label files were read
 * differently, or out of memory. */
void exn_tar_data_add(const exn_tar_data *data, exn_poses *poses, const exn_item *item,
                      const exn_labels_answer *answer, exn_error *error);

void exn_tar_data_free(exn_tar_data *data);

#endif
