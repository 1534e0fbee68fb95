/* SPDX-License-Identifier: MIT */
/* Moves what depends on both sides of its image at once, so that decimal sums cannot express it. It
 * is computed in doubles, and written as the shortest decimals that give the same doubles. */
#ifndef EXN_LABELS_MOVE_TILTED_H
#define EXN_LABELS_MOVE_TILTED_H

#include "mover.h"

/* The corner of EXN_LABEL_TILTED. Its lengths and its angle are moved separately. */
exn_status exn_move_tilted_corner(exn_mover *m);

/* EXN_LABEL_DOT. */
exn_status exn_move_tilted_dot(exn_mover *m);

#endif
