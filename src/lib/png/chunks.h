/* SPDX-License-Identifier: MIT */
/* A PNG file as a list of chunks (PNG 3rd edition, clause 5): parse, edit, reassemble.
 *
 * The list borrows the file's bytes. Anything unrelated to orientation is copied from it byte for
 * byte, including the CRC; edited chunks are written by the exn_png_put_ functions.
 * exn_png_chunks_parse() walks only the structure: it examines no pixel, and no CRC except those of
 * IHDR, PLTE and IEND. */
#ifndef EXN_PNG_CHUNKS_H
#define EXN_PNG_CHUNKS_H

#include "buffer.h"
#include "cancel.h"

/* A chunk's type as the big-endian number of its four letters. */
#define EXN_PNG_TYPE(a, b, c, d)                                                                   \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The chunks that any file here refers to by name. */
enum {
    /* Critical ones (clause 11.2). */
    EXN_PNG_IHDR = EXN_PNG_TYPE('I', 'H', 'D', 'R'),
    EXN_PNG_PLTE = EXN_PNG_TYPE('P', 'L', 'T', 'E'),
    EXN_PNG_IDAT = EXN_PNG_TYPE('I', 'D', 'A', 'T'),
    EXN_PNG_IEND = EXN_PNG_TYPE('I', 'E', 'N', 'D'),
    EXN_PNG_CGBI = EXN_PNG_TYPE('C', 'g', 'B', 'I'), /* Apple's: not a PNG that others can decode */
    /* Ancillary ones (clause 11.3). */
    EXN_PNG_TRNS = EXN_PNG_TYPE('t', 'R', 'N', 'S'),
    EXN_PNG_EXIF = EXN_PNG_TYPE('e', 'X', 'I', 'f'),
    EXN_PNG_PHYS = EXN_PNG_TYPE('p', 'H', 'Y', 's'),
    EXN_PNG_TEXT = EXN_PNG_TYPE('t', 'E', 'X', 't'),
    EXN_PNG_ZTXT = EXN_PNG_TYPE('z', 'T', 'X', 't'),
    EXN_PNG_ITXT = EXN_PNG_TYPE('i', 'T', 'X', 't'),
    /* Animation (clause 11.3.6). */
    EXN_PNG_ACTL = EXN_PNG_TYPE('a', 'c', 'T', 'L'),
    EXN_PNG_FCTL = EXN_PNG_TYPE('f', 'c', 'T', 'L'),
    EXN_PNG_FDAT = EXN_PNG_TYPE('f', 'd', 'A', 'T'),
    /* Extensions to PNG, and chunks of single programs. */
    EXN_PNG_OFFS = EXN_PNG_TYPE('o', 'F', 'F', 's'),
    EXN_PNG_SCAL = EXN_PNG_TYPE('s', 'C', 'A', 'L'),
    EXN_PNG_DSIG = EXN_PNG_TYPE('d', 'S', 'I', 'G'),
    EXN_PNG_CABX = EXN_PNG_TYPE('c', 'a', 'B', 'X'), /* C2PA's manifest */
    EXN_PNG_CANV = EXN_PNG_TYPE('c', 'a', 'N', 'v'), /* ImageMagick's canvas */
    EXN_PNG_VPAG = EXN_PNG_TYPE('v', 'p', 'A', 'g'), /* its predecessor */
    EXN_PNG_IDOT = EXN_PNG_TYPE('i', 'D', 'O', 'T'), /* Apple's index into the IDATs */
    EXN_PNG_TXMP = EXN_PNG_TYPE('t', 'X', 'M', 'P'), /* XMP, by an early draft */
};

enum {
    EXN_PNG_SIGNATURE_SIZE = 8,
    EXN_PNG_CHUNK_OVERHEAD = 12, /* length, type, CRC */
    EXN_PNG_MAX_CHUNKS =
        1000000, /* the list then takes 16 MB; with libpng's 8 KiB IDATs that is a file of 8 GB */
};

enum {
    EXN_PNG_GRAY = 0,
    EXN_PNG_RGB = 2,
    EXN_PNG_PALETTE = 3,
    EXN_PNG_GRAY_ALPHA = 4,
    EXN_PNG_RGB_ALPHA = 6,
};

typedef struct exn_png_chunk {
    size_t offset; /* of the length field */
    uint32_t type;
    uint32_t size; /* of the data only */
} exn_png_chunk;

/* Owns the chunk list, borrows the data. A zeroed exn_png may be closed. */
typedef struct exn_png {
    exn_span data;
    exn_cancel cancel;     /* checked by functions that process pixels */
    exn_png_chunk *chunks; /* IHDR first, IEND last unless open_end */
    size_t count, capacity;
    size_t end; /* the offset of what follows the list */
    /* Mistakes that decoders forgive: the list ends without IEND, after the picture's data; IEND
     * has data or a wrong CRC; a PLTE has no meaning; there is more than one run of IDATs, of which
     * the first counts. */
    bool open_end, bad_end, stray_palette, stray_data;
    uint32_t width, height;
    uint32_t depth, colour_type;
    bool interlaced;
    size_t plte, trns, acTL; /* index of the first one; 0: none */
    size_t idat, idat_count; /* the first IDAT and how many are in its run */
} exn_png;

/* Fills in png, which has to be zeroed. Fails with CORRUPT, UNSUPPORTED, LIMIT, MEMORY;
 * exn_png_chunks_free() has to be called in any case. */
exn_status exn_png_chunks_parse(exn_png *png, exn_span data, exn_error *error);

void exn_png_chunks_free(exn_png *png);

/* The number of samples per pixel. */
uint32_t exn_png_chunks_channels(uint32_t colour_type);

/* The chunk's data; the whole chunk with length and CRC; what follows IEND. */
exn_span exn_png_chunks_data(const exn_png *png, const exn_png_chunk *chunk);
exn_span exn_png_chunks_whole(const exn_png *png, const exn_png_chunk *chunk);
exn_span exn_png_chunks_trailer(const exn_png *png);

/* More chunks may follow IEND, which browsers ignore but other readers do not. Reads the one at
 * *at, starting with png->end, and advances *at past it. Returns false if there is none. */
bool exn_png_chunks_next_in_trailer(const exn_png *png, size_t *at, exn_png_chunk *chunk);

/* The data of the chunk at index, or nothing for index 0. */
exn_span exn_png_chunks_optional(const exn_png *png, size_t index);

/* Whether the CRC stored with the chunk is that of its type and data. */
bool exn_png_chunks_crc_valid(const exn_png *png, const exn_png_chunk *chunk);

/* Fails with CORRUPT if it is not. */
exn_status exn_png_chunks_need_crc(const exn_png *png, const exn_png_chunk *chunk,
                                   exn_error *error);

/* Clause 5.3: whether this is a valid chunk type. */
bool exn_png_chunks_is_type(uint32_t type);

/* A chunk type's letters, NUL-terminated. */
typedef struct exn_png_name {
    char text[5];
} exn_png_name;
exn_png_name exn_png_chunks_type_name(uint32_t type);

/* Clause 5.4: the case bits of the first and the fourth letter. */
static inline bool exn_png_is_critical(uint32_t type)
{
    return !(type & 0x20000000);
}

static inline bool exn_png_is_safe_to_copy(uint32_t type)
{
    return type & 0x20;
}

/* To write a chunk: open, append its data to out, close. out may be edited in between; *start is
 * where the chunk begins, and setting out->size back to it drops the chunk. Closing fills in length
 * and CRC. */
exn_status exn_png_chunks_put_open(exn_buffer *out, uint32_t type, size_t *start);
exn_status exn_png_chunks_put_close(exn_buffer *out, size_t start);

/* Writes an IEND. */
exn_status exn_png_chunks_put_end(exn_buffer *out);

/* Copies a span or fails with MEMORY. */
exn_status exn_png_chunks_put_span(exn_buffer *out, exn_span span);

#endif
