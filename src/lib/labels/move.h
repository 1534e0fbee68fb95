/* SPDX-License-Identifier: MIT */
/* Computes where a shape's numbers go when its image is rotated; no other file does. */
#ifndef EXN_LABELS_MOVE_H
#define EXN_LABELS_MOVE_H

#include "mover.h"

/* The way from the frame that labels are in to that of the output. Labels in the displayed frame
 * first go back to the stored one and then the way of the pixels. An image that failed, or is not
 * rewritten, has no new frame, so its labels stay. */
exn_orientation exn_move_way(const exn_result *image, exn_labels_frame frame);

/* Puts the edits that move a shape. *is_outside: whether any of it lies outside of its image; it is
 * moved all the same. Fails with EXN_UNSUPPORTED if the shape cannot be moved, EXN_CORRUPT,
 * EXN_LIMIT or EXN_MEMORY, naming the shape's place. */
exn_status exn_move_shape(const exn_move *move, const exn_label_shape *shape, exn_edits *edits,
                          bool *is_outside, exn_error *error);

/* Puts the edits that set size fields to these values; *is_set: whether there were any. */
exn_status exn_move_sizes(const exn_numbers *sizes, const exn_label_place *place, uint32_t width,
                          uint32_t height, exn_edits *edits, bool *is_set, exn_error *error);

#endif
