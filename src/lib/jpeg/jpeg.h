/* SPDX-License-Identifier: MIT */
/* JPEG as a row of formats[]. */
#ifndef EXN_JPEG_JPEG_H
#define EXN_JPEG_JPEG_H

#include "image.h"
#include "jpeg_thumbnails.h"

extern const exn_format_ops exn_jpeg_format;

#endif
