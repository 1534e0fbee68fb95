/* SPDX-License-Identifier: MIT */
/* What exn_normalize() does with an output that it should not have made: here the rotator gives
 * whatever the test says. And what it says of a file that libexif reads otherwise. */
#define exn_rotate rotate_badly
#include "normalize.c"
#undef exn_rotate

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What the rotator gives, and the size that it promises. */
static exn_buffer given;
static uint32_t promised_width, promised_height;

exn_status rotate_badly(const exn_image *image, const exn_options *options, exn_buffer *out,
                        exn_result *result, exn_error *error)
{
    (void)image, (void)options, (void)error;
    result->outcome = EXN_OUTCOME_LOSSLESS;
    result->method = EXN_METHOD_COEFFICIENTS;
    result->exact_components = 7;
    result->transform = 1;
    result->width_out = promised_width;
    result->height_out = promised_height;
    return exn_buffer_append(out, given.data, given.size);
}

static void make(uint32_t width, uint32_t height, uint32_t value, exn_buffer *file)
{
    exn_test_jpeg spec;
    exn_buffer plain = {0};

    exn_test_jpeg_init(&spec, width, height);
    exn_test_jpeg_made(&spec, &plain);
    if (value)
        assert_true(exn_test_tag(exn_buffer_span(&plain), value, file));
    else
        assert_int_equal(exn_buffer_append(file, plain.data, plain.size), EXN_OK);
    exn_buffer_free(&plain);
}

/* Of a failure nothing is left that could be taken for an output. */
static void expect(exn_status expected, const char *word)
{
    exn_buffer source = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    make(32, 16, 6, &source);
    assert_int_equal(exn_normalize(source.data, source.size, NULL, &product, &result, &error),
                     expected);
    if (expected != EXN_OK) {
        if (!strstr(error.detail, word))
            fail_msg("'%s' does not say '%s'", error.detail, word);
        assert_int_equal(error.status, expected);
        assert_null(product.data);
        assert_int_equal(product.size, 0);
        assert_int_equal(result.outcome, EXN_OUTCOME_FAILED);
        assert_int_equal(result.method, EXN_METHOD_NONE);
        assert_int_equal(result.exact_components, 0);
        assert_int_equal(result.transform, 0);
    } else {
        assert_int_equal(product.size, given.size);
        assert_memory_equal(product.data, given.data, given.size);
    }
    exn_bytes_free(&product);
    exn_buffer_free(&source);
    exn_buffer_free(&given);
}

static void outputs_are_looked_at_once_more(void **state)
{
    (void)state;

    promised_width = 16;
    promised_height = 32;
    make(16, 32, 0, &given);
    expect(EXN_OK, "");
    make(16, 32, 6, &given); /* it would be turned again */
    expect(EXN_INTERNAL, "needs an edit");
    make(32, 16, 0, &given);
    expect(EXN_INTERNAL, "32x16, expected 16x32");
    promised_height = 33;
    make(16, 32, 0, &given);
    expect(EXN_INTERNAL, "16x32, expected 16x33");
    promised_height = 32;
    make(16, 32, 0, &given);
    given.size = 40; /* in the middle of its header */
    expect(EXN_INTERNAL, "unreadable");
    assert_int_equal(exn_buffer_append(&given, "nothing", 7), EXN_OK);
    expect(EXN_INTERNAL, "unreadable");
}

/* Segments over the limit, that the source did not have. */
static void outputs_keep_to_the_limits(void **state)
{
    (void)state;

    promised_width = 16;
    promised_height = 32;
    make(16, 32, 0, &given);
    exn_buffer long_one = {0};
    assert_int_equal(exn_buffer_append(&long_one, given.data, 2), EXN_OK);
    for (int n = 0; n < 1 << 16; n++)
        assert_int_equal(exn_buffer_append(&long_one, "\xFF\xFE\0\2", 4), EXN_OK);
    assert_int_equal(exn_buffer_append(&long_one, given.data + 2, given.size - 2), EXN_OK);
    exn_buffer_free(&given);
    given = long_one;
    expect(EXN_LIMIT, "segments");
}

/* A value that no browser takes for an orientation, but libexif does. */
static void libexif_is_asked(void **state)
{
    static const uint32_t values[] = {6, 9, 0xFFFF};
    (void)state;

    promised_width = promised_height = 0;
    for (size_t n = 0; n < sizeof values / sizeof *values; n++) {
        exn_buffer source = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        make(16, 16, values[n], &source);
        assert_int_equal(exn_normalize(source.data, source.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.libexif_orientation, values[n]);
        assert_int_equal(result.orientation, values[n] == 6 ? 6 : 0);
        assert_int_equal(result.warnings >> EXN_WARN_LIBEXIF_DIFFERS & 1, values[n] != 6);
        exn_bytes_free(&product);
        exn_buffer_free(&source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_are_looked_at_once_more),
        cmocka_unit_test(outputs_keep_to_the_limits),
        cmocka_unit_test(libexif_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
