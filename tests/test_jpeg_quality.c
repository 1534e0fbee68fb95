/* SPDX-License-Identifier: MIT */
/* What a turn costs where it cannot be lossless: how far the samples are from the source's, moved,
 * and how many bytes the file takes. A picture that is like a photograph, for bytes: detail of
 * every size, and grain.
 *
 * Without an argument: small pictures with the grids of cameras' sizes. With --long: those sizes.
 */
#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/jpeg_quality.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- The picture ----------------------------------------------------------------------------- */

static double hash(uint32_t x, uint32_t y, uint32_t plane)
{
    uint32_t state = x * 2654435761u ^ (y + 77) * 2246822519u ^ plane * 3266489917u;

    for (int i = 0; i < 2; i++)
        state = (state ^ state >> 15) * 2246822519u;
    return (state >> 8) / (double)(1 << 23) - 1;
}

/* Random values at the corners of squares of that size, smooth in between. */
static double octave(uint32_t x, uint32_t y, uint32_t size, uint32_t plane)
{
    const uint32_t cx = x / size, cy = y / size, seed = plane * 64 + size;
    const double u = (double)(x % size) / size, v = (double)(y % size) / size;
    const double a = u * u * (3 - 2 * u), b = v * v * (3 - 2 * v);

    return (1 - b) * ((1 - a) * hash(cx, cy, seed) + a * hash(cx + 1, cy, seed)) +
           b * ((1 - a) * hash(cx, cy + 1, seed) + a * hash(cx + 1, cy + 1, seed));
}

/* Natural pictures have about as much detail at each size, and colour has less of the finest. */
static uint8_t sample(uint32_t x, uint32_t y, uint32_t plane)
{
    static double strength[257]; /* by size */
    double value = 128 + (plane ? 0 : 1.5) * hash(x, y, 99);

    for (uint32_t size = plane ? 8 : 2; size <= 256; size *= 2) {
        if (strength[size] == 0)
            strength[size] = pow(size, 0.4);
        value += (plane ? 2 : 4) * strength[size] * octave(x, y, size, plane);
    }
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

typedef struct source {
    exn_buffer plain;
    exn_test_coefs coefs;
} source;

static void make_source(source *s, uint32_t width, uint32_t height, const char *sampling,
                        int quality)
{
    char why[EXN_TEST_WHY];
    exn_test_jpeg spec;
    uint8_t *pixels = malloc((size_t)width * height * 4);

    assert_non_null(pixels);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t plane = 0; plane < 4; plane++)
                pixels[((size_t)y * width + x) * 4 + plane] = plane == 3 ? 0 : sample(x, y, plane);
    exn_test_jpeg_init(&spec, width, height);
    assert_true(exn_test_jpeg_sampling(&spec, sampling));
    spec.quality = quality;
    spec.pixels = pixels;
    memset(s, 0, sizeof *s);
    exn_test_jpeg_made(&spec, &s->plain);
    assert_true(exn_test_jpeg_read(exn_buffer_span(&s->plain), &s->coefs, why));
    free(pixels);
}

static void free_source(source *s)
{
    exn_buffer_free(&s->plain);
    exn_test_coefs_free(&s->coefs);
}

/* --- One turn -------------------------------------------------------------------------------- */

typedef struct product {
    exn_result result;
    double size; /* as a share of the source's */
    exn_test_coefs coefs;
} product;

static void turn(const source *s, uint32_t value, exn_quality quality, product *p)
{
    char why[EXN_TEST_WHY];
    exn_buffer tagged = {0};
    exn_options options;
    exn_bytes bytes;
    exn_error error;

    exn_options_init(&options, sizeof options);
    options.quality = quality;
    exn_result_init(&p->result, sizeof p->result);
    assert_true(exn_test_tag(exn_buffer_span(&s->plain), value, &tagged));
    assert_int_equal(exn_normalize(tagged.data, tagged.size, &options, &bytes, &p->result, &error),
                     EXN_OK);
    if (exn_verify(tagged.data, tagged.size, bytes.data, bytes.size, &options, &p->result,
                   &error) != EXN_OK)
        print_error("%s\n", error.detail);
    assert_int_equal(error.status, EXN_OK);
    p->size = (double)bytes.size / (double)tagged.size;
    assert_true(exn_test_jpeg_read((exn_span){bytes.data, bytes.size}, &p->coefs, why));
    exn_bytes_free(&bytes);
    exn_buffer_free(&tagged);
}

/* Exact components are exact, the others no more than 0.1 dB from what their table allows. */
static void check_components(const source *s, uint32_t value, const product *p)
{
    const uint32_t exact = exn_test_exact_set(&s->coefs, value);

    assert_int_equal(p->result.exact_components, exact);
    for (int i = 0; i < s->coefs.components; i++) {
        char why[EXN_TEST_WHY];
        const bool good = exact >> i & 1
                              ? exn_test_same_coefficients(&s->coefs, &p->coefs, i, value, why)
                              : exn_test_component_is_close(&s->coefs, &p->coefs, i, value, why);
        if (!good)
            print_error("orientation %u: %s\n", value, why);
        assert_true(good);
    }
}

static void check_size(const source *s, uint32_t value, const product *p, double at_most)
{
    if (p->size > at_most)
        print_error("%ux%u orientation %u: %.4f of the source's size\n", s->coefs.width,
                    s->coefs.height, value, p->size);
    assert_true(p->size <= at_most);
}

typedef struct size {
    uint32_t width, height;
    const char *sampling;
} size;

/* --- Whole luma grids ------------------------------------------------------------------------ */

static void check_whole_luma(const size *sizes, size_t count)
{
    static const int qualities[] = {75, 92};
    char why[EXN_TEST_WHY];
    source s;

    for (size_t n = 0; n < 2 * count; n++) {
        const size *z = &sizes[n / 2];
        double largest = 0;
        make_source(&s, z->width, z->height, z->sampling, qualities[n % 2]);
        for (uint32_t value = 2; value <= 8; value++) {
            product p;
            turn(&s, value, EXN_QUALITY_SAME, &p);
            check_components(&s, value, &p);
            assert_true(p.result.exact_components & 1);
            assert_true(exn_test_same_frame(&s.coefs, &p.coefs, value, why));
            check_size(&s, value, &p, 1.04);
            largest = p.size > largest ? p.size : largest;
            exn_test_coefs_free(&p.coefs);
        }
        print_message("%ux%u %s quality %d: at most %.4f of the size\n", z->width, z->height,
                      z->sampling, qualities[n % 2], largest);
        free_source(&s);
    }
}

/* --- Odd sizes ------------------------------------------------------------------------------- */

static double loss(const source *s, const product *p, int i, uint32_t value)
{
    double *ideal = exn_test_ideal_plane(&s->coefs, i, value, 8);

    assert_non_null(ideal);
    const double found = exn_test_psnr(exn_test_distance(&p->coefs.component[i], ideal));
    free(ideal);
    return found;
}

/* high gains 3 dB in every component that is requantized, as long as its steps can be finer, and
 * leaves the others alone. */
static void check_gain(const source *s, uint32_t value, const product *same, const product *high)
{
    for (int i = 0; i < s->coefs.components; i++) {
        const exn_test_component *a = &same->coefs.component[i], *b = &high->coefs.component[i];
        if (same->result.exact_components >> i & 1) {
            assert_memory_equal(a->quant, b->quant, sizeof a->quant);
            continue;
        }
        const double before = loss(s, same, i, value), after = loss(s, high, i, value);
        bool finest = true;
        for (int k = 0; k < 64; k++) {
            assert_in_range(b->quant[k], 1, a->quant[k]);
            finest = finest && b->quant[k] == 1;
        }
        if (after < before + 3 && !finest)
            print_error("%ux%u orientation %u: component %d from %.2f to %.2f dB\n", s->coefs.width,
                        s->coefs.height, value, i, before, after);
        assert_true(after >= before + 3 || finest);
    }
}

static void check_odd(const size *sizes, size_t count, uint32_t step)
{
    static const int qualities[] = {75, 92};
    source s;

    for (size_t n = 0; n < 2 * count; n++) {
        const size *z = &sizes[n / 2];
        double smallest[2] = {INFINITY, INFINITY}, largest[2] = {0};
        make_source(&s, z->width, z->height, z->sampling, qualities[n % 2]);
        for (uint32_t value = 2; value <= 8; value += step) {
            product same, high;
            turn(&s, value, EXN_QUALITY_SAME, &same);
            check_components(&s, value, &same);
            check_size(&s, value, &same, 1.13);
            turn(&s, value, EXN_QUALITY_HIGH, &high);
            check_components(&s, value, &high);
            check_gain(&s, value, &same, &high);
            if (same.result.outcome != EXN_OUTCOME_LOSSLESS) {
                smallest[0] = fmin(smallest[0], same.size);
                smallest[1] = fmin(smallest[1], high.size);
            }
            largest[0] = fmax(largest[0], same.size);
            largest[1] = fmax(largest[1], high.size);
            exn_test_coefs_free(&same.coefs);
            exn_test_coefs_free(&high.coefs);
        }
        print_message("%ux%u %s quality %d: %.3f to %.3f of the size, high %.3f to %.3f\n",
                      z->width, z->height, z->sampling, qualities[n % 2], smallest[0], largest[0],
                      smallest[1], largest[1]);
        free_source(&s);
    }
}

/* --- Tests ----------------------------------------------------------------------------------- */

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* Modulo 16 as 4000x3000, 1920x1080 and 1080x1920. */
static void whole_luma_is_exact(void **state)
{
    static const size sizes[] = {
        {320, 264, "4:2:0"}, {480, 264, "4:2:0"}, {264, 480, "4:2:0"}, {264, 480, "4:2:2"}};
    (void)state;
    check_whole_luma(sizes, COUNT(sizes));
}

/* Modulo 8 as 4001x3001, 4000x2250 and 1001x667. */
static void odd_sizes_lose_little(void **state)
{
    static const size sizes[] = {{321, 265, "4:2:0"}, {320, 250, "4:2:0"}, {329, 267, "4:4:4"}};
    (void)state;
    check_odd(sizes, COUNT(sizes), 1);
}

/* Components that share a table, of which one stays as it is: the others get slots of their own. */
static void shared_tables_part(void **state)
{
    char why[EXN_TEST_WHY];
    exn_test_jpeg spec;
    source s = {.plain = {0}};
    product same, high;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 40);
    exn_test_jpeg_space(&spec, JCS_CMYK); /* one table for all four */
    exn_test_jpeg_sampling(&spec, "4:2:0");
    exn_test_jpeg_made(&spec, &s.plain);
    assert_true(exn_test_jpeg_read(exn_buffer_span(&s.plain), &s.coefs, why));
    turn(&s, 6, EXN_QUALITY_SAME, &same);
    turn(&s, 6, EXN_QUALITY_HIGH, &high);
    assert_int_equal(high.result.exact_components, 9);
    check_components(&s, 6, &high);
    check_gain(&s, 6, &same, &high);
    assert_memory_not_equal(high.coefs.component[0].quant, high.coefs.component[1].quant,
                            sizeof high.coefs.component[0].quant);
    exn_test_coefs_free(&same.coefs);
    exn_test_coefs_free(&high.coefs);
    free_source(&s);
}

/* Finer tables are no mistake only where they were asked for. */
static void verify_knows_what_was_asked_for(void **state)
{
    exn_buffer tagged = {0};
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes bytes;
    source s;
    (void)state;

    make_source(&s, 61, 43, "4:2:0", 85);
    assert_true(exn_test_tag(exn_buffer_span(&s.plain), 3, &tagged));
    exn_options_init(&options, sizeof options);
    assert_int_equal(options.quality, EXN_QUALITY_SAME);
    options.quality = EXN_QUALITY_HIGH;
    assert_int_equal(exn_normalize(tagged.data, tagged.size, &options, &bytes, &result, NULL),
                     EXN_OK);
    assert_int_equal(
        exn_verify(tagged.data, tagged.size, bytes.data, bytes.size, &options, &result, NULL),
        EXN_OK);
    assert_int_equal(
        exn_verify(tagged.data, tagged.size, bytes.data, bytes.size, NULL, &result, NULL),
        EXN_MISMATCH);
    exn_bytes_free(&bytes);
    exn_buffer_free(&tagged);
    free_source(&s);
}

static void cameras_sizes(void **state)
{
    static const size whole[] = {
        {4000, 3000, "4:2:0"}, {1920, 1080, "4:2:0"}, {1080, 1920, "4:2:0"}, {1080, 1920, "4:2:2"}};
    static const size odd[] = {
        {4001, 3001, "4:2:0"}, {1001, 667, "4:2:0"}, {4000, 2250, "4:2:0"}, {1001, 667, "4:4:4"}};
    (void)state;
    check_whole_luma(whole, COUNT(whole));
    check_odd(odd, COUNT(odd), 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_luma_is_exact),
        cmocka_unit_test(odd_sizes_lose_little),
        cmocka_unit_test(shared_tables_part),
        cmocka_unit_test(verify_knows_what_was_asked_for),
    };
    const struct CMUnitTest full[] = {cmocka_unit_test(cameras_sizes)};

    if (argc > 1 && !strcmp(argv[1], "--long"))
        return cmocka_run_group_tests(full, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
