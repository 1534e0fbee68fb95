/* SPDX-License-Identifier: MIT */
/* The decoded primary picture of a HEIF, as it is stored but for clap. libheif decodes, and
 * converts colors where it has to; irot and imir are left to the caller. */
#ifndef EXN_HEIF_PICTURE_H
#define EXN_HEIF_PICTURE_H

#include "items.h"
#include "library.h"

/* Samples of a byte each, or, of more than 8 bits, of two in the machine's order. */
typedef struct exn_heif_plane {
    const uint8_t *data; /* NULL: there is none */
    size_t stride;       /* bytes from row to row */
    uint32_t bits;
} exn_heif_plane;

typedef enum exn_heif_model {
    EXN_HEIF_GRAY,
    EXN_HEIF_YCBCR, /* those of a JPEG (JFIF 1.02): BT.601, full range */
    EXN_HEIF_RGB,
    EXN_HEIF_LIMITED, /* Cr, Y, Cb of limited range, in this order, each of the picture's size */
} exn_heif_model;

typedef struct exn_heif_picture {
    uint32_t width, height; /* of what clap leaves */
    uint32_t left, top;     /* where that begins in the planes */
    exn_heif_model model;
    exn_heif_plane planes[3], alpha;
    uint32_t shift_x, shift_y;    /* 1: Cb and Cr are coded with half as many columns, rows */
    uint32_t primaries, transfer; /* as ISO 23091-2 counts them; 2: not said */
    uint32_t matrix;              /* of limited range */
    uint64_t nclx_at;             /* where the file says that it is limited; 0: it does not */
    bool full_range;              /* of gray and RGB */
    exn_buffer icc;               /* empty: there is none */
    exn_libheif lib;
    void *image; /* libheif's, which has the planes */
} exn_heif_picture;

/* Bytes that decoding takes at most, by the header. */
uint64_t exn_heif_picture_memory(const exn_heif *heif);

/* Reads what the header says of the picture: sizes, colors, how chroma is coded. */
void exn_heif_picture_look(const exn_heif *heif, exn_heif_picture *picture);

/* Decodes, after a look: to Y'CbCr if that is asked for and what the planes are; else to RGB; gray
 * stays gray. exn_heif_picture_close() in any case. Fails with CORRUPT, UNSUPPORTED, MEMORY,
 * CANCELLED. */
exn_status exn_heif_picture_open(const exn_heif *heif, exn_span file, bool ycbcr,
                                 const exn_cancel *cancel, exn_heif_picture *picture,
                                 exn_error *error);

void exn_heif_picture_close(exn_heif_picture *picture);

/* A pixel of what clap leaves, in numbers from 0 to most: three of its model, and alpha, which is
 * most where there is none. */
void exn_heif_picture_pixel(const exn_heif_picture *picture, uint32_t x, uint32_t y, uint32_t most,
                            uint32_t pixel[4]);

/* A sample of a plane, by its column and row in that plane, from 0 to most: the nearest. */
uint32_t exn_heif_picture_sample(const exn_heif_picture *picture, const exn_heif_plane *plane,
                                 uint32_t x, uint32_t y, uint32_t most);

#endif
