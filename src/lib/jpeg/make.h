/* SPDX-License-Identifier: MIT */
/* A JPEG file of a picture that comes from elsewhere. */
#ifndef EXN_JPEG_MAKE_H
#define EXN_JPEG_MAKE_H

#include "samples.h"

enum { EXN_JPEG_MAKE_BLOCK = 65533 }; /* what an application segment holds (T.81, B.2.4.6) */

/* Bytes of memory that making it takes, beside the output. */
uint64_t exn_jpeg_make_memory(const exn_samples *samples);

/* Appends the whole file, of one or three components of 8 bits. quality: 1 to 100, libjpeg's.
 * Exif and XMP that do not fit in a segment are an error of the caller. limit: of memory, with what
 * is held already. Fails with MEMORY, LIMIT, UNSUPPORTED (a picture that is too large) or
 * CANCELLED. */
exn_status exn_jpeg_make(const exn_samples *samples, uint32_t quality, uint64_t held,
                         uint64_t limit, const exn_cancel *cancel, exn_buffer *out,
                         exn_error *error);

/* Whether libjpeg decodes the file to about the rows of the samples, which is what a coder leaves
 * of them: 20 dB or more. Fails with MISMATCH, CORRUPT, MEMORY or CANCELLED. */
exn_status exn_jpeg_make_compare(const exn_samples *samples, exn_span jpeg,
                                 const exn_cancel *cancel, exn_error *error);

#endif
