/* SPDX-License-Identifier: MIT */
/* FlashPix data in APP2 (EXIF 2.32, 4.7.3): a list of streams with their sizes, and the streams
 * split into segments. Previews of some makers are stored there as JPEGs: Fujifilm's, and the
 * screen nails of Kodak and HP. */
#ifndef EXN_JPEG_FLASHPIX_H
#define EXN_JPEG_FLASHPIX_H

#include "pieces.h"

/* A number beside a preview, in a segment's payload. */
typedef struct exn_flashpix_number {
    size_t segment, at;
    bool wide; /* 32 bits, little-endian; else 16, big-endian */
} exn_flashpix_number;

typedef struct exn_flashpix_preview {
    exn_pieces pieces;           /* the stream */
    size_t at;                   /* where the JPEG begins in it */
    size_t room;                 /* how many bytes the JPEG may take there */
    bool sized;                  /* its width and height are given as well */
    bool known;                  /* and they were located */
    exn_flashpix_number size[2]; /* width, height */
} exn_flashpix_preview;

enum { EXN_FLASHPIX_PREVIEWS = 2 };

/* Whether a segment is part of such data. */
bool exn_flashpix_is_one(const exn_segment *segment);

/* Finds the previews in streams whose segments are all present and add up to the listed size; count
 * is how many. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_flashpix_find(const exn_jpeg *jpeg, exn_flashpix_preview found[], size_t *count);

#endif
