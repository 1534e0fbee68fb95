/* SPDX-License-Identifier: MIT */
/* The table of label formats. */
#ifndef EXN_LABELS_FORMATS_H
#define EXN_LABELS_FORMATS_H

#include "label.h"

/* Returns NULL if there is no such format. */
const exn_label_format *exn_formats_of(exn_labels_format format);

#endif
