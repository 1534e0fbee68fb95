/* SPDX-License-Identifier: MIT */
/* The mirror of a coordinate whose digits fit into 64 bits: the same bytes as by decimal.h, without
 * taking digits apart. Files have many millions of coordinates, and nearly all are so short. */
#ifndef EXN_LABELS_DECIMAL_SHORT_H
#define EXN_LABELS_DECIMAL_SHORT_H

#include "decimal.h"

/* More than the sign, the point, and the digits that 64 bits have. */
enum { EXN_DECIMAL_SHORT_SIZE = 24 };

/* Writes end - number, in the form of number, to text; with less, which may be NULL, also less
 * that. Returns the size; 0: this is one for decimal.h. */
size_t exn_decimal_short_mirror(uint32_t end, exn_span number, const exn_span *less,
                                exn_decimal_zeros zeros, char text[EXN_DECIMAL_SHORT_SIZE]);

#endif
