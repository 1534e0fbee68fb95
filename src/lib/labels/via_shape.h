/* SPDX-License-Identifier: MIT */
/* One region of VIA: the object shape_attributes, which its JSON and CSV have in common. */
#ifndef EXN_LABELS_VIA_SHAPE_H
#define EXN_LABELS_VIA_SHAPE_H

#include "json_walk.h"

/* Initialize with exn_via_shape_begin(), free with exn_via_shape_free(). */
typedef struct exn_via_shape {
    exn_numbers single, xs, ys, part; /* of the region being read */
    /* Where in the file a byte of the JSON stands; NULL: the JSON is the file. */
    uint64_t (*offset_of)(const void *context, uint64_t offset);
    const void *context;
    double degrees; /* of the ellipse being read */
} exn_via_shape;

void exn_via_shape_begin(exn_via_shape *via, exn_account *account);

/* Reads an object whose brace has been read, and hands its places on as shapes of image. */
exn_status exn_via_shape_read(exn_json_walk *walk, exn_via_shape *via, exn_span image);

void exn_via_shape_free(exn_via_shape *via);

#endif
