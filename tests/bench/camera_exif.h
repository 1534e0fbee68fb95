/* SPDX-License-Identifier: MIT */
/* The Exif block of a camera's file, for the pictures of `make bench`: as many fields as a camera
 * writes, with its maker note, a position and a thumbnail. */
#ifndef EXN_BENCH_CAMERA_EXIF_H
#define EXN_BENCH_CAMERA_EXIF_H

#include <stddef.h>
#include <stdint.h>

enum { CAMERA_EXIF_SIZE = 16384 }; /* no more than this without the thumbnail */

/* Writes the TIFF bytes to `to`, which has space for CAMERA_EXIF_SIZE and the thumbnail, a JPEG;
 * returns how many. */
size_t camera_exif(int orientation, const uint8_t *thumbnail, size_t size, uint8_t *to);

#endif
