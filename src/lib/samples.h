/* SPDX-License-Identifier: MIT */
/* A picture that is to become a file of another format, and what goes with it. Whoever writes the
 * file asks for one row after the other. */
#ifndef EXN_SAMPLES_H
#define EXN_SAMPLES_H

#include "buffer.h"
#include "cancel.h"

typedef struct exn_samples exn_samples;

struct exn_samples {
    uint32_t width, height;
    uint32_t components; /* 1: gray, 2: gray and alpha, 3: RGB, 4: RGB and alpha */
    uint32_t depth;      /* 8 or 16 bits of a sample, the higher byte first */
    uint32_t bits;       /* that the source's samples had */
    /* Fills a row of width * components samples; asked from the first one on, each once. Where
     * there are planes it is of their colors. */
    void (*row)(const exn_samples *samples, uint32_t y, uint8_t *to);
    /* Of JPEGs whose planes are there already: fills a row of Y', Cb or Cr (0 to 2), of which Cb
     * and Cr have half as many columns or rows, rounded up, where shift_x or shift_y is 1. */
    void (*plane)(const exn_samples *samples, uint32_t plane, uint32_t y, uint8_t *to);
    uint32_t shift_x, shift_y; /* also where a JPEG is made of rows */
    const void *context;
    /* What else the file is to hold; empty: nothing. */
    exn_span icc;
    exn_span exif;               /* TIFF bytes */
    exn_span xmp;                /* a packet */
    uint8_t primaries, transfer; /* as ISO 23091-2 counts them; 0: not said */
};

#endif
