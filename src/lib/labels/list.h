/* SPDX-License-Identifier: MIT */
/* Lists of images, such as YOLO's train.txt: a path a line. No labels are in them; but an image
 * that becomes a file of another format gets another name. */
#ifndef EXN_LABELS_LIST_H
#define EXN_LABELS_LIST_H

#include "label.h"

extern const exn_label_format exn_list_format;

#endif
