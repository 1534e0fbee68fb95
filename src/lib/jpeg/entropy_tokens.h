/* SPDX-License-Identifier: MIT */
/* Turns the AC coefficients of one block into codes (T.81, F.1.2.2). */
#ifndef EXN_JPEG_ENTROPY_TOKENS_H
#define EXN_JPEG_ENTROPY_TOKENS_H

#include "entropy_bits.h"
#include "entropy_tables.h"

/* The coefficients of a block, each at its place. Place 0 is ignored. */
typedef struct exn_tokens {
    uint64_t mask;      /* the places that have one */
    uint16_t value[64]; /* the value's bits */
    uint8_t size[64];   /* and how many they are */
} exn_tokens;

/* The codes, and how often each was written, indexed like the encoder's entries. */
typedef struct exn_token_coder {
    exn_encoder encoder;
    uint64_t tally[EXN_AC_KINDS];
} exn_token_coder;

/* More bytes than a block's codes take, plus eight. */
enum { EXN_STRING_BYTES = 512 };

EXN_INLINE void exn_token_symbol(exn_bit_writer *w, exn_token_coder *coder, unsigned number,
                                 uint32_t value, bool count)
{
    exn_bits_append(w, coder->encoder.entry[number].bits ^ value,
                    coder->encoder.entry[number].length);
    if (count)
        coder->tally[number]++;
}

/* Whether more than 15 zeros precede one of these places. Few blocks have such a run, and the
 * others need not check each coefficient. */
EXN_INLINE bool exn_tokens_have_long_run(uint64_t mask)
{
    uint64_t near = mask | 1; /* each of them, then also the 15 places after it */
    near |= near << 1;
    near |= near << 2;
    near |= near << 4;
    near |= near << 8;
    return mask & ~(near << 1);
}

/* Encodes the first coefficient of *mask. before: 16 times the place of the previous one, then of
 * this one. long_runs: there may be runs of more than 15 zeros, of which each 16 take a ZRL. */
EXN_INLINE void exn_token_append(exn_bit_writer *w, exn_token_coder *coder,
                                 const uint32_t entry_base[64], const exn_tokens *tokens,
                                 uint64_t *mask, unsigned *before, bool long_runs, bool count)
{
    const unsigned place = (unsigned)__builtin_ctzll(*mask);
    *mask &= *mask - 1;
    for (; long_runs && 16 * place - *before > 16 * 16; *before += 16 * 16) {
        exn_token_symbol(w, coder, EXN_SYMBOL_ZRL, 0, count);
        exn_bits_settle(w);
    }
    exn_token_symbol(w, coder, tokens->size[place] + entry_base[place] - *before,
                     tokens->value[place], count);
    *before = 16 * place;
}

EXN_INLINE void exn_tokens_append(exn_bit_writer *w, exn_token_coder *coder,
                                  const uint32_t entry_base[64], const exn_tokens *tokens,
                                  uint64_t mask, bool long_runs, bool count)
{
    unsigned before = 0;
    while (mask) {
        exn_token_append(w, coder, entry_base, tokens, &mask, &before, long_runs, count);
        if (mask)
            exn_token_append(w, coder, entry_base, tokens, &mask, &before, long_runs, count);
        exn_bits_settle(w);
    }
}

/* Encodes a block's AC part. entry_base: by place, the index of the encoder's entry except for the
 * size and the previous place: 16 times (the place minus 1), plus 256 if the coefficient is
 * negated. */
EXN_INLINE void exn_tokens_encode(const exn_tokens *tokens, exn_token_coder *coder,
                                  const uint32_t entry_base[64], exn_bit_writer *w, bool count)
{
    const uint64_t mask = tokens->mask & ~UINT64_C(1);
    if (EXN_SELDOM(exn_tokens_have_long_run(mask)))
        exn_tokens_append(w, coder, entry_base, tokens, mask, true, count);
    else
        exn_tokens_append(w, coder, entry_base, tokens, mask, false, count);
    if (!(mask >> 63))
        exn_token_symbol(w, coder, EXN_SYMBOL_EOB, 0, count);
    exn_bits_settle(w);
}

#endif
