/* SPDX-License-Identifier: MIT */
/* Huffman tables of sequential JPEG (T.81, annexes C, F.1.2 and K.2): from a DHT segment,
 * or built for counted symbols; as tables to decode with, and to encode with. To negate a
 * coefficient is to complement its value bits (T.81, table F.2), so no sign is ever extended. */
#ifndef EXN_JPEG_ENTROPY_TABLES_H
#define EXN_JPEG_ENTROPY_TABLES_H

#include "buffer.h"

enum {
    EXN_LOOKAHEAD = 11,    /* bits that one look-up decides on; the tables of a scan stay in the L1
                              cache, and one code in a hundred is longer */
    EXN_LARGEST_SIZE = 10, /* of an AC value in 8-bit JPEG */
    EXN_SYMBOL_EOB = 0x00,
    EXN_SYMBOL_ZRL = 0xF0,
};

/* As DHT has it (T.81, B.2.4.2). */
typedef struct exn_huffman {
    uint8_t counts[16]; /* of codes of 1..16 bits */
    uint8_t values[256];
    uint32_t codes;
} exn_huffman;

/* table: 16 counts and the values, nothing more. False where libjpeg would not take it. */
bool exn_entropy_tables_parse(exn_span table, exn_huffman *huffman);

bool exn_entropy_tables_equal(const exn_huffman *a, const exn_huffman *b);

/* The symbol behind any code, in few steps. */
typedef struct exn_codes {
    uint32_t end[17];   /* behind the last code of so many bits, as the upper of 16 bits */
    int32_t offset[17]; /* from a code to its place in values */
    uint8_t values[256];
} exn_codes;

void exn_entropy_tables_make_codes(const exn_huffman *huffman, exn_codes *codes);

/* An entry: bits 0..7 the length of the code, 8..15 the size; 0: the code is longer than the
 * look-up.
 */
typedef struct exn_dc_decoder {
    uint32_t entry[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_dc_decoder;

/* What an AC code says: bits 0..7 the length of code and value, 8..15 the step (how far the
 * coefficient's number moves: run + 1), 16..19 the size, 20..31 a mask of the value bits. Below
 * EXN_AC_VALUE it has no value: 0 decides nothing, ZRL steps by 16. EOB is like a coefficient that
 * lies EXN_STEP_EOB ahead, so that a block ends in one way. */
enum {
    EXN_AC_STEP = 8,
    EXN_AC_SIZE = 16,
    EXN_AC_MASK = 20,
    EXN_AC_VALUE = 1 << EXN_AC_MASK,
    EXN_STEP_EOB = 128,
    EXN_STEP_NONE = 192,    /* no such code */
    EXN_STEP_UNUSUAL = 255, /* a symbol that 8-bit JPEG does not have */
};

/* An AC symbol's kind: step and size, side by side. */
enum { EXN_AC_KINDS = 1 << (EXN_AC_MASK - EXN_AC_STEP) };

/* Most coefficients are small: a look-up often decides on two of them, of at most EXN_PAIR_BITS
 * together. The lower half of an entry is the first, the upper one the second, but for its length,
 * which is that of both. Where there is no second the upper half is the first's length. */
enum { EXN_PAIR_BITS = 28 };

typedef struct exn_ac_decoder {
    uint64_t entry[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_ac_decoder;

void exn_entropy_tables_make_dc(const exn_huffman *huffman, exn_dc_decoder *decoder);
void exn_entropy_tables_make_ac(const exn_huffman *huffman, exn_ac_decoder *decoder);

unsigned exn_entropy_tables_ac_kind(uint8_t symbol);

/* What the AC code of any length, and of none, says that bits begin with. */
uint32_t exn_entropy_tables_find_ac(const exn_ac_decoder *decoder, uint64_t bits);

/* Length of the code that window, 16 bits, begins with; 17: there is none. *symbol is its symbol.
 */
unsigned exn_entropy_tables_find_codes(const exn_codes *codes, uint32_t window, uint8_t *symbol);

/* Each symbol's code, with room for `symbol & 15` value bits below it (0 in them), and the length
 * of both; 0: no such code. Entries from 256 on have the room filled with ones: xor with value bits
 * complements them. */
typedef struct exn_encoder {
    struct {
        uint32_t bits, length;
    } entry[512];
} exn_encoder;

void exn_entropy_tables_make_encoder(const exn_huffman *huffman, exn_encoder *encoder);

/* The best codes of at most 16 bits, none of which is all ones (T.81, K.2). counts: how often each
 * symbol comes. */
void exn_entropy_tables_build(const uint64_t counts[256], exn_huffman *huffman);

/* Gives every AC symbol that 8-bit JPEG may need a code, at little cost to those that have one. */
void exn_entropy_tables_complete(exn_huffman *huffman);

/* Bits that so many symbols and their values take; UINT64_MAX: one of them has no code. */
uint64_t exn_entropy_tables_cost(const exn_huffman *huffman, const uint64_t counts[256]);

#endif
