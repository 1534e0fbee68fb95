/* SPDX-License-Identifier: MIT */
/* Filtered rows of a rotated picture in pieces: any part is what it is in all of them, in whatever
 * order parts are asked for; and a picture that is compressed in pieces has every pixel, by libpng.
 */
#include "exifnorm.h"

#include "png/filtered.h"

#include "support/naive.h"
#include "support/png_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t seed;

static uint32_t draw(uint32_t limit)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * limit >> 32);
}

/* Noise, which no search for matches makes smaller than runs.c does. */
static uint8_t *make(const exn_test_png *png, exn_buffer *file)
{
    const size_t size = png->width * (size_t)png->height * exn_test_png_pixel_size(png);
    uint8_t *pixels = malloc(size);

    assert_non_null(pixels);
    for (size_t i = 0; i < size; i++)
        pixels[i] = (uint8_t)(draw(97) + i / 5 % 100);
    assert_true(exn_test_png_write(png, pixels, file));
    return pixels;
}

static void open_one(exn_png_filtered *filtered, exn_png *png, exn_png_frame *frame, exn_span file,
                     uint32_t value)
{
    uint32_t warnings = 0;

    *png = (exn_png){0};
    assert_int_equal(exn_png_chunks_parse(png, file, NULL), EXN_OK);
    *frame = exn_png_frames_default_image(png);
    assert_int_equal(
        exn_png_filtered_open(filtered, frame, exn_orientation_from_exif(value), &warnings, NULL),
        EXN_OK);
}

static void compare_parts(exn_span file, uint32_t value)
{
    exn_png_filtered whole, parts;
    exn_png png[2];
    exn_png_frame frame[2];
    exn_span all, part;

    open_one(&whole, &png[0], &frame[0], file, value);
    open_one(&parts, &png[1], &frame[1], file, value);
    assert_int_equal(exn_png_filtered_take(&whole, 0, (size_t)whole.size, &all), EXN_OK);
    assert_int_equal(all.size, whole.size);
    for (int n = 0; n < 20; n++) {
        const size_t at = draw((uint32_t)all.size), size = 1 + draw((uint32_t)(all.size - at));
        if (size == all.size)
            continue;
        assert_int_equal(exn_png_filtered_take(&parts, at, size, &part), EXN_OK);
        assert_int_equal(part.size, size);
        assert_memory_equal(part.data, all.data + at, size);
    }
    for (uint64_t at = 0; at < whole.size; at += parts.step) {
        const uint64_t left = whole.size - at;
        const size_t size = (size_t)(left < parts.step ? left : parts.step);
        assert_int_equal(exn_png_filtered_take(&parts, at, size, &part), EXN_OK);
        assert_memory_equal(part.data, all.data + at, size);
    }
    /* Only who asks for all, or for what is interlaced, has the picture's own rows let go. */
    assert_null(whole.rows);
    assert_true(!parts.rows == (png[0].interlaced || parts.step >= parts.size));
    exn_png_filtered_close(&whole);
    exn_png_filtered_close(&parts);
    exn_png_chunks_free(&png[0]);
    exn_png_chunks_free(&png[1]);
}

static void parts_are_parts(void **state)
{
    static const uint8_t kinds[][2] = {{8, 2}, {16, 0}, {8, 0}, {8, 6}};
    (void)state;

    for (int n = 0; n < 8; n++) {
        const exn_test_png png = {.width = 311,
                                  .height = 520,
                                  .depth = kinds[n % 4][0],
                                  .colour_type = kinds[n % 4][1],
                                  .interlaced = n == 6};
        exn_buffer file = {0};
        free(make(&png, &file));
        for (uint32_t value = 1; value <= 8; value++)
            compare_parts(exn_buffer_span(&file), value);
        exn_buffer_free(&file);
    }
}

/* Large enough to be compressed in several pieces. */
static void every_pixel_comes_through(void **state)
{
    const exn_test_png png = {.width = 700, .height = 501, .depth = 8, .colour_type = 2};
    exn_buffer file = {0};
    (void)state;

    uint8_t *pixels = make(&png, &file);
    for (uint32_t value = 2; value <= 8; value++) {
        exn_test_png read = {0};
        exn_bytes output;
        exn_result result;
        uint8_t *product = NULL;
        exn_result_init(&result, sizeof result);
        assert_int_equal(exn_orient(file.data, file.size, value, NULL, &output, &result, NULL),
                         EXN_OK);
        assert_true(exn_test_png_read((exn_span){output.data, output.size}, &read, &product));
        assert_int_equal(read.width, value < 5 ? png.width : png.height);
        for (uint32_t y = 0; y < png.height; y++)
            for (uint32_t x = 0; x < png.width; x++) {
                uint32_t to_x = x, to_y = y;
                exn_test_naive_point(value, png.width, png.height, &to_x, &to_y);
                assert_memory_equal(product + 3 * (to_y * (size_t)read.width + to_x),
                                    pixels + 3 * (y * (size_t)png.width + x), 3);
            }
        free(product);
        exn_bytes_free(&output);
    }
    free(pixels);
    exn_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_parts),
        cmocka_unit_test(every_pixel_comes_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
