#include "entropy_tables.h"

#include <string.h>

bool exn_huffman_parse(exn_span table, exn_huffman *huffman)
{
    uint32_t code = 0, total = 0;
    *huffman = (exn_huffman){0};
    if (table.size < 16)
        return false;
    memcpy(huffman->counts, table.data, 16);
    for (unsigned length = 1; length <= 16; length++) {
        code = (code << 1) + huffman->counts[length - 1];
        total += huffman->counts[length - 1];
        if (code > 1u << length)
            return false;
    }
    if (total > 256 || total != table.size - 16)
        return false;
    memcpy(huffman->values, table.data + 16, total);
    huffman->codes = total;
    return true;
}

static void make_codes(const exn_huffman *huffman, exn_codes *codes)
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

unsigned exn_codes_find(const exn_codes *codes, uint32_t window, uint8_t *symbol)
{
    unsigned length = 1;
    while (length <= 16 && window >= codes->end[length])
        length++;
    if (length <= 16)
        *symbol = codes->values[(int32_t)(window >> (16 - length)) + codes->offset[length]];
    return length;
}

void exn_decoder_make_dc(const exn_huffman *huffman, exn_decoder *decoder)
{
    make_codes(huffman, &decoder->codes);
    for (uint32_t i = 0; i < 1 << EXN_LOOKAHEAD; i++) {
        uint8_t symbol = 0;
        unsigned length = exn_codes_find(&decoder->codes, i << (16 - EXN_LOOKAHEAD), &symbol);
        decoder->entry[i] = length <= EXN_LOOKAHEAD ? (uint32_t)symbol << 8 | length : 0;
    }
}

/* The entry for bits that begin with a code of that length. */
static uint32_t ac_entry(uint32_t bits, unsigned length, uint8_t symbol)
{
    uint32_t run = symbol >> 4, size = symbol & 15;
    if (symbol == EXN_SYMBOL_EOB || symbol == EXN_SYMBOL_ZRL)
        return (uint32_t)symbol << 8 | length;
    if (size == 0 || size > EXN_LARGEST_SIZE || length + size > EXN_LOOKAHEAD)
        return 0;
    uint32_t value = bits >> (EXN_LOOKAHEAD - length - size) & ((1u << size) - 1);
    return (size << EXN_TOKEN_SIZE | value) << 16 | (run + 1) << 8 | (length + size);
}

void exn_decoder_make_ac(const exn_huffman *huffman, exn_decoder *decoder)
{
    make_codes(huffman, &decoder->codes);
    for (uint32_t i = 0; i < 1 << EXN_LOOKAHEAD; i++) {
        uint8_t symbol = 0;
        unsigned length = exn_codes_find(&decoder->codes, i << (16 - EXN_LOOKAHEAD), &symbol);
        decoder->entry[i] = length <= EXN_LOOKAHEAD ? ac_entry(i, length, symbol) : 0;
    }
}

static void set_code(exn_encoder *encoder, uint8_t symbol, uint32_t code, unsigned length)
{
    unsigned size = symbol & 15;
    uint32_t ones = (1u << size) - 1;
    if (size > 11) /* of no use: over every limit */
        return;
    encoder->entry[symbol] = code << size << 5 | (length + size);
    encoder->entry[256 + symbol] = (code << size | ones) << 5 | (length + size);
}

void exn_encoder_make(const exn_huffman *huffman, exn_encoder *encoder)
{
    uint32_t code = 0, place = 0;
    *encoder = (exn_encoder){{0}};
    for (unsigned length = 1; length <= 16; length++, code <<= 1)
        for (unsigned n = huffman->counts[length - 1]; n > 0; n--)
            set_code(encoder, huffman->values[place++], code++, length);
}

void exn_encoder_make_plain(exn_encoder *encoder)
{
    *encoder = (exn_encoder){{0}};
    for (uint32_t symbol = 0; symbol < 256; symbol++)
        set_code(encoder, (uint8_t)symbol, symbol, 8);
}

enum { LEAVES = 257 }; /* one more than symbols: its code, the longest, is the one of all ones */

/* The two rarest trees; of equals the later, which keeps codes short (T.81, figure K.1). */
static int rarest(const uint64_t frequency[LEAVES], int but)
{
    int found = -1;
    for (int i = 0; i < LEAVES; i++)
        if (i != but && frequency[i] && (found < 0 || frequency[i] <= frequency[found]))
            found = i;
    return found;
}

/* One bit more for each leaf of the tree that leaf begins; returns the last. */
static int deepen(const int next[LEAVES], unsigned depth[LEAVES], int leaf)
{
    depth[leaf]++;
    while (next[leaf] >= 0) {
        leaf = next[leaf];
        depth[leaf]++;
    }
    return leaf;
}

static void measure_depths(uint64_t frequency[LEAVES], unsigned depth[LEAVES])
{
    int next[LEAVES];
    for (int i = 0; i < LEAVES; i++)
        next[i] = -1;
    for (;;) {
        int a = rarest(frequency, -1);
        int b = rarest(frequency, a);
        if (b < 0)
            return;
        frequency[a] += frequency[b];
        frequency[b] = 0;
        next[deepen(next, depth, a)] = b;
        deepen(next, depth, b);
    }
}

/* Brings codes down to 16 bits (T.81, figure K.3): two of the longest become one a bit shorter, and
 * a shorter one is split. */
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

void exn_huffman_build(const uint64_t counts[256], exn_huffman *huffman)
{
    uint64_t frequency[LEAVES];
    unsigned depth[LEAVES] = {0}, lengths[LEAVES + 1] = {0};
    memcpy(frequency, counts, 256 * sizeof *counts);
    frequency[256] = 1;
    measure_depths(frequency, depth);
    for (int i = 0; i < LEAVES; i++)
        lengths[depth[i]]++;
    lengths[0] = 0;
    shorten(lengths);
    int longest = 16;
    while (longest > 0 && lengths[longest] == 0)
        longest--;
    if (longest > 0)
        lengths[longest]--; /* the leaf that is no symbol */
    *huffman = (exn_huffman){0};
    for (int i = 1; i <= 16; i++)
        huffman->counts[i - 1] = (uint8_t)lengths[i];
    for (unsigned length = 1; length <= LEAVES; length++)
        for (int i = 0; i < 256; i++)
            if (depth[i] == length)
                huffman->values[huffman->codes++] = (uint8_t)i;
}
