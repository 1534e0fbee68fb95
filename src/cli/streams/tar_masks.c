/* SPDX-License-Identifier: MIT */
#include "tar_masks.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"

typedef struct exn_tar_mask_done {
    char *path, *image; /* owned; image is NULL if the mask failed before that was known */
    exn_result result;
    bool is_well;
} exn_tar_mask_done;

bool exn_tar_masks_are_named(exn_sightings *sightings, const void *bytes, size_t size)
{
    bool any = false;
    exn_sightings_begin(sightings, bytes, size);
    while (!any && exn_sightings_next(sightings))
        any = sightings->masks_size > 0;
    return any;
}

bool exn_tar_masks_settle(exn_tar_masks *masks, exn_survey *survey)
{
    bool done = true;
    survey->masks_follow = true;
    for (size_t i = masks->settled; i < masks->done_count && done; i++)
        done = exn_masks_add(&survey->masks, masks->done[i].path, &masks->done[i].result);
    done = done && exn_masks_settle(&survey->masks);
    for (size_t i = masks->settled; i < masks->done_count && done; i++) {
        const exn_tar_mask_done *one = &masks->done[i];
        exn_masks_claim *claim = exn_masks_find(&survey->masks, one->path);
        claim->is_done = one->is_well;
        free(claim->image);
        claim->image = one->image ? strdup(one->image) : NULL;
        done = !one->image || claim->image;
    }
    masks->settled = masks->done_count;
    return done;
}

/* ---- those that are expected */

/* Names in label files may have backslashes, from Windows. */
static const char *base_of(const char *name)
{
    const char *base = exn_text_base(name), *slash = strrchr(base, '\\');
    return slash ? slash + 1 : base;
}

static int by_base(const void *a, const void *b)
{
    const exn_tar_wanted *one = a, *other = b;
    return strcmp(base_of(one->name), base_of(other->name));
}

static void free_wanted(exn_tar_wanted *wanted)
{
    free(wanted->labels);
    free(wanted->name);
    free(wanted->image);
    free(wanted->mask);
    free(wanted);
}

static bool add(exn_tar_masks *masks, const char *path, exn_labels_format format, const char *name,
                const exn_picture *picture)
{
    exn_tar_wanted **list =
        exn_array_reserve(masks->list, masks->count, &masks->room, sizeof *list, 64);
    if (!list)
        return false;
    masks->list = list;
    exn_tar_wanted *wanted = calloc(1, sizeof *wanted);
    if (!wanted)
        return false;
    *wanted = (exn_tar_wanted){.labels = strdup(path),
                               .name = strdup(name),
                               .image = strdup(picture->path),
                               .format = format,
                               .picture = *picture};
    wanted->picture.path = wanted->image;
    exn_tar_wanted **first = wanted->labels && wanted->name && wanted->image
                                 ? tsearch(wanted, &masks->by_base, by_base)
                                 : NULL;
    if (!first) {
        free_wanted(wanted);
        return false;
    }
    /* In the order of the file, which is often that of the masks. */
    if (*first == wanted)
        wanted->open = wanted;
    else
        (*first)->last->next = wanted;
    (*first)->last = wanted;
    masks->list[masks->count++] = wanted;
    return true;
}

/* Checks a mask that has already come: it must have been rotated with the same image, and not been
 * taken for an image. */
static void expect_one(exn_tar_masks *masks, exn_survey *survey, exn_item *item,
                       exn_labels_format format, const char *name, const exn_picture *picture)
{
    const exn_picture *file;
    exn_masks_claim *claim;
    const exn_match match =
        exn_masks_named(&survey->masks, item->path, format, name, &claim, &file);
    if (match == EXN_MATCH_ONE && (!claim->image || strcmp(claim->image, picture->path) != 0))
        exn_error_set(&item->error, EXN_REFUSED, 0, "its mask '%.80s' was rotated with '%.80s'",
                      file->path, claim->image ? claim->image : "another image");
    else if (match == EXN_MATCH_ONE)
        return;
    else if (exn_masks_find_named(&survey->pictures, item->path, format, name, &file) !=
                 EXN_MATCH_NONE &&
             file != picture)
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "its mask '%.80s' came before it in the archive, and was taken for an image: "
                      "put masks after their label file, or say which are masks by --masks",
                      file ? file->path : name);
    else if (!add(masks, item->path, format, name, picture))
        exn_error_set(&item->error, EXN_MEMORY, 0, "masks of the archive");
}

void exn_tar_masks_expect(exn_tar_masks *masks, exn_survey *survey, exn_item *item,
                          const exn_labels_result *file, const void *bytes, size_t size)
{
    exn_sightings *s = &survey->verdicts.sightings;
    exn_sightings_begin(s, bytes, size);
    while (item->error.status == EXN_OK && exn_sightings_next(s)) {
        const exn_picture *picture;
        const char *name;
        if (exn_sightings_match(s, &survey->pictures, file->format, item->path, file->images == 1,
                                &picture) != EXN_MATCH_ONE)
            continue;
        for (size_t at = 0; item->error.status == EXN_OK && (name = exn_sightings_mask(s, &at));)
            expect_one(masks, survey, item, file->format, name, picture);
    }
}

/* How many parts at the end of both are the same, the base name being one. SIZE_MAX: there could be
 * none that is more alike: the whole path, or that in COCO's folder beside the label file. */
static size_t likeness(const exn_tar_wanted *wanted, const char *path)
{
    const size_t stem = exn_text_stem_size(wanted->labels);
    if (wanted->format == EXN_LABELS_COCO && strncmp(path, wanted->labels, stem) == 0 &&
        path[stem] == '/' && strcmp(path + stem + 1, wanted->name) == 0)
        return SIZE_MAX;
    size_t a = strlen(path), b = strlen(wanted->name), parts = 1;
    for (; a > 0 && b > 0 && path[a - 1] == wanted->name[b - 1]; a--, b--)
        parts += path[a - 1] == '/';
    return a == 0 ? SIZE_MAX : parts;
}

/* The most similar one that has no mask yet; whether it was right is checked at the end. If a
 * hundred thousand are all named mask.png, it is mostly the first without a mask. */
exn_tar_wanted *exn_tar_masks_find(exn_tar_masks *masks, const char *path, exn_error *error)
{
    const exn_tar_wanted key = {.name = (char *)(uintptr_t)path};
    exn_tar_wanted **found = tfind(&key, &masks->by_base, by_base), *first = found ? *found : NULL;
    exn_tar_wanted *best = NULL;
    size_t most = 0;
    bool is_disputed = false;
    while (first && first->open && first->open->mask)
        first->open = first->open->next;
    for (exn_tar_wanted *one = first ? first->open : NULL; one && most < SIZE_MAX;
         one = one->next) {
        const size_t here = one->mask ? 0 : likeness(one, path);
        if (here > most) {
            best = one;
            most = here;
            is_disputed = false;
        } else if (here == most && best && strcmp(one->image, best->image) != 0) {
            is_disputed = true;
        }
    }
    if (is_disputed)
        exn_error_set(error, EXN_REFUSED, 0, "it could be a mask of several images");
    if (best && !(best->mask = strdup(path)))
        exn_error_set(error, EXN_MEMORY, 0, "name of a mask");
    return best;
}

/* ---- those that have come */

static bool is_still(const exn_tar_wanted *wanted)
{
    return exn_turns_is_still(&wanted->picture.turn);
}

void exn_tar_masks_note(exn_tar_masks *masks, exn_tar_wanted *wanted, const exn_item *item,
                        exn_error *error)
{
    exn_tar_mask_done *done =
        exn_array_reserve(masks->done, masks->done_count, &masks->done_room, sizeof *done, 64);
    if (done) {
        masks->done = done;
        done[masks->done_count] =
            (exn_tar_mask_done){.path = strdup(item->path),
                                .image = item->mask_of ? strdup(item->mask_of) : NULL,
                                .result = item->result,
                                .is_well = item->error.status == EXN_OK};
        masks->done_count++;
    }
    if (!done || !done[masks->done_count - 1].path ||
        (item->mask_of && !done[masks->done_count - 1].image))
        exn_error_set(error, EXN_MEMORY, 0, "masks of the archive");
    if (wanted && item->error.status != EXN_OK && !is_still(wanted))
        exn_error_set(error, EXN_REFUSED, 0,
                      "'%.80s', which was moved, names the mask '%.80s', which has failed",
                      wanted->labels, item->path);
}

/* ---- at the end */

/* The same question as in a folder, over all members: has to lead to a mask that was rotated with
 * the image. NULL: it does, or nothing does. */
static const char *find_trouble(const exn_masks *done, const exn_pictures *all,
                                const exn_tar_wanted *wanted)
{
    const exn_picture *file;
    const exn_match match =
        exn_masks_find_named(all, wanted->labels, wanted->format, wanted->name, &file);
    const exn_masks_claim *claim = match == EXN_MATCH_ONE ? exn_masks_find(done, file->path) : NULL;
    if (match == EXN_MATCH_NONE || (match == EXN_MATCH_ONE && !claim && !wanted->mask))
        return "did not come after it: put masks after their label file, or unpack the archive";
    const bool is_well = claim && claim->is_done && claim->image &&
                         strcmp(claim->image, wanted->image) == 0 &&
                         (!wanted->mask || strcmp(wanted->mask, file->path) == 0);
    return is_well ? NULL : "could be one or another of the archive: unpack it";
}

static bool add_all(const exn_tar_masks *masks, const exn_pictures *pictures, exn_pictures *all)
{
    bool done = true;
    for (size_t i = 0; i < pictures->count && done; i++) {
        const exn_result result = exn_pictures_result(pictures->list[i]);
        done = exn_pictures_add(all, pictures->list[i]->path, &result);
    }
    for (size_t i = 0; i < masks->done_count && done; i++)
        done = exn_pictures_add(all, masks->done[i].path, &masks->done[i].result);
    return done && exn_pictures_settle(all);
}

void exn_tar_masks_check(exn_tar_masks *masks, exn_survey *survey, exn_error *error)
{
    exn_pictures all = {0};
    const char *trouble;
    if (masks->count == 0)
        return;
    if (!exn_tar_masks_settle(masks, survey) || !add_all(masks, &survey->pictures, &all))
        exn_error_set(error, EXN_MEMORY, 0, "masks of the archive");
    for (size_t i = 0; i < masks->count && error->status == EXN_OK; i++) {
        const exn_tar_wanted *wanted = masks->list[i];
        if (!is_still(wanted) && (trouble = find_trouble(&survey->masks, &all, wanted)))
            exn_error_set(error, EXN_REFUSED, 0,
                          "'%.80s', which was moved, names the mask '%.80s', which %s",
                          wanted->labels, wanted->name, trouble);
    }
    exn_pictures_free(&all);
}

static void keep(void *wanted)
{
    (void)wanted;
}

void exn_tar_masks_free(exn_tar_masks *masks)
{
    tdestroy(masks->by_base, keep);
    for (size_t i = 0; i < masks->count; i++)
        free_wanted(masks->list[i]);
    for (size_t i = 0; i < masks->done_count; i++) {
        free(masks->done[i].path);
        free(masks->done[i].image);
    }
    free(masks->list);
    free(masks->done);
    *masks = (exn_tar_masks){0};
}
