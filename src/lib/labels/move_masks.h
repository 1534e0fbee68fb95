/* SPDX-License-Identifier: MIT */
/* Moves shapes made of pixels: they are painted, rotated and encoded again. */
#ifndef EXN_LABELS_MOVE_MASKS_H
#define EXN_LABELS_MOVE_MASKS_H

#include "mover.h"

/* EXN_LABEL_RUNS. */
exn_status exn_move_masks_runs(exn_mover *m);

/* The runs of EXN_LABEL_PATCH. Its box is moved separately. */
exn_status exn_move_masks_patch(exn_mover *m);

/* EXN_LABEL_BRUSH. */
exn_status exn_move_masks_brush(exn_mover *m);

#endif
