/* SPDX-License-Identifier: MIT */
/* Which frame the labels of each image are in, over all label files of a run. Each image of a label
 * file is judged by itself; if nothing tells, the others of its set decide: those in the same file
 * or, in formats with a file for each image, in the same folder and format.
 *
 * In order: exn_verdicts_note() for each file, exn_verdicts_settle(), then the others. All-zero
 * except for pictures is empty. Memory grows with the images that need a verdict. */
#ifndef EXN_CLI_LABELS_VERDICTS_H
#define EXN_CLI_LABELS_VERDICTS_H

#include "base/item.h"
#include "masks.h"

/* One image of a label file that needs a verdict, or has none because it is not known which image
 * is meant. */
typedef struct exn_verdicts_ruling {
    const exn_picture *picture; /* NULL: no image is named so, or several are */
    exn_labels_judgement judgement;
} exn_verdicts_ruling;

typedef struct exn_verdicts_file {
    char *path; /* owned */
    exn_labels_format format;
    uint64_t images, shapes, unknown; /* unknown: images that are not there, or several */
    size_t set, first, count;         /* its rulings */
    bool failed;                      /* it could not be read: then nothing else is known */
    bool is_mask;                     /* it is a picture: format says nothing */
    const exn_picture *odd;           /* it is of no known format, and looks like labels of this
                                         image, which is rotated; NULL: it is not */
    exn_error error;
} exn_verdicts_file;

typedef struct exn_verdicts_set {
    char *key; /* owned */
    size_t of[EXN_LABELS_VERDICT_CONTRADICTORY + 1];
    size_t number;
    exn_labels_judgement heir; /* what one of which nothing tells inherits */
} exn_verdicts_set;

typedef struct exn_verdicts {
    const exn_pictures *pictures; /* borrowed, settled */
    exn_masks *masks;             /* likewise; claims are made as files are noted */
    exn_verdicts_file *files;
    size_t count, room;
    exn_verdicts_ruling *rulings;
    size_t ruled, ruled_room;
    exn_verdicts_set **sets; /* owned */
    size_t sets_count, sets_room;
    void *by_key; /* a tree of the sets */
    bool no_memory;
    exn_sightings sightings; /* of the file that is looked at */
} exn_verdicts;

/* Takes what a worker has found in a label file. */
void exn_verdicts_note(exn_verdicts *verdicts, const exn_item *item,
                       const exn_labels_answer *answer, const void *sightings, size_t size);

/* Takes a file of no known format that looks like labels of a rotated image. */
void exn_verdicts_note_odd(exn_verdicts *verdicts, const char *path, const exn_picture *image);

/* Takes a mask that no label file names, one of masks->files, and claims it for its image. NULL: it
 * is not known which one that is. */
void exn_verdicts_note_mask(exn_verdicts *verdicts, const exn_picture *file,
                            const exn_picture *image);

/* Lets images inherit. False: out of memory, now or before. */
bool exn_verdicts_settle(exn_verdicts *verdicts);

/* How many images have each verdict, of a file, or, NULL, of all. */
void exn_verdicts_count(const exn_verdicts *verdicts, const exn_verdicts_file *file,
                        uint64_t counts[EXN_LABELS_VERDICT_CONTRADICTORY + 1]);

/* The judgement of one image of a label file, by what all have said. */
exn_labels_judgement exn_verdicts_rule(const exn_verdicts *verdicts, const char *path,
                                       const exn_labels_result *file, const exn_labels_image *image,
                                       const exn_picture *picture);

/* The same of a mask's image, by the claim on the mask. */
exn_labels_judgement exn_verdicts_rule_mask(const exn_verdicts *verdicts,
                                            const exn_masks_claim *claim,
                                            const exn_picture *picture);

/* Frees what is known about single files and images; exn_verdicts_rule() still works. */
void exn_verdicts_forget(exn_verdicts *verdicts);

void exn_verdicts_free(exn_verdicts *verdicts);

#endif
