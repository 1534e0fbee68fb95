/* SPDX-License-Identifier: MIT */
/* Whether a scan is what libjpeg writes for a rotated source, with the scan's own tables. Codes are
 * read in one way only, so then it decodes to those coefficients and to nothing else; and encoding
 * takes half of the time of decoding. A scan that is not may still have the same coefficients, in
 * other codes than libjpeg's. */
#ifndef EXN_JPEG_RECODE_H
#define EXN_JPEG_RECODE_H

#include "coefficients.h"

/* product: exn_coefficients_begin() was called for it, and nothing else; its components have the
 * sizes of the source's (exn_component_compare()), all of them are exact, in one sequential Huffman
 * scan. That counts up to and with EOI. *same is false also where libjpeg cannot encode it. Returns
 * EXN_OK, EXN_MEMORY or EXN_CANCELLED. */
exn_status exn_recode_compare(const exn_coefficients *source, const exn_coefficients *product,
                              exn_orientation o, bool *same, exn_error *error);

#endif
