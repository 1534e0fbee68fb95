/* SPDX-License-Identifier: MIT */
/* Inflates the contents of a metadata chunk. */
#ifndef EXN_PNG_INFLATE_H
#define EXN_PNG_INFLATE_H

#include "buffer.h"
#include "cancel.h"

/* libpng's default limit, rounded up. Real XMP packets and profiles are far smaller; a bomb is
 * detected after some 20 ms. */
enum { EXN_PNG_MAX_VALUE = 8 << 20 };

/* Appends a whole zlib stream, inflated. If it is damaged or truncated, *readable becomes false and
 * out has what came before. cancel may be NULL. Returns EXN_OK, EXN_LIMIT (over EXN_PNG_MAX_VALUE),
 * EXN_MEMORY or EXN_CANCELLED. */
exn_status exn_png_inflate_value(exn_span in, const exn_cancel *cancel, exn_buffer *out,
                                 bool *readable, exn_error *error);

#endif
