/* SPDX-License-Identifier: MIT */
/* YOLO, as Ultralytics reads it: a text file for each image, a line for each object. Sides are 1,
 * so that nothing in a file tells its frame. */
#ifndef EXN_LABELS_YOLO_H
#define EXN_LABELS_YOLO_H

#include "label.h"

extern const exn_label_format exn_yolo_format;

#endif
