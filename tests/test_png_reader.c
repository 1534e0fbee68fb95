/* SPDX-License-Identifier: MIT */
/* exn_verify() reads PNGs by libpng, not by our own decoder: that one is broken here on purpose
 * (the linker wraps exn_png_filter_undo()), in a way that it agrees with itself in source and
 * output, and is caught. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exifnorm.h"
#include "support/exif_make.h"
#include "support/png_anim.h"

void __real_exn_png_filter_undo(uint32_t filter, uint8_t *row, const uint8_t *above, size_t size,
                                size_t step);
void __wrap_exn_png_filter_undo(uint32_t filter, uint8_t *row, const uint8_t *above, size_t size,
                                size_t step);

static bool broken;

/* Loses a bit of every row's first byte: what was lost once is lost again without a trace, as long
 * as rows stay rows. */
void __wrap_exn_png_filter_undo(uint32_t filter, uint8_t *row, const uint8_t *above, size_t size,
                                size_t step)
{
    __real_exn_png_filter_undo(filter, row, above, size, step);
    if (broken)
        row[0] &= 0xFE;
}

static void make_picture(const exn_test_png *png, uint16_t orientation, exn_buffer *out)
{
    exn_buffer bare = {0}, tiff = {0};
    uint8_t *pixels = exn_test_png_pixels(png);
    assert_non_null(pixels);
    assert_true(exn_test_png_write(png, pixels, &bare));
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = orientation}, &tiff));
    assert_true(
        exn_test_png_insert(exn_buffer_span(&bare), "eXIf", exn_buffer_span(&tiff), true, out));
    free(pixels);
    exn_buffer_free(&bare);
    exn_buffer_free(&tiff);
}

static exn_status normalize_and_verify(const exn_buffer *file, bool break_it)
{
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    broken = break_it;
    assert_int_equal(exn_normalize(file->data, file->size, NULL, &product, &result, NULL), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    exn_status status =
        exn_verify(file->data, file->size, product.data, product.size, NULL, &result, NULL);
    broken = false;
    exn_bytes_free(&product);
    return status;
}

/* Every colour type and depth, interlaced and not, by every orientation: right ones verify, wrong
 * ones do not. */
static void test_every_kind(void **state)
{
    (void)state;
    static const uint8_t kinds[][2] = {{0, 1}, {0, 2},  {0, 4},  {0, 8}, {0, 16},
                                       {2, 8}, {2, 16}, {3, 1},  {3, 2}, {3, 4},
                                       {3, 8}, {4, 8},  {4, 16}, {6, 8}, {6, 16}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            exn_test_png png = {.width = 21,
                                .height = 13,
                                .colour_type = kinds[i][0],
                                .depth = kinds[i][1],
                                .interlaced = interlaced};
            if (png.colour_type == 3)
                png.palette_size = 3U << (png.depth < 8 ? png.depth : 7);
            for (uint16_t o = 2; o <= 8; o++) {
                exn_buffer file = {0};
                make_picture(&png, o, &file);
                assert_int_equal(normalize_and_verify(&file, false), EXN_OK);
                /* Pixels of whole bytes: in a packed row the bit may be padding. */
                if (png.depth >= 8 && png.colour_type != 3)
                    assert_int_equal(normalize_and_verify(&file, true), EXN_MISMATCH);
                exn_buffer_free(&file);
            }
        }
    }
}

static void test_frames(void **state)
{
    (void)state;
    exn_test_anim anim = {.canvas = {.width = 20, .height = 12, .depth = 8, .colour_type = 6},
                          .count = 3};
    for (uint32_t i = 0; i < anim.count; i++)
        anim.frames[i] = (exn_test_frame){.x = i,
                                          .y = i,
                                          .width = 20 - 2 * i,
                                          .height = 12 - 2 * i,
                                          .delay = 1,
                                          .delay_unit = 10,
                                          .parts = i + 1};
    exn_buffer tiff = {0}, file = {0};
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 4}, &tiff));
    assert_true(exn_test_anim_write(&anim, exn_buffer_span(&tiff), &file));
    assert_int_equal(normalize_and_verify(&file, false), EXN_OK);
    assert_int_equal(normalize_and_verify(&file, true), EXN_MISMATCH);
    exn_buffer_free(&tiff);
    exn_buffer_free(&file);
}

/* libpng's memory counts: a limit that is too small for two pictures is told, not passed. */
static void test_limit(void **state)
{
    (void)state;
    exn_test_png png = {.width = 400, .height = 300, .depth = 8, .colour_type = 2};
    exn_buffer file = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_options options;
    make_picture(&png, 6, &file);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL), EXN_OK);
    exn_options_init(&options, sizeof options);
    options.max_memory = product.size + file.size + 300 * 400 * 3;
    assert_int_equal(
        exn_verify(file.data, file.size, product.data, product.size, &options, &result, NULL),
        EXN_LIMIT);
    options.max_memory += 4 << 20;
    assert_int_equal(
        exn_verify(file.data, file.size, product.data, product.size, &options, &result, NULL),
        EXN_OK);
    /* A byte of the product's image data: libpng sees it itself. */
    product.data[product.size / 2] ^= 1;
    assert_int_not_equal(
        exn_verify(file.data, file.size, product.data, product.size, NULL, &result, NULL), EXN_OK);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_kind),
                                       cmocka_unit_test(test_frames), cmocka_unit_test(test_limit)};
    return cmocka_run_group_tests_name("png reader", tests, NULL, NULL);
}
