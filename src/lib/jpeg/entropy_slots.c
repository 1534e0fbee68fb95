/* SPDX-License-Identifier: MIT */
#include "entropy_slots.h"

#include <string.h>

enum { TABLE_HEADER = 21 }; /* bytes of a DHT segment except the values */

uint32_t exn_entropy_slots_first(const exn_table_set *set, uint32_t n)
{
    uint32_t first = 0;
    while (set->slot[first] != set->slot[n])
        first++;
    return first;
}

/* The bits of the table's segment and of everything coded with it. */
static uint64_t cost_of(const exn_huffman *table, const uint64_t counts[256])
{
    uint64_t cost = exn_entropy_tables_cost(table, counts);
    return cost == UINT64_MAX ? cost : cost + 8 * (uint64_t)(TABLE_HEADER + table->codes);
}

/* Builds the best tables for each component's counts, in these slots, and returns the bits that the
 * scan takes with them. Counts of components that share a slot are added up before its table is
 * made (T.81, K.2). */
static uint64_t fill_slots(const exn_layout *l, const uint8_t slot[EXN_JPEG_MAX_COMPONENTS],
                           uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256], exn_table_set *set)
{
    uint64_t bits = 0;
    *set = (exn_table_set){0};
    memcpy(set->slot, slot, sizeof set->slot);
    for (uint32_t n = 0; n < l->components; n++)
        for (int symbol = 0; symbol < 256; symbol++)
            set->counts[exn_entropy_slots_first(set, n)][symbol] += counts[n][symbol];
    for (uint32_t n = 0; n < l->components; n++)
        if (exn_entropy_slots_first(set, n) == n) {
            exn_entropy_tables_build(set->counts[n], &set->table[n]);
            bits += cost_of(&set->table[n], set->counts[n]);
        }
    return bits;
}

void exn_entropy_slots_choose(const exn_layout *l, const uint8_t slot[EXN_JPEG_MAX_COMPONENTS],
                              uint64_t counts[EXN_JPEG_MAX_COMPONENTS][256], exn_table_set *set)
{
    /* Baseline has only slots 0 and 1 (T.81, B.2.4.2); luma is the first component. */
    uint8_t usual[2][EXN_JPEG_MAX_COMPONENTS] = {{0}};
    for (uint32_t n = 0; n < l->components; n++)
        usual[0][n] = l->component[n] == 1 || l->component[n] == 2;
    uint64_t best = fill_slots(l, slot, counts, set);
    if (l->components == 1 || memcmp(slot, usual[0], l->components) == 0)
        return;
    for (int n = 0; n < 2; n++) {
        exn_table_set other;
        uint64_t bits = fill_slots(l, usual[n], counts, &other);
        if (bits < best) {
            best = bits;
            *set = other;
        }
    }
}

/* Accepts an increase of at most 1/400, since recoding every string would cost more time than so
 * little size is worth. Strings contain no DC differences, so this is about AC alone. A source's
 * code may lack a symbol that padding or other components of the slot need; then its cost is
 * UINT64_MAX, and it cannot be kept. */
void exn_entropy_slots_keep_codes(const exn_layout *l, exn_table_set *set)
{
    const exn_huffman *code[EXN_JPEG_MAX_COMPONENTS];
    uint64_t best = 0, bits = 0;
    for (uint32_t n = 0; n < l->components; n++) {
        uint32_t first = exn_entropy_slots_first(set, n);
        code[n] = &l->strings->plane[l->component[n]].code;
        /* One slot has one table. */
        if (first != n && !exn_entropy_tables_equal(code[n], code[first]))
            return;
        if (first != n)
            continue;
        uint64_t cost = cost_of(code[n], set->counts[n]);
        if (cost == UINT64_MAX)
            return;
        bits += cost;
        best += cost_of(&set->table[n], set->counts[n]);
    }
    for (uint32_t n = 0; n < l->components && bits <= best + best / 400; n++)
        set->table[n] = *code[n];
}
