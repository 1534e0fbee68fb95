/* SPDX-License-Identifier: MIT */
/* Label Studio's JSON export: tasks with the results of annotations, predictions and drafts. In
 * JSON_MIN, results stand in the task itself. */
#ifndef EXN_LABELS_LABEL_STUDIO_H
#define EXN_LABELS_LABEL_STUDIO_H

#include "label.h"

extern const exn_label_format exn_label_studio_format;

#endif
