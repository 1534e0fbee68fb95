/* SPDX-License-Identifier: MIT */
#include "orientation.h"

#include <string.h>

#include "exifnorm.h"

/* Indexed by EXIF value. In words: 6 is shown after rotating by 90 degrees clockwise, 8 after 270.
 */
static const exn_orientation by_value[9] = {
    [1] = {false, false, false}, [2] = {false, true, false}, [3] = {false, true, true},
    [4] = {false, false, true},  [5] = {true, false, false}, [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

exn_orientation exn_orientation_from_exif(uint32_t value)
{
    return by_value[value <= 8 ? value : 0];
}

/* Three bits have exactly the eight values, so the loop ends. */
uint32_t exn_orientation_to_exif(exn_orientation o)
{
    uint32_t value = 1;
    while (by_value[value].transpose != o.transpose || by_value[value].flip_x != o.flip_x ||
           by_value[value].flip_y != o.flip_y)
        value++;
    return value;
}

/* b's flips refer to the axes that result from a. If a swaps axes, b's flips apply to a's stored
 * axes swapped. */
exn_orientation exn_orientation_compose(exn_orientation a, exn_orientation b)
{
    bool b_flip_x = a.transpose ? b.flip_y : b.flip_x;
    bool b_flip_y = a.transpose ? b.flip_x : b.flip_y;
    return (exn_orientation){a.transpose != b.transpose, a.flip_x != b_flip_x,
                             a.flip_y != b_flip_y};
}

/* Flips come before the transposition. In reverse the transposition comes first, so the flips that
 * undo them have their axes swapped. */
exn_orientation exn_orientation_inverse(exn_orientation o)
{
    if (o.transpose)
        return (exn_orientation){true, o.flip_y, o.flip_x};
    return o;
}

bool exn_orientation_is_identity(exn_orientation o)
{
    return !o.transpose && !o.flip_x && !o.flip_y;
}

uint32_t exn_orientation_bits(exn_orientation o)
{
    return (o.flip_x ? EXN_TRANSFORM_FLIP_X : 0u) | (o.flip_y ? EXN_TRANSFORM_FLIP_Y : 0u) |
           (o.transpose ? EXN_TRANSFORM_TRANSPOSE : 0u);
}

exn_orientation exn_orientation_from_bits(uint32_t transform)
{
    return (exn_orientation){.transpose = (transform & EXN_TRANSFORM_TRANSPOSE) != 0,
                             .flip_x = (transform & EXN_TRANSFORM_FLIP_X) != 0,
                             .flip_y = (transform & EXN_TRANSFORM_FLIP_Y) != 0};
}

void exn_orientation_size(exn_orientation o, uint32_t *width, uint32_t *height)
{
    if (o.transpose) {
        uint32_t w = *width;
        *width = *height;
        *height = w;
    }
}

/* For thumbnails of a few thousand pixels: simple, not fast. from and to must not overlap. */
void exn_orientation_move(exn_orientation o, uint32_t width, uint32_t height, uint32_t bytes,
                          const uint8_t *from, size_t from_row, uint8_t *to, size_t to_row)
{
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint32_t u = x, v = y;
            exn_orientation_point(o, width, height, &u, &v);
            memcpy(to + v * to_row + (size_t)u * bytes, from + y * from_row + (size_t)x * bytes,
                   bytes);
        }
}
