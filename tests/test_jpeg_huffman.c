/* SPDX-License-Identifier: MIT */
/* Huffman tables for counted symbols against the figures of T.81, annex K, step by step, and what
 * is looked up in them against a search bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <string.h>
#include <cmocka.h>

#include "jpeg/entropy_tables.h"

enum { TABLES = 3000, KINDS = 6 };

static uint32_t seed;

static uint32_t draw(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

/* kind 0: all alike; 1: at random; 2: few symbols; 3: each as frequent as the two before it, so
 * that codes would be longer than there may be; 4: powers of two, many of them equal; 5: one symbol
 * or none. */
static void make_counts(unsigned kind, uint64_t counts[256])
{
    const unsigned symbols = kind == 5 ? draw() % 2 : kind == 2 ? 1 + draw() % 5 : 1 + draw() % 256;
    uint64_t last = 1, next = 1;
    memset(counts, 0, 256 * sizeof *counts);
    for (unsigned n = 0; n < symbols; n++) {
        uint64_t *count = &counts[kind == 3 ? n * 5 % 256 : draw() % 256];
        *count = kind == 0   ? 7
                 : kind == 4 ? UINT64_C(1) << draw() % 8
                 : kind == 3 ? next
                             : 1 + draw() % 10000;
        const uint64_t sum = last + next;
        last = kind == 3 && n < 40 ? next : last;
        next = kind == 3 && n < 40 ? sum : next;
    }
}

/* Figure K.1: the least frequency that is not 0, and of equals the one of the largest value; but
 * for that of not. */
static int least(const uint64_t freq[257], int not )
{
    int found = -1;
    for (int v = 0; v < 257; v++)
        if (freq[v] && v != not &&(found < 0 || freq[v] <= freq[found]))
            found = v;
    return found;
}

static void code_size(uint64_t freq[257], int size[257])
{
    int others[257], v1, v2;
    for (int v = 0; v < 257; v++) {
        others[v] = -1;
        size[v] = 0;
    }
    while (v1 = least(freq, -1), v2 = least(freq, v1), v2 >= 0) {
        freq[v1] += freq[v2];
        freq[v2] = 0;
        for (size[v1]++; others[v1] >= 0; size[v1]++)
            v1 = others[v1];
        others[v1] = v2;
        for (size[v2]++; others[v2] >= 0; size[v2]++)
            v2 = others[v2];
    }
}

/* Figures K.2 to K.4. */
static void make_table(const uint64_t counts[256], exn_huffman *table)
{
    uint64_t freq[257];
    int size[257], bits[258] = {0};
    memcpy(freq, counts, 256 * sizeof *freq);
    freq[256] = 1;
    code_size(freq, size);
    for (int v = 0; v < 257; v++)
        bits[size[v]]++;
    for (int i = 257; i > 16; i--)
        while (bits[i] > 0) {
            int j = i - 2;
            while (bits[j] == 0)
                j--;
            bits[i] -= 2;
            bits[i - 1] += 1;
            bits[j + 1] += 2;
            bits[j] -= 1;
        }
    int i = 16;
    while (i > 0 && bits[i] == 0)
        i--;
    if (i > 0)
        bits[i]--;
    memset(table, 0, sizeof *table);
    for (i = 1; i <= 16; i++)
        table->counts[i - 1] = (uint8_t)bits[i];
    for (i = 1; i <= 257; i++)
        for (int v = 0; v < 256; v++)
            if (size[v] == i)
                table->values[table->codes++] = (uint8_t)v;
}

static void test_as_the_standard_builds_them(void **state)
{
    unsigned longest = 0;
    (void)state;
    for (seed = 0; seed < TABLES; seed++) {
        const uint32_t number = seed;
        uint64_t counts[256];
        exn_huffman wanted, found;
        make_counts(number % KINDS, counts);
        make_table(counts, &wanted);
        exn_entropy_tables_build(counts, &found);
        assert_int_equal(found.codes, wanted.codes);
        assert_memory_equal(found.counts, wanted.counts, sizeof wanted.counts);
        assert_memory_equal(found.values, wanted.values, sizeof wanted.values);
        longest += wanted.counts[15] > 0;
        seed = number;
    }
    assert_true(longest > TABLES / KINDS / 2);
}

/* The symbol that bits begin with, and the length of its code, which is 0 where there is none
 * (T.81, F.2.2.3). */
static unsigned find(const exn_huffman *table, uint32_t bits, uint8_t *symbol)
{
    uint32_t code = 0, place = 0;
    for (unsigned length = 1; length <= 16; length++, code <<= 1) {
        const uint32_t begun = bits >> (16 - length), count = table->counts[length - 1];
        if (begun < code + count) {
            *symbol = table->values[place + begun - code];
            return length;
        }
        code += count;
        place += count;
    }
    return 0;
}

static void assert_code(exn_ac_code code, unsigned length, unsigned step, unsigned size)
{
    assert_int_equal(code.length, length);
    assert_int_equal(code.shift, 64 - length);
    assert_int_equal(code.step, step);
    assert_int_equal(code.size, size);
}

static void assert_same_code(exn_ac_code a, exn_ac_code b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static bool has_value(uint8_t symbol)
{
    return (symbol & 15) > 0 && (symbol & 15) <= EXN_LARGEST_SIZE;
}

/* A pair as two searches in the window's bits have it, of which the second may see no more than
 * those.
 */
static void assert_pair(const exn_huffman *table, const exn_ac_decoder *ac, uint32_t window)
{
    const uint32_t bits = window << (16 - EXN_LOOKAHEAD);
    const exn_ac_code first = ac->pair[window].first, last = ac->pair[window].last;
    uint8_t symbol = 0, next = 0;
    const unsigned length = find(table, bits, &symbol);
    const bool there = length > 0 && length <= EXN_LOOKAHEAD;
    if (!there || (!has_value(symbol) && symbol != EXN_SYMBOL_EOB)) {
        assert_int_equal(ac->length[window], 0);
        return;
    }
    const unsigned whole = length + (symbol & 15), step = (symbol >> 4) + 1;
    const unsigned left = whole < EXN_LOOKAHEAD ? EXN_LOOKAHEAD - whole : 0;
    const unsigned second = find(table, bits << whole & 0xFFFF, &next);
    assert_int_equal(ac->length[window], last.length);
    if (symbol == EXN_SYMBOL_EOB || step > EXN_PAIR_STEP || second == 0 || second > left ||
        (!has_value(next) && next != EXN_SYMBOL_EOB)) {
        assert_same_code(last, first);
        return;
    }
    assert_code(first, whole, step, symbol & 15);
    assert_code(last, whole + second + (next & 15),
                step + (next == EXN_SYMBOL_EOB ? EXN_STEP_EOB : (next >> 4) + 1u), next & 15);
}

/* Every window, in each of the three kinds of look-up. */
static void test_look_ups(void **state)
{
    static exn_dc_decoder dc;
    static exn_ac_decoder ac;
    static exn_ac_single single;
    (void)state;
    for (unsigned number = 0; number < 60; number++) {
        uint64_t counts[256];
        exn_huffman table;
        seed = number;
        make_counts(number % KINDS, counts);
        if (number >= 30) { /* symbols that 8-bit JPEG has, as far as they go */
            exn_entropy_tables_build(counts, &table);
            exn_entropy_tables_complete(&table);
        } else {
            exn_entropy_tables_build(counts, &table);
        }
        memset(&dc, 0xAA, sizeof dc);
        memset(&ac, 0xAA, sizeof ac);
        memset(&single, 0xAA, sizeof single);
        exn_entropy_tables_make_dc(&table, &dc);
        exn_entropy_tables_make_ac(&table, &ac);
        exn_entropy_tables_make_single(&table, &single);
        for (uint32_t window = 0; window < 1 << EXN_LOOKAHEAD; window++) {
            const uint32_t bits = window << (16 - EXN_LOOKAHEAD);
            uint8_t symbol = 0;
            const unsigned length = find(&table, bits, &symbol);
            const bool there = length > 0 && length <= EXN_LOOKAHEAD;
            assert_int_equal(dc.entry[window], there ? (uint32_t)symbol << 8 | length : 0);
            const exn_ac_code code = single.entry[window];
            assert_int_equal(code.length != 0, there);
            if (there && (symbol & 15) > 0 && (symbol & 15) <= EXN_LARGEST_SIZE)
                assert_code(code, length + (symbol & 15), (symbol >> 4) + 1, symbol & 15);
            const uint64_t all = (uint64_t)bits << 48;
            const exn_ac_code found = exn_entropy_tables_find_ac(&single.codes, all);
            if (length > 0)
                assert_same_code(exn_entropy_tables_find_ac(&ac.codes, all), found);
            if (there)
                assert_same_code(found, code);
            assert_pair(&table, &ac, window);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_the_standard_builds_them),
        cmocka_unit_test(test_look_ups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
