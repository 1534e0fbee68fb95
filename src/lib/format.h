/* SPDX-License-Identifier: MIT */
/* The table of formats. A new one is one folder and one row. */
#ifndef EXN_FORMAT_H
#define EXN_FORMAT_H

#include "image.h"
#include "thumbnails.h"

/* The format whose files begin like head (64 bytes are enough); NULL: unknown. */
const exn_format_ops *exn_format_of(exn_span head);

/* One file's budget for the JPEGs inside its metadata, which may be of any format. */
exn_thumbnails exn_format_thumbnails(uint64_t max_memory);

/* Appends a small picture as a file in a format that every reader knows. Returns EXN_OK, MEMORY or
 * INTERNAL. */
exn_status exn_format_write_small(const exn_raster *raster, exn_buffer *out, exn_error *error);

#endif
