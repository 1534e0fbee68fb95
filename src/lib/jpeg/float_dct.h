/* SPDX-License-Identifier: MIT */
/* The DCT of 8x8 samples in float (ITU-T T.81, A.3.3). Level shift (A.3.1) is left out, since it
 * only shifts DC, and back. */
#ifndef EXN_JPEG_FLOAT_DCT_H
#define EXN_JPEG_FLOAT_DCT_H

#include <stdint.h>

/* The samples of a block whose coefficients are multiples of steps: row by row, or transposed,
 * column by column, which is how the inverse DCT first produces them. */
void exn_float_dct_decode(const int16_t *block, const float steps[64], float samples[64]);
void exn_float_dct_decode_transposed(const int16_t block[restrict 64],
                                     const float steps[restrict 64], float samples[restrict 64]);

/* The frequencies of samples, transposed. */
void exn_float_dct_encode_transposed(const float samples[restrict 64],
                                     float frequencies[restrict 64]);

#endif
