/* SPDX-License-Identifier: MIT */
/* Whether all boxes of a file have the same number of decimals, which is then kept. A file of
 * "12.50" and "7.00" was written with "%.2f" and should still look so after the move; one of "12.5"
 * and "7.0" was written in the shortest form. */
#ifndef EXN_LABELS_SCALES_H
#define EXN_LABELS_SCALES_H

#include "decimal.h"
#include "numbers.h"

/* All zeros: nothing noted yet. */
typedef struct exn_scales {
    bool is_any, is_mixed;
    int scale;      /* decimals */
    bool has_zeros; /* whether a number ends with an unnecessary zero */
} exn_scales;

/* Notes the four numbers of a box. */
void exn_scales_note(exn_scales *scales, const exn_numbers *numbers);

/* How sums of such numbers should be written. */
exn_decimal_zeros exn_scales_zeros(const exn_scales *scales);

#endif
