/* SPDX-License-Identifier: MIT */
/* Moves points with short numbers, many at once. */
#ifndef EXN_LABELS_MOVE_POINTS_H
#define EXN_LABELS_MOVE_POINTS_H

#include "mover.h"

/* Moves points, whose numbers are x, y and so on, from slot `first` up to slot `count`, which is
 * even. ends: what a mirrored x and y are subtracted from. Returns the first slot that it has not
 * moved, which may be any and takes the usual path. */
size_t exn_move_points(exn_mover *m, const uint32_t ends[2], size_t first, size_t count);

#endif
