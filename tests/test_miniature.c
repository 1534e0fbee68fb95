/* SPDX-License-Identifier: MIT */
/* exn_miniature(): small pictures are as large as they should be, stand as they should, and look
 * like what libjpeg and a naive mean make of the same file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jpeglib.h>

#include "buffer.h"
#include "support/naive.h"

typedef struct picture {
    uint32_t width, height;
    uint8_t *rgb;
} picture;

static exn_bytes load(const char *name, unsigned value)
{
    char path[100];
    exn_bytes bytes = {malloc(1 << 20), 0};
    snprintf(path, sizeof path, name, value);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    bytes.size = fread(bytes.data, 1, 1 << 20, file);
    fclose(file);
    assert_true(bytes.size > 0 && bytes.size < 1 << 20);
    return bytes;
}

/* By libjpeg's own source, which ends the program on an error. */
static picture decode(const exn_bytes *jpeg)
{
    struct jpeg_error_mgr errors;
    struct jpeg_decompress_struct d = {.err = jpeg_std_error(&errors)};
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, jpeg->data, jpeg->size);
    jpeg_read_header(&d, TRUE);
    d.out_color_space = JCS_RGB;
    jpeg_start_decompress(&d);
    picture p = {d.output_width, d.output_height,
                 malloc((size_t)d.output_width * d.output_height * 3)};
    while (d.output_scanline < d.output_height) {
        uint8_t *row = p.rgb + (size_t)d.output_scanline * p.width * 3;
        jpeg_read_scanlines(&d, &row, 1);
    }
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return p;
}

static picture small_of(const exn_bytes *file, uint32_t side, uint32_t orientation)
{
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.orientation = orientation;
    exn_bytes jpeg = {0};
    exn_error error;
    assert_int_equal(exn_miniature(file->data, file->size, side, &options, &jpeg, &error), EXN_OK);
    picture p = decode(&jpeg);
    exn_bytes_free(&jpeg);
    return p;
}

static double difference(const picture *a, const picture *b)
{
    double sum = 0;
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    const size_t count = (size_t)a->width * a->height * 3;
    for (size_t i = 0; i < count; i++)
        sum += abs(a->rgb[i] - b->rgb[i]);
    return sum / (double)count;
}

/* Each pixel the mean of a whole number of others. */
static picture mean_of(const picture *large, uint32_t by)
{
    picture p = {large->width / by, large->height / by, NULL};
    p.rgb = malloc((size_t)p.width * p.height * 3);
    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++)
            for (uint32_t i = 0; i < 3; i++) {
                uint32_t sum = 0;
                for (uint32_t k = 0; k < by * by; k++)
                    sum += large->rgb[((y * by + k / by) * large->width + x * by + k % by) * 3 + i];
                p.rgb[(y * p.width + x) * 3 + i] = (uint8_t)(sum / (by * by));
            }
    return p;
}

enum { NEAR = 6 }; /* more than coding costs; another rotation differs by 50 */

static void it_is_the_mean_of_the_picture(void **state)
{
    (void)state;
    exn_bytes file = load("testdata/jpeg/landscape-%u.jpg", 1);
    picture whole = decode(&file);
    assert_int_equal(whole.width % 2, 0);
    assert_int_equal(whole.height % 2, 0);
    picture wanted = mean_of(&whole, 2), found = small_of(&file, whole.width / 2, 0);
    assert_true(difference(&found, &wanted) < NEAR);
    picture same = small_of(&file, 4096, 0);
    assert_true(difference(&same, &whole) < NEAR);
    free(whole.rgb);
    free(wanted.rgb);
    free(found.rgb);
    free(same.rgb);
    exn_bytes_free(&file);
}

/* All eight files show one picture. Rotated by another value it is not that one. */
static void it_is_rotated_as_it_is_shown(void **state)
{
    (void)state;
    static const char *const names[] = {"testdata/jpeg/landscape-%u.jpg",
                                        "testdata/png/rgb8-%u.png"};
    enum { SIDE = 40 }; /* a whole part of all sides: no pixel is the mean of others on the way */
    for (size_t i = 0; i < 2; i++) {
        exn_bytes first = load(names[i], 1);
        picture upright = small_of(&first, SIDE, 0);
        assert_true(upright.width <= SIDE && upright.height <= SIDE);
        assert_true(upright.width == SIDE || upright.height == SIDE);
        for (uint32_t value = 1; value <= 8; value++) {
            exn_bytes file = load(names[i], value);
            picture shown = small_of(&file, SIDE, value), stored = small_of(&file, SIDE, 0);
            assert_true(difference(&shown, &upright) < NEAR);
            picture turned = {shown.width, shown.height,
                              malloc((size_t)shown.width * shown.height * 3)};
            exn_test_naive_rotate(value, stored.rgb, stored.width, stored.height, 3, turned.rgb);
            assert_true(difference(&turned, &upright) < 2 * NEAR);
            if (value > 1 && value < 5)
                assert_true(difference(&stored, &upright) > 4 * NEAR);
            free(shown.rgb);
            free(stored.rgb);
            free(turned.rgb);
            exn_bytes_free(&file);
        }
        free(upright.rgb);
        exn_bytes_free(&first);
    }
}

/* Inks by what they leave of the light, as Adobe writes them: full ones are white. */
static void four_components_are_inks(void **state)
{
    (void)state;
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct c = {.err = jpeg_std_error(&errors)};
    unsigned char *data = NULL;
    unsigned long size = 0;
    uint8_t row[32 * 4];
    for (size_t i = 0; i < sizeof row; i += 4)
        memcpy(row + i, (uint8_t[]){255, 128, 0, 128}, 4);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &size);
    c.image_width = c.image_height = 32;
    c.input_components = 4;
    c.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&c);
    jpeg_start_compress(&c, TRUE);
    for (JSAMPROW at = row; c.next_scanline < 32;)
        jpeg_write_scanlines(&c, &at, 1);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    exn_bytes file = {data, size};
    picture found = small_of(&file, 8, 0);
    assert_int_equal(found.width, 8);
    assert_true(abs(found.rgb[0] - 128) < 12 && abs(found.rgb[1] - 64) < 12 && found.rgb[2] < 12);
    free(found.rgb);
    free(data);
}

static exn_status try(const exn_bytes *file, uint32_t side, const exn_options *options)
{
    exn_bytes output = {(uint8_t *)1, 1};
    exn_error error;
    exn_status status = exn_miniature(file->data, file->size, side, options, &output, &error);
    assert_int_equal(error.status, status);
    assert_int_equal(output.data == NULL, status != EXN_OK);
    exn_bytes_free(&output);
    return status;
}

static void limits_and_arguments(void **state)
{
    (void)state;
    exn_options options;
    exn_bytes jpeg = load("testdata/jpeg/landscape-%u.jpg", 6),
              text = load("testdata/labels.txt", 0), tiff = load("testdata/other/still-1.tiff", 0),
              png = load("testdata/png/rgb8-%u.png", 3),
              webp = load("testdata/other/still-1.webp", 0);
    assert_int_equal(try(&jpeg, 0, NULL), EXN_BAD_ARGUMENT);
    assert_int_equal(try(&jpeg, 4097, NULL), EXN_BAD_ARGUMENT);
    assert_int_equal(exn_miniature(jpeg.data, jpeg.size, 9, NULL, NULL, NULL), EXN_BAD_ARGUMENT);
    assert_int_equal(try(&text, 9, NULL), EXN_NOT_AN_IMAGE);
    assert_int_equal(try(&tiff, 9, NULL), EXN_UNSUPPORTED);
    assert_int_equal(try(&webp, 9, NULL), EXN_OK);
    const exn_bytes *const files[] = {&jpeg, &png, &webp};
    for (size_t i = 0; i < 3; i++) {
        exn_options_init(&options, sizeof options);
        options.max_pixels = 10;
        assert_int_equal(try(files[i], 9, &options), EXN_LIMIT);
        exn_options_init(&options, sizeof options);
        options.max_memory = 1000;
        assert_int_equal(try(files[i], 9, &options), EXN_LIMIT);
        /* What is cut off is shown as far as it goes, or not at all; nothing worse. */
        for (size_t size = 0; size < files[i]->size; size += 37) {
            exn_bytes part = {malloc(size + 1), size};
            memcpy(part.data, files[i]->data, size);
            (void)try(&part, 9, NULL);
            free(part.data);
        }
    }
    exn_bytes_free(&jpeg);
    exn_bytes_free(&png);
    exn_bytes_free(&webp);
    exn_bytes_free(&text);
    exn_bytes_free(&tiff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_mean_of_the_picture),
        cmocka_unit_test(it_is_rotated_as_it_is_shown),
        cmocka_unit_test(four_components_are_inks),
        cmocka_unit_test(limits_and_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
