/* SPDX-License-Identifier: MIT */
/* The mask images of a run: labels that are pictures of their own. They are given by --masks, or
 * named by a label file (COCO's panoptic PNGs, -ref of a Ground Truth manifest, Open Images). Each
 * belongs to one image, and has the frame of the labels on it.
 *
 * In order: exn_masks_add() for those known by name; exn_masks_settle(); exn_masks_claim_all() for
 * each label file, and the pairs that the survey finds by name; then the others. If
 * exn_masks_adopt() finds more of them, claims begin again. All-zero is empty. */
#ifndef EXN_CLI_LABELS_MASKS_H
#define EXN_CLI_LABELS_MASKS_H

#include "base/item.h"
#include "options.h"
#include "sightings.h"

/* Which image a mask belongs to, and which frame it is in. */
typedef struct exn_masks_claim {
    char *image;                    /* its path; NULL: none yet; owned */
    bool is_disputed;               /* it could be that of several images */
    bool is_any_size;               /* it may be smaller than its image */
    bool is_done;                   /* its output is there: what names it may be moved */
    size_t set;                     /* of verdicts, */
    exn_labels_judgement judgement; /* and what is known without it */
} exn_masks_claim;

typedef struct exn_masks {
    exn_pictures files;      /* with their own sizes and orientations, where they were looked at */
    exn_masks_claim *claims; /* by the numbers of files */
    size_t claimed, room;    /* how many there are */
    bool no_memory;
} exn_masks;

/* Notes a mask. False: out of memory. */
bool exn_masks_add(exn_masks *masks, const char *path, const exn_result *result);

/* Makes the masks that were added ready to be claimed. False: out of memory. */
bool exn_masks_settle(exn_masks *masks);

/* Moves the images that were marked as masks (is_mask) out of pictures, which are settled and stay
 * so. False: out of memory. */
bool exn_masks_adopt(exn_masks *masks, exn_pictures *pictures);

/* The file that a label file at `path` means by the name of a mask, if it is one of these. */
exn_match exn_masks_find_named(const exn_pictures *files, const char *path,
                               exn_labels_format format, const char *name,
                               const exn_picture **file);

/* The mask that is meant in that way. */
exn_match exn_masks_named(const exn_masks *masks, const char *path, exn_labels_format format,
                          const char *name, exn_masks_claim **claim, const exn_picture **file);

/* Marks those of pictures that a sighting names as masks, and are not known as such. image: the one
 * that the sighting is of, or NULL. True: there were such. */
bool exn_masks_mark(const exn_masks *masks, exn_pictures *pictures, const char *path,
                    exn_labels_format format, const exn_sightings *sightings,
                    const exn_picture *image);

/* What the sizes of its masks say, as exn_labels_judge() takes it. */
void exn_masks_bear_witness(const exn_masks *masks, const char *path, exn_labels_format format,
                            exn_sightings *sightings);

/* Notes whose masks a sighting names. set, judgement: of the labels on that image. */
void exn_masks_claim_all(exn_masks *masks, const char *path, exn_labels_format format,
                         const exn_sightings *sightings, const exn_picture *image, size_t set,
                         exn_labels_judgement judgement);

/* The same of one of masks->files. */
void exn_masks_claim_one(exn_masks *masks, const exn_picture *file, const exn_picture *image,
                         size_t set, exn_labels_judgement judgement);

/* The image that a mask belongs to by --masks. */
exn_match exn_masks_image(const exn_cli_options *options, const exn_pictures *pictures,
                          const char *path, const exn_picture **found);

/* Whether what a worker has made of a mask belongs to its image; else the item's error.
 * orientation: that it was rotated by, 0: it was not; width, height: what it has to have, 0: any.
 */
void exn_masks_check(exn_item *item, uint32_t orientation, uint32_t width, uint32_t height);

/* The claim on the mask at this path; NULL: it is not a mask. */
exn_masks_claim *exn_masks_find(const exn_masks *masks, const char *path);

void exn_masks_free(exn_masks *masks);

#endif
