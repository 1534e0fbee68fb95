/* SPDX-License-Identifier: MIT */
/* Writes all digits of a number at once, the counterpart of decimal_scan.h. */
#ifndef EXN_LABELS_DECIMAL_PRINT_H
#define EXN_LABELS_DECIMAL_PRINT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    EXN_DECIMAL_PRINT_ROOM = 24 /* bytes written, most of which belong to the number */
};

/* The digits of a number below 10^8, one byte each from 0 to 9, the first one lowest: two groups of
 * four, then pairs, then single digits. The multiplications replace divisions by 100 and 10 and are
 * exact for every value that occurs here. */
static inline uint64_t exn_decimal_print_digits(uint32_t number)
{
    const uint64_t fours = number / 10000 | (uint64_t)(number % 10000) << 32;
    const uint64_t hundreds = (fours * 10486) >> 20 & 0x0000007F0000007F;
    const uint64_t pairs = (fours - 100 * hundreds) << 16 | hundreds;
    const uint64_t tens = (pairs * 103) >> 10 & 0x000F000F000F000F;
    return (pairs - 10 * tens) << 8 | tens;
}

static inline void exn_decimal_print_store(uint8_t *to, uint64_t eight)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    memcpy(to, &eight, sizeof eight);
}

/* Writes number times 10 ^ -scale with that many decimals and returns the size. Returns 0 if the
 * number is negative or has more than eight digits. */
static inline size_t exn_decimal_print(int64_t number, unsigned scale,
                                       uint8_t to[EXN_DECIMAL_PRINT_ROOM])
{
    enum { MOST = 8 };
    if ((uint64_t)number >= 100000000 || scale >= MOST)
        return 0;
    uint64_t digits = exn_decimal_print_digits((uint32_t)number);
    /* Leading zeros, except the one before the point. */
    const unsigned first = MOST - 1 - scale;
    const unsigned zeros = (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 8 * first) / 8;
    digits = (digits | UINT64_MAX / 255 * '0') >> 8 * zeros;
    const unsigned count = MOST - zeros, whole = count - scale;
    exn_decimal_print_store(to, digits);
    if (scale == 0)
        return count;
    to[whole] = '.';
    exn_decimal_print_store(to + whole + 1, digits >> 8 * whole);
    return count + 1;
}

#endif
