/* SPDX-License-Identifier: MIT */
/* What is compressed piece by piece against zlib's decoder: the samples come back whatever they are
 * and wherever a piece ends, the stream is hardly larger than that of one call, it does not depend
 * on who is asked, and whoever is asked can stop it between any two pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "png/deflate.h"
#include "png/pieces.h"

static uint32_t seed;

static uint32_t draw(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

/* kind 0: noise, whose blocks are stored; 1: one value, whose blocks are few; 2: lines of a
 * drawing, as a palette has them, of all kinds of lengths; 3: letters. */
static void fill(uint8_t *data, size_t size, int kind)
{
    for (size_t i = 0; i < size; i++) {
        uint32_t value = draw();
        if (kind == 0)
            data[i] = (uint8_t)value;
        else if (kind == 1)
            data[i] = 7;
        else if (kind == 2)
            data[i] = i > 1000 && value % 50 ? data[i - 1000] : (uint8_t)(draw() % 9);
        else
            data[i] = (uint8_t)("etaoinshrdlu"[value % 12 & draw()]);
    }
}

typedef struct patience {
    int asked, most;
} patience;

static int ask(void *context)
{
    patience *p = context;
    return p->asked++ >= p->most;
}

static void comes_back(const uint8_t *data, size_t size, int level)
{
    exn_buffer stream = {0};
    patience endless = {0, 1 << 30};
    const exn_cancel cancel = {ask, &endless};
    exn_span from = {data, size};
    size_t piece = level < 10 ? EXN_PNG_PIECE : EXN_PNG_PIECE_OPTIMAL;
    assert_int_equal(exn_png_pieces_put(level, from, &cancel, &stream), EXN_OK);
    assert_int_equal(endless.asked, size > piece ? (size + piece - 1) / piece : 0);
    assert_true(stream.size <= exn_png_deflate_bound(size));

    uint8_t *back = malloc(size);
    uLongf back_size = (uLongf)size;
    assert_non_null(back);
    assert_int_equal(uncompress(back, &back_size, stream.data, stream.size), Z_OK);
    assert_int_equal(back_size, size);
    assert_memory_equal(back, data, size);

    free(back);
    exn_buffer_free(&stream);
}

/* Whoever asks nobody makes the same bytes. */
static void asking_changes_nothing(void **state)
{
    (void)state;
    static const int levels[] = {1, 10};
    static const size_t sizes[] = {EXN_PNG_PIECE + 1, EXN_PNG_PIECE_OPTIMAL + 1};
    uint8_t *data = malloc(EXN_PNG_PIECE + 1);
    assert_non_null(data);
    fill(data, EXN_PNG_PIECE + 1, 2);
    for (int i = 0; i < 2; i++) {
        exn_buffer one = {0}, other = {0};
        patience endless = {0, 1 << 30};
        const exn_cancel cancel = {ask, &endless};
        exn_span from = {data, sizes[i]};
        assert_int_equal(exn_png_pieces_put(levels[i], from, NULL, &one), EXN_OK);
        assert_int_equal(exn_png_pieces_put(levels[i], from, &cancel, &other), EXN_OK);
        assert_int_equal(endless.asked, 2);
        assert_int_equal(one.size, other.size);
        assert_memory_equal(one.data, other.data, one.size);
        exn_buffer_free(&one);
        exn_buffer_free(&other);
    }
    free(data);
}

static void samples_of_every_kind(void **state)
{
    (void)state;
    static const size_t optimal[] = {EXN_PNG_PIECE_OPTIMAL, 2 * EXN_PNG_PIECE_OPTIMAL + 3};
    static const size_t others[] = {EXN_PNG_PIECE, EXN_PNG_PIECE + 54321};
    uint8_t *data = malloc(others[1]);
    assert_non_null(data);
    for (int kind = 0; kind < 4; kind++) {
        fill(data, others[1], kind);
        for (size_t i = 0; i < sizeof optimal / sizeof optimal[0]; i++)
            comes_back(data, optimal[i], 10);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
            comes_back(data, others[i], 1);
    }
    free(data);
}

/* Pieces end at any bit of a byte: those of many lengths do. */
static void ends_at_any_bit(void **state)
{
    (void)state;
    enum { SIZE = 2 * EXN_PNG_PIECE_OPTIMAL };
    uint8_t *data = malloc(SIZE);
    assert_non_null(data);
    fill(data, SIZE, 1);
    for (size_t i = 0; i < 8; i++) {
        fill(data + EXN_PNG_PIECE_OPTIMAL - 8 * i - 1, 8 * i, 3);
        comes_back(data, EXN_PNG_PIECE_OPTIMAL + 100, 10);
    }
    free(data);
}

/* What a match cannot reach over the end of a piece is little. */
static void hardly_larger(void **state)
{
    (void)state;
    enum { SIZE = EXN_PNG_PIECE + EXN_PNG_PIECE / 2, LEVEL = 6 };
    uint8_t *data = malloc(SIZE), *room = malloc((size_t)exn_png_deflate_bound(SIZE));
    exn_buffer stream = {0};
    struct libdeflate_compressor *whole = libdeflate_alloc_compressor(LEVEL);
    assert_true(data && room && whole);
    fill(data, SIZE, 2);
    size_t at_once =
        libdeflate_zlib_compress(whole, data, SIZE, room, (size_t)exn_png_deflate_bound(SIZE));
    assert_int_equal(exn_png_pieces_put(LEVEL, (exn_span){data, SIZE}, NULL, &stream), EXN_OK);
    assert_in_range(stream.size, 1, at_once + at_once / 200);
    libdeflate_free_compressor(whole);
    exn_buffer_free(&stream);
    free(room);
    free(data);
}

static void stops_between_pieces(void **state)
{
    (void)state;
    enum { SIZE = 3 * EXN_PNG_PIECE };
    uint8_t *data = calloc(SIZE, 1);
    assert_non_null(data);
    for (int most = 0; most < 3; most++) {
        patience p = {0, most};
        const exn_cancel cancel = {ask, &p};
        exn_buffer stream = {0};
        assert_int_equal(exn_png_pieces_put(1, (exn_span){data, SIZE}, &cancel, &stream),
                         EXN_CANCELLED);
        assert_int_equal(p.asked, most + 1);
        exn_buffer_free(&stream);
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_of_every_kind), cmocka_unit_test(asking_changes_nothing),
        cmocka_unit_test(ends_at_any_bit),       cmocka_unit_test(hardly_larger),
        cmocka_unit_test(stops_between_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
