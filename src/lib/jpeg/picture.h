/* SPDX-License-Identifier: MIT */
/* One picture of a file, written from SOI to EOI. */
#ifndef EXN_JPEG_PICTURE_H
#define EXN_JPEG_PICTURE_H

#include "app_segments.h"
#include "turned.h"

/* What is to be written; all borrowed. */
typedef struct exn_jpeg_picture {
    const exn_jpeg *jpeg;
    exn_turned *turned; /* what its pixels have become; NULL: they stay */
    exn_orientation o;
    exn_thumbnails *thumbnails;
    exn_app_segments_index *index; /* of further pictures, to be rewritten; NULL: none */
    uint32_t *warnings;            /* added to */
} exn_jpeg_picture;

/* Appends the picture with its metadata edited. Fails with MEMORY. */
exn_status exn_jpeg_picture_write(const exn_jpeg_picture *picture, exn_buffer *out,
                                  exn_error *error);

#endif
