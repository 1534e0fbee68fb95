/* SPDX-License-Identifier: MIT */
#include "runs.h"

#include <endian.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "huffman.h"

enum {
    LITERALS = 256,
    END = 256, /* of the block */
    SYMBOLS = EXN_PNG_MAX_SYMBOLS,
    SHORTEST_RUN = 4, /* what one comparison finds; three bytes are no more expensive as literals */
    SHORTEST = 3,     /* the least that a length symbol can express */
    LONGEST_RUN = 258,
    LENGTHS = LONGEST_RUN - SHORTEST + 1,
    NOTHING = LITERALS + LENGTHS,
    TOKENS =
        1 << 15,   /* per block: enough to pay for its tables, few enough to adapt to the picture */
    DISTANCES = 2, /* only one occurs, but a code of one symbol is incomplete, which not all readers
                      accept */
    ORDERS = 19,   /* the symbols in which code lengths are written */
    LONGEST_ORDER = 7,
    STORED = 65535, /* the maximum that a block without compression holds */
    /* Room for a whole word after what is written; and for a block: tokens of maximal length and
     * its tables. */
    SLACK = 16,
    BLOCK_SIZE = TOKENS * 3 + 1024,
};

/* A token is a literal, or LITERALS + the length of a run - SHORTEST, or NOTHING. */
struct exn_png_runs {
    exn_buffer *out;
    uint64_t bits; /* bits that do not fill a byte yet, the first one lowest */
    unsigned held; /* how many; below 8 between two tokens */
    uint32_t adler;
    uint32_t counts[SYMBOLS];
    uint32_t code[NOTHING + 1]; /* of a token: its length in the lowest five bits, its bits above */
    size_t count;
    uint16_t tokens[TOKENS + 1];
};

/* --- Bits ------------------------------------------------------------------------------------ */

static inline void put_word(uint8_t *to, uint64_t word)
{
    word = htole64(word);
    memcpy(to, &word, sizeof word);
}

/* There has to be room for a word after out. */
static void put_bits(exn_png_runs *r, uint32_t bits, unsigned count)
{
    r->bits |= (uint64_t)bits << r->held;
    r->held += count;
    put_word(r->out->data + r->out->size, r->bits);
    r->out->size += r->held / 8;
    r->bits >>= r->held / 8 * 8;
    r->held %= 8;
}

/* --- Tokens ---------------------------------------------------------------------------------- */

/* RFC 1951, 3.2.5: from a length of 11 on, each group of four symbols has one more extra bit; the
 * last symbol is the longest run. value: the length minus SHORTEST. */
static unsigned symbol_of(uint32_t value, unsigned *extra)
{
    *extra = 0;
    if (value == LENGTHS - 1)
        return SYMBOLS - 1;
    while (value >> *extra >= 8)
        ++*extra;
    return END + 1 + 4 * *extra + (value >> *extra);
}

static bool repeats(const uint8_t *at)
{
    return memcmp(at - 1, at, SHORTEST_RUN) == 0;
}

/* How many bytes from at on equal the byte before them. */
static size_t run_at(const uint8_t *at, size_t left)
{
    size_t most = left < LONGEST_RUN ? left : LONGEST_RUN, length = SHORTEST_RUN;
    while (length < most && at[length] == at[-1])
        length++;
    return length;
}

/* In bits, estimated from the previous block. */
static unsigned cost_of(const exn_png_runs *r, uint16_t token)
{
    return r->code[token] & 31;
}

/* Takes a block's tokens from bytes, starting at `at`; the first of bytes is always a literal.
 * Returns how many bytes that were. */
static size_t take_tokens(exn_png_runs *r, exn_span bytes, size_t at)
{
    uint16_t *token = r->tokens, *end = r->tokens + TOKENS;
    const uint8_t *p = bytes.data + at, *last = bytes.data + bytes.size;
    if (at == 0)
        *token++ = *p++;
    while (token < end && last - p >= SHORTEST_RUN) {
        if (!repeats(p)) {
            *token++ = *p++;
            continue;
        }
        size_t run = run_at(p, (size_t)(last - p));
        uint16_t match = (uint16_t)(LITERALS + run - SHORTEST);
        bool pays = cost_of(r, match) < run * cost_of(r, *p);
        *token++ = pays ? match : *p;
        p += pays ? run : 1;
    }
    while (token < end && p < last)
        *token++ = *p++;
    r->count = (size_t)(token - r->tokens);
    return (size_t)(p - bytes.data) - at;
}

/* Four tables, because the same token occurs several times in a row, and each increment would have
 * to wait for the previous one. */
static void count_tokens(exn_png_runs *r)
{
    uint32_t counts[4][LITERALS + LENGTHS] = {0};
    size_t i = 0;
    for (; i + 4 <= r->count; i += 4) {
        for (size_t k = 0; k < 4; k++)
            counts[k][r->tokens[i + k]]++;
    }
    for (; i < r->count; i++)
        counts[0][r->tokens[i]]++;
    memset(r->counts, 0, sizeof r->counts);
    r->counts[END] = 1;
    for (size_t t = 0; t < LITERALS + LENGTHS; t++) {
        unsigned extra;
        size_t s = t < LITERALS ? t : symbol_of((uint32_t)t - LITERALS, &extra);
        r->counts[s] += counts[0][t] + counts[1][t] + counts[2][t] + counts[3][t];
    }
}

/* --- A block --------------------------------------------------------------------------------- */

/* How code lengths are written (RFC 1951, 3.2.7). */
typedef struct table {
    uint8_t symbols[SYMBOLS + DISTANCES], extra[SYMBOLS + DISTANCES];
    size_t count;
    uint32_t counts[ORDERS];
    uint8_t lengths[ORDERS];
    uint16_t codes[ORDERS];
} table;

static unsigned extra_bits(unsigned symbol)
{
    return symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
}

static void put_order(table *t, unsigned symbol, size_t extra)
{
    t->symbols[t->count] = (uint8_t)symbol;
    t->extra[t->count++] = (uint8_t)extra;
    t->counts[symbol]++;
}

/* 16: the previous length again, 3 to 6 times; 17: zero, 3 to 10 times; 18: zero, 11 to 138 times.
 */
static void put_lengths(table *t, const uint8_t *lengths, size_t count)
{
    for (size_t i = 0, run; i < count; i += run) {
        for (run = 1; i + run < count && lengths[i + run] == lengths[i];)
            run++;
        size_t left = run;
        if (lengths[i] != 0) {
            put_order(t, lengths[i], 0);
            left--;
        }
        while (left >= 3) {
            size_t most = lengths[i] ? 6 : 138, part = left < most ? left : most;
            bool many = part >= 11;
            put_order(t, lengths[i] ? 16 : many ? 18 : 17, part - (many ? 11 : 3));
            left -= part;
        }
        for (; left > 0; left--)
            put_order(t, lengths[i], 0);
    }
}

/* literals - 257 (5)  distances - 1 (5)  orders - 4 (4)  orders (3 each)  the lengths, coded
 *
 * RFC 1951, 3.2.7. Orders are written by `sequence`, in which those that are seldom needed come
 * last and can be omitted. The lengths of both codes form one list, so a repetition may span both.
 */
static void put_tables(exn_png_runs *r, const uint8_t *lengths, size_t symbols)
{
    static const uint8_t sequence[ORDERS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                             11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t all[SYMBOLS + DISTANCES];
    table t = {.count = 0};
    memcpy(all, lengths, symbols);
    memset(all + symbols, 1, DISTANCES);
    put_lengths(&t, all, symbols + DISTANCES);
    exn_png_huffman_make(t.counts, ORDERS, LONGEST_ORDER, t.lengths, t.codes);
    unsigned orders = ORDERS;
    while (orders > 4 && t.lengths[sequence[orders - 1]] == 0)
        orders--;
    put_bits(r, (uint32_t)(symbols - 257), 5);
    put_bits(r, DISTANCES - 1, 5);
    put_bits(r, orders - 4, 4);
    for (unsigned i = 0; i < orders; i++)
        put_bits(r, t.lengths[sequence[i]], 3);
    for (size_t i = 0; i < t.count; i++) {
        unsigned s = t.symbols[i];
        put_bits(r, t.codes[s], t.lengths[s]);
        put_bits(r, t.extra[i], extra_bits(s));
    }
}

/* A token's code, a length's extra bits, and the distance of 1, whose code is a single 0 bit.
 * Tokens that do not occur in this block may occur in the next; they are rare and get a high cost.
 */
static void make_codes(exn_png_runs *r, const uint8_t *lengths, const uint16_t *codes)
{
    enum { RARE = 13 };
    for (uint32_t t = 0; t < LITERALS; t++)
        r->code[t] = (uint32_t)codes[t] << 5 | (lengths[t] ? lengths[t] : RARE);
    r->code[NOTHING] = 0;
    for (uint32_t value = 0; value < LENGTHS; value++) {
        unsigned extra, s = symbol_of(value, &extra), length = lengths[s] ? lengths[s] : RARE;
        uint32_t bits = codes[s] | (value & ((1u << extra) - 1)) << length;
        r->code[LITERALS + value] = bits << 5 | (length + extra + 1);
    }
}

/* A code has at most 15 + 5 + 1 bits, so two fit between two words. The compiler must assume that
 * written bytes alias anything, so everything that changes is kept in local variables. */
static void put_tokens(exn_png_runs *r)
{
    uint8_t *to = r->out->data + r->out->size;
    uint64_t bits = r->bits;
    unsigned held = r->held;
    if (r->count % 2) /* an extra token of no bits */
        r->tokens[r->count++] = NOTHING;
    for (size_t i = 0; i < r->count; i += 2) {
        uint32_t a = r->code[r->tokens[i]], b = r->code[r->tokens[i + 1]];
        bits |= (uint64_t)(a >> 5) << held;
        held += a & 31;
        bits |= (uint64_t)(b >> 5) << held;
        held += b & 31;
        put_word(to, bits);
        to += held / 8;
        bits >>= held / 8 * 8;
        held %= 8;
    }
    r->out->size = (size_t)(to - r->out->data);
    r->bits = bits;
    r->held = held;
}

/* A block that is not the last, with codes of its own: a 0, then 2 in two bits, lowest first (RFC
 * 1951, 3.2.3). */
static void put_coded(exn_png_runs *r)
{
    uint8_t lengths[SYMBOLS];
    uint16_t codes[SYMBOLS] = {0};
    size_t symbols = SYMBOLS;
    count_tokens(r);
    exn_png_huffman_make(r->counts, SYMBOLS, EXN_PNG_MAX_CODE, lengths, codes);
    while (lengths[symbols - 1] == 0)
        symbols--;
    make_codes(r, lengths, codes);
    put_bits(r, 2 << 1, 3);
    put_tables(r, lengths, symbols);
    put_tokens(r);
    put_bits(r, codes[END], lengths[END]);
}

/* RFC 1951, 3.2.4. Padding up to a whole byte, then the size and its complement, by which readers
 * detect damage. */
static void put_stored(exn_png_runs *r, exn_span bytes)
{
    put_bits(r, 0, 3);
    put_bits(r, 0, (8 - r->held) % 8);
    put_bits(r, (uint32_t)bytes.size, 16);
    put_bits(r, (uint32_t)~bytes.size & 0xffff, 16);
    memcpy(r->out->data + r->out->size, bytes.data, bytes.size);
    r->out->size += bytes.size;
}

/* Writes the bytes that the tokens stand for, as whichever kind of block is smaller. */
static exn_status put_block(exn_png_runs *r, exn_span bytes)
{
    if (exn_buffer_reserve(r->out, BLOCK_SIZE + SLACK) != EXN_OK)
        return EXN_MEMORY;
    size_t size = r->out->size;
    uint64_t bits = r->bits;
    unsigned held = r->held;
    put_coded(r);
    if (bytes.size > STORED || r->out->size - size <= bytes.size + 4)
        return EXN_OK;
    r->out->size = size;
    r->bits = bits;
    r->held = held;
    put_stored(r, bytes);
    return EXN_OK;
}

/* --- A stream -------------------------------------------------------------------------------- */

exn_png_runs *exn_png_runs_open(exn_buffer *out)
{
    static const uint8_t header[] = {0x78, 0x01}; /* a window of 32 KiB; fastest level */
    exn_png_runs *r = malloc(sizeof *r);
    if (!r || exn_buffer_append(out, header, sizeof header) != EXN_OK) {
        free(r);
        return NULL;
    }
    *r = (exn_png_runs){.out = out, .adler = 1};
    for (uint32_t t = 0; t < LITERALS; t++)
        r->code[t] = 8; /* a first guess, as good as any: there are no code lengths yet */
    return r;
}

exn_status exn_png_runs_put(exn_png_runs *runs, exn_span bytes, const exn_cancel *cancel)
{
    exn_status status = EXN_OK;
    for (size_t at = 0, taken; at < bytes.size && status == EXN_OK; at += taken) {
        taken = take_tokens(runs, bytes, at);
        status = exn_cancel_check(cancel, NULL);
        if (status == EXN_OK)
            status = put_block(runs, exn_span_part(bytes, at, taken));
    }
    if (bytes.size > 0)
        runs->adler = libdeflate_adler32(runs->adler, bytes.data, bytes.size);
    return status;
}

/* The last block is empty, so no other has to know that nothing follows. The checksum at the end is
 * of the uncompressed bytes (RFC 1950, 2.2). */
exn_status exn_png_runs_close(exn_png_runs *runs)
{
    uint8_t check[4];
    if (!runs)
        return EXN_MEMORY;
    exn_status status = exn_buffer_reserve(runs->out, SLACK);
    if (status == EXN_OK) {
        put_bits(runs, 1 | 1 << 1, 3); /* the last block, with fixed codes: nothing but its end */
        put_bits(runs, 0, 7);
        put_bits(runs, 0, (8 - runs->held) % 8);
        exn_put32be(check, runs->adler);
        status = exn_buffer_append(runs->out, check, sizeof check);
    }
    free(runs);
    return status;
}
