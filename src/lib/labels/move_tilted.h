/* SPDX-License-Identifier: MIT */
/* Moves what is measured by both sides of its image at once, so that its numbers are no sums of
 * decimals: these are computed in doubles, and written as the shortest decimals that are the same
 * doubles. */
#ifndef EXN_LABELS_MOVE_TILTED_H
#define EXN_LABELS_MOVE_TILTED_H

#include "mover.h"

/* The corner of EXN_LABEL_TILTED. Its lengths and its angle are theirs. */
exn_status exn_move_tilted_corner(exn_mover *m);

/* EXN_LABEL_DOT. */
exn_status exn_move_tilted_dot(exn_mover *m);

#endif
