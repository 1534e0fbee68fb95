/* SPDX-License-Identifier: MIT */
/* Boxes of Apple's Create ML (https://developer.apple.com/documentation/createml). */
#ifndef EXN_LABELS_CREATEML_H
#define EXN_LABELS_CREATEML_H

#include "label.h"

extern const exn_label_format exn_createml_format;

#endif
