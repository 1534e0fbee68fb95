/* SPDX-License-Identifier: MIT */
/* One picture of a WebP, a still one or a frame, outside of its file: read, rotated and written by
 * libwebp. Lossless ones are pixels, also those that nothing shows for their transparency; lossy
 * ones stay in the planes that VP8 codes, and never become RGB. */
#ifndef EXN_WEBP_PICTURE_H
#define EXN_WEBP_PICTURE_H

#include "buffer.h"
#include "cancel.h"
#include "orientation.h"

typedef struct exn_webp_picture {
    bool lossless;
    bool alpha; /* has it, or says so */
    uint32_t width, height;
    uint32_t *pixels;   /* lossless: 0xAARRGGBB, width in a row */
    uint8_t *planes[4]; /* lossy: Y and A of width x height, Cb and Cr of half of both, rounded
                           up; A is NULL without alpha */
    void *memory;       /* of either */
} exn_webp_picture;

/* What the headers of data (an ALPH chunk or none, and a VP8 or VP8L chunk) say: all but the
 * samples. Fails with CORRUPT. */
exn_status exn_webp_picture_head(exn_span data, exn_webp_picture *picture, exn_error *error);

/* Bytes that reading one takes, and that turning and writing it takes beside what it is itself. */
uint64_t exn_webp_picture_memory_to_read(const exn_webp_picture *picture);
uint64_t exn_webp_picture_memory_to_write(const exn_webp_picture *picture);

/* Reads all of it. Fails with CORRUPT where something is missing, MEMORY, CANCELLED.
 * exn_webp_picture_free() is due in any case. */
exn_status exn_webp_picture_read(exn_span data, const exn_cancel *cancel, exn_webp_picture *picture,
                                 exn_error *error);

/* Rotates by o. Where an odd side is reversed chroma lies half a sample off, and is moved by that.
 */
exn_status exn_webp_picture_turn(exn_webp_picture *picture, exn_orientation o, exn_error *error);

/* How a lossy one is written: with about so many bytes of VP8. */
typedef struct exn_webp_coding {
    size_t size;
} exn_webp_coding;

/* Appends the chunks: ALPH where there is alpha, and VP8 or VP8L. Returns EXN_OK, MEMORY, CANCELLED
 * or INTERNAL. */
exn_status exn_webp_picture_write(const exn_webp_picture *picture, const exn_webp_coding *coding,
                                  const exn_cancel *cancel, exn_buffer *out, exn_error *error);

void exn_webp_picture_free(exn_webp_picture *picture);

/* Of two of the same size: whether lossless ones and alpha are equal, and of lossy ones planes are
 * as near as a coder leaves them. */
bool exn_webp_picture_is_like(const exn_webp_picture *a, const exn_webp_picture *b);

#endif
