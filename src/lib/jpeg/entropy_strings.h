/* SPDX-License-Identifier: MIT */
/* The blocks of a picture as strings of bits, in the output's order: about as many bytes as its
 * scans. They come from a scan (entropy_decode.h) or from requantized blocks, and go to a scan
 * (entropy_encode.h). */
#ifndef EXN_JPEG_ENTROPY_STRINGS_H
#define EXN_JPEG_ENTROPY_STRINGS_H

#include "component.h"
#include "entropy_tokens.h"

/* A block's AC part: `bits` bits from byte `offset` of the strings on, including EOB. */
typedef struct exn_string {
    uint32_t offset;
    uint16_t bits;
    int16_t dc;
} exn_string;

enum { EXN_STRINGS_AHEAD = 16 }; /* extra entries after a plane's last block, for reading ahead */

/* A component's blocks in the output's order, row by row, blocks_x per row. */
typedef struct exn_string_plane {
    uint32_t blocks_x, blocks_y;
    exn_string *blocks;   /* owned */
    int lowest, highest;  /* of DC, including 0 */
    exn_huffman code;     /* the code of the AC symbols */
    uint64_t counts[256]; /* of AC symbols, if they are counted */
} exn_string_plane;

/* A whole picture. */
typedef struct exn_strings {
    exn_string_plane plane[EXN_JPEG_MAX_COMPONENTS];
    exn_buffer bytes;     /* owned */
    uint64_t need, limit; /* memory in bytes: needed without the strings, and allowed with them */
    uint32_t even; /* a set of bits: components for which moving to another grid has no effect */
    bool extreme;  /* a component cannot go that way (regrid.h) */
} exn_strings;

/* Where the source's first block goes in the output's plane, and how far from it its right and
 * lower neighbours go. All eight orientations are such linear rules. */
typedef struct exn_string_path {
    ptrdiff_t origin, step_x, step_y;
} exn_string_path;

/* o: the rotation that leads to plane, whose size is known. */
exn_string_path exn_entropy_strings_path(const exn_string_plane *plane, exn_orientation o);

/* Allocates the strings of blocks_x * blocks_y blocks. */
exn_status exn_entropy_strings_open_plane(exn_string_plane *plane, exn_error *error);

/* Makes room for that many more bytes of strings. Their length is known only as they are made, so
 * the limit is also checked here. Returns EXN_OK, LIMIT, MEMORY, or UNSUPPORTED without a text if
 * it exceeds 4 GiB. */
exn_status exn_entropy_strings_grow(exn_strings *strings, size_t room, exn_error *error);

/* Where a block's coefficients are, as the encoding loop needs it. */
typedef struct exn_string_places {
    uint64_t bit[64]; /* by place with rows and columns swapped: its zigzag number as a bit */
    uint8_t at[64];   /* by that number: the place */
} exn_string_places;

/* place: where coefficient k is in natural order. */
void exn_entropy_strings_make_places(const uint8_t place[64], exn_string_places *places);

/* Adjacent blocks, and where their strings go. */
typedef struct exn_string_row {
    exn_dct_block *blocks;
    uint32_t count;
    exn_string *to;
    ptrdiff_t step;
} exn_string_row;

/* Encodes and counts them. Values have to be in the range of 8-bit JPEG. Returns the same as
 * exn_entropy_strings_grow(). */
exn_status exn_entropy_strings_put(exn_strings *strings, uint32_t i, exn_token_coder *coder,
                                   const exn_string_places *places, const exn_string_row *row,
                                   exn_error *error);

/* Turns the blocks of component, which are the output's, into the strings of plane i. Values have
 * to be in the range of 8-bit JPEG. AC symbols are coded with the plane's code, and counted.
 * Returns the same as exn_entropy_strings_grow(). */
exn_status exn_entropy_strings_encode(exn_strings *strings, uint32_t i,
                                      const exn_component *component, exn_error *error);

void exn_entropy_strings_free(exn_strings *strings);

/* How a picture is decoded. */
typedef struct exn_string_manner {
    exn_orientation turn;
    bool count;                    /* AC symbols */
    uint32_t regrids;              /* a set of bits: components that are moved to another grid */
    const exn_coefficients *frame; /* the source's; components that hold blocks receive them */
} exn_string_manner;

#endif
