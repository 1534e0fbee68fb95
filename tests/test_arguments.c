/* SPDX-License-Identifier: MIT */
/* What a caller may pass to the library: every option out of its range and every NULL is refused by
 * name before anything is done, or allowed and harmless. A mode that is none would otherwise drop
 * the tag and leave the picture lying. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
    exn_test_jpeg jpeg;
    exn_test_exif exif = {.orientation = 6};
    f = (file){0};
    exn_test_jpeg_init(&jpeg, 32, 16);
    exn_test_jpeg_made(&jpeg, &bare);
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
    exn_result result = {.struct_size = sizeof(exn_result), .outcome = EXN_OUTCOME_LOSSLESS};
    exn_error error = {0};
    const exn_source source = {file->size, read_bytes, (void *)(uintptr_t)file};

    assert_int_equal(exn_normalize(file->data, file->size, options, &product, &result, &error),
                     EXN_BAD_ARGUMENT);
    assert_null(product.data);
    assert_int_equal(product.size, 0);
    assert_int_equal(result.outcome, EXN_OUTCOME_FAILED);
    assert_int_equal(error.status, EXN_BAD_ARGUMENT);
    assert_non_null(strstr(error.detail, name));

    assert_int_equal(exn_check_memory(file->data, file->size, options, &result, &error),
                     EXN_BAD_ARGUMENT);
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
        exn_options_init(&options, sizeof options);                                                \
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
    REFUSED(on_damage, EXN_ON_DAMAGE_DECODE + 1);
    REFUSED(orientation, 9);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        REFUSED(mode, none[i]);
        REFUSED(edges, none[i]);
        REFUSED(quality, none[i]);
        REFUSED(secondary, none[i]);
        REFUSED(on_damage, none[i]);
        REFUSED(orientation, none[i]);
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
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_options_init(&options, sizeof options);
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
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error e;
    const exn_source unread = {.size = 8};
    expect_null(exn_normalize(NULL, 8, NULL, &product, &result, &e), &e, "data");
    assert_null(product.data);
    expect_null(exn_normalize(bytes->data, bytes->size, NULL, NULL, &result, &e), &e, "output");
    expect_null(exn_check(NULL, NULL, &result, &e), &e, "source");
    expect_null(exn_check_memory(NULL, 8, NULL, &result, &e), &e, "data");
    expect_null(exn_check(&unread, NULL, &result, &e), &e, "source->read");
    expect_null(exn_verify(NULL, 8, bytes->data, bytes->size, NULL, &result, &e), &e, "source");
    expect_null(exn_verify(bytes->data, bytes->size, NULL, 8, NULL, &result, &e), &e, "output");
    expect_null(exn_verify(bytes->data, bytes->size, bytes->data, bytes->size, NULL, NULL, &e), &e,
                "result");
    expect_null(exn_normalize_sidecar(NULL, 8, NULL, NULL, &product, &result, &e), &e, "data");
    expect_null(exn_normalize_sidecar("", 0, NULL, NULL, NULL, &result, &e), &e, "output");
}

/* Where NULL is allowed, the answer is the one that is given without it. */
static void test_null_allowed(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    const exn_source source = {bytes->size, read_bytes, (void *)(uintptr_t)bytes};
    exn_bytes product, again;
    exn_result result = {.struct_size = sizeof(exn_result)};
    assert_int_equal(exn_normalize(bytes->data, bytes->size, NULL, &product, &result, NULL),
                     EXN_OK);
    assert_int_equal(exn_normalize(bytes->data, bytes->size, NULL, &again, NULL, NULL), EXN_OK);
    assert_int_equal(product.size, again.size);
    assert_memory_equal(product.data, again.data, again.size);
    assert_int_equal(
        exn_verify(bytes->data, bytes->size, product.data, product.size, NULL, &result, NULL),
        EXN_OK);
    assert_int_equal(exn_check(&source, NULL, NULL, NULL), EXN_OK);
    assert_int_equal(exn_check_memory(bytes->data, bytes->size, NULL, NULL, NULL), EXN_OK);
    assert_int_equal(exn_check_memory(NULL, 0, NULL, NULL, NULL), EXN_NOT_AN_IMAGE);
    exn_bytes_free(&again);
    exn_bytes_free(&again);
    exn_bytes_free(&product);
    exn_bytes_free(NULL);
    exn_options_init(NULL, sizeof(exn_options));
    exn_result_init(NULL, sizeof(exn_result));
    assert_int_equal(exn_normalize_sidecar(NULL, 0, NULL, NULL, &product, NULL, NULL), EXN_OK);
    assert_int_equal(exn_sniff(NULL, 64), EXN_FORMAT_UNKNOWN);
    assert_int_equal(exn_sniff(NULL, 0), EXN_FORMAT_UNKNOWN);
    assert_int_equal(exn_format_named(NULL), EXN_FORMAT_UNKNOWN);
    /* An empty file is no image, wherever it is not. */
    assert_int_equal(exn_normalize(NULL, 0, NULL, &product, NULL, NULL), EXN_NOT_AN_IMAGE);
    assert_int_equal(exn_verify(NULL, 0, NULL, 0, NULL, &result, NULL), EXN_NOT_AN_IMAGE);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        exn_format format;
    } rows[] = {
        {"a.jpg", EXN_FORMAT_JPEG},        {"d/a.JPEG", EXN_FORMAT_JPEG},
        {"a.b.Png", EXN_FORMAT_PNG},       {"/d.x/a.webp", EXN_FORMAT_WEBP},
        {".jpg", EXN_FORMAT_JPEG},         {"._d/a.jpg", EXN_FORMAT_JPEG},
        {"d/._a.jpg", EXN_FORMAT_UNKNOWN}, {"x/d/._a.jpg", EXN_FORMAT_UNKNOWN},
        {"._a.jpg", EXN_FORMAT_UNKNOWN},   {"jpg", EXN_FORMAT_UNKNOWN},
        {"d.jpg/a", EXN_FORMAT_UNKNOWN},   {"a.jpg.txt", EXN_FORMAT_UNKNOWN},
        {"a.jpgx", EXN_FORMAT_UNKNOWN},    {"a.jp", EXN_FORMAT_UNKNOWN},
        {"a.heic", EXN_FORMAT_UNKNOWN},    {"a.tif", EXN_FORMAT_UNKNOWN},
        {"", EXN_FORMAT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (exn_format_named(rows[i].path) != rows[i].format)
            fail_msg("%s: %d", rows[i].path, exn_format_named(rows[i].path));
}

/* A result that is handed back may say anything. */
#define NO_RESULT(member, value)                                                                   \
    do {                                                                                           \
        exn_result wrong = result;                                                                 \
        *(unsigned *)&wrong.member = (value);                                                      \
        expect_null(                                                                               \
            exn_verify(bytes->data, bytes->size, output.data, output.size, NULL, &wrong, &e), &e,  \
            #member);                                                                              \
        expect_null(exn_normalize_sidecar("", 0, &wrong, NULL, &again, NULL, &e), &e, #member);    \
    } while (0)

static void test_returned(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    exn_bytes output, again;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error e;
    assert_int_equal(exn_normalize(bytes->data, bytes->size, NULL, &output, &result, NULL), EXN_OK);
    NO_RESULT(format, EXN_FORMAT_JXL + 1);
    NO_RESULT(outcome, EXN_OUTCOME_COUNT);
    NO_RESULT(method, EXN_METHOD_SAMPLES + 1);
    NO_RESULT(orientation_place, 0xFFFFFFFFu);
    NO_RESULT(orientation, 9);
    NO_RESULT(transform, 8);
    NO_RESULT(orientation_given, 9);
    NO_RESULT(format_out, EXN_FORMAT_JXL + 1);
    result.struct_size = 0;
    expect_null(exn_verify(bytes->data, bytes->size, output.data, output.size, NULL, &result, &e),
                &e, "result: struct_size");
    expect_null(exn_normalize_sidecar("", 0, &result, NULL, &again, NULL, &e), &e,
                "image: struct_size");
    exn_bytes_free(&output);
}

/* No member is where one was not: only the end may grow. */
static void test_sizes_refused(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    static const size_t none[] = {0, 8, offsetof(exn_options, look_whole), 4097, SIZE_MAX};
    const exn_source source = {bytes->size, read_bytes, (void *)(uintptr_t)bytes};
    exn_bytes output;
    exn_error e;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        exn_options options;
        exn_result result = {.struct_size = sizeof(exn_result)},
                   before = {.struct_size = sizeof(exn_result)};
        exn_options_init(&options, sizeof options);
        memset(&result, 0xEE, sizeof result);
        options.struct_size = result.struct_size = none[i];
        before = result;
        expect_null(exn_normalize(bytes->data, bytes->size, &options, &output, NULL, &e), &e,
                    "options: struct_size");
        expect_null(exn_normalize(bytes->data, bytes->size, NULL, &output, &result, &e), &e,
                    "result: struct_size");
        expect_null(exn_check(&source, NULL, &result, &e), &e, "result: struct_size");
        expect_null(exn_normalize_sidecar("", 0, NULL, NULL, &output, &result, &e), &e,
                    "result: struct_size");
        assert_memory_equal(&result, &before, sizeof result);
    }
    /* Neither writes more than there is, or makes of a size one that calls take. */
    uint8_t few[64];
    memset(few, 0xEE, sizeof few);
    exn_options_init((exn_options *)(void *)few, 24);
    for (size_t i = 24; i < sizeof few; i++)
        assert_int_equal(few[i], 0xEE);
    exn_options options;
    exn_options_init(&options, (size_t)1 << 40);
    assert_int_equal(options.struct_size, (size_t)1 << 40);
}

/* Of a newer header, with members at the end that the library does not know. */
typedef struct newer_options {
    exn_options known;
    uint64_t more[4];
} newer_options;
typedef struct newer_result {
    exn_result known;
    uint64_t more[4];
} newer_result;

static void test_larger_structs(void **state)
{
    const exn_buffer *bytes = &((file *)*state)->bytes;
    newer_options options;
    newer_result result;
    exn_bytes output;
    exn_error e;
    memset(&options, 0xEE, sizeof options);
    memset(&result, 0xEE, sizeof result);
    exn_options_init(&options.known, sizeof options);
    exn_result_init(&result.known, sizeof result);
    for (int i = 0; i < 4; i++)
        assert_true(options.more[i] == 0 && result.more[i] == 0);
    memset(result.more, 0xEE, sizeof result.more);
    assert_int_equal(
        exn_normalize(bytes->data, bytes->size, &options.known, &output, &result.known, NULL),
        EXN_OK);
    assert_int_equal(result.known.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(result.known.struct_size, sizeof result);
    for (int i = 0; i < 4; i++)
        assert_int_equal(result.more[i], 0);
    assert_int_equal(exn_verify(bytes->data, bytes->size, output.data, output.size, &options.known,
                                &result.known, NULL),
                     EXN_OK);
    exn_bytes_free(&output);
    /* What it asks for is not done in silence without. */
    options.more[3] = UINT64_C(1) << 56;
    expect_null(exn_normalize(bytes->data, bytes->size, &options.known, &output, NULL, &e), &e,
                "options: a member is set that version 0.1.0 does not know");
}

/* Every value of the enums has a word of its own, and no other has. */
#define WORDS(call, type, last)                                                                    \
    do {                                                                                           \
        for (unsigned i = 0; i <= (last); i++) {                                                   \
            assert_string_not_equal(call((type)i), "unknown");                                     \
            for (unsigned k = 0; k < i; k++)                                                       \
                assert_string_not_equal(call((type)i), call((type)k));                             \
        }                                                                                          \
        assert_string_equal(call((type)((last) + 1)), "unknown");                                  \
        assert_string_equal(call((type)-1), "unknown");                                            \
    } while (0)

static const char *format_word(exn_format format)
{
    return format == EXN_FORMAT_UNKNOWN ? "none of them" : exn_format_word(format);
}

static void test_words(void **state)
{
    (void)state;
    WORDS(exn_status_word, exn_status, EXN_CANCELLED);
    WORDS(exn_outcome_word, exn_outcome, EXN_OUTCOME_COUNT - 1);
    WORDS(exn_warning_word, exn_warning, EXN_WARNING_COUNT - 1);
    WORDS(exn_reason_word, exn_reason, EXN_REASON_COUNT - 1);
    WORDS(format_word, exn_format, EXN_FORMAT_JXL);
    WORDS(exn_method_word, exn_method, EXN_METHOD_SAMPLES);
    WORDS(exn_place_word, exn_place, EXN_PLACE_ITEM_PROPERTY);
    assert_string_equal(exn_status_word(EXN_BAD_ARGUMENT), "bad-argument");
    for (unsigned i = 0; i <= EXN_CANCELLED; i++)
        assert_string_not_equal(exn_status_text((exn_status)i), "unknown error");
    assert_string_equal(exn_status_text((exn_status)(EXN_CANCELLED + 1)), "unknown error");
}

static void test_version(void **state)
{
    (void)state;
    char text[32];
    const unsigned number = exn_version_number();
    assert_int_equal(number, EXN_VERSION_NUMBER);
    assert_string_equal(exn_version(), EXN_VERSION);
    snprintf(text, sizeof text, "%u.%u.%u", number / 1000000, number / 1000 % 1000, number % 1000);
    assert_string_equal(text, exn_version());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),         cmocka_unit_test(test_options),
        cmocka_unit_test(test_last_values),   cmocka_unit_test(test_null_refused),
        cmocka_unit_test(test_null_allowed),  cmocka_unit_test(test_returned),
        cmocka_unit_test(test_sizes_refused), cmocka_unit_test(test_larger_structs),
        cmocka_unit_test(test_words),         cmocka_unit_test(test_version),
    };
    return cmocka_run_group_tests_name("arguments", tests, set_up, tear_down);
}
