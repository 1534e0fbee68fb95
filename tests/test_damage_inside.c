/* SPDX-License-Identifier: MIT */
/* Damage, and what only looks like it, in the pictures inside of a JPEG: those that an MPF index
 * names, and thumbnails. They are mended and, with on_damage, decoded as first pictures are. */
#include "exifnorm.h"

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/mpf_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOS = 0xDA, RST0 = 0xD0, ORIENTATION = 6 };

static bool has(const exn_result *result, exn_warning warning)
{
    return result->warnings >> warning & 1;
}

static void make(uint32_t width, uint32_t height, bool progressive, exn_buffer *file)
{
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, width, height);
    spec.restart_interval = 2;
    spec.progressive = progressive;
    spec.noise = 20;
    *file = (exn_buffer){0};
    exn_test_jpeg_made(&spec, file);
}

/* Twelve zeros before each restart marker, more than libjpeg reads ahead: every MCU decodes. */
static void pad(const exn_buffer *whole, exn_buffer *file)
{
    static const uint8_t zeros[12];
    exn_test_segment scan;
    assert_true(exn_test_jpeg_find(exn_buffer_span(whole), SOS, 0, &scan));
    const size_t from = (size_t)(scan.entropy.data - whole->data);

    *file = (exn_buffer){0};
    for (size_t at = 0; at < whole->size; at++) {
        const uint8_t *p = whole->data + at;
        if (at >= from && at + 1 < whole->size && p[0] == 0xFF && p[1] >= RST0 && p[1] < RST0 + 8)
            assert_int_equal(exn_buffer_append(file, zeros, sizeof zeros), EXN_OK);
        assert_int_equal(exn_buffer_append(file, p, 1), EXN_OK);
    }
}

/* A trailer stands where EOI should. */
static void end_with_text(const exn_buffer *whole, exn_buffer *file)
{
    static const char text[] = "no end of image, but a few words of its maker";

    *file = (exn_buffer){0};
    assert_int_equal(exn_buffer_append(file, whole->data, whole->size - 2), EXN_OK);
    assert_int_equal(exn_buffer_append(file, text, sizeof text), EXN_OK);
}

/* Twenty bytes in the middle of its scans are missing. */
static void rob(const exn_buffer *whole, exn_buffer *file)
{
    exn_test_segment scan;
    assert_true(exn_test_jpeg_find(exn_buffer_span(whole), SOS, 0, &scan));
    const size_t from = (size_t)(scan.entropy.data - whole->data);

    *file = (exn_buffer){0};
    assert_true(exn_test_splice(exn_buffer_span(whole), (from + whole->size) / 2, 20,
                                (exn_span){NULL, 0}, file));
}

static void build(const exn_buffer *first, const exn_buffer *second, exn_buffer *file)
{
    const exn_test_multi multi = {.primary = exn_buffer_span(first),
                                  .orientation = ORIENTATION,
                                  .mpf = true,
                                  .secondary = {{exn_buffer_span(second), 0x00010002, NULL, 4}},
                                  .count = 1};
    *file = (exn_buffer){0};
    assert_true(exn_test_multi_make(&multi, file));
}

static exn_status run(const exn_buffer *file, exn_on_damage on_damage, exn_bytes *output,
                      exn_result *result, exn_error *error)
{
    exn_options options;

    exn_options_init(&options, sizeof options);
    options.on_damage = on_damage;
    const exn_status status =
        exn_normalize(file->data, file->size, &options, output, result, error);
    if (status == EXN_OK)
        assert_int_equal(
            exn_verify(file->data, file->size, output->data, output->size, &options, result, NULL),
            EXN_OK);
    return status;
}

/* `to` has what libjpeg reads of `from`, rotated. */
static void assert_rotated(exn_span from, exn_span to)
{
    char why[EXN_TEST_WHY];
    exn_test_coefs source, output;

    assert_true(exn_test_jpeg_read(from, &source, why));
    assert_true(exn_test_jpeg_read(to, &output, why));
    assert_int_equal(output.warnings, 0);
    const uint32_t exact = exn_test_exact_set(&source, ORIENTATION);
    for (int i = 0; i < source.components; i++)
        if (!(exact >> i & 1 ? exn_test_same_coefficients(&source, &output, i, ORIENTATION, why)
                             : exn_test_component_is_close(&source, &output, i, ORIENTATION, why)))
            fail_msg("component %d: %s", i, why);
    exn_test_coefs_free(&source);
    exn_test_coefs_free(&output);
}

/* The second picture of an output, by its index. */
static exn_span second_of(exn_bytes output)
{
    const exn_span file = {output.data, output.size};
    exn_test_index index;

    exn_test_index_read(file, &index);
    assert_int_equal(index.count, 2);
    return exn_test_indexed(file, &index, 1);
}

typedef void change(const exn_buffer *whole, exn_buffer *file);

/* Every MCU of the second picture is there: it is rotated, and verified, as if nothing was. */
static void a_second_picture_that_decodes(void **state)
{
    static change *const changes[] = {pad, end_with_text};
    (void)state;

    for (int n = 0; n < 4; n++) {
        exn_buffer first, whole, second, file;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes output;
        make(64, 48, false, &first);
        make(48, 32, n / 2, &whole);
        changes[n % 2](&whole, &second);
        build(&first, &second, &file);
        assert_int_equal(run(&file, EXN_ON_DAMAGE_FAIL, &output, &result, NULL), EXN_OK);
        assert_false(has(&result, EXN_WARN_DAMAGED));
        assert_true(has(&result, EXN_WARN_HARMLESS_NOISE));
        assert_rotated(exn_buffer_span(&first), (exn_span){output.data, output.size});
        assert_rotated(exn_buffer_span(&whole), second_of(output));
        exn_bytes_free(&output);
        exn_buffer_free(&file);
        exn_buffer_free(&second);
        exn_buffer_free(&whole);
        exn_buffer_free(&first);
    }
}

/* One of two, or both, have lost data. */
static void pictures_that_have_lost_data(void **state)
{
    (void)state;

    for (int n = 1; n < 8; n++) {
        exn_buffer whole_first, whole_second, first, second, file;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;
        exn_bytes output;
        if (!(n & 3))
            continue;
        make(64, 48, n & 4, &whole_first);
        make(48, 32, n & 4, &whole_second);
        (n & 1 ? rob : pad)(&whole_first, &first);
        (n & 2 ? rob : pad)(&whole_second, &second);
        build(&first, &second, &file);
        assert_int_not_equal(run(&file, EXN_ON_DAMAGE_FAIL, &output, &result, &error), EXN_OK);
        assert_non_null(strstr(error.detail, "(see --on-damage)"));
        assert_int_equal(run(&file, EXN_ON_DAMAGE_DECODE, &output, &result, NULL), EXN_OK);
        assert_true(has(&result, EXN_WARN_DAMAGED));
        assert_rotated(exn_buffer_span(n & 1 ? &first : &whole_first),
                       (exn_span){output.data, output.size});
        assert_rotated(exn_buffer_span(n & 2 ? &second : &whole_second), second_of(output));
        exn_bytes_free(&output);
        exn_buffer_free(&file);
        exn_buffer_free(&second);
        exn_buffer_free(&first);
        exn_buffer_free(&whole_second);
        exn_buffer_free(&whole_first);
    }
}

/* A thumbnail of which every MCU decodes is kept, one that has lost data is not. */
static void thumbnails(void **state)
{
    (void)state;

    for (int n = 0; n < 3; n++) {
        static change *const changes[] = {pad, end_with_text, rob};
        const bool robbed = n == 2;
        exn_buffer picture, whole, thumbnail, tiff = {0}, file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes output;
        exn_test_segment app1;
        make(640, 480, false, &picture);
        make(64, 48, false, &whole);
        changes[n](&whole, &thumbnail);
        const exn_test_exif exif = {.orientation = ORIENTATION,
                                    .thumbnail = exn_buffer_span(&thumbnail)};
        assert_true(exn_test_exif_make(&exif, &tiff));
        assert_true(
            exn_test_jpeg_insert_exif(exn_buffer_span(&picture), exn_buffer_span(&tiff), &file));
        assert_int_equal(run(&file, EXN_ON_DAMAGE_DECODE, &output, &result, NULL), EXN_OK);
        assert_int_equal(has(&result, EXN_WARN_THUMBNAIL_DROPPED), robbed);
        assert_false(has(&result, EXN_WARN_DAMAGED));
        assert_true(exn_test_jpeg_find((exn_span){output.data, output.size}, 0xE1, 0, &app1));
        const uint8_t *soi = memmem(app1.payload.data, app1.payload.size, "\xFF\xD8\xFF", 3);
        assert_int_equal(soi != NULL, !robbed);
        if (soi)
            assert_rotated(exn_buffer_span(&whole),
                           (exn_span){soi, (size_t)(app1.payload.data + app1.payload.size - soi)});
        exn_bytes_free(&output);
        exn_buffer_free(&file);
        exn_buffer_free(&tiff);
        exn_buffer_free(&thumbnail);
        exn_buffer_free(&whole);
        exn_buffer_free(&picture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_picture_that_decodes),
        cmocka_unit_test(pictures_that_have_lost_data),
        cmocka_unit_test(thumbnails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
