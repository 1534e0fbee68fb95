/* SPDX-License-Identifier: MIT */
/* Moves a picture inside a label file. */
#ifndef EXN_LABELS_MOVE_PICTURE_H
#define EXN_LABELS_MOVE_PICTURE_H

#include "mover.h"

/* EXN_LABEL_PICTURE and EXN_LABEL_BITMAP. */
exn_status exn_move_picture(exn_mover *m);

#endif
