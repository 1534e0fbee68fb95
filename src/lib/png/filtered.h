/* SPDX-License-Identifier: MIT */
/* The filtered rows of a rotated picture, one piece at a time, so that they are not held together
 * with the rows that they are made from.
 *
 *   exn_png_filtered_open()      decodes the picture
 *   exn_png_filtered_take()      any part, as often as needed; fastest from start to end
 *   exn_png_filtered_close()     in every case */
#ifndef EXN_PNG_FILTERED_H
#define EXN_PNG_FILTERED_H

#include "adam7.h"

typedef struct exn_png_filtered {
    const exn_png_frame *frame; /* borrowed */
    const exn_cancel *cancel;   /* borrowed */
    exn_orientation o;
    exn_png_grid stored, turned;
    uint64_t size;    /* bytes of all filtered rows */
    size_t step;      /* bytes of whole rows, the best amount to request at once */
    uint8_t *rows;    /* owned: the stored picture; NULL: everything is in bytes */
    uint8_t *band;    /* owned: the rotated rows that are filtered next */
    uint8_t *above;   /* owned: the row before `next`, or zeros; and space for filtering two */
    uint32_t next;    /* row */
    exn_buffer bytes; /* filtered */
} exn_png_filtered;

/* The bytes that it takes besides the stored rows and decoding: rotated rows, and the requested
 * part, made of whole rows unless it is everything. */
uint64_t exn_png_filtered_memory(const exn_png_grid *turned, bool interlaced);

/* Decodes frame, to be rotated by o with the same colour type, depth and interlacing. Fails like
 * exn_png_pixels_read(). */
exn_status exn_png_filtered_open(exn_png_filtered *filtered, const exn_png_frame *frame,
                                 exn_orientation o, uint32_t *warnings, exn_error *error);

/* Wraps bytes that are already filtered, or never will be: borrowed, and nothing has to be closed.
 */
exn_png_filtered exn_png_filtered_of(exn_span bytes, const exn_cancel *cancel);

/* Makes *part the `size` bytes at offset `at` of all filtered rows, valid until the next call.
 * Requesting everything frees the picture's own rows. Fails with MEMORY or CANCELLED. */
exn_status exn_png_filtered_take(exn_png_filtered *filtered, uint64_t at, size_t size,
                                 exn_span *part);

void exn_png_filtered_close(exn_png_filtered *filtered);

#endif
