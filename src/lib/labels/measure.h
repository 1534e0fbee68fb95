/* SPDX-License-Identifier: MIT */
/* How far shapes extend: the witness that needs no size field. */
#ifndef EXN_LABELS_MEASURE_H
#define EXN_LABELS_MEASURE_H

#include "decimal.h"
#include "label.h"

/* In pixels' edges. Begins with exn_measure_init(). */
typedef struct exn_measure {
    bool is_any; /* whether anything in pixels was measured */
    double left, top, right, bottom;
} exn_measure;

void exn_measure_init(exn_measure *measure);

/* Extends measure by a rectangle, whichever of its sides comes first. */
void exn_measure_extend(exn_measure *measure, double left, double top, double right, double bottom);

/* Extends measure by a shape; of what is not in pixels, and of angles and runs, by nothing. Fails
 * with EXN_CORRUPT or EXN_LIMIT where a number is none, or too long. */
exn_status exn_measure_add(exn_measure *measure, const exn_label_shape *shape, exn_error *error);

/* The same of one shape alone, in its own unit. What is tilted extends as it does before that;
 * what cannot be moved is none. */
exn_status exn_measure_box(exn_measure *measure, const exn_label_shape *shape, exn_error *error);

/* What the rounding of sums may add to a place in pixels. */
#define EXN_MEASURE_SLACK 1e-6

/* Whether it reaches out of a frame by more than slack. */
bool exn_measure_is_outside(const exn_measure *measure, double width, double height, double slack);

/* Reads one of a shape's numbers; fails likewise. */
exn_status exn_measure_number(const exn_numbers *numbers, size_t index,
                              const exn_label_place *place, exn_decimal *number, exn_error *error);

#endif
