/* SPDX-License-Identifier: MIT */
#include "huffman.h"

#include <string.h>

/* The symbols that occur, rarest first. */
typedef struct order {
    uint16_t symbols[EXN_PNG_MAX_SYMBOLS];
    size_t count;
} order;

/* By count, then by number. A simple sort will do: there are few symbols, and few blocks. */
static void sort(const uint32_t *counts, size_t symbols, order *o)
{
    o->count = 0;
    for (size_t s = 0; s < symbols; s++) {
        if (counts[s] == 0)
            continue;
        size_t i = o->count++;
        for (; i > 0 && counts[o->symbols[i - 1]] > counts[s]; i--)
            o->symbols[i] = o->symbols[i - 1];
        o->symbols[i] = (uint16_t)s;
    }
}

/* Huffman's tree: nodes 0 to n - 1 are the leaves in order, and each later node joins the two
 * lightest without a parent. Later nodes are never lighter, so both leaves and joined nodes form
 * queues. Counts the leaves at each depth; those deeper than the limit count as at it. */
static void grow_tree(const uint32_t *counts, const order *o, unsigned limit, uint32_t *at_depth)
{
    uint32_t weight[2 * EXN_PNG_MAX_SYMBOLS] = {0};
    uint16_t parent[2 * EXN_PNG_MAX_SYMBOLS] = {0}, depth[2 * EXN_PNG_MAX_SYMBOLS];
    size_t n = o->count, leaf = 0, inner = n, root = 2 * n - 2;
    for (size_t i = 0; i < n; i++)
        weight[i] = counts[o->symbols[i]];
    for (size_t made = n; made <= root; made++) {
        weight[made] = 0;
        for (int k = 0; k < 2; k++) {
            bool is_leaf = leaf < n && (inner == made || weight[leaf] <= weight[inner]);
            size_t child = is_leaf ? leaf++ : inner++;
            weight[made] += weight[child];
            parent[child] = (uint16_t)made;
        }
    }
    depth[root] = 0;
    for (size_t i = root; i-- > 0;) {
        depth[i] = (uint16_t)(depth[parent[i]] + 1);
        if (i < n)
            at_depth[depth[i] < limit ? depth[i] : limit]++;
    }
}

/* Leaves that were too deep exceed the space at the limit. Each step makes room for one: a leaf
 * from above moves one level down, and a leaf at the limit joins it as its sibling. */
static void make_room(uint32_t *at_depth, unsigned limit)
{
    uint64_t taken = 0;
    for (unsigned l = 1; l <= limit; l++)
        taken += (uint64_t)at_depth[l] << (limit - l);
    for (; taken > UINT64_C(1) << limit; taken--) {
        unsigned l = limit - 1;
        while (at_depth[l] == 0)
            l--;
        at_depth[l]--;
        at_depth[l + 1] += 2;
        at_depth[limit]--;
    }
}

/* RFC 1951, 3.1.1: codes are packed from their highest bit on, everything else from its lowest. */
static uint16_t reversed(uint32_t code, unsigned length)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < length; i++)
        bits |= (code >> i & 1) << (length - 1 - i);
    return (uint16_t)bits;
}

void exn_png_huffman_make(const uint32_t *counts, size_t symbols, unsigned limit, uint8_t *lengths,
                          uint16_t *codes)
{
    uint32_t at_depth[EXN_PNG_MAX_CODE + 1] = {0}, next[EXN_PNG_MAX_CODE + 2] = {0};
    order o = {.count = 0};
    memset(lengths, 0, symbols);
    sort(counts, symbols, &o);
    grow_tree(counts, &o, limit, at_depth);
    make_room(at_depth, limit);
    /* The rarest symbols get the longest codes. */
    size_t i = 0;
    for (unsigned l = limit; l > 0; l--) {
        for (uint32_t k = 0; k < at_depth[l]; k++)
            lengths[o.symbols[i++]] = (uint8_t)l;
    }
    for (unsigned l = 1; l <= limit; l++)
        /* RFC 1951, 3.2.2: codes of equal length increase with their symbols, so lengths are all
         * that a decoder needs. */
        next[l + 1] = (next[l] + at_depth[l]) << 1;
    for (size_t s = 0; s < symbols; s++) {
        if (lengths[s])
            codes[s] = reversed(next[lengths[s]]++, lengths[s]);
    }
}
