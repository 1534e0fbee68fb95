/* SPDX-License-Identifier: MIT */
/* JPEG as a row of formats[]. */
#ifndef EXN_JPEG_JPEG_H
#define EXN_JPEG_JPEG_H

#include "image.h"
#include "thumbnails.h"

extern const exn_format_ops exn_jpeg_format;

/* What a file's metadata may ask for. JPEGs in it are turned losslessly where their grid allows,
 * and their own metadata is edited as the file's is. max_memory: bytes. */
exn_thumbnails exn_jpeg_thumbnails(uint64_t max_memory);

#endif
