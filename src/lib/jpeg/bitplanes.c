/* SPDX-License-Identifier: MIT */
#include "bitplanes.h"

/* Magnitudes first, then signs, because a value can be negated only once all its bits are there. DC
 * is not in the planes and is left alone. */
void exn_bitplanes_to_block(const exn_bitplanes *planes, int16_t block[64])
{
    memset(block + 1, 0, 63 * sizeof *block);
    for (unsigned n = 0; n < EXN_BITPLANES; n++)
        for (uint64_t left = planes->plane[n]; left; left &= left - 1) {
            int16_t *value = &block[exn_component_natural_order[__builtin_ctzll(left)]];
            *value = (int16_t)(*value | 1 << n);
        }
    for (uint64_t left = planes->sign; left; left &= left - 1) {
        int16_t *value = &block[exn_component_natural_order[__builtin_ctzll(left)]];
        *value = (int16_t)(-*value);
    }
}

/* Returns how many planes are not all 0. */
static unsigned of_block(const int16_t block[64], exn_bitplanes *planes)
{
    unsigned used = 0;
    *planes = (exn_bitplanes){0};
    for (unsigned k = 1; k < 64; k++) {
        const int value = block[exn_component_natural_order[k]];
        const unsigned magnitude = (unsigned)(value < 0 ? -value : value);
        const uint64_t bit = UINT64_C(1) << k;
        planes->sign |= value < 0 ? bit : 0;
        for (unsigned n = 0; magnitude >> n; n++) {
            planes->plane[n] |= magnitude >> n & 1 ? bit : 0;
            used = n + 1 > used ? n + 1 : used;
        }
    }
    return used;
}

/* The blocks are already the output's, in its order; only their representation changes. */
static void encode_row(exn_strings *strings, exn_string_plane *plane, exn_dct_block *blocks,
                       exn_string *to)
{
    for (uint32_t x = 0; x < plane->blocks_x; x++, to++) {
        exn_bitplanes planes;
        const unsigned used = of_block(blocks[x], &planes);
        exn_bitplanes_put(&strings->bytes, to, &planes, used);
        to->dc = blocks[x][0];
        plane->lowest = to->dc < plane->lowest ? to->dc : plane->lowest;
        plane->highest = to->dc > plane->highest ? to->dc : plane->highest;
    }
}

exn_status exn_bitplanes_encode(exn_strings *strings, uint32_t i, const exn_component *component,
                                exn_error *error)
{
    exn_string_plane *plane = &strings->plane[i];
    plane->blocks_x = component->blocks_x;
    plane->blocks_y = component->blocks_y;
    exn_status status = exn_entropy_strings_open_plane(plane, error);
    for (uint32_t y = 0; y < plane->blocks_y && status == EXN_OK; y++) {
        const size_t room = (size_t)plane->blocks_x * sizeof(exn_bitplanes);
        status = exn_cancel_check(component->cancel, error);
        if (status == EXN_OK && strings->bytes.capacity - strings->bytes.size < room)
            status = exn_entropy_strings_grow(strings, room, error);
        if (status == EXN_OK)
            encode_row(strings, plane, component->rows[y],
                       plane->blocks + (size_t)y * plane->blocks_x);
    }
    return status;
}
