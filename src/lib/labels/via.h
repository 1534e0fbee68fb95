/* SPDX-License-Identifier: MIT */
/* VGG Image Annotator 2: its JSON, as project and as export, and its CSV. */
#ifndef EXN_LABELS_VIA_H
#define EXN_LABELS_VIA_H

#include "label.h"

extern const exn_label_format exn_via_format, exn_via_csv_format;

#endif
