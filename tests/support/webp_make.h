/* SPDX-License-Identifier: MIT */
/* Builds WebP files chunk by chunk (RFC 9649), and takes them apart again. Shares no code with
 * src/lib/webp. */
#ifndef EXN_TEST_WEBP_MAKE_H
#define EXN_TEST_WEBP_MAKE_H

#include "buffer.h"

/* The head of a file; its size is set by exn_test_webp_close(). */
void exn_test_webp_open(exn_buffer *out);
void exn_test_webp_close(exn_buffer *out);

/* A chunk with its padding. */
void exn_test_webp_put(exn_buffer *out, const char *name, const void *data, size_t size);

/* A VP8X of these flags and size. */
void exn_test_webp_put_extended(exn_buffer *out, uint8_t flags, uint32_t width, uint32_t height);

/* A VP8L of one colour: five Huffman codes of one symbol each (3.7.2.1.1), so no bit for a pixel.
 * size: bytes of its data, at least 20; what is more than needed is zeros. */
void exn_test_webp_put_picture(exn_buffer *out, uint32_t width, uint32_t height, size_t size);

/* An EXIF chunk of a block with that orientation; prefix: "Exif\0\0" first. size: at least so many
 * bytes. */
void exn_test_webp_put_exif(exn_buffer *out, uint16_t orientation, bool prefix, size_t size);

typedef struct exn_test_webp_parts {
    uint16_t orientation; /* of an EXIF chunk after the picture; 0: there is none */
    bool prefix;
    size_t data; /* bytes of the picture's; 0: as few as it needs */
} exn_test_webp_parts;

/* A whole extended file of 100 by 50. */
void exn_test_webp(exn_buffer *out, const exn_test_webp_parts *parts);

typedef struct exn_test_webp_chunk {
    char name[5];
    exn_span data;
} exn_test_webp_chunk;

/* The chunks of a file inside of its RIFF; asserts that the RIFF is well formed and that its VP8X
 * says of EXIF and XMP what is there. after: what follows it. */
size_t exn_test_webp_read(exn_span file, exn_test_webp_chunk *chunks, size_t most, exn_span *after);

#endif
