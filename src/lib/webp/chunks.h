/* SPDX-License-Identifier: MIT */
/* A WebP file as a list of chunks (RFC 9649, 2.3 to 2.7), walked from header to header: of
 * pictures, only the few bytes with their size are read. */
#ifndef EXN_WEBP_CHUNKS_H
#define EXN_WEBP_CHUNKS_H

#include "cancel.h"
#include "window.h"

/* A chunk's name as the big-endian number of its four letters. */
#define EXN_WEBP_NAME(a, b, c, d)                                                                  \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

enum {
    EXN_WEBP_VP8X = EXN_WEBP_NAME('V', 'P', '8', 'X'),
    EXN_WEBP_VP8 = EXN_WEBP_NAME('V', 'P', '8', ' '),
    EXN_WEBP_VP8L = EXN_WEBP_NAME('V', 'P', '8', 'L'),
    EXN_WEBP_ALPH = EXN_WEBP_NAME('A', 'L', 'P', 'H'),
    EXN_WEBP_ANMF = EXN_WEBP_NAME('A', 'N', 'M', 'F'),
    EXN_WEBP_EXIF = EXN_WEBP_NAME('E', 'X', 'I', 'F'),
    EXN_WEBP_XMP = EXN_WEBP_NAME('X', 'M', 'P', ' '),
    EXN_WEBP_XMP_0 =
        EXN_WEBP_NAME('X', 'M', 'P', 0), /* written by GNU tools, according to exiftool */
    EXN_WEBP_XMP_RIFF = EXN_WEBP_NAME('_', 'P', 'M', 'X'), /* XMP in other RIFF files */
    EXN_WEBP_C2PA = EXN_WEBP_NAME('C', '2', 'P', 'A'),
};

enum {
    EXN_WEBP_HEAD = 12,          /* "RIFF", size, "WEBP" */
    EXN_WEBP_CHUNK_OVERHEAD = 8, /* name, size */
    EXN_WEBP_VP8X_SIZE = 10,
    EXN_WEBP_MAX_CHUNKS = 1000000, /* the list then takes 16 MB */
};

/* The first byte of VP8X (RFC 9649, 2.7). */
enum {
    EXN_WEBP_FLAG_ANIMATION = 0x02,
    EXN_WEBP_FLAG_XMP = 0x04,
    EXN_WEBP_FLAG_EXIF = 0x08,
    EXN_WEBP_FLAG_ALPHA = 0x10,
};

typedef struct exn_webp_chunk {
    uint64_t offset; /* of the name */
    uint32_t name;
    uint32_t size; /* of the data only */
} exn_webp_chunk;

/* Owns the list. A zeroed one may be closed. */
typedef struct exn_webp {
    exn_webp_chunk *chunks;
    size_t count, capacity;
    uint64_t riff_end;      /* according to the RIFF's header */
    size_t inside;          /* how many belong to the RIFF; the rest follow it */
    uint64_t end;           /* of the list: what follows is not a chunk */
    bool extended;          /* the first one is a VP8X */
    uint8_t flags;          /* its first byte, else 0 */
    uint32_t width, height; /* of the canvas, which a still picture fills */
    uint32_t components;    /* 3, or 4 with alpha */
    size_t picture;         /* index of the first VP8, VP8L or ANMF */
} exn_webp;

/* Whether readers may find an orientation in such a chunk. */
bool exn_webp_chunks_is_metadata(uint32_t name);

/* Fills in webp, which has to be zeroed. Fails with CORRUPT if decoders refuse the file: no
 * picture, or a chunk truncated by the file or its RIFF (the list has what can be read); LIMIT,
 * MEMORY, READ or CANCELLED. exn_webp_chunks_free() has to be called in any case. */
exn_status exn_webp_chunks_walk(exn_webp *webp, exn_window *window, const exn_cancel *cancel,
                                exn_error *error);

void exn_webp_chunks_free(exn_webp *webp);

/* Where the next chunk begins (RFC 9649, 2.3): the size does not include the padding byte. */
uint64_t exn_webp_chunks_end(const exn_webp_chunk *chunk);

/* The data of a chunk in a file in memory. */
exn_span exn_webp_chunks_data(const exn_webp_chunk *chunk, exn_span file);

#endif
