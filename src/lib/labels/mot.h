/* SPDX-License-Identifier: MIT */
/* Tables of the MOT Challenge: boxes of a sequence of images
 * (https://motchallenge.net/instructions).
 */
#ifndef EXN_LABELS_MOT_H
#define EXN_LABELS_MOT_H

#include "label.h"

extern const exn_label_format exn_mot_format;

#endif
