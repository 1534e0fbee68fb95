/* SPDX-License-Identifier: MIT */
/* The second half of the entropy-domain rotation: lays out strings (entropy_strings.h) in the order
 * of the output's MCUs, each after its DC difference, and stuffs bytes. If the output's AC tables
 * differ from those of the strings, symbols are recoded on the way. */
#ifndef EXN_JPEG_ENTROPY_ENCODE_H
#define EXN_JPEG_ENTROPY_ENCODE_H

#include "entropy_strings.h"

/* One scan of the output. Arrays are indexed by the component's place in the scan. */
typedef struct exn_layout {
    const exn_strings *strings;
    uint32_t components, component[EXN_JPEG_MAX_COMPONENTS];
    uint32_t h[EXN_JPEG_MAX_COMPONENTS], v[EXN_JPEG_MAX_COMPONENTS]; /* blocks of an MCU */
    uint32_t columns, rows;                                          /* of MCUs */
    const exn_cancel *cancel;                                        /* NULL: never checked */
    uint32_t restart_interval;                                       /* in MCUs; 0: none */
    const exn_huffman
        *table[2][EXN_JPEG_MAX_COMPONENTS]; /* DC and AC; shared tables have the same pointer */
} exn_layout;

/* The block at x, y of the scan's component n; NULL if it holds no samples. */
EXN_INLINE const exn_string *exn_layout_block(const exn_layout *l, unsigned n, uint32_t x,
                                              uint32_t y)
{
    const exn_string_plane *p = &l->strings->plane[l->component[n]];
    return x < p->blocks_x && y < p->blocks_y ? &p->blocks[(size_t)y * p->blocks_x + x] : NULL;
}

/* SSSS of T.81, table F.1: the number of bits in the magnitude. Doubling and adding 1 avoids
 * clz(0), which is undefined. */
EXN_INLINE unsigned exn_layout_dc_size(int difference)
{
    unsigned magnitude = (unsigned)(difference < 0 ? -difference : difference);
    return 31 - (unsigned)__builtin_clz(magnitude * 2 + 1);
}

/* T.81, F.1.2.1: the code of the size, then the lower bits of the difference, or of the difference
 * minus 1 if it is negative. An entry's code is already shifted by the value's size and its length
 * includes it, so both are written at once. */
EXN_INLINE void exn_layout_put_dc(exn_bit_writer *w, const exn_encoder *dc, int difference)
{
    unsigned size = exn_layout_dc_size(difference);
    uint32_t value = (uint32_t)(difference - (difference < 0)) & ((1u << size) - 1);
    exn_bits_append(w, dc->entry[size].bits ^ value, dc->entry[size].length);
    exn_bits_settle(w);
}

/* Counts the symbols that the scan's component n needs, taking AC counts from the strings' own. */
void exn_entropy_encode_count(const exn_layout *layout, uint64_t dc[EXN_JPEG_MAX_COMPONENTS][256],
                              uint64_t ac[EXN_JPEG_MAX_COMPONENTS][256]);

/* Appends the entropy-coded data. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_encode_write(const exn_layout *layout, exn_buffer *out);

#endif
