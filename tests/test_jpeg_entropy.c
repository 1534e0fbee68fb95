/* SPDX-License-Identifier: MIT */
/* The entropy-domain turn against the way through libjpeg: equal coefficients over samplings,
 * codings and all eight orientations, also where blocks are cut and quantized anew; files made by
 * hand for what encoders seldom write, and the verdicts on what is broken or unusual.
 *
 * With --long: both ways over every sampling and pair of sizes of the matrix (test_jpeg_matrix.c),
 * in each Huffman coding; and that arithmetic coding is left to libjpeg. Progressive pictures have
 * a test of their own, too: test_jpeg_progressive.c. */
#include "exifnorm.h"

#include "jpeg/coefficients_write.h"
#include "jpeg/entropy.h"
#include "jpeg/entropy_source.h"
#include "jpeg/mcus.h"
#include "jpeg/requantize.h"
#include "jpeg/turned.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_pen.h"
#include "support/jpeg_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test_entropy_write.h"

enum { DHT = 0xC4, SOF0 = 0xC0, SOS = 0xDA, DQT = 0xDB, DRI = 0xDD, MEMORY = 64 << 20 };

static exn_status open_with(exn_entropy *entropy, exn_jpeg *jpeg, exn_span file, uint32_t value,
                            exn_quality quality, exn_error *error)
{
    const exn_orientation o = exn_orientation_from_exif(value);

    *error = (exn_error){0};
    assert_int_equal(exn_segments_parse(file, jpeg, error), EXN_OK);
    const exn_status status = exn_entropy_open(entropy, jpeg, o, quality, MEMORY, error);
    return status == EXN_OK ? exn_entropy_rotate_kept(entropy, error) : status;
}

static exn_status open_entropy(exn_entropy *entropy, exn_jpeg *jpeg, exn_span file, uint32_t value,
                               exn_error *error)
{
    return open_with(entropy, jpeg, file, value, EXN_QUALITY_SAME, error);
}

static exn_status verdict(exn_span file, uint32_t value)
{
    exn_entropy entropy;
    exn_jpeg jpeg;
    exn_error error;
    const exn_status status = open_entropy(&entropy, &jpeg, file, value, &error);

    assert_true((status == EXN_OK || status == EXN_UNSUPPORTED) == !error.detail[0]);
    exn_entropy_close(&entropy);
    exn_segments_free(&jpeg);
    return status;
}

/* The product of the entropy-domain turn. */
static void turn_with(exn_span file, uint32_t value, exn_quality quality, exn_buffer *out)
{
    exn_entropy entropy;
    exn_jpeg jpeg;
    exn_error error;

    assert_int_equal(open_with(&entropy, &jpeg, file, value, quality, &error), EXN_OK);
    /* Twice: what is appended again is the same again. */
    for (int round = 0; round < 2; round++)
        write_picture(&entropy, out);
    exn_entropy_close(&entropy);
    exn_segments_free(&jpeg);
}

static void turn(exn_span file, uint32_t value, exn_buffer *out)
{
    turn_with(file, value, EXN_QUALITY_SAME, out);
}

/* The product of the way through libjpeg. Returns the components that are exact. */
static uint32_t turn_by_libjpeg(exn_span file, uint32_t value, exn_quality quality, exn_buffer *out)
{
    const exn_orientation o = exn_orientation_from_exif(value);
    exn_jpeg jpeg;
    exn_coefficients source, target;
    uint32_t warnings = 0;

    out->size = 0;
    assert_int_equal(exn_segments_parse(file, &jpeg, NULL), EXN_OK);
    assert_int_equal(exn_coefficients_read(&source, &jpeg, &warnings, NULL), EXN_OK);
    assert_int_equal(warnings, 0);
    assert_int_equal(exn_coefficients_write_open(&target, &source, o, NULL), EXN_OK);
    const uint32_t exact = exn_component_exact_set(&source, &jpeg, o);
    for (uint32_t i = 0; i < source.components; i++)
        if (exact >> i & 1)
            exn_component_move(&source.component[i], &target.component[i], o);
        else
            assert_int_equal(exn_requantize(&source, &target, i, o, quality, NULL), EXN_OK);
    assert_int_equal(exn_coefficients_write(&target, &source, &jpeg, UINT64_MAX, out, NULL),
                     EXN_OK);
    exn_coefficients_close(&target);
    exn_coefficients_close(&source);
    exn_segments_free(&jpeg);
    return exact;
}

/* Both products have the same coefficients and quantization tables; where a component is exact they
 * are the source's turned. The entropy-coded parts are equally long, within half a percent and a
 * few bytes of tables. Returns whether all components are exact. */
static bool compare_ways(exn_span file, uint32_t value, exn_quality quality)
{
    char why[EXN_TEST_WHY];
    exn_test_coefs source = {0}, product = {0}, other = {0};
    exn_buffer out = {0}, by_libjpeg = {0};

    turn_with(file, value, quality, &out);
    const uint32_t exact = turn_by_libjpeg(file, value, quality, &by_libjpeg);
    assert_true(exn_test_jpeg_read(file, &source, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&out), &product, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&by_libjpeg), &other, why));
    assert_int_equal(product.warnings, 0);
    assert_int_equal(exact, exn_test_exact_set(&source, value));
    for (int i = 0; i < source.components; i++) {
        if (exact >> i & 1)
            assert_true(exn_test_same_coefficients(&source, &product, i, value, why));
        assert_true(exn_test_same_coefficients(&other, &product, i, 1, why));
        assert_memory_equal(other.component[i].quant, product.component[i].quant,
                            sizeof other.component[i].quant);
        assert_int_equal(other.component[i].h, product.component[i].h);
        assert_int_equal(other.component[i].v, product.component[i].v);
    }
    assert_int_equal(other.restart_interval, product.restart_interval);
    assert_true(out.size <= by_libjpeg.size + by_libjpeg.size / 200 + 250);
    const bool all = exact == (1u << source.components) - 1;
    exn_test_coefs_free(&source);
    exn_test_coefs_free(&product);
    exn_test_coefs_free(&other);
    exn_buffer_free(&out);
    exn_buffer_free(&by_libjpeg);
    return all;
}

/* How many turns were made. */
typedef struct ways {
    unsigned files, exact, cut, libjpegs; /* cut: components quantized anew */
} ways;

static void compare_all_turns(const exn_buffer *file, exn_quality quality, ways *w)
{
    w->files++;
    for (uint32_t value = 2; value <= 8; value++)
        *(compare_ways(exn_buffer_span(file), value, quality) ? &w->exact : &w->cut) += 1;
}

static void all_turns_are_exact(const exn_buffer *file)
{
    ways w = {0};

    compare_all_turns(file, EXN_QUALITY_SAME, &w);
    assert_int_equal(w.exact, 7);
}

static void vary(exn_test_jpeg *spec, int kind)
{
    static const J_COLOR_SPACE spaces[] = {JCS_YCbCr, JCS_GRAYSCALE, JCS_CMYK, JCS_YCCK, JCS_RGB};
    const J_COLOR_SPACE space = spaces[kind % 5];

    if (space != JCS_YCbCr)
        exn_test_jpeg_space(spec, space);
    spec->optimize = kind & 1;
    spec->noninterleaved = kind & 2;
    spec->restart_interval = kind & 4 ? 1 + (unsigned)kind % 7 : 0;
    spec->restart_in_rows = kind & 4 ? 0 : kind & 8 ? 1 + kind % 3 : 0;
    spec->odd_tables = kind & 16;
    spec->wide_tables = kind & 16 && kind & 1;
    spec->quality = kind & 1 ? 98 : 60;
}

/* Odd sizes too: those turn by 5 with padding in the last MCUs, and otherwise with blocks cut. */
static void both_ways_are_one(void **state)
{
    static const uint32_t sizes[] = {1, 8, 16, 17, 40, 64, 97};
    unsigned kind = 0;
    ways done = {0};
    (void)state;

    for (int s = 0; exn_test_samplings[s].name; s++)
        for (size_t w = 0; w < sizeof sizes / sizeof *sizes; w++)
            for (size_t n = 0; n < 2; n++, kind++) {
                exn_test_jpeg spec;
                exn_buffer file = {0};
                exn_test_jpeg_init(&spec, sizes[w], sizes[(w * 3 + n) % 7]);
                assert_true(exn_test_jpeg_sampling(&spec, exn_test_samplings[s].name));
                vary(&spec, (int)(kind * 37 % 80));
                exn_test_jpeg_made(&spec, &file);
                compare_all_turns(&file, kind % 5 ? EXN_QUALITY_SAME : EXN_QUALITY_HIGH, &done);
                exn_buffer_free(&file);
            }
    print_message("%u turns, %u with blocks cut\n", done.exact + done.cut, done.cut);
    assert_true(done.exact > 500 && done.cut > 500);
}

/* In the only component of a picture factors mean nothing. */
static void one_component_with_factors(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < 4; n++) {
        exn_test_jpeg_init(&spec, 24, 40);
        exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
        spec.h[0] = 1 + n;
        spec.v[0] = 4 - n;
        spec.restart_interval = (unsigned)n;
        exn_test_jpeg_made(&spec, &file);
        all_turns_are_exact(&file);
    }
    exn_buffer_free(&file);
}

/* --- Pictures written bit by bit ---------------------------------------------------------------
 */

/* A gray picture of 8 x 8n with these tables, up to its scan's data. */
static void begin(exn_buffer *out, uint32_t height, uint32_t interval, const uint8_t *dc,
                  size_t dc_size, const uint8_t *ac, size_t ac_size)
{
    uint8_t dqt[65] = {0}, sof[] = {8, 0, 0, 0, 8, 1, 1, 0x11, 0}, dri[2];
    uint8_t table[1 + 16 + 256];
    const uint8_t sos[] = {1, 1, 0, 0, 63, 0};

    out->size = 0;
    memset(dqt + 1, 1, 64);
    exn_put16be(sof + 1, height);
    exn_put16be(dri, interval);
    exn_buffer_append(out, "\xFF\xD8", 2);
    exn_segment_append(out, DQT, (exn_span){dqt, sizeof dqt});
    exn_segment_append(out, SOF0, (exn_span){sof, sizeof sof});
    table[0] = 0;
    memcpy(table + 1, dc, dc_size);
    exn_segment_append(out, DHT, (exn_span){table, 1 + dc_size});
    table[0] = 0x10;
    memcpy(table + 1, ac, ac_size);
    exn_segment_append(out, DHT, (exn_span){table, 1 + ac_size});
    if (interval)
        exn_segment_append(out, DRI, (exn_span){dri, 2});
    exn_segment_append(out, SOS, (exn_span){sos, sizeof sos});
}

static void end(exn_buffer *out)
{
    exn_buffer_append(out, "\xFF\xD9", 2);
}

/* DC sizes 0 (0), 11 (10), 12 (110); AC: EOB (00), 01 (01), F0 (10), 0A (110), 9A, 0B, 10 (of 16
 * bits: 1110 0000 0000 0000 and on). */
static const uint8_t dc_table[] = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 12};
static const uint8_t ac_table[] = {0, 3, 1, 0, 0,    0,    0,    0,    0,    0,    0,   0,
                                   0, 0, 0, 3, 0x00, 0x01, 0xF0, 0x0A, 0x9A, 0x0B, 0x10};
enum { LONG = 0xE000 };

static void start(exn_buffer *out, exn_test_pen *p, uint32_t blocks, uint32_t interval)
{
    begin(out, 8 * blocks, interval, dc_table, sizeof dc_table, ac_table, sizeof ac_table);
    *p = (exn_test_pen){.out = out};
}

/* Codes of 16 bits with values of ten, three ZRL before the last coefficient, a block without EOB,
 * padding of zeros. */
static void codes_that_encoders_seldom_write(void **state)
{
    exn_buffer file = {0};
    exn_test_pen p;
    (void)state;

    for (int padding = 0; padding < 2; padding++) {
        start(&file, &p, 4, 0);
        exn_test_put(&p, 0, 1);
        for (int n = 0; n < 6; n++) { /* six times nine zeros and a value: up to coefficient 60 */
            exn_test_put(&p, LONG, 16);
            exn_test_put(&p, 0x155u + (unsigned)n, 10);
        }
        exn_test_put(&p, 0, 2);
        exn_test_put(&p, 2, 2); /* DC: 11 bits */
        exn_test_put(&p, 0x7FF, 11);
        for (int n = 0; n < 63; n++) { /* a full block, which has no EOB */
            exn_test_put(&p, 6, 3);
            exn_test_put(&p, n % 3 ? 0x3FF : 0, 10);
        }
        exn_test_put(&p, 2, 2);
        exn_test_put(&p, 0, 11);
        for (int n = 0; n < 3; n++)
            exn_test_put(&p, 2, 2);
        for (int n = 0; n < 15; n++) /* 49 to 63 */
            exn_test_put(&p, 1, 2), exn_test_put(&p, (uint32_t)n & 1, 1);
        exn_test_put(&p, 0, 1);
        exn_test_put(&p, 0, 2);
        exn_test_finish(&p, padding);
        end(&file);
        all_turns_are_exact(&file);
    }
    exn_buffer_free(&file);
}

static exn_status verdict_of(void (*draw)(exn_test_pen *), uint32_t blocks)
{
    exn_buffer file = {0};
    exn_test_pen p;

    start(&file, &p, blocks, 0);
    draw(&p);
    exn_test_finish(&p, 1);
    end(&file);
    const exn_status status = verdict(exn_buffer_span(&file), 6);
    exn_buffer_free(&file);
    return status;
}

static void draw_bad_ac(exn_test_pen *p)
{
    exn_test_put(p, 0, 1);
    exn_test_put(p, 0xFFFF, 16);
    exn_test_put(p, 0, 32);
}

static void draw_bad_dc(exn_test_pen *p)
{
    exn_test_put(p, 0xF, 4);
    exn_test_put(p, 0, 32);
}

static void draw_run_past_63(exn_test_pen *p)
{
    exn_test_put(p, 0, 1);
    for (int n = 0; n < 6; n++)
        exn_test_put(p, LONG, 16), exn_test_put(p, 1, 10);
    exn_test_put(p, LONG, 16), exn_test_put(p, 1, 10);
    exn_test_put(p, 0, 2);
}

static void draw_zrl_past_63(exn_test_pen *p)
{
    exn_test_put(p, 0, 1);
    for (int n = 0; n < 4; n++)
        exn_test_put(p, 2, 2);
    exn_test_put(p, 0, 32);
}

/* T.81 has coefficient 63 end a block, and libjpeg lets a ZRL that stops there do so too. */
static void draw_zrl_to_63(exn_test_pen *p)
{
    exn_test_put(p, 0, 1);
    for (int n = 0; n < 15; n++)
        exn_test_put(p, 1, 2), exn_test_put(p, 1, 1);
    for (int n = 0; n < 3; n++)
        exn_test_put(p, 2, 2);
}

static void draw_large_value(exn_test_pen *p)
{
    exn_test_put(p, 0, 1);
    exn_test_put(p, LONG + 1, 16);
    exn_test_put(p, 0x7FF, 11);
    exn_test_put(p, 0, 2);
}

static void draw_run_without_value(exn_test_pen *p)
{
    exn_test_put(p, 0, 1);
    exn_test_put(p, LONG + 2, 16);
}

static void draw_too_few(exn_test_pen *p)
{
    exn_test_put(p, 0, 3);
    exn_test_put(p, 1, 2);
}

static void draw_far_dc(exn_test_pen *p)
{
    exn_test_put(p, 2, 2), exn_test_put(p, 0x7FF, 11), exn_test_put(p, 0, 2); /* 2047 */
    exn_test_put(p, 2, 2), exn_test_put(p, 0x400, 11), exn_test_put(p, 0, 2); /* 1024 more */
}

static void draw_wild_dc(exn_test_pen *p)
{
    for (int n = 0; n < 40; n++)
        exn_test_put(p, 6, 3), exn_test_put(p, 0xFFF, 12), exn_test_put(p, 0, 2);
}

static void draw_stray_byte(exn_test_pen *p)
{
    exn_test_put(p, 0, 3);
    exn_test_finish(p, 1);
    exn_test_put(p, 0x55, 8);
}

static void verdicts(void **state)
{
    (void)state;

    assert_int_equal(verdict_of(draw_bad_ac, 1), EXN_CORRUPT);
    assert_int_equal(verdict_of(draw_bad_dc, 1), EXN_CORRUPT);
    assert_int_equal(verdict_of(draw_run_past_63, 1), EXN_CORRUPT);
    assert_int_equal(verdict_of(draw_zrl_past_63, 1), EXN_CORRUPT);
    assert_int_equal(verdict_of(draw_zrl_to_63, 1), EXN_OK);
    assert_int_equal(verdict_of(draw_large_value, 1), EXN_UNSUPPORTED);
    assert_int_equal(verdict_of(draw_run_without_value, 1), EXN_UNSUPPORTED);
    assert_int_equal(verdict_of(draw_too_few, 2), EXN_CORRUPT);
    assert_int_equal(verdict_of(draw_far_dc, 2), EXN_CORRUPT);
    assert_int_equal(verdict_of(draw_wild_dc, 40), EXN_UNSUPPORTED);
    assert_int_equal(verdict_of(draw_stray_byte, 1), EXN_UNSUPPORTED);
}

/* Restart markers: each in its place, one missing, one too many, the wrong one. */
static void restart_boundaries(void **state)
{
    static const struct {
        uint8_t first, second, behind;
        exn_status status;
    } rows[] = {{0xD0, 0xD1, 0, EXN_OK},
                {0xD1, 0xD0, 0, EXN_UNSUPPORTED},
                {0xD0, 0xD0, 0, EXN_UNSUPPORTED},
                {0xD0, 0xD1, 0xD2, EXN_UNSUPPORTED}};
    (void)state;

    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
        exn_buffer file = {0};
        exn_test_pen p;
        start(&file, &p, 3, 1);
        for (int block = 0; block < 3; block++) {
            const uint8_t marker[2] = {0xFF, block == 0   ? rows[n].first
                                             : block == 1 ? rows[n].second
                                                          : rows[n].behind};
            exn_test_put(&p, 0, 3);
            exn_test_finish(&p, 1);
            if (marker[1])
                exn_buffer_append(&file, marker, 2);
        }
        end(&file);
        assert_int_equal(verdict(exn_buffer_span(&file), 6), rows[n].status);
        exn_buffer_free(&file);
    }
}

/* FF FF 00 is a byte of data to libjpeg; no verdict on it may come of reading zeros instead. */
static void fill_bytes_inside_a_scan(void **state)
{
    exn_buffer file = {0};
    (void)state;

    begin(&file, 16, 0, dc_table, sizeof dc_table, ac_table, sizeof ac_table);
    exn_buffer_append(&file, "\x0F\xFF\xFF\x00\xFF\x00", 6);
    end(&file);
    assert_int_equal(verdict(exn_buffer_span(&file), 6), EXN_UNSUPPORTED);
    exn_buffer_free(&file);
}

/* T.81, B.2.3: MCUs of ten blocks, each longer than what is left of a window when it is filled. */
static void mcus_of_ten_blocks(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    exn_test_jpeg_init(&spec, 512, 160);
    spec.h[0] = 4;
    spec.quality = 100;
    spec.noise = 255;
    exn_test_jpeg_made(&spec, &file);
    assert_true(file.size > EXN_SOURCE_WINDOW + 2 * EXN_SOURCE_MCU);
    all_turns_are_exact(&file);
    exn_buffer_free(&file);
}

/* Two bits a block are the least that there is; with one byte less nothing is read, and no memory
 * taken. */
static void data_that_cannot_hold_the_blocks(void **state)
{
    enum { BLOCKS = 64, LEAST = BLOCKS * 2 / 8 };
    (void)state;

    for (size_t size = LEAST - 1; size <= LEAST; size++) {
        exn_buffer file = {0};
        exn_jpeg jpeg;
        exn_plan plan;
        begin(&file, 8 * BLOCKS, 0, dc_table, sizeof dc_table, ac_table, sizeof ac_table);
        for (size_t n = 0; n < size; n++)
            exn_buffer_append(&file, "\x33", 1);
        end(&file);
        assert_int_equal(exn_segments_parse(exn_buffer_span(&file), &jpeg, NULL), EXN_OK);
        assert_int_equal(exn_entropy_plan_make(&jpeg, &plan), size == LEAST);
        exn_segments_free(&jpeg);
        exn_buffer_free(&file);
    }
}

/* The verdict on a usual file with something put before its scan header or behind its EOI cut off.
 */
static void unusual_files_are_libjpegs(void **state)
{
    static const uint8_t jfif2[] = "JFIF\0\2\0\0\0\1\0\1\0", adobe[] = "Adobe\0\144\0\0\0\0\5";
    exn_test_jpeg spec;
    exn_buffer file = {0}, other = {0};
    exn_test_segment scan, table;
    (void)state;

    exn_test_jpeg_init(&spec, 32, 32);
    exn_test_jpeg_made(&spec, &file);
    assert_int_equal(verdict(exn_buffer_span(&file), 6), EXN_OK);
    assert_int_equal(verdict((exn_span){file.data, file.size - 2}, 6), EXN_UNSUPPORTED);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 0, &scan));
    exn_test_splice(exn_buffer_span(&file), scan.offset, 0, (exn_span){(const uint8_t *)"\0", 1},
                    &other);
    assert_int_equal(verdict(exn_buffer_span(&other), 6), EXN_UNSUPPORTED);
    other.size = 0;
    exn_test_insert_segment(exn_buffer_span(&file), scan.offset, 0xE0, (exn_span){jfif2, 14},
                            &other);
    assert_int_equal(verdict(exn_buffer_span(&other), 6), EXN_UNSUPPORTED);
    other.size = 0;
    exn_test_insert_segment(exn_buffer_span(&file), scan.offset, 0xEE, (exn_span){adobe, 12},
                            &other);
    assert_int_equal(verdict(exn_buffer_span(&other), 6), EXN_UNSUPPORTED);
    other.size = 0;
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), DHT, 0, &table));
    exn_test_splice(exn_buffer_span(&file), table.offset, table.payload.size + 4, (exn_span){0},
                    &other);
    assert_int_equal(verdict(exn_buffer_span(&other), 6), EXN_UNSUPPORTED);
    spec.arithmetic = true;
    exn_test_jpeg_made(&spec, &file);
    assert_int_equal(verdict(exn_buffer_span(&file), 6), EXN_UNSUPPORTED);
    exn_buffer_free(&other);
    exn_buffer_free(&file);
}

/* --- Tables, against jpegtran -optimize ---------------------------------------------------------
 */

enum { WIDTH = 320, HEIGHT = 256 };

/* What the scans take, their Huffman tables with them. */
typedef struct volume {
    size_t data, tables, scans, restarts;
} volume;

static volume volume_of(exn_span file)
{
    volume v = {0};
    exn_test_segment segment;

    for (size_t at = 0; exn_test_jpeg_next(file, &at, &segment);) {
        if (segment.marker == DHT)
            v.tables += segment.payload.size + 4;
        v.scans += segment.marker == SOS;
        v.data += segment.entropy.size;
        for (size_t i = 1; i < segment.entropy.size; i++)
            v.restarts +=
                segment.entropy.data[i - 1] == 0xFF && (segment.entropy.data[i] & 0xF8) == 0xD0;
    }
    return v;
}

/* The symbols that a file's tables of a class have codes for, over all slots and scans. */
static void symbols_of(exn_span file, int class, bool has[256])
{
    exn_test_segment dht;

    memset(has, 0, 256 * sizeof *has);
    for (unsigned n = 0; exn_test_jpeg_find(file, DHT, n, &dht); n++)
        for (size_t at = 0; at + 17 <= dht.payload.size;) {
            const uint8_t *p = dht.payload.data + at;
            size_t codes = 0;
            for (int i = 1; i <= 16; i++)
                codes += p[i];
            for (size_t k = 0; k < codes && p[0] >> 4 == class; k++)
                has[p[17 + k]] = true;
            at += 17 + codes;
        }
}

/* How many symbols of a class the one file needs and the other's tables lack. */
static unsigned lacking(exn_span needs, exn_span has, int class)
{
    bool a[256], b[256];
    unsigned count = 0;

    symbols_of(needs, class, a);
    symbols_of(has, class, b);
    for (int symbol = 0; symbol < 256; symbol++)
        count += a[symbol] && !b[symbol];
    return count;
}

/* What became of the turns of a source. */
typedef struct tally {
    unsigned turns, dc_lacking, ac_lacking, smaller; /* than the source's, by a tenth */
} tally;

static void compare_with_jpegtran(exn_span file, uint32_t value, tally *t)
{
    char why[EXN_TEST_WHY];
    exn_test_coefs product = {0}, other = {0};
    exn_buffer out = {0}, best = {0};

    turn(file, value, &out);
    assert_true(exn_test_jpegtran(file, value, "-optimize", &best, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&out), &product, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&best), &other, why));
    assert_int_equal(product.warnings, 0);
    assert_int_equal(product.components, other.components);
    for (int i = 0; i < product.components; i++)
        assert_true(exn_test_same_coefficients(&other, &product, i, 1, why));
    const volume is = volume_of(exn_buffer_span(&out)), can = volume_of(exn_buffer_span(&best)),
                 was = volume_of(file);
    /* Padding and stuffing differ by some bytes a scan; jpegtran drops restarts, each of which
     * takes a marker, padding and a DC value from 0 on for each component. */
    const double slack = 4 * (double)can.scans + 7 * (double)is.restarts,
                 most = 1.005 * (double)(can.data + can.tables) + slack;
    assert_int_equal(is.scans, can.scans);
    if ((double)(is.data + is.tables) > most ||
        (can.data > 20000 && (double)is.data > 1.005 * (double)can.data + slack))
        fail_msg("orientation %u: %zu and %zu bytes of tables, jpegtran %zu and %zu", value,
                 is.data, is.tables, can.data, can.tables);
    t->turns++;
    t->dc_lacking += lacking(exn_buffer_span(&best), file, 0) > 0;
    t->ac_lacking += lacking(exn_buffer_span(&best), file, 1) > 0;
    t->smaller += is.data < was.data - was.data / 10;
    exn_test_coefs_free(&product);
    exn_test_coefs_free(&other);
    exn_buffer_free(&out);
    exn_buffer_free(&best);
}

static tally compare_tables(const exn_test_jpeg *spec)
{
    exn_buffer file = {0};
    tally t = {0};

    exn_test_jpeg_made(spec, &file);
    for (uint32_t value = 2; value <= 8; value++)
        compare_with_jpegtran(exn_buffer_span(&file), value, &t);
    exn_buffer_free(&file);
    return t;
}

static void init_tables(exn_test_jpeg *spec, uint32_t width, uint32_t height)
{
    exn_test_jpeg_init(spec, width, height);
    spec->optimize = true;
    spec->noise = 20;
    spec->quality = 92;
}

/* Four samples a pixel of a gray picture, drawn by a function of the place. */
static uint8_t *drawn(unsigned (*at)(uint32_t x, uint32_t y))
{
    uint8_t *pixels = malloc((size_t)WIDTH * HEIGHT * 4);

    assert_non_null(pixels);
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            memset(pixels + ((size_t)y * WIDTH + x) * 4, (int)at(x, y), 4);
    return pixels;
}

/* Detail along x alone: turned, its runs are others. */
static unsigned stripes(uint32_t x, uint32_t y)
{
    return 128 + (x * x * 7 / 5 + y / 8 * 3) % 97 - 48;
}

/* Each row of blocks climbs by as much a block, so that no difference is 0; turned, most are. */
static unsigned ramp(uint32_t x, uint32_t y)
{
    (void)y;
    return x / 8 * 6;
}

/* The source's table lacks symbols that the turned blocks need. */
static void tables_that_lack_symbols(void **state)
{
    exn_test_jpeg spec;
    uint8_t *pixels = drawn(stripes);
    (void)state;

    for (int single = 0; single < 2; single++) {
        init_tables(&spec, WIDTH, HEIGHT);
        spec.pixels = pixels;
        spec.noninterleaved = single;
        const tally t = compare_tables(&spec);
        assert_int_equal(t.turns, 7);
        assert_true(t.ac_lacking >= 4);
    }
    free(pixels);
    pixels = drawn(ramp);
    init_tables(&spec, WIDTH, HEIGHT);
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    spec.pixels = pixels;
    const tally t = compare_tables(&spec);
    assert_true(t.dc_lacking >= 4);
    free(pixels);
}

/* Tables that suit no picture: transcoding to new ones happens under every turn. */
static void tables_that_are_bad(void **state)
{
    static const int shared[4] = {0, 0, 0, 0}, each[4] = {0, 1, 2, 3};
    static const int *const slots[] = {NULL, shared, each};
    (void)state;

    for (int n = 0; n < 6; n++) {
        const JHUFF_TBL table = exn_test_jpeg_unfit_table((unsigned)n % 3, n % 3 == 2 || n % 2);
        exn_test_jpeg spec;
        init_tables(&spec, WIDTH, HEIGHT);
        if (n >= 3)
            exn_test_jpeg_sampling(&spec, "4:4:4");
        spec.optimize = false;
        spec.ac_table = &table;
        spec.slots = slots[n % 3];
        spec.noninterleaved = n == 4;
        spec.restart_in_rows = n == 5;
        const tally t = compare_tables(&spec);
        assert_int_equal(t.turns, 7);
        assert_int_equal(t.smaller, 7);
    }
}

/* Tables of components, scans and colour spaces: shared, each its own, the other way round. Small
 * pictures too, where a table weighs as much as the data. */
static void tables_that_are_shared(void **state)
{
    static const int slots[][4] = {
        {0, 0, 0, 0}, {0, 1, 2, 3}, {1, 0, 0, 1}, {0, 1, 0, 1}, {3, 3, 3, 3}};
    static const J_COLOR_SPACE spaces[] = {JCS_YCbCr, JCS_YCbCr, JCS_YCCK, JCS_CMYK, JCS_RGB};
    (void)state;

    for (int n = 0; n < 20; n++) {
        exn_test_jpeg spec;
        init_tables(&spec, n < 10 ? WIDTH : 16 + 16 * (uint32_t)(n % 3), n < 10 ? HEIGHT : 32);
        if (spaces[n * 3 % 5] != JCS_YCbCr)
            exn_test_jpeg_space(&spec, spaces[n * 3 % 5]);
        spec.slots = slots[n % 5];
        spec.noninterleaved = n % 4 == 3;
        spec.restart_interval = n % 3 == 2 ? 7 : 0;
        assert_int_equal(compare_tables(&spec).turns, 7);
    }
}

/* 16 blocks of EOB or of 63 coefficients. */
static void draw_blocks(exn_test_pen *p, unsigned length)
{
    for (uint32_t block = 0; block < 16; block++) {
        exn_test_put(p, 0, 1);
        for (uint32_t k = 0; k < 63 && block % 3; k++) {
            exn_test_put(p, length == 1 ? 1 : 1 + k % 2, length);
            exn_test_put(p, k / 3 & 1, 1);
        }
        if (block % 3 == 0)
            exn_test_put(p, 0, length);
    }
    exn_test_finish(p, 1);
    end(p->out);
}

/* A symbol with two codes is as good as any. One of all ones T.81 (annex C) does not allow, and
 * libjpeg does not take. */
static void tables_that_no_encoder_makes(void **state)
{
    /* EOB (0), 01 (1); EOB (00), 01 (01), 01 (10) */
    static const uint8_t full[] = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x01};
    static const uint8_t twice[] = {0, 3, 0, 0, 0, 0, 0,    0,    0,   0,
                                    0, 0, 0, 0, 0, 0, 0x00, 0x01, 0x01};
    char why[EXN_TEST_WHY];
    exn_test_coefs coefs;
    exn_buffer file = {0};
    exn_test_pen p = {.out = &file};
    (void)state;

    begin(&file, 128, 0, dc_table, sizeof dc_table, twice, sizeof twice);
    draw_blocks(&p, 2);
    all_turns_are_exact(&file);
    begin(&file, 128, 0, dc_table, sizeof dc_table, full, sizeof full);
    draw_blocks(&p, 1);
    assert_false(exn_test_jpeg_read(exn_buffer_span(&file), &coefs, why));
    for (uint32_t value = 2; value <= 8; value++)
        assert_int_equal(verdict(exn_buffer_span(&file), value), EXN_UNSUPPORTED);
    exn_buffer_free(&file);
}

/* The caller frees both. */
static void make_square(uint32_t side, exn_buffer *file, exn_jpeg *jpeg)
{
    exn_test_jpeg spec;
    exn_test_jpeg_init(&spec, side, side);
    exn_test_jpeg_made(&spec, file);
    assert_int_equal(exn_segments_parse(exn_buffer_span(file), jpeg, NULL), EXN_OK);
}

/* Memory is asked for before it is taken: the limit that is just met, and one byte less. */
static void the_limit_comes_first(void **state)
{
    exn_buffer file = {0};
    exn_jpeg jpeg;
    exn_entropy entropy;
    exn_error error = {0};
    (void)state;

    make_square(640, &file, &jpeg);
    for (uint64_t limit = 1 << 14; limit < MEMORY; limit *= 2) {
        const exn_status status = exn_entropy_open(&entropy, &jpeg, exn_orientation_from_exif(6),
                                                   EXN_QUALITY_SAME, limit, &error);
        assert_true(status == EXN_LIMIT || status == EXN_OK);
        assert_true(status == (limit > 1 << 20 ? EXN_OK : EXN_LIMIT) || limit == 1 << 20 ||
                    limit == 1 << 19);
        exn_entropy_close(&entropy);
    }
    exn_segments_free(&jpeg);
    exn_buffer_free(&file);
}

/* A string's offset has 32 bits, so there is no room for more, however large the file. That it is
 * so is only said here: what is in it stays the same. */
static void strings_end_where_offsets_do(void **state)
{
    exn_buffer file = {0};
    exn_jpeg jpeg;
    exn_entropy entropy;
    exn_error error = {0};
    (void)state;

    make_square(64, &file, &jpeg);
    jpeg.file.size = (size_t)5 << 30;
    const exn_status status = exn_entropy_open(&entropy, &jpeg, exn_orientation_from_exif(6),
                                               EXN_QUALITY_SAME, UINT64_MAX, &error);
    assert_true(status == EXN_OK || status == EXN_MEMORY);
    assert_true(entropy.strings.bytes.capacity <= UINT32_MAX);
    exn_entropy_close(&entropy);
    exn_segments_free(&jpeg);
    exn_buffer_free(&file);
}

/* Pictures of a file share what scans beyond the usual may cost. */
static void scans_are_charged(void **state)
{
    jpeg_scan_info scans[64];
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_jpeg jpeg;
    exn_error error = {0};
    (void)state;

    for (int k = 0; k < 64; k++)
        scans[k] = (jpeg_scan_info){1, {0}, k, k, 0, 0};
    exn_test_jpeg_init(&spec, 64, 64);
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    spec.progressive = true;
    spec.scans = scans;
    spec.scan_count = 64;
    exn_test_jpeg_made(&spec, &file);
    assert_int_equal(exn_segments_parse(exn_buffer_span(&file), &jpeg, NULL), EXN_OK);
    assert_int_equal(exn_mcus_coded_blocks(&jpeg), 64 * 64);
    uint64_t blocks = 2 * 64 * 64 + 1;
    assert_int_equal(exn_mcus_charge(&jpeg, EXN_JPEG_FREE_PASSES, &blocks, &error), EXN_OK);
    assert_int_equal(exn_mcus_charge(&jpeg, EXN_JPEG_FREE_PASSES, &blocks, &error), EXN_OK);
    assert_int_equal(exn_mcus_charge(&jpeg, EXN_JPEG_FREE_PASSES, &blocks, &error), EXN_LIMIT);
    assert_int_equal(blocks, 1);
    for (uint64_t left = 64 * 64 - 1; left <= 64 * 64; left++) {
        blocks = left;
        assert_int_equal(exn_mcus_charge(&jpeg, EXN_JPEG_FREE_PASSES, &blocks, NULL),
                         left < 64 * 64 ? EXN_LIMIT : EXN_OK);
        assert_int_equal(blocks, left % (64 * 64));
    }
    exn_segments_free(&jpeg);
    exn_buffer_free(&file);

    blocks = 1;
    file = (exn_buffer){0};
    spec.scans = NULL; /* libjpeg's own progression */
    exn_test_jpeg_made(&spec, &file);
    assert_int_equal(exn_segments_parse(exn_buffer_span(&file), &jpeg, NULL), EXN_OK);
    assert_int_equal(exn_mcus_charge(&jpeg, EXN_JPEG_FREE_PASSES, &blocks, NULL), EXN_OK);
    assert_int_equal(blocks, 1);
    exn_segments_free(&jpeg);
    exn_buffer_free(&file);
}

/* What libjpeg writes grows under the limit, too. */
static void the_limit_holds_for_libjpeg_s_product(void **state)
{
    enum { STEP = 1 << 16 };
    exn_test_jpeg spec;
    exn_buffer file = {0}, out = {0};
    exn_error error = {0};
    (void)state;

    exn_test_jpeg_init(&spec, 1280, 1280);
    spec.arithmetic = true;
    exn_test_jpeg_made(&spec, &file);
    turn_by_libjpeg(exn_buffer_span(&file), 6, EXN_QUALITY_SAME, &out);
    assert_true(out.size > STEP);
    for (int enough = 0; enough < 2; enough++) {
        exn_jpeg jpeg;
        exn_coefficients source, target;
        uint32_t warnings = 0;
        exn_buffer product = {0};
        assert_int_equal(exn_segments_parse(exn_buffer_span(&file), &jpeg, NULL), EXN_OK);
        assert_int_equal(exn_coefficients_read(&source, &jpeg, &warnings, NULL), EXN_OK);
        const exn_orientation o = exn_orientation_from_exif(6);
        assert_int_equal(exn_coefficients_write_open(&target, &source, o, NULL), EXN_OK);
        for (uint32_t i = 0; i < source.components; i++)
            exn_component_move(&source.component[i], &target.component[i], o);
        const uint64_t held = file.size + 2 * exn_coefficients_bytes(&jpeg);
        const uint64_t limit = held + 2 * (enough ? out.size + STEP : STEP);
        assert_int_equal(exn_coefficients_write(&target, &source, &jpeg, limit, &product, &error),
                         enough ? EXN_OK : EXN_LIMIT);
        if (!enough)
            assert_non_null(strstr(error.detail, "needs "));
        exn_buffer_free(&product);
        exn_coefficients_close(&target);
        exn_coefficients_close(&source);
        exn_segments_free(&jpeg);
    }
    exn_buffer_free(&out);
    exn_buffer_free(&file);
}

/* --- The whole ---------------------------------------------------------------------------------
 */

enum { KINDS = 80, KINDS_OF_A_SIZE = 8 };

/* With arithmetic coding such a file is never taken. */
static void leave_to_libjpeg(exn_test_jpeg *spec, int kind, exn_buffer *file, ways *w)
{
    spec->progressive = kind % 3 != 0;
    spec->arithmetic = true;
    spec->optimize = false;
    spec->wide_tables = false;
    exn_test_jpeg_made(spec, file);
    for (uint32_t value = 2; value <= 8; value++)
        assert_int_equal(verdict(exn_buffer_span(file), value), EXN_UNSUPPORTED);
    w->libjpegs += 7;
}

static void compare_size(const char *sampling, uint32_t width, uint32_t height, int first, ways *w)
{
    exn_buffer file = {0};

    for (int n = first; n < first + KINDS_OF_A_SIZE; n++) {
        const int kind = n * 37 % KINDS;
        exn_test_jpeg spec;
        exn_test_jpeg_init(&spec, width, height);
        vary(&spec, kind); /* a colour space comes with factors of 1 */
        assert_true(exn_test_jpeg_sampling(&spec, sampling));
        spec.wild = kind % 10 == 3 || kind % 10 == 5;
        exn_test_jpeg_made(&spec, &file);
        compare_all_turns(&file, n % 3 ? EXN_QUALITY_SAME : EXN_QUALITY_HIGH, w);
        if (n % 4 == 1) {
            exn_test_jpeg progressive = spec;
            progressive.progressive = true;
            exn_test_jpeg_made(&progressive, &file);
            compare_all_turns(&file, n % 3 ? EXN_QUALITY_SAME : EXN_QUALITY_HIGH, w);
        }
        if (n % 4 == 0)
            leave_to_libjpeg(&spec, kind, &file, w);
    }
    exn_buffer_free(&file);
}

/* Kinds move on from size to size, so that each meets every sampling. */
static void both_ways_over_the_matrix(void **state)
{
    static const uint32_t sizes[] = {1, 7, 8, 9, 15, 16, 17, 33, 97};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    ways w = {0};
    (void)state;

    for (const exn_test_sampling *s = exn_test_samplings; s->name; s++) {
        for (int n = 0; n < SIZES * SIZES; n++)
            compare_size(s->name, sizes[n % SIZES], sizes[n / SIZES], n * KINDS_OF_A_SIZE, &w);
        print_message("%s: %u files so far; turns, each as libjpeg's: %u lossless, %u with blocks "
                      "cut; %u of other codings left to libjpeg\n",
                      s->name, w.files, w.exact, w.cut, w.libjpegs);
    }
    assert_true(w.exact > w.files && w.cut > w.files && w.libjpegs > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest whole[] = {cmocka_unit_test(both_ways_over_the_matrix)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_are_one),
        cmocka_unit_test(one_component_with_factors),
        cmocka_unit_test(codes_that_encoders_seldom_write),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(restart_boundaries),
        cmocka_unit_test(fill_bytes_inside_a_scan),
        cmocka_unit_test(mcus_of_ten_blocks),
        cmocka_unit_test(data_that_cannot_hold_the_blocks),
        cmocka_unit_test(unusual_files_are_libjpegs),
        cmocka_unit_test(the_limit_comes_first),
        cmocka_unit_test(strings_end_where_offsets_do),
        cmocka_unit_test(the_limit_holds_for_libjpeg_s_product),
        cmocka_unit_test(scans_are_charged),
        cmocka_unit_test(tables_that_lack_symbols),
        cmocka_unit_test(tables_that_are_bad),
        cmocka_unit_test(tables_that_are_shared),
        cmocka_unit_test(tables_that_no_encoder_makes),
    };
    if (argc > 1 && !strcmp(argv[1], "--long"))
        return cmocka_run_group_tests(whole, NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
