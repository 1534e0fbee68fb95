/* SPDX-License-Identifier: MIT */
/* Whether a scan is exactly what libjpeg writes for a rotated source, with the scan's own tables.
 * Codes can be read in only one way, so in that case it decodes to those coefficients and nothing
 * else; and encoding takes half the time of decoding. A scan that differs may still have the same
 * coefficients, in other codes. */
#ifndef EXN_JPEG_RECODE_H
#define EXN_JPEG_RECODE_H

#include "coefficients.h"

/* product: only exn_coefficients_begin() was called for it. Its components have the sizes of the
 * source's (exn_component_compare()), and all of them are exact, in one sequential Huffman scan.
 * Compares up to and including EOI. *same is also false if libjpeg cannot encode it. Returns
 * EXN_OK, EXN_MEMORY or EXN_CANCELLED. */
exn_status exn_recode_compare(const exn_coefficients *source, const exn_coefficients *product,
                              exn_orientation o, bool *same, exn_error *error);

#endif
