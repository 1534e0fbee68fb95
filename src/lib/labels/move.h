/* SPDX-License-Identifier: MIT */
/* Where a shape's numbers go when its image is rotated: the one place that computes it. */
#ifndef EXN_LABELS_MOVE_H
#define EXN_LABELS_MOVE_H

#include "decimal.h"
#include "edits.h"
#include "label.h"
#include "orientation.h"

/* From the frame that an image's labels are in to the frame of its output. */
typedef struct exn_move {
    exn_orientation o;
    uint32_t width, height;  /* of the labels' frame */
    exn_decimal_zeros zeros; /* of boxes, whose numbers are sums */
    uint64_t max_memory;     /* for one mask */
} exn_move;

/* Puts the edits that move a shape; *is_outside: whether any of it lies outside of its image, from
 * where it is moved like anything else. Fails with EXN_UNSUPPORTED where the shape cannot be moved,
 * EXN_CORRUPT, EXN_LIMIT or EXN_MEMORY, naming the shape's place. */
exn_status exn_move_shape(const exn_move *move, const exn_label_shape *shape, exn_edits *edits,
                          bool *is_outside, exn_error *error);

/* Puts the edits that make fields of sizes say these; *is_set: whether there is any. */
exn_status exn_move_sizes(const exn_numbers *sizes, const exn_label_place *place, uint32_t width,
                          uint32_t height, exn_edits *edits, bool *is_set, exn_error *error);

#endif
