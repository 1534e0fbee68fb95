/* SPDX-License-Identifier: MIT */
/* Pascal VOC: one XML file per image. */
#ifndef EXN_LABELS_VOC_H
#define EXN_LABELS_VOC_H

#include "label.h"

extern const exn_label_format exn_voc_format;

#endif
