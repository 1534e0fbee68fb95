/* SPDX-License-Identifier: MIT */
/* on_damage: what decoders show of a JPEG that has lost data, rotated. Files of every coding are
 * cut, flipped and robbed of bytes and restart markers; each either fails with a clear status or
 * has the coefficients that libjpeg reads from its source, and the picture that djpeg would show of
 * it. */
#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/naive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOS = 0xDA, RST0 = 0xD0 };

static const exn_span eoi = {(const uint8_t *)"\xFF\xD9", 2};

static bool has(const exn_result *result, exn_warning warning)
{
    return result->warnings >> warning & 1;
}

/* --- Sources --------------------------------------------------------------------------------- */

typedef struct kind {
    const char *name, *sampling;
    uint32_t width, height;
    bool progressive, arithmetic, noninterleaved, optimize;
    unsigned restart_interval;
    unsigned least; /* per cent of the damaged ones that are decoded */
} kind;

static const kind kinds[] = {
    {"baseline", "4:2:0", 64, 48, .least = 95},
    {"cut grid", "4:2:0", 60, 44, .least = 80},
    {"optimized", "4:4:4", 48, 40, .optimize = true, .least = 95},
    {"restarts", "4:2:0", 96, 64, .restart_interval = 3, .least = 95},
    {"restarts, cut grid", "4:2:2", 93, 61, .restart_interval = 4, .least = 90},
    {"one scan a component", "4:2:0", 64, 48, .noninterleaved = true, .least = 90},
    {"progressive", "4:2:0", 64, 48, .progressive = true, .least = 95},
    {"progressive, cut grid", "4:2:0", 61, 45, .progressive = true, .least = 95},
    {"progressive, restarts", "4:4:4", 64, 48, .progressive = true, .restart_interval = 5,
     .least = 95},
    {"arithmetic", "4:2:0", 64, 48, .arithmetic = true, .least = 80},
    {"arithmetic, progressive", "4:2:0", 64, 48, .arithmetic = true, .progressive = true,
     .least = 90},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static void make(const kind *k, uint32_t value, exn_buffer *file)
{
    exn_buffer plain = {0};
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, k->width, k->height);
    assert_true(exn_test_jpeg_sampling(&spec, k->sampling));
    spec.noise = 20;
    spec.progressive = k->progressive;
    spec.arithmetic = k->arithmetic;
    spec.noninterleaved = k->noninterleaved;
    spec.optimize = k->optimize;
    spec.restart_interval = k->restart_interval;
    *file = (exn_buffer){0};
    exn_test_jpeg_made(&spec, &plain);
    assert_true(exn_test_tag(exn_buffer_span(&plain), value, file));
    exn_buffer_free(&plain);
}

/* --- Damage ---------------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

/* The place of a restart marker behind `from`; 0: there is none. */
static size_t find_restart(const exn_buffer *file, size_t from)
{
    for (size_t at = from; at + 1 < file->size; at++)
        if (file->data[at] == 0xFF && file->data[at + 1] >= RST0 && file->data[at + 1] < RST0 + 8)
            return at;
    return 0;
}

/* One fault of a sort that the number chooses, behind the first scan header. */
static void damage(const exn_buffer *file, uint32_t number, exn_buffer *out)
{
    uint32_t random = 2463534242u ^ (number * 2654435761u);
    exn_test_segment scan;
    assert_true(exn_test_jpeg_find(exn_buffer_span(file), SOS, 0, &scan));
    const size_t from = (size_t)(scan.entropy.data - file->data);
    const size_t at = from + next_random(&random) % (file->size - 2 - from);
    const size_t restart = find_restart(file, at);
    const size_t left = file->size - at, count = 1 + next_random(&random) % 20;
    const uint8_t bytes[2] = {0xFF, (uint8_t)next_random(&random)};

    *out = (exn_buffer){0};
    switch (number % 6) {
    case 0: /* cut off, without EOI or with it */
        assert_true(exn_test_splice(exn_buffer_span(file), at, left,
                                    number % 4 ? (exn_span){NULL, 0} : eoi, out));
        return;
    case 1: /* some bytes are missing */
        assert_true(exn_test_splice(exn_buffer_span(file), at, count < left ? count : left,
                                    (exn_span){NULL, 0}, out));
        return;
    case 2: /* a restart marker is */
        assert_true(exn_test_splice(exn_buffer_span(file), restart ? restart : at, 2,
                                    (exn_span){NULL, 0}, out));
        return;
    case 3: /* any marker stands in the data */
        assert_true(exn_test_splice(exn_buffer_span(file), at, 2, (exn_span){bytes, 2}, out));
        return;
    default: /* flipped bits, one or some in a row */
        assert_true(exn_test_splice(exn_buffer_span(file), at, 0, (exn_span){NULL, 0}, out));
        for (size_t n = 0; n < (number % 6 == 4 ? 1 : count) && at + n < out->size; n++)
            out->data[at + n] ^= (uint8_t)(1u << next_random(&random) % 8);
    }
}

/* --- What decoders show ---------------------------------------------------------------------- */

/* The coefficients of the longest part of the file, up to a marker, that libjpeg reads without
 * giving up; `part` is that part, closed. */
static bool read_shown(const exn_buffer *file, exn_test_coefs *coefs, exn_buffer *part)
{
    char why[EXN_TEST_WHY];

    *part = (exn_buffer){0};
    assert_int_equal(exn_buffer_append(part, file->data, file->size), EXN_OK);
    if (exn_test_jpeg_read(exn_buffer_span(part), coefs, why))
        return true;
    for (size_t at = file->size - 1; at-- > 2;) {
        const uint8_t code = file->data[at + 1];
        if (file->data[at] != 0xFF || code == 0 || code == 0xFF)
            continue;
        part->size = at;
        assert_int_equal(exn_buffer_append(part, eoi.data, eoi.size), EXN_OK);
        if (exn_test_jpeg_read(exn_buffer_span(part), coefs, why))
            return true;
    }
    return false;
}

typedef struct decoder {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
} decoder;

static void leave(j_common_ptr common)
{
    longjmp(((decoder *)common->err)->escape, 1);
}

static void ignore(j_common_ptr common, int level)
{
    (void)common;
    (void)level;
}

/* The picture as djpeg writes it; smooth: as it smoothes what is known to be coarse. NULL: there is
 * none. */
static uint8_t *decode(exn_span file, bool smooth, uint32_t *width, uint32_t *height)
{
    struct jpeg_decompress_struct d;
    decoder one;
    uint8_t *volatile pixels = NULL;

    d.err = jpeg_std_error(&one.manager);
    one.manager.error_exit = leave;
    one.manager.emit_message = ignore;
    if (setjmp(one.escape)) {
        jpeg_destroy_decompress(&d);
        free(pixels);
        return NULL;
    }
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, file.data, file.size);
    jpeg_read_header(&d, TRUE);
    d.out_color_space = JCS_RGB;
    d.do_fancy_upsampling = FALSE;
    d.do_block_smoothing = smooth;
    jpeg_start_decompress(&d);
    *width = d.output_width;
    *height = d.output_height;
    pixels = calloc((size_t)*width * *height, 3);
    assert_non_null(pixels);
    while (d.output_scanline < d.output_height) {
        JSAMPROW row = pixels + (size_t)d.output_scanline * *width * 3;
        jpeg_read_scanlines(&d, &row, 1);
    }
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    return pixels;
}

typedef struct difference {
    size_t samples, far; /* all of them; those that are more than 3 off */
    int most;
} difference;

/* The picture of product against that of `shown`, rotated by naive means. Both decodings round on
 * their way. */
static difference compare(exn_span shown, exn_span product, uint32_t value, bool smooth)
{
    enum { NEAR = 3 };
    uint32_t width, height, turned_width, turned_height;
    uint8_t *before = decode(shown, smooth, &width, &height);
    uint8_t *after = decode(product, smooth, &turned_width, &turned_height);
    uint8_t *expected = calloc((size_t)width * height, 3);
    difference found = {.samples = (size_t)width * height * 3};

    assert_true(before && after && expected);
    assert_int_equal((uint64_t)width * height, (uint64_t)turned_width * turned_height);
    exn_test_naive_rotate(value, before, width, height, 3, expected);
    for (size_t n = 0; n < found.samples; n++) {
        const int off = abs(expected[n] - after[n]);
        found.far += off > NEAR;
        found.most = off > found.most ? off : found.most;
    }
    free(expected);
    free(after);
    free(before);
    return found;
}

/* Whether all samples are where decoders agree about them (requantize.h); inverse DCTs of 16 bits
 * are not the same along both axes else. */
static bool is_in_range(const exn_test_coefs *coefs)
{
    bool good = true;

    for (int i = 0; i < coefs->components && good; i++) {
        const exn_test_component *c = &coefs->component[i];
        float *plane = exn_test_plane(c);
        assert_non_null(plane);
        for (size_t n = 0; n < (size_t)c->width * c->height && good; n++)
            good = plane[n] > -384 && plane[n] < 639;
        free(plane);
    }
    return good;
}

/* Both decodings round, so a few samples may be off. */
static void check_picture(exn_span shown, exn_span product, uint32_t value, const char *name,
                          uint32_t number)
{
    const difference found = compare(shown, product, value, false);
    if (found.far * 50 > found.samples)
        fail_msg("%s, fault %u, orientation %u: %zu of %zu samples differ", name, number, value,
                 found.far, found.samples);
}

/* --- One damaged file ------------------------------------------------------------------------ */

typedef struct tally {
    unsigned damaged, decoded, smoothed;
} tally;

static exn_status run(const exn_buffer *file, const exn_options *options, exn_bytes *product,
                      exn_result *result)
{
    exn_error error;
    const exn_status status =
        exn_normalize(file->data, file->size, options, product, result, &error);

    assert_int_equal(status, error.status);
    assert_true(status == EXN_OK || error.detail[0]);
    return status;
}

static exn_status verify(const exn_buffer *file, exn_bytes product, const exn_options *options,
                         const exn_result *result)
{
    return exn_verify(file->data, file->size, product.data, product.size, options, result, NULL);
}

/* A component that no scan came for has no table, and shows as gray with any. */
static void lend_table(exn_test_component *from, const exn_test_component *to, bool exchanged)
{
    const size_t blocks = (size_t)from->width_in_blocks * from->height_in_blocks;

    if (from->quant[0] != 0)
        return;
    for (size_t n = 0; n < blocks * 64; n++)
        assert_int_equal(from->blocks[n / 64][n % 64], 0);
    for (int k = 0; k < 64; k++)
        from->quant[k] = to->quant[exchanged ? k % 8 * 8 + k / 8 : k];
}

static void check_components(exn_test_coefs *source, const exn_test_coefs *product,
                             const exn_result *result, uint32_t value, const char *name,
                             uint32_t number)
{
    char why[EXN_TEST_WHY];
    const uint32_t exact = exn_test_exact_set(source, value);

    for (int i = 0; i < source->components; i++)
        lend_table(&source->component[i], &product->component[i],
                   exn_test_axes_of(value).exchanged);
    assert_int_equal(result->exact_components, exact);
    assert_true(exn_test_same_frame(source, product, value, why));
    for (int i = 0; i < source->components; i++)
        if (!(exact >> i & 1 ? exn_test_same_coefficients(source, product, i, value, why)
                             : exn_test_component_is_close(source, product, i, value, why)))
            fail_msg("%s, fault %u, orientation %u: %s", name, number, value, why);
}

/* Returns how many warnings libjpeg has of the source. */
static long check_decoded(const kind *k, const exn_buffer *file, uint32_t value, uint32_t number,
                          exn_bytes product, const exn_result *result)
{
    char why[EXN_TEST_WHY];
    const exn_span span = {product.data, product.size};
    exn_test_coefs source, turned;
    exn_buffer part;

    assert_true(read_shown(file, &source, &part));
    assert_true(exn_test_jpeg_read(span, &turned, why));
    assert_int_equal(turned.warnings, 0);
    check_components(&source, &turned, result, value, k->name, number);
    if (result->outcome == EXN_OUTCOME_LOSSLESS && is_in_range(&source))
        check_picture(exn_buffer_span(&part), span, value, k->name, number);
    const long warnings = part.size == file->size ? source.warnings : 1;
    exn_buffer_free(&part);
    exn_test_coefs_free(&turned);
    exn_test_coefs_free(&source);
    return warnings;
}

/* A failure names the option where that is worth a try: not where decoding fails for the same
 * cause. */
static void check_message(const exn_buffer *file, const exn_options *decode)
{
    static const char hint[] = " (see --on-damage)";
    exn_options fail = *decode;
    exn_error said, found = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};

    fail.on_damage = EXN_ON_DAMAGE_FAIL;
    assert_int_equal(exn_normalize(file->data, file->size, &fail, &product, &result, &said),
                     EXN_CORRUPT);
    const exn_status status =
        exn_normalize(file->data, file->size, decode, &product, &result, &found);
    exn_bytes_free(&product);
    char *at = strstr(said.detail, hint);
    if (at)
        *at = 0;
    if (status == EXN_OK ? !at : at && strcmp(said.detail, found.detail) == 0)
        fail_msg("'%s', hint: %d, then '%s'", said.detail, at != NULL, found.detail);
    fail.strict = true;
    assert_int_not_equal(exn_normalize(file->data, file->size, &fail, &product, &result, &said),
                         EXN_OK);
    assert_null(strstr(said.detail, hint));
}

/* The same file with the option that speaks of damage, and one that it is refused by. */
static void check_damaged(const kind *k, const exn_buffer *file, uint32_t value, uint32_t number,
                          tally *t)
{
    exn_options options;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};

    exn_options_init(&options, sizeof options);
    options.on_damage = EXN_ON_DAMAGE_DECODE;
    options.strict = true;
    const exn_status refused = run(file, &options, &product, &result);
    options.strict = false;
    const exn_status status = run(file, &options, &product, &result);
    /* What reads well may have values that cannot be coded, or samples that decoders disagree
     * about: no reading helps. */
    assert_true(refused == EXN_REFUSED || (refused == EXN_CORRUPT && status == EXN_CORRUPT));
    assert_true(status == EXN_OK || status == EXN_CORRUPT || status == EXN_LIMIT);
    t->damaged++;
    check_message(file, &options);
    if (status != EXN_OK)
        return;
    t->decoded++;
    t->smoothed += has(&result, EXN_WARN_SCANS_MISSING);
    assert_true(has(&result, EXN_WARN_DAMAGED));
    assert_false(has(&result, EXN_WARN_HARMLESS_NOISE));
    assert_int_equal(verify(file, product, &options, &result), EXN_OK);
    options.decode_all = true;
    assert_int_equal(verify(file, product, &options, &result), EXN_OK);
    const long warnings = check_decoded(k, file, value, number, product, &result);
    result.warnings &= ~(1u << EXN_WARN_DAMAGED); /* nobody said so */
    if (warnings > 0) /* not all that is damage is seen by libjpeg, which reads for verifying */
        assert_int_equal(verify(file, product, &options, &result), EXN_CORRUPT);
    exn_bytes_free(&product);
}

static void check_file(const kind *k, const exn_buffer *file, uint32_t value, uint32_t number,
                       tally *t)
{
    exn_options options;
    exn_bytes plain, product;
    exn_result result = {.struct_size = sizeof(exn_result)},
               other = {.struct_size = sizeof(exn_result)};

    exn_options_init(&options, sizeof options);
    const exn_status status = run(file, &options, &plain, &result);
    assert_false(has(&result, EXN_WARN_DAMAGED));
    if (status == EXN_CORRUPT) {
        check_damaged(k, file, value, number, t);
        return;
    }
    /* What is not called damaged is what it would be without the option. */
    options.on_damage = EXN_ON_DAMAGE_DECODE;
    assert_int_equal(run(file, &options, &product, &other), status);
    assert_int_equal(other.warnings, result.warnings);
    assert_int_equal(product.size, plain.size);
    assert_true(plain.size == 0 || memcmp(product.data, plain.data, plain.size) == 0);
    exn_bytes_free(&product);
    exn_bytes_free(&plain);
}

static void faults_of_every_kind(void **state)
{
    enum { FAULTS = 120 };
    (void)state;

    for (int n = 0; n < KINDS; n++) {
        const kind *k = &kinds[n];
        tally t = {0};
        exn_buffer files[7];
        for (uint32_t i = 0; i < 7; i++)
            make(k, 2 + i, &files[i]);
        for (uint32_t number = 0; number < FAULTS; number++) {
            exn_buffer damaged;
            damage(&files[number % 7], number, &damaged);
            check_file(k, &damaged, 2 + number % 7, number, &t);
            exn_buffer_free(&damaged);
        }
        for (uint32_t i = 0; i < 7; i++)
            exn_buffer_free(&files[i]);
        print_message("%s: %u of %u damaged, %u decoded, %u of them without some scans\n", k->name,
                      t.damaged, (unsigned)FAULTS, t.decoded, t.smoothed);
        assert_true(t.damaged >= FAULTS / 6);
        assert_true(t.decoded * 100 >= t.damaged * k->least);
    }
}

/* Segments that libjpeg has taken numbers from before it refuses them: frame headers, arithmetic
 * conditioning whose bounds are exchanged, a table that is cut off. */
static void segments_that_libjpeg_gives_up_at(void **state)
{
    static const uint8_t codes[] = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA, 0xCC, 0xDB, 0xC3, 0xC5, 0xCD};
    enum { CODES = sizeof codes, DAC = 5 };
    (void)state;

    for (int n = 0; n < KINDS * CODES; n++) {
        const kind *k = &kinds[n / CODES];
        const uint8_t frame[] = {
            0xFF, codes[n % CODES], 0, 11, 8, 0xFF, 0xDC, 0xFF, 0xDC, 255, 1, 0x11, 0};
        const uint8_t dac[] = {0xFF, 0xCC, 0, 4, 0, 0x25};
        const exn_span segment =
            n % CODES == DAC ? (exn_span){dac, sizeof dac} : (exn_span){frame, sizeof frame};
        tally t = {0};
        exn_buffer file, other = {0};
        make(k, 5, &file);
        assert_true(exn_test_splice(exn_buffer_span(&file), file.size * 3 / 4, 0, segment, &other));
        check_file(k, &other, 5, (uint32_t)n, &t);
        assert_int_equal(t.damaged, 1);
        assert_true(t.decoded == 1 || k->least < 95);
        exn_buffer_free(&other);
        exn_buffer_free(&file);
    }
}

/* Tables of no slot, and of more codes than there are, before the first scan: nothing is shown, and
 * no option helps. */
static void headers_that_no_decoder_gets_past(void **state)
{
    static const uint8_t codes[] = {0xC4, 0xDB};
    (void)state;

    for (int n = 0; n < KINDS * 4; n++) {
        const kind *k = &kinds[n / 4];
        uint8_t table[] = {0xFF, codes[n % 2], 0, 3 + 16, n % 4 < 2 ? 0x0F : 0, 3};
        uint8_t segment[2 + 3 + 16] = {0};
        tally t = {0};
        exn_buffer file, other = {0};
        exn_test_segment scan;
        memcpy(segment, table, sizeof table);
        make(k, 5, &file);
        assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 0, &scan));
        assert_true(exn_test_splice(exn_buffer_span(&file), scan.offset, 0,
                                    (exn_span){segment, sizeof segment}, &other));
        check_file(k, &other, 5, (uint32_t)n, &t);
        assert_int_equal(t.damaged, 1);
        assert_int_equal(t.decoded, 0);
        exn_buffer_free(&other);
        exn_buffer_free(&file);
    }
}

/* A first scan whose component has no quantization table: libjpeg gives up before its first block,
 * and nothing is shown. */
static void scans_that_no_decoder_begins(void **state)
{
    (void)state;

    for (int n = 0; n < KINDS; n++) {
        const kind *k = &kinds[n];
        tally t = {0};
        exn_buffer file;
        exn_test_segment frame;
        make(k, 5, &file);
        const uint8_t code =
            k->arithmetic ? (k->progressive ? 0xCA : 0xC9) : (k->progressive ? 0xC2 : 0xC0);
        assert_true(exn_test_jpeg_find(exn_buffer_span(&file), code, 0, &frame));
        file.data[frame.offset + 4 + 6 + 2] = 3; /* T.81, B.2.2: Tq of the first component */
        check_file(k, &file, 5, (uint32_t)n, &t);
        assert_int_equal(t.damaged, 1);
        assert_int_equal(t.decoded, 0);
        exn_buffer_free(&file);
    }
}

/* A segment without a length before the first scan: readers disagree about what follows. Nobody
 * rotates such a file, also where the orientation is the caller's. */
static void segments_without_length_are_not_passed(void **state)
{
    static const uint8_t segment[] = {0xFF, 0xE5, 0, 0};
    (void)state;

    for (int n = 0; n < KINDS; n++) {
        exn_options options;
        exn_bytes product;
        exn_error error;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_buffer file, other = {0};
        exn_test_segment scan;
        make(&kinds[n], 1, &file);
        exn_options_init(&options, sizeof options);
        assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 0, &scan));
        assert_true(exn_test_splice(exn_buffer_span(&file), scan.offset, 0,
                                    (exn_span){segment, sizeof segment}, &other));
        for (int decode = 0; decode < 2; decode++) {
            options.on_damage = decode ? EXN_ON_DAMAGE_DECODE : EXN_ON_DAMAGE_FAIL;
            assert_int_equal(
                exn_orient(other.data, other.size, 6, &options, &product, &result, &error),
                EXN_CORRUPT);
            assert_null(product.data);
            assert_null(strstr(error.detail, "--on-damage"));
        }
        exn_buffer_free(&other);
        exn_buffer_free(&file);
    }
}

/* A progressive file without its last scans keeps the others, so that decoders smooth it as they
 * smooth its source. In libjpeg that is the same along both axes but for rounding, and nearly the
 * same where they are exchanged. */
static void what_is_coarse_stays_smooth(void **state)
{
    (void)state;

    for (unsigned scans = 1; scans <= 10; scans++)
        for (uint32_t value = 2; value <= 8; value++) {
            exn_buffer file, cut = {0};
            exn_test_segment last;
            exn_bytes product;
            exn_result result = {.struct_size = sizeof(exn_result)};
            const exn_options *defaults = NULL;
            make(&(kind){.sampling = "4:2:0", .width = 160, .height = 128, .progressive = true},
                 value, &file);
            assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, scans - 1, &last));
            const size_t end = (size_t)(last.entropy.data - file.data) + last.entropy.size;
            assert_true(exn_test_splice(exn_buffer_span(&file), end, file.size - end, eoi, &cut));
            assert_int_equal(run(&cut, defaults, &product, &result), EXN_OK);
            assert_int_equal(has(&result, EXN_WARN_SCANS_MISSING), scans < 10);
            const difference found =
                compare(exn_buffer_span(&cut), (exn_span){product.data, product.size}, value, true);
            assert_true(found.most <= (value < 5 ? 1 : 12));
            assert_true(found.far * 20 <= found.samples);
            exn_bytes_free(&product);
            exn_buffer_free(&cut);
            exn_buffer_free(&file);
        }
}

/* --- Files that need no rotation ------------------------------------------------------------- */

/* Half of a picture without an orientation, or with one that is only to be removed. */
static void what_is_kept_needs_nothing(void **state)
{
    (void)state;

    for (int n = 0; n < KINDS * 2; n++) {
        const uint32_t value = n % 2 ? 6 : 1;
        exn_buffer file, cut = {0};
        exn_options options;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)},
                   other = {.struct_size = sizeof(exn_result)};
        make(&kinds[n / 2], value, &file);
        assert_true(exn_test_splice(exn_buffer_span(&file), file.size * 3 / 4,
                                    file.size - file.size * 3 / 4, (exn_span){NULL, 0}, &cut));
        exn_options_init(&options, sizeof options);
        options.mode = EXN_MODE_DROP;
        const exn_status status = run(&cut, &options, &product, &result);
        options.on_damage = EXN_ON_DAMAGE_DECODE;
        exn_bytes same;
        assert_int_equal(run(&cut, &options, &same, &other), EXN_OK);
        assert_int_equal(other.outcome, value == 1 ? EXN_OUTCOME_UNTOUCHED : EXN_OUTCOME_METADATA);
        if (status == EXN_OK) {
            exn_error error = {0};
            assert_int_equal(other.warnings, result.warnings);
            assert_int_equal(same.size, product.size);
            assert_true(same.size == 0 || memcmp(same.data, product.data, same.size) == 0);
            if (value == 6) { /* nobody said so */
                assert_int_equal(exn_verify(cut.data, cut.size, product.data, product.size,
                                            &options, &result, &error),
                                 EXN_CORRUPT);
                const char *hint = strstr(error.detail, "(see --on-damage)");
                assert_non_null(hint);
                assert_null(strstr(hint + 1, "(see --on-damage)"));
            }
        } else { /* cut off inside of a scan's header */
            assert_int_equal(status, EXN_CORRUPT);
            assert_int_equal(value, 6);
            assert_true(has(&other, EXN_WARN_DAMAGED));
            assert_int_equal(verify(&cut, same, &options, &other), EXN_OK);
        }
        exn_bytes_free(&same);
        exn_bytes_free(&product);
        /* Where every image is decoded there is something to say. */
        options.decode_all = true;
        assert_int_equal(run(&cut, &options, &product, &result), EXN_OK);
        assert_true(has(&result, EXN_WARN_DAMAGED));
        if (value != 1)
            assert_int_equal(verify(&cut, product, &options, &result), EXN_OK);
        exn_bytes_free(&product);
        options.strict = true;
        assert_int_equal(run(&cut, &options, &product, &result), EXN_REFUSED);
        options.strict = false;
        options.on_damage = EXN_ON_DAMAGE_FAIL;
        assert_int_equal(run(&cut, &options, &product, &result), EXN_CORRUPT);
        exn_buffer_free(&cut);
        exn_buffer_free(&file);
    }
}

/* Verifying holds the output against what is shown, not against anything else. */
static void verifying_sees_another_picture(void **state)
{
    exn_buffer file, cut = {0};
    exn_options options;
    exn_bytes whole, product;
    exn_result sound = {.struct_size = sizeof(exn_result)},
               result = {.struct_size = sizeof(exn_result)};
    (void)state;

    exn_options_init(&options, sizeof options);
    options.on_damage = EXN_ON_DAMAGE_DECODE;
    for (int n = 0; n < KINDS; n++) {
        make(&kinds[n], 5, &file);
        assert_true(exn_test_splice(exn_buffer_span(&file), file.size * 4 / 5,
                                    file.size - file.size * 4 / 5, (exn_span){NULL, 0}, &cut));
        assert_int_equal(run(&file, &options, &whole, &sound), EXN_OK);
        assert_false(has(&sound, EXN_WARN_DAMAGED));
        if (run(&cut, &options, &product, &result) == EXN_OK) {
            assert_int_equal(verify(&cut, product, &options, &result), EXN_OK);
            assert_int_equal(verify(&cut, whole, &options, &result), EXN_MISMATCH);
            assert_int_equal(verify(&file, product, &options, &result), EXN_MISMATCH);
        } else {
            assert_true(kinds[n].arithmetic);
        }
        exn_bytes_free(&product);
        exn_bytes_free(&whole);
        exn_buffer_free(&cut);
        exn_buffer_free(&file);
    }
}

/* Limits come first: what is read for its picture alone is bounded like any other. */
static void limits_hold(void **state)
{
    exn_buffer file, cut = {0};
    exn_options options;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    (void)state;

    make(&kinds[0], 6, &file);
    assert_true(exn_test_splice(exn_buffer_span(&file), file.size * 3 / 4,
                                file.size - file.size * 3 / 4, (exn_span){NULL, 0}, &cut));
    exn_options_init(&options, sizeof options);
    options.on_damage = EXN_ON_DAMAGE_DECODE;
    options.max_pixels = 64 * 48;
    assert_int_equal(run(&cut, &options, &product, &result), EXN_OK);
    exn_bytes_free(&product);
    options.max_pixels--;
    assert_int_equal(run(&cut, &options, &product, &result), EXN_LIMIT);
    options.max_pixels++;
    options.max_memory = 4096;
    assert_int_equal(run(&cut, &options, &product, &result), EXN_LIMIT);
    exn_buffer_free(&cut);
    exn_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_every_kind),
        cmocka_unit_test(segments_that_libjpeg_gives_up_at),
        cmocka_unit_test(headers_that_no_decoder_gets_past),
        cmocka_unit_test(scans_that_no_decoder_begins),
        cmocka_unit_test(segments_without_length_are_not_passed),
        cmocka_unit_test(what_is_coarse_stays_smooth),
        cmocka_unit_test(what_is_kept_needs_nothing),
        cmocka_unit_test(verifying_sees_another_picture),
        cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
