/* Floor 2: the first half of the entropy-domain turn: a scan is decoded, and each block, while hot,
 * turned and encoded again as a string of bits. Only the strings are kept, with their DC values:
 * about as many bytes as the scan has.
 *
 * Statuses: EXN_CORRUPT where data is missing or no decoder could go on; EXN_UNSUPPORTED (without a
 * text) where libjpeg is to judge: stray bytes, markers out of place, values that 8-bit JPEG does
 * not have. */
#ifndef EXN_JPEG_ENTROPY_DECODE_H
#define EXN_JPEG_ENTROPY_DECODE_H

#include "../orientation.h"
#include "entropy_plan.h"
#include "entropy_tables.h"

/* The AC part of a block is `bits` bits from byte `offset` of the strings on, EOB included. */
typedef struct exn_string {
    uint32_t offset;
    uint16_t bits;
    int16_t dc;
} exn_string;

enum { EXN_STRINGS_AHEAD = 16 }; /* that stand behind a plane's last one, for who looks ahead */

/* A component's blocks in the product's order: row after row, blocks_x a row. */
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
} exn_strings;

/* Where coefficient k (in zigzag order) of a block goes when the picture is turned, and whether it
 * is negated. */
void exn_zigzag_turn(exn_orientation o, uint8_t to[64], bool negative[64]);

/* Decodes scan into the planes of its components, turned by o. Planes are allocated here. AC
 * symbols are coded with the source's tables; count: they are counted, and where axes are
 * exchanged, so that other symbols come up, coded with the source's tables and all symbols that
 * those lack. */
exn_status exn_strings_decode(exn_strings *strings, const exn_jpeg *jpeg, const exn_plan_scan *scan,
                              exn_orientation o, bool count, exn_error *error);

void exn_strings_free(exn_strings *strings);

#endif
