/* SPDX-License-Identifier: MIT */
/* Masks that label files of an archive name. A stream is written as it is read, so there are two
 * ways for the two to meet:
 *
 *   label file, then mask    the label file is moved, and the mask is expected: it is rotated when
 *                            it comes. One that does not come, or fails, fails the archive
 *   mask, then label file    where --masks says that it is one it was rotated with its image;
 *                            else it was taken for an image, and the label file is refused
 *
 * When all have passed each name is looked up once more among all members, as in a folder: it has
 * to lead to the mask that was rotated for it. All-zero is empty; ends with exn_tar_masks_free().
 */
#ifndef EXN_CLI_STREAMS_TAR_MASKS_H
#define EXN_CLI_STREAMS_TAR_MASKS_H

#include "labels/turns.h"

/* A mask that a label file has named. */
typedef struct exn_tar_wanted {
    char *labels, *name, *image; /* the label file, what it says, the image that it is of; owned */
    exn_labels_format format;
    exn_picture picture;         /* the image's, with `image` as its path */
    char *mask;                  /* the member that was taken for it; NULL: none has come; owned */
    struct exn_tar_wanted *next; /* of the same base name */
    struct exn_tar_wanted *last, *open; /* of the first of these: the last, and before which all
                                           have a mask */
} exn_tar_wanted;

typedef struct exn_tar_masks {
    exn_tar_wanted **list; /* owned */
    size_t count, room;
    void *by_base;                  /* a tree of the first of each base name */
    struct exn_tar_mask_done *done; /* masks that were written, or have failed */
    size_t done_count, done_room;
    size_t settled; /* so many of them are in the survey's */
} exn_tar_masks;

/* Whether a label file names masks, by what it says. */
bool exn_tar_masks_are_named(exn_sightings *sightings, const void *bytes, size_t size);

/* Makes those that are done the survey's, for exn_turns_make(). False: out of memory. */
bool exn_tar_masks_settle(exn_tar_masks *masks, exn_survey *survey);

/* A label file is about to be moved by the survey's images: expects those of its masks that have
 * not come. The item's error: one of them has come, as something else. */
void exn_tar_masks_expect(exn_tar_masks *masks, exn_survey *survey, exn_item *item,
                          const exn_labels_result *file, const void *bytes, size_t size);

/* The one that a member at path is, and no other is from here on; NULL: none. *error: it could be
 * that of several images. */
exn_tar_wanted *exn_tar_masks_find(exn_tar_masks *masks, const char *path, exn_error *error);

/* A mask is written, or has failed; wanted: as above, or NULL. *error: its label file was moved. */
void exn_tar_masks_note(exn_tar_masks *masks, exn_tar_wanted *wanted, const exn_item *item,
                        exn_error *error);

/* When all have passed, and the survey has all images, settled. *error says which mask is not where
 * it has to be. */
void exn_tar_masks_check(exn_tar_masks *masks, exn_survey *survey, exn_error *error);

void exn_tar_masks_free(exn_tar_masks *masks);

#endif
