/* SPDX-License-Identifier: MIT */
/* Decodes a JPEG as a small picture for display, and writes a small picture as a JPEG. */
#ifndef EXN_JPEG_SHOW_H
#define EXN_JPEG_SHOW_H

#include "buffer.h"
#include "raster.h"

/* exn_format_ops.show. */
exn_status exn_jpeg_show(exn_span file, uint32_t side, const exn_options *options,
                         exn_raster *raster, exn_error *error);

/* Appends the picture as a JPEG. Returns EXN_OK, MEMORY or INTERNAL. */
exn_status exn_jpeg_show_write(const exn_raster *raster, exn_buffer *out, exn_error *error);

#endif
