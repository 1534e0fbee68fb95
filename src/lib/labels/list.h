/* SPDX-License-Identifier: MIT */
/* Lists of images, such as YOLO's train.txt: one path per line. They contain no labels, but an
 * image whose format changes gets another name. */
#ifndef EXN_LABELS_LIST_H
#define EXN_LABELS_LIST_H

#include "label.h"

extern const exn_label_format exn_list_format;

#endif
