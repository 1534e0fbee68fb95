/* SPDX-License-Identifier: MIT */
/* The images of a run, which label files are matched with: by the name in a label file or, if it
 * has none, by its own. Only what labels need to know about an image is kept.
 *
 * In order: exn_pictures_add() for each, then exn_pictures_settle(), then the others; and again
 * when more come. Images that were added since the last exn_pictures_settle() are not found.
 * All-zero is empty. */
#ifndef EXN_CLI_LABELS_PICTURES_H
#define EXN_CLI_LABELS_PICTURES_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>

#include "picture.h"
#include "scopes.h"

typedef struct exn_pictures {
    exn_picture **list;    /* sorted by path, read from its end, as far as they are settled */
    exn_picture **by_stem; /* the same by where YOLO looks for labels */
    exn_scopes *scopes;    /* NULL: nothing was settled yet */
    size_t count, room, stem_room, settled;
    bool has_twins;
} exn_pictures;

/* Adds an image, before or after it is processed. False: out of memory. */
bool exn_pictures_add(exn_pictures *pictures, const char *path, const exn_result *result);

/* Sets the size of the last one added, before and after. */
void exn_pictures_set_bytes(exn_pictures *pictures, uint64_t bytes_in, uint64_t bytes_out);

/* Sorts the images that were added. False: out of memory, and nothing has changed. */
bool exn_pictures_settle(exn_pictures *pictures);

typedef enum exn_match {
    EXN_MATCH_NONE,
    EXN_MATCH_ONE,
    EXN_MATCH_SEVERAL, /* the name could be that of any of them; one of these is found, or NULL */
} exn_match;

/* The image that a label file at `path` means by a name. It may be in another folder by now, so the
 * longest end of the name that any image has counts; if several images have it, the one that shares
 * most folders with the label file. */
exn_match exn_pictures_named(const exn_pictures *pictures, const char *path, const char *name,
                             const exn_picture **found);

/* The image that has this label file's name up to the ending, the nearest one. */
exn_match exn_pictures_like(const exn_pictures *pictures, const char *path,
                            const exn_picture **found);

/* The image whose name is this one and an ending. */
exn_match exn_pictures_of_id(const exn_pictures *pictures, const char *path, const char *id,
                             const exn_picture **found);

/* An image that was rotated, and that a text at `path` may be about, which names none (scopes.h);
 * without a path, any that was. NULL: there is none. */
const exn_picture *exn_pictures_in_scope(const exn_pictures *pictures, const char *path);

/* Whether its path is this name, or ends with it at a folder's border. */
bool exn_pictures_bears(const exn_picture *picture, const char *name);

/* The image of this very path; NULL: there is none. */
const exn_picture *exn_pictures_at(const exn_pictures *pictures, const char *path);

/* One that was found, for the owner of the table to mark. */
exn_picture *exn_pictures_entry(exn_pictures *pictures, const exn_picture *found);

/* Whether two different images have this path, as may happen in an archive. Then it means nothing:
 * unpacking leaves the last of them, and a stream has both. */
bool exn_pictures_has_twins(const exn_pictures *pictures);

/* The next image of this name, in any folder; *at is SIZE_MAX at first. NULL: there are no more. */
const exn_picture *exn_pictures_next(const exn_pictures *pictures, const char *name, size_t *at);

/* The usual endings of images' names; NULL after the last one. */
const char *exn_pictures_ending(size_t i);

/* Whether a label file about one image could also be about another one, which has the label file's
 * name up to the ending, is equally near, and was rotated differently: some readers go by the one,
 * and some by the other. */
bool exn_pictures_disputed(const exn_pictures *pictures, const char *path,
                           const exn_picture *named);

/* The image whose labels Ultralytics reads from this file: the last "/images/" of the image's path
 * becomes "/labels/", and its ending .txt; else it is in the same folder. */
exn_match exn_pictures_of_stem(const exn_pictures *pictures, const char *path,
                               const exn_picture **found);

/* What happened to the image, as an exn_result. */
exn_result exn_pictures_result(const exn_picture *picture);

void exn_pictures_free(exn_pictures *pictures);

#endif
