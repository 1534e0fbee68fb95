/* SPDX-License-Identifier: MIT */
/* Digits that are read all at once. Files of gigabytes are mostly numbers, and a loop over their
 * digits ends where nobody can foresee it, which costs more than all that is done here.
 *
 * Whoever calls has EXN_DECIMAL_SCAN_SLACK bytes to read behind what it looks at, be they anything.
 */
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

/* Of sixteen bytes which are digits: a bit each, the first one lowest. */
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

/* The number of eight digits, the lowest byte first: pairs, then fours, then all. */
static inline int64_t exn_decimal_scan_value(uint64_t digits)
{
    const uint64_t pair = 0x000000FF000000FF;
    digits = digits * 10 + (digits >> 8);
    return (int64_t)(((digits & pair) * ((UINT64_C(1000000) << 32) + 100) +
                      (digits >> 16 & pair) * ((UINT64_C(10000) << 32) + 1)) >>
                     32);
}

/* The end of a number of at most eight digits as JSON writes them (RFC 8259, 6), without exponent.
 * NULL: it is longer, or no number, or reaches to end, behind which it may go on. */
static inline const uint8_t *exn_decimal_scan_read(const uint8_t *at, const uint8_t *end,
                                                   exn_decimal_short *number)
{
    enum { MOST = 8 };
    const bool is_negative = *at == '-';
    if (__builtin_expect(is_negative, 0))
        at++;
    const unsigned others = ~exn_decimal_scan_digits(at);
    const unsigned whole = (unsigned)__builtin_ctz(others);
    unsigned behind = 0;
    if (whole - 1 > MOST - 1 || (*at == '0' && whole > 1))
        return NULL;
    uint64_t digits = exn_decimal_scan_load(at) << (64 - 8 * whole);
    at += whole;
    if (*at == '.') {
        behind = (unsigned)__builtin_ctz(others >> whole >> 1);
        if (behind == 0 || whole + behind > MOST)
            return NULL;
        digits = digits >> 8 * behind | exn_decimal_scan_load(at + 1) << (64 - 8 * behind);
        at += 1 + behind;
    }
    if (at >= end || (*at | 0x20) == 'e')
        return NULL;
    /* Zeros in front where there are fewer than eight. */
    const unsigned all = whole + behind;
    const int64_t value =
        exn_decimal_scan_value(digits ^ (UINT64_MAX / 255 * '0') << (64 - 8 * all));
    *number = (exn_decimal_short){is_negative ? -value : value, behind};
    return at;
}

#endif
