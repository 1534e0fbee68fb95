/* SPDX-License-Identifier: MIT */
/* Quantizes samples with one table (ITU-T T.81, A.3.4), and measures the loss. */
#ifndef EXN_JPEG_QUANTIZER_H
#define EXN_JPEG_QUANTIZER_H

#include <stdint.h>

/* One table. */
typedef struct exn_quantizer {
    float steps[64];
    float steps_transposed[64];
    float inverse[64]; /* 1 / steps_transposed */
} exn_quantizer;

void exn_quantizer_make(const uint16_t quant[64], exn_quantizer *q);

/* Quantizes a block of samples: DCT, division by the steps, rounding. */
void exn_quantizer_encode(const exn_quantizer *q, const float samples[restrict 64],
                          int16_t block[restrict 64]);

/* The same, except that a value halfway between two integers becomes theirs if that is one of them:
 * which one it is depends only on the noise of whatever float code computed it. */
void exn_quantizer_encode_like(const exn_quantizer *q, const float samples[restrict 64],
                               const int16_t theirs[restrict 64], int16_t block[restrict 64]);

/* The squared error of rounding frequencies (transposed); by Parseval's theorem it is also that of
 * the samples. */
double exn_quantizer_rounding_error(const exn_quantizer *q, const float frequencies[64]);

/* For a block that lies entirely inside the picture, adds two squared distances from samples: to
 * what a block decodes to that is encoded like theirs, and to what theirs decodes to. Returns a
 * bound on the magnitudes of the samples that theirs decodes to. */
float exn_quantizer_judge(const exn_quantizer *q, const float samples[64], const int16_t *theirs,
                          double *best, double *found);

/* The squared distance, inside width x height of a block, between samples and what a block decodes
 * to. */
double exn_quantizer_block_error(const exn_quantizer *q, const float samples[64],
                                 const int16_t *block, uint32_t width, uint32_t height);

#endif
