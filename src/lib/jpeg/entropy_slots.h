/* SPDX-License-Identifier: MIT */
/* Which Huffman tables a scan of the output gets, and in which slots they stand. */
#ifndef EXN_JPEG_ENTROPY_SLOTS_H
#define EXN_JPEG_ENTROPY_SLOTS_H

#include "entropy_encode.h"

/* A class's Huffman tables in a scan of the output. Components of the same slot share one: table
 * and counts are at the first of them. */
typedef struct exn_table_set {
    uint8_t slot[EXN_JPEG_MAX_COMPONENTS];
    exn_huffman table[EXN_JPEG_MAX_COMPONENTS];
    uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256];
} exn_table_set;

/* The first component of the scan that has the slot of component n. */
uint32_t exn_entropy_slots_first(const exn_table_set *set, uint32_t n);

/* Makes the best tables for these counts of each component. Fills the source's slots, or, where the
 * scan gets smaller so, those that encoders have for luma and chroma, or one: what a source shares
 * or keeps apart may have been nobody's choice. */
void exn_entropy_slots_choose(const exn_layout *layout, const uint8_t slot[EXN_JPEG_MAX_COMPONENTS],
                              uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256], exn_table_set *set);

/* Puts the codes that strings have already in place of the best ones, where that makes the scan
 * hardly larger. */
void exn_entropy_slots_keep_codes(const exn_layout *layout, exn_table_set *set);

#endif
