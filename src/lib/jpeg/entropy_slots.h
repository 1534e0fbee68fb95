/* SPDX-License-Identifier: MIT */
/* Chooses which Huffman tables a scan of the output gets, and in which slots. */
#ifndef EXN_JPEG_ENTROPY_SLOTS_H
#define EXN_JPEG_ENTROPY_SLOTS_H

#include "entropy_encode.h"

/* The Huffman tables of one class in a scan of the output. Components in the same slot share one:
 * table and counts are at the first of them. */
typedef struct exn_table_set {
    uint8_t slot[EXN_JPEG_MAX_COMPONENTS];
    exn_huffman table[EXN_JPEG_MAX_COMPONENTS];
    uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256];
} exn_table_set;

/* The scan's first component in the slot of component n. */
uint32_t exn_entropy_slots_first(const exn_table_set *set, uint32_t n);

/* Builds the best tables for each component's counts. Uses the source's slots or, if that makes the
 * scan smaller, the usual ones for luma and chroma, or a single one: how the source assigned them
 * need not have been anyone's choice. */
void exn_entropy_slots_choose(const exn_layout *layout, const uint8_t slot[EXN_JPEG_MAX_COMPONENTS],
                              uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256], exn_table_set *set);

/* Replaces the best codes by those that strings already have, if that makes the scan hardly larger.
 */
void exn_entropy_slots_keep_codes(const exn_layout *layout, exn_table_set *set);

#endif
