/* SPDX-License-Identifier: MIT */
/* A picture's pixels, unfiltered out of its stream. Rows are packed as the file has them: samples
 * of 1, 2 and 4 bits stay packed, 16 bits stay big-endian, palettes stay indexes, and an index
 * beyond the palette is a sample like any other. */
#ifndef EXN_PNG_PIXELS_H
#define EXN_PNG_PIXELS_H

#include "adam7.h"

/* Bytes of all filtered rows of a picture, passes of Adam7 included. Saturates at UINT64_MAX / 8.
 */
uint64_t exn_png_pixels_filtered_size(const exn_png_frame *frame);

/* Bytes that reading a picture of this grid may take beside the caller's rows. */
uint64_t exn_png_pixels_codec_memory(const exn_png_grid *grid);

/* Decodes the picture into rows: exn_png_grid_size(exn_png_grid_of(frame)) bytes, all zero before.
 * rows may be NULL: then all is checked and nothing kept. Every data chunk's CRC, the whole stream,
 * its checksum and every filter byte must hold; *warnings as exn_png_idat_inflate() (idat.h) has
 * it. Fails with CORRUPT or MEMORY. */
exn_status exn_png_pixels_read(const exn_png_frame *frame, uint8_t *rows, uint32_t *warnings,
                               exn_error *error);

/* The same into new rows; *rows is owned by the caller, also on failure. */
exn_status exn_png_pixels_load(const exn_png_frame *frame, uint8_t **rows, uint32_t *warnings,
                               exn_error *error);

#endif
