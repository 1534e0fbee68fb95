/* SPDX-License-Identifier: MIT */
/* Compares a picture with one that should be its rotation: every coefficient that can be kept, and
 * the samples of what was requantized. libjpeg reads both, so that a fault in the code that rotates
 * cannot hide itself. The output is read once, from the top down; only the source's coefficients
 * are held, packed. */
#ifndef EXN_JPEG_COMPARE_H
#define EXN_JPEG_COMPARE_H

#include "orientation.h"
#include "segments.h"

/* said: the components that are said to be exact; NULL: nothing is said. *blocks: how much decoding
 * may still cost (mcus.h), for all pictures of a file. */
exn_status exn_jpeg_compare_pictures(const exn_jpeg *source, const exn_jpeg *product,
                                     exn_orientation o, const uint32_t *said,
                                     const exn_options *options, uint64_t *blocks,
                                     exn_error *error);

/* Only checks that it decodes. */
exn_status exn_jpeg_compare_decode(const exn_jpeg *jpeg, const exn_options *options,
                                   uint64_t *blocks, exn_error *error);

#endif
