/* SPDX-License-Identifier: MIT */
/* Broken and unsupported files: a product never comes of data that is known to be lost, harmless
 * noise is told from loss, and limits hold before anything is allocated.
 *
 * What no decoder can find, and this library does not either: an arithmetic-coded file that is cut
 * and closed with EOI near its end or where it goes on evenly (its decoder goes on without data,
 * T.81, D.2.6), flipped bits that leave a decodable stream, and a few stray bytes right behind a
 * scan. */
#include "exifnorm.h"

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

enum { SOF0 = 0xC0, SOF1 = 0xC1, SOF2 = 0xC2, DQT = 0xDB, EOI = 0xD9, SOS = 0xDA };

static const exn_span eoi = {(const uint8_t *)"\xFF\xD9", 2};

static void make(const exn_test_jpeg *spec, uint32_t value, exn_buffer *file)
{
    exn_buffer plain = {0};

    *file = (exn_buffer){0};
    exn_test_jpeg_made(spec, &plain);
    assert_true(exn_test_tag(exn_buffer_span(&plain), value, file));
    exn_buffer_free(&plain);
}

static exn_status normalize(exn_span file, exn_result *result)
{
    exn_bytes product;
    exn_error error;
    /* A copy of the right size: a read behind it is seen. */
    uint8_t *copy = malloc(file.size ? file.size : 1);

    assert_non_null(copy);
    if (file.size)
        memcpy(copy, file.data, file.size);
    const exn_status status = exn_normalize(copy, file.size, NULL, &product, result, &error);
    assert_int_equal(status, error.status);
    assert_true((status == EXN_OK) == (product.data != NULL));
    assert_true(status == EXN_OK || error.detail[0]);
    if (status == EXN_OK)
        assert_int_equal(
            exn_verify(copy, file.size, product.data, product.size, NULL, result, &error), EXN_OK);
    exn_bytes_free(&product);
    free(copy);
    return status;
}

static exn_status status_of(exn_span file)
{
    exn_result result = {.struct_size = sizeof(exn_result)};
    return normalize(file, &result);
}

static bool is_noisy(exn_span file)
{
    exn_result result = {.struct_size = sizeof(exn_result)};

    assert_int_equal(normalize(file, &result), EXN_OK);
    return result.warnings >> EXN_WARN_HARMLESS_NOISE & 1;
}

/* file's first size bytes and then tail. */
static exn_status status_of_cut(const exn_buffer *file, size_t size, exn_span tail)
{
    exn_buffer cut = {0};

    assert_true(exn_test_splice(exn_buffer_span(file), size, file->size - size, tail, &cut));
    const exn_status status = status_of(exn_buffer_span(&cut));
    exn_buffer_free(&cut);
    return status;
}

/* --- Cut files ------------------------------------------------------------------------------- */

static void cut_headers_are_corrupt(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file;
    (void)state;

    exn_test_jpeg_init(&spec, 40, 30);
    make(&spec, 6, &file);
    const size_t scan = (size_t)(exn_test_jpeg_found(&file, SOS, 0).entropy.data - file.data);
    assert_int_equal(exn_sniff(file.data, 3), EXN_FORMAT_JPEG);
    for (size_t size = 0; size < scan; size++)
        assert_int_equal(status_of_cut(&file, size, (exn_span){0}),
                         size < 3 ? EXN_NOT_AN_IMAGE : EXN_CORRUPT);
    exn_buffer_free(&file);
}

static void cut_scans_are_corrupt(void **state)
{
    (void)state;

    for (int kind = 0; kind < 4; kind++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 40, 30);
        spec.optimize = kind == 1;
        spec.restart_interval = kind == 2 ? 2 : 0;
        spec.noninterleaved = kind == 3;
        make(&spec, 6, &file);
        const size_t scan = (size_t)(exn_test_jpeg_found(&file, SOS, 0).entropy.data - file.data),
                     end = exn_test_jpeg_found(&file, EOI, 0).offset;
        for (size_t size = scan; size < end; size++) {
            assert_int_equal(status_of_cut(&file, size, (exn_span){0}), EXN_CORRUPT);
            assert_int_equal(status_of_cut(&file, size, eoi), EXN_CORRUPT);
        }
        exn_buffer_free(&file);
    }
}

static void missing_eoi_is_noise(void **state)
{
    (void)state;

    for (int progressive = 0; progressive < 2; progressive++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 40, 30);
        spec.progressive = progressive;
        make(&spec, 6, &file);
        assert_false(is_noisy(exn_buffer_span(&file)));
        assert_true(is_noisy((exn_span){file.data, file.size - 2}));
        assert_true(is_noisy((exn_span){file.data, file.size - 1}));
        exn_buffer_free(&file);
    }
}

/* Without EOI the scans that are missing are known to be; with one the file is whole, as far as
 * anybody can see. */
static void progressive_cut_between_scans(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file;
    exn_test_segment scan;
    (void)state;

    exn_test_jpeg_init(&spec, 40, 30);
    spec.progressive = true;
    make(&spec, 6, &file);
    for (unsigned n = 1; exn_test_jpeg_find(exn_buffer_span(&file), SOS, n, &scan); n++) {
        /* The tables of a scan stand before it: behind the one before it is the cut. */
        const exn_test_segment before = exn_test_jpeg_found(&file, SOS, n - 1);
        const size_t cut = (size_t)(before.entropy.data - file.data) + before.entropy.size;
        assert_int_equal(status_of_cut(&file, cut, (exn_span){0}), EXN_CORRUPT);
        assert_int_equal(status_of_cut(&file, cut, eoi), EXN_OK);
        assert_int_equal(status_of_cut(&file, scan.offset, (exn_span){0}), EXN_CORRUPT);
    }
    exn_buffer_free(&file);
}

static void arithmetic_needs_its_eoi(void **state)
{
    (void)state;

    for (int progressive = 0; progressive < 2; progressive++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 40, 30);
        spec.arithmetic = true;
        spec.progressive = progressive;
        make(&spec, 6, &file);
        const size_t scan = (size_t)(exn_test_jpeg_found(&file, SOS, 0).entropy.data - file.data);
        assert_int_equal(status_of(exn_buffer_span(&file)), EXN_OK);
        for (size_t size = scan; size < file.size; size++)
            assert_int_equal(status_of_cut(&file, size, (exn_span){0}), EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

/* --- Bytes too many and bytes wrong ---------------------------------------------------------- */

static exn_status status_with(const exn_buffer *file, size_t offset, const char *bytes, size_t size,
                              bool *noisy)
{
    exn_buffer longer = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};

    assert_true(exn_test_splice(exn_buffer_span(file), offset, 0,
                                (exn_span){(const uint8_t *)bytes, size}, &longer));
    const exn_status status = normalize(exn_buffer_span(&longer), &result);
    *noisy = result.warnings >> EXN_WARN_HARMLESS_NOISE & 1;
    exn_buffer_free(&longer);
    return status;
}

/* libjpeg reads up to eight bytes ahead into its bit buffer and drops what is left there at the end
 * of a scan without a word, so that a stray byte is seen from the ninth on. */
static void only_padding_may_follow_a_scan(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        exn_status status;
    } rows[] = {
        {"\0", 1, EXN_OK},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, EXN_OK},
        {"\xFF", 1, EXN_OK},
        {"\xFF\xFF\xFF\xFF", 4, EXN_OK},
        {"\0\xFF\0\xFF\0", 5, EXN_OK},
        {"UUUUUUUUUUUUUUUU", 16, EXN_CORRUPT},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\x01", 13, EXN_CORRUPT},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0", 17, EXN_CORRUPT},
        {"\xFF\0\xFF\0\xFF\0\xFF\0\xFF\0\xFF\0\x7E\xFF\0", 15, EXN_CORRUPT},
        {"UUUUUUUUUUUUUUU\xFF", 16, EXN_CORRUPT},
    };
    (void)state;

    for (int kind = 0; kind < 3; kind++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 40, 30);
        spec.progressive = kind == 1;
        spec.restart_interval = kind == 2 ? 2 : 0;
        make(&spec, 6, &file);
        for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
            bool noisy;
            const size_t end = exn_test_jpeg_found(&file, EOI, 0).offset;
            const exn_status status = status_with(&file, end, rows[n].bytes, rows[n].size, &noisy);
            if (status != rows[n].status)
                print_error("kind %d, row %zu\n", kind, n);
            assert_int_equal(status, rows[n].status);
        }
        exn_buffer_free(&file);
    }
}

/* Every bit of the scans, one at a time: whatever is said, nothing crashes, and what passes can be
 * verified. */
static void flipped_bits_do_not_crash(void **state)
{
    (void)state;

    for (int kind = 0; kind < 4; kind++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 23, 17);
        spec.progressive = kind & 1;
        spec.arithmetic = kind & 2;
        make(&spec, 3, &file);
        for (size_t bit = (exn_test_jpeg_found(&file, SOS, 0).offset + 4) * 8; bit < file.size * 8;
             bit++) {
            file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            const exn_status status = status_of(exn_buffer_span(&file));
            assert_true(status == EXN_OK || status == EXN_CORRUPT || status == EXN_UNSUPPORTED);
            file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        exn_buffer_free(&file);
    }
}

/* Every byte before the scans, replaced by the values that hurt most. */
static void broken_headers_do_not_crash(void **state)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7F, 0x80, 0xC2, 0xD9, 0xFF};
    (void)state;

    for (int progressive = 0; progressive < 2; progressive++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 23, 17);
        spec.progressive = progressive;
        make(&spec, 6, &file);
        /* From the tables on; the Exif block has a test of its own. */
        for (size_t at = exn_test_jpeg_found(&file, DQT, 0).offset;
             at < exn_test_jpeg_found(&file, SOS, 0).offset + 20; at++)
            for (size_t n = 0; n < sizeof values; n++) {
                const uint8_t kept = file.data[at];
                file.data[at] = values[n];
                status_of(exn_buffer_span(&file));
                file.data[at] = kept;
            }
        exn_buffer_free(&file);
    }
}

static void a_component_without_a_scan(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file;
    (void)state;

    exn_test_jpeg_init(&spec, 40, 30);
    spec.noninterleaved = true;
    make(&spec, 6, &file);
    for (unsigned n = 0; n < 3; n++) {
        exn_buffer less = {0};
        const exn_test_segment scan = exn_test_jpeg_found(&file, SOS, n);
        const size_t size =
            (size_t)(scan.entropy.data - file.data) + scan.entropy.size - scan.offset;
        assert_true(
            exn_test_splice(exn_buffer_span(&file), scan.offset, size, (exn_span){NULL, 0}, &less));
        assert_int_equal(status_of(exn_buffer_span(&less)), EXN_CORRUPT);
        exn_buffer_free(&less);
    }
    exn_buffer_free(&file);
}

/* Coefficients can be moved with a step of 0, for it is not looked at; samples cannot be quantized
 * with it. */
static void a_quantization_step_of_zero(void **state)
{
    (void)state;

    for (int partial = 0; partial < 2; partial++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 48, partial ? 30 : 32);
        make(&spec, 6, &file);
        const exn_test_segment dqt = exn_test_jpeg_found(&file, DQT, 0);
        file.data[dqt.payload.data - file.data + 40] = 0;
        const exn_status status = status_of(exn_buffer_span(&file));
        if (partial)
            assert_int_equal(status, EXN_CORRUPT);
        else
            assert_true(status == EXN_OK || status == EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

/* --- Kinds of JPEG that are not read --------------------------------------------------------- */

/* The status with one byte of the frame header changed; offset counts from its marker's FF. */
static exn_status status_patched(size_t offset, uint8_t value, uint32_t orientation)
{
    exn_test_jpeg spec;
    exn_buffer file;

    exn_test_jpeg_init(&spec, 48, 32);
    make(&spec, orientation, &file);
    file.data[exn_test_jpeg_found(&file, SOF0, 0).offset + offset] = value;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    const exn_status status = exn_normalize(file.data, file.size, NULL, &product, &result, NULL);
    assert_null(product.data);
    exn_buffer_free(&file);
    return status;
}

static void kinds_that_are_not_supported(void **state)
{
    static const uint8_t frames[] = {0xC3, 0xC5, 0xC6, 0xC7, 0xCB, 0xCD, 0xCE, 0xCF};
    (void)state;

    for (uint32_t orientation = 1; orientation <= 6; orientation += 5) {
        /* One that needs nothing stays as it is. */
        const exn_status expected = orientation == 1 ? EXN_OK : EXN_UNSUPPORTED;
        for (size_t n = 0; n < sizeof frames; n++)
            assert_int_equal(status_patched(1, frames[n], orientation), expected);
        assert_int_equal(status_patched(4, 12, orientation), expected);
        /* A height of 0 is told by DNL behind the first scan. */
        assert_int_equal(status_patched(6, 0, orientation), expected);
    }
}

static void hierarchical_and_dnl_segments(void **state)
{
    static const uint8_t lines[] = {0, 31}, frame[] = {8, 0, 32, 0, 48, 1, 1, 0x11, 0};
    exn_test_jpeg spec;
    exn_buffer file, longer = {0};
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    make(&spec, 6, &file);
    assert_true(exn_test_insert_segment(exn_buffer_span(&file),
                                        exn_test_jpeg_found(&file, EOI, 0).offset, 0xDC,
                                        (exn_span){lines, sizeof lines}, &longer));
    assert_int_equal(status_of(exn_buffer_span(&longer)), EXN_UNSUPPORTED);
    longer.size = 0;
    assert_true(exn_test_insert_segment(exn_buffer_span(&file),
                                        exn_test_jpeg_found(&file, SOF0, 0).offset, 0xDE,
                                        (exn_span){frame, sizeof frame}, &longer));
    assert_int_equal(status_of(exn_buffer_span(&longer)), EXN_UNSUPPORTED);
    exn_buffer_free(&longer);
    exn_buffer_free(&file);
}

/* --- Limits ---------------------------------------------------------------------------------- */

/* 65500 x 65500 is what libjpeg takes: 4.3 gigapixels, 12 GiB of coefficients. */
static void a_header_s_claim_is_not_allocated(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_options options;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    make(&spec, 6, &file);
    uint8_t *size = file.data + exn_test_jpeg_found(&file, SOF0, 0).offset + 5;
    exn_put16be(size, 65500);
    exn_put16be(size + 2, 65500);
    exn_options_init(&options, sizeof options);
    for (int n = 0; n < 2; n++) {
        assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, &error),
                         EXN_LIMIT);
        assert_null(product.data);
        assert_int_equal(result.width_in, 65500);
        assert_true(error.detail[0] != 0);
        /* The second time memory alone stands against it. */
        options.max_pixels = UINT64_MAX;
    }
    assert_non_null(strstr(error.detail, "needs "));
    exn_buffer_free(&file);
}

static void limits_are_exact(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_options options;
    (void)state;

    exn_test_jpeg_init(&spec, 97, 97);
    make(&spec, 6, &file);
    exn_options_init(&options, sizeof options);
    options.max_pixels = 97 * 97 - 1;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_LIMIT);
    options.max_pixels = 97 * 97;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_OK);
    exn_bytes_free(&product);
    options.max_memory = 97 * 97 * 2 * 3 / 2; /* one copy of the coefficients */
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_LIMIT);
    exn_buffer_free(&file);
}

/* More scans than an encoder makes are taken where they cost little. */
static void many_scans_of_a_large_picture(void **state)
{
    enum { SCANS = 1 + 3 * 63 };
    static jpeg_scan_info scans[SCANS] = {{3, {0, 1, 2}, 0, 0, 0, 0}};
    exn_test_jpeg spec;
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    (void)state;

    for (int k = 1; k <= 63; k++)
        for (int i = 0; i < 3; i++)
            scans[3 * (k - 1) + i + 1] = (jpeg_scan_info){1, {i}, k, k, 0, 0};
    exn_test_jpeg_init(&spec, 48, 32);
    spec.scans = scans;
    spec.scan_count = SCANS;
    spec.progressive = true;
    make(&spec, 6, &file);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, &error), EXN_OK);
    exn_bytes_free(&product);
    uint8_t *size = file.data + exn_test_jpeg_found(&file, 0xC2, 0).offset + 5;
    exn_put16be(size, 8000);
    exn_put16be(size + 2, 8000);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, &error),
                     EXN_LIMIT);
    assert_string_equal(error.detail, "190 scans of 8000x8000 pixels");
    exn_buffer_free(&file);
}

/* Twelve scans, ten of which refine what is not there. */
static void refinements_without_data(void **state)
{
    enum { SCANS = 12 };
    static jpeg_scan_info scans[SCANS] = {{1, {0}, 0, 0, 0, 0}, {1, {0}, 1, 63, 0, 10}};
    exn_test_jpeg spec;
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    (void)state;

    for (int n = 2; n < SCANS; n++)
        scans[n] = (jpeg_scan_info){1, {0}, 1, 63, 12 - n, 11 - n};
    exn_test_jpeg_init(&spec, 48, 32);
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    spec.scans = scans;
    spec.scan_count = SCANS;
    spec.progressive = true;
    make(&spec, 6, &file);
    assert_int_equal(status_of(exn_buffer_span(&file)), EXN_OK);
    uint8_t *size = file.data + exn_test_jpeg_found(&file, SOF2, 0).offset + 5;
    exn_put16be(size, 8000);
    exn_put16be(size + 2, 8000);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, &error),
                     EXN_LIMIT);
    assert_string_equal(error.detail, "12 scans of 8000x8000 pixels");
    exn_buffer_free(&file);
}

/* --- Arithmetic scans with next to no data --------------------------------------------------- */

enum { FEW_BYTES = 4000 }; /* the Exif block included */

/* Gray, each block with the same coefficients: DC, and AC values from first on. */
typedef struct repeated {
    int first, value;
} repeated;

static int repeated_of(const void *context, uint32_t n, int k)
{
    const repeated *r = context;
    (void)n;
    return k == 0 ? 64 : k >= r->first ? r->value : 0;
}

static void make_repeated(uint32_t width, uint32_t height, int first, int value, bool progressive,
                          exn_buffer *file)
{
    const repeated r = {first, value};
    const exn_test_jpeg_gray spec = {.blocks_x = width / 8,
                                     .blocks_y = height / 8,
                                     .arithmetic = true,
                                     .progressive = progressive,
                                     .coefficient = repeated_of,
                                     .context = &r};
    exn_buffer plain = {0};
    *file = (exn_buffer){0};
    exn_test_jpeg_gray_make(&spec, &plain);
    assert_true(exn_test_tag(exn_buffer_span(&plain), 2, file));
    exn_buffer_free(&plain);
}

/* An all-white picture takes a few dozen bytes, and so do blocks that repeat themselves with signs
 * that zeros happen to give. */
static void few_arithmetic_bytes_are_enough_for_an_even_picture(void **state)
{
    (void)state;

    for (int progressive = 0; progressive < 2; progressive++) {
        exn_buffer file;
        make_repeated(4096, 2048, 64, 0, progressive, &file);
        assert_true(file.size < FEW_BYTES);
        assert_int_equal(status_of(exn_buffer_span(&file)), EXN_OK);
        exn_buffer_free(&file);
        make_repeated(1024, 1024, 63, -1, progressive, &file);
        assert_true(file.size < FEW_BYTES);
        assert_int_equal(status_of(exn_buffer_span(&file)), EXN_OK);
        exn_buffer_free(&file);
    }
}

/* What decodes to many more signs than there are bits. */
static void few_arithmetic_bytes_are_too_few_for_many_signs(void **state)
{
    exn_buffer file;
    (void)state;

    make_repeated(4352, 4096, 63, -1, false, &file);
    assert_true(file.size < FEW_BYTES);
    assert_int_equal(status_of(exn_buffer_span(&file)), EXN_LIMIT);
    exn_buffer_free(&file);
}

/* A small picture whose header claims a large one: its decoder goes on without data. */
static void arithmetic_data_of_a_smaller_picture(void **state)
{
    (void)state;

    for (int kind = 0; kind < 4; kind++) {
        exn_test_jpeg spec;
        exn_buffer file;
        exn_test_jpeg_init(&spec, 64, 64);
        spec.arithmetic = true;
        spec.progressive = kind & 1;
        spec.noise = 100;
        spec.quality = 95;
        if (kind & 2)
            exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
        make(&spec, 6, &file);
        assert_int_equal(status_of(exn_buffer_span(&file)), EXN_OK);
        uint8_t *size =
            file.data + exn_test_jpeg_found(&file, kind & 1 ? 0xCA : 0xC9, 0).offset + 5;
        exn_put16be(size, 4096);
        exn_put16be(size + 2, 4096);
        assert_int_equal(status_of(exn_buffer_span(&file)), EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

/* Most of them: where zeros happen to end each block at once, what is missing is even. */
static void arithmetic_scans_that_were_cut_and_closed(void **state)
{
    exn_test_jpeg spec;
    exn_buffer file;
    unsigned cuts = 0, found = 0;
    (void)state;

    exn_test_jpeg_init(&spec, 128, 128);
    spec.arithmetic = true;
    spec.noise = 40;
    spec.quality = 90;
    make(&spec, 6, &file);
    const exn_test_segment scan = exn_test_jpeg_found(&file, SOS, 0);
    const size_t start = (size_t)(scan.entropy.data - file.data);
    for (size_t size = 16; size < scan.entropy.size / 4 * 3; size += 41, cuts++)
        found += status_of_cut(&file, start + size, eoi) == EXN_CORRUPT;
    assert_true(found >= cuts / 10 * 9);
    exn_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_headers_are_corrupt),
        cmocka_unit_test(cut_scans_are_corrupt),
        cmocka_unit_test(missing_eoi_is_noise),
        cmocka_unit_test(progressive_cut_between_scans),
        cmocka_unit_test(arithmetic_needs_its_eoi),
        cmocka_unit_test(only_padding_may_follow_a_scan),
        cmocka_unit_test(flipped_bits_do_not_crash),
        cmocka_unit_test(broken_headers_do_not_crash),
        cmocka_unit_test(a_component_without_a_scan),
        cmocka_unit_test(a_quantization_step_of_zero),
        cmocka_unit_test(kinds_that_are_not_supported),
        cmocka_unit_test(hierarchical_and_dnl_segments),
        cmocka_unit_test(a_header_s_claim_is_not_allocated),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(many_scans_of_a_large_picture),
        cmocka_unit_test(refinements_without_data),
        cmocka_unit_test(few_arithmetic_bytes_are_enough_for_an_even_picture),
        cmocka_unit_test(few_arithmetic_bytes_are_too_few_for_many_signs),
        cmocka_unit_test(arithmetic_data_of_a_smaller_picture),
        cmocka_unit_test(arithmetic_scans_that_were_cut_and_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
