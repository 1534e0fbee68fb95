/* SPDX-License-Identifier: MIT */
/* The AC coefficients of one block on their way to codes (T.81, F.1.2.2). */
#ifndef EXN_JPEG_ENTROPY_TOKENS_H
#define EXN_JPEG_ENTROPY_TOKENS_H

#include "entropy_bits.h"
#include "entropy_tables.h"

/* The coefficients of a block, each where it belongs: size in the upper half, value bits in the
 * lower. The place 0 means nothing. */
typedef struct exn_tokens {
    uint64_t mask; /* which are there */
    uint32_t at[64];
} exn_tokens;

/* The codes, and how often each was written, by entry of the encoder, where that is counted. */
typedef struct exn_token_coder {
    exn_encoder encoder;
    uint64_t tally[EXN_AC_KINDS];
} exn_token_coder;

/* More than the codes of a block take, and eight more, in bytes. */
enum { EXN_STRING_BYTES = 512 };

EXN_INLINE void exn_token_symbol(exn_bit_writer *w, exn_token_coder *coder, unsigned number,
                                 uint32_t value, bool count)
{
    exn_bits_append(w, coder->encoder.entry[number].bits ^ value,
                    coder->encoder.entry[number].length);
    if (count)
        coder->tally[number]++;
}

/* Encodes the first coefficient of *mask; returns the place after it. expected: the place after
 * the one before. */
EXN_INLINE unsigned exn_token_append(exn_bit_writer *w, exn_token_coder *coder,
                                     const uint16_t entry_base[64], const exn_tokens *tokens,
                                     uint64_t *mask, unsigned expected, bool count)
{
    unsigned place = (unsigned)__builtin_ctzll(*mask);
    *mask &= *mask - 1;
    for (; EXN_SELDOM(place - expected > 15); expected += 16) {
        exn_token_symbol(w, coder, EXN_SYMBOL_ZRL, 0, count);
        exn_bits_settle(w);
    }
    uint32_t token = tokens->at[place];
    exn_token_symbol(w, coder, (token >> 16) + entry_base[place] - 16 * expected, token & 0xFFFF,
                     count);
    return place + 1;
}

/* Encodes a block's AC part. entry_base: by place, what the encoder's entry begins at, but for run
 * and size: 16 times the place, and 256 where the coefficient is negated. */
EXN_INLINE void exn_tokens_encode(const exn_tokens *tokens, exn_token_coder *coder,
                                  const uint16_t entry_base[64], exn_bit_writer *w, bool count)
{
    uint64_t mask = tokens->mask & ~UINT64_C(1);
    unsigned expected = 1;
    while (mask) {
        expected = exn_token_append(w, coder, entry_base, tokens, &mask, expected, count);
        if (mask)
            expected = exn_token_append(w, coder, entry_base, tokens, &mask, expected, count);
        exn_bits_settle(w);
    }
    if (expected < 64)
        exn_token_symbol(w, coder, EXN_SYMBOL_EOB, 0, count);
    exn_bits_settle(w);
}

#endif
