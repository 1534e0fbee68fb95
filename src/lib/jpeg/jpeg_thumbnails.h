/* SPDX-License-Identifier: MIT */
/* JPEGs inside a file's metadata, rotated within one budget for the whole file. */
#ifndef EXN_JPEG_JPEG_THUMBNAILS_H
#define EXN_JPEG_JPEG_THUMBNAILS_H

#include "thumbnails.h"

/* The budget for a file's metadata. JPEGs in it are rotated losslessly if their grid allows, and
 * their own metadata is edited like the file's. max_memory: bytes. */
exn_thumbnails exn_jpeg_thumbnails(uint64_t max_memory);

#endif
