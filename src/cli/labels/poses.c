/* SPDX-License-Identifier: MIT */
#include "poses.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* There are few data sets, so a linear search is enough. */
static exn_poses_set *find_folder(const exn_poses *poses, const char *folder)
{
    for (size_t i = 0; i < poses->count; i++)
        if (strcmp(poses->sets[i].folder, folder) == 0)
            return &poses->sets[i];
    return NULL;
}

/* A YAML file without kpt_shape describes boxes or segments, which is also worth knowing. */
static exn_poses_set set_of(const exn_labels_answer *answer)
{
    exn_poses_set set = {.yolo = EXN_LABELS_YOLO_NO_POSES};
    if (answer->unclear)
        set.yolo = EXN_LABELS_YOLO_UNKNOWN;
    else if (answer->keypoints > 0)
        set = (exn_poses_set){.yolo = EXN_LABELS_YOLO_POSES,
                              .keypoints = answer->keypoints,
                              .keypoint_numbers = answer->keypoint_numbers};
    return set;
}

/* Compares what lines of labels mean; names of classes and paths do not matter. */
static bool is_same(const exn_poses_set *a, const exn_poses_set *b)
{
    return a->yolo == b->yolo && a->keypoints == b->keypoints &&
           a->keypoint_numbers == b->keypoint_numbers;
}

/* A YAML that is no data set's says nothing. Copies of a data set's YAML in one folder are common,
 * and agree; where they do not, poses and segments could not be told apart, and the library asks.
 */
bool exn_poses_add(exn_poses *poses, const char *path, const exn_labels_answer *answer)
{
    if (!answer->data)
        return true;
    exn_poses_set set = set_of(answer);
    set.folder = strndup(path, exn_text_folder_size(path));
    if (!set.folder)
        return false;
    exn_poses_set *known = find_folder(poses, set.folder);
    if (known) {
        if (!is_same(known, &set))
            *known = (exn_poses_set){.folder = known->folder, .yolo = EXN_LABELS_YOLO_UNKNOWN};
        free(set.folder);
        return true;
    }
    /* Grows by one at a time, since there is only one for each data set of the run. */
    exn_poses_set *more = reallocarray(poses->sets, poses->count + 1, sizeof *more);
    if (!more) {
        free(set.folder);
        return false;
    }
    poses->sets = more;
    poses->sets[poses->count++] = set;
    return true;
}

/* Folders end with a slash, so none is merely the beginning of another's name. The nearest one has
 * the longest path. */
void exn_poses_find(const exn_poses *poses, const char *path, exn_labels_job *job)
{
    const exn_poses_set *best = NULL;
    for (size_t i = 0; poses && i < poses->count; i++) {
        const exn_poses_set *set = &poses->sets[i];
        const size_t length = strlen(set->folder);
        if (strncmp(set->folder, path, length) == 0 && (!best || length > strlen(best->folder)))
            best = set;
    }
    if (!best)
        return;
    job->yolo = best->yolo;
    job->keypoints = best->keypoints;
    job->keypoint_numbers = best->keypoint_numbers;
}

void exn_poses_free(exn_poses *poses)
{
    for (size_t i = 0; i < poses->count; i++)
        free(poses->sets[i].folder);
    free(poses->sets);
    *poses = (exn_poses){0};
}
