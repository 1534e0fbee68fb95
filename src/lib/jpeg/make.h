/* SPDX-License-Identifier: MIT */
/* Makes a JPEG file of a picture that comes from another format. */
#ifndef EXN_JPEG_MAKE_H
#define EXN_JPEG_MAKE_H

#include "samples.h"

enum { EXN_JPEG_MAKE_BLOCK = 65533 }; /* the capacity of an application segment (T.81, B.2.4.6) */

/* The bytes of memory that making it takes, besides the output. */
uint64_t exn_jpeg_make_memory(const exn_samples *samples);

/* Appends the whole file, with one or three components of 8 bits. quality: libjpeg's, 1 to 100.
 * Exif and XMP have to fit into a segment; the caller checks that. limit: of memory, including what
 * is held already. Fails with MEMORY, LIMIT, UNSUPPORTED (a picture that is too large) or
 * CANCELLED. */
exn_status exn_jpeg_make(const exn_samples *samples, uint32_t quality, uint64_t held,
                         uint64_t limit, const exn_cancel *cancel, exn_buffer *out,
                         exn_error *error);

/* Whether libjpeg decodes the file to approximately the rows of the samples, within the loss of
 * coding: 20 dB or, of noise, what coarse tables lose. Fails with MISMATCH, CORRUPT, MEMORY or
 * CANCELLED. */
exn_status exn_jpeg_make_compare(const exn_samples *samples, exn_span jpeg,
                                 const exn_cancel *cancel, exn_error *error);

#endif
