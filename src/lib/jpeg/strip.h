/* SPDX-License-Identifier: MIT */
/* The samples of one component in the output's frame, a few rows at a time, from the top down. So
 * memory grows with a row, not with the picture. */
#ifndef EXN_JPEG_STRIP_H
#define EXN_JPEG_STRIP_H

#include "coefficients.h"

/* Where decoders part: beyond it libjpeg's C code wraps white around to black and its SIMD code
 * does not, so such samples have no one reading. No photograph comes near it. */
static const float EXN_STRIP_REACH = 511.5f;

/* Called with the samples of each block of an output's component. */
typedef void exn_strip_visitor(void *context, uint32_t bx, uint32_t by, const float samples[64]);

/* Component i of source, rotated by o, block after block of `to`, which is the output's; of each
 * row every each-th one. *reach: the largest magnitude of its samples. */
exn_status exn_strip_visit(const exn_coefficients *source, uint32_t i, exn_orientation o,
                           const exn_component *to, uint32_t each, exn_strip_visitor *visit,
                           void *context, float *reach, exn_error *error);

/* How far, in samples, the last sample of a component reaches over the picture's edge: that is what
 * the mirrored grid is off by. */
double exn_strip_overhang(uint32_t samples, uint32_t pixels, uint32_t factor, uint32_t max_factor);

/* A filter that shifts by that part of a sample. */
enum { EXN_STRIP_TAPS = 8 };
void exn_strip_filter(double shift, float taps[EXN_STRIP_TAPS]);

/* Samples along an axis that move: where it is cut and reversed those of the picture; else all that
 * the blocks have, since what an encoder has put beyond the edge moves along with its block. */
uint32_t exn_strip_length(uint32_t samples, bool reversed, double overhang);

/* The larger of reach and the largest magnitude in a block. */
float exn_strip_reach(const float samples[64], float reach);

/* Bytes of memory that it takes for the largest component of jpeg. */
uint64_t exn_strip_bytes(const exn_jpeg *jpeg);

#endif
