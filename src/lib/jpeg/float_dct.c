/* SPDX-License-Identifier: MIT */
#include "float_dct.h"

#include <string.h>

/* The loops over eight neighbours below have fixed bounds and no aliases: at -O2 gcc and clang make
 * vector code of such loops, and of no others. */

/* Cosines of T.81, A.3.3: Ck = cos(k pi / 16) / 2; C4 is the constant of frequency 0 too. */
static const float C1 = 0.490392640f, C2 = 0.461939766f, C3 = 0.415734806f, C4 = 0.353553391f,
                   C5 = 0.277785117f, C6 = 0.191341716f, C7 = 0.097545161f;

/* Columns of frequencies to columns of samples. Mirrored samples share the sums of the even
 * frequencies, and those of the odd ones but for the sign. */
static void inverse_columns(const float in[restrict 64], float out[restrict 64])
{
    for (int x = 0; x < 8; x++) {
        float f0 = in[x], f1 = in[8 + x], f2 = in[16 + x], f3 = in[24 + x];
        float f4 = in[32 + x], f5 = in[40 + x], f6 = in[48 + x], f7 = in[56 + x];
        float p = (f0 + f4) * C4, q = (f0 - f4) * C4;
        float r = f2 * C2 + f6 * C6, s = f2 * C6 - f6 * C2;
        float o0 = f1 * C1 + f3 * C3 + f5 * C5 + f7 * C7;
        float o1 = f1 * C3 - f3 * C7 - f5 * C1 - f7 * C5;
        float o2 = f1 * C5 - f3 * C1 + f5 * C7 + f7 * C3;
        float o3 = f1 * C7 - f3 * C5 + f5 * C3 - f7 * C1;
        out[x] = p + r + o0;
        out[8 + x] = q + s + o1;
        out[16 + x] = q - s + o2;
        out[24 + x] = p - r + o3;
        out[32 + x] = p - r - o3;
        out[40 + x] = q - s - o2;
        out[48 + x] = q + s - o1;
        out[56 + x] = p + r - o0;
    }
}

/* Columns of samples to columns of frequencies: the transpose of the above. */
static void forward_columns(const float in[restrict 64], float out[restrict 64])
{
    for (int x = 0; x < 8; x++) {
        float s0 = in[x] + in[56 + x], d0 = in[x] - in[56 + x];
        float s1 = in[8 + x] + in[48 + x], d1 = in[8 + x] - in[48 + x];
        float s2 = in[16 + x] + in[40 + x], d2 = in[16 + x] - in[40 + x];
        float s3 = in[24 + x] + in[32 + x], d3 = in[24 + x] - in[32 + x];
        float p = s0 + s3, q = s1 + s2, r = s0 - s3, s = s1 - s2;
        out[x] = (p + q) * C4;
        out[32 + x] = (p - q) * C4;
        out[16 + x] = r * C2 + s * C6;
        out[48 + x] = r * C6 - s * C2;
        out[8 + x] = d0 * C1 + d1 * C3 + d2 * C5 + d3 * C7;
        out[24 + x] = d0 * C3 - d1 * C7 - d2 * C1 - d3 * C5;
        out[40 + x] = d0 * C5 - d1 * C1 + d2 * C7 + d3 * C3;
        out[56 + x] = d0 * C7 - d1 * C5 + d2 * C3 - d3 * C1;
    }
}

/* Of the width that SSE2 and NEON have, which every x86-64 and aarch64 does. */
typedef float four __attribute__((vector_size(16)));

/* Four rows of four, from and to rows that are eight apart. */
static inline void transpose_quarter(const float *in, float *out)
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

/* Both DCTs below work on columns and exchange axes in between: rows would be eight strided loads
 * where columns are one vector. */
static void transpose(const float in[restrict 64], float out[restrict 64])
{
    transpose_quarter(in, out);
    transpose_quarter(in + 4, out + 32);
    transpose_quarter(in + 32, out + 4);
    transpose_quarter(in + 36, out + 36);
}

/* Decodes a block to samples[x * 8 + y], columns after each other: the inverse DCT is separable
 * (T.81, A.3.3), and the transpose that would put axes back is left to who wants it. */
void exn_float_dct_decode_transposed(const int16_t block[restrict 64],
                                     const float steps[restrict 64], float samples[restrict 64])
{
    float a[64], b[64];
    for (int k = 0; k < 64; k++)
        a[k] = (float)block[k] * steps[k];
    inverse_columns(a, b);
    transpose(b, a);
    inverse_columns(a, samples);
}

void exn_float_dct_decode(const int16_t *block, const float steps[64], float samples[64])
{
    float transposed[64];
    exn_float_dct_decode_transposed(block, steps, transposed);
    transpose(transposed, samples);
}

void exn_float_dct_encode_transposed(const float samples[restrict 64],
                                     float frequencies[restrict 64])
{
    float a[64], b[64];
    forward_columns(samples, a);
    transpose(a, b);
    forward_columns(b, frequencies);
}
