/* SPDX-License-Identifier: MIT */
/* Decodes and unfilters a picture's pixels. Rows are packed as in the file: samples of 1, 2 and 4
 * bits stay packed, 16 bits stay big-endian, palettes stay indices, and an index beyond the palette
 * is a sample like any other. */
#ifndef EXN_PNG_PIXELS_H
#define EXN_PNG_PIXELS_H

#include "adam7.h"

/* The bytes of all filtered rows of a picture, including Adam7's passes. Saturates at UINT64_MAX /
 * 8. */
uint64_t exn_png_pixels_filtered_size(const exn_png_frame *frame);

/* The bytes that reading a picture with this grid may take besides the caller's rows. */
uint64_t exn_png_pixels_codec_memory(const exn_png_grid *grid);

/* Decodes the picture into rows: exn_png_grid_size(exn_png_grid_of(frame)) zeroed bytes. rows may
 * be NULL: then everything is checked and nothing kept. Every data chunk's CRC, the whole stream,
 * its checksum and every filter byte have to be right; *warnings is like exn_png_idat_inflate()'s
 * (idat.h). Fails with CORRUPT or MEMORY. */
exn_status exn_png_pixels_read(const exn_png_frame *frame, uint8_t *rows, uint32_t *warnings,
                               exn_error *error);

/* The same into new rows; *rows is owned by the caller, also on failure. */
exn_status exn_png_pixels_load(const exn_png_frame *frame, uint8_t **rows, uint32_t *warnings,
                               exn_error *error);

#endif
