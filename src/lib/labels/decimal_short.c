/* SPDX-License-Identifier: MIT */
/* Exact arithmetic without doubles, so that a rotation there and back ends with the original
 * number:
 *
 *   640 - "10.50"            "629.50", or "629.5" in the short form
 *   640 - "10" - "20.25"     "609.75": where a box of that width begins when mirrored */
#include "decimal_short.h"

#include <string.h>

#include "decimal_print.h"

/* 10^18 is the largest power of ten in 63 bits. */
enum { MOST = 18 };

static const int64_t tens[MOST + 1] = {1,
                                       10,
                                       100,
                                       1000,
                                       10000,
                                       100000,
                                       1000000,
                                       10000000,
                                       100000000,
                                       1000000000,
                                       10000000000,
                                       100000000000,
                                       1000000000000,
                                       10000000000000,
                                       100000000000000,
                                       1000000000000000,
                                       10000000000000000,
                                       100000000000000000,
                                       1000000000000000000};

exn_decimal_short exn_decimal_short_read(exn_span text)
{
    const exn_decimal_short none = {0, EXN_DECIMAL_SHORT_NONE};
    const uint8_t *at = text.data;
    const bool is_negative = text.size > 0 && *at == '-';
    exn_decimal_short number = {0, 0};
    uint64_t digits = 0;
    if (text.size > MOST || text.size <= (is_negative ? 1 : 0))
        return none;
    const uint8_t *const end = at + text.size, *const first = at += is_negative;
    at = exn_decimal_gather(at, end, &digits);
    if (at == first)
        return none;
    if (at < end && *at == '.') {
        const uint8_t *const point = at + 1;
        at = exn_decimal_gather(point, end, &digits);
        if (at == point)
            return none;
        number.scale = (unsigned)(at - point);
    }
    number.digits = is_negative ? -(int64_t)digits : (int64_t)digits;
    return at == end ? number : none;
}

/* Returns false on overflow. Both numbers are brought to the longer scale, and each step may
 * overflow: 18 digits times a power of ten need not fit into 63 bits. */
static bool take(exn_decimal_short *from, exn_decimal_short less)
{
    const unsigned scale = from->scale > less.scale ? from->scale : less.scale;
    int64_t a, b;
    if (__builtin_mul_overflow(from->digits, tens[scale - from->scale], &a) ||
        __builtin_mul_overflow(less.digits, tens[scale - less.scale], &b) ||
        __builtin_sub_overflow(a, b, &from->digits))
        return false;
    from->scale = scale;
    return true;
}

/* Written backwards. There is at least one digit before the point, and a point only if digits
 * follow. The lowest int64_t cannot be negated, so digits come from an unsigned value. */
size_t exn_decimal_short_write(exn_decimal_short n, char text[EXN_DECIMAL_SHORT_SIZE])
{
    char reversed[EXN_DECIMAL_SHORT_SIZE];
    size_t size = exn_decimal_print(n.digits, n.scale, (uint8_t *)text);
    if (size > 0)
        return size;
    size = EXN_DECIMAL_SHORT_SIZE;
    uint64_t left = n.digits < 0 ? -(uint64_t)n.digits : (uint64_t)n.digits;
    for (unsigned i = 0; i < n.scale; i++, left /= 10)
        reversed[--size] = (char)('0' + left % 10);
    if (n.scale > 0)
        reversed[--size] = '.';
    do
        reversed[--size] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (n.digits < 0)
        reversed[--size] = '-';
    memcpy(text, reversed + size, EXN_DECIMAL_SHORT_SIZE - size);
    return EXN_DECIMAL_SHORT_SIZE - size;
}

/* Trailing zeros are dropped as in exn_decimal_write(): those that the form does not ask for. */
size_t exn_decimal_short_mirror(uint32_t end, exn_decimal_short number,
                                const exn_decimal_short *less, exn_decimal_zeros zeros,
                                char text[EXN_DECIMAL_SHORT_SIZE])
{
    exn_decimal_short result = {end, 0};
    if (number.scale > MOST || !take(&result, number) ||
        (less && (less->scale > MOST || !take(&result, *less))))
        return 0;
    const unsigned least = zeros == EXN_DECIMAL_SHORT ? number.scale > 0 : number.scale;
    while (result.scale > least && result.digits % 10 == 0) {
        result.digits /= 10;
        result.scale--;
    }
    return exn_decimal_short_write(result, text);
}
