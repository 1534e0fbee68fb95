/* SPDX-License-Identifier: MIT */
/* The decoded primary picture of a HEIF, as stored except for clap. libheif decodes, and converts
 * colors if necessary; irot and imir are left to the caller. */
#ifndef EXN_HEIF_PICTURE_H
#define EXN_HEIF_PICTURE_H

#include "items.h"
#include "library.h"

/* Samples of one byte each or, with more than 8 bits, of two in the machine's byte order. */
typedef struct exn_heif_plane {
    const uint8_t *data; /* NULL: there is none */
    size_t stride;       /* bytes from row to row */
    uint32_t bits;
} exn_heif_plane;

typedef enum exn_heif_model {
    EXN_HEIF_GRAY,
    EXN_HEIF_YCBCR, /* suitable for a JPEG (JFIF 1.02): BT.601, full range */
    EXN_HEIF_RGB,
    EXN_HEIF_LIMITED, /* Cr, Y, Cb with limited range, in this order, each of the picture's size */
} exn_heif_model;

typedef struct exn_heif_picture {
    uint32_t width, height; /* of what clap leaves */
    uint32_t left, top;     /* its corner in the planes */
    exn_heif_model model;
    exn_heif_plane planes[3], alpha;
    uint32_t shift_x, shift_y;    /* 1: Cb and Cr are coded with half as many columns, rows */
    uint32_t primaries, transfer; /* ISO 23091-2's numbers; 2: unspecified */
    uint32_t matrix;              /* with limited range */
    uint64_t nclx_at; /* where the file says that it has limited range; 0: it does not */
    bool full_range;  /* for gray and RGB */
    exn_buffer icc;   /* empty: there is none */
    exn_libheif lib;
    void *image; /* libheif's, which owns the planes */
} exn_heif_picture;

/* The bytes that decoding takes at most, according to the header. */
uint64_t exn_heif_picture_memory(const exn_heif *heif);

/* Reads what the header says about the picture: sizes, colors, how chroma is coded. */
void exn_heif_picture_look(const exn_heif *heif, exn_heif_picture *picture);

/* Decodes, after a look: to Y'CbCr if ycbcr is set and the planes suit a JPEG; else to RGB; gray
 * stays gray. exn_heif_picture_close() has to be called in any case. Fails with CORRUPT,
 * UNSUPPORTED, MEMORY, CANCELLED. */
exn_status exn_heif_picture_open(const exn_heif *heif, exn_span file, bool ycbcr,
                                 const exn_cancel *cancel, exn_heif_picture *picture,
                                 exn_error *error);

void exn_heif_picture_close(exn_heif_picture *picture);

/* A pixel of what clap leaves, with values from 0 to most: three of its color model, and alpha,
 * which is most if there is none. */
void exn_heif_picture_pixel(const exn_heif_picture *picture, uint32_t x, uint32_t y, uint32_t most,
                            uint32_t pixel[4]);

/* A plane's sample at a column and row of that plane, scaled to 0 to most and rounded to nearest.
 */
uint32_t exn_heif_picture_sample(const exn_heif_picture *picture, const exn_heif_plane *plane,
                                 uint32_t x, uint32_t y, uint32_t most);

#endif
