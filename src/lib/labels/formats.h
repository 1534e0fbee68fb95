/* SPDX-License-Identifier: MIT */
/* The table of label formats. */
#ifndef EXN_LABELS_FORMATS_H
#define EXN_LABELS_FORMATS_H

#include "label.h"

/* By the number that labels.h gives it; NULL where there is none. 0 is no format. */
const exn_label_format *exn_formats_of(size_t number);

#endif
