/* SPDX-License-Identifier: MIT */
#include "dct_block.h"

#include <string.h>

typedef int16_t eight __attribute__((vector_size(16)));

static inline eight load(const int16_t *from)
{
    eight value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline void store(int16_t *to, eight value)
{
    memcpy(to, &value, sizeof value);
}

/* T.81, A.3.3. Signs are indexed by the place in the rotated block, because negation follows the
 * transposition. */
void exn_dct_block_turn_make(exn_orientation o, exn_dct_block_turn *turn)
{
    turn->transpose = o.transpose;
    for (int k = 0; k < 64; k++) {
        int from = o.transpose ? (k % 8) * 8 + k / 8 : k;
        /* cos((2x+1)u pi/16) changes sign for odd u when x is mirrored. */
        bool negative = (o.flip_x && from % 8 % 2) != (o.flip_y && from / 8 % 2);
        turn->negative[k] = negative ? -1 : 0;
    }
}

/* Merges the first half of the rows with the second, number by number, three times. Each merge
 * rotates the six bits of an index, row and column, by one. */
static inline void transpose(eight rows[8])
{
    for (int round = 0; round < 3; round++) {
        eight merged[8];
        for (int n = 0; n < 4; n++) {
            eight a = rows[n], b = rows[n + 4];
            merged[2 * n] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
            merged[2 * n + 1] = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
        }
        memcpy(rows, merged, sizeof merged);
    }
}

void exn_dct_block_turn_one(const exn_dct_block_turn *turn, const int16_t from[64], int16_t to[64])
{
    eight rows[8];
    for (int n = 0; n < 8; n++)
        rows[n] = load(from + 8 * n);
    if (turn->transpose)
        transpose(rows);
    for (int n = 0; n < 8; n++) {
        /* (v ^ -1) - -1 is -v, and (v ^ 0) - 0 is v, so no sign needs a branch. */
        eight negative = load(turn->negative + 8 * n);
        store(to + 8 * n, (rows[n] ^ negative) - negative);
    }
}

void exn_dct_block_transpose(const int16_t from[64], int16_t to[64])
{
    eight rows[8];
    memcpy(rows, from, sizeof rows);
    transpose(rows);
    memcpy(to, rows, sizeof rows);
}

/* Or'ed instead of compared: callers want to know whether any value needs more bits than a limit,
 * for which the highest bit is enough. */
unsigned exn_dct_block_magnitudes(exn_dct_block *blocks, uint32_t count)
{
    const eight no_dc = {0, -1, -1, -1, -1, -1, -1, -1};
    eight all = {0};
    unsigned magnitude = 0;
    for (uint32_t n = 0; n < count; n++)
        for (int row = 0; row < 8; row++) {
            eight value = load(blocks[n] + 8 * row), sign = value >> 15;
            value = (value ^ sign) - sign;
            all |= row ? value : value & no_dc;
        }
    for (int k = 0; k < 8; k++)
        magnitude |= (uint16_t)all[k];
    return magnitude;
}
