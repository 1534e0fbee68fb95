/* SPDX-License-Identifier: MIT */
/* Huffman codes for deflate (RFC 1951, 3.2.2): canonical, of limited length, first bit sent first.
 */
#ifndef EXN_PNG_HUFFMAN_H
#define EXN_PNG_HUFFMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EXN_PNG_MAX_SYMBOLS = 286,
    EXN_PNG_MAX_CODE = 15, /* bits */
};

/* Sets lengths, 0 for symbols that do not occur, and codes, reversed so that the first bit is the
 * lowest. counts: of `symbols` symbols, at most EXN_PNG_MAX_SYMBOLS; at least two have to be over
 * 0, and their sum below 2^31. limit: the bits of the longest code; 2^limit must not be less than
 * symbols. */
void exn_png_huffman_make(const uint32_t *counts, size_t symbols, unsigned limit, uint8_t *lengths,
                          uint16_t *codes);

#endif
