/* SPDX-License-Identifier: MIT */
/* Tables of the MOT Challenge: boxes of a sequence of images
 * (https://motchallenge.net/instructions).
 */
#ifndef EXN_LABELS_MOT_H
#define EXN_LABELS_MOT_H

#include "label.h"

extern const exn_label_format exn_mot_format;

/* The longest folder of a sequence's images, and the room for a name in it. */
enum { EXN_MOT_FOLDER = 200, EXN_MOT_NAME = EXN_MOT_FOLDER + 16 };

/* Both names that the image of a frame may have, without an ending: with six digits, and with
 * eight, as DanceTrack has them. The texts are in room. */
void exn_mot_names(exn_span folder, uint32_t frame, char room[2][EXN_MOT_NAME], exn_span names[2]);

#endif
