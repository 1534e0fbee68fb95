/* The Exif block of a camera's file, for the pictures of `make bench`: as many fields as a phone
 * writes, a maker note that no reader takes apart, a position, a thumbnail. */
#ifndef EXN_BENCH_CAMERA_EXIF_H
#define EXN_BENCH_CAMERA_EXIF_H

#include <stddef.h>
#include <stdint.h>

/* Writes the TIFF bytes to `to`, which has room for 4096 bytes and the thumbnail, a JPEG; returns
 * how many. */
size_t camera_exif(int orientation, const uint8_t *thumbnail, size_t size, uint8_t *to);

#endif
