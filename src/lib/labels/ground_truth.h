/* SPDX-License-Identifier: MIT */
/* Manifests of Amazon SageMaker Ground Truth: a line for each image. */
#ifndef EXN_LABELS_GROUND_TRUTH_H
#define EXN_LABELS_GROUND_TRUTH_H

#include "label.h"

extern const exn_label_format exn_ground_truth_format;

#endif
