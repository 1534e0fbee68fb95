/* SPDX-License-Identifier: MIT */
/* The YOLO data sets of a run, and whether lines of their labels are poses. Each covers the folder
 * of its YAML file and everything below. All-zero is an empty list. */
#ifndef EXN_CLI_LABELS_POSES_H
#define EXN_CLI_LABELS_POSES_H

#include <stdbool.h>
#include <stddef.h>

#include "workers/wire.h"

typedef struct exn_poses_set {
    char *folder; /* with its slash; "" is IN; owned */
    exn_labels_yolo yolo;
    uint32_t keypoints, keypoint_numbers;
} exn_poses_set;

typedef struct exn_poses {
    exn_poses_set *sets;
    size_t count;
} exn_poses;

/* Notes what a worker has found in the YAML file at path. If two in one folder differ, nothing is
 * known. False: out of memory. */
bool exn_poses_add(exn_poses *poses, const char *path, const exn_labels_answer *answer);

/* What applies to a label file: the entry of the nearest folder. */
void exn_poses_find(const exn_poses *poses, const char *path, exn_labels_job *job);

void exn_poses_free(exn_poses *poses);

#endif
