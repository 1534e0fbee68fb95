/* SPDX-License-Identifier: MIT */
#include "tar_judged.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "list/shard.h"

/* What one was moved by, and of a label file what it says, so that it can be asked again. Only of
 * those that images of other samples could still change: shards whose label files name the images
 * of their own samples in full keep nothing here. path and sightings are owned. */
typedef struct exn_tar_judgement {
    char *path;
    bool is_mask, is_blank;
    uint64_t key;
    exn_labels_result file;
    void *sightings;
    size_t size;
} exn_tar_judgement;

/* The pointer holds until the next one is added. Without its path an entry is not counted. */
static exn_tar_judgement *add(exn_tar_judged *judged, const char *path)
{
    exn_tar_judgement *list =
        exn_array_reserve(judged->list, judged->count, &judged->room, sizeof *list, 64);
    if (!list)
        return NULL;
    judged->list = list;
    exn_tar_judgement *one = &judged->list[judged->count];
    *one = (exn_tar_judgement){.path = strdup(path)};
    judged->count += one->path != NULL;
    return one->path ? one : NULL;
}

/* One byte more, as malloc(3) of nothing may give NULL. */
bool exn_tar_judged_add_labels(exn_tar_judged *judged, const exn_item *item,
                               const exn_labels_answer *answer, const void *sightings, size_t size)
{
    exn_tar_judgement *one = add(judged, item->path);
    if (!one || !(one->sightings = malloc(size + 1)))
        return false;
    if (size > 0)
        memcpy(one->sightings, sightings, size);
    one->size = size;
    one->key = item->labels.key;
    one->file = answer->result;
    one->is_blank = answer->blank;
    return true;
}

/* Of all that decides how a mask goes: orientation, transform, sizes and outcome; not of the name.
 */
static uint64_t key_of(const exn_picture *image)
{
    return exn_shard_hash(&image->turn, sizeof image->turn);
}

bool exn_tar_judged_add_mask(exn_tar_judged *judged, const exn_item *item, const exn_picture *image)
{
    exn_tar_judgement *one = add(judged, item->path);
    if (!one)
        return false;
    one->is_mask = true;
    one->key = key_of(image);
    return true;
}

/* Another image that was rotated in the same way would have moved it likewise. The same question is
 * put once more, to all images that there are now: whether a file would be refused, or moved
 * otherwise, is all that is compared. No output is made for it, and none can be taken back, as it
 * went out with the stream: so the archive fails as a whole. */
static bool stands(const exn_tar_judgement *one, exn_survey *survey, const exn_cli_options *options)
{
    const exn_picture *image;
    exn_turns turns = {0};
    exn_item item = {.path = one->path};
    if (one->is_mask)
        return exn_masks_image(options, &survey->pictures, one->path, &image) == EXN_MATCH_ONE &&
               key_of(image) == one->key;
    if (one->file.format == EXN_LABELS_UNKNOWN) {
        exn_turns_doubt(survey, &item, one->is_blank, one->sightings, one->size);
        return item.error.status == EXN_OK;
    }
    exn_turns_make(&turns, survey, options, &item, &one->file, one->sightings, one->size);
    exn_turns_free(&turns);
    return item.error.status == EXN_OK && item.labels.key == one->key;
}

/* The first that does not stand is enough, since one is all that an error can name. */
bool exn_tar_judged_stand(const exn_tar_judged *judged, exn_survey *survey,
                          const exn_cli_options *options, exn_error *error)
{
    for (size_t i = 0; i < judged->count; i++)
        if (!stands(&judged->list[i], survey, options)) {
            exn_error_set(error, EXN_REFUSED, 0,
                          judged->list[i].is_blank
                              ? "'%.100s' has NULs in it, and may have labels of rotated images "
                                "after it; if it has none: --labels-format=GLOB=none"
                              : "'%.100s' is about an image before it in the archive, or about one "
                                "after it: which is known only when it is unpacked",
                          judged->list[i].path);
            return false;
        }
    return true;
}

void exn_tar_judged_free(exn_tar_judged *judged)
{
    for (size_t i = 0; i < judged->count; i++) {
        free(judged->list[i].path);
        free(judged->list[i].sightings);
    }
    free(judged->list);
    *judged = (exn_tar_judged){0};
}
