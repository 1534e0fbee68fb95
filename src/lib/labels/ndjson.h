/* SPDX-License-Identifier: MIT */
#ifndef EXN_LABELS_NDJSON_H
#define EXN_LABELS_NDJSON_H

#include "label.h"

extern const exn_label_format exn_ndjson_format;

#endif
