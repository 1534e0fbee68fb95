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

/* Counts the symbols that component n of the scan takes, from the strings' own counts of AC ones.
 */
void exn_entropy_encode_count(const exn_layout *layout, uint64_t dc[EXN_JPEG_MAX_COMPONENTS][256],
                              uint64_t ac[EXN_JPEG_MAX_COMPONENTS][256]);

/* Appends the entropy-coded data. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_entropy_encode_write(const exn_layout *layout, exn_buffer *out);

#endif
