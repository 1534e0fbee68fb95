/* SPDX-License-Identifier: MIT */
/* Rotates and examines single blocks of coefficients in natural order, eight coefficients at a
 * time. */
#ifndef EXN_JPEG_DCT_BLOCK_H
#define EXN_JPEG_DCT_BLOCK_H

#include "orientation.h"

typedef int16_t exn_dct_block[64]; /* natural order: row * 8 + column */

/* Which signs a rotation changes, by index in the rotated block: all ones, or 0. */
typedef struct exn_dct_block_turn {
    bool transpose;
    int16_t negative[64];
} exn_dct_block_turn;

void exn_dct_block_turn_make(exn_orientation o, exn_dct_block_turn *turn);

void exn_dct_block_turn_one(const exn_dct_block_turn *turn, const int16_t from[64], int16_t to[64]);

/* Swaps rows and columns. */
void exn_dct_block_transpose(const int16_t from[64], int16_t to[64]);

/* The magnitudes of the blocks' AC coefficients, or'ed together: exceeds 2^n - 1 if one of them
 * does. */
unsigned exn_dct_block_magnitudes(exn_dct_block *blocks, uint32_t count);

#endif
