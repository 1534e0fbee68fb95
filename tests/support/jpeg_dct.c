/* SPDX-License-Identifier: MIT */
#include "support/jpeg_dct.h"

#include <math.h>
#include <stddef.h>

void exn_test_dct_basis(double basis[8][8])
{
    for (int x = 0; x < 8; x++)
        for (int u = 0; u < 8; u++)
            basis[x][u] = (u ? 0.5 : sqrt(0.125)) * cos((2 * x + 1) * u * acos(-1) / 16);
}

void exn_test_dct_forward(double basis[8][8], const double samples[64], double out[64])
{
    double half[8][8] = {{0}}; /* [y][horizontal frequency] */

    for (int y = 0; y < 8; y++)
        for (int u = 0; u < 8; u++)
            for (int x = 0; x < 8; x++)
                half[y][u] += basis[x][u] * (samples[y * 8 + x] - 128);
    for (int v = 0; v < 8; v++)
        for (int u = 0; u < 8; u++) {
            out[v * 8 + u] = 0;
            for (int y = 0; y < 8; y++)
                out[v * 8 + u] += basis[y][v] * half[y][u];
        }
}

void exn_test_dct_cut(const double *plane, uint32_t width, uint32_t height, uint32_t bx,
                      uint32_t by, double block[64])
{
    for (uint32_t k = 0; k < 64; k++) {
        const uint32_t x = bx * 8 + k % 8, y = by * 8 + k / 8;
        block[k] =
            plane[(size_t)(y < height ? y : height - 1) * width + (x < width ? x : width - 1)];
    }
}
