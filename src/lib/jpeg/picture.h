/* SPDX-License-Identifier: MIT */
/* Writes one picture of a file, from SOI to EOI. */
#ifndef EXN_JPEG_PICTURE_H
#define EXN_JPEG_PICTURE_H

#include "app_segments.h"
#include "turned.h"

/* What to write; all borrowed. */
typedef struct exn_jpeg_picture {
    const exn_jpeg *jpeg;
    exn_turned *turned; /* its rotated pixels; NULL: they stay */
    exn_orientation o;
    exn_thumbnails *thumbnails;
    exn_app_segments_index *index; /* of further pictures, to be updated; NULL: none */
    uint32_t *warnings;            /* added to */
} exn_jpeg_picture;

/* Appends the picture with its metadata edited. Fails with MEMORY. */
exn_status exn_jpeg_picture_write(const exn_jpeg_picture *picture, exn_buffer *out,
                                  exn_error *error);

#endif
