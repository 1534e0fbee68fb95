/* SPDX-License-Identifier: MIT */
/* Inflates the zlib stream in a picture's data chunks, once from start to end. */
#ifndef EXN_PNG_IDAT_H
#define EXN_PNG_IDAT_H

#include "frames.h"

/* Receives the inflated bytes in order, in pieces of any size. Fails if something is wrong with
 * them. */
typedef struct exn_png_sink {
    exn_status (*take)(struct exn_png_sink *sink, exn_span bytes, exn_error *error);
} exn_png_sink;

/* Inflates the stream and hands its first `expected` bytes to sink. Checks every data chunk's CRC,
 * the stream, its Adler-32, and that it holds at least that many bytes. More than that, or bytes
 * after the stream, are harmless: EXN_WARN_HARMLESS_NOISE in *warnings. Fails with CORRUPT, MEMORY
 * or the sink's status. */
exn_status exn_png_idat_inflate(const exn_png_frame *frame, uint64_t expected, exn_png_sink *sink,
                                uint32_t *warnings, exn_error *error);

#endif
