/* SPDX-License-Identifier: MIT */
/* Huffman codes as deflate has them (RFC 1951, 3.2.2): canonical, of limited length, their
 * first bit sent first. */
#ifndef EXN_PNG_HUFFMAN_H
#define EXN_PNG_HUFFMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EXN_PNG_MAX_SYMBOLS = 286,
    EXN_PNG_MAX_CODE = 15, /* bits */
};

/* Fills lengths, 0 for what does not occur, and codes, reversed so that the first bit is the
 * lowest. counts: of `symbols` symbols, at most EXN_PNG_MAX_SYMBOLS; two or more must be over 0,
 * and their sum below 2^31. limit: bits of the longest code; 2^limit is not less than symbols. */
void exn_png_huffman_make(const uint32_t *counts, size_t symbols, unsigned limit, uint8_t *lengths,
                          uint16_t *codes);

#endif
