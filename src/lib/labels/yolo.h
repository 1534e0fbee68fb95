/* SPDX-License-Identifier: MIT */
/* YOLO, as Ultralytics reads it: one text file per image, one line per object. The sides are 1, so
 * nothing in a file tells its frame. */
#ifndef EXN_LABELS_YOLO_H
#define EXN_LABELS_YOLO_H

#include "label.h"

extern const exn_label_format exn_yolo_format;

#endif
