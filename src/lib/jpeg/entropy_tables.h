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

/* The symbol after any code, in few steps. */
typedef struct exn_codes {
    uint32_t end[17];   /* after the last code of so many bits, as the upper of 16 bits */
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

/* What AC codes say (T.81, F.1.2.2: a symbol is RRRRSSSS, a run of zeros and the size of the value
 * that follows). Most coefficients are small, so one look-up often decides on two of them, of at
 * most EXN_PAIR_BITS together. An entry holds both, the first in its lower half:
 *
 *      63     52 51  48 47     40 39      32 31     20 19  16 15      8 7        0
 *     +---------+------+---------+----------+---------+------+---------+----------+
 *     |  mask   | size |  step   |  length  |  mask   | size |  step   |  length  |
 *     +---------+------+---------+----------+---------+------+---------+----------+
 *      second code; length: of both codes    first code; length: its own
 *      and both values, always set           and its value's
 *
 *     length   bits of code and value, by which reading moves on
 *     step     by how much the coefficient's number (in zigzag order) moves: run + 1
 *     size     SSSS, bits of the value
 *     mask     (1 << size) - 1: the value's bits, where it ends the bits read
 *
 * Where there is no second code the upper half is the first one's length and nothing else.
 *
 * A half below EXN_AC_VALUE has no value: ZRL, which steps by 16; 0, which decides nothing since
 * the code is longer than the look-up; and EXN_STEP_NONE and EXN_STEP_UNUSUAL. EOB has none either,
 * but bit 31 set: it looks like a coefficient that lies EXN_STEP_EOB ahead, so that the loops have
 * one way in which a block ends. Numbers tell what did it: 63 the last coefficient, EXN_STEP_EOB
 * and up an EOB, EXN_STEP_NONE and EXN_STEP_UNUSUAL and up what is no such code. They lie so far
 * apart that a number below 63 added to one does not reach the next. */
enum {
    EXN_AC_STEP = 8,
    EXN_AC_SIZE = 16,
    EXN_AC_MASK = 20,
    EXN_AC_VALUE = 1 << EXN_AC_MASK,
    EXN_STEP_EOB = 128,
    EXN_STEP_NONE = 192,    /* no such code */
    EXN_STEP_UNUSUAL = 255, /* a symbol that 8-bit JPEG does not have */
};

/* An AC symbol's kind: step and size, side by side. What is counted while decoding are kinds, since
 * they are at hand where the symbol is not. */
enum { EXN_AC_KINDS = 1 << (EXN_AC_MASK - EXN_AC_STEP) };

enum { EXN_PAIR_BITS = 28 };

/* The fields of a half. */
static inline unsigned exn_ac_length(uint32_t half)
{
    return half & 255;
}

static inline unsigned exn_ac_step(uint32_t half)
{
    return half >> EXN_AC_STEP & 255;
}

static inline unsigned exn_ac_size(uint32_t half)
{
    return half >> EXN_AC_SIZE & 15;
}

static inline uint32_t exn_ac_mask(uint32_t half)
{
    return half >> EXN_AC_MASK;
}

static inline unsigned exn_ac_kind(uint32_t half)
{
    return half >> EXN_AC_STEP & (EXN_AC_KINDS - 1);
}

typedef struct exn_ac_decoder {
    uint64_t entry[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_ac_decoder;

/* The same without second codes: an entry is a lower half. */
typedef struct exn_ac_single {
    uint32_t entry[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_ac_single;

void exn_entropy_tables_make_dc(const exn_huffman *huffman, exn_dc_decoder *decoder);
void exn_entropy_tables_make_single(const exn_huffman *huffman, exn_ac_single *single);
void exn_entropy_tables_make_ac(const exn_huffman *huffman, exn_ac_decoder *decoder);

unsigned exn_entropy_tables_ac_kind(uint8_t symbol);

/* What the AC code of any length, and of none, says that bits begin with. */
uint32_t exn_entropy_tables_find_ac(const exn_codes *codes, uint64_t bits);

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
