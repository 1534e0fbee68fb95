/* SPDX-License-Identifier: MIT */
/* A picture for display: red, green and blue, 8 bits each, row by row. Formats decode small
 * pictures into one; nothing in an output comes from here. */
#ifndef EXN_RASTER_H
#define EXN_RASTER_H

#include "orientation.h"
#include "status.h"

/* Bytes of one pixel. */
#define EXN_RASTER_BYTES 3

/* Owns rgb; a zeroed raster is empty. */
typedef struct exn_raster {
    uint32_t width, height;
    uint8_t *rgb;
} exn_raster;

/* Allocates an empty raster. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_raster_make(exn_raster *raster, uint32_t width, uint32_t height, exn_error *error);

/* Shrinks it so that no side is longer than `side`, unless that is so already. Each pixel is the
 * mean of those that it stands for. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_raster_shrink(exn_raster *raster, uint32_t side, exn_error *error);

/* Rotates it. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_raster_turn(exn_raster *raster, exn_orientation o, exn_error *error);

/* Frees the pixels and empties the raster. */
void exn_raster_free(exn_raster *raster);

#endif
