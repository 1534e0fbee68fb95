/* SPDX-License-Identifier: MIT */
/* labelme: one JSON file per image. */
#ifndef EXN_LABELS_LABELME_H
#define EXN_LABELS_LABELME_H

#include "label.h"

extern const exn_label_format exn_labelme_format;

#endif
