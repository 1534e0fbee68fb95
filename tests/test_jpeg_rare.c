/* SPDX-License-Identifier: MIT */
/* JPEGs that few encoders write and every decoder reads: tables in odd places, in odd forms and
 * changing on the way, scans in any order, two components, fill bytes everywhere. Each is turned
 * right, and judged from its coefficients alone; the sampling factors, restart rows, scan scripts
 * and unsupported kinds are test_jpeg_matrix's, test_jpeg_rules's and test_jpeg_damage's. */
#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOF0 = 0xC0, SOF1 = 0xC1, SOF2 = 0xC2, SOF9 = 0xC9, DHT = 0xC4, DAC = 0xCC, RST0 = 0xD0 };
enum { SOS = 0xDA, DNL = 0xDC, APP0 = 0xE0, DQT = 0xDB, DRI = 0xDD, APP14 = 0xEE };

/* Empty, but not a null pointer, which memory functions may not be given. */
static const exn_span nothing = {(const uint8_t *)"", 0};

static void append(exn_buffer *out, exn_span span)
{
    assert_int_equal(exn_buffer_append(out, span.data, span.size), EXN_OK);
}

static void replace(exn_buffer *file, exn_buffer *made)
{
    exn_buffer_free(file);
    *file = *made;
    *made = (exn_buffer){0};
}

static void splice(exn_buffer *file, size_t offset, size_t remove, exn_span insert)
{
    exn_buffer made = {0};

    assert_true(exn_test_splice(exn_buffer_span(file), offset, remove, insert, &made));
    replace(file, &made);
}

/* All of a segment but its entropy-coded data. */
static exn_span head_of(const exn_buffer *file, const exn_test_segment *segment)
{
    return exn_span_part(exn_buffer_span(file), segment->offset,
                         (size_t)(segment->payload.data - file->data) + segment->payload.size -
                             segment->offset);
}

static bool check_components(const exn_test_coefs *source, const exn_test_coefs *product,
                             uint32_t exact, uint32_t value, char why[EXN_TEST_WHY])
{
    for (int i = 0; i < source->components; i++)
        if (!(exact >> i & 1 ? exn_test_same_coefficients(source, product, i, value, why)
                             : exn_test_component_is_close(source, product, i, value, why)))
            return false;
    return true;
}

/* Turns and verifies a file, and compares what came out with what the oracle expects of one that is
 * well and has the same picture. noise: libjpeg's warnings of the product. */
static void check_turn(const exn_buffer *well, const exn_buffer *file, uint32_t value,
                       uint32_t warnings, long noise)
{
    char why[EXN_TEST_WHY] = "";
    exn_buffer tagged = {0};
    exn_test_coefs source = {0}, product = {0};
    exn_bytes turned;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    assert_true(exn_test_jpeg_read(exn_buffer_span(well), &source, why));
    assert_int_equal(source.warnings, 0);
    assert_true(exn_test_tag(exn_buffer_span(file), value, &tagged));
    if (exn_normalize(tagged.data, tagged.size, NULL, &turned, &result, &error) != EXN_OK ||
        exn_verify(tagged.data, tagged.size, turned.data, turned.size, NULL, &result, &error) !=
            EXN_OK)
        print_error("orientation %u: %s\n", value, error.detail);
    assert_int_equal(error.status, EXN_OK);
    const uint32_t exact = exn_test_exact_set(&source, value);
    assert_int_equal(result.exact_components, exact);
    assert_int_equal(result.warnings, warnings);
    const bool read = exn_test_jpeg_read((exn_span){turned.data, turned.size}, &product, why);
    assert_int_equal(product.warnings, noise);
    product.warnings = 0;
    const bool good = read && exn_test_same_frame(&source, &product, value, why) &&
                      check_components(&source, &product, exact, value, why);
    if (!good)
        print_error("orientation %u: %s\n", value, why);
    assert_true(good);
    exn_test_coefs_free(&product);
    exn_test_coefs_free(&source);
    exn_bytes_free(&turned);
    exn_buffer_free(&tagged);
}

/* In every orientation; file is freed. */
static void check(exn_buffer *file)
{
    for (uint32_t value = 2; value <= 8; value++)
        check_turn(file, file, value, 0, 0);
    exn_buffer_free(file);
}

/* Says that word in its error; file is freed. */
static void assert_fails(exn_buffer *file, exn_status expected, const char *word)
{
    exn_buffer tagged = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    assert_true(exn_test_tag(exn_buffer_span(file), 6, &tagged));
    assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, &error),
                     expected);
    if (!strstr(error.detail, word))
        print_error("'%s' does not say '%s'\n", error.detail, word);
    assert_non_null(strstr(error.detail, word));
    assert_null(product.data);
    exn_buffer_free(&tagged);
    exn_buffer_free(file);
}

/* A whole grid, one where luma stays, and one where nothing does. */
static const uint32_t sizes[][2] = {{48, 32}, {72, 56}, {45, 35}};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* --- Tables ---------------------------------------------------------------------------------- */

/* All segments of a marker as one, where the last of them stood (T.81, B.2.4.1, B.2.4.2). */
static void merge(exn_buffer *file, uint8_t marker, unsigned count)
{
    exn_buffer tables = {0}, segment = {0};

    for (unsigned n = 0; n < count; n++)
        append(&tables, exn_test_jpeg_found(file, marker, n).payload);
    assert_true(exn_test_insert_segment(nothing, 0, marker, exn_buffer_span(&tables), &segment));
    for (unsigned n = count; n-- > 0;) {
        const exn_test_segment old = exn_test_jpeg_found(file, marker, n);
        splice(file, old.offset, head_of(file, &old).size,
               n == count - 1 ? exn_buffer_span(&segment) : nothing);
    }
    exn_buffer_free(&segment);
    exn_buffer_free(&tables);
}

static void tables_in_one_segment(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < 2 * SIZES; n++) {
        exn_test_jpeg_init(&spec, sizes[n / 2][0], sizes[n / 2][1]);
        spec.optimize = n % 2;
        spec.odd_tables = true;
        exn_test_jpeg_made(&spec, &file);
        merge(&file, DHT, 4);
        merge(&file, DQT, 3);
        assert_false(exn_test_jpeg_find(exn_buffer_span(&file), DQT, 1, &(exn_test_segment){0}));
        check(&file);
    }
}

/* Two components that share a slot, each with tables of its own: they are defined anew before each
 * scan. */
static void huffman_tables_change_between_scans(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < SIZES; n++) {
        exn_test_jpeg_init(&spec, sizes[n][0], sizes[n][1]);
        spec.noninterleaved = spec.optimize = true;
        exn_test_jpeg_made(&spec, &file);
        const exn_span cb = exn_test_jpeg_found(&file, DHT, 2).payload,
                       cr = exn_test_jpeg_found(&file, DHT, 4).payload;
        assert_int_equal(cb.data[0], cr.data[0]);
        assert_true(cb.size != cr.size || memcmp(cb.data, cr.data, cb.size) != 0);
        check(&file);
    }
}

/* A table holds for a component from its first scan on (T.81, B.2.4.1): Cr gets another one than Cb
 * in the same slot. */
static void quantization_tables_change_between_scans(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0}, longer = {0};
    exn_test_coefs coefs;
    char why[EXN_TEST_WHY];
    uint8_t table[65];
    (void)state;

    for (int n = 0; n < SIZES; n++) {
        exn_test_jpeg_init(&spec, sizes[n][0], sizes[n][1]);
        spec.noninterleaved = true;
        exn_test_jpeg_made(&spec, &file);
        memcpy(table, exn_test_jpeg_found(&file, DQT, 1).payload.data, sizeof table);
        for (int k = 1; k < 65; k++)
            table[k] = (uint8_t)(table[k] + k % 3);
        assert_true(exn_test_insert_segment(exn_buffer_span(&file),
                                            exn_test_jpeg_found(&file, SOS, 2).offset, DQT,
                                            (exn_span){table, sizeof table}, &longer));
        replace(&file, &longer);
        assert_true(exn_test_jpeg_read(exn_buffer_span(&file), &coefs, why));
        assert_memory_not_equal(coefs.component[1].quant, coefs.component[2].quant,
                                sizeof coefs.component[1].quant);
        exn_test_coefs_free(&coefs);
        check(&file);
    }
}

/* Tables may stand anywhere before the scan that needs them (T.81, B.2.1); of two the later holds.
 */
static void quantization_tables_behind_the_frame_header(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < SIZES; n++) {
        exn_buffer tables = {0};
        exn_test_jpeg_init(&spec, sizes[n][0], sizes[n][1]);
        spec.odd_tables = true;
        exn_test_jpeg_made(&spec, &file);
        merge(&file, DQT, 3);
        const exn_test_segment early = exn_test_jpeg_found(&file, DQT, 0);
        append(&tables, head_of(&file, &early));
        splice(&file, exn_test_jpeg_found(&file, SOS, 0).offset, 0, exn_buffer_span(&tables));
        /* The early ones stay, with other steps. Their payload begins behind marker and length. */
        uint8_t *payload = file.data + early.offset + 4;
        for (size_t k = 1; k < tables.size - 4; k += 65)
            memset(payload + k, 99, 64);
        exn_buffer copy = {0};
        append(&copy, exn_buffer_span(&file));
        splice(&copy, early.offset, tables.size, nothing);
        exn_buffer_free(&tables);
        check(&file);
        check(&copy);
    }
}

/* Pq = 1 for steps under 256, in the baseline frame that T.81, B.2.4.1 does not allow it in and in
 * an extended one. */
static void wide_tables_of_small_steps(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < 2 * SIZES; n++) {
        uint8_t wide[129] = {0};
        exn_buffer segment = {0};
        exn_test_jpeg_init(&spec, sizes[n / 2][0], sizes[n / 2][1]);
        exn_test_jpeg_made(&spec, &file);
        const exn_test_segment dqt = exn_test_jpeg_found(&file, DQT, 0);
        wide[0] = 0x10 | dqt.payload.data[0];
        for (int k = 0; k < 64; k++)
            wide[2 + 2 * k] = dqt.payload.data[1 + k];
        assert_true(
            exn_test_insert_segment(nothing, 0, DQT, (exn_span){wide, sizeof wide}, &segment));
        splice(&file, dqt.offset, head_of(&file, &dqt).size, exn_buffer_span(&segment));
        file.data[exn_test_jpeg_found(&file, SOF0, 0).offset + 1] = n % 2 ? SOF1 : SOF0;
        exn_buffer_free(&segment);
        check(&file);
    }
}

/* --- Scans ----------------------------------------------------------------------------------- */

/* The first scan of a and all but the first of b, with a segment in between. Both files are freed.
 */
static void join(exn_buffer *a, exn_buffer *b, uint8_t marker, exn_span payload, exn_buffer *made)
{
    exn_buffer start = {0};
    const size_t end = exn_test_jpeg_found(a, SOS, 1).offset,
                 rest = exn_test_jpeg_found(b, SOS, 1).offset;

    *made = (exn_buffer){0};
    append(&start, exn_span_part(exn_buffer_span(a), 0, end));
    assert_true(exn_test_insert_segment(exn_buffer_span(&start), end, marker, payload, made));
    append(made, exn_span_part(exn_buffer_span(b), rest, SIZE_MAX));
    exn_buffer_free(&start);
    exn_buffer_free(a);
    exn_buffer_free(b);
}

/* The restart interval of each scan. Returns how many scans there are. */
static size_t list_intervals(exn_span file, uint32_t intervals[4])
{
    exn_test_segment scan, set;
    size_t count = 0;

    for (; count < 4 && exn_test_jpeg_find(file, SOS, (unsigned)count, &scan); count++) {
        intervals[count] = 0;
        for (unsigned n = 0; exn_test_jpeg_find(file, DRI, n, &set) && set.offset < scan.offset;
             n++)
            intervals[count] = exn_get16be(set.payload.data);
    }
    return count;
}

/* Each scan keeps its interval; libjpeg can give all scans but one, and then there is none. A first
 * scan's, put on all, would make a large file of a small one. */
static void check_intervals(const exn_buffer *file, bool kept)
{
    exn_buffer tagged = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    uint32_t before[4], after[4];

    assert_true(exn_test_tag(exn_buffer_span(file), 6, &tagged));
    assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, NULL),
                     EXN_OK);
    const size_t count = list_intervals(exn_buffer_span(file), before);
    assert_int_equal(list_intervals((exn_span){product.data, product.size}, after), count);
    for (size_t n = 0; n < count; n++)
        assert_int_equal(after[n], kept ? before[n] : 0);
    exn_bytes_free(&product);
    exn_buffer_free(&tagged);
}

/* Luma with restart markers, chroma without, the other way round, and both at different distances;
 * six MCUs that are one row of luma and two of chroma. */
static void restart_intervals_change_between_scans(void **state)
{
    static const uint8_t intervals[][2] = {{3, 0}, {0, 3}, {3, 5}, {5, 3}, {6, 6}};
    enum { WAYS = sizeof intervals / sizeof *intervals };
    exn_test_jpeg spec;
    (void)state;

    for (int n = 0; n < 2 * WAYS * SIZES; n++) {
        const uint8_t *interval = intervals[n % WAYS];
        exn_buffer a = {0}, b = {0}, file = {0};
        exn_test_jpeg_init(&spec, sizes[n / WAYS / 2][0], sizes[n / WAYS / 2][1]);
        spec.noninterleaved = true;
        spec.arithmetic = n / WAYS % 2;
        spec.restart_interval = interval[0];
        exn_test_jpeg_made(&spec, &a);
        spec.restart_interval = interval[1];
        exn_test_jpeg_made(&spec, &b);
        join(&a, &b, DRI, (exn_span){(const uint8_t[]){0, interval[1]}, 2}, &file);
        check_intervals(&file, !spec.arithmetic || interval[0] == interval[1]);
        check(&file);
    }
}

/* A marker for each row of MCUs would be one for each MCU of a picture that turns into a column. */
static void rows_that_get_short(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        exn_test_jpeg spec;
        exn_buffer file = {0}, tagged = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        uint32_t intervals[4];
        exn_test_jpeg_init(&spec, 16384, 8);
        exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
        spec.restart_in_rows = 1;
        spec.arithmetic = n == 1;
        spec.progressive = n == 2;
        exn_test_jpeg_made(&spec, &file);
        assert_true(exn_test_tag(exn_buffer_span(&file), 6, &tagged));
        assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_true(list_intervals((exn_span){product.data, product.size}, intervals) > 0);
        assert_int_equal(intervals[0], 2048);
        exn_bytes_free(&product);
        exn_buffer_free(&tagged);
        check(&file);
    }
}

/* T.81, B.2.4.3: a DAC holds until the next one. */
static void conditioning_changes_between_scans(void **state)
{
    exn_test_jpeg spec;
    (void)state;

    for (int n = 0; n < SIZES; n++) {
        static const uint8_t conditioning[] = {0x10, 20, 0x11, 20};
        exn_buffer a = {0}, b = {0}, file = {0};
        exn_test_jpeg_init(&spec, sizes[n][0], sizes[n][1]);
        spec.noninterleaved = spec.arithmetic = true;
        spec.arithmetic_k = 3;
        exn_test_jpeg_made(&spec, &a);
        spec.arithmetic_k = 20;
        exn_test_jpeg_made(&spec, &b);
        join(&a, &b, DAC, (exn_span){conditioning, sizeof conditioning}, &file);
        check(&file);
    }
}

/* Nothing asks for luma first. */
static void scans_in_any_order(void **state)
{
    static const jpeg_scan_info orders[][3] = {
        {{1, {2}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {0}, 0, 63, 0, 0}},
        {{1, {1}, 0, 63, 0, 0}, {2, {0, 2}, 0, 63, 0, 0}}};
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < 2 * SIZES; n++) {
        exn_test_jpeg_init(&spec, sizes[n / 2][0], sizes[n / 2][1]);
        spec.scans = orders[n % 2];
        spec.scan_count = n % 2 ? 2 : 3;
        exn_test_jpeg_made(&spec, &file);
        check(&file);
    }
}

/* T.81, B.1.1.2: before any marker, restart markers and EOI included. */
static void fill_bytes_before_every_marker(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < SIZES; n++) {
        exn_buffer filled = {0};
        exn_test_segment segment;
        size_t offset = 0;
        unsigned restarts = 0;
        exn_test_jpeg_init(&spec, sizes[n][0], sizes[n][1]);
        spec.restart_interval = 1;
        spec.noninterleaved = true;
        exn_test_jpeg_made(&spec, &file);
        while (exn_test_jpeg_next(exn_buffer_span(&file), &offset, &segment)) {
            /* SOI is what tells a JPEG, and JFIF's readers want APP0 right behind it. */
            if (segment.offset > 2)
                append(&filled, (exn_span){(const uint8_t *)"\xFF\xFF\xFF", 3});
            const exn_span whole =
                exn_span_part(exn_buffer_span(&file), segment.offset, offset - segment.offset);
            for (size_t k = 0; k < whole.size; k++) {
                const bool restart = segment.marker == SOS && k + 1 < whole.size &&
                                     whole.data[k] == 0xFF && whole.data[k + 1] >= RST0 &&
                                     whole.data[k + 1] < RST0 + 8;
                restarts += restart;
                append(&filled, (exn_span){(const uint8_t *)"\xFF\xFF\xFF", restart ? 2 : 0});
                append(&filled, exn_span_part(whole, k, 1));
            }
        }
        assert_true(restarts > 10);
        exn_buffer_free(&file);
        check(&filled);
    }
}

/* Some cameras write a spectral selection of 0 to 0 into their sequential scans, and decoders heed
 * none there; JFIF has a version: libjpeg warns of both, and nothing is lost. */
static void words_that_mean_nothing(void **state)
{
    (void)state;
    for (int n = 0; n < 8 * SIZES; n++) {
        static const uint8_t selections[][3] = {{0, 0, 0}, {1, 63, 0}, {63, 1, 0x21}};
        const bool jfif = n % 4 == 3;
        exn_test_jpeg spec;
        exn_buffer well = {0}, file = {0};
        exn_test_jpeg_init(&spec, sizes[n / 8][0], sizes[n / 8][1]);
        spec.arithmetic = n % 8 >= 4;
        spec.noninterleaved = n / 8 == 1;
        exn_test_jpeg_made(&spec, &well);
        exn_test_jpeg_made(&spec, &file);
        if (jfif)
            file.data[exn_test_jpeg_found(&file, APP0, 0).offset + 9] =
                2; /* behind marker, length and name */
        for (unsigned k = 0; !jfif && k < (spec.noninterleaved ? 3 : 1); k++) {
            const exn_span scan =
                exn_test_jpeg_found(&file, SOS, k).payload; /* ends with Ss, Se, Ah and Al */
            memcpy(file.data + (scan.data - file.data) + scan.size - 3, selections[n % 4], 3);
        }
        for (uint32_t value = 2; value <= 8; value++) /* JFIF's segment is carried over */
            check_turn(&well, &file, value, 1u << EXN_WARN_HARMLESS_NOISE, jfif);
        exn_buffer_free(&well);
        exn_buffer_free(&file);
    }
}

static void insert_dnl(exn_buffer *file, exn_span lines)
{
    exn_buffer made = {0};
    size_t offset = exn_test_jpeg_found(file, SOS, 0).offset;
    exn_test_segment scan;

    assert_true(exn_test_jpeg_next(exn_buffer_span(file), &offset, &scan));
    assert_true(exn_test_insert_segment(exn_buffer_span(file), offset, DNL, lines, &made));
    replace(file, &made);
}

static bool has_dnl(exn_bytes file)
{
    exn_test_segment found;

    return exn_test_jpeg_find((exn_span){file.data, file.size}, DNL, 0, &found);
}

/* A number of lines that the frame header has told. It is a part of the coding: carried over with
 * that, and not to a picture that was turned, which may have another one. */
static void lines_told_twice(void **state)
{
    (void)state;
    for (int n = 0; n < 4 * SIZES; n++) {
        const uint8_t lines[] = {0, (uint8_t)sizes[n / 4][1]};
        exn_options drop;
        exn_test_jpeg spec;
        exn_buffer well = {0}, file = {0}, tagged = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_test_jpeg_init(&spec, sizes[n / 4][0], lines[1]);
        spec.noninterleaved = n % 4 == 1;
        spec.progressive = n % 4 == 2;
        spec.arithmetic = n % 4 == 3;
        exn_test_jpeg_made(&spec, &well);
        exn_test_jpeg_made(&spec, &file);
        insert_dnl(&file, (exn_span){lines, sizeof lines});
        for (uint32_t value = 2; value <= 8; value++)
            check_turn(&well, &file, value, 0, 0);

        assert_true(exn_test_tag(exn_buffer_span(&file), 6, &tagged));
        assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_false(has_dnl(product));
        exn_bytes_free(&product);
        exn_options_init(&drop, sizeof drop);
        drop.mode = EXN_MODE_DROP;
        assert_int_equal(exn_normalize(tagged.data, tagged.size, &drop, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_true(has_dnl(product));
        exn_bytes_free(&product);
        exn_buffer_free(&tagged);
        exn_buffer_free(&file);
        exn_buffer_free(&well);
    }
}

/* --- Components ------------------------------------------------------------------------------ */

/* One component or two of no known colour space, written by libjpeg's encoder. */
static void encode(uint32_t width, uint32_t height, int components, int h, int v, bool black,
                   exn_buffer *file)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    uint8_t *row = calloc(width, 2), *bytes = NULL;
    unsigned long size = 0;

    assert_non_null(row);
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &bytes, &size);
    c.image_width = width;
    c.image_height = height;
    c.input_components = components;
    c.in_color_space = components == 1 ? JCS_GRAYSCALE : JCS_UNKNOWN;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, black ? 100 : 85, TRUE);
    c.comp_info[0].h_samp_factor = h;
    c.comp_info[0].v_samp_factor = v;
    jpeg_start_compress(&c, TRUE);
    for (uint32_t y = 0; y < height; y++) {
        /* Black but for a corner: a picture that is the same everywhere needs no quantizing. */
        for (uint32_t x = 0; x < width * (uint32_t)components; x++)
            if (black)
                row[x] = x + 9 > width && y + 9 > height ? 200 : 0;
            else
                row[x] = (uint8_t)(x % 2 ? 250 - x * 3 - y : x * 5 + y * y);
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    *file = (exn_buffer){0};
    append(file, (exn_span){bytes, size});
    free(bytes);
    free(row);
}

static void two_components(void **state)
{
    exn_buffer file = {0};
    (void)state;

    for (int n = 0; n < SIZES; n++)
        for (int h = 1; h <= 2; h++)
            for (int v = 1; v <= 2; v++) {
                encode(sizes[n][0], sizes[n][1], 2, h, v, false, &file);
                check(&file);
            }
}

/* RGB that only the letters tell which its components are called by. */
static void rgb_by_component_names(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0};
    exn_test_coefs coefs;
    char why[EXN_TEST_WHY];
    (void)state;

    for (int n = 0; n < SIZES; n++) {
        exn_test_jpeg_init(&spec, sizes[n][0], sizes[n][1]);
        exn_test_jpeg_space(&spec, JCS_RGB);
        spec.odd_tables = true;
        exn_test_jpeg_made(&spec, &file);
        const exn_test_segment adobe = exn_test_jpeg_found(&file, APP14, 0);
        splice(&file, adobe.offset, head_of(&file, &adobe).size, nothing);
        assert_true(exn_test_jpeg_read(exn_buffer_span(&file), &coefs, why));
        assert_int_equal(coefs.color_space, JCS_RGB);
        assert_int_equal(coefs.component[0].id, 'R');
        exn_test_coefs_free(&coefs);
        check(&file);
    }
}

/* Components get these ids in the place of 1, 2 and 3, in the frame and in all scans. */
static void rename_all(exn_buffer *file, uint8_t frame, const uint8_t ids[3])
{
    size_t offset = 0;
    exn_test_segment segment;

    while (exn_test_jpeg_next(exn_buffer_span(file), &offset, &segment)) {
        uint8_t *payload = file->data + (segment.payload.data - file->data);
        for (int i = 0; segment.marker == frame && i < payload[5]; i++)
            payload[6 + 3 * i] = ids[payload[6 + 3 * i] - 1];
        for (int i = 0; segment.marker == SOS && i < payload[0]; i++)
            payload[1 + 2 * i] = ids[payload[1 + 2 * i] - 1];
    }
}

/* In one scan of all the order tells components of one id apart, in others nothing does. */
static void components_of_one_id(void **state)
{
    static const uint8_t ids[][3] = {{1, 1, 1}, {1, 1, 3}, {1, 2, 2}, {1, 2, 1}};
    (void)state;
    for (size_t n = 0; n < 4 * SIZES * sizeof ids / sizeof *ids; n++) {
        const uint32_t *size = sizes[n / 4 % SIZES];
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_test_jpeg_init(&spec, size[0], size[1]);
        spec.arithmetic = n % 4 == 1;
        spec.noninterleaved = n % 4 == 2;
        spec.progressive = n % 4 == 3;
        exn_test_jpeg_made(&spec, &file);
        rename_all(&file,
                   spec.progressive  ? SOF2
                   : spec.arithmetic ? SOF9
                                     : SOF0,
                   ids[n / 4 / SIZES]);
        if (n % 4 < 2)
            check(&file);
        else
            assert_fails(&file, EXN_UNSUPPORTED, "components of one id in several scans");
    }
}

/* --- The ends of what can be coded ----------------------------------------------------------- */

/* Black at steps of 1 has a DC of -1024, one more than any other coefficient may have. */
static void black_at_the_finest_steps(void **state)
{
    exn_buffer file = {0};
    exn_test_coefs coefs;
    char why[EXN_TEST_WHY];
    (void)state;

    for (int n = 0; n < SIZES; n++) {
        encode(sizes[n][0], sizes[n][1], 1, 1, 1, true, &file);
        assert_true(exn_test_jpeg_read(exn_buffer_span(&file), &coefs, why));
        assert_int_equal(coefs.component[0].blocks[0][0], -1024);
        exn_test_coefs_free(&coefs);
        check(&file);
    }
}

/* --- Clear errors ---------------------------------------------------------------------------- */

/* A file with one byte of a segment's payload changed. */
static void make_patched(uint8_t marker, size_t at, uint8_t value, exn_buffer *file)
{
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, 45, 35);
    exn_test_jpeg_made(&spec, file);
    const exn_test_segment segment = exn_test_jpeg_found(file, marker, 0);
    file->data[(size_t)(segment.payload.data - file->data) + at] = value;
}

static void what_cannot_be_read_is_named(void **state)
{
    static const uint8_t five[] = {8, 0, 32,   0, 48, 5,    1, 0x11, 0,    2, 0x11,
                                   0, 3, 0x11, 0, 4,  0x11, 0, 5,    0x11, 0};
    exn_buffer file = {0}, segment = {0};
    (void)state;

    make_patched(SOF0, 0, 12, &file);
    assert_fails(&file, EXN_UNSUPPORTED, "12-bit");
    make_patched(SOF0, 7, 0x51, &file);
    assert_fails(&file, EXN_CORRUPT, "sampling factor 5x1");
    make_patched(SOF0, 7, 0x20, &file);
    assert_fails(&file, EXN_CORRUPT, "sampling factor 2x0");
    make_patched(SOF0, 8, 3, &file); /* luma's table: there is none of that number */
    assert_fails(&file, EXN_CORRUPT, "uantization table");
    make_patched(DQT, 0, 7, &file);
    assert_fails(&file, EXN_CORRUPT, "DQT");
    make_patched(DHT, 0, 9, &file);
    assert_fails(&file, EXN_CORRUPT, "DHT");
    make_patched(SOS, 1, 77, &file);
    assert_fails(&file, EXN_CORRUPT, "unknown component");
    make_patched(SOF0, 2, 0, &file); /* a height of 0 */
    assert_fails(&file, EXN_UNSUPPORTED, "DNL");
    make_patched(SOF0, 0, 8, &file);
    insert_dnl(&file, (exn_span){(const uint8_t[]){0, 34}, 2});
    assert_fails(&file, EXN_UNSUPPORTED, "DNL segment that changes the height");
    make_patched(SOF0, 0, 8, &file);
    insert_dnl(&file, (exn_span){(const uint8_t[]){35}, 1});
    assert_fails(&file, EXN_CORRUPT, "DNL");
    make_patched(SOF0, 0, 8, &file);
    const exn_test_segment frame = exn_test_jpeg_found(&file, SOF0, 0);
    assert_true(exn_test_insert_segment(nothing, 0, SOF0, (exn_span){five, sizeof five}, &segment));
    splice(&file, frame.offset, head_of(&file, &frame).size, exn_buffer_span(&segment));
    assert_fails(&file, EXN_UNSUPPORTED, "5 components");
    exn_buffer_free(&segment);
}

/* libjpeg takes no side of more than 65500 pixels, T.81 does; as many blocks hold a few more. */
static void the_longest_side(void **state)
{
    (void)state;
    for (int tall = 0; tall <= 1; tall++) {
        exn_test_jpeg spec;
        exn_buffer file = {0};
        exn_test_jpeg_init(&spec, tall ? 8 : 65500, tall ? 65500 : 8);
        exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
        exn_test_jpeg_made(&spec, &file);
        for (uint32_t value = 5; value <= 8; value++)
            check_turn(&file, &file, value, 0, 0);
        uint8_t *frame = file.data + exn_test_jpeg_found(&file, SOF0, 0).offset;
        exn_put16be(frame + (tall ? 5 : 7), 65501);
        assert_fails(&file, EXN_UNSUPPORTED, "65500");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_in_one_segment),
        cmocka_unit_test(huffman_tables_change_between_scans),
        cmocka_unit_test(quantization_tables_change_between_scans),
        cmocka_unit_test(quantization_tables_behind_the_frame_header),
        cmocka_unit_test(wide_tables_of_small_steps),
        cmocka_unit_test(restart_intervals_change_between_scans),
        cmocka_unit_test(rows_that_get_short),
        cmocka_unit_test(conditioning_changes_between_scans),
        cmocka_unit_test(scans_in_any_order),
        cmocka_unit_test(fill_bytes_before_every_marker),
        cmocka_unit_test(words_that_mean_nothing),
        cmocka_unit_test(lines_told_twice),
        cmocka_unit_test(two_components),
        cmocka_unit_test(rgb_by_component_names),
        cmocka_unit_test(components_of_one_id),
        cmocka_unit_test(black_at_the_finest_steps),
        cmocka_unit_test(what_cannot_be_read_is_named),
        cmocka_unit_test(the_longest_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
