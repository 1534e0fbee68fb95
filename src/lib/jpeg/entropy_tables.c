/* SPDX-License-Identifier: MIT */
#include "entropy_tables.h"

#include <string.h>

/* T.81, C.2: codes of the same length are consecutive, and the first of the next length is the one
 * after them with a zero appended. So 16 counts define a whole code; this checks that they fit. */
bool exn_entropy_tables_parse(exn_span table, exn_huffman *huffman)
{
    uint32_t code = 0, total = 0;
    *huffman = (exn_huffman){0};
    if (table.size < 16)
        return false;
    memcpy(huffman->counts, table.data, 16);
    for (unsigned length = 1; length <= 16; length++) {
        code = (code << 1) + huffman->counts[length - 1];
        total += huffman->counts[length - 1];
        if (code >= 1u << length) /* no code is all ones (T.81, annex C) */
            return false;
    }
    if (total > 256 || total != table.size - 16)
        return false;
    memcpy(huffman->values, table.data + 16, total);
    huffman->codes = total;
    return true;
}

bool exn_entropy_tables_equal(const exn_huffman *a, const exn_huffman *b)
{
    return a->codes == b->codes && memcmp(a->counts, b->counts, sizeof a->counts) == 0 &&
           memcmp(a->values, b->values, a->codes) == 0;
}

/* MAXCODE and VALPTR of T.81, F.2.2.3, in the form that the search needs: end is shifted to 16
 * bits, so that a window of 16 bits is compared directly; adding offset to a code gives the index
 * of its value. */
void exn_entropy_tables_make_codes(const exn_huffman *huffman, exn_codes *codes)
{
    uint32_t code = 0, place = 0;
    memcpy(codes->values, huffman->values, sizeof codes->values);
    codes->end[0] = 0;
    for (unsigned length = 1; length <= 16; length++) {
        code <<= 1;
        codes->offset[length] = (int32_t)place - (int32_t)code;
        code += huffman->counts[length - 1];
        place += huffman->counts[length - 1];
        codes->end[length] = code << (16 - length);
    }
}

unsigned exn_entropy_tables_find_codes(const exn_codes *codes, uint32_t window, uint8_t *symbol)
{
    unsigned length = 1;
    while (length <= 16 && window >= codes->end[length])
        length++;
    if (length <= 16)
        *symbol = codes->values[(int32_t)(window >> (16 - length)) + codes->offset[length]];
    return length;
}

/* Codes of up to EXN_LOOKAHEAD bits fill the look-up from the start without gaps (T.81, C.2); the
 * windows after them are left to exn_entropy_tables_find_codes(). */
void exn_entropy_tables_make_dc(const exn_huffman *huffman, exn_dc_decoder *decoder)
{
    uint32_t window = 0, place = 0;
    exn_entropy_tables_make_codes(huffman, &decoder->codes);
    for (unsigned length = 1; length <= EXN_LOOKAHEAD; length++)
        for (unsigned n = huffman->counts[length - 1]; n > 0; n--) {
            uint32_t entry = (uint32_t)huffman->values[place++] << 8 | length;
            for (uint32_t i = 0; i < 1u << (EXN_LOOKAHEAD - length); i++)
                decoder->entry[window++] = entry;
        }
    memset(decoder->entry + window, 0, sizeof decoder->entry - window * sizeof *decoder->entry);
}

/* What a code of that length means. */
static exn_ac_code ac_code(unsigned length, uint8_t symbol)
{
    unsigned step = (symbol >> 4) + 1, size = symbol & 15;
    if (length > 16) {
        length = size = 0;
        step = EXN_STEP_NONE;
    } else if (symbol == EXN_SYMBOL_EOB) {
        step = EXN_STEP_EOB;
    } else if (symbol != EXN_SYMBOL_ZRL && (size == 0 || size > EXN_LARGEST_SIZE)) {
        size = 0;
        step = EXN_STEP_UNUSUAL;
    }
    return (exn_ac_code){.length = (uint8_t)(length + size),
                         .shift = (uint8_t)(-(length + size) & 63),
                         .step = (uint8_t)step,
                         .size = (uint8_t)size};
}

unsigned exn_entropy_tables_ac_kind(uint8_t symbol)
{
    const exn_ac_code code = ac_code(1, symbol);
    return exn_ac_kind(code.step, code.size);
}

exn_ac_code exn_entropy_tables_find_ac(const exn_codes *codes, uint64_t bits)
{
    uint8_t symbol = 0;
    unsigned length = exn_entropy_tables_find_codes(codes, (uint32_t)(bits >> 48), &symbol);
    return ac_code(length, symbol);
}

void exn_entropy_tables_make_single(const exn_huffman *huffman, exn_ac_single *single)
{
    uint32_t window = 0, place = 0;
    exn_entropy_tables_make_codes(huffman, &single->codes);
    for (unsigned length = 1; length <= EXN_LOOKAHEAD; length++)
        for (unsigned n = huffman->counts[length - 1]; n > 0; n--) {
            exn_ac_code code = ac_code(length, huffman->values[place++]);
            for (uint32_t i = 0; i < 1u << (EXN_LOOKAHEAD - length); i++)
                single->entry[window++] = code;
        }
    memset(single->entry + window, 0, sizeof single->entry - window * sizeof *single->entry);
}

/* Both codes and the first value lie within the look-up. */
_Static_assert(EXN_LOOKAHEAD + EXN_LARGEST_SIZE <= EXN_PAIR_BITS,
               "a pair needs more bits than half a refill has");

static bool has_place(const exn_ac_code *code)
{
    return code->size > 0 || code->step == EXN_STEP_EOB;
}

/* Whether second, found by the look-up after first's code, makes a pair with it. That requires that
 * the first one has a value that lies entirely within the look-up, and that second has a value, or
 * is an EOB: second's value may extend beyond the window, but not its code. After an EOB the next
 * code is another block's DC. */
static bool is_second(const exn_ac_code *second, const exn_ac_code *first)
{
    return first->size > 0 && first->step <= EXN_PAIR_STEP && first->length < EXN_LOOKAHEAD &&
           has_place(second) && second->length - second->size <= EXN_LOOKAHEAD - first->length;
}

void exn_entropy_tables_make_ac(const exn_huffman *huffman, exn_ac_decoder *decoder)
{
    exn_ac_single single;
    exn_entropy_tables_make_single(huffman, &single);
    decoder->codes = single.codes;
    for (uint32_t i = 0; i < 1 << EXN_LOOKAHEAD; i++) {
        exn_ac_pair *pair = &decoder->pair[i];
        const exn_ac_code *first = &single.entry[i];
        const uint32_t rest = i << (first->length & 15) & ((1 << EXN_LOOKAHEAD) - 1);
        const exn_ac_code *second = &single.entry[rest];
        pair->first = pair->last = *first;
        if (is_second(second, first))
            pair->last = (exn_ac_code){.length = first->length + second->length,
                                       .shift = second->shift - first->length,
                                       .step = first->step + second->step,
                                       .size = second->size};
        decoder->length[i] = has_place(first) ? pair->last.length : 0;
    }
}

static void set_code(exn_encoder *encoder, uint8_t symbol, uint32_t code, unsigned length)
{
    unsigned size = symbol & 15;
    if (size > 11) /* useless: over every limit */
        return;
    encoder->entry[symbol].bits = code << size;
    encoder->entry[256 + symbol].bits = code << size | ((1u << size) - 1);
    encoder->entry[symbol].length = encoder->entry[256 + symbol].length = length + size;
}

void exn_entropy_tables_make_encoder(const exn_huffman *huffman, exn_encoder *encoder)
{
    uint32_t code = 0, place = 0;
    memset(encoder, 0, sizeof *encoder);
    for (unsigned length = 1; length <= 16; length++, code <<= 1)
        for (unsigned n = huffman->counts[length - 1]; n > 0; n--)
            set_code(encoder, huffman->values[place++], code++, length);
}

enum {
    LEAVES = 257
}; /* one more than symbols: the longest code, all ones, is given to the extra one */

/* A tree waiting to be joined, as a number that is least for the rarest; of equals, the one with
 * the later first leaf is less, which keeps codes short (T.81, figure K.1). Counts are below 2^44,
 * as no picture has so many coefficients. */
enum { TREE_NODE_BITS = 10, TREE_LEAF_BITS = 9, TREE_COUNT = TREE_NODE_BITS + TREE_LEAF_BITS };

static uint64_t tree_of(uint64_t frequency, unsigned leaf)
{
    return frequency << TREE_COUNT | (uint64_t)(LEAVES - leaf) << TREE_NODE_BITS | leaf;
}

/* Joins two trees; the result has the first leaf of a, the rarer one. */
static uint64_t join(uint64_t a, uint64_t b, unsigned node)
{
    const uint64_t count = (a >> TREE_COUNT) + (b >> TREE_COUNT);
    const uint64_t leaf = a >> TREE_NODE_BITS & ((1u << TREE_LEAF_BITS) - 1);
    return count << TREE_COUNT | leaf << TREE_NODE_BITS | node;
}

static unsigned node_of(uint64_t tree)
{
    return tree & ((1u << TREE_NODE_BITS) - 1);
}

/* Puts a tree at index i of a heap, or below it: no tree is rarer than the one at (its index - 1) /
 * 2. */
static void sift(uint64_t *heap, unsigned count, unsigned i, uint64_t tree)
{
    for (unsigned below = 2 * i + 1; below < count; below = 2 * i + 1) {
        below += below + 1 < count && heap[below + 1] < heap[below];
        if (tree <= heap[below])
            break;
        heap[i] = heap[below];
        i = below;
    }
    heap[i] = tree;
}

/* T.81, figure K.1: joins the two rarest trees until one is left; a leaf's depth is the length of
 * its code. A node is made after those below it. */
static void measure_depths(const uint64_t frequency[LEAVES], unsigned depth[2 * LEAVES])
{
    uint64_t heap[LEAVES];
    unsigned parent[2 * LEAVES] = {0}, count = 0, nodes = LEAVES;
    for (unsigned i = 0; i < LEAVES; i++)
        if (frequency[i])
            heap[count++] = tree_of(frequency[i], i);
    for (unsigned i = count / 2; i-- > 0;)
        sift(heap, count, i, heap[i]);
    for (; count > 1; nodes++) {
        const uint64_t a = heap[0];
        count--;
        sift(heap, count, 0, heap[count]);
        const uint64_t b = heap[0];
        parent[node_of(a)] = parent[node_of(b)] = nodes;
        sift(heap, count, 0, join(a, b, nodes));
    }
    for (unsigned i = nodes - 1; i-- > LEAVES;)
        depth[i] = depth[parent[i]] + 1;
    for (unsigned i = 0; i < LEAVES && nodes > LEAVES; i++)
        if (frequency[i])
            depth[i] = depth[parent[i]] + 1;
}

/* Shortens codes to 16 bits (T.81, figure K.3): two of the longest become one that is a bit
 * shorter, and a shorter one is split. */
static void shorten(unsigned lengths[LEAVES + 1])
{
    for (int i = LEAVES; i > 16; i--)
        while (lengths[i] > 0) {
            int j = i - 2;
            while (lengths[j] == 0)
                j--;
            lengths[i] -= 2;
            lengths[i - 1]++;
            lengths[j + 1] += 2;
            lengths[j]--;
        }
}

void exn_entropy_tables_build(const uint64_t counts[256], exn_huffman *huffman)
{
    uint64_t frequency[LEAVES];
    unsigned depth[2 * LEAVES] = {0}, lengths[LEAVES + 1] = {0}, place[LEAVES + 1];
    memcpy(frequency, counts, 256 * sizeof *counts);
    /* T.81, K.2: as rare as possible and the last of its equals, so that it gets the code of all
     * ones. */
    frequency[256] = 1;
    measure_depths(frequency, depth);
    *huffman = (exn_huffman){0};
    for (int i = 0; i < 256; i++)
        lengths[depth[i]]++;
    /* T.81, figure K.4: ordered by the lengths before shortening, which keeps the order of the
     * longest. */
    for (unsigned length = 1; length <= LEAVES; length++) {
        place[length] = huffman->codes;
        huffman->codes += lengths[length];
    }
    for (int i = 0; i < 256; i++)
        if (depth[i] > 0)
            huffman->values[place[depth[i]]++] = (uint8_t)i;
    lengths[depth[256]]++;
    lengths[0] = 0;
    shorten(lengths);
    int longest = 16;
    while (longest > 0 && lengths[longest] == 0)
        longest--;
    if (longest > 0)
        lengths[longest]--; /* the leaf that is no symbol */
    for (int i = 1; i <= 16; i++)
        huffman->counts[i - 1] = (uint8_t)lengths[i];
}

/* The lengths of codes tell how often the table's maker saw the symbols. */
void exn_entropy_tables_complete(exn_huffman *huffman)
{
    uint64_t counts[256] = {0};
    counts[EXN_SYMBOL_EOB] = counts[EXN_SYMBOL_ZRL] = 1;
    for (unsigned run = 0; run < 16; run++)
        for (unsigned size = 1; size <= EXN_LARGEST_SIZE; size++)
            counts[run << 4 | size] = 1;
    uint32_t place = 0;
    for (unsigned length = 1; length <= 16; length++)
        for (unsigned n = huffman->counts[length - 1]; n > 0; n--, place++)
            if (counts[huffman->values[place]])
                counts[huffman->values[place]] = UINT64_C(1) << (24 - length);
    exn_entropy_tables_build(counts, huffman);
}

/* Value bits count as well: they are part of a symbol's cost, and the same in every table. */
uint64_t exn_entropy_tables_cost(const exn_huffman *huffman, const uint64_t counts[256])
{
    unsigned lengths[256] = {0};
    uint64_t bits = 0;
    uint32_t place = 0;
    for (unsigned length = 1; length <= 16; length++)
        for (unsigned n = huffman->counts[length - 1]; n > 0; n--)
            lengths[huffman->values[place++]] = length;
    for (int symbol = 0; symbol < 256; symbol++) {
        if (counts[symbol] && !lengths[symbol])
            return UINT64_MAX;
        bits += counts[symbol] * (lengths[symbol] + (unsigned)(symbol & 15));
    }
    return bits;
}
