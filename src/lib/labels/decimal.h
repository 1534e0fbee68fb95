/* SPDX-License-Identifier: MIT */
/* Exact arithmetic on numbers as they are written.
 *
 * Moving a box computes W - x - w. In doubles that changes digits that nobody meant to change: a
 * round trip alters more than half of all two-digit values. Here a number is its decimal digits, a
 * difference has every digit it needs, and a result takes the form of the number it replaces: with
 * or without a point, the number of decimals, the exponent. So a round trip gives the same bytes,
 * except for forms that are not recorded: -0, a plus sign and leading zeros come back as plain
 * numbers. */
#ifndef EXN_LABELS_DECIMAL_H
#define EXN_LABELS_DECIMAL_H

#include "buffer.h"

enum { EXN_DECIMAL_DIGITS = 400 };

typedef struct exn_decimal {
    bool is_negative; /* never set for zero */
    bool has_point, is_bare /* .5 */, has_exponent;
    int16_t count; /* digits, without leading zeros; 0: the number is zero */
    int16_t scale; /* the value is the digits as an integer, times 10 ^ -scale */
    int16_t exponent;
    uint8_t exponent_size;
    char exponent_text[8];             /* "e-05" */
    uint8_t digit[EXN_DECIMAL_DIGITS]; /* least significant first */
} exn_decimal;

/* Reads a whole text: [+-] digits [. digits] [e [+-] digits], and also ".5" and "5.". Returns false
 * if it is not a number, or if digits or exponent exceed EXN_DECIMAL_DIGITS. */
bool exn_decimal_read(exn_span text, exn_decimal *number);

void exn_decimal_set(exn_decimal *number, uint32_t value);

/* *to = a - b, exactly, in b's form. Returns false if that takes too many digits. to may be a or b.
 */
bool exn_decimal_subtract(const exn_decimal *a, const exn_decimal *b, exn_decimal *to);

/* How many decimals a result keeps even if they are zeros. */
typedef enum exn_decimal_zeros {
    EXN_DECIMAL_SAME,  /* as many as form has: all numbers of the file have the same scale */
    EXN_DECIMAL_SHORT, /* one if form has a point, as Python and JavaScript write numbers */
} exn_decimal_zeros;

/* Appends number in the form of another one, with all the digits it needs. */
exn_status exn_decimal_write(const exn_decimal *number, const exn_decimal *form,
                             exn_decimal_zeros zeros, exn_buffer *out);

/* Approximately, as a double: precise enough to tell how far labels extend. */
double exn_decimal_value(const exn_decimal *number);

/* The same for a text, fast if it is short. Returns false if it is not a number. */
bool exn_decimal_read_value(exn_span text, double *value);

/* Appends the digits that begin here to *digits and returns their end. 18 digits always fit. */
static inline const uint8_t *exn_decimal_gather(const uint8_t *at, const uint8_t *end,
                                                uint64_t *digits)
{
    for (; at < end && (uint8_t)(*at - '0') <= 9; at++)
        *digits = *digits * 10 + (uint64_t)(*at - '0');
    return at;
}

/* Whether it is an integer of 0 to 2^32 - 1, such as 640 or 640.0. */
bool exn_decimal_is_size(const exn_decimal *number, uint32_t *value);

#endif
