/* SPDX-License-Identifier: MIT */
/* Quantization of samples with one table (ITU-T T.81, A.3.4), and what it loses. */
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

/* The block of samples: DCT, division by the steps, rounding. */
void exn_quantizer_encode(const exn_quantizer *q, const float samples[restrict 64],
                          int16_t block[restrict 64]);

/* The same, but where a value lies halfway between two it becomes theirs, if that is one of them:
 * which one is left to the noise of whatever float code came to it. */
void exn_quantizer_encode_like(const exn_quantizer *q, const float samples[restrict 64],
                               const int16_t theirs[restrict 64], int16_t block[restrict 64]);

/* The squared error of rounding frequencies (transposed); by Parseval's theorem that of the samples
 * too. */
double exn_quantizer_rounding_error(const exn_quantizer *q, const float frequencies[64]);

/* Adds the squared distances between samples and what a block decodes to: one encoded like theirs,
 * and theirs. Of a block that lies whole inside of the picture. Returns a bound on the magnitudes
 * of the samples that theirs decodes to. */
float exn_quantizer_judge(const exn_quantizer *q, const float samples[64], const int16_t *theirs,
                          double *best, double *found);

/* The squared distance, inside width x height of a block, between samples and what a block decodes
 * to. */
double exn_quantizer_block_error(const exn_quantizer *q, const float samples[64],
                                 const int16_t *block, uint32_t width, uint32_t height);

#endif
