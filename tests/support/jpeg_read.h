/* SPDX-License-Identifier: MIT */
/* Reads a JPEG file's coefficients into plain arrays, and planes from them by a naive float IDCT:
 * the eyes of the tests, with no code in common with the library. */
#ifndef EXN_TEST_JPEG_READ_H
#define EXN_TEST_JPEG_READ_H

#include "buffer.h"

#include <stdio.h>

#include <jpeglib.h>

typedef struct exn_test_component {
    int id, h, v;
    uint32_t width_in_blocks, height_in_blocks; /* without dummy blocks of the last MCUs */
    uint32_t width, height;                     /* true size in samples: ceil(W * h / max_h), ... */
    uint16_t quant[64];                         /* natural order: [row * 8 + column] */
    int16_t (*blocks)[64];                      /* natural order, row after row of blocks */
} exn_test_component;

typedef struct exn_test_coefs {
    uint32_t width, height;
    int components;
    J_COLOR_SPACE color_space;
    bool progressive, arithmetic;
    unsigned restart_interval;
    bool jfif, adobe;
    int density_unit, x_density, y_density, adobe_transform;
    long warnings; /* as libjpeg counts them */
    exn_test_component component[4];
} exn_test_coefs;

/* Reads all scans. False on a libjpeg error, with the reason in why; coefs is then empty. Warnings
 * are counted, and the last one's text is in why. */
bool exn_test_jpeg_read(exn_span jpeg, exn_test_coefs *coefs, char why[JMSG_LENGTH_MAX]);

/* Frees and empties. */
void exn_test_coefs_free(exn_test_coefs *coefs);

/* The component's samples, width x height of its true size, neither rounded nor clamped (0..255 is
 * the nominal range). Owned by the caller; NULL: out of memory. */
float *exn_test_plane(const exn_test_component *component);

#endif
