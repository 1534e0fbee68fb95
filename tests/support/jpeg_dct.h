/* SPDX-License-Identifier: MIT */
/* The DCT of a block of 8x8 samples (ITU-T T.81, A.3.3), by its definition and in double. Tests
 * make files with it, and judge the library's transforms by it. */
#ifndef EXN_TEST_JPEG_DCT_H
#define EXN_TEST_JPEG_DCT_H

#include <stdint.h>

/* basis[x][u] = C(u) / 2 * cos((2x + 1) u pi / 16) */
void exn_test_dct_basis(double basis[8][8]);

/* Samples, row after row, to frequencies. Shifts the samples' level by 128 (A.3.1). */
void exn_test_dct_forward(double basis[8][8], const double samples[64], double out[64]);

/* Block bx, by of a plane, whose last row and column are repeated beyond its ends. */
void exn_test_dct_cut(const double *plane, uint32_t width, uint32_t height, uint32_t bx,
                      uint32_t by, double block[64]);

#endif
