/* SPDX-License-Identifier: MIT */
/* Compresses filtered rows into a zlib stream. */
#ifndef EXN_PNG_DEFLATE_H
#define EXN_PNG_DEFLATE_H

#include "filtered.h"

/* The bytes that a stream of size filtered bytes may take at most, and what compressing takes
 * besides source and stream. Saturates for any size below UINT64_MAX / 8. */
uint64_t exn_png_deflate_bound(uint64_t size);
uint64_t exn_png_deflate_memory(uint32_t level);

/* Fills stream, which has to be empty. level: 1 to 12 (or more) are libdeflate's; 0: whichever
 * method makes a sample of the rows smallest, preferring the faster of two that are equally good.
 * Gives the same bytes on every machine. Fails with MEMORY or CANCELLED. */
exn_status exn_png_deflate(exn_png_filtered *filtered, uint32_t level, exn_buffer *stream,
                           exn_error *error);

#endif
