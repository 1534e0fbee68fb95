/* SPDX-License-Identifier: MIT */
/* The tables of Open Images (https://storage.googleapis.com/openimages/web/download_v7.html). */
#ifndef EXN_LABELS_OPEN_IMAGES_H
#define EXN_LABELS_OPEN_IMAGES_H

#include "label.h"

extern const exn_label_format exn_open_images_format;

#endif
