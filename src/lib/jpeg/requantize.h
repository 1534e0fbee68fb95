/* SPDX-License-Identifier: MIT */
/* Rotates what cannot be rotated losslessly: a component whose reversed edge cuts through a block.
 * Its samples are moved and quantized again with the same, transposed table, or a finer one:
 * inverse DCT in float, move, forward DCT, round, along the axes that are cut (regrid.h) or, for
 * unusual pictures, along both (strip.h). Nothing is clamped or rounded in between, no other colour
 * space is involved, and no sample of the picture is cropped or invented. */
#ifndef EXN_JPEG_REQUANTIZE_H
#define EXN_JPEG_REQUANTIZE_H

#include "coefficients.h"

/* Computes the blocks of target's component i from source's, rotated by o. With high quality its
 * table is replaced by a finer one: the coarsest of a family with which this picture loses at least
 * 3 dB less, as far as steps of 1 allow.
 *
 * If the picture's size along a reversed axis is not a multiple of the sampling ratio, the mirrored
 * grid of samples is off by a fraction of a sample (T.81, A.1.1 centres samples in their areas).
 * Then the plane is resampled by that fraction, so that colour stays aligned with luma. Returns
 * EXN_OK, EXN_CORRUPT (a quantization table with a 0, or samples so far beyond black and white that
 * decoders differ about them) or EXN_MEMORY. */
exn_status exn_requantize(const exn_coefficients *source, exn_coefficients *target, uint32_t i,
                          exn_orientation o, exn_quality quality, exn_error *error);

#endif
