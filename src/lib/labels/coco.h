/* SPDX-License-Identifier: MIT */
/* COCO's JSON: detection, segmentation, keypoints (https://cocodataset.org/#format-data). */
#ifndef EXN_LABELS_COCO_H
#define EXN_LABELS_COCO_H

#include "label.h"

extern const exn_label_format exn_coco_format;

#endif
