/* SPDX-License-Identifier: MIT */
/* What --verify reads a source into and holds an output against: packed blocks are the blocks; rows
 * of a rotated component are the definition's, be they packed or not; and a scan that libjpeg would
 * write is known as such, while no other one is, whichever byte differs. */
#include "exifnorm.h"

#include "jpeg/recode.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOS = 0xDA, WIDTH = 5, HEIGHT = 3 };

static uint32_t state = 1;

static int next(int from, int to)
{
    state = state * 1664525u + 1013904223u;
    return from + (int)((state >> 8) % (uint32_t)(to - from + 1));
}

/* On both sides of what a byte holds, and at the ends of what 16 bits hold, DC too. */
static void fill(exn_dct_block *blocks, size_t count)
{
    static const int16_t edges[] = {-32768, -129, -128, 127, 128, 255, 256, 32767};
    memset(blocks, 0, count * sizeof *blocks);
    for (size_t n = 0; n < count; n++) {
        blocks[n][0] = (int16_t)next(-1024, 1023);
        for (int k = 0; k < 20; k++)
            blocks[n][next(1, 63)] = (int16_t)next(-128, 127);
        if (n % 3 == 1)
            blocks[n][n % 2 ? 0 : next(1, 63)] = edges[n / 6 % 8];
        if (n % 3 == 2)
            blocks[n][next(0, 63)] = edges[next(0, 7)];
    }
}

static void packed_blocks_are_the_blocks(void **unused)
{
    static exn_dct_block blocks[256 * HEIGHT];
    exn_dct_block found;
    exn_packed packed;
    unsigned wide = 0;
    (void)unused;

    for (uint32_t width = 1; width <= 256; width *= 4) {
        fill(blocks, sizeof blocks / sizeof *blocks);
        assert_int_equal(exn_packed_open(&packed, width, HEIGHT), EXN_OK);
        for (uint32_t y = 0; y < HEIGHT; y++)
            assert_int_equal(exn_packed_append(&packed, blocks + (size_t)y * width), EXN_OK);
        for (uint32_t y = HEIGHT; y-- > 0;)
            for (uint32_t x = width; x-- > 0;) {
                const int16_t *block = blocks[y * width + x];
                int16_t dc;
                exn_packed_get(&packed, x, y, found);
                assert_memory_equal(found, block, sizeof found);
                const int8_t *bytes = exn_packed_small(&packed, x, y, &dc);
                wide += !bytes;
                assert_true(!bytes || dc == block[0]);
                for (int k = 1; bytes && k < 64; k++)
                    assert_int_equal(bytes[k], block[k]);
            }
        exn_packed_close(&packed);
    }
    assert_in_range(wide, 1, 1023);
}

/* Where a rotation by an EXIF value puts frequency (u, v) of a block, and whether negated: a row of
 * cosines that runs backwards has the odd ones negated. */
static int turned(const int16_t *block, uint32_t value, int u, int v)
{
    const bool exchanged = value >= 5;
    const bool x = value == 2 || value == 3 || value == 7 || value == 8;
    const bool y = value == 3 || value == 4 || value == 6 || value == 7;
    const int from_u = exchanged ? v : u, from_v = exchanged ? u : v;
    const int sign = ((x && from_u % 2) ? -1 : 1) * ((y && from_v % 2) ? -1 : 1);
    return sign * block[from_v * 8 + from_u];
}

static void rotated_rows_are_the_definitions(void **unused)
{
    exn_dct_block blocks[WIDTH * HEIGHT], row[WIDTH];
    exn_dct_block *rows[HEIGHT], *one[] = {row};
    (void)unused;

    fill(blocks, WIDTH * HEIGHT);
    for (int n = 0; n < WIDTH * HEIGHT; n++)
        for (int k = 0; k < 64; k++)
            blocks[n][k] = blocks[n][k] == INT16_MIN ? 77 : blocks[n][k]; /* has no negative */
    for (int n = 0; n < HEIGHT; n++)
        rows[n] = blocks + (ptrdiff_t)n * WIDTH;
    exn_component plain = {.blocks_x = WIDTH, .blocks_y = HEIGHT, .rows = rows};
    exn_component packed = {.blocks_x = WIDTH, .blocks_y = HEIGHT};
    assert_int_equal(exn_packed_open(&packed.packed, WIDTH, HEIGHT), EXN_OK);
    for (int n = 0; n < HEIGHT; n++)
        assert_int_equal(exn_packed_append(&packed.packed, rows[n]), EXN_OK);
    for (uint32_t value = 1; value <= 8; value++) {
        const exn_orientation o = exn_orientation_from_exif(value);
        for (int is_packed = 0; is_packed < 2; is_packed++) {
            const exn_component *from = is_packed ? &packed : &plain;
            for (uint32_t y = 0; y < (o.transpose ? WIDTH : HEIGHT); y++) {
                exn_component_turned_row(from, o, y, row);
                assert_int_equal(exn_component_compare_rows(from, one, y, 1, o, NULL), EXN_OK);
                for (uint32_t x = 0; x < (o.transpose ? HEIGHT : WIDTH); x++) {
                    uint32_t sx = o.transpose ? y : x, sy = o.transpose ? x : y;
                    sx = o.flip_x ? WIDTH - 1 - sx : sx;
                    sy = o.flip_y ? HEIGHT - 1 - sy : sy;
                    for (int k = 0; k < 64; k++) {
                        assert_int_equal(row[x][k],
                                         turned(blocks[sy * WIDTH + sx], value, k % 8, k / 8));
                        row[x][k] ^= 1;
                        exn_error error = {0};
                        assert_int_equal(exn_component_compare_rows(from, one, y, 1, o, &error),
                                         EXN_MISMATCH);
                        char text[64];
                        snprintf(text, sizeof text, "coefficient %d of block %u,%u differs", k, x,
                                 y);
                        assert_string_equal(error.detail, text);
                        row[x][k] ^= 1;
                    }
                }
            }
        }
    }
    exn_packed_close(&packed.packed);
}

static bool is_same(exn_span file, exn_span output, uint32_t value)
{
    exn_jpeg source = {0}, product = {0};
    exn_coefficients before = {0}, after = {0};
    uint32_t warnings = 0;
    bool same = false;

    assert_int_equal(exn_segments_parse(file, &source, NULL), EXN_OK);
    assert_int_equal(exn_coefficients_read(&before, &source, &warnings, NULL), EXN_OK);
    if (exn_segments_parse(output, &product, NULL) == EXN_OK &&
        exn_coefficients_may_pass(&product) &&
        exn_coefficients_begin(&after, &product, NULL) == EXN_OK) {
        assert_int_equal(
            exn_recode_compare(&before, &after, exn_orientation_from_exif(value), &same, NULL),
            EXN_OK);
        exn_coefficients_close(&after);
    }
    exn_segments_free(&product);
    exn_coefficients_close(&before);
    exn_segments_free(&source);
    return same;
}

/* Pictures as they come: else nearly all of them would be decoded once more, and nobody saw it. */
static void scans_of_outputs_are_known(void **unused)
{
    static const char *const samplings[] = {"4:2:0", "4:4:4", "4:2:2", NULL};
    (void)unused;

    for (uint32_t value = 2; value <= 8; value++)
        for (int n = 0; n < 8; n++) {
            exn_test_jpeg spec;
            exn_test_segment sos;
            exn_buffer plain = {0}, tagged = {0};
            exn_bytes product;
            exn_result result = {.struct_size = sizeof result};
            exn_test_jpeg_init(&spec, 64, 48);
            if (samplings[n % 4])
                assert_true(exn_test_jpeg_sampling(&spec, samplings[n % 4]));
            else
                exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
            spec.optimize = n < 4;
            spec.quality = n < 4 ? 70 : 100; /* values beyond a byte */
            spec.restart_interval = n % 3 == 1 ? 3 : 0;
            exn_test_jpeg_made(&spec, &plain);
            assert_true(exn_test_tag(exn_buffer_span(&plain), value, &tagged));
            assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, NULL),
                             EXN_OK);
            assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
            exn_span file = exn_buffer_span(&tagged), output = {product.data, product.size};
            assert_true(is_same(file, output, value));
            assert_false(is_same(file, output, value == 4 ? 2 : value == 8 ? 5 : value + 1));
            assert_true(exn_test_jpeg_find(output, SOS, 0, &sos));
            uint8_t *scan = product.data + (sos.entropy.data - output.data);
            for (size_t at = 0; at < sos.entropy.size; at += 1 + sos.entropy.size / 50) {
                scan[at] ^= 0x10;
                assert_false(is_same(file, output, value));
                scan[at] ^= 0x10;
            }
            for (size_t at = sos.entropy.size - 2; at < sos.entropy.size + 2; at++) {
                scan[at] ^= 1; /* padding, and EOI */
                assert_false(is_same(file, output, value));
                scan[at] ^= 1;
            }
            exn_bytes_free(&product);
            exn_buffer_free(&tagged);
            exn_buffer_free(&plain);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_blocks_are_the_blocks),
        cmocka_unit_test(rotated_rows_are_the_definitions),
        cmocka_unit_test(scans_of_outputs_are_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
