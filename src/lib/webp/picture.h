/* SPDX-License-Identifier: MIT */
/* One picture of a WebP, still or a frame, outside of its file: read, rotated and written by
 * libwebp. Lossless ones are pixels, including those that are invisible because of their
 * transparency; lossy ones stay in the planes that VP8 codes and are never converted to RGB. */
#ifndef EXN_WEBP_PICTURE_H
#define EXN_WEBP_PICTURE_H

#include "buffer.h"
#include "cancel.h"
#include "orientation.h"

typedef struct exn_webp_picture {
    bool lossless;
    bool alpha; /* it has alpha, or says so */
    uint32_t width, height;
    uint32_t *pixels;   /* lossless: 0xAARRGGBB, width per row */
    uint8_t *planes[4]; /* lossy: Y and A of width x height, Cb and Cr of half of both, rounded
                           up; A is NULL without alpha */
    void *memory;       /* of either */
} exn_webp_picture;

/* What the headers of data (optionally an ALPH chunk, then a VP8 or VP8L chunk) say: everything but
 * the samples. Fails with CORRUPT. */
exn_status exn_webp_picture_head(exn_span data, exn_webp_picture *picture, exn_error *error);

/* The bytes that reading one takes, and that rotating and writing it takes besides the picture
 * itself. */
uint64_t exn_webp_picture_memory_to_read(const exn_webp_picture *picture);
uint64_t exn_webp_picture_memory_to_write(const exn_webp_picture *picture);

/* Reads all of it. Fails with CORRUPT if something is missing, MEMORY, CANCELLED.
 * exn_webp_picture_free() has to be called in any case. */
exn_status exn_webp_picture_read(exn_span data, const exn_cancel *cancel, exn_webp_picture *picture,
                                 exn_error *error);

/* Rotates by o. If an odd side is reversed, chroma is off by half a sample, and is moved by that.
 */
exn_status exn_webp_picture_turn(exn_webp_picture *picture, exn_orientation o, exn_error *error);

/* How to write a lossy picture: with approximately this many bytes of VP8. */
typedef struct exn_webp_coding {
    size_t size;
} exn_webp_coding;

/* Appends the chunks: ALPH if there is alpha, and VP8 or VP8L. Returns EXN_OK, MEMORY, CANCELLED or
 * INTERNAL. */
exn_status exn_webp_picture_write(const exn_webp_picture *picture, const exn_webp_coding *coding,
                                  const exn_cancel *cancel, exn_buffer *out, exn_error *error);

void exn_webp_picture_free(exn_webp_picture *picture);

/* For two pictures of the same size: whether pixels and alpha of lossless ones are equal, and
 * planes of lossy ones differ by no more than coding accounts for. */
bool exn_webp_picture_is_like(const exn_webp_picture *a, const exn_webp_picture *b);

#endif
