/* SPDX-License-Identifier: MIT */
/* The filtered rows of a picture that is rotated, a piece at a time, so that they are not held
 * beside the rows that they are made of.
 *
 *     exn_png_filtered_open()      decodes the picture
 *     exn_png_filtered_take()      any part, as often as wanted; quickest from the front to the end
 *     exn_png_filtered_close()     in every case */
#ifndef EXN_PNG_FILTERED_H
#define EXN_PNG_FILTERED_H

#include "adam7.h"

typedef struct exn_png_filtered {
    const exn_png_frame *frame; /* borrowed */
    const exn_cancel *cancel;   /* borrowed */
    exn_orientation o;
    exn_png_grid stored, turned;
    uint64_t size;    /* bytes of all filtered rows */
    size_t step;      /* bytes of whole rows, to be asked for at once */
    uint8_t *rows;    /* owned: the stored picture; NULL: all is in bytes */
    uint8_t *band;    /* owned: rotated rows that are filtered next */
    uint8_t *above;   /* owned: the row before `next`, or zeros; and room for filtering two */
    uint32_t next;    /* row */
    exn_buffer bytes; /* filtered */
} exn_png_filtered;

/* Bytes that it takes beside the stored rows and what decoding takes: rotated rows, and the part
 * that was asked for, of whole rows if that is not all. */
uint64_t exn_png_filtered_memory(const exn_png_grid *turned, bool interlaced);

/* Decodes frame, to be rotated by o, in the same colour type, depth and interlacing. Fails as
 * exn_png_pixels_read() does. */
exn_status exn_png_filtered_open(exn_png_filtered *filtered, const exn_png_frame *frame,
                                 exn_orientation o, uint32_t *warnings, exn_error *error);

/* Bytes that are filtered already, or never are: borrowed, and nothing to be closed. */
exn_png_filtered exn_png_filtered_of(exn_span bytes, const exn_cancel *cancel);

/* Makes *part the `size` bytes at `at` of all filtered rows; they stay as they are until the next
 * call. Who asks for all lets go of the picture's own rows. Fails with MEMORY or CANCELLED. */
exn_status exn_png_filtered_take(exn_png_filtered *filtered, uint64_t at, size_t size,
                                 exn_span *part);

void exn_png_filtered_close(exn_png_filtered *filtered);

#endif
