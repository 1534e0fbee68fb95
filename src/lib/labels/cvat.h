/* SPDX-License-Identifier: MIT */
/* CVAT for images 1.1: one XML file, with an element for each image and one in it for each shape.
 */
#ifndef EXN_LABELS_CVAT_H
#define EXN_LABELS_CVAT_H

#include "label.h"

extern const exn_label_format exn_cvat_format;

#endif
