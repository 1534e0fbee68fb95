/* SPDX-License-Identifier: MIT */
/* What a chunk of metadata holds deflated. */
#ifndef EXN_PNG_INFLATE_H
#define EXN_PNG_INFLATE_H

#include "buffer.h"
#include "cancel.h"

/* What libpng reads by default, rounded up. Real XMP packets and profiles are far below; a bomb is
 * known after some 20 ms. */
enum { EXN_PNG_MAX_VALUE = 8 << 20 };

/* Appends all of a zlib stream, inflated. *readable is false where it is damaged or cut, and out
 * has what came before. cancel may be NULL. Returns EXN_OK, EXN_LIMIT (over EXN_PNG_MAX_VALUE),
 * EXN_MEMORY or EXN_CANCELLED. */
exn_status exn_png_inflate_value(exn_span in, const exn_cancel *cancel, exn_buffer *out,
                                 bool *readable, exn_error *error);

#endif
