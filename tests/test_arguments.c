/* SPDX-License-Identifier: MIT */
/* What a caller may pass to the library: every option out of its range and every NULL is refused by
 * name before anything is done, or allowed and harmless. A mode that is none would otherwise drop
 * the tag and leave the picture lying. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <exifnorm.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"

typedef struct file {
    exn_buffer bytes;
} file;

static int set_up(void **state)
{
    static file f;
    exn_buffer bare = {0}, tiff = {0};
    char why[JMSG_LENGTH_MAX];
    exn_test_jpeg jpeg;
    exn_test_exif exif = {.orientation = 6};
    f = (file){0};
    exn_test_jpeg_init(&jpeg, 32, 16);
    assert_true(exn_test_jpeg_make(&jpeg, &bare, why));
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(
        exn_test_jpeg_insert_exif(exn_buffer_span(&bare), exn_buffer_span(&tiff), &f.bytes));
    exn_buffer_free(&bare);
    exn_buffer_free(&tiff);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    exn_buffer_free(&((file *)*state)->bytes);
    return 0;
}

static int read_bytes(void *context, void *to, size_t size, uint64_t offset)
{
    memcpy(to, ((const exn_buffer *)context)->data + offset, size);
    return 0;
}

/* What the three calls say of these options; each must name the member. */
static void expect_refused(const exn_buffer *file, const exn_options *options, const char *name)
{
    exn_bytes product = {(uint8_t *)1, 7};
    exn_result result = {.outcome = EXN_OUTCOME_LOSSLESS};
    exn_error error = {0};
    const exn_source source = {file->size, read_bytes, (void *)(uintptr_t)file};

    assert_int_equal(exn_normalize(file->data, file->size, options, &product, &result, &error),
                     EXN_BAD_ARGUMENT);
    assert_null(product.data);
    assert_int_equal(product.size, 0);
    assert_int_equal(result.outcome, EXN_OUTCOME_FAILED);
    assert_int_equal(error.status, EXN_BAD_ARGUMENT);
    assert_non_null(strstr(error.detail, name));

    assert_int_equal(exn_check(&source, options, &result, &error), EXN_BAD_ARGUMENT);
    assert_int_equal(result.outcome, EXN_OUTCOME_FAILED);
    assert_non_null(strstr(error.detail, name));

    assert_int_equal(
        exn_verify(file->data, file->size, file->data, file->size, options, &result, &error),
        EXN_BAD_ARGUMENT);
    assert_non_null(strstr(error.detail, name));
}

#define REFUSED(member, value)                                                                     \
    do {                                                                                           \
        exn_options options;                                                                       \
        exn_options_init(&options);                                                                \
        *(unsigned *)&options.member = (value);                                                    \
        expect_refused(bytes, &options, #member);                                                  \
    } while (0)

static void test_options(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    static const unsigned none[] = {9, 255, 0x80000000u, 0xFFFFFFFFu};
    REFUSED(mode, EXN_MODE_DROP + 1);
    REFUSED(edges, EXN_EDGES_REFUSE + 1);
    REFUSED(quality, EXN_QUALITY_HIGH + 1);
    REFUSED(secondary, EXN_SECONDARY_DROP + 1);
    REFUSED(png_level, 13);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        REFUSED(mode, none[i]);
        REFUSED(edges, none[i]);
        REFUSED(quality, none[i]);
        REFUSED(secondary, none[i]);
        if (none[i] > 12)
            REFUSED(png_level, none[i]);
    }
}

/* The last value of every one is taken. */
static void test_last_values(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    exn_options options;
    exn_bytes product;
    exn_result result;
    exn_options_init(&options);
    options.mode = EXN_MODE_DROP;
    options.edges = EXN_EDGES_REFUSE;
    options.quality = EXN_QUALITY_HIGH;
    options.secondary = EXN_SECONDARY_DROP;
    options.png_level = 12;
    assert_int_equal(exn_normalize(bytes->data, bytes->size, &options, &product, &result, NULL),
                     EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    exn_bytes_free(&product);
}

static void expect_null(exn_status status, const exn_error *error, const char *name)
{
    assert_int_equal(status, EXN_BAD_ARGUMENT);
    assert_int_equal(error->status, EXN_BAD_ARGUMENT);
    assert_non_null(strstr(error->detail, name));
}

static void test_null_refused(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    exn_bytes product = {(uint8_t *)1, 7};
    exn_result result = {0};
    exn_error e;
    const exn_source unread = {.size = 8};
    expect_null(exn_normalize(NULL, 8, NULL, &product, &result, &e), &e, "data");
    assert_null(product.data);
    expect_null(exn_normalize(bytes->data, bytes->size, NULL, NULL, &result, &e), &e, "product");
    expect_null(exn_check(NULL, NULL, &result, &e), &e, "source");
    expect_null(exn_check(&unread, NULL, &result, &e), &e, "source->read");
    expect_null(exn_verify(NULL, 8, bytes->data, bytes->size, NULL, &result, &e), &e, "source");
    expect_null(exn_verify(bytes->data, bytes->size, NULL, 8, NULL, &result, &e), &e, "product");
    expect_null(exn_verify(bytes->data, bytes->size, bytes->data, bytes->size, NULL, NULL, &e), &e,
                "result");
}

/* Where NULL is allowed, the answer is the one that is given without it. */
static void test_null_allowed(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    const exn_source source = {bytes->size, read_bytes, (void *)(uintptr_t)bytes};
    exn_bytes product, again;
    exn_result result;
    assert_int_equal(exn_normalize(bytes->data, bytes->size, NULL, &product, &result, NULL),
                     EXN_OK);
    assert_int_equal(exn_normalize(bytes->data, bytes->size, NULL, &again, NULL, NULL), EXN_OK);
    assert_int_equal(product.size, again.size);
    assert_memory_equal(product.data, again.data, again.size);
    assert_int_equal(
        exn_verify(bytes->data, bytes->size, product.data, product.size, NULL, &result, NULL),
        EXN_OK);
    assert_int_equal(exn_check(&source, NULL, NULL, NULL), EXN_OK);
    exn_bytes_free(&again);
    exn_bytes_free(&again);
    exn_bytes_free(&product);
    exn_bytes_free(NULL);
    exn_options_init(NULL);
    assert_int_equal(exn_sniff(NULL, 64), EXN_FORMAT_UNKNOWN);
    assert_int_equal(exn_sniff(NULL, 0), EXN_FORMAT_UNKNOWN);
    /* An empty file is no image, wherever it is not. */
    assert_int_equal(exn_normalize(NULL, 0, NULL, &product, NULL, NULL), EXN_NOT_AN_IMAGE);
    assert_int_equal(exn_verify(NULL, 0, NULL, 0, NULL, &result, NULL), EXN_NOT_AN_IMAGE);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(exn_status_word(EXN_BAD_ARGUMENT), "bad-argument");
    assert_string_equal(exn_status_word((exn_status)(EXN_BAD_ARGUMENT + 1000)), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),      cmocka_unit_test(test_last_values),
        cmocka_unit_test(test_null_refused), cmocka_unit_test(test_null_allowed),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("arguments", tests, set_up, tear_down);
}
