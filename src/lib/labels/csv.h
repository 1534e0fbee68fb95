/* SPDX-License-Identifier: MIT */
/* Tables with one box per line and columns named in the first line. */
#ifndef EXN_LABELS_CSV_H
#define EXN_LABELS_CSV_H

#include "label.h"

extern const exn_label_format exn_csv_format;

#endif
