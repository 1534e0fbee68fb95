/* SPDX-License-Identifier: MIT */
/* The arrays into which libjpeg decodes coefficients, in memory of our own. libjpeg zeroes its
 * memory row by row after the kernel already did, and holds it until everything is decoded. Here, a
 * picture that is read once from top to bottom can pass by, one row of iMCUs at a time, and so can
 * one that is encoded. */
#ifndef EXN_JPEG_LIBJPEG_ARRAYS_H
#define EXN_JPEG_LIBJPEG_ARRAYS_H

#include <stdio.h>

#include <jpeglib.h>

#include "component.h"

/* Part of struct exn_libjpeg. */
typedef struct exn_libjpeg_arrays {
    jvirt_barray_ptr array[EXN_JPEG_MAX_COMPONENTS]; /* by component; owned */
    uint32_t count;
    uint32_t passing; /* a set of bits: components of which only the rows being decoded are held */
    bool gives;       /* visit fills in the rows that libjpeg requests, for encoding */
    bool is_broken;   /* libjpeg went back to a row that had passed */
    exn_component_visitor *visit; /* of what passes; NULL: none */
    void *context;
} exn_libjpeg_arrays;

/* Makes the object use such arrays from its next request on. Call it before
 * jpeg_read_coefficients(), with client_data pointing to them. */
void exn_libjpeg_arrays_open(exn_libjpeg_arrays *arrays, j_common_ptr common);

/* Hands over what has not passed yet, after everything is decoded. */
void exn_libjpeg_arrays_end(exn_libjpeg_arrays *arrays);

void exn_libjpeg_arrays_close(exn_libjpeg_arrays *arrays);

#endif
