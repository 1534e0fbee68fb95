/* SPDX-License-Identifier: MIT */
/* How far shapes extend: a witness of the frame that needs no size field. */
#ifndef EXN_LABELS_MEASURE_H
#define EXN_LABELS_MEASURE_H

#include "decimal.h"
#include "label.h"

/* In edges of pixels. Initialize with exn_measure_init(). */
typedef struct exn_measure {
    bool is_any; /* whether anything in pixels was measured */
    double left, top, right, bottom;
    bool is_in_parts; /* reaches no farther than fractions of a side do, and not to whole pixels */
} exn_measure;

void exn_measure_init(exn_measure *measure);

/* Extends measure by a rectangle, with its sides in either order. */
void exn_measure_extend(exn_measure *measure, double left, double top, double right, double bottom);

/* How far fractions of a side reach at most, where what is said to be in pixels may be such: a box
 * that is somewhat larger than its image is no rarity. */
#define EXN_MEASURE_PARTS 2

/* Extends measure by a shape. Shapes that are not in pixels, angles and runs do not extend it.
 * Fails with EXN_CORRUPT or EXN_LIMIT if a number is invalid or too long. */
exn_status exn_measure_add(exn_measure *measure, const exn_label_shape *shape, exn_error *error);

/* The same for one shape alone, in its own unit. A tilted shape is measured before it is tilted;
 * one that cannot be moved has no extent. */
exn_status exn_measure_box(exn_measure *measure, const exn_label_shape *shape, exn_error *error);

/* How much the rounding of sums may add to a coordinate in pixels. */
#define EXN_MEASURE_SLACK 1e-6

/* Whether it extends beyond a frame by more than slack. */
bool exn_measure_is_outside(const exn_measure *measure, double width, double height, double slack);

/* Reads one of a shape's numbers; fails in the same ways. */
exn_status exn_measure_number(const exn_numbers *numbers, size_t index,
                              const exn_label_place *place, exn_decimal *number, exn_error *error);

#endif
