/* SPDX-License-Identifier: MIT */
/* The stem of an image's labels, by Ultralytics' rule: the image's path without its ending, with
 * the last "/images/" in it made "/labels/". */
#ifndef EXN_CLI_LABELS_STEMS_H
#define EXN_CLI_LABELS_STEMS_H

#include <stdbool.h>

/* Compares that of an image with that of another one, or with the path of a label file without its
 * ending. Below, at or above 0, as strcmp(3). */
int exn_stems_compare(const char *image, const char *other, bool is_labels);

#endif
