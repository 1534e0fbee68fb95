/* SPDX-License-Identifier: MIT */
/* How turned PNGs are compressed: the default against what libpng makes of the same pixels, and the
 * levels that can be asked for. Samples are compared after each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exifnorm.h"
#include "support/exif_make.h"
#include "support/naive.h"
#include "support/picture.h"
#include "support/png_make.h"

enum { WIDTH = 320, HEIGHT = 240 };

/* A picture of one byte a sample: kind 0 photograph-like, 1 flat areas, 2 smooth. */
static uint8_t *draw(const exn_test_png *png, int kind)
{
    size_t size = exn_test_png_pixel_size(png);
    uint8_t *pixels = calloc(size, (size_t)png->width * png->height);
    assert_non_null(pixels);
    for (uint32_t y = 0; y < png->height; y++) {
        for (uint32_t x = 0; x < png->width; x++) {
            uint8_t rgb[4] = {0, 0, 0, 255};
            exn_test_picture_rgb(x, y, png->width, png->height, kind == 0 ? 7 : 0, rgb);
            for (size_t i = 0; i < size; i++) {
                uint8_t sample = kind == 1 ? (uint8_t)(rgb[i % 3] / 64 * 64) : rgb[i % 4];
                if (png->depth < 8)
                    sample = (uint8_t)(sample >> (8 - png->depth));
                pixels[((size_t)y * png->width + x) * size + i] = sample;
            }
        }
    }
    return pixels;
}

static size_t idat_size(exn_span file)
{
    size_t offset = 8, size = 0;
    char type[5];
    exn_span data;
    while (exn_test_png_next(file, &offset, type, &data))
        size += strcmp(type, "IDAT") == 0 ? data.size : 0;
    return size;
}

static void put_oriented(const exn_test_png *png, const uint8_t *pixels, exn_buffer *file)
{
    exn_test_exif exif = {.orientation = 6};
    exn_buffer plain = {0}, tiff = {0};
    assert_true(exn_test_png_write(png, pixels, &plain));
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_png_insert((exn_span){plain.data, plain.size}, "eXIf",
                                    (exn_span){tiff.data, tiff.size}, true, file));
    exn_buffer_free(&plain);
    exn_buffer_free(&tiff);
}

/* Turns the file, compares every sample with a naive turn; returns the size of the new IDATs. */
static size_t turn(const exn_test_png *png, const uint8_t *pixels, exn_span file, uint32_t level)
{
    exn_options options;
    exn_bytes product, again;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_png read;
    uint8_t *got;
    size_t bytes = exn_test_png_pixel_size(png), all = bytes * png->width * png->height;
    exn_options_init(&options, sizeof options);
    assert_int_equal(options.png_level, 0);
    options.png_level = level;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    exn_span out = {product.data, product.size};
    assert_true(exn_test_png_read(out, &read, &got));
    uint8_t *expected = malloc(all);
    exn_test_naive_rotate(6, pixels, png->width, png->height, bytes, expected);
    assert_memory_equal(got, expected, all);
    assert_int_equal(exn_normalize(out.data, out.size, &options, &again, &result, NULL), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
    size_t size = idat_size(out);
    free(expected);
    free(got);
    exn_bytes_free(&product);
    return size;
}

/* What libpng, by its defaults, makes of the turned pixels. */
static size_t by_libpng(const exn_test_png *png, const uint8_t *pixels)
{
    exn_test_png turned = *png;
    exn_buffer file = {0};
    size_t bytes = exn_test_png_pixel_size(png);
    uint8_t *moved = malloc(bytes * png->width * png->height);
    exn_test_naive_rotate(6, pixels, png->width, png->height, bytes, moved);
    turned.width = png->height;
    turned.height = png->width;
    assert_true(exn_test_png_write(&turned, moved, &file));
    size_t size = idat_size((exn_span){file.data, file.size});
    free(moved);
    exn_buffer_free(&file);
    return size;
}

static const struct {
    uint8_t colour_type, depth;
} types[] = {{0, 1}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {4, 8}, {6, 8}, {6, 16}};

static exn_test_png spec(size_t type)
{
    return (exn_test_png){.width = WIDTH,
                          .height = HEIGHT,
                          .colour_type = types[type].colour_type,
                          .depth = types[type].depth};
}

static void test_no_larger_than_libpng(void **state)
{
    (void)state;
    size_t ours = 0, theirs = 0;
    for (size_t type = 0; type < sizeof types / sizeof types[0]; type++) {
        for (int kind = 0; kind < 3; kind++) {
            exn_test_png png = spec(type);
            exn_buffer file = {0};
            uint8_t *pixels = draw(&png, kind);
            put_oriented(&png, pixels, &file);
            size_t made = turn(&png, pixels, (exn_span){file.data, file.size}, 0);
            size_t usual = by_libpng(&png, pixels);
            /* 32 bytes: a block's header weighs in where there is next to nothing in it */
            assert_true(made <= usual + usual / 50 + 32);
            ours += made;
            theirs += usual;
            free(pixels);
            exn_buffer_free(&file);
        }
    }
    assert_true(ours <= theirs);
}

static void test_levels(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        exn_test_png png = spec(4);
        exn_buffer file = {0};
        size_t sizes[13];
        uint8_t *pixels = draw(&png, kind);
        put_oriented(&png, pixels, &file);
        for (uint32_t level = 1; level <= 12; level++)
            sizes[level] = turn(&png, pixels, (exn_span){file.data, file.size}, level);
        assert_true(sizes[12] < sizes[1]);
        free(pixels);
        exn_buffer_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_larger_than_libpng),
        cmocka_unit_test(test_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
