/* SPDX-License-Identifier: MIT */
/* Pascal VOC: an XML file for each image. */
#ifndef EXN_LABELS_VOC_H
#define EXN_LABELS_VOC_H

#include "label.h"

extern const exn_label_format exn_voc_format;

#endif
