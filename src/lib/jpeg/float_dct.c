/* SPDX-License-Identifier: MIT */
#include "float_dct.h"

#include <string.h>

#include "dct_columns.h"

/* The vector width of SSE2 and NEON, which every x86-64 and aarch64 has. */
typedef float four __attribute__((vector_size(16)));

/* Transposes four rows of four; in both arrays rows are eight apart. */
EXN_INLINE void transpose_quarter(const float *in, float *out)
{
    four r[4], t[4];
    for (int n = 0; n < 4; n++)
        memcpy(&r[n], in + 8 * n, sizeof r[n]);
    t[0] = __builtin_shufflevector(r[0], r[2], 0, 4, 1, 5);
    t[1] = __builtin_shufflevector(r[0], r[2], 2, 6, 3, 7);
    t[2] = __builtin_shufflevector(r[1], r[3], 0, 4, 1, 5);
    t[3] = __builtin_shufflevector(r[1], r[3], 2, 6, 3, 7);
    for (int n = 0; n < 2; n++) {
        r[2 * n] = __builtin_shufflevector(t[n], t[n + 2], 0, 4, 1, 5);
        r[2 * n + 1] = __builtin_shufflevector(t[n], t[n + 2], 2, 6, 3, 7);
    }
    for (int n = 0; n < 4; n++)
        memcpy(out + 8 * n, &r[n], sizeof r[n]);
}

/* Both DCTs below work on columns and swap axes in between: rows would need eight strided loads
 * where columns are one vector. */
EXN_INLINE void transpose(const float in[restrict 64], float out[restrict 64])
{
    transpose_quarter(in, out);
    transpose_quarter(in + 4, out + 32);
    transpose_quarter(in + 32, out + 4);
    transpose_quarter(in + 36, out + 36);
}

/* Decodes a block to samples[x * 8 + y], column by column: the inverse DCT is separable (T.81,
 * A.3.3), and callers that need the axes swapped back do that themselves. */
EXN_INLINE void decode_transposed(const int16_t block[restrict 64], const float steps[restrict 64],
                                  float samples[restrict 64])
{
    float a[64], b[64];
    for (int k = 0; k < 64; k++)
        a[k] = (float)block[k] * steps[k];
    exn_dct_inverse_columns(a, b);
    transpose(b, a);
    exn_dct_inverse_columns(a, samples);
}

EXN_HOT void exn_float_dct_decode_transposed(const int16_t block[restrict 64],
                                             const float steps[restrict 64],
                                             float samples[restrict 64])
{
    decode_transposed(block, steps, samples);
}

EXN_HOT void exn_float_dct_decode(const int16_t *block, const float steps[64], float samples[64])
{
    float transposed[64];
    decode_transposed(block, steps, transposed);
    transpose(transposed, samples);
}

EXN_HOT void exn_float_dct_encode_transposed(const float samples[restrict 64],
                                             float frequencies[restrict 64])
{
    float a[64], b[64];
    exn_dct_forward_columns(samples, a);
    transpose(a, b);
    exn_dct_forward_columns(b, frequencies);
}
