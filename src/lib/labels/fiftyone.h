/* SPDX-License-Identifier: MIT */
#ifndef EXN_LABELS_FIFTYONE_H
#define EXN_LABELS_FIFTYONE_H

#include "label.h"

extern const exn_label_format exn_fiftyone_format;

#endif
