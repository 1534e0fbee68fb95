/* SPDX-License-Identifier: MIT */
/* One picture against another that is to be it, rotated: every coefficient that can stay, and the
 * samples of what was quantized again. Both are read by libjpeg, so that a fault of the code that
 * rotates cannot hide itself, from the top down and once; held is what has to be, the source's
 * coefficients, packed. */
#ifndef EXN_JPEG_COMPARE_H
#define EXN_JPEG_COMPARE_H

#include "orientation.h"
#include "segments.h"

/* said: the components that are said to be exact; NULL: nothing is said. *blocks: what decoding may
 * still cost (mcus.h), for all pictures of a file. */
exn_status exn_jpeg_compare_pictures(const exn_jpeg *source, const exn_jpeg *product,
                                     exn_orientation o, const uint32_t *said,
                                     const exn_options *options, uint64_t *blocks,
                                     exn_error *error);

/* Only whether it decodes. */
exn_status exn_jpeg_compare_decode(const exn_jpeg *jpeg, const exn_options *options,
                                   uint64_t *blocks, exn_error *error);

#endif
