/* SPDX-License-Identifier: MIT */
/* Reads digits all at once. Files of gigabytes are mostly numbers, and a loop over digits ends at
 * an unpredictable branch, which costs more than everything done here.
 *
 * Callers need EXN_DECIMAL_SCAN_SLACK readable bytes of any value after what is scanned. */
#ifndef EXN_LABELS_DECIMAL_SCAN_H
#define EXN_LABELS_DECIMAL_SCAN_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <string.h>

#include "decimal_short.h"

enum { EXN_DECIMAL_SCAN_SLACK = 32 };

/* Eight bytes, the first one lowest on any machine. */
static inline uint64_t exn_decimal_scan_load(const uint8_t *at)
{
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/* A bit for each of sixteen bytes, the first one lowest: whether it is a digit. */
static inline unsigned exn_decimal_scan_digits(const uint8_t *at)
{
#ifdef __SSE2__
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at),
                  values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    return (unsigned)_mm_movemask_epi8(
        _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values));
#else
    unsigned digits = 0;
    for (unsigned i = 0; i < 16; i++)
        digits |= (unsigned)((uint8_t)(at[i] - '0') <= 9) << i;
    return digits;
#endif
}

/* The value of eight digits, the first in the lowest byte: combined into pairs, then fours, then
 * all. */
static inline int64_t exn_decimal_scan_value(uint64_t digits)
{
    const uint64_t pair = 0x000000FF000000FF;
    digits = digits * 10 + (digits >> 8);
    return (int64_t)(((digits & pair) * ((UINT64_C(1000000) << 32) + 100) +
                      (digits >> 16 & pair) * ((UINT64_C(10000) << 32) + 1)) >>
                     32);
}

/* Returns the end of a number as JSON writes it, without sign and exponent (RFC 8259, 6), of at
 * most eight bytes. Returns NULL if it is longer, is not a number, or reaches end, after which it
 * might continue. */
static inline const uint8_t *exn_decimal_scan_unsigned(const uint8_t *at, const uint8_t *end,
                                                       exn_decimal_short *number)
{
    enum { MOST = 8 };
    const unsigned others = ~exn_decimal_scan_digits(at);
    const unsigned whole = (unsigned)__builtin_ctz(others);
    unsigned size = whole, behind = 0;
    if (whole == 0 || (*at == '0' && whole > 1))
        return NULL;
    if (at[whole] == '.') {
        size = (unsigned)__builtin_ctz(others & (others - 1));
        behind = size - whole - 1;
        if (behind == 0)
            return NULL;
    }
    const uint8_t *const next = at + size;
    if (size > MOST || next >= end || (*next | 0x20) == 'e')
        return NULL;
    /* Shifted up, so that there are leading zeros if it has fewer than eight digits. The point is
     * dropped, and what precedes it moves into its place. */
    uint64_t digits = exn_decimal_scan_load(at) << ((64 - 8 * size) & 63) & UINT64_MAX / 255 * 0x0F;
    if (behind > 0) {
        const uint64_t fraction = UINT64_MAX << ((64 - 8 * behind) & 63);
        digits = (digits & fraction) | (digits << 8 & ~fraction);
    }
    *number = (exn_decimal_short){exn_decimal_scan_value(digits), behind};
    return next;
}

/* The same, with an optional sign. */
static inline const uint8_t *exn_decimal_scan_read(const uint8_t *at, const uint8_t *end,
                                                   exn_decimal_short *number)
{
    if (__builtin_expect(*at != '-', 1))
        return exn_decimal_scan_unsigned(at, end, number);
    const uint8_t *const next = exn_decimal_scan_unsigned(at + 1, end, number);
    if (next)
        number->digits = -number->digits;
    return next;
}

#endif
