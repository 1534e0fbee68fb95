/* SPDX-License-Identifier: MIT */
/* CaNv, ImageMagick's virtual canvas, on which the picture lies. It is safe to copy by its
 * name, and yet speaks of stored pixels. */
#ifndef EXN_PNG_CANVAS_H
#define EXN_PNG_CANVAS_H

#include "chunks.h"
#include "orientation.h"

/* Appends a caNv as it is to stand in the output that is rotated by o; as it is where it is
 * doubtful. Fails with MEMORY alone. */
exn_status exn_png_canvas_put(const exn_png *png, const exn_png_chunk *chunk, exn_orientation o,
                              exn_buffer *out);

#endif
