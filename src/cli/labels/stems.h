/* SPDX-License-Identifier: MIT */
/* The stem of an image's labels, by Ultralytics' rule: the image's path without its ending, with
 * the last "/images/" replaced by "/labels/". */
#ifndef EXN_CLI_LABELS_STEMS_H
#define EXN_CLI_LABELS_STEMS_H

#include <stdbool.h>

/* Compares the stem of an image with that of another one, or with the path of a label file without
 * its ending. Less than, equal to or greater than 0, like strcmp(3). */
int exn_stems_compare(const char *image, const char *other, bool is_labels);

#endif
