/* SPDX-License-Identifier: MIT */
/* Numbers whose digits fit into 64 bits. The results are the same bytes as decimal.h's, without
 * storing digits one by one. Files have many millions of coordinates, and nearly all are this
 * short. */
#ifndef EXN_LABELS_DECIMAL_SHORT_H
#define EXN_LABELS_DECIMAL_SHORT_H

#include "decimal.h"

enum {
    EXN_DECIMAL_SHORT_SIZE = 24, /* more than the sign, the point, and the digits of 64 bits */
    EXN_DECIMAL_SHORT_NONE = 31  /* the scale of what is not a short number; needs five bits */
};

/* digits times 10 ^ -scale. */
typedef struct exn_decimal_short {
    int64_t digits;
    unsigned scale; /* EXN_DECIMAL_SHORT_NONE: decimal.h has to handle it */
} exn_decimal_short;

/* Reads digits before the point, and after it if there is one. Longer numbers, and those with an
 * exponent, a plus sign or a bare point, are left to decimal.h. */
exn_decimal_short exn_decimal_short_read(exn_span text);

/* Whether *value is the nearest double, as from strtod(): numerator and power of ten are exact as
 * doubles up to 2^53 and 10^22, so their quotient rounds once. */
static inline bool exn_decimal_short_value(exn_decimal_short number, double *value)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    const int64_t exact = INT64_C(1) << 53;
    if (number.scale >= sizeof tens / sizeof *tens || number.digits > exact ||
        number.digits < -exact)
        return false;
    *value = (double)number.digits / tens[number.scale];
    return true;
}

/* Writes a whole number to text; returns the size. */
size_t exn_decimal_short_write(exn_decimal_short number, char text[EXN_DECIMAL_SHORT_SIZE]);

/* Writes end - number, or end - number - less if less is not NULL, to text in the form of number.
 * Returns the size, or 0 if decimal.h has to handle it. */
size_t exn_decimal_short_mirror(uint32_t end, exn_decimal_short number,
                                const exn_decimal_short *less, exn_decimal_zeros zeros,
                                char text[EXN_DECIMAL_SHORT_SIZE]);

#endif
