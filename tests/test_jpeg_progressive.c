/* SPDX-License-Identifier: MIT */
/* Progressive pictures in the entropy domain against the way through libjpeg: the same coefficients
 * in the same scans, and none larger, whatever the scans are; and whatever is damaged or unusual is
 * left to libjpeg without a word. */
#include "exifnorm.h"

#include "jpeg/coefficients_write.h"
#include "jpeg/entropy.h"
#include "jpeg/requantize.h"

#include "support/jpeg_gray.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test_entropy_write.h"

enum { DHT = 0xC4, SOS = 0xDA, MEMORY = 64 << 20, MOST_SCANS = 64 };

/* --- Both ways ------------------------------------------------------------------------------- */

static exn_status open_entropy(exn_entropy *entropy, exn_jpeg *jpeg, exn_span file, uint32_t value,
                               uint64_t limit)
{
    exn_error error = {0};

    assert_int_equal(exn_segments_parse(file, jpeg, NULL), EXN_OK);
    exn_status status = exn_entropy_open(entropy, jpeg, exn_orientation_from_exif(value),
                                         EXN_QUALITY_SAME, limit, &error);
    if (status == EXN_OK)
        status = exn_entropy_rotate_kept(entropy, &error);
    assert_true((status == EXN_OK || status == EXN_UNSUPPORTED) == !error.detail[0]);
    return status;
}

/* The product, where the picture is taken. */
static exn_status turn(exn_span file, uint32_t value, uint64_t limit, exn_buffer *out)
{
    exn_entropy entropy;
    exn_jpeg jpeg;
    const exn_status status = open_entropy(&entropy, &jpeg, file, value, limit);

    out->size = 0;
    if (status == EXN_OK)
        write_picture(&entropy, out);
    exn_entropy_close(&entropy);
    exn_segments_free(&jpeg);
    return status;
}

/* The same by libjpeg; *warnings: what it said of the source. */
static exn_status turn_by_libjpeg(exn_span file, uint32_t value, exn_buffer *out,
                                  uint32_t *warnings)
{
    const exn_orientation o = exn_orientation_from_exif(value);
    exn_jpeg jpeg;
    exn_coefficients source = {0}, target = {0};

    out->size = 0;
    *warnings = 0;
    assert_int_equal(exn_segments_parse(file, &jpeg, NULL), EXN_OK);
    exn_status status = exn_coefficients_read(&source, &jpeg, warnings, NULL);
    if (status == EXN_OK)
        status = exn_coefficients_write_open(&target, &source, o, NULL);
    const uint32_t exact = status == EXN_OK ? exn_component_exact_set(&source, &jpeg, o) : 0;
    for (uint32_t i = 0; i < source.components && status == EXN_OK; i++)
        if (exact >> i & 1)
            exn_component_move(&source.component[i], &target.component[i], o);
        else
            status = exn_requantize(&source, &target, i, o, EXN_QUALITY_SAME, NULL);
    if (status == EXN_OK)
        status = exn_coefficients_write(&target, &source, &jpeg, UINT64_MAX, out, NULL);
    exn_coefficients_close(&target);
    exn_coefficients_close(&source);
    exn_segments_free(&jpeg);
    return status;
}

static void check_scans(exn_span file, exn_span product)
{
    exn_test_segment was, is;
    unsigned n = 0;

    for (; exn_test_jpeg_find(file, SOS, n, &was); n++) {
        assert_true(exn_test_jpeg_find(product, SOS, n, &is));
        assert_int_equal(is.payload.size, was.payload.size);
        /* Components, Ss, Se, Ah and Al; slots may be others. */
        const size_t size = was.payload.size;
        assert_int_equal(is.payload.data[0], was.payload.data[0]);
        for (size_t k = 1; k + 3 < size; k += 2)
            assert_int_equal(is.payload.data[k], was.payload.data[k]);
        assert_memory_equal(is.payload.data + size - 3, was.payload.data + size - 3, 3);
    }
    assert_false(exn_test_jpeg_find(product, SOS, n, &is));
}

static void compare_ways(exn_span file, uint32_t value)
{
    char why[EXN_TEST_WHY];
    exn_test_coefs source = {0}, product = {0}, other = {0};
    exn_buffer out = {0}, by_libjpeg = {0};
    uint32_t warnings;

    assert_int_equal(turn(file, value, MEMORY, &out), EXN_OK);
    assert_int_equal(turn_by_libjpeg(file, value, &by_libjpeg, &warnings), EXN_OK);
    assert_int_equal(warnings, 0);
    assert_true(exn_test_jpeg_read(file, &source, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&out), &product, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&by_libjpeg), &other, why));
    assert_int_equal(product.warnings, 0);
    const uint32_t exact = exn_test_exact_set(&source, value);
    for (int i = 0; i < source.components; i++) {
        if (exact >> i & 1)
            assert_true(exn_test_same_coefficients(&source, &product, i, value, why));
        assert_true(exn_test_same_coefficients(&other, &product, i, 1, why));
        assert_memory_equal(other.component[i].quant, product.component[i].quant,
                            sizeof other.component[i].quant);
    }
    check_scans(file, exn_buffer_span(&out));
    assert_int_equal(other.restart_interval, product.restart_interval);
    /* libjpeg made the source, so slots are its own, too. */
    assert_int_equal(out.size, by_libjpeg.size);
    assert_memory_equal(out.data, by_libjpeg.data, out.size);
    exn_test_coefs_free(&source);
    exn_test_coefs_free(&product);
    exn_test_coefs_free(&other);
    exn_buffer_free(&out);
    exn_buffer_free(&by_libjpeg);
}

static void compare_turns(exn_span file)
{
    for (uint32_t value = 2; value <= 8; value++)
        compare_ways(file, value);
}

/* --- Scans ----------------------------------------------------------------------------------- */

/* Numbers by chance, the same in each run. */
static unsigned below(uint32_t *state, unsigned limit)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % limit;
}

/* DC together or apart; AC in up to four bands a component, refined or not; all in any order that
 * T.81, G.1.1.1 allows: here DC first, then component by component, or bit by bit. */
static int make_scans(uint32_t seed, int components, bool together, jpeg_scan_info *scans)
{
    uint32_t state = seed;
    int count = 0;
    const int low = (int)below(&state, 3);

    for (int high = 0, bit = low; bit >= 0; high = bit, bit--)
        for (int i = 0; i < (together ? 1 : components); i++) {
            jpeg_scan_info scan = {together ? components : 1, {i}, 0, 0, high, bit};
            for (int n = 0; together && n < components; n++)
                scan.component_index[n] = n;
            scans[count++] = scan;
        }
    for (int i = 0; i < components; i++)
        for (int first = 1, last; first < 64; first = last + 1) {
            int bit = (int)below(&state, 4);
            last = first + (int)below(&state, 40);
            last = last > 63 || count > MOST_SCANS / 2 ? 63 : last;
            bit = count > MOST_SCANS / 2 ? 0 : bit;
            for (int high = 0; bit >= 0; high = bit, bit--)
                scans[count++] = (jpeg_scan_info){1, {i}, first, last, high, bit};
        }
    return count;
}

static void whatever_the_scans_are(void **state)
{
    static const J_COLOR_SPACE spaces[] = {JCS_YCbCr, JCS_GRAYSCALE, JCS_YCbCr, JCS_YCCK};
    static const uint32_t sizes[] = {48, 33, 8, 71, 1, 64};
    exn_buffer file = {0};
    unsigned samplings = 0;
    (void)state;

    while (exn_test_samplings[samplings].name)
        samplings++;
    for (uint32_t n = 0; n < 72; n++) {
        jpeg_scan_info scans[MOST_SCANS];
        exn_test_jpeg spec;
        exn_test_jpeg_init(&spec, sizes[n % 6], sizes[n / 6 % 6]);
        if (spaces[n % 4] == JCS_YCbCr)
            exn_test_jpeg_sampling(&spec, exn_test_samplings[n % samplings].name);
        else
            exn_test_jpeg_space(&spec, spaces[n % 4]);
        int blocks = 0;
        for (int i = 0; i < exn_test_jpeg_components(&spec); i++)
            blocks += spec.h[i] * spec.v[i];
        spec.progressive = true;
        spec.quality = n % 3 ? 95 : 40;
        spec.wild = n % 5 == 0 && spaces[n % 4] != JCS_GRAYSCALE;
        spec.restart_interval = n % 4 == 1 ? 1 + n % 3 : 0;
        spec.restart_in_rows = n % 4 == 2;
        if (n % 6 != 5) {
            spec.scan_count =
                make_scans(n, exn_test_jpeg_components(&spec), blocks <= 10 && n / 4 % 2, scans);
            spec.scans = scans;
        }
        exn_test_jpeg_made(&spec, &file);
        compare_turns(exn_buffer_span(&file));
    }
    exn_buffer_free(&file);
}

/* --- Coefficients that no encoder makes of a photograph -------------------------------------- */

/* What value coefficient k of block number n has. */
typedef int pattern(unsigned n, int k);

/* Of eight blocks the fifth has a coefficient. */
static int one_of_eight(unsigned n, int k)
{
    return k == 1 && n == 4 ? 1 : 0;
}

/* A gray picture of that many blocks; with restart intervals of four where it is that of eight. */
static int pattern_of(const void *context, uint32_t n, int k)
{
    pattern *const *value = context;
    int zigzag = 0;
    while (exn_component_natural_order[zigzag] != k)
        zigzag++;
    return (*value)(n, zigzag);
}

static void make_pattern(pattern *value, unsigned across, unsigned down,
                         const jpeg_scan_info *scans, int count, exn_buffer *file)
{
    const exn_test_jpeg_gray spec = {.blocks_x = across,
                                     .blocks_y = down,
                                     .scans = scans,
                                     .scan_count = count,
                                     .restart_interval = value == one_of_eight ? 4 : 0,
                                     .coefficient = pattern_of,
                                     .context = &value};
    exn_test_jpeg_gray_make(&spec, file);
}

static int nothing(unsigned n, int k)
{
    (void)n;
    return k == 0 ? 64 : 0;
}

/* Known after the first scan, so that the last one only corrects. */
static int known(unsigned n, int k)
{
    return k == 0 ? 64 : k > 19 ? ((n + (unsigned)k) % 3 ? 3 : -2) : 0;
}

/* Far apart, with and without others that are known in between. */
static int far_apart(unsigned n, int k)
{
    if (k == 0)
        return (int)(n * 37 % 400) - 200;
    if (k == 1 + (int)(n % 5) || k == 40 || k == 63)
        return n % 2 ? 1 : -1;
    return n % 3 == 1 && k % 7 == 3 ? -6 : 0;
}

/* The last coefficient of scans 1 to 5 alone. */
static int in_the_first_band(unsigned n, int k)
{
    return k == 5 && n % 2 ? 1 : 0;
}

/* As large as there are (T.81, table F.2), and as small. */
static int extremes(unsigned n, int k)
{
    static const int values[] = {1023, -1023, 1, -1, 0, 512, -511, 2, 0, 0};

    return k == 0 ? (int)(n % 3) * 1000 - 1000 : values[(n * 7 + (unsigned)k * 3) % 10];
}

static void runs_and_values_at_their_limits(void **state)
{
    static const jpeg_scan_info scans[] = {{1, {0}, 0, 0, 0, 1},
                                           {1, {0}, 1, 63, 0, 2},
                                           {1, {0}, 1, 63, 2, 1},
                                           {1, {0}, 0, 0, 1, 0},
                                           {1, {0}, 1, 63, 1, 0}},
                                bands[] = {{1, {0}, 0, 0, 0, 0},  {1, {0}, 1, 5, 0, 0},
                                           {1, {0}, 6, 40, 0, 9}, {1, {0}, 41, 63, 0, 0},
                                           {1, {0}, 6, 40, 9, 8}, {1, {0}, 6, 40, 8, 7},
                                           {1, {0}, 6, 40, 7, 6}, {1, {0}, 6, 40, 6, 5},
                                           {1, {0}, 6, 40, 5, 4}, {1, {0}, 6, 40, 4, 3},
                                           {1, {0}, 6, 40, 3, 2}, {1, {0}, 6, 40, 2, 1},
                                           {1, {0}, 6, 40, 1, 0}};
    static pattern *const patterns[] = {nothing, known, far_apart, extremes};
    exn_buffer file = {0};
    (void)state;

    for (size_t n = 0; n < sizeof patterns / sizeof *patterns; n++) {
        make_pattern(patterns[n], 12, 9, scans, 5, &file);
        compare_turns(exn_buffer_span(&file));
        make_pattern(patterns[n], 12, 9, bands, 13, &file);
        compare_turns(exn_buffer_span(&file));
    }
    /* More blocks than a run holds (T.81, G.1.2.2: EOB14 and 14 bits). */
    make_pattern(nothing, 256, 129, scans, 5, &file);
    compare_ways(exn_buffer_span(&file), 6);
    exn_buffer_free(&file);
}

/* --- What is libjpeg's to judge -------------------------------------------------------------- */

/* One bit of a file is another. What is taken, libjpeg takes without a word and with the same
 * coefficients; all else is left to it. Returns whether it was taken. */
static bool try_flipped(exn_buffer *file, size_t bit, exn_buffer *out, exn_buffer *other)
{
    char why[EXN_TEST_WHY];
    exn_test_coefs a = {0}, b = {0};
    uint32_t warnings;

    file->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    const exn_status status = turn(exn_buffer_span(file), 6, MEMORY, out);
    if (status == EXN_OK) {
        assert_int_equal(turn_by_libjpeg(exn_buffer_span(file), 6, other, &warnings), EXN_OK);
        assert_int_equal(warnings, 0);
        assert_true(exn_test_jpeg_read(exn_buffer_span(out), &a, why));
        assert_true(exn_test_jpeg_read(exn_buffer_span(other), &b, why));
        for (int i = 0; i < a.components; i++)
            assert_true(exn_test_same_coefficients(&b, &a, i, 1, why));
        exn_test_coefs_free(&a);
        exn_test_coefs_free(&b);
    } else {
        assert_true(status == EXN_UNSUPPORTED || status == EXN_CORRUPT);
    }
    file->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    return status == EXN_OK;
}

static void a_bit_is_another(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0}, out = {0}, other = {0};
    unsigned taken = 0, left = 0;
    (void)state;

    exn_test_jpeg_init(&spec, 32, 24);
    spec.progressive = true;
    spec.quality = 60;
    for (int restarts = 0; restarts < 2; restarts++) {
        exn_test_segment segment;
        spec.restart_interval = restarts ? 2 : 0;
        exn_test_jpeg_made(&spec, &file);
        for (unsigned n = 0; exn_test_jpeg_find(exn_buffer_span(&file), DHT, n, &segment); n++) {
            const size_t first = (size_t)(segment.payload.data - file.data) + 17;
            for (size_t bit = 8 * first; bit < 8 * (first + segment.payload.size - 17); bit++)
                if (try_flipped(&file, bit, &out, &other))
                    taken++;
                else
                    left++;
        }
        for (unsigned n = 0; exn_test_jpeg_find(exn_buffer_span(&file), SOS, n, &segment); n++) {
            const size_t first = (size_t)(segment.entropy.data - file.data);
            for (size_t bit = 8 * first; bit < 8 * (first + segment.entropy.size); bit++) {
                /* What becomes a marker changes the list of segments, which is not parsed then. */
                const uint8_t byte = file.data[bit / 8] ^ (uint8_t)(1 << bit % 8);
                if (byte == 0xFF || file.data[bit / 8] == 0xFF || file.data[bit / 8 - 1] == 0xFF)
                    continue;
                if (try_flipped(&file, bit, &out, &other))
                    taken++;
                else
                    left++;
            }
        }
    }
    assert_true(taken > 500 && left > 500);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    exn_buffer_free(&other);
}

/* A run of ended blocks (T.81, G.1.2.2) says that it goes on after its interval: it does not. */
static void a_run_ends_with_its_interval(void **state)
{
    static const jpeg_scan_info scans[] = {{1, {0}, 0, 0, 0, 0}, {1, {0}, 1, 63, 0, 0}};
    exn_buffer file = {0}, out = {0}, other = {0};
    exn_test_segment scan;
    (void)state;

    make_pattern(one_of_eight, 8, 1, scans, 2, &file);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 1, &scan));
    /* EOB2 has the code 0 and two bits, 00: four blocks. Ones fill up the byte. */
    assert_int_equal(scan.entropy.data[0], 0x1F);
    const size_t bit = 8 * (size_t)(scan.entropy.data - file.data) + 5;
    assert_true(try_flipped(&file, bit, &out, &other)); /* five blocks */
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    exn_buffer_free(&other);
}

/* Scan headers say of two bands that they meet one coefficient earlier than they do. libjpeg takes
 * the last one of the first band for what it is. */
static void a_run_beyond_its_band_is_libjpegs(void **state)
{
    static const jpeg_scan_info scans[] = {
        {1, {0}, 0, 0, 0, 0}, {1, {0}, 1, 5, 0, 0}, {1, {0}, 6, 63, 0, 0}};
    exn_buffer file = {0}, out = {0};
    exn_test_segment scan;
    uint32_t warnings;
    (void)state;

    make_pattern(in_the_first_band, 8, 1, scans, 3, &file);
    assert_int_equal(turn(exn_buffer_span(&file), 6, MEMORY, &out), EXN_OK);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 1, &scan));
    file.data[scan.payload.data - file.data + 4] = 4; /* Se */
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 2, &scan));
    file.data[scan.payload.data - file.data + 3] = 5; /* Ss */
    assert_int_equal(turn(exn_buffer_span(&file), 6, MEMORY, &out), EXN_UNSUPPORTED);
    assert_int_equal(turn_by_libjpeg(exn_buffer_span(&file), 6, &out, &warnings), EXN_OK);
    assert_int_equal(warnings, 0);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
}

/* A file's scan of that number goes. */
static void drop_scan(const exn_buffer *file, unsigned number, exn_buffer *out)
{
    exn_test_segment scan;

    assert_true(exn_test_jpeg_find(exn_buffer_span(file), SOS, number, &scan));
    const size_t size = (size_t)(scan.entropy.data + scan.entropy.size - file->data) - scan.offset;
    out->size = 0;
    assert_true(exn_test_splice(exn_buffer_span(file), scan.offset, size, (exn_span){0}, out));
}

static void missing_scans_are_libjpegs(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file = {0}, other = {0}, out = {0};
    exn_test_segment scan;
    (void)state;

    exn_test_jpeg_init(&spec, 32, 32);
    spec.progressive = true;
    exn_test_jpeg_made(&spec, &file);
    assert_int_equal(turn(exn_buffer_span(&file), 6, MEMORY, &out), EXN_OK);
    for (unsigned n = 0; exn_test_jpeg_find(exn_buffer_span(&file), SOS, n, &scan); n++) {
        drop_scan(&file, n, &other);
        assert_int_equal(turn(exn_buffer_span(&other), 6, MEMORY, &out), EXN_UNSUPPORTED);
    }
    exn_buffer_free(&file);
    exn_buffer_free(&other);
    exn_buffer_free(&out);
}

/* Each coefficient in a scan of its own: the most that are taken, and one more. */
static void more_scans_are_libjpegs(void **state)
{
    jpeg_scan_info scans[MOST_SCANS + 1];
    exn_test_jpeg spec;
    exn_buffer file = {0}, out = {0};
    (void)state;

    exn_test_jpeg_init(&spec, 32, 32);
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    spec.progressive = true;
    spec.scans = scans;
    for (int k = 0; k < 64; k++)
        scans[k] = (jpeg_scan_info){1, {0}, k, k, 0, k == 63};
    scans[64] = (jpeg_scan_info){1, {0}, 63, 63, 1, 0};
    spec.scan_count = 65;
    exn_test_jpeg_made(&spec, &file);
    assert_int_equal(turn(exn_buffer_span(&file), 6, MEMORY, &out), EXN_UNSUPPORTED);
    scans[63].Al = 0;
    spec.scan_count = 64;
    exn_test_jpeg_made(&spec, &file);
    assert_int_equal(turn(exn_buffer_span(&file), 6, MEMORY, &out), EXN_OK);
    compare_turns(exn_buffer_span(&file));
    exn_buffer_free(&file);
    exn_buffer_free(&out);
}

/* Where memory does not reach, libjpeg's way says so, which needs more; also where blocks are cut
 * and kept. Returns the least that is enough. */
static uint64_t least_memory(const exn_test_jpeg *spec)
{
    exn_buffer file = {0}, out = {0};
    exn_jpeg jpeg;
    uint64_t limit = 1 << 16;

    exn_test_jpeg_made(spec, &file);
    for (exn_status status = EXN_UNSUPPORTED; status != EXN_OK; limit += 1 << 14) {
        status = turn(exn_buffer_span(&file), 6, limit, &out);
        assert_true(status == EXN_OK || status == EXN_UNSUPPORTED);
    }
    assert_int_equal(exn_segments_parse(exn_buffer_span(&file), &jpeg, NULL), EXN_OK);
    assert_true(limit < 3 * file.size + 3 * exn_coefficients_bytes(&jpeg) + (2 << 20));
    exn_segments_free(&jpeg);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    return limit;
}

static void little_memory_is_libjpegs(void **state)
{
    exn_test_jpeg spec;
    (void)state;

    exn_test_jpeg_init(&spec, 320, 240);
    spec.progressive = true;
    const uint64_t whole = least_memory(&spec);
    spec.height = 235;
    assert_true(whole > 1 << 19 && least_memory(&spec) > whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_scans_are),
        cmocka_unit_test(runs_and_values_at_their_limits),
        cmocka_unit_test(a_bit_is_another),
        cmocka_unit_test(a_run_ends_with_its_interval),
        cmocka_unit_test(a_run_beyond_its_band_is_libjpegs),
        cmocka_unit_test(missing_scans_are_libjpegs),
        cmocka_unit_test(more_scans_are_libjpegs),
        cmocka_unit_test(little_memory_is_libjpegs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
