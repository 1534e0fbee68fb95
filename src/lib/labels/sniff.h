/* SPDX-License-Identifier: MIT */
/* How a label file's text is encoded, judging by its first bytes. */
#ifndef EXN_LABELS_SNIFF_H
#define EXN_LABELS_SNIFF_H

#include "label.h"

typedef enum exn_sniff_text {
    EXN_SNIFF_BYTES, /* UTF-8, or an encoding that extends ASCII */
    EXN_SNIFF_UTF16_LITTLE,
    EXN_SNIFF_UTF16_BIG,
} exn_sniff_text;

exn_sniff_text exn_sniff_text_of(const exn_source *source);

#endif
