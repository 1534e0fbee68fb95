/* SPDX-License-Identifier: MIT */
/* Both sides of every limit in the JPEG code: DC differences of 11 bits and AC values of 10, steps
 * of 8 and 16 bits, MCUs of ten blocks at their longest, tables that differ in nothing but their
 * values or that a slot gets anew, and scans that are missing where nothing else would show it. All
 * by the public interface, judged from coefficients. */
#include "exifnorm.h"

#include "orientation.h"
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

enum { SOF0 = 0xC0, SOF1 = 0xC1, DHT = 0xC4, SOS = 0xDA, DQT = 0xDB };

static const exn_span nothing = {(const uint8_t *)"", 0};

static void splice(exn_buffer *file, size_t offset, size_t remove, exn_span insert)
{
    exn_buffer made = {0};

    assert_true(exn_test_splice(exn_buffer_span(file), offset, remove, insert, &made));
    exn_buffer_free(file);
    *file = made;
}

static exn_status normalize(exn_span tagged, exn_bytes *product, exn_result *result)
{
    exn_error error;
    const exn_status status =
        exn_normalize(tagged.data, tagged.size, NULL, product, result, &error);

    return status != EXN_OK ? status
                            : exn_verify(tagged.data, tagged.size, product->data, product->size,
                                         NULL, result, NULL);
}

/* T.81, B.2.3: in each scan components have the frame header's order; and in a sequential file each
 * is in one. */
static void check_scans(exn_span file, int components)
{
    exn_test_segment segment;
    unsigned seen = 0;

    for (size_t at = 0; exn_test_jpeg_next(file, &at, &segment);) {
        if (segment.marker != SOS)
            continue;
        for (int n = 0; n < segment.payload.data[0]; n++) {
            const unsigned id = segment.payload.data[1 + 2 * n];
            assert_true(n == 0 || id > segment.payload.data[2 * n - 1]);
            assert_int_equal(seen >> id & 1, 0);
            seen |= 1u << id;
        }
    }
    assert_int_equal(seen, (1u << components) * 2 - 2); /* as all files here number them */
}

/* The file turned by an orientation is what the oracle expects: its exact components as they were,
 * the others as close as their tables allow. */
static void check_turn(const exn_buffer *file, uint32_t value)
{
    char why[EXN_TEST_WHY] = "";
    exn_buffer tagged = {0};
    exn_test_coefs source = {0}, product = {0};
    exn_bytes turned;
    exn_result result = {.struct_size = sizeof(exn_result)};

    assert_true(exn_test_jpeg_read(exn_buffer_span(file), &source, why));
    assert_true(exn_test_tag(exn_buffer_span(file), value, &tagged));
    assert_int_equal(normalize(exn_buffer_span(&tagged), &turned, &result), EXN_OK);
    bool good = exn_test_jpeg_read((exn_span){turned.data, turned.size}, &product, why) &&
                exn_test_same_frame(&source, &product, value, why);
    assert_int_equal(product.warnings, 0);
    for (int i = 0; i < source.components && good; i++)
        good = exn_test_exact_set(&source, value) >> i & 1
                   ? exn_test_same_coefficients(&source, &product, i, value, why)
                   : exn_test_component_is_close(&source, &product, i, value, why);
    if (!good)
        fail_msg("orientation %u: %s", value, why);
    check_scans((exn_span){turned.data, turned.size}, source.components);
    exn_test_coefs_free(&product);
    exn_test_coefs_free(&source);
    exn_bytes_free(&turned);
    exn_buffer_free(&tagged);
}

static void check(const exn_buffer *file)
{
    for (uint32_t value = 2; value <= 8; value++)
        check_turn(file, value);
}

/* What becomes of the file, the same in every orientation. */
static exn_status verdict(const exn_buffer *file)
{
    exn_status first = EXN_OK;

    for (uint32_t value = 2; value <= 8; value++) {
        exn_buffer tagged = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        assert_true(exn_test_tag(exn_buffer_span(file), value, &tagged));
        const exn_status status = normalize(exn_buffer_span(&tagged), &product, &result);
        first = value == 2 ? status : first;
        assert_int_equal(status, first);
        assert_int_equal(product.data == NULL, status != EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&tagged);
    }
    return first;
}

/* --- Files written bit by bit ----------------------------------------------------------------- */

/* Up to the data of their only scan, with steps of 1; components use table 0 of both classes. */
typedef struct frame {
    uint32_t width, height;
    uint8_t components, h[3], v[3];
    const uint8_t *dc, *ac; /* as DHT has them, from the counts on */
} frame;

static void append_table(exn_buffer *out, uint8_t class, const uint8_t *table)
{
    uint8_t payload[1 + 16 + 256] = {(uint8_t)(class << 4)};
    size_t size = 17;

    for (int length = 0; length < 16; length++)
        size += table[length];
    memcpy(payload + 1, table, size - 1);
    assert_true(exn_test_insert_segment(nothing, 0, DHT, (exn_span){payload, size}, out));
}

static void begin(const frame *f, exn_buffer *out)
{
    uint8_t dqt[65] = {0}, sof[15] = {8}, sos[10] = {f->components}, *p = sos + 1;

    *out = (exn_buffer){0};
    memset(dqt + 1, 1, 64);
    exn_put16be(sof + 1, f->height);
    exn_put16be(sof + 3, f->width);
    sof[5] = f->components;
    for (uint8_t i = 0; i < f->components; i++) {
        sof[6 + 3 * i] = i + 1;
        sof[7 + 3 * i] = (uint8_t)(f->h[i] << 4 | f->v[i]);
        *p++ = i + 1;
        *p++ = 0;
    }
    p[1] = 63;
    assert_int_equal(exn_buffer_append(out, "\xFF\xD8", 2), EXN_OK);
    assert_true(exn_test_insert_segment(nothing, 0, DQT, (exn_span){dqt, sizeof dqt}, out));
    assert_true(exn_test_insert_segment(nothing, 0, SOF0,
                                        (exn_span){sof, 6 + 3 * (size_t)f->components}, out));
    append_table(out, 0, f->dc);
    append_table(out, 1, f->ac);
    assert_true(exn_test_insert_segment(nothing, 0, SOS,
                                        (exn_span){sos, 4 + 2 * (size_t)f->components}, out));
}

static void end(exn_test_pen *pen)
{
    exn_test_finish(pen, 1);
    assert_int_equal(exn_buffer_append(pen->out, "\xFF\xD9", 2), EXN_OK);
}

/* DC differences of 0 to 12 bits, all codes of 4; AC: EOB, and runs of 0 of sizes 1, 10 and 11. */
static const uint8_t wide_dc[] = {0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0, 0,
                                  0, 0, 1, 2,  3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
static const uint8_t wide_ac[] = {0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 10, 11};

/* A gray row of blocks with these DC values, and with an AC value in the first. */
static void draw_row(const int *dc, uint32_t count, int ac, exn_buffer *file)
{
    const frame f = {8 * count, 8, 1, {1}, {1}, wide_dc, wide_ac};
    exn_test_codes dc_codes, ac_codes;
    exn_test_pen pen = {.out = file};

    begin(&f, file);
    exn_test_codes_make(wide_dc, &dc_codes);
    exn_test_codes_make(wide_ac, &ac_codes);
    for (uint32_t n = 0; n < count; n++) {
        exn_test_put_value(&pen, &dc_codes, 0, dc[n] - (n ? dc[n - 1] : 0));
        if (n == 0 && ac)
            exn_test_put_value(&pen, &ac_codes, 0, ac);
        exn_test_put(&pen, ac_codes.code[0], ac_codes.length[0]);
    }
    end(&pen);
}

/* What no JPEG can hold is not to be had by --on-damage=decode, and the message does not speak of
 * it.
 */
static void check_no_hint(const exn_buffer *file)
{
    exn_buffer tagged = {0};
    exn_bytes product;
    exn_error error = {0};

    assert_true(exn_test_tag(exn_buffer_span(file), 6, &tagged));
    assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, NULL, &error),
                     EXN_CORRUPT);
    assert_string_equal(error.detail, "DCT coefficient out of range");
    exn_buffer_free(&tagged);
}

/* The same verdict where libjpeg has to read the file, for a byte that stands between two segments.
 */
static void check_row(const int *dc, uint32_t count, int ac, exn_status expected)
{
    exn_buffer file = {0};

    draw_row(dc, count, ac, &file);
    assert_int_equal(verdict(&file), expected);
    if (expected == EXN_OK)
        check(&file);
    else
        check_no_hint(&file);
    splice(&file, exn_test_jpeg_found(&file, SOS, 0).offset, 0, (exn_span){(const uint8_t *)"", 1});
    assert_int_equal(verdict(&file), expected);
    if (expected != EXN_OK)
        check_no_hint(&file);
    exn_buffer_free(&file);
}

/* T.81, F.1.2.1: 11 bits. Which blocks are neighbours a turn decides, and prediction starts at 0.
 */
static void dc_differences_of_eleven_bits(void **state)
{
    static const struct {
        int dc[4];
        uint32_t count;
        exn_status status;
    } rows[] = {
        {{1023, -1024}, 2, EXN_OK},
        {{-1024, 1023, 5, -1024}, 4, EXN_OK},
        {{1024, 0, -1024}, 3, EXN_CORRUPT}, /* never more than 1024 at a time */
        {{-1024, 0, 1024}, 3, EXN_CORRUPT},
        {{2047, 0, 1000}, 3, EXN_OK},
        {{2048, 1000}, 2, EXN_CORRUPT},
        {{1000, 2048}, 2, EXN_CORRUPT},
        {{-2047, -1, -1000}, 3, EXN_OK},
        {{-2048, -1000}, 2, EXN_CORRUPT},
        {{-1000, -2048}, 2, EXN_CORRUPT},
        {{1500, 2047, 1}, 3, EXN_OK}, /* far from 0 on one side, and once over it */
        {{1500, 2047, -1}, 3, EXN_CORRUPT},
    };
    (void)state;

    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        check_row(rows[n].dc, rows[n].count, 0, rows[n].status);
}

/* T.81, F.1.2.2: 10 bits. */
static void ac_values_of_ten_bits(void **state)
{
    static const int values[] = {1, -1, 512, -512, 1023, -1023, 1024, -1024};
    (void)state;

    for (size_t n = 0; n < sizeof values / sizeof *values; n++)
        check_row((const int[]){7}, 1, values[n], abs(values[n]) > 1023 ? EXN_CORRUPT : EXN_OK);
}

/* --- Steps -------------------------------------------------------------------------------------
 */

/* Makes the only table one of 16 bits (T.81, B.2.4.1), the last step of which is that one: of a
 * frequency that the picture does not have, so that its samples stay in their range. */
static void set_step(exn_buffer *file, uint16_t step)
{
    const exn_test_segment dqt = exn_test_jpeg_found(file, DQT, 0);
    uint8_t table[129] = {0x10};
    exn_buffer segment = {0};

    for (int n = 0; n < 64; n++)
        exn_put16be(table + 1 + 2 * n, n == 63 ? step : dqt.payload.data[1 + n]);
    assert_true(
        exn_test_insert_segment(nothing, 0, DQT, (exn_span){table, sizeof table}, &segment));
    splice(file, dqt.offset, dqt.payload.size + 4, exn_buffer_span(&segment));
    file->data[exn_test_jpeg_found(file, SOF0, 0).offset + 1] = SOF1;
    exn_buffer_free(&segment);
}

/* A step that does not fit into 8 bits makes its table one of 16; whole blocks and cut ones. */
static void steps_of_eight_bits_and_more(void **state)
{
    static const uint16_t steps[] = {1, 254, 255, 256, 257, 511, 512, 32768, 65535};
    (void)state;

    for (size_t n = 0; n < sizeof steps / sizeof *steps; n++)
        for (int cut = 0; cut < 2; cut++) {
            exn_test_jpeg spec;
            exn_buffer file = {0};
            exn_test_jpeg_init(&spec, cut ? 21 : 24, cut ? 19 : 16);
            exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
            exn_test_jpeg_made(&spec, &file);
            set_step(&file, steps[n]);
            check(&file);
            exn_buffer_free(&file);
        }
}

/* White and black beyond what samples can hold, in turn, as a DC step of 2 allows: an edge between
 * them inside a block, where flipping moves it, has AC values of over ten bits. */
static void ac_values_that_requantizing_makes(void **state)
{
    static const int levels[] = {1000, -1000, 1000, 1000, -1000, 1000, -1000};
    enum { COUNT = sizeof levels / sizeof *levels };
    exn_buffer file = {0};
    (void)state;

    draw_row(levels, COUNT, 0, &file);
    file.data[exn_test_jpeg_found(&file, DQT, 0).payload.data + 1 - file.data] = 2;
    exn_put16be(file.data + exn_test_jpeg_found(&file, SOF0, 0).offset + 4 + 3, 8 * COUNT - 4);
    for (uint32_t value = 2; value <= 8; value++) {
        const bool moves = exn_orientation_from_exif(value).flip_x;
        char why[EXN_TEST_WHY] = "";
        exn_buffer tagged = {0};
        exn_bytes product;
        exn_test_coefs coefs;
        exn_result result = {.struct_size = sizeof(exn_result)};
        int edges = 0;
        assert_true(exn_test_tag(exn_buffer_span(&file), value, &tagged));
        assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.exact_components, moves ? 0 : 1);
        if (!exn_test_jpeg_read((exn_span){product.data, product.size}, &coefs, why))
            fail_msg("orientation %u: %s", value, why);
        assert_int_equal(coefs.warnings, 0);
        for (int n = 0; n < COUNT; n++)
            edges += abs(coefs.component[0].blocks[n][value < 5 ? 1 : 8]) == 1023;
        assert_int_equal(edges, moves ? 5 : 0);
        exn_test_coefs_free(&coefs);
        exn_bytes_free(&product);
        exn_buffer_free(&tagged);
    }
    exn_buffer_free(&file);
}

/* --- Tables ------------------------------------------------------------------------------------
 */

/* Standard tables in both slots as K.3 to K.6 name them, then the other ones in slot 0 before each
 * scan of chroma: nothing but the second definition tells that slot 0 is not luma's any more. */
static void standard_tables_that_a_slot_gets_anew(void **state)
{
    (void)state;

    for (int cut = 0; cut < 2; cut++) {
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_test_jpeg_init(&spec, cut ? 45 : 48, cut ? 35 : 32);
        exn_test_jpeg_sampling(&spec, cut ? "4:2:0" : "4:4:4");
        spec.noninterleaved = true;
        exn_test_jpeg_made(&spec, &file);
        for (unsigned n = 2; n < 4; n++) /* DC and AC, which libjpeg writes before Cb's scan */
            file.data[exn_test_jpeg_found(&file, DHT, n).payload.data - file.data] &= 0xF0;
        for (unsigned n = 1; n < 3; n++)
            file.data[exn_test_jpeg_found(&file, SOS, n).payload.data - file.data + 2] = 0;
        check(&file);
        exn_buffer_free(&file);
    }
}

/* Symbols 01 and 11 with each other's lengths: the best table has the same counts, and codes the
 * blocks in other bits. */
static void tables_alike_but_for_their_values(void **state)
{
    static const uint8_t dc[] = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    static const uint8_t ac[] = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x11, 0x01};
    const frame f = {64, 64, 1, {1}, {1}, dc, ac};
    exn_test_codes dc_codes, ac_codes;
    exn_buffer file = {0};
    exn_test_pen pen = {.out = &file};
    (void)state;

    begin(&f, &file);
    exn_test_codes_make(dc, &dc_codes);
    exn_test_codes_make(ac, &ac_codes);
    for (int n = 0; n < 64; n++) {
        exn_test_put_value(&pen, &dc_codes, 0, n % 5 == 0 ? 1 - n % 2 * 2 : 0);
        exn_test_put_value(&pen, &ac_codes, n % 8 == 3, n % 3 ? 1 : -1);
        exn_test_put(&pen, ac_codes.code[0], ac_codes.length[0]);
    }
    end(&pen);
    check(&file);
    exn_buffer_free(&file);
}

/* The same in two components of one table: what is left out of it is no symbol of theirs, but the
 * padding of an MCU needs an EOB, once. */
static void a_table_without_eob(void **state)
{
    static const uint8_t dc[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t ac[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01};
    const frame f = {24, 8, 3, {2, 1, 1}, {1, 1, 1}, dc, ac};
    exn_buffer file = {0};
    exn_test_pen pen = {.out = &file};
    (void)state;

    begin(&f, &file);
    for (int block = 0; block < 8; block++) { /* the sixth is the padding of the second MCU */
        exn_test_put(&pen, 0, 1);
        for (int k = 0; k < 63; k++)
            exn_test_put(&pen, (uint32_t)(k * 5 + block) / 3 & 1, 2);
    }
    end(&pen);
    check(&file);
    exn_buffer_free(&file);
}

/* DC differences have sizes up to 15; libjpeg takes no table that has another, used or not. */
static void a_dc_table_of_size_16(void **state)
{
    static const uint8_t dc[] = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16};
    static const uint8_t ac[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    exn_buffer file = {0};
    exn_test_pen pen = {.out = &file};
    (void)state;

    begin(&(frame){8, 8, 1, {1}, {1}, dc, ac}, &file);
    exn_test_put(&pen, 0, 2);
    end(&pen);
    assert_int_equal(verdict(&file), EXN_CORRUPT);
    exn_buffer_free(&file);
}

/* T.81, F.1.2.3: the last byte is filled up with ones. And equal quantization tables are one. */
static void padding_and_tables_of_an_output(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0}, tagged = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_segment found;
    (void)state;

    exn_test_jpeg_init(&spec, 32, 16);
    spec.noise = 0;
    exn_test_jpeg_made(&spec, &file);
    for (uint32_t value = 2; value <= 8; value++) {
        tagged.size = 0;
        assert_true(exn_test_tag(exn_buffer_span(&file), value, &tagged));
        assert_int_equal(normalize(exn_buffer_span(&tagged), &product, &result), EXN_OK);
        const exn_span made = {product.data, product.size};
        size_t tables = 0;
        for (unsigned n = 0; exn_test_jpeg_find(made, DQT, n, &found); n++)
            tables += found.payload.size / 65;
        assert_int_equal(tables, 2);
        exn_bytes_free(&product);
    }
    exn_buffer_free(&file);
    exn_buffer_free(&tagged);
    /* Standard codes of no difference and of an EOB: 00 1010. */
    static const uint8_t dc[] = {0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0,  0,
                                 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    exn_test_jpeg_made(&spec, &tagged);
    begin(&(frame){8, 8, 1, {1}, {1}, dc, exn_test_jpeg_found(&tagged, DHT, 1).payload.data + 1},
          &file);
    exn_test_pen pen = {.out = &file};
    exn_test_put(&pen, 0x0A, 6);
    end(&pen);
    exn_buffer_free(&tagged);
    assert_true(exn_test_tag(exn_buffer_span(&file), 6, &tagged));
    assert_int_equal(normalize(exn_buffer_span(&tagged), &product, &result), EXN_OK);
    assert_true(exn_test_jpeg_find((exn_span){product.data, product.size}, SOS, 0, &found));
    assert_int_equal(found.entropy.size, 1);
    assert_int_equal(found.entropy.data[0], 0x2B);
    exn_bytes_free(&product);
    exn_buffer_free(&tagged);
    exn_buffer_free(&file);
}

/* --- MCUs --------------------------------------------------------------------------------------
 */

/* Standard tables, so that the product codes the blocks as the source does: 26 bits a coefficient.
 */
static void draw_longest_mcus(exn_buffer *file, const uint8_t *dc, const uint8_t *ac)
{
    const frame f = {256, 480, 3, {4, 1, 1}, {2, 1, 1}, dc, ac};
    enum { BLOCKS = 8 * 30 * 10 };
    exn_test_codes dc_codes, ac_codes;
    exn_test_pen pen = {.out = file};
    uint32_t random = 1;

    begin(&f, file);
    exn_test_codes_make(dc, &dc_codes);
    exn_test_codes_make(ac, &ac_codes);
    for (int n = 0; n < BLOCKS; n++) {
        /* Up and down: luma's eight blocks of an MCU, and the MCUs of each chroma. */
        const bool up = n % 10 < 8 ? n % 2 == 0 : n / 10 % 2 == 0;
        exn_test_put_value(&pen, &dc_codes, 0, up ? 1024 : -1024);
        random = random * 1664525 + 1013904223;
        const int values = n % 7 ? 63 : 63 - (int)(random >> 28);
        for (int k = 0; k < values; k++) {
            random = random * 1664525 + 1013904223;
            const int value = 512 + (int)(random >> 23 & 511);
            exn_test_put_value(&pen, &ac_codes, 0, random >> 31 ? value : -value);
        }
        if (values < 63)
            exn_test_put(&pen, ac_codes.code[0], ac_codes.length[0]);
    }
    end(&pen);
}

/* T.81, B.2.3: ten blocks at most. */
static void mcus_of_ten_blocks_at_their_longest(void **state)
{
    exn_test_jpeg spec;
    exn_buffer usual = {0}, file = {0};
    (void)state;

    exn_test_jpeg_init(&spec, 16, 16);
    exn_test_jpeg_made(&spec, &usual);
    draw_longest_mcus(&file, exn_test_jpeg_found(&usual, DHT, 0).payload.data + 1,
                      exn_test_jpeg_found(&usual, DHT, 1).payload.data + 1);
    assert_true(file.size > 8 * 30 * 2000);
    check(&file);
    exn_buffer_free(&file);
    exn_buffer_free(&usual);
}

/* Flat MCUs, whose blocks take a byte each where their source takes two bits, and then the longest
 * ones: what was set aside by the source's size is used up within those, at another place each
 * time. */
static void long_mcus_behind_flat_ones(void **state)
{
    static const uint8_t dc[] = {1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 11, 8};
    static const uint8_t ac[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10};
    enum { COLUMNS = 8, FLAT = 2000, LONG = 48 };
    (void)state;

    for (int extra = 0; extra < 4 * COLUMNS; extra += COLUMNS) {
        const frame f = {
            32 * COLUMNS, 16 * (FLAT + extra + LONG) / COLUMNS, 3, {4, 1, 1}, {2, 1, 1}, dc, ac};
        exn_test_codes dc_codes, ac_codes;
        exn_buffer file = {0};
        exn_test_pen pen = {.out = &file};
        begin(&f, &file);
        exn_test_codes_make(dc, &dc_codes);
        exn_test_codes_make(ac, &ac_codes);
        for (int n = 0; n < 10 * (FLAT + extra); n++) {
            exn_test_put(&pen, dc_codes.code[0], dc_codes.length[0]);
            exn_test_put(&pen, ac_codes.code[0], ac_codes.length[0]);
        }
        for (int n = 0; n < 10 * LONG; n++) {
            exn_test_put(&pen, dc_codes.code[0], dc_codes.length[0]);
            for (int k = 0; k < 63; k++)
                exn_test_put_value(&pen, &ac_codes, 0, (n + k) % 3 ? 1023 - n : n - 1023);
        }
        end(&pen);
        check(&file);
        exn_buffer_free(&file);
    }
}

/* The same MCUs as an encoder fills them, with its own tables and with those of the standard. */
static void mcus_of_ten_blocks_of_noise(void **state)
{
    (void)state;

    for (int n = 0; n < 2; n++) {
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_test_jpeg_init(&spec, 256, 128);
        spec.h[0] = 4;
        spec.quality = 100;
        spec.noise = 255;
        spec.optimize = n;
        exn_test_jpeg_made(&spec, &file);
        check(&file);
        exn_buffer_free(&file);
    }
}

/* --- Scans -------------------------------------------------------------------------------------
 */

/* Luma's grid is coarser here: where chroma alone is whole, the outcome is not that luma is
 * lossless. */
static void chroma_alone_is_exact(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0}, tagged = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    (void)state;

    exn_test_jpeg_init(&spec, 24, 32);
    assert_true(exn_test_jpeg_sampling(&spec, "1x1,2x2,2x2"));
    exn_test_jpeg_made(&spec, &file);
    check(&file);
    assert_true(exn_test_tag(exn_buffer_span(&file), 2, &tagged));
    assert_int_equal(normalize(exn_buffer_span(&tagged), &product, &result), EXN_OK);
    assert_int_equal(result.exact_components, 6);
    assert_int_equal(result.outcome, EXN_OUTCOME_REQUANTIZED);
    exn_bytes_free(&product);
    exn_buffer_free(&tagged);
    exn_buffer_free(&file);
}

/* A number of lines has two bytes (T.81, B.2.5). */
static void a_dnl_segment_of_three_bytes(void **state)
{
    enum { DNL = 0xDC };
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (size_t size = 2; size <= 3; size++) {
        exn_buffer longer = {0};
        exn_test_jpeg_init(&spec, 24, 32);
        exn_test_jpeg_made(&spec, &file);
        assert_true(exn_test_insert_segment(exn_buffer_span(&file), file.size - 2, DNL,
                                            (exn_span){(const uint8_t *)"\0\x20", size}, &longer));
        assert_int_equal(verdict(&longer), size == 2 ? EXN_OK : EXN_CORRUPT);
        exn_buffer_free(&longer);
        exn_buffer_free(&file);
    }
}

/* The later one of two scans of a component holds. */
static void a_scan_comes_twice(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    exn_test_jpeg_init(&spec, 40, 24);
    spec.noninterleaved = true;
    exn_test_jpeg_made(&spec, &file);
    for (unsigned n = 0; n < 3; n++) {
        exn_buffer twice = {0};
        const exn_test_segment scan = exn_test_jpeg_found(&file, SOS, n);
        const size_t to = (size_t)(scan.entropy.data - file.data) + scan.entropy.size;
        const exn_span whole = exn_span_part(exn_buffer_span(&file), scan.offset, to - scan.offset);
        assert_true(exn_test_splice(exn_buffer_span(&file), to, 0, whole, &twice));
        check(&twice);
        exn_buffer_free(&twice);
    }
    exn_buffer_free(&file);
}

/* So many scans are taken and no more, however little is in them. */
static void five_hundred_scans(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_error error;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    (void)state;

    exn_test_jpeg_init(&spec, 8, 8);
    spec.noninterleaved = true;
    exn_test_jpeg_made(&spec, &file);
    const exn_test_segment scan = exn_test_jpeg_found(&file, SOS, 2);
    const size_t to = (size_t)(scan.entropy.data - file.data) + scan.entropy.size;
    exn_buffer one = {0}, many = {0}, tagged = {0};
    exn_buffer_append(&one, file.data + scan.offset, to - scan.offset);
    for (int n = 3; n < 500; n++)
        exn_buffer_append(&many, one.data, one.size);
    splice(&file, to, 0, exn_buffer_span(&many));
    assert_int_equal(verdict(&file), EXN_OK);
    splice(&file, to, 0, exn_buffer_span(&one));
    assert_int_equal(verdict(&file), EXN_LIMIT);
    assert_true(exn_test_tag(exn_buffer_span(&file), 6, &tagged));
    assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, &error),
                     EXN_LIMIT);
    assert_string_equal(error.detail, "more than 500 scans");
    exn_buffer_free(&tagged);
    exn_buffer_free(&many);
    exn_buffer_free(&one);
    exn_buffer_free(&file);
}

/* Rows become columns: more MCUs between two restarts than 16 bits can say. */
static void the_longest_restart_interval(void **state)
{
    char why[EXN_TEST_WHY];
    exn_test_jpeg spec;
    exn_buffer file = {0}, tagged = {0};
    exn_test_coefs coefs;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    (void)state;

    exn_test_jpeg_init(&spec, 8, 65496);
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    spec.noise = 0;
    spec.restart_interval = 9;
    exn_test_jpeg_made(&spec, &file);
    assert_true(exn_test_tag(exn_buffer_span(&file), 5, &tagged));
    assert_int_equal(normalize(exn_buffer_span(&tagged), &product, &result), EXN_OK);
    assert_true(exn_test_jpeg_read((exn_span){product.data, product.size}, &coefs, why));
    assert_int_equal(coefs.warnings, 0);
    assert_int_equal(coefs.restart_interval, 65535);
    exn_test_coefs_free(&coefs);
    exn_bytes_free(&product);
    exn_buffer_free(&tagged);
    exn_buffer_free(&file);
}

/* T.81, B.2.3 forbids it, and libjpeg does not read it. */
static void components_of_a_scan_in_another_order(void **state)
{
    static const uint8_t orders[][3] = {{1, 3, 2}, {2, 1, 3}, {3, 2, 1}, {2, 3, 1}};
    const frame f = {24, 16, 3, {1, 1, 1}, {1, 1, 1}, wide_dc, wide_ac};
    (void)state;

    for (size_t n = 0; n < sizeof orders / sizeof *orders; n++) {
        char why[EXN_TEST_WHY];
        exn_test_codes dc, ac;
        exn_test_coefs coefs = {0};
        exn_buffer file = {0};
        exn_test_pen pen = {.out = &file};
        begin(&f, &file);
        exn_test_codes_make(wide_dc, &dc);
        exn_test_codes_make(wide_ac, &ac);
        for (int i = 0; i < 3; i++)
            file.data[exn_test_jpeg_found(&file, SOS, 0).payload.data + 1 + 2 * i - file.data] =
                orders[n][i];
        for (int block = 0; block < 3 * 6; block++) {
            exn_test_put_value(&pen, &dc, 0, (block * 37 + 11) % 50 - 20);
            exn_test_put_value(&pen, &ac, 0, block % 2 ? 1 : -1);
            exn_test_put(&pen, ac.code[0], ac.length[0]);
        }
        end(&pen);
        assert_false(exn_test_jpeg_read(exn_buffer_span(&file), &coefs, why));
        assert_int_equal(verdict(&file), EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

/* In a picture of whole MCUs nothing but the list of scans says that a component is missing. */
static void a_scan_is_missing(void **state)
{
    static const char *const samplings[] = {"4:4:4", "4:2:0", "4:2:2"};
    (void)state;

    for (size_t n = 0; n < 3 * sizeof samplings / sizeof *samplings; n++) {
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_test_jpeg_init(&spec, 32, 48);
        exn_test_jpeg_sampling(&spec, samplings[n / 3]);
        spec.noninterleaved = true;
        exn_test_jpeg_made(&spec, &file);
        assert_int_equal(verdict(&file), EXN_OK);
        const exn_test_segment scan = exn_test_jpeg_found(&file, SOS, (unsigned)n % 3);
        const size_t to = (size_t)(scan.entropy.data - file.data) + scan.entropy.size;
        splice(&file, scan.offset, to - scan.offset, nothing);
        assert_int_equal(verdict(&file), EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dc_differences_of_eleven_bits),
        cmocka_unit_test(ac_values_of_ten_bits),
        cmocka_unit_test(ac_values_that_requantizing_makes),
        cmocka_unit_test(steps_of_eight_bits_and_more),
        cmocka_unit_test(standard_tables_that_a_slot_gets_anew),
        cmocka_unit_test(tables_alike_but_for_their_values),
        cmocka_unit_test(a_table_without_eob),
        cmocka_unit_test(a_dc_table_of_size_16),
        cmocka_unit_test(padding_and_tables_of_an_output),
        cmocka_unit_test(a_scan_comes_twice),
        cmocka_unit_test(chroma_alone_is_exact),
        cmocka_unit_test(a_dnl_segment_of_three_bytes),
        cmocka_unit_test(five_hundred_scans),
        cmocka_unit_test(the_longest_restart_interval),
        cmocka_unit_test(mcus_of_ten_blocks_at_their_longest),
        cmocka_unit_test(long_mcus_behind_flat_ones),
        cmocka_unit_test(mcus_of_ten_blocks_of_noise),
        cmocka_unit_test(a_scan_is_missing),
        cmocka_unit_test(components_of_a_scan_in_another_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
