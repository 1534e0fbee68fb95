/* SPDX-License-Identifier: MIT */
/* Entropy-coded data written bit by bit, for what no encoder writes. */
#ifndef EXN_TEST_JPEG_PEN_H
#define EXN_TEST_JPEG_PEN_H

#include "buffer.h"

typedef struct exn_test_pen {
    exn_buffer *out; /* borrowed */
    uint32_t bits;
    unsigned count;
} exn_test_pen;

/* The lower `length` bits of value, the first one first; an FF gets its stuffed zero. */
void exn_test_put(exn_test_pen *pen, uint32_t value, unsigned length);

/* Fills the last byte with bits of padding. */
void exn_test_finish(exn_test_pen *pen, int padding);

/* The codes of one Huffman table (T.81, annex C); length 0: there is none for the symbol. */
typedef struct exn_test_codes {
    uint16_t code[256];
    uint8_t length[256];
} exn_test_codes;

/* table: 16 counts and the values, as DHT has them. */
void exn_test_codes_make(const uint8_t *table, exn_test_codes *codes);

/* A symbol's code and the value whose size is its lower half (T.81, F.1.2). */
void exn_test_put_value(exn_test_pen *pen, const exn_test_codes *codes, uint8_t run, int value);

#endif
