/* SPDX-License-Identifier: MIT */
/* The oracle for orientations: a naive turn by the words of EXIF 2.32, 4.6.5.1.5 (which visual side
 * the stored row 0 and column 0 are), written without src/lib/orientation.h. value: 1..8. */
#ifndef EXN_TEST_NAIVE_H
#define EXN_TEST_NAIVE_H

#include <stddef.h>
#include <stdint.h>

/* Where the stored sample (*x, *y) of a width x height (stored) picture is shown. */
void exn_test_naive_point(uint32_t value, uint32_t width, uint32_t height, uint32_t *x,
                          uint32_t *y);

/* Turns a stored matrix of width x height samples of sample_size bytes each, as value says it is to
 * be shown. out holds as many samples as in; its rows are height wide for 5..8, else width. in and
 * out may not overlap. */
void exn_test_naive_rotate(uint32_t value, const void *in, uint32_t width, uint32_t height,
                           size_t sample_size, void *out);

#endif
