/* SPDX-License-Identifier: MIT */
#include "support/naive.h"

#include <string.h>

enum side { TOP, RIGHT, BOTTOM, LEFT };

/* EXIF 2.32, 4.6.5.1.5, word for word: "the 0th row is at the visual ... of the image, and the 0th
 * column is the visual ...". */
static const struct {
    enum side row0, column0;
} sides[9] = {
    [1] = {TOP, LEFT}, [2] = {TOP, RIGHT}, [3] = {BOTTOM, RIGHT}, [4] = {BOTTOM, LEFT},
    [5] = {LEFT, TOP}, [6] = {RIGHT, TOP}, [7] = {RIGHT, BOTTOM}, [8] = {LEFT, BOTTOM},
};

void exn_test_naive_point(uint32_t value, uint32_t width, uint32_t height, uint32_t *x, uint32_t *y)
{
    const uint32_t column = *x, row = *y;

    /* A line's distance from the side that line 0 is at is its own number. */
    switch (sides[value].row0) {
    case TOP:
        *y = row;
        break;
    case BOTTOM:
        *y = height - 1 - row;
        break;
    case LEFT:
        *x = row;
        break;
    case RIGHT:
        *x = height - 1 - row;
        break;
    }
    switch (sides[value].column0) {
    case LEFT:
        *x = column;
        break;
    case RIGHT:
        *x = width - 1 - column;
        break;
    case TOP:
        *y = column;
        break;
    case BOTTOM:
        *y = width - 1 - column;
        break;
    }
}

void exn_test_naive_rotate(uint32_t value, const void *in, uint32_t width, uint32_t height,
                           size_t sample_size, void *out)
{
    const size_t out_width = value >= 5 ? height : width;

    for (uint32_t row = 0; row < height; row++)
        for (uint32_t column = 0; column < width; column++) {
            uint32_t x = column, y = row;
            exn_test_naive_point(value, width, height, &x, &y);
            memcpy((uint8_t *)out + (y * out_width + x) * sample_size,
                   (const uint8_t *)in + ((size_t)row * width + column) * sample_size, sample_size);
        }
}
