/* SPDX-License-Identifier: MIT */
/* The arrays that libjpeg decodes coefficients into, in memory of our own: libjpeg's is zeroed row
 * by row after the kernel has zeroed it, and held until all is decoded. Here a picture that is read
 * once from top to bottom can pass by, a row of iMCUs at a time; and so can one that is encoded. */
#ifndef EXN_JPEG_LIBJPEG_ARRAYS_H
#define EXN_JPEG_LIBJPEG_ARRAYS_H

#include <stdio.h>

#include <jpeglib.h>

#include "component.h"

/* In struct exn_libjpeg. */
typedef struct exn_libjpeg_arrays {
    jvirt_barray_ptr array[EXN_JPEG_MAX_COMPONENTS]; /* by component; owned */
    uint32_t count;
    uint32_t passing; /* components of which only rows that are being decoded are held, by bits */
    bool gives;       /* rows that libjpeg asks for are filled in by visit: it encodes */
    bool is_broken;   /* libjpeg went back in what had passed */
    exn_component_visitor *visit; /* of what passes; NULL: nobody looks */
    void *context;
} exn_libjpeg_arrays;

/* Has the object use such arrays from its next request on. Before jpeg_read_coefficients(). Its
 * client_data points to them. */
void exn_libjpeg_arrays_open(exn_libjpeg_arrays *arrays, j_common_ptr common);

/* Hands over what has not passed yet; after all is decoded. */
void exn_libjpeg_arrays_end(exn_libjpeg_arrays *arrays);

void exn_libjpeg_arrays_close(exn_libjpeg_arrays *arrays);

#endif
