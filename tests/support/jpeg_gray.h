/* SPDX-License-Identifier: MIT */
/* Writes gray JPEGs through libjpeg, from coefficients that are given one by one. */
#ifndef EXN_TEST_JPEG_GRAY_H
#define EXN_TEST_JPEG_GRAY_H

#include "buffer.h"

#include <stdio.h>

#include <jpeglib.h>

typedef struct exn_test_jpeg_gray {
    uint32_t blocks_x, blocks_y;
    bool arithmetic, progressive;
    const jpeg_scan_info *scans; /* borrowed; NULL: libjpeg's own */
    int scan_count;
    unsigned restart_interval;
    /* Coefficient k, in the natural order, of block n, counted by rows. */
    int (*coefficient)(const void *context, uint32_t n, int k);
    const void *context;
} exn_test_jpeg_gray;

/* Puts the file into out, whose old bytes are dropped. Asserts that it can be written. */
void exn_test_jpeg_gray_make(const exn_test_jpeg_gray *spec, exn_buffer *out);

#endif
