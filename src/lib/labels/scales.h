/* SPDX-License-Identifier: MIT */
/* Whether all boxes of a file are written with the same scale, which is kept then. A file of
 * "12.50" and "7.00" was written by "%.2f", and its numbers are to look so after the move; one of
 * "12.5" and "7.0" by a program that writes the shortest form. */
#ifndef EXN_LABELS_SCALES_H
#define EXN_LABELS_SCALES_H

#include "decimal.h"
#include "numbers.h"

/* All zeros: nothing noted yet. */
typedef struct exn_scales {
    bool is_any, is_mixed;
    int scale;      /* digits behind the point */
    bool has_zeros; /* whether a number ends with a zero that nobody has to write */
} exn_scales;

/* Notes the four numbers of a box. */
void exn_scales_note(exn_scales *scales, const exn_numbers *numbers);

/* How sums of such numbers are to be written. */
exn_decimal_zeros exn_scales_zeros(const exn_scales *scales);

#endif
