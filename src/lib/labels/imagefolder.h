/* SPDX-License-Identifier: MIT */
/* metadata.jsonl of Hugging Face's imagefolder. */
#ifndef EXN_LABELS_IMAGEFOLDER_H
#define EXN_LABELS_IMAGEFOLDER_H

#include "label.h"

extern const exn_label_format exn_imagefolder_format;

#endif
