/* SPDX-License-Identifier: MIT */
#include "tar_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"

/* Where a folder of that many bytes is in the sorted list, or belongs. */
static size_t find(const exn_tar_data *data, const char *path, size_t size, bool *is_there)
{
    size_t low = 0, high = data->count;
    *is_there = false;
    while (low < high && !*is_there) {
        const size_t middle = low + (high - low) / 2;
        const int order = strncmp(data->folders[middle], path, size);
        if (order == 0 && data->folders[middle][size] == '\0') {
            *is_there = true;
            low = middle;
        } else if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Nothing to note without a YAML file: then polygons and poses are refused, and boxes do not depend
 * on one. */
bool exn_tar_data_use(exn_tar_data *data, const exn_poses *poses, const char *path)
{
    bool is_there;
    exn_labels_job known = {0};
    const size_t size = exn_text_folder_size(path);
    exn_poses_find(poses, path, &known);
    if (known.yolo == EXN_LABELS_YOLO_UNKNOWN)
        return true;
    const size_t at = find(data, path, size, &is_there);
    if (is_there)
        return true;
    char **folders =
        exn_array_reserve(data->folders, data->count, &data->room, sizeof *folders, 16);
    if (!folders)
        return false;
    data->folders = folders;
    char *folder = strndup(path, size);
    if (!folder)
        return false;
    memmove(folders + at + 1, folders + at, (data->count - at) * sizeof *folders);
    folders[at] = folder;
    data->count++;
    return true;
}

static bool is_same(const exn_labels_job *a, const exn_labels_job *b)
{
    return a->yolo == b->yolo && a->keypoints == b->keypoints &&
           a->keypoint_numbers == b->keypoint_numbers;
}

/* Remembers what each folder had before the change, to compare. There are few. */
void exn_tar_data_add(const exn_tar_data *data, exn_poses *poses, const exn_item *item,
                      const exn_labels_answer *answer, exn_error *error)
{
    exn_labels_job *before = calloc(data->count + 1, sizeof *before);
    if (!before) {
        exn_error_set(error, EXN_MEMORY, 0, "data sets of the archive");
        return;
    }
    for (size_t i = 0; i < data->count; i++)
        exn_poses_find(poses, data->folders[i], &before[i]);
    if (!exn_poses_add(poses, item->path, answer))
        exn_error_set(error, EXN_MEMORY, 0, "data sets of the archive");
    for (size_t i = 0; i < data->count && error->status == EXN_OK; i++) {
        exn_labels_job now = {0};
        exn_poses_find(poses, data->folders[i], &now);
        if (!is_same(&now, &before[i]))
            exn_error_set(error, EXN_REFUSED, 0,
                          "'%.100s' is about labels before it in the archive, which were moved by "
                          "another one: put it before them, or unpack the archive",
                          item->path);
    }
    free(before);
}

void exn_tar_data_free(exn_tar_data *data)
{
    for (size_t i = 0; i < data->count; i++)
        free(data->folders[i]);
    free(data->folders);
    *data = (exn_tar_data){0};
}
