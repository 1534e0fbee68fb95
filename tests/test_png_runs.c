/* SPDX-License-Identifier: MIT */
/* The encoder of literals and runs against zlib's decoder: the bytes come back whatever they are
 * and in whatever pieces they come, no stream is over its bound, and filtered noise takes no more
 * than zlib's own Huffman coding makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "png/deflate.h"
#include "png/huffman.h"
#include "png/runs.h"

static uint32_t seed;

static uint32_t draw(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

/* kind 0: noise; 1: few values; 2: runs; 3: nothing but zeros; 4: small values are frequent; 5:
 * each value half as frequent as the one before, so that codes would be longer than there may be.
 */
static uint8_t *make(int kind, size_t size)
{
    uint8_t *data = malloc(size + 1);
    uint32_t values = 1 + draw() % 20;
    assert_non_null(data);
    for (size_t i = 0; i < size; i++) {
        uint32_t value = draw();
        switch (kind) {
        case 0:
            data[i] = (uint8_t)value;
            break;
        case 1:
            data[i] = (uint8_t)(value % values);
            break;
        case 2:
            data[i] = i > 0 && value % 40 ? data[i - 1] : (uint8_t)draw();
            break;
        case 3:
            data[i] = 0;
            break;
        case 4:
            data[i] = (uint8_t)(value & draw() & draw());
            break;
        default:
            data[i] = (uint8_t)__builtin_ctz(value | 1u << 23);
            break;
        }
    }
    return data;
}

static void compress_pieces(const uint8_t *data, size_t size, size_t piece, exn_buffer *out)
{
    exn_png_runs *runs = exn_png_runs_open(out);
    assert_non_null(runs);
    for (size_t at = 0; at < size; at += piece) {
        exn_span bytes = {data + at, size - at < piece ? size - at : piece};
        assert_int_equal(exn_png_runs_put(runs, bytes, NULL), EXN_OK);
    }
    assert_int_equal(exn_png_runs_close(runs), EXN_OK);
}

static void need_same(const uint8_t *data, size_t size, const exn_buffer *stream)
{
    uLongf got = (uLongf)size + 1;
    uint8_t *back = malloc(size + 1);
    assert_non_null(back);
    assert_int_equal(uncompress(back, &got, stream->data, (uLong)stream->size), Z_OK);
    assert_int_equal(got, size);
    assert_memory_equal(back, data, size);
    free(back);
}

static void test_bytes_come_back(void **state)
{
    (void)state;
    seed = 1;
    for (int i = 0; i < 600; i++) {
        int kind = i % 6;
        size_t size = i < 60 ? (size_t)(i / 6) : draw() % (i % 50 == 0 ? 300000 : 3000);
        size_t piece = i % 3 ? size + 1 : size / 3 + 1;
        uint8_t *data = make(kind, size);
        exn_buffer stream = {0};
        compress_pieces(data, size, piece, &stream);
        need_same(data, size, &stream);
        if (piece > size) /* more pieces are more blocks */
            assert_true(stream.size <= exn_png_deflate_bound(size));
        exn_buffer_free(&stream);
        free(data);
    }
}

/* Runs of every length there is, and one more: behind another byte and at the end. */
static void test_every_length(void **state)
{
    (void)state;
    for (size_t run = 1; run <= 600; run++) {
        uint8_t data[1 + 600 + 1];
        exn_buffer stream = {0};
        memset(data, 7, sizeof data);
        data[0] = 9;
        data[1 + run] = 8;
        for (size_t size = 1 + run; size <= 2 + run; size++) {
            stream.size = 0;
            compress_pieces(data, size, size, &stream);
            need_same(data, size, &stream);
        }
        exn_buffer_free(&stream);
    }
}

static size_t by_zlib(const uint8_t *data, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15, 9, Z_HUFFMAN_ONLY), Z_OK);
    uLong bound = deflateBound(&z, (uLong)size);
    uint8_t *to = malloc(bound);
    z.next_out = to;
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t made = z.total_out;
    deflateEnd(&z);
    free(to);
    return made;
}

static void test_no_larger_than_zlib(void **state)
{
    (void)state;
    seed = 2;
    for (int kind = 0; kind < 6; kind++) {
        const size_t size = 1 << 20;
        uint8_t *data = make(kind, size);
        exn_buffer stream = {0};
        compress_pieces(data, size, size, &stream);
        assert_true(stream.size <= by_zlib(data, size) + size / 2000);
        exn_buffer_free(&stream);
        free(data);
    }
}

/* Codes of limited length are whole (Kraft's sum is 1), no longer than they may be, and a symbol
 * that comes more often has no longer one. */
static void test_codes(void **state)
{
    (void)state;
    seed = 3;
    for (int i = 0; i < 2000; i++) {
        uint32_t counts[EXN_PNG_MAX_SYMBOLS] = {0}, kraft = 0;
        uint8_t lengths[EXN_PNG_MAX_SYMBOLS];
        uint16_t codes[EXN_PNG_MAX_SYMBOLS];
        size_t symbols = 2 + draw() % (i % 2 ? 17 : EXN_PNG_MAX_SYMBOLS - 1);
        unsigned limit = symbols <= 19 ? 5 + draw() % 3 : 9 + draw() % 7;
        for (size_t s = 0; s < symbols; s++)
            counts[s] = s < 2 ? 1 : i % 3 == 0 && s < 28 ? 1u << s : draw() % 1000;
        exn_png_huffman_make(counts, symbols, limit, lengths, codes);
        for (size_t s = 0; s < symbols; s++) {
            assert_int_equal(lengths[s] > 0, counts[s] > 0);
            assert_true(lengths[s] <= limit);
            kraft += lengths[s] ? 1u << (limit - lengths[s]) : 0;
            for (size_t t = 0; t < symbols; t++) {
                if (counts[t] && counts[s] > counts[t])
                    assert_true(lengths[s] <= lengths[t]);
                uint32_t mask = (1u << lengths[s]) - 1;
                if (s != t && lengths[s] && lengths[t] >= lengths[s])
                    assert_int_not_equal(codes[t] & mask, codes[s]); /* no code begins another */
            }
        }
        assert_int_equal(kraft, 1u << limit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_come_back),
        cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_no_larger_than_zlib),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
