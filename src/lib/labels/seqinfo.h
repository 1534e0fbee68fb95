/* SPDX-License-Identifier: MIT */
/* seqinfo.ini of the MOT Challenge: the one size that all images of a sequence have. */
#ifndef EXN_LABELS_SEQINFO_H
#define EXN_LABELS_SEQINFO_H

#include "label.h"

extern const exn_label_format exn_seqinfo_format;

#endif
