/* SPDX-License-Identifier: MIT */
/* caNv, ImageMagick's virtual canvas on which the picture lies. Its name says that it is safe to
 * copy, but it describes stored pixels. */
#ifndef EXN_PNG_CANVAS_H
#define EXN_PNG_CANVAS_H

#include "chunks.h"
#include "orientation.h"

/* Appends a caNv chunk for the output rotated by o; if it is doubtful, it is copied unchanged.
 * Fails only with MEMORY. */
exn_status exn_png_canvas_put(const exn_png *png, const exn_png_chunk *chunk, exn_orientation o,
                              exn_buffer *out);

#endif
