/* SPDX-License-Identifier: MIT */
/* Huffman tables of sequential JPEG (T.81, annexes C, F.1.2 and K.2), read from a DHT segment or
 * built for counted symbols, in forms for decoding and for encoding. A coefficient is negated by
 * complementing its value bits (T.81, table F.2), so no sign is ever extended. */
#ifndef EXN_JPEG_ENTROPY_TABLES_H
#define EXN_JPEG_ENTROPY_TABLES_H

#include "buffer.h"

enum {
    EXN_LOOKAHEAD = 11, /* bits that one look-up resolves; a scan's tables stay in the L1 cache, and
                           one code in a hundred is longer */
    EXN_LARGEST_SIZE = 10, /* of an AC value in 8-bit JPEG */
    EXN_SYMBOL_EOB = 0x00,
    EXN_SYMBOL_ZRL = 0xF0,
};

/* As in DHT (T.81, B.2.4.2). */
typedef struct exn_huffman {
    uint8_t counts[16]; /* of codes of 1..16 bits */
    uint8_t values[256];
    uint32_t codes;
} exn_huffman;

/* table: 16 counts and the values, nothing more. Returns false if libjpeg would not accept it. */
bool exn_entropy_tables_parse(exn_span table, exn_huffman *huffman);

bool exn_entropy_tables_equal(const exn_huffman *a, const exn_huffman *b);

/* Finds the symbol of any code in a few steps. */
typedef struct exn_codes {
    uint32_t end[17];   /* after the last code of so many bits, left-aligned in 16 bits */
    int32_t offset[17]; /* from a code to its index in values */
    uint8_t values[256];
} exn_codes;

void exn_entropy_tables_make_codes(const exn_huffman *huffman, exn_codes *codes);

/* Bits 0..7 of an entry are the length of the code, 8..15 the size; 0: the code is longer than the
 * look-up. */
typedef struct exn_dc_decoder {
    uint32_t entry[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_dc_decoder;

/* What an AC code means (T.81, F.1.2.2: a symbol is RRRRSSSS, a run of zeros and the size of the
 * value that follows). EOB looks like a coefficient without a value that lies EXN_STEP_EOB ahead,
 * so that the loops end a block in only one way. The number tells how it ended: 63 is the last
 * coefficient, EXN_STEP_EOB and up an EOB, EXN_STEP_NONE and EXN_STEP_UNUSUAL and up an invalid
 * code. These are so far apart that adding a number below 63 to one does not reach the next. */
typedef struct exn_ac_code {
    uint8_t length; /* of code and value, in bits: how far reading moves on */
    uint8_t shift;  /* 64 - length: shifting right by this leaves the value at the end */
    uint8_t step;   /* how far the coefficient's number (in zigzag order) moves: run + 1 */
    uint8_t size; /* SSSS, the bits of the value; 0 for ZRL, which steps by 16, and for what has no
                     value */
} exn_ac_code;

enum {
    EXN_STEP_EOB = 128,
    EXN_STEP_NONE = 192,    /* no such code */
    EXN_STEP_UNUSUAL = 255, /* a symbol that 8-bit JPEG does not have */
};

/* An AC symbol's kind: step and size, side by side. Decoding counts kinds, because it has them at
 * hand but not the symbol. */
enum { EXN_AC_KINDS = 1 << 12 };

static inline unsigned exn_ac_kind(unsigned step, unsigned size)
{
    return size << 8 | step;
}

/* The last `size` bits. */
static inline uint32_t exn_ac_value(uint64_t bits, unsigned size)
{
    return (uint32_t)bits & ((1u << size) - 1);
}

/* Most coefficients are small, so one look-up often resolves two codes with at most EXN_PAIR_BITS
 * together, the first of which moves the number by at most EXN_PAIR_STEP. last is the second code,
 * with the length and the step of both, or a copy of the first. How far reading moves on is stored
 * separately, since the next look-up waits for nothing else; 0: the look-up resolves nothing, as
 * the code is longer or has no value. */
typedef struct exn_ac_pair {
    exn_ac_code first, last;
} exn_ac_pair;

typedef struct exn_ac_decoder {
    uint8_t length[1 << EXN_LOOKAHEAD];
    exn_ac_pair pair[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_ac_decoder;

/* The smaller the step, the closer to a block's end pairs can be read; larger steps are rare. */
enum { EXN_PAIR_BITS = 28, EXN_PAIR_STEP = 6 };

/* One code per look-up. Length 0: the code is longer. */
typedef struct exn_ac_single {
    exn_ac_code entry[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_ac_single;

void exn_entropy_tables_make_dc(const exn_huffman *huffman, exn_dc_decoder *decoder);
void exn_entropy_tables_make_single(const exn_huffman *huffman, exn_ac_single *single);
void exn_entropy_tables_make_ac(const exn_huffman *huffman, exn_ac_decoder *decoder);

unsigned exn_entropy_tables_ac_kind(uint8_t symbol);

/* The AC code, of any length, that bits begin with; EXN_STEP_NONE if there is none. */
exn_ac_code exn_entropy_tables_find_ac(const exn_codes *codes, uint64_t bits);

/* The length of the code that window, 16 bits, begins with, and its *symbol; 17: there is none. */
unsigned exn_entropy_tables_find_codes(const exn_codes *codes, uint32_t window, uint8_t *symbol);

/* Each symbol's code, followed by `symbol & 15` zero bits as room for its value, and the length of
 * both; 0: no such code. In entries from 256 on the room is filled with ones: xor with value bits
 * complements them. */
typedef struct exn_encoder {
    struct {
        uint32_t bits, length;
    } entry[512];
} exn_encoder;

void exn_entropy_tables_make_encoder(const exn_huffman *huffman, exn_encoder *encoder);

/* Builds the best codes of at most 16 bits, none of which is all ones (T.81, K.2). counts: how
 * often each symbol occurs. */
void exn_entropy_tables_build(const uint64_t counts[256], exn_huffman *huffman);

/* Gives a code to every AC symbol that 8-bit JPEG may need, at little cost to those that have one.
 */
void exn_entropy_tables_complete(exn_huffman *huffman);

/* The bits that these symbols and their values take; UINT64_MAX: one of them has no code. */
uint64_t exn_entropy_tables_cost(const exn_huffman *huffman, const uint64_t counts[256]);

#endif
