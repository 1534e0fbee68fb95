/* SPDX-License-Identifier: MIT */
/* Rotates what lossless cannot: a component whose reversed edge cuts through a block. Its samples
 * are moved and quantized again with the same, transposed table, or a finer one: inverse DCT in
 * float, move, forward DCT, round, along the axes that are cut (regrid.h), or, of what is unusual,
 * along both (strip.h). Nothing is clamped or rounded in between, no other colour space is visited,
 * and no sample of the picture is cropped or invented. */
#ifndef EXN_JPEG_REQUANTIZE_H
#define EXN_JPEG_REQUANTIZE_H

#include "coefficients.h"

/* Fills in the blocks of target's component i from source's, rotated by o. Where quality is high
 * its table is replaced by a finer one: the coarsest of a family with which this picture loses at
 * least 3 dB less, as far as steps of 1 allow.
 *
 * Where the size of the picture along a reversed axis is no multiple of the sampling ratio, the
 * mirrored grid of samples lies a fraction of a sample off (T.81, A.1.1 centres samples in their
 * areas): the plane is resampled by that fraction, so that colour stays on its luma edge. Returns
 * EXN_OK, EXN_CORRUPT (a quantization table with a 0; samples so far beyond black and white that
 * decoders differ about them) or EXN_MEMORY. */
exn_status exn_requantize(const exn_coefficients *source, exn_coefficients *target, uint32_t i,
                          exn_orientation o, exn_quality quality, exn_error *error);

#endif
