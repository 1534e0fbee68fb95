/* SPDX-License-Identifier: MIT */
/* A component that does not change along an axis looks the same from its other end: it keeps its
 * coefficients where the block grid is cut, too, and is reported so. Every pattern of three
 * components, cut along each axis. */
#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Along which axes a component changes. */
enum { ALONG_X = 1, ALONG_Y = 2, PATTERNS = 4 };

typedef struct picture {
    uint32_t width, height;
    const char *sampling;
    bool progressive;
    unsigned pattern[3];
} picture;

static void make(const picture *p, exn_buffer *file)
{
    exn_test_jpeg spec;
    uint8_t *pixels = calloc((size_t)p->width * p->height, 4);

    assert_non_null(pixels);
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++)
            for (uint32_t i = 0; i < 3; i++) {
                const uint32_t across = p->pattern[i] & ALONG_X ? x * x : 0;
                const uint32_t down = p->pattern[i] & ALONG_Y ? 3 * y * y : 0;
                pixels[((size_t)y * p->width + x) * 4 + i] =
                    (uint8_t)(60 + 40 * i + (across + down) % 64);
            }
    exn_test_jpeg_init(&spec, p->width, p->height);
    assert_true(exn_test_jpeg_sampling(&spec, p->sampling));
    spec.progressive = p->progressive;
    spec.pixels = pixels;
    exn_test_jpeg_made(&spec, file);
    free(pixels);
}

/* EXIF 2.32, 4.6.5.1.5: which stored axes run backwards. */
static unsigned backwards(uint32_t value)
{
    static const unsigned axes[] = {
        0, 0, ALONG_X, ALONG_X | ALONG_Y, ALONG_Y, 0, ALONG_Y, ALONG_X | ALONG_Y, ALONG_X};
    return axes[value];
}

/* The axes on which the picture ends inside a block. */
static unsigned cut(const picture *p, uint32_t i)
{
    const uint32_t block = i > 0 && strcmp(p->sampling, "4:2:0") == 0 ? 16 : 8;
    return (p->width % block ? ALONG_X : 0) | (p->height % block ? ALONG_Y : 0);
}

static uint32_t expected_set(const picture *p, uint32_t value)
{
    uint32_t set = 0;

    for (uint32_t i = 0; i < 3; i++)
        if (!(p->pattern[i] & backwards(value) & cut(p, i)))
            set |= 1u << i;
    return set;
}

static exn_outcome expected_outcome(uint32_t exact)
{
    return exact == 7  ? EXN_OUTCOME_LOSSLESS
           : exact & 1 ? EXN_OUTCOME_LUMA_LOSSLESS
                       : EXN_OUTCOME_REQUANTIZED;
}

static void check_components(const exn_test_coefs *source, const exn_test_coefs *product,
                             uint32_t exact, uint32_t value)
{
    char why[EXN_TEST_WHY];

    for (int i = 0; i < 3; i++)
        if (!(exact >> i & 1 ? exn_test_same_coefficients(source, product, i, value, why)
                             : exn_test_component_is_close(source, product, i, value, why)))
            fail_msg("orientation %u, component %d: %s", value, i, why);
}

/* Where exactness is understated or overstated. */
static void check_verify(exn_span source, exn_bytes product, const exn_options *options,
                         const exn_result *result)
{
    exn_result other = *result;

    for (uint32_t set = 0; set < 8; set++) {
        other.exact_components = set;
        assert_int_equal(
            exn_verify(source.data, source.size, product.data, product.size, options, &other, NULL),
            set == result->exact_components ? EXN_OK : EXN_MISMATCH);
    }
}

static void check_turn(const picture *p, const exn_buffer *file, const exn_test_coefs *source,
                       uint32_t value, exn_quality quality)
{
    char why[EXN_TEST_WHY];
    const uint32_t exact = expected_set(p, value);
    exn_buffer tagged = {0};
    exn_test_coefs turned;
    exn_options options;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};

    exn_options_init(&options, sizeof options);
    options.quality = quality;
    assert_true(exn_test_tag(exn_buffer_span(file), value, &tagged));
    assert_int_equal(exn_normalize(tagged.data, tagged.size, &options, &product, &result, NULL),
                     EXN_OK);
    assert_int_equal(result.exact_components, exact);
    assert_int_equal(exn_test_exact_set(source, value), exact);
    assert_int_equal(result.outcome, expected_outcome(exact));
    assert_int_equal(result.method, exact == 7 ? EXN_METHOD_COEFFICIENTS : EXN_METHOD_PLANES);
    assert_true(exn_test_jpeg_read((exn_span){product.data, product.size}, &turned, why));
    if (quality == EXN_QUALITY_SAME)
        assert_true(exn_test_same_frame(source, &turned, value, why));
    check_components(source, &turned, exact, value);
    check_verify(exn_buffer_span(&tagged), product, &options, &result);
    exn_bytes_free(&product);
    options.edges = EXN_EDGES_REFUSE;
    assert_int_equal(exn_normalize(tagged.data, tagged.size, &options, &product, &result, NULL),
                     exact == 7 ? EXN_OK : EXN_REFUSED);
    exn_bytes_free(&product);
    exn_test_coefs_free(&turned);
    exn_buffer_free(&tagged);
}

static void check(const picture *p, exn_quality quality)
{
    char why[EXN_TEST_WHY];
    exn_buffer file = {0};
    exn_test_coefs source;

    make(p, &file);
    assert_true(exn_test_jpeg_read(exn_buffer_span(&file), &source, why));
    for (uint32_t value = 2; value <= 8; value++)
        check_turn(p, &file, &source, value, quality);
    exn_test_coefs_free(&source);
    exn_buffer_free(&file);
}

static void each_pattern(bool progressive, exn_quality quality)
{
    static const picture sizes[] = {{.width = 20, .height = 28, .sampling = "4:4:4"},
                                    {.width = 28, .height = 16, .sampling = "4:4:4"},
                                    {.width = 40, .height = 24, .sampling = "4:2:0"},
                                    {.width = 37, .height = 21, .sampling = "4:2:0"}};
    for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++)
        for (unsigned luma = 0; luma < PATTERNS; luma++)
            for (unsigned chroma = 0; chroma < PATTERNS; chroma++) {
                picture p = sizes[n];
                p.progressive = progressive;
                p.pattern[0] = luma;
                p.pattern[1] = chroma;
                p.pattern[2] = (chroma + luma) % PATTERNS;
                check(&p, quality);
            }
}

static void sequential(void **state)
{
    (void)state;
    each_pattern(false, EXN_QUALITY_SAME);
}

static void progressive(void **state)
{
    (void)state;
    each_pattern(true, EXN_QUALITY_SAME);
}

/* What stays exact keeps its tables. */
static void finer_tables(void **state)
{
    (void)state;
    each_pattern(false, EXN_QUALITY_HIGH);
}

/* A flat component but for two samples of one block, whose mean is that of all others. */
static void all_but_one(void **state)
{
    static const picture p = {.width = 36, .height = 36, .sampling = "4:4:4"};
    exn_buffer file = {0}, tagged = {0};
    char why[EXN_TEST_WHY];
    (void)state;

    for (uint32_t at = 0; at < 36; at += 7) {
        exn_test_jpeg spec;
        exn_test_coefs source;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        uint8_t *pixels = malloc((size_t)p.width * p.height * 4);
        assert_non_null(pixels);
        memset(pixels, 128, (size_t)p.width * p.height * 4);
        pixels[((size_t)at * p.width + at) * 4] = 128 + 100;
        pixels[((size_t)at * p.width + (at ^ 1)) * 4] = 128 - 100;
        exn_test_jpeg_init(&spec, p.width, p.height);
        assert_true(exn_test_jpeg_sampling(&spec, p.sampling));
        spec.pixels = pixels;
        exn_test_jpeg_made(&spec, &file);
        assert_true(exn_test_jpeg_read(exn_buffer_span(&file), &source, why));
        for (uint32_t value = 2; value <= 4; value++) {
            assert_int_equal(exn_test_exact_set(&source, value), 6);
            assert_true(exn_test_tag(exn_buffer_span(&file), value, &tagged));
            assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, NULL),
                             EXN_OK);
            assert_int_equal(result.exact_components, 6);
            assert_int_equal(result.outcome, EXN_OUTCOME_REQUANTIZED);
            check_verify(exn_buffer_span(&tagged), product, NULL, &result);
            exn_bytes_free(&product);
            exn_buffer_free(&tagged);
        }
        exn_test_coefs_free(&source);
        exn_buffer_free(&file);
        free(pixels);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequential),
        cmocka_unit_test(progressive),
        cmocka_unit_test(finer_tables),
        cmocka_unit_test(all_but_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
