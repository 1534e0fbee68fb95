/* Floor 1: PNG pixels through libpng, which sees nothing but signature, IHDR, PLTE, the IDATs and
 * IEND. A frame of an animation is shown to it as such a file too, of the frame's size.
 *
 * libpng is asked for no transformation: packed samples stay packed, 16 bits stay 16, palettes stay
 * indexes. Its longjmp is caught in pixels.c and never leaves it; its errors come back as statuses
 * with its text; it prints nothing. */
#ifndef EXN_PNG_PIXELS_H
#define EXN_PNG_PIXELS_H

#include "frames.h"
#include "samples.h"

/* Bytes that decoding or encoding a picture of this grid may take beside the caller's rows and
 * product. */
uint64_t exn_png_codec_memory(const exn_png_grid *grid);

/* Decodes the picture into rows: exn_png_grid_size(exn_png_grid_of(frame)) bytes, all zero before.
 * rows may be NULL: then every pixel is decoded and none is kept. Fails with CORRUPT on whatever
 * libpng says against the pixels, or MEMORY. */
exn_status exn_png_read_pixels(const exn_png_frame *frame, uint8_t *rows, exn_error *error);

/* Appends the IDAT chunks of the picture turned by o, in the same colour type, depth, palette and
 * interlacing. */
exn_status exn_png_write_pixels(const exn_png_frame *frame, const uint8_t *rows, exn_orientation o,
                                exn_buffer *out, exn_error *error);

#endif
