/* SPDX-License-Identifier: MIT */
/* What a turn leaves as it was: the coding (scans, restarts, Huffman tables, arithmetic
 * conditioning), every segment that has no part in orientation, in its place, and the bytes behind
 * EOI; and what a turn refuses. */
#include "exifnorm.h"

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOF0 = 0xC0, DHT = 0xC4, DAC = 0xCC, EOI = 0xD9, SOS = 0xDA, DRI = 0xDD };
enum { APP0 = 0xE0, APP1 = 0xE1, APP2 = 0xE2, APP5 = 0xE5, APP11 = 0xEB, APP13 = 0xED };
enum { APP14 = 0xEE, APP15 = 0xEF, COM = 0xFE };

static exn_span text(const char *words)
{
    return (exn_span){(const uint8_t *)words, strlen(words)};
}

/* Replaces what file holds by made, which is left empty. */
static void replace(exn_buffer *file, exn_buffer *made)
{
    exn_buffer_free(file);
    *file = *made;
    *made = (exn_buffer){0};
}

static void tag(exn_buffer *file, uint32_t value)
{
    exn_buffer tagged = {0};

    assert_true(exn_test_tag(exn_buffer_span(file), value, &tagged));
    replace(file, &tagged);
}

static void insert_at(exn_buffer *file, size_t offset, uint8_t marker, exn_span payload)
{
    exn_buffer longer = {0};

    assert_true(exn_test_insert_segment(exn_buffer_span(file), offset, marker, payload, &longer));
    replace(file, &longer);
}

/* Before the segment of that marker and number. */
static void insert_before(exn_buffer *file, uint8_t before, unsigned number, uint8_t marker,
                          exn_span payload)
{
    exn_test_segment place;

    assert_true(exn_test_jpeg_find(exn_buffer_span(file), before, number, &place));
    insert_at(file, place.offset, marker, payload);
}

static exn_status normalize(const exn_buffer *file, const exn_options *options, exn_bytes *product,
                            exn_result *result)
{
    exn_error error;
    const exn_status status =
        exn_normalize(file->data, file->size, options, product, result, &error);

    assert_int_equal(status, error.status);
    assert_true((status == EXN_OK) == (result->outcome != EXN_OUTCOME_FAILED));
    assert_true(status == EXN_OK || !product->data);
    return status;
}

/* Turns a file that has to come out well, and verifies it. Returns the product, to be freed. */
static exn_bytes turn(const exn_buffer *file, exn_result *result)
{
    exn_bytes product, again;
    exn_result second = {.struct_size = sizeof(exn_result)};
    exn_error error;

    assert_int_equal(normalize(file, NULL, &product, result), EXN_OK);
    assert_non_null(product.data);
    if (exn_verify(file->data, file->size, product.data, product.size, NULL, result, &error) !=
        EXN_OK)
        print_error("%s\n", error.detail);
    assert_int_equal(error.status, EXN_OK);
    assert_int_equal(exn_normalize(product.data, product.size, NULL, &again, &second, &error),
                     EXN_OK);
    assert_int_equal(second.outcome, EXN_OUTCOME_UNTOUCHED);
    return product;
}

static exn_span bytes_of(exn_bytes bytes)
{
    return (exn_span){bytes.data, bytes.size};
}

static void assert_same_bytes(exn_span a, exn_span b)
{
    assert_int_equal(a.size, b.size);
    if (a.size)
        assert_memory_equal(a.data, b.data, a.size);
}

static bool has_warning(const exn_result *result, exn_warning warning)
{
    return result->warnings >> warning & 1;
}

/* Every coefficient of a lossless product. */
static void assert_lossless(const exn_buffer *file, exn_bytes product, uint32_t value)
{
    char why[EXN_TEST_WHY] = "";
    exn_test_coefs before = {0}, after = {0};
    bool same = exn_test_jpeg_read(exn_buffer_span(file), &before, why) &&
                exn_test_jpeg_read(bytes_of(product), &after, why) &&
                exn_test_same_frame(&before, &after, value, why);

    for (int i = 0; same && i < before.components; i++)
        same = exn_test_same_coefficients(&before, &after, i, value, why);
    if (!same)
        print_error("%s\n", why);
    assert_true(same);
    exn_test_coefs_free(&before);
    exn_test_coefs_free(&after);
}

/* --- Scans ----------------------------------------------------------------------------------- */

/* Compares scan headers (T.81, B.2.3) but for the numbers of entropy tables, which are the
 * encoder's affair. */
static void assert_same_scans(exn_span a, exn_span b)
{
    exn_test_segment one, other;
    unsigned n = 0;

    for (; exn_test_jpeg_find(a, SOS, n, &one); n++) {
        assert_true(exn_test_jpeg_find(b, SOS, n, &other));
        assert_int_equal(one.payload.size, other.payload.size);
        const unsigned components = one.payload.data[0];
        for (unsigned k = 0; k < one.payload.size; k++)
            if (k == 0 || k > 2 * components || k % 2 == 1)
                assert_int_equal(one.payload.data[k], other.payload.data[k]);
    }
    assert_false(exn_test_jpeg_find(b, SOS, n, &other));
}

static unsigned count_scans(exn_span file)
{
    exn_test_segment found;
    unsigned n = 0;

    while (exn_test_jpeg_find(file, SOS, n, &found))
        n++;
    return n;
}

/* DC of all; bands of luma split where no library splits them; chroma red before blue. */
static const jpeg_scan_info own_script[] = {
    {3, {0, 1, 2}, 0, 0, 0, 1}, {1, {0}, 1, 2, 0, 2},   {1, {2}, 1, 63, 0, 1},
    {1, {1}, 1, 20, 0, 0},      {1, {0}, 3, 63, 0, 2},  {1, {1}, 21, 63, 0, 1},
    {1, {0}, 1, 63, 2, 1},      {1, {1}, 21, 63, 1, 0}, {3, {0, 1, 2}, 0, 0, 1, 0},
    {1, {2}, 1, 63, 1, 0},      {1, {0}, 1, 63, 1, 0},
};

static const jpeg_scan_info own_sequential_script[] = {{1, {0}, 0, 63, 0, 0},
                                                       {2, {1, 2}, 0, 63, 0, 0}};

static void check_script(const exn_test_jpeg *spec)
{
    for (uint32_t value = 2; value <= 8; value++) {
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_test_jpeg_made(spec, &file);
        tag(&file, value);
        exn_bytes product = turn(&file, &result);
        assert_same_scans(exn_buffer_span(&file), bytes_of(product));
        assert_lossless(&file, product, value);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

static void scan_scripts_are_kept(void **state)
{
    exn_test_jpeg spec;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    check_script(&spec);
    spec.noninterleaved = true;
    check_script(&spec);
    spec.noninterleaved = false;
    spec.scans = own_sequential_script;
    spec.scan_count = sizeof own_sequential_script / sizeof *own_sequential_script;
    check_script(&spec);
    spec.progressive = true;
    spec.scans = own_script;
    spec.scan_count = sizeof own_script / sizeof *own_script;
    check_script(&spec);
    spec.arithmetic = true;
    check_script(&spec);
    spec.scans = NULL;
    check_script(&spec);
}

static void check_fallback(exn_buffer *file, unsigned scans)
{
    exn_result result = {.struct_size = sizeof(exn_result)};

    tag(file, 6);
    exn_bytes product = turn(file, &result);
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(count_scans(bytes_of(product)), scans);
    assert_lossless(file, product, 6);
    exn_bytes_free(&product);
    exn_buffer_free(file);
}

/* libjpeg reads a component sent twice, and does not write one. What it does not read either is out
 * of reach: components in another order than the frame has them (T.81, B.2.3 forbids that). */
static void other_scripts_fall_back(void **state)
{
    static const jpeg_scan_info unfinished[] = {{3, {0, 1, 2}, 0, 0, 0, 1}, {1, {0}, 1, 1, 0, 0}};
    exn_test_jpeg spec;
    exn_buffer file = {0}, longer = {0};
    exn_test_segment scan, eoi;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    spec.noninterleaved = true;
    exn_test_jpeg_made(&spec, &file);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 1, &scan));
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 2, &eoi));
    assert_true(exn_test_splice(
        exn_buffer_span(&file), scan.offset, 0,
        exn_span_part(exn_buffer_span(&file), scan.offset, eoi.offset - scan.offset), &longer));
    replace(&file, &longer);
    check_fallback(&file, 1);
    spec.noninterleaved = false;
    spec.progressive = true;
    spec.scans = unfinished;
    spec.scan_count = 1;
    exn_test_jpeg_made(&spec, &file);
    check_fallback(&file, 1);
    /* A band that has another place where axes are exchanged. libjpeg's simple progression of
     * Y'CbCr has ten scans. */
    spec.scan_count = 2;
    exn_test_jpeg_made(&spec, &file);
    check_fallback(&file, 10);
}

/* A file may end before all bits are there. A transpose takes coefficients to bands that its script
 * never sends, so that script cannot be the product's. */
static void incomplete_progressions_lose_nothing(void **state)
{
    static const jpeg_scan_info scripts[][3] = {
        {{3, {0, 1, 2}, 0, 0, 0, 1}, {1, {0}, 1, 5, 0, 2}, {1, {1}, 1, 63, 0, 1}},
        {{3, {0, 1, 2}, 0, 0, 0, 0}, {1, {0}, 1, 2, 0, 0}, {1, {2}, 1, 1, 0, 0}},
    };
    exn_test_jpeg spec;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    spec.progressive = true;
    spec.scan_count = 3;
    for (size_t n = 0; n < sizeof scripts / sizeof *scripts; n++)
        for (uint32_t value = 2; value <= 8; value++) {
            exn_buffer file = {0};
            exn_result result = {.struct_size = sizeof(exn_result)};
            spec.scans = scripts[n];
            exn_test_jpeg_made(&spec, &file);
            tag(&file, value);
            exn_bytes product = turn(&file, &result);
            assert_lossless(&file, product, value);
            exn_bytes_free(&product);
            exn_buffer_free(&file);
        }
}

/* --- Entropy coding -------------------------------------------------------------------------- */

static void arithmetic_conditioning_is_kept(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_segment before, after;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    spec.arithmetic = true;
    spec.arithmetic_k = 17;
    exn_test_jpeg_made(&spec, &file);
    tag(&file, 8);
    exn_bytes product = turn(&file, &result);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), DAC, 0, &before));
    assert_true(exn_test_jpeg_find(bytes_of(product), DAC, 0, &after));
    assert_same_bytes(before.payload, after.payload);
    assert_lossless(&file, product, 8);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* The tables of a file, each as class and number, counts, values; in the order of class and number.
 */
static unsigned collect_tables(exn_span file, exn_span tables[8])
{
    exn_test_segment dht;
    unsigned count = 0;

    for (unsigned n = 0; exn_test_jpeg_find(file, DHT, n, &dht); n++)
        for (size_t at = 0; at < dht.payload.size;) {
            size_t size = 17;
            for (int k = 1; k <= 16; k++)
                size += dht.payload.data[at + (size_t)k];
            assert_true(count < 8);
            unsigned place = count++;
            for (; place > 0 && tables[place - 1].data[0] > dht.payload.data[at]; place--)
                tables[place] = tables[place - 1];
            tables[place] = exn_span_part(dht.payload, at, size);
            at += size;
        }
    return count;
}

static void standard_tables_stay_standard(void **state)
{
    /* T.81, K.3.3.1: table K.3, and the counts of K.5; the rest by what libjpeg writes. */
    static const uint8_t k3[] = {0x00, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0,  0, 0,
                                 0,    0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    static const uint8_t k5[] = {0x10, 0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D};
    (void)state;

    for (int space = 0; space < 2; space++)
        for (uint32_t value = 2; value <= 8; value++) {
            exn_test_jpeg spec;
            exn_buffer file = {0};
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_span before[8], after[8];
            /* Whole for some, partial for others. */
            exn_test_jpeg_init(&spec, 48, 36);
            if (space == 1)
                exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
            exn_test_jpeg_made(&spec, &file);
            tag(&file, value);
            exn_bytes product = turn(&file, &result);
            const unsigned count = collect_tables(exn_buffer_span(&file), before);
            assert_int_equal(count, space == 1 ? 2 : 4);
            assert_int_equal(collect_tables(bytes_of(product), after), count);
            for (unsigned n = 0; n < count; n++)
                assert_same_bytes(before[n], after[n]);
            assert_same_bytes(after[0], (exn_span){k3, sizeof k3});
            assert_memory_equal(after[count / 2].data, k5, sizeof k5);
            exn_bytes_free(&product);
            exn_buffer_free(&file);
        }
}

/* Bytes of the coded data and of the tables it needs. */
static size_t coded_size(exn_span file)
{
    exn_test_segment segment;
    size_t offset = 0, size = 0;

    while (exn_test_jpeg_next(file, &offset, &segment)) {
        if (segment.marker == DHT)
            size += segment.payload.size;
        if (segment.marker == SOS)
            size += segment.entropy.size;
    }
    return size;
}

static void check_size(const exn_test_jpeg *spec, uint32_t value, const char *how)
{
    char why[EXN_TEST_WHY] = "";
    exn_buffer file = {0}, theirs = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};

    exn_test_jpeg_made(spec, &file);
    tag(&file, value);
    exn_bytes product = turn(&file, &result);
    if (!exn_test_jpegtran(exn_buffer_span(&file), value, how, &theirs, why))
        print_error("%s\n", why);
    assert_true(theirs.size > 0);
    const size_t ours_size = coded_size(bytes_of(product)),
                 theirs_size = coded_size(exn_buffer_span(&theirs));
    if (ours_size > 1.005 * (double)theirs_size)
        print_error("%zu bytes, jpegtran %s %zu\n", ours_size, how, theirs_size);
    assert_true(ours_size <= 1.005 * (double)theirs_size);
    exn_bytes_free(&product);
    exn_buffer_free(&theirs);
    exn_buffer_free(&file);
}

static void own_tables_are_made_anew(void **state)
{
    exn_test_jpeg spec;
    (void)state;

    exn_test_jpeg_init(&spec, 192, 96);
    spec.optimize = true;
    for (uint32_t value = 2; value <= 8; value++) {
        spec.progressive = false;
        check_size(&spec, value, "-optimize");
        spec.progressive = true;
        check_size(&spec, value, "-progressive");
    }
}

/* --- Restart intervals ----------------------------------------------------------------------- */

static void check_restart(exn_test_jpeg *spec, uint32_t value, unsigned expected)
{
    char why[EXN_TEST_WHY];
    exn_test_coefs coefs;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_segment scan;

    exn_test_jpeg_made(spec, &file);
    tag(&file, value);
    exn_bytes product = turn(&file, &result);
    assert_true(exn_test_jpeg_read(bytes_of(product), &coefs, why));
    assert_int_equal(coefs.restart_interval, expected);
    /* The markers are there too, not the number only. */
    assert_true(exn_test_jpeg_find(bytes_of(product), SOS, 0, &scan));
    bool marked = false;
    for (size_t k = 0; k + 1 < scan.entropy.size; k++)
        marked = marked || (scan.entropy.data[k] == 0xFF && scan.entropy.data[k + 1] == 0xD0);
    assert_true(marked == (expected > 0));
    exn_test_coefs_free(&coefs);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

static void restart_intervals_follow_the_rows(void **state)
{
    exn_test_jpeg spec;
    (void)state;

    /* 5 x 3 MCUs of 16 x 16, the last ones partial. */
    exn_test_jpeg_init(&spec, 75, 42);
    for (uint32_t value = 2; value <= 8; value++) {
        const unsigned row = value >= 5 ? 3 : 5;
        static const unsigned others[] = {0, 1, 3, 4, 7, 11};
        for (size_t n = 0; n < sizeof others / sizeof *others; n++) {
            spec.restart_interval = others[n];
            check_restart(&spec, value, others[n]);
        }
        spec.restart_interval = 5;
        check_restart(&spec, value, row);
        spec.restart_interval = 10;
        check_restart(&spec, value, 2 * row);
    }
    /* One component: 10 x 6 MCUs of 8 x 8, whatever its factors. */
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    spec.h[0] = spec.v[0] = 2;
    spec.restart_interval = 10;
    check_restart(&spec, 6, 6);
    spec.restart_interval = 5;
    check_restart(&spec, 6, 5);
}

/* Scans of one component count their own blocks (T.81, A.2.2): a DRI before each. */
static void restart_rows_of_each_scan(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_segment dri;
    (void)state;

    exn_test_jpeg_init(&spec, 96, 48);
    spec.noninterleaved = true;
    spec.restart_in_rows = 1;
    exn_test_jpeg_made(&spec, &file);
    tag(&file, 6);
    exn_bytes product = turn(&file, &result);
    assert_true(exn_test_jpeg_find(bytes_of(product), DRI, 0, &dri));
    assert_int_equal(exn_get16be(dri.payload.data), 6);
    assert_true(exn_test_jpeg_find(bytes_of(product), DRI, 1, &dri));
    assert_int_equal(exn_get16be(dri.payload.data), 3);
    assert_lossless(&file, product, 6);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* --- Segments -------------------------------------------------------------------------------- */

static void density_follows_the_axes(void **state)
{
    (void)state;

    for (uint32_t value = 2; value <= 8; value++) {
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_test_segment before, after;
        exn_test_jpeg_init(&spec, 48, 32);
        spec.density_unit = 1;
        spec.x_density = 300;
        spec.y_density = 151;
        exn_test_jpeg_made(&spec, &file);
        tag(&file, value);
        exn_bytes product = turn(&file, &result);
        assert_true(exn_test_jpeg_find(exn_buffer_span(&file), APP0, 0, &before));
        assert_true(exn_test_jpeg_find(bytes_of(product), APP0, 0, &after));
        assert_int_equal(exn_get16be(after.payload.data + 8), value >= 5 ? 151 : 300);
        assert_int_equal(exn_get16be(after.payload.data + 10), value >= 5 ? 300 : 151);
        assert_int_equal(after.payload.size, before.payload.size);
        assert_memory_equal(after.payload.data, before.payload.data, 8);
        assert_memory_equal(after.payload.data + 12, before.payload.data + 12,
                            before.payload.size - 12);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

static bool is_kept(const exn_test_segment *segment)
{
    return segment->marker == COM || (segment->marker > APP0 && segment->marker <= APP15);
}

static bool is_landmark(uint8_t marker)
{
    return marker == SOS || marker == EOI || (marker >= SOF0 && marker < SOF0 + 3);
}

/* The next segment that must not change, or the next frame or scan header, between which it stands.
 */
static bool next_of_note(exn_span file, size_t *offset, exn_test_segment *segment)
{
    while (exn_test_jpeg_next(file, offset, segment)) {
        const bool exif = exn_span_starts(segment->payload, "Exif", 5);
        if (is_landmark(segment->marker) || (is_kept(segment) && !exif))
            return true;
    }
    return false;
}

static void assert_same_segments(exn_span a, exn_span b)
{
    exn_test_segment one, other;
    size_t at = 0, there = 0;

    while (next_of_note(a, &at, &one)) {
        assert_true(next_of_note(b, &there, &other));
        assert_int_equal(one.marker, other.marker);
        if (is_kept(&one))
            assert_same_bytes(one.payload, other.payload);
    }
    assert_false(next_of_note(b, &there, &other));
    /* Both stand behind EOI now. */
    assert_same_bytes(exn_span_part(a, at, SIZE_MAX), exn_span_part(b, there, SIZE_MAX));
}

static void add_everything(exn_buffer *file, bool progressive)
{
    static uint8_t large[65533];
    static const uint8_t trailer[] = "Samsung trailer \xFF\xD8\xFF\xE1\0\x08"
                                     "Exif\0\0\xFF\xD9 and more";

    for (size_t k = 0; k < sizeof large; k++)
        large[k] = (uint8_t)(k * 31 + k / 251);
    insert_before(file, DHT, 0, APP2, text("ICC_PROFILE"));
    insert_before(file, DHT, 0, APP2, (exn_span){large, sizeof large});
    insert_before(file, DHT, 0, APP1, text("http://ns.adobe.com/xap/1.0/"));
    insert_before(file, DHT, 0, APP13, text("Photoshop 3.0"));
    insert_before(file, DHT, 0, APP5, text("Exif"));
    insert_before(file, DHT, 0, COM, (exn_span){NULL, 0});
    insert_before(file, SOF0 + (progressive ? 2 : 0), 0, COM, text("before the frame header"));
    insert_before(file, SOS, 0, COM, text("before the scan"));
    insert_before(file, SOS, 0, APP15, text("the same place, second"));
    if (progressive) {
        insert_before(file, SOS, 1, COM, text("between scans"));
        insert_before(file, SOS, 5, APP1, text("between scans, no Exif"));
    }
    insert_before(file, EOI, 0, COM, text("before EOI"));
    assert_int_equal(exn_buffer_append(file, trailer, sizeof trailer), EXN_OK);
}

static void segments_are_kept_in_place(void **state)
{
    (void)state;

    for (uint32_t value = 2; value <= 8; value++)
        for (int progressive = 0; progressive < 2; progressive++) {
            exn_test_jpeg spec;
            exn_buffer file = {0};
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_test_jpeg_init(&spec, 48, 30);
            spec.progressive = progressive;
            exn_test_jpeg_made(&spec, &file);
            add_everything(&file, progressive);
            tag(&file, value);
            exn_bytes product = turn(&file, &result);
            assert_same_segments(exn_buffer_span(&file), bytes_of(product));
            exn_bytes_free(&product);
            exn_buffer_free(&file);
        }
}

/* What is edited only keeps everything else byte for byte, the codec's segments too. */
static void edits_keep_the_picture(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    exn_test_segment before, after;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 30);
    exn_test_jpeg_made(&spec, &file);
    add_everything(&file, false);
    tag(&file, 9);
    assert_int_equal(normalize(&file, NULL, &product, &result), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    assert_int_equal(product.size, file.size);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), APP1, 0, &before));
    assert_true(exn_test_jpeg_find(bytes_of(product), APP1, 0, &after));
    assert_int_equal(before.offset, after.offset);
    const size_t behind = before.offset + 4 + before.payload.size;
    assert_memory_equal(product.data, file.data, before.offset + 4);
    assert_memory_equal(product.data + behind, file.data + behind, file.size - behind);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

static void adobe_marker_is_kept(void **state)
{
    static const J_COLOR_SPACE spaces[] = {JCS_RGB, JCS_CMYK, JCS_YCCK};
    (void)state;

    for (size_t n = 0; n < sizeof spaces / sizeof *spaces; n++) {
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_test_segment before, after;
        exn_test_jpeg_init(&spec, 40, 24);
        exn_test_jpeg_space(&spec, spaces[n]);
        exn_test_jpeg_made(&spec, &file);
        tag(&file, 7);
        exn_bytes product = turn(&file, &result);
        assert_true(exn_test_jpeg_find(exn_buffer_span(&file), APP14, 0, &before));
        assert_true(exn_test_jpeg_find(bytes_of(product), APP14, 0, &after));
        assert_same_bytes(before.payload, after.payload);
        assert_false(exn_test_jpeg_find(bytes_of(product), APP14, 1, &after));
        assert_false(exn_test_jpeg_find(bytes_of(product), APP0, 0, &after));
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* --- The grid -------------------------------------------------------------------------------- */

/* T.81, A.2.2: factors mean nothing to the only component. */
static void one_component_has_a_grid_of_8(void **state)
{
    (void)state;

    for (int factor = 1; factor <= 4; factor++)
        for (uint32_t value = 2; value <= 8; value++) {
            exn_test_jpeg spec;
            exn_buffer file = {0};
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_test_jpeg_init(&spec, 24, 40);
            exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
            spec.h[0] = factor;
            spec.v[0] = 5 - factor;
            exn_test_jpeg_made(&spec, &file);
            tag(&file, value);
            exn_bytes product = turn(&file, &result);
            assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
            assert_lossless(&file, product, value);
            exn_bytes_free(&product);
            exn_buffer_free(&file);
        }
}

static void refuse_is_where_not_lossless(void **state)
{
    static const uint32_t sizes[] = {16, 24, 31, 32};
    exn_options options;
    (void)state;

    exn_options_init(&options, sizeof options);
    options.edges = EXN_EDGES_REFUSE;
    for (unsigned n = 0; n < 16 * 7; n++) {
        const uint32_t value = 2 + n / 16;
        char why[EXN_TEST_WHY];
        exn_test_jpeg spec;
        exn_test_coefs coefs;
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes product;
        exn_test_jpeg_init(&spec, sizes[n % 4], sizes[n / 4 % 4]);
        exn_test_jpeg_made(&spec, &file);
        assert_true(exn_test_jpeg_read(exn_buffer_span(&file), &coefs, why));
        tag(&file, value);
        const bool lossless = exn_test_exact_set(&coefs, value) == 7;
        assert_int_equal(normalize(&file, &options, &product, &result),
                         lossless ? EXN_OK : EXN_REFUSED);
        assert_true(!lossless || result.outcome == EXN_OUTCOME_LOSSLESS);
        exn_bytes_free(&product);
        exn_test_coefs_free(&coefs);
        exn_buffer_free(&file);
    }
}

/* Modulo 16 as 4000x3000 of a camera: luma is whole, chroma of 4:2:0 ends half a block short; 4:2:2
 * is whole. */
static void a_camera_s_size(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    (void)state;

    exn_test_jpeg_init(&spec, 800, 600);
    assert_true(exn_test_jpeg_sampling(&spec, "4:2:2"));
    exn_test_jpeg_made(&spec, &file);
    tag(&file, 7);
    assert_int_equal(normalize(&file, NULL, &product, &result), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_lossless(&file, product, 7);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
    assert_true(exn_test_jpeg_sampling(&spec, "4:2:0"));
    exn_test_jpeg_made(&spec, &file);
    tag(&file, 6);
    product = turn(&file, &result);
    assert_int_equal(result.outcome, EXN_OUTCOME_LUMA_LOSSLESS);
    assert_int_equal(result.exact_components, 1);
    assert_int_equal(result.width_out, 600);
    assert_int_equal(result.height_out, 800);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* --- Warnings and refusals ------------------------------------------------------------------- */

static void signed_content_is_kept_with_a_warning(void **state)
{
    static const uint8_t jumbf[] = "JP\0\1\0\0\0\1\0\0\0\x18jumb\0\0\0\x10jumdc2pa";
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_segment after;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    exn_test_jpeg_made(&spec, &file);
    insert_before(&file, DHT, 0, APP11, (exn_span){jumbf, sizeof jumbf});
    tag(&file, 6);
    exn_bytes product = turn(&file, &result);
    assert_true(has_warning(&result, EXN_WARN_SIGNATURE_INVALID));
    assert_true(exn_test_jpeg_find(bytes_of(product), APP11, 0, &after));
    assert_same_bytes(after.payload, (exn_span){jumbf, sizeof jumbf});
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* Upright and to be edited, it keeps those segments; it is not turned. */
static void check_layer(exn_span payload, const char *format)
{
    for (uint32_t value = 1; value <= 9; value++) {
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_bytes product = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;
        exn_test_segment after;

        exn_test_jpeg_init(&spec, 48, 32);
        exn_test_jpeg_made(&spec, &file);
        insert_before(&file, DHT, 0, APP11, payload);
        tag(&file, value);
        if (value == 9) {
            product = turn(&file, &result);
            assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
            assert_false(has_warning(&result, EXN_WARN_SIGNATURE_INVALID));
            assert_true(exn_test_jpeg_find(bytes_of(product), APP11, 0, &after));
            assert_same_bytes(after.payload, payload);
        } else {
            assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, &error),
                             value == 1 ? EXN_OK : EXN_UNSUPPORTED);
            assert_null(product.data);
            assert_true(value == 1 || strstr(error.detail, format) == error.detail);
        }
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* Box types of ISO 18477-3, -6, -9, as its reference software has them. */
static void layers_of_more_picture_are_not_turned(void **state)
{
    static const char types[][5] = {"RESI", "FINE", "RFIN", "ALFA", "ARES", "AFIN", "ARRF", "LCHK"};
    static const char ratio[] = "HDR_RI ver=11\n~\0";
    (void)state;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        uint8_t box[] = "JP\0\1\0\0\0\2\0\0\0\x18....\0\0\0\x10" /* the second part of one */
                        "residual";
        memcpy(box + 12, types[i], 4);
        check_layer((exn_span){box, sizeof box}, "JPEG XT: ");
    }
    check_layer((exn_span){(const uint8_t *)ratio, sizeof ratio}, "JPEG-HDR: ");
}

/* A file type, a curve that goes for every pixel alike, a box of somebody else; too short for one.
 */
static void other_boxes_are_kept(void **state)
{
    static const char types[][5] = {"ftyp", "TONE", "uuid", "JP"};
    (void)state;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        uint8_t box[] = "JP\0\1\0\0\0\1\0\0\0\x10....jpxt";
        exn_span payload = {box, i < 3 ? sizeof box : 15};
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_test_segment after;

        memcpy(box + 12, types[i], 4);
        exn_test_jpeg_init(&spec, 48, 32);
        exn_test_jpeg_made(&spec, &file);
        insert_before(&file, DHT, 0, APP11, payload);
        tag(&file, 6);
        exn_bytes product = turn(&file, &result);
        assert_false(has_warning(&result, EXN_WARN_SIGNATURE_INVALID));
        assert_true(exn_test_jpeg_find(bytes_of(product), APP11, 0, &after));
        assert_same_bytes(after.payload, payload);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

static void check_multi_picture(uint8_t marker, const char *payload, size_t size)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;

    for (uint32_t value = 1; value <= 8; value++) {
        exn_test_jpeg_init(&spec, 48, 32);
        exn_test_jpeg_made(&spec, &file);
        insert_before(&file, DHT, 0, marker, (exn_span){(const uint8_t *)payload, size});
        tag(&file, value);
        assert_int_equal(normalize(&file, NULL, &product, &result), EXN_OK);
        assert_int_equal(product.data == NULL, value == 1);
        assert_int_equal(has_warning(&result, EXN_WARN_SECONDARY_DROPPED), value != 1);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

static void indexes_that_cannot_be_read_go(void **state)
{
    static const char mpf[] = "MPF\0MM\0*\0\0\0\x04\0\0\0\0\0"; /* an index that cannot be read */
    static const char container[] = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description "
                                    "xmlns:C='http://ns.google.com/photos/1.0/container/'/>";
    (void)state;

    check_multi_picture(APP2, mpf, sizeof mpf);
    check_multi_picture(APP1, container, sizeof container);
}

/* --- Which Exif counts (Chromium's reading) -------------------------------------------------- */

static void exif_payload(uint32_t value, bool header_only, exn_buffer *payload)
{
    const exn_test_exif exif = {.orientation = (uint16_t)value};

    *payload = (exn_buffer){0};
    assert_int_equal(exn_buffer_append(payload, "Exif\0\0", 6), EXN_OK);
    if (!header_only)
        assert_true(exn_test_exif_make(&exif, payload));
}

/* Where the product is turned by `value`, with the outcome and warnings that go with it. */
static void check_reading(exn_buffer *file, uint32_t value, exn_outcome outcome, uint32_t warnings)
{
    static const uint32_t ours = 1u << EXN_WARN_ORIENTATION_AMBIGUOUS |
                                 1u << EXN_WARN_ORIENTATION_IGNORED | 1u << EXN_WARN_HARMLESS_NOISE;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product = turn(file, &result);

    assert_int_equal(result.outcome, outcome);
    assert_int_equal(result.orientation, value);
    assert_int_equal(result.warnings & ours, warnings);
    assert_lossless(file, product, value ? value : 1);
    exn_bytes_free(&product);
    exn_buffer_free(file);
}

static void start(exn_buffer *file)
{
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, 48, 32);
    spec.progressive = true;
    exn_test_jpeg_made(&spec, file);
}

static void first_exif_counts(void **state)
{
    exn_buffer file = {0}, payload = {0};
    (void)state;

    start(&file);
    tag(&file, 3);
    tag(&file, 6); /* comes first */
    check_reading(&file, 6, EXN_OUTCOME_LOSSLESS, 1u << EXN_WARN_ORIENTATION_IGNORED);

    /* A header only is no block yet; Firefox stops there. */
    start(&file);
    tag(&file, 6);
    exif_payload(0, true, &payload);
    insert_at(&file, 20, APP1, exn_buffer_span(&payload)); /* behind SOI and JFIF */
    exn_buffer_free(&payload);
    check_reading(&file, 6, EXN_OUTCOME_LOSSLESS, 1u << EXN_WARN_ORIENTATION_AMBIGUOUS);
}

static void exif_behind_others_counts(void **state)
{
    exn_buffer file = {0};
    (void)state;

    start(&file);
    tag(&file, 8);
    insert_at(&file, 20, APP1, text("http://ns.adobe.com/xap/1.0/"));
    check_reading(&file, 8, EXN_OUTCOME_LOSSLESS, 1u << EXN_WARN_ORIENTATION_AMBIGUOUS);

    start(&file);
    tag(&file, 8);
    insert_at(&file, 20, COM, text("no APP1"));
    check_reading(&file, 8, EXN_OUTCOME_LOSSLESS, 0);
}

static void exif_behind_the_first_scan_does_not_count(void **state)
{
    exn_buffer file = {0}, payload = {0};
    (void)state;

    start(&file);
    exif_payload(6, false, &payload);
    insert_before(&file, SOS, 1, APP1, exn_buffer_span(&payload));
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    assert_int_equal(normalize(&file, NULL, &product, &result), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    assert_int_equal(result.orientation, 0);
    assert_true(result.warnings >> EXN_WARN_ORIENTATION_IGNORED & 1);
    exn_bytes_free(&product);
    exn_buffer_free(&file);

    /* Nor where the picture is turned by another one. */
    start(&file);
    insert_before(&file, SOS, 1, APP1, exn_buffer_span(&payload));
    tag(&file, 5);
    check_reading(&file, 5, EXN_OUTCOME_LOSSLESS, 1u << EXN_WARN_ORIENTATION_IGNORED);
    exn_buffer_free(&payload);
}

static void sixth_byte_may_be_anything(void **state)
{
    exn_buffer file = {0};
    exn_test_segment exif;
    (void)state;

    start(&file);
    tag(&file, 6);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), APP1, 0, &exif));
    file.data[exif.offset + 9] = 'X';
    check_reading(&file, 6, EXN_OUTCOME_LOSSLESS, 1u << EXN_WARN_ORIENTATION_AMBIGUOUS);
}

static void splice(exn_buffer *file, uint8_t before, unsigned number, const char *bytes,
                   size_t size)
{
    exn_buffer longer = {0};
    exn_test_segment place;

    assert_true(exn_test_jpeg_find(exn_buffer_span(file), before, number, &place));
    assert_true(exn_test_splice(exn_buffer_span(file), place.offset, 0,
                                (exn_span){(const uint8_t *)bytes, size}, &longer));
    replace(file, &longer);
}

/* T.81, B.1.1.2: any marker may have fill bytes before it. */
static void fill_bytes_are_legal(void **state)
{
    exn_buffer file = {0};
    (void)state;

    start(&file);
    tag(&file, 6);
    splice(&file, SOS, 1, "\xFF\xFF", 2);
    splice(&file, SOF0 + 2, 0, "\xFF", 1);
    splice(&file, APP1, 0, "\xFF\xFF\xFF", 3);
    check_reading(&file, 6, EXN_OUTCOME_LOSSLESS, 0);
}

/* Decoders skip what stands between segments. */
static void garbage_between_segments_is_skipped(void **state)
{
    exn_buffer file = {0};
    (void)state;

    start(&file);
    tag(&file, 6);
    splice(&file, SOF0 + 2, 0, "garbage\0", 8);
    splice(&file, APP1, 0, "more", 4);
    check_reading(&file, 6, EXN_OUTCOME_LOSSLESS, 1u << EXN_WARN_HARMLESS_NOISE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_scripts_are_kept),
        cmocka_unit_test(other_scripts_fall_back),
        cmocka_unit_test(incomplete_progressions_lose_nothing),
        cmocka_unit_test(arithmetic_conditioning_is_kept),
        cmocka_unit_test(standard_tables_stay_standard),
        cmocka_unit_test(own_tables_are_made_anew),
        cmocka_unit_test(restart_intervals_follow_the_rows),
        cmocka_unit_test(restart_rows_of_each_scan),
        cmocka_unit_test(density_follows_the_axes),
        cmocka_unit_test(segments_are_kept_in_place),
        cmocka_unit_test(edits_keep_the_picture),
        cmocka_unit_test(adobe_marker_is_kept),
        cmocka_unit_test(one_component_has_a_grid_of_8),
        cmocka_unit_test(refuse_is_where_not_lossless),
        cmocka_unit_test(a_camera_s_size),
        cmocka_unit_test(signed_content_is_kept_with_a_warning),
        cmocka_unit_test(layers_of_more_picture_are_not_turned),
        cmocka_unit_test(other_boxes_are_kept),
        cmocka_unit_test(indexes_that_cannot_be_read_go),
        cmocka_unit_test(first_exif_counts),
        cmocka_unit_test(exif_behind_others_counts),
        cmocka_unit_test(exif_behind_the_first_scan_does_not_count),
        cmocka_unit_test(sixth_byte_may_be_anything),
        cmocka_unit_test(fill_bytes_are_legal),
        cmocka_unit_test(garbage_between_segments_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
