/* SPDX-License-Identifier: MIT */
/* JPEGs that decoders read differently, or not to the end: samples far beyond black and white, and
 * scans that never come. */
#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "window.h"

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
        assert_int_equal(
            exn_verify(file->data, file->size, product.data, product.size, options, result, NULL),
            EXN_OK);
    exn_bytes_free(&product);
    return status;
}

static bool has(const exn_result *result, exn_warning warning)
{
    return result->warnings >> warning & 1;
}

/* --- Samples out of range -------------------------------------------------------------------- */

/* A picture of one byte per sample: Y, Cb, Cr; its DC is that of level minus 128 times 8, over a
 * step that set_step() changes. The first MCU is off by a little, for what is flat is moved as
 * coefficients. */
static void make_level(uint8_t y, uint8_t cb, uint8_t off, uint32_t orientation, bool progressive,
                       exn_buffer *file)
{
    static uint8_t pixels[4 * WIDTH * HEIGHT];
    exn_buffer plain = {0};
    exn_test_jpeg spec;
    for (size_t n = 0; n < WIDTH * HEIGHT; n++) {
        const uint8_t other = n % WIDTH < 16 && n / WIDTH < 16 ? off : 0;
        const uint8_t pixel[4] = {y ^ other, cb ^ other, 128, 0};
        memcpy(pixels + 4 * n, pixel, sizeof pixel);
    }
    exn_test_jpeg_init(&spec, WIDTH, HEIGHT);
    spec.pixels = pixels;
    spec.progressive = progressive;
    spec.quality = 50;
    *file = (exn_buffer){0};
    exn_test_jpeg_made(&spec, &plain);
    assert_true(exn_test_tag(exn_buffer_span(&plain), orientation, file));
    exn_buffer_free(&plain);
}

/* Sets the DC step of a quantization table, 16 at first for luma and 17 for chroma. */
static void set_step(exn_buffer *file, unsigned table, uint8_t step)
{
    const exn_test_segment dqt = exn_test_jpeg_found(file, DQT, table);
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
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_buffer file;
            exn_options_init(&options, sizeof options);
            options.quality = kind & 2 ? EXN_QUALITY_HIGH : EXN_QUALITY_SAME;
            make_level(rows[n].y, 128, 2, 6, kind & 1, &file);
            set_step(&file, 0, rows[n].step);
            assert_int_equal(run(&file, &options, &result), rows[n].status);
            exn_buffer_free(&file);
        }
}

/* What is moved as coefficients is not concerned. */
static void lossless_moves_are_not_concerned(void **state)
{
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_buffer file;
    (void)state;
    exn_options_init(&options, sizeof options);
    for (int flat = 0; flat < 2; flat++) {
        make_level(255, 128, flat ? 0 : 2, flat ? 6 : 5, false, &file);
        set_step(&file, 0, 255);
        options.mode = EXN_MODE_BAKE;
        assert_int_equal(run(&file, &options, &result), EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
        options.mode = EXN_MODE_DROP;
        assert_int_equal(run(&file, &options, &result), EXN_OK);
        exn_buffer_free(&file);
    }
}

static void chroma_out_of_range(void **state)
{
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_buffer file;
    (void)state;
    exn_options_init(&options, sizeof options);
    for (int step = 17; step <= 255; step += 238) {
        make_level(128, 255, 2, 6, false, &file);
        set_step(&file, 1, (uint8_t)step);
        assert_int_equal(run(&file, &options, &result), step == 17 ? EXN_OK : EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

/* A product with the same step is as close as can be; that says nothing where decoders differ. */
static void verifying_sees_it_too(void **state)
{
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_bytes product;
    exn_buffer file, turned;
    (void)state;
    make_level(255, 128, 2, 6, false, &file);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL), EXN_OK);
    turned = (exn_buffer){.data = product.data, .size = product.size};
    assert_int_equal(
        exn_verify(file.data, file.size, turned.data, turned.size, NULL, &result, &error), EXN_OK);
    set_step(&file, 0, 255);
    set_step(&turned, 0, 255);
    assert_int_equal(
        exn_verify(file.data, file.size, turned.data, turned.size, NULL, &result, &error),
        EXN_CORRUPT);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* --- Scans that never come ------------------------------------------------------------------- */

static void make_progressive(uint32_t orientation, exn_buffer *file)
{
    exn_buffer plain = {0};
    exn_test_jpeg spec;
    exn_test_jpeg_init(&spec, WIDTH, HEIGHT);
    spec.progressive = true;
    *file = (exn_buffer){0};
    exn_test_jpeg_made(&spec, &plain);
    assert_true(exn_test_tag(exn_buffer_span(&plain), orientation, file));
    exn_buffer_free(&plain);
}

/* The first `scans` of a progressive file, closed by EOI. */
static void make_cut(uint32_t orientation, unsigned scans, exn_buffer *cut)
{
    exn_buffer file;
    make_progressive(orientation, &file);
    const exn_test_segment last = exn_test_jpeg_found(&file, SOS, scans - 1);
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
    const exn_source source = exn_window_source_of(&span);
    return exn_check(&source, options, result, NULL);
}

/* libjpeg's simple progression has ten scans. */
static void missing_scans_are_reported(void **state)
{
    (void)state;
    for (uint32_t orientation = 1; orientation <= 6; orientation++)
        for (unsigned scans = 1; scans <= 10; scans++) {
            exn_options options;
            exn_result result = {.struct_size = sizeof(exn_result)},
                       foreseen = {.struct_size = sizeof(exn_result)};
            exn_buffer file;
            exn_options_init(&options, sizeof options);
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
            exn_buffer plain = {0}, file = {0}, cut = {0};
            exn_options options;
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_test_jpeg spec;
            exn_test_jpeg_init(&spec, WIDTH, HEIGHT);
            spec.noninterleaved = true;
            exn_test_jpeg_made(&spec, &plain);
            assert_true(exn_test_tag(exn_buffer_span(&plain), orientation, &file));
            const exn_test_segment scan = exn_test_jpeg_found(&file, SOS, n);
            const size_t size =
                (size_t)(scan.entropy.data - file.data) + scan.entropy.size - scan.offset;
            assert_true(exn_test_splice(exn_buffer_span(&file), scan.offset, size,
                                        (exn_span){NULL, 0}, &cut));
            exn_options_init(&options, sizeof options);
            assert_int_equal(run(&cut, &options, &result), orientation == 1 ? EXN_OK : EXN_CORRUPT);
            assert_true(has(&result, EXN_WARN_SCANS_MISSING));
            options.decode_all = true;
            assert_int_equal(run(&cut, &options, &result), EXN_CORRUPT);
            exn_buffer_free(&cut);
            exn_buffer_free(&file);
            exn_buffer_free(&plain);
        }
}

/* --- Every MCU decodes ----------------------------------------------------------------------- */

enum kind { PLAIN, OPTIMIZED, SEPARATE, PROGRESSIVE, RESTARTS, PROGRESSIVE_RESTARTS, KINDS };

/* Sides that are whole in blocks: all is lossless. */
static void make_kind(enum kind kind, uint32_t orientation, exn_buffer *file)
{
    exn_buffer plain = {0};
    exn_test_jpeg spec;
    exn_test_jpeg_init(&spec, 96, 64);
    spec.optimize = kind == OPTIMIZED;
    spec.noninterleaved = kind == SEPARATE;
    spec.progressive = kind == PROGRESSIVE || kind == PROGRESSIVE_RESTARTS;
    spec.restart_interval = kind == RESTARTS || kind == PROGRESSIVE_RESTARTS ? 4 : 0;
    *file = (exn_buffer){0};
    exn_test_jpeg_made(&spec, &plain);
    assert_true(exn_test_tag(exn_buffer_span(&plain), orientation, file));
    exn_buffer_free(&plain);
}

static void append(exn_buffer *to, const void *bytes, size_t size)
{
    assert_int_equal(exn_buffer_append(to, bytes, size), EXN_OK);
}

/* The product of a file that decodes, whose coefficients are those of `whole` turned by orientation
 * and whose warnings speak of noise; owned by the caller. Turned, kept, dropped and decoded. */
static void assert_read(const exn_buffer *file, const exn_buffer *whole, exn_bytes *product)
{
    char why[EXN_TEST_WHY] = "";
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_coefs before, after;
    exn_options_init(&options, sizeof options);
    options.decode_all = true;
    options.mode = EXN_MODE_DROP;
    assert_int_equal(run(file, &options, &result), EXN_OK);
    assert_true(has(&result, EXN_WARN_HARMLESS_NOISE));
    options.mode = EXN_MODE_BAKE;
    assert_int_equal(run(file, &options, &result), EXN_OK);
    assert_true(has(&result, EXN_WARN_HARMLESS_NOISE));
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(exn_normalize(file->data, file->size, NULL, product, &result, NULL), EXN_OK);
    assert_true(exn_test_jpeg_read(exn_buffer_span(whole), &before, why));
    assert_true(exn_test_jpeg_read((exn_span){product->data, product->size}, &after, why));
    for (int i = 0; i < 3; i++)
        if (!exn_test_same_coefficients(&before, &after, i, 6, why))
            fail_msg("component %d: %s", i, why);
    exn_test_coefs_free(&before);
    exn_test_coefs_free(&after);
}

/* What phones and editors write behind a panorama without EOI, and what a disk's block leaves. */
static const char sef[] =
    "\0\0\1\x0A\x0E\0\0\0Image_UTC_Data1500000000000"
    "\0\0\1\x0B\4\0\0\0Name5SEFHj\0\0\0\2\0\0\0"
    "\0\0\1\x0A\x30\0\0\0\x23\0\0\0\0\0\1\x0B\x0D\0\0\0\x0D\0\0\0\x24\0\0\0SEFT";
static const char sef_picture[] =
    "\0\0\1\x0A\x0E\0\0\0Image_UTC_Data\xFF\xD8\xFF\xE1\0\4ab\xFF\xD9SEFHj\0\0\0\1\0\0\0"
    "\0\0\1\x0A\x20\0\0\0\x20\0\0\0\x18\0\0\0SEFT";
static const char sef_restarts[] = "\0\0\1\x0A\1\0\0\0x\xFF\xD0"
                                   "abc\xFF\xD1SEFHj\0\0\0\1\0\0\0"
                                   "\0\0\1\x0A\x10\0\0\0\x10\0\0\0\x18\0\0\0SEFT";
static const char picture[] = "\0\0\1\x0A\x0E\0\0\0Thumb\xFF\xD8\xFF\xE1\0\4ab\xFF\xD9 SEFT";
static const uint8_t zeros[512];

static void a_trailer_in_the_place_of_eoi(void **state)
{
    static const struct {
        const void *bytes;
        size_t size;
    } rows[] = {{sef, sizeof sef - 1},
                {sef_picture, sizeof sef_picture - 1},
                {sef_restarts, sizeof sef_restarts - 1},
                {picture, sizeof picture - 1},
                {zeros, 1},
                {zeros, 7},
                {zeros, sizeof zeros}};
    (void)state;
    for (enum kind kind = 0; kind < KINDS; kind++)
        for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
            exn_buffer file, whole;
            exn_bytes product;
            make_kind(kind, 6, &whole);
            make_kind(kind, 6, &file);
            file.size -= 2;
            append(&file, rows[n].bytes, rows[n].size);
            assert_read(&file, &whole, &product);
            /* It is kept, behind the EOI that was written. */
            const uint8_t *end = product.data + product.size - rows[n].size;
            assert_memory_equal(end, rows[n].bytes, rows[n].size);
            assert_memory_equal(end - 2, "\xFF\xD9", 2);
            exn_bytes_free(&product);
            exn_buffer_free(&file);
            exn_buffer_free(&whole);
        }
}

/* Without an orientation not one byte changes. */
static void a_trailer_and_nothing_to_do(void **state)
{
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_buffer file;
    (void)state;
    exn_options_init(&options, sizeof options);
    options.decode_all = true;
    make_kind(PLAIN, 1, &file);
    file.size -= 2;
    append(&file, sef, sizeof sef - 1);
    assert_int_equal(run(&file, &options, &result), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
    exn_buffer_free(&file);
}

/* Text before EOI goes behind it, with what stood there. */
static void text_before_eoi(void **state)
{
    static const char text[] = "scanned by a scanner of 2004\0\0";
    (void)state;
    for (enum kind kind = 0; kind < KINDS; kind++) {
        exn_buffer file, whole;
        exn_bytes product;
        make_kind(kind, 6, &whole);
        make_kind(kind, 6, &file);
        file.size -= 2;
        append(&file, text, sizeof text);
        append(&file, "\xFF\xD9more", 6);
        assert_read(&file, &whole, &product);
        const size_t size = sizeof text + 6;
        assert_memory_equal(product.data + product.size - size, file.data + file.size - size, size);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
        exn_buffer_free(&whole);
    }
}

/* Copies whole with `count` bytes before each restart marker, or only before the first `most`. */
static void pad_restarts(const exn_buffer *whole, uint8_t byte, size_t count, unsigned most,
                         exn_buffer *file)
{
    const uint8_t *end = whole->data + whole->size;
    *file = (exn_buffer){0};
    for (const uint8_t *p = whole->data; p < end; p++) {
        bool scan = p > exn_test_jpeg_found(whole, SOS, 0).payload.data;
        if (scan && p + 1 < end && p[0] == 0xFF && p[1] >= 0xD0 && p[1] <= 0xD7 && most > 0) {
            most--;
            for (size_t n = 0; n < count; n++)
                append(file, &byte, 1);
        }
        append(file, p, 1);
    }
}

static void stray_bytes_before_restart_markers(void **state)
{
    (void)state;
    for (enum kind kind = RESTARTS; kind <= PROGRESSIVE_RESTARTS; kind++)
        for (size_t count = 1; count < 20; count += count < 10 ? 1 : 6) {
            exn_buffer file, whole;
            exn_bytes product;
            exn_result result = {.struct_size = sizeof(exn_result)};
            make_kind(kind, 6, &whole);
            pad_restarts(&whole, 0, count, UINT32_MAX, &file);
            assert_read(&file, &whole, &product);
            exn_bytes_free(&product);
            exn_buffer_free(&file);
            /* What may be coded data stays damage. */
            pad_restarts(&whole, 0x5A, count, UINT32_MAX, &file);
            if (count >= 9)
                assert_int_equal(run(&file, NULL, &result), EXN_CORRUPT);
            exn_buffer_free(&file);
            exn_buffer_free(&whole);
        }
}

/* MCUs are missing before a marker, or the zeros of a file that was never written to its end have
 * been taken for some. What a trailer's first bytes can stand for is not seen, so much is missing;
 * and nearly any bits are good ones where they refine. */
static void missing_data_stay_damage(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < KINDS; kind++)
        for (size_t less = 60; less < 200 && kind != PROGRESSIVE && kind != PROGRESSIVE_RESTARTS;
             less += 6) {
            exn_buffer whole, file = {0};
            exn_result result = {.struct_size = sizeof(exn_result)};
            make_kind(kind, 6, &whole);
            append(&file, whole.data, whole.size - 2 - less);
            append(&file, sef, sizeof sef - 1);
            assert_int_equal(run(&file, NULL, &result), EXN_CORRUPT);
            file.size = whole.size - 2 - less;
            append(&file, zeros, sizeof zeros);
            if (kind != OPTIMIZED) /* whose zeros are good codes */
                assert_int_equal(run(&file, NULL, &result), EXN_CORRUPT);
            exn_buffer_free(&file);
            exn_buffer_free(&whole);
        }
}

/* Where Samsung's trailer begins is known: a picture that takes a byte of it for its own lacks
 * data. */
static void not_a_byte_of_a_known_trailer(void **state)
{
    unsigned lost = 0;
    (void)state;
    for (enum kind kind = 0; kind < KINDS; kind++)
        for (size_t less = 1; less < 120; less++) {
            const bool marked = less % 2;
            exn_buffer whole, file = {0};
            exn_result result = {.struct_size = sizeof(exn_result)};
            make_kind(kind, 6, &whole);
            append(&file, whole.data, whole.size - 2 - (less + 1) / 2);
            append(&file, marked ? sef_picture : sef,
                   (marked ? sizeof sef_picture : sizeof sef) - 1);
            lost += run(&file, NULL, &result) == EXN_CORRUPT;
            exn_buffer_free(&file);
            exn_buffer_free(&whole);
        }
    assert_int_equal(lost, KINDS * 119);
}

static void restart_markers_out_of_order(void **state)
{
    exn_buffer file;
    (void)state;
    make_kind(RESTARTS, 6, &file);
    const exn_test_segment scan = exn_test_jpeg_found(&file, SOS, 0);
    const size_t first = (size_t)(scan.entropy.data - file.data);
    for (size_t at = first; at < first + scan.entropy.size; at++)
        if (file.data[at] == 0xFF && file.data[at + 1] >= 0xD1 && file.data[at + 1] <= 0xD7) {
            exn_result result = {.struct_size = sizeof(exn_result)};
            file.data[at + 1]--;
            assert_int_equal(run(&file, NULL, &result), EXN_CORRUPT);
            file.data[at + 1]++;
        }
    exn_buffer_free(&file);
}

/* --- Kinds that are not read ----------------------------------------------------------------- */

/* One change to a plain file: a byte of the frame header, or a comment of that length. */
static void make_foreign(int kind, uint32_t orientation, exn_buffer *file)
{
    enum { SOF0 = 0xC0, LOSSLESS = 0xC3, HIERARCHICAL = 0xC5, DIFFERENTIAL_ARITHMETIC = 0xCD };
    static const struct {
        size_t at;
        uint8_t value;
    } rows[] = {{1, LOSSLESS}, {1, HIERARCHICAL}, {1, DIFFERENTIAL_ARITHMETIC}, {4, 12}, {6, 0}};
    exn_buffer plain;
    make_kind(PLAIN, orientation, &plain);
    const size_t sof = exn_test_jpeg_found(&plain, SOF0, 0).offset;
    *file = (exn_buffer){0};
    if (kind < 5) {
        plain.data[sof + rows[kind].at] = rows[kind].value;
        append(file, plain.data, plain.size);
    } else {
        const uint8_t comment[] = {0xFF, kind == 7 ? 0xE5 : 0xFE, 0, kind == 6};
        assert_true(exn_test_splice(exn_buffer_span(&plain), sof, 0,
                                    (exn_span){comment, sizeof comment}, file));
    }
    exn_buffer_free(&plain);
}

/* What has an orientation fails as before; what has none is kept, and said not to be decoded where
 * that was asked for. */
static void kinds_that_are_not_read(void **state)
{
    (void)state;
    for (int kind = 0; kind < 8; kind++)
        for (uint32_t orientation = 1; orientation <= 6; orientation += 5) {
            const bool kept = orientation == 1;
            const exn_status failure = kind < 5 ? EXN_UNSUPPORTED : EXN_CORRUPT;
            exn_options options;
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_buffer file;
            exn_options_init(&options, sizeof options);
            make_foreign(kind, orientation, &file);
            assert_int_equal(run(&file, &options, &result), kept ? EXN_OK : failure);
            assert_int_equal(result.outcome, kept ? EXN_OUTCOME_UNTOUCHED : EXN_OUTCOME_FAILED);
            assert_int_equal(check(&file, &options, &result), kept ? EXN_OK : failure);
            options.decode_all = options.look_whole = true;
            assert_int_equal(run(&file, &options, &result), kept ? EXN_OK : failure);
            assert_int_equal(has(&result, EXN_WARN_NOT_DECODED), kept);
            assert_int_equal(check(&file, &options, &result), kept ? EXN_OK : failure);
            exn_buffer_free(&file);
        }
}

/* The same slips after the first scan, before the next one or EOI: decoders go on after a segment
 * that is too short to have its own length, and go by the frame header's height. What is kept does
 * not depend on that. */
static void slips_after_the_first_scan(void **state)
{
    static const struct {
        uint8_t bytes[6];
        size_t size;
        exn_status oriented;
        bool decoded;
    } rows[] = {{{0xFF, 0xFE, 0, 0}, 4, EXN_OK, true},
                {{0xFF, 0xE5, 0, 1}, 4, EXN_OK, true},
                {{0xFF, 0xDC, 0, 4, 0, 60}, 6, EXN_UNSUPPORTED, false},
                {{0xFF, 0xDC, 0, 4, 0, 64}, 6, EXN_OK, true}};
    (void)state;
    for (size_t n = 0; n < 4 * 4; n++) {
        const uint32_t orientation = n % 2 ? 6 : 1;
        const bool separate = n / 2 % 2;
        exn_options options;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_buffer whole, file = {0};
        exn_options_init(&options, sizeof options);
        make_kind(separate ? SEPARATE : PLAIN, orientation, &whole);
        const size_t at = separate ? exn_test_jpeg_found(&whole, SOS, 1).offset : whole.size - 2;
        assert_true(exn_test_splice(exn_buffer_span(&whole), at, 0,
                                    (exn_span){rows[n / 4].bytes, rows[n / 4].size}, &file));
        const exn_status expected = orientation == 1 ? EXN_OK : rows[n / 4].oriented;
        for (int decode = 0; decode < 2; decode++) {
            options.decode_all = decode;
            assert_int_equal(run(&file, &options, &result), expected);
            assert_int_equal(has(&result, EXN_WARN_NOT_DECODED),
                             decode && orientation == 1 && !rows[n / 4].decoded);
            assert_false(has(&result, EXN_WARN_HARMLESS_NOISE));
            assert_int_equal(check(&file, &options, &result), decode ? expected : EXN_OK);
        }
        exn_buffer_free(&file);
        exn_buffer_free(&whole);
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
        cmocka_unit_test(a_trailer_in_the_place_of_eoi),
        cmocka_unit_test(a_trailer_and_nothing_to_do),
        cmocka_unit_test(text_before_eoi),
        cmocka_unit_test(stray_bytes_before_restart_markers),
        cmocka_unit_test(missing_data_stay_damage),
        cmocka_unit_test(not_a_byte_of_a_known_trailer),
        cmocka_unit_test(restart_markers_out_of_order),
        cmocka_unit_test(kinds_that_are_not_read),
        cmocka_unit_test(slips_after_the_first_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
