/* SPDX-License-Identifier: MIT */
#ifndef EXN_LABELS_DATUMARO_H
#define EXN_LABELS_DATUMARO_H

#include "label.h"

extern const exn_label_format exn_datumaro_format;

#endif
