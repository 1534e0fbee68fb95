/* SPDX-License-Identifier: MIT */
#ifndef EXN_LABELS_SUPERVISELY_H
#define EXN_LABELS_SUPERVISELY_H

#include "label.h"

extern const exn_label_format exn_supervisely_format;

#endif
