/* SPDX-License-Identifier: MIT */
/* The second half of the entropy-domain rotation: strings (entropy_strings.h) are laid out in
 * the order of the output's MCUs, after DC differences, and bytes are stuffed. Where the
 * output's AC tables are not those that strings are coded with, symbols get other codes on the
 * way. */
#ifndef EXN_JPEG_ENTROPY_ENCODE_H
#define EXN_JPEG_ENTROPY_ENCODE_H

#include "entropy_strings.h"

/* One scan of the output. Arrays are by the component's place in it. */
typedef struct exn_layout {
    const exn_strings *strings;
    uint32_t components, component[EXN_JPEG_MAX_COMPONENTS];
    uint32_t h[EXN_JPEG_MAX_COMPONENTS], v[EXN_JPEG_MAX_COMPONENTS]; /* blocks of an MCU */
    uint32_t columns, rows;                                          /* of MCUs */
    const exn_cancel *cancel;                                        /* NULL: nobody is asked */
    uint32_t restart_interval;                                       /* in MCUs; 0: none */
    const exn_huffman *table[2][EXN_JPEG_MAX_COMPONENTS]; /* DC and AC; shared ones are the same */
} exn_layout;

/* The block at x, y of component n of the scan; NULL where it holds no samples. */
EXN_INLINE const exn_string *exn_layout_block(const exn_layout *l, unsigned n, uint32_t x,
                                              uint32_t y)
{
    const exn_string_plane *p = &l->strings->plane[l->component[n]];
    return x < p->blocks_x && y < p->blocks_y ? &p->blocks[(size_t)y * p->blocks_x + x] : NULL;
}

/* SSSS of T.81, table F.1: bits of the magnitude. The one that is added below keeps zero from
 * clz(), which is undefined there. */
EXN_INLINE unsigned exn_layout_dc_size(int difference)
{
    unsigned magnitude = (unsigned)(difference < 0 ? -difference : difference);
    return 31 - (unsigned)__builtin_clz(magnitude * 2 + 1);
}

/* T.81, F.1.2.1: the code of the size, then the difference's lower bits; of a negative one those of
 * what is one less. An entry's code is shifted by the value's size already and its length includes
 * it, so both go out at once. */
EXN_INLINE void exn_layout_put_dc(exn_bit_writer *w, const exn_encoder *dc, int difference)
{
    unsigned size = exn_layout_dc_size(difference);
    uint32_t value = (uint32_t)(difference - (difference < 0)) & ((1u << size) - 1);
    exn_bits_append(w, dc->entry[size].bits ^ value, dc->entry[size].length);
    exn_bits_settle(w);
}

/* Counts the symbols that component n of the scan takes, from the strings' own counts of AC ones.
 */
void exn_entropy_encode_count(const exn_layout *layout, uint64_t dc[EXN_JPEG_MAX_COMPONENTS][256],
                              uint64_t ac[EXN_JPEG_MAX_COMPONENTS][256]);

/* Appends the entropy-coded data. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_encode_write(const exn_layout *layout, exn_buffer *out);

#endif
