/* SPDX-License-Identifier: MIT */
/* Filtered rows as a zlib stream. */
#ifndef EXN_PNG_DEFLATE_H
#define EXN_PNG_DEFLATE_H

#include "filtered.h"

/* Bytes that a stream of size filtered bytes may take at most, and what compressing takes beside
 * source and stream. Saturating for any size below UINT64_MAX / 8. */
uint64_t exn_png_deflate_bound(uint64_t size);
uint64_t exn_png_deflate_memory(uint32_t level);

/* Fills stream (empty before). level: 1 to 12 (and whatever is above it) are libdeflate's; 0:
 * whatever of several ways makes a sample of the rows smallest, the quicker of two that are as
 * good. The same bytes on every machine. Fails with MEMORY or CANCELLED. */
exn_status exn_png_deflate(exn_png_filtered *filtered, uint32_t level, exn_buffer *stream,
                           exn_error *error);

#endif
