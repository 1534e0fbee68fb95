/* SPDX-License-Identifier: MIT */
/* Masks that label files of an archive name. A stream is written as it is read, so there are two
 * cases:
 *
 *   label file, then mask    the label file is moved, and the mask is expected: it is rotated when
 *                            it comes. If it is missing or fails, the archive fails
 *   mask, then label file    if --masks says that it is a mask, it was rotated with its image;
 *                            if not, it was taken for an image, and the label file is refused
 *
 * At the end each name is looked up once more among all members, as in a folder: it has to lead to
 * the mask that was rotated for it. All-zero is empty; free by exn_tar_masks_free(). */
#ifndef EXN_CLI_STREAMS_TAR_MASKS_H
#define EXN_CLI_STREAMS_TAR_MASKS_H

#include "labels/turns.h"

/* A mask that a label file has named. */
typedef struct exn_tar_wanted {
    char *labels, *name, *image; /* the label file, the name in it, the mask's image; owned */
    exn_labels_format format;
    exn_picture picture;                /* the image's, with `image` as its path */
    char *mask;                         /* the member that was taken for it; NULL: not yet; owned */
    struct exn_tar_wanted *next;        /* with the same base name */
    struct exn_tar_wanted *last, *open; /* in the first of these: the last one, and the first one
                                           that may still lack a mask */
} exn_tar_wanted;

typedef struct exn_tar_masks {
    exn_tar_wanted **list; /* owned */
    size_t count, room;
    void *by_base;                  /* a tree of the first of each base name */
    struct exn_tar_mask_done *done; /* masks that were written, or have failed */
    size_t done_count, done_room;
    size_t settled; /* how many of them the survey has */
} exn_tar_masks;

/* Whether a label file names masks, by its sightings. */
bool exn_tar_masks_are_named(exn_sightings *sightings, const void *bytes, size_t size);

/* Adds the masks that are done to the survey, for exn_turns_make(). False: out of memory. */
bool exn_tar_masks_settle(exn_tar_masks *masks, exn_survey *survey);

/* A label file is about to be moved by the survey's images: expects those of its masks that have
 * not come yet. Sets the item's error if one has already come and was not treated as a mask. */
void exn_tar_masks_expect(exn_tar_masks *masks, exn_survey *survey, exn_item *item,
                          const exn_labels_result *file, const void *bytes, size_t size);

/* The expected mask that the member at path is; from now on no other member is. NULL: none. *error:
 * it could be that of several images. */
exn_tar_wanted *exn_tar_masks_find(exn_tar_masks *masks, const char *path, exn_error *error);

/* A mask was written, or has failed. wanted: from exn_tar_masks_find(), or NULL. *error: it failed,
 * but its label file was moved. */
void exn_tar_masks_note(exn_tar_masks *masks, exn_tar_wanted *wanted, const exn_item *item,
                        exn_error *error);

/* Call it at the end, when the survey has all images, settled. *error names a mask that is missing
 * or not the right one. */
void exn_tar_masks_check(exn_tar_masks *masks, exn_survey *survey, exn_error *error);

void exn_tar_masks_free(exn_tar_masks *masks);

#endif
