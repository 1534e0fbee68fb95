/* SPDX-License-Identifier: MIT */
/* What a worker says that a label file says of images, one after the other. None of it is believed
 * that could harm the parent; what is merely untrue can only be about that file. */
#ifndef EXN_CLI_LABELS_SIGHTINGS_H
#define EXN_CLI_LABELS_SIGHTINGS_H

#include "pictures.h"

typedef struct exn_sightings {
    const unsigned char *at; /* borrowed */
    size_t left;
    bool broken; /* what came was no sighting */
    exn_labels_image image;
    char name[EXN_SIGHTING_NAME + 1], other[EXN_SIGHTING_NAME + 1]; /* the image's */
    const char *masks; /* names, each with its NUL; borrowed like `at` */
    size_t masks_size;
} exn_sightings;

void exn_sightings_begin(exn_sightings *sightings, const void *bytes, size_t size);

/* Fills in image with the next one. False: there is none, or it is broken. */
bool exn_sightings_next(exn_sightings *sightings);

/* The next name of a mask of it, *at being 0 at first; NULL: there is none. */
const char *exn_sightings_mask(const exn_sightings *sightings, size_t *at);

/* Whether it says no more than that the file is about images of the run, as COCO's results do,
 * which have numbers for names. */
bool exn_sightings_is_of_any(const exn_sightings *sightings);

/* Which image is meant by it: by its name, or, where it has none or no image bears that one, by
 * that of the label file, of which it is the only one then. */
exn_match exn_sightings_match(const exn_sightings *sightings, const exn_pictures *pictures,
                              exn_labels_format format, const char *path, bool is_only,
                              const exn_picture **found);

#endif
