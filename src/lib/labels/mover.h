/* SPDX-License-Identifier: MIT */
/* One shape being moved: what every kind of shape needs for that. */
#ifndef EXN_LABELS_MOVER_H
#define EXN_LABELS_MOVER_H

#include "decimal.h"
#include "edits.h"
#include "label.h"
#include "orientation.h"

/* From the frame that an image's labels are in to the frame of its output. */
typedef struct exn_move {
    exn_orientation o;
    uint32_t width, height;  /* of the frame that labels are in */
    exn_decimal_zeros zeros; /* for boxes, whose numbers are sums */
    bool is_inside;          /* no shape in pixels extends beyond that frame */
} exn_move;

typedef struct exn_mover {
    const exn_move *move;
    const exn_label_shape *shape;
    exn_edits *edits;
    exn_error *error;
    exn_buffer text; /* scratch for one number */
    bool is_outside;
} exn_mover;

/* Fails at the shape's place. */
exn_status exn_mover_fail(exn_mover *m, exn_status status, const char *what);

/* Gives number `slot` a new text. A number that does not change is no edit, so an identity leaves
 * the file as it is, byte for byte. */
exn_status exn_mover_put(exn_mover *m, size_t slot, exn_span text);

/* The same with the text of another number, so that a number that only changes places keeps its
 * form. */
exn_status exn_mover_copy(exn_mover *m, size_t slot, size_t from);

exn_status exn_mover_read(exn_mover *m, size_t index, exn_decimal *number);

#endif
