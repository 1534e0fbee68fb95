/* SPDX-License-Identifier: MIT */
/* Tables of boxes: a line each, columns by the names in the first line. */
#ifndef EXN_LABELS_CSV_H
#define EXN_LABELS_CSV_H

#include "label.h"

extern const exn_label_format exn_csv_format;

#endif
