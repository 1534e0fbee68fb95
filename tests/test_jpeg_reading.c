/* JPEGs that decoders read differently, or not to the end: samples far beyond black and white, and
 * scans that never come. */
#include "exifnorm.h"

#include "source.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOS = 0xDA, DQT = 0xDB };

/* Sides that no axis of is whole in blocks. */
enum { WIDTH = 44, HEIGHT = 28 };

static exn_status run(const exn_buffer *file, const exn_options *options, exn_result *result)
{
    exn_bytes product;
    const exn_status status =
        exn_normalize(file->data, file->size, options, &product, result, NULL);
    assert_true((status == EXN_OK) == (product.data != NULL) ||
                result->outcome == EXN_OUTCOME_UNTOUCHED);
    if (product.data)
        assert_int_equal(exn_verify(file->data, file->size, product.data, product.size, options,
                                    result, NULL),
                         EXN_OK);
    exn_bytes_free(&product);
    return status;
}

static exn_test_segment find(const exn_buffer *file, uint8_t marker, unsigned number)
{
    exn_test_segment found;
    assert_true(exn_test_jpeg_find((exn_span){file->data, file->size}, marker, number, &found));
    return found;
}

static bool has(const exn_result *result, exn_warning warning)
{
    return result->warnings >> warning & 1;
}

/* --- Samples out of range -------------------------------------------------------------------- */

/* A flat picture of one byte per sample: Y, Cb, Cr; its DC is that of level minus 128 times 8, over
 * a step that set_step() changes. */
static void make_flat(uint8_t y, uint8_t cb, uint32_t orientation, bool progressive,
                      exn_buffer *file)
{
    static uint8_t pixels[4 * WIDTH * HEIGHT];
    char why[EXN_TEST_WHY];
    exn_buffer plain = {0};
    exn_test_jpeg spec;
    for (size_t n = 0; n < sizeof pixels; n += 4) {
        const uint8_t pixel[4] = {y, cb, 128, 0};
        memcpy(pixels + n, pixel, sizeof pixel);
    }
    exn_test_jpeg_init(&spec, WIDTH, HEIGHT);
    spec.pixels = pixels;
    spec.progressive = progressive;
    spec.quality = 50;
    *file = (exn_buffer){0};
    assert_true(exn_test_jpeg_make(&spec, &plain, why));
    assert_true(exn_test_tag(exn_buffer_span(&plain), orientation, file));
    exn_buffer_free(&plain);
}

/* Sets the DC step of a quantization table, 16 at first for luma and 17 for chroma. */
static void set_step(exn_buffer *file, unsigned table, uint8_t step)
{
    const exn_test_segment dqt = find(file, DQT, table);
    assert_int_equal(dqt.payload.size, 65);
    assert_int_equal(dqt.payload.data[1], table ? 17 : 16);
    file->data[dqt.payload.data - file->data + 1] = step;
}

/* White of 255 has a DC of 127 * 8 / 16, so 64: samples of 8 times the step above 128. Where an
 * output's own samples stay within -384..639 all decoders agree. */
static void luma_out_of_range(void **state)
{
    static const struct {
        uint8_t y, step;
        exn_status status;
    } rows[] = {
        {255, 16, EXN_OK}, {255, 63, EXN_OK}, {255, 64, EXN_CORRUPT}, {255, 255, EXN_CORRUPT},
        {0, 16, EXN_OK},   {0, 63, EXN_OK},   {0, 64, EXN_CORRUPT},   {0, 255, EXN_CORRUPT},
    };
    (void)state;
    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        for (int kind = 0; kind < 4; kind++) {
            exn_options options;
            exn_result result;
            exn_buffer file;
            exn_options_init(&options);
            options.quality = kind & 2 ? EXN_QUALITY_HIGH : EXN_QUALITY_SAME;
            make_flat(rows[n].y, 128, 6, kind & 1, &file);
            set_step(&file, 0, rows[n].step);
            assert_int_equal(run(&file, &options, &result), rows[n].status);
            exn_buffer_free(&file);
        }
}

/* What is moved as coefficients is not concerned. */
static void lossless_moves_are_not_concerned(void **state)
{
    exn_options options;
    exn_result result;
    exn_buffer file;
    (void)state;
    exn_options_init(&options);
    make_flat(255, 128, 5, false, &file);
    set_step(&file, 0, 255);
    assert_int_equal(run(&file, &options, &result), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    options.mode = EXN_MODE_DROP;
    assert_int_equal(run(&file, &options, &result), EXN_OK);
    exn_buffer_free(&file);
}

static void chroma_out_of_range(void **state)
{
    exn_options options;
    exn_result result;
    exn_buffer file;
    (void)state;
    exn_options_init(&options);
    for (int step = 17; step <= 255; step += 238) {
        make_flat(128, 255, 6, false, &file);
        set_step(&file, 1, (uint8_t)step);
        assert_int_equal(run(&file, &options, &result), step == 17 ? EXN_OK : EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

/* A product with the same step is as close as can be; that says nothing where decoders differ. */
static void verifying_sees_it_too(void **state)
{
    exn_result result;
    exn_error error;
    exn_bytes product;
    exn_buffer file, turned;
    (void)state;
    make_flat(255, 128, 6, false, &file);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL), EXN_OK);
    turned = (exn_buffer){.data = product.data, .size = product.size};
    assert_int_equal(exn_verify(file.data, file.size, turned.data, turned.size, NULL, &result,
                                &error),
                     EXN_OK);
    set_step(&file, 0, 255);
    set_step(&turned, 0, 255);
    assert_int_equal(exn_verify(file.data, file.size, turned.data, turned.size, NULL, &result,
                                &error),
                     EXN_CORRUPT);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* --- Scans that never come ------------------------------------------------------------------- */

static void make_progressive(uint32_t orientation, exn_buffer *file)
{
    char why[EXN_TEST_WHY];
    exn_buffer plain = {0};
    exn_test_jpeg spec;
    exn_test_jpeg_init(&spec, WIDTH, HEIGHT);
    spec.progressive = true;
    *file = (exn_buffer){0};
    assert_true(exn_test_jpeg_make(&spec, &plain, why));
    assert_true(exn_test_tag(exn_buffer_span(&plain), orientation, file));
    exn_buffer_free(&plain);
}

/* The first `scans` of a progressive file, closed by EOI. */
static void make_cut(uint32_t orientation, unsigned scans, exn_buffer *cut)
{
    exn_buffer file;
    make_progressive(orientation, &file);
    const exn_test_segment last = find(&file, SOS, scans - 1);
    const size_t end = (size_t)(last.entropy.data - file.data) + last.entropy.size;
    *cut = (exn_buffer){0};
    assert_true(exn_test_splice(exn_buffer_span(&file), end, file.size - 2 - end,
                                (exn_span){NULL, 0}, cut));
    exn_buffer_free(&file);
}

/* Checks with exn_check() what a run will say. */
static exn_status check(const exn_buffer *file, const exn_options *options, exn_result *result)
{
    exn_span span = exn_buffer_span(file);
    const exn_source source = exn_source_of(&span);
    return exn_check(&source, options, result, NULL);
}

/* libjpeg's simple progression has ten scans. */
static void missing_scans_are_reported(void **state)
{
    (void)state;
    for (uint32_t orientation = 1; orientation <= 6; orientation++)
        for (unsigned scans = 1; scans <= 10; scans++) {
            exn_options options;
            exn_result result, foreseen;
            exn_buffer file;
            exn_options_init(&options);
            make_cut(orientation, scans, &file);
            assert_int_equal(run(&file, &options, &result), EXN_OK);
            assert_int_equal(has(&result, EXN_WARN_SCANS_MISSING), scans < 10);
            assert_int_equal(check(&file, &options, &foreseen), EXN_OK);
            assert_int_equal(has(&foreseen, EXN_WARN_SCANS_MISSING), scans < 10);
            options.mode = EXN_MODE_DROP;
            assert_int_equal(run(&file, &options, &result), EXN_OK);
            assert_int_equal(has(&result, EXN_WARN_SCANS_MISSING), scans < 10);
            options.decode_all = true;
            assert_int_equal(run(&file, &options, &result), scans < 10 ? EXN_CORRUPT : EXN_OK);
            options.mode = EXN_MODE_BAKE;
            assert_int_equal(run(&file, &options, &result), scans < 10 ? EXN_CORRUPT : EXN_OK);
            options.decode_all = false;
            options.strict = true;
            assert_int_equal(run(&file, &options, &result), scans < 10 ? EXN_REFUSED : EXN_OK);
            assert_int_equal(check(&file, &options, &foreseen), scans < 10 ? EXN_REFUSED : EXN_OK);
            exn_buffer_free(&file);
        }
}

/* Of a component that has no scan at all nothing can be made; where nothing is decoded it is kept,
 * with the warning. */
static void a_component_s_only_scan_is_missing(void **state)
{
    (void)state;
    for (uint32_t orientation = 1; orientation <= 6; orientation += 5)
        for (unsigned n = 0; n < 3; n++) {
            char why[EXN_TEST_WHY];
            exn_buffer plain = {0}, file = {0}, cut = {0};
            exn_options options;
            exn_result result;
            exn_test_jpeg spec;
            exn_test_jpeg_init(&spec, WIDTH, HEIGHT);
            spec.noninterleaved = true;
            assert_true(exn_test_jpeg_make(&spec, &plain, why));
            assert_true(exn_test_tag(exn_buffer_span(&plain), orientation, &file));
            const exn_test_segment scan = find(&file, SOS, n);
            const size_t size =
                (size_t)(scan.entropy.data - file.data) + scan.entropy.size - scan.offset;
            assert_true(exn_test_splice(exn_buffer_span(&file), scan.offset, size,
                                        (exn_span){NULL, 0}, &cut));
            exn_options_init(&options);
            assert_int_equal(run(&cut, &options, &result), orientation == 1 ? EXN_OK : EXN_CORRUPT);
            assert_true(has(&result, EXN_WARN_SCANS_MISSING));
            options.decode_all = true;
            assert_int_equal(run(&cut, &options, &result), EXN_CORRUPT);
            exn_buffer_free(&cut);
            exn_buffer_free(&file);
            exn_buffer_free(&plain);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(luma_out_of_range),
        cmocka_unit_test(lossless_moves_are_not_concerned),
        cmocka_unit_test(chroma_out_of_range),
        cmocka_unit_test(verifying_sees_it_too),
        cmocka_unit_test(missing_scans_are_reported),
        cmocka_unit_test(a_component_s_only_scan_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
