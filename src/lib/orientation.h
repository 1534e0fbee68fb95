/* SPDX-License-Identifier: MIT */
/* The eight orientations as three bits, the heart of the program.
 *
 * EXIF 2.32, 4.6.5.1.5 (tag 0x0112) names, for each value, which visual sides the stored row 0 and
 * column 0 are. All eight follow one rule: reverse the stored x and/or y axis, then swap the axes.
 * A stored pixel (x, y) of a picture W x H is shown at
 *
 *     transpose ? (v, u) : (u, v)   with  u = flip_x ? W - 1 - x : x
 *                                         v = flip_y ? H - 1 - y : y
 *
 * so the flips refer to stored axes. Blocks, samples and boxes are all moved by these three bits;
 * no code treats the eight cases separately. */
#ifndef EXN_ORIENTATION_H
#define EXN_ORIENTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct exn_orientation {
    bool transpose, flip_x, flip_y;
} exn_orientation;

/* The bits of EXIF value 1..8; any other value is the identity, as browsers treat it. */
exn_orientation exn_orientation_from_exif(uint32_t value);

/* The orientation by which a picture is shown: the caller's value (0: none) overrides the file's
 * own. */
static inline exn_orientation exn_orientation_shown(uint32_t given, uint32_t own)
{
    return exn_orientation_from_exif(given ? given : own);
}

/* The EXIF value 1..8 of three bits. */
uint32_t exn_orientation_to_exif(exn_orientation o);

/* First a, then b. */
exn_orientation exn_orientation_compose(exn_orientation a, exn_orientation b);

/* The orientation that undoes o. */
exn_orientation exn_orientation_inverse(exn_orientation o);

bool exn_orientation_is_identity(exn_orientation o);

/* Moves a width x height picture with whole bytes per pixel from rows of from_row bytes to rows of
 * to_row bytes. */
void exn_orientation_move(exn_orientation o, uint32_t width, uint32_t height, uint32_t bytes,
                          const uint8_t *from, size_t from_row, uint8_t *to, size_t to_row);

/* As a set of exn_transform (exifnorm.h), and back. */
uint32_t exn_orientation_bits(exn_orientation o);
exn_orientation exn_orientation_from_bits(uint32_t transform);

/* Swaps *width and *height if o transposes. */
void exn_orientation_size(exn_orientation o, uint32_t *width, uint32_t *height);

/* Where stored sample (*x, *y) of a width x height grid is shown, in units of that grid. */
static inline void exn_orientation_point(exn_orientation o, uint32_t width, uint32_t height,
                                         uint32_t *x, uint32_t *y)
{
    uint32_t u = o.flip_x ? width - 1 - *x : *x;
    uint32_t v = o.flip_y ? height - 1 - *y : *y;
    *x = o.transpose ? v : u;
    *y = o.transpose ? u : v;
}

#endif
