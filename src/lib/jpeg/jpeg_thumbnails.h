/* SPDX-License-Identifier: MIT */
/* JPEGs inside of a file's metadata, rotated within one budget for the whole file. */
#ifndef EXN_JPEG_JPEG_THUMBNAILS_H
#define EXN_JPEG_JPEG_THUMBNAILS_H

#include "thumbnails.h"

/* What a file's metadata may ask for. JPEGs in it are turned losslessly where their grid allows,
 * and their own metadata is edited as the file's is. max_memory: bytes. */
exn_thumbnails exn_jpeg_thumbnails(uint64_t max_memory);

#endif
