/* SPDX-License-Identifier: MIT */
/* JPEG as an entry of formats[]. */
#ifndef EXN_JPEG_JPEG_H
#define EXN_JPEG_JPEG_H

#include "image.h"
#include "jpeg_thumbnails.h"

extern const exn_format_ops exn_jpeg_format;

#endif
