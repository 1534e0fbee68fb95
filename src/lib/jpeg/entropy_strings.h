/* SPDX-License-Identifier: MIT */
/* The blocks of a picture as strings of bits, in the output's order: about as many bytes
 * as its scans have. They come from a scan (entropy_decode.h) or from blocks that were quantized
 * again, and go to a scan (entropy_encode.h). */
#ifndef EXN_JPEG_ENTROPY_STRINGS_H
#define EXN_JPEG_ENTROPY_STRINGS_H

#include "component.h"
#include "entropy_tokens.h"

/* The AC part of a block is `bits` bits from byte `offset` of the strings on, EOB included. */
typedef struct exn_string {
    uint32_t offset;
    uint16_t bits;
    int16_t dc;
} exn_string;

enum { EXN_STRINGS_AHEAD = 16 }; /* that stand after a plane's last one, for who looks ahead */

/* A component's blocks in the output's order: row after row, blocks_x a row. */
typedef struct exn_string_plane {
    uint32_t blocks_x, blocks_y;
    exn_string *blocks;   /* owned */
    int lowest, highest;  /* DC, with 0 */
    exn_huffman code;     /* that AC symbols are coded with */
    uint64_t counts[256]; /* of AC symbols, where they are counted */
} exn_string_plane;

/* A whole picture. */
typedef struct exn_strings {
    exn_string_plane plane[EXN_JPEG_MAX_COMPONENTS];
    exn_buffer bytes;     /* owned */
    uint64_t need, limit; /* of memory, in bytes: without the strings, and with them */
    uint32_t even; /* components whose move to another grid came to nothing, as a set of bits */
    bool extreme;  /* one is not for that way (regrid.h) */
} exn_strings;

/* Where the source's first block stands in the output's plane, and how far its neighbours to the
 * right and below are: a linear rule holds for all eight orientations. */
typedef struct exn_string_path {
    ptrdiff_t origin, step_x, step_y;
} exn_string_path;

/* o: what leads to plane, whose size is known. */
exn_string_path exn_entropy_strings_path(const exn_string_plane *plane, exn_orientation o);

/* Room for the strings of blocks_x * blocks_y blocks. */
exn_status exn_entropy_strings_open_plane(exn_string_plane *plane, exn_error *error);

/* Room for so many more bytes of strings. Their length is known only as they come, so that the
 * limit holds here too. Returns EXN_OK, LIMIT, MEMORY, or UNSUPPORTED without a text: over 4 GiB.
 */
exn_status exn_entropy_strings_grow(exn_strings *strings, size_t room, exn_error *error);

/* Where the coefficients of a block stand, in the terms of the loop that encodes them. */
typedef struct exn_string_places {
    uint64_t
        bit[64]; /* by place, rows and columns exchanged: the bit of its number in zigzag order */
    uint8_t at[64]; /* by that number: the place */
} exn_string_places;

/* place: where coefficient k stands in natural order. */
void exn_entropy_strings_make_places(const uint8_t place[64], exn_string_places *places);

/* Blocks that lie side by side, and where their strings go. */
typedef struct exn_string_row {
    exn_dct_block *blocks;
    uint32_t count;
    exn_string *to;
    ptrdiff_t step;
} exn_string_row;

/* Encodes and counts them. Their values are in the range of 8-bit JPEG. Returns as
 * exn_entropy_strings_grow() does. */
exn_status exn_entropy_strings_put(exn_strings *strings, uint32_t i, exn_token_coder *coder,
                                   const exn_string_places *places, const exn_string_row *row,
                                   exn_error *error);

/* Makes the blocks of component, which are the output's, the strings of plane i; their values are
 * in the range of 8-bit JPEG. AC symbols are coded with the plane's code, and counted. Returns as
 * exn_entropy_strings_grow() does. */
exn_status exn_entropy_strings_encode(exn_strings *strings, uint32_t i,
                                      const exn_component *component, exn_error *error);

void exn_entropy_strings_free(exn_strings *strings);

/* How a picture is decoded. */
typedef struct exn_string_manner {
    exn_orientation turn;
    bool count;                    /* AC symbols */
    uint32_t regrids;              /* components that are moved to another grid, as a set of bits */
    const exn_coefficients *frame; /* the source's; components that hold blocks get them */
} exn_string_manner;

#endif
