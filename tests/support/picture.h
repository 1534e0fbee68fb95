/* SPDX-License-Identifier: MIT */
/* A synthetic picture that cannot be mistaken for itself turned or mirrored: a dark letter F on a
 * gradient, a bar under it on the left only, and a mark of another colour in each corner (top left
 * red, top right green, bottom left blue, bottom right yellow). Chroma edges stand on luma edges,
 * and a little fixed noise fills every coefficient. Pure functions of the place. */
#ifndef EXN_TEST_PICTURE_H
#define EXN_TEST_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

/* The colour at (x, y) of the width x height picture; noise is its amplitude, 0 for a clean
 * picture. */
void exn_test_picture_rgb(uint32_t x, uint32_t y, uint32_t width, uint32_t height, unsigned noise,
                          uint8_t rgb[3]);

/* The same as full-range Y'CbCr (JFIF). wild: chroma driven to extremes that no RGB colour has, so
 * that a detour over RGB clips and shows. */
void exn_test_picture_ycc(uint32_t x, uint32_t y, uint32_t width, uint32_t height, unsigned noise,
                          bool wild, uint8_t ycc[3]);

#endif
