/* SPDX-License-Identifier: MIT */
/* Makes and reads PNG files through libpng, one byte (16 bits: two) a sample, and takes files apart
 * chunk by chunk. Shares no code with src/lib/png. */
#ifndef EXN_TEST_PNG_MAKE_H
#define EXN_TEST_PNG_MAKE_H

#include "buffer.h"

typedef struct exn_test_png {
    uint32_t width, height;
    uint8_t depth, colour_type;
    bool interlaced;
    uint8_t palette[768];
    size_t palette_size;
    uint8_t trns[256]; /* the chunk's data */
    size_t trns_size;
} exn_test_png;

/* Bytes of one pixel where every sample has whole bytes. */
size_t exn_test_png_pixel_size(const exn_test_png *png);

/* Samples for every pixel, all different as far as the depth allows; owned by the caller. */
uint8_t *exn_test_png_pixels(const exn_test_png *png);

/* Appends a PNG file. False on any error. */
bool exn_test_png_write(const exn_test_png *png, const uint8_t *pixels, exn_buffer *out);

/* Fills in png and *pixels (owned by the caller). False where libpng has any error or warning. */
bool exn_test_png_read(exn_span file, exn_test_png *png, uint8_t **pixels);

/* Appends one chunk with its CRC. */
void exn_test_png_chunk(exn_buffer *out, const char type[4], const void *data, size_t size);

/* Walks the chunks of a well-formed file: *offset is 8 at first. False after IEND. The type has a
 * NUL. */
bool exn_test_png_next(exn_span file, size_t *offset, char type[5], exn_span *data);

#endif
