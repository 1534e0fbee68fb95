/* SPDX-License-Identifier: MIT */
/* A picture that will become a file of another format, and its metadata. Whatever writes the file
 * requests one row after another. */
#ifndef EXN_SAMPLES_H
#define EXN_SAMPLES_H

#include "buffer.h"
#include "cancel.h"

typedef struct exn_samples exn_samples;

struct exn_samples {
    uint32_t width, height;
    uint32_t components; /* 1: gray, 2: gray and alpha, 3: RGB, 4: RGB and alpha */
    uint32_t depth;      /* 8 or 16 bits per sample, the higher byte first */
    uint32_t bits;       /* how many of those the source's samples had */
    /* Fills a row of width * components samples; called once for each row, in order. If there are
     * planes, it is a row of their colors. */
    void (*row)(const exn_samples *samples, uint32_t y, uint8_t *to);
    /* For JPEGs whose planes already exist: fills a row of Y', Cb or Cr (0 to 2). Cb and Cr have
     * half as many columns or rows, rounded up, if shift_x or shift_y is 1. */
    void (*plane)(const exn_samples *samples, uint32_t plane, uint32_t y, uint8_t *to);
    uint32_t shift_x, shift_y; /* also used if a JPEG is made from rows */
    const void *context;
    /* What else the file should hold; empty: nothing. */
    exn_span icc;
    exn_span exif;               /* TIFF bytes */
    exn_span xmp;                /* a packet */
    uint8_t primaries, transfer; /* ISO 23091-2's numbers; 0: unspecified */
};

#endif
