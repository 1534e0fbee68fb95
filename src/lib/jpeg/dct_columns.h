/* SPDX-License-Identifier: MIT */
/* The one-dimensional DCT of eight columns side by side, in float (ITU-T T.81, A.3.3). The loops
 * over eight neighbours have fixed bounds and no aliasing, because gcc and clang vectorize only
 * such loops at -O2. Each sum is evaluated in the order in which it is written, on every machine
 * (-ffp-contract=off), so vectors of any width give the same results. */
#ifndef EXN_JPEG_DCT_COLUMNS_H
#define EXN_JPEG_DCT_COLUMNS_H

#include "entropy_bits.h"

/* Cosines of T.81, A.3.3: Ck = cos(k pi / 16) / 2; C4 is also the constant of frequency 0. */
#define EXN_DCT_COSINES                                                                            \
    const float C1 = 0.490392640f, C2 = 0.461939766f, C3 = 0.415734806f, C4 = 0.353553391f,        \
                C5 = 0.277785117f, C6 = 0.191341716f, C7 = 0.097545161f

/* Columns of frequencies to columns of samples. Mirrored samples share the sum of the even
 * frequencies, and that of the odd ones with opposite signs. */
EXN_INLINE void exn_dct_inverse_columns(const float in[restrict 64], float out[restrict 64])
{
    EXN_DCT_COSINES;
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
EXN_INLINE void exn_dct_forward_columns(const float in[restrict 64], float out[restrict 64])
{
    EXN_DCT_COSINES;
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

#endif
