/* SPDX-License-Identifier: MIT */
/* The second look at an output, exn_verify(): everything that it compares is wrong once, one thing
 * at a time, in an output that is right otherwise; and on the near side of every limit it is
 * content. */
#include "exifnorm.h"

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/mpf_make.h"
#include "support/png_make.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOF0 = 0xC0, DQT = 0xDB, SOS = 0xDA, APP1 = 0xE1 };

/* A source, what exn_normalize() made of it, and what it said. */
typedef struct pair {
    exn_buffer source;
    exn_bytes product;
    exn_result result;
    exn_options options;
} pair;

static exn_span product_of(const pair *p)
{
    return (exn_span){p->product.data, p->product.size};
}

static exn_status verify(const pair *p, exn_span product, const exn_result *result)
{
    exn_error error;
    const exn_status status = exn_verify(p->source.data, p->source.size, product.data, product.size,
                                         &p->options, result, &error);

    assert_int_equal(status, error.status);
    assert_true(status == EXN_OK || error.detail[0] != '\0');
    return status;
}

static void normalize(pair *p)
{
    assert_int_equal(
        exn_normalize(p->source.data, p->source.size, &p->options, &p->product, &p->result, NULL),
        EXN_OK);
    assert_non_null(p->product.data);
    assert_int_equal(verify(p, product_of(p), &p->result), EXN_OK);
}

static void free_pair(pair *p)
{
    exn_bytes_free(&p->product);
    exn_buffer_free(&p->source);
}

static void make_jpeg(const exn_test_jpeg *spec, uint32_t value, pair *p)
{
    exn_buffer plain = {0};

    *p = (pair){.result.struct_size = sizeof(exn_result)};
    exn_options_init(&p->options, sizeof p->options);
    exn_test_jpeg_made(spec, &plain);
    assert_true(exn_test_tag(exn_buffer_span(&plain), value, &p->source));
    exn_buffer_free(&plain);
}

static void open_jpeg(uint32_t width, uint32_t height, uint32_t value, pair *p)
{
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, width, height);
    make_jpeg(&spec, value, p);
    normalize(p);
}

/* --- Outputs whose coefficients are changed, by libjpeg ------------------------------------------
 */

/* last: in the last block. Changes count coefficients of a component by one, spread over it; k: the
 * number of the coefficient in each block, -1: all in turn. */
typedef struct change {
    int component, k;
    uint64_t count;
    bool last;
} change;

static void change_coefficients(struct jpeg_decompress_struct *in, jvirt_barray_ptr array,
                                const change *c)
{
    const jpeg_component_info *info = &in->comp_info[c->component];
    const uint64_t all = (uint64_t)info->width_in_blocks * info->height_in_blocks * 64;

    for (uint64_t n = 0; n < c->count; n++) {
        const uint64_t at = c->last ? all - 1 : (n * (all / c->count) + n % 64) % all;
        const JDIMENSION block = (JDIMENSION)(at / 64);
        const JDIMENSION x = block % info->width_in_blocks, y = block / info->width_in_blocks;
        JBLOCKARRAY rows = in->mem->access_virt_barray((j_common_ptr)in, array, y, 1, TRUE);
        rows[0][x][c->k < 0 ? at % 64 : (uint64_t)c->k] += n % 2 ? 1 : -1;
    }
}

/* Copies a file with those changes, and all its segments. */
static void rewrite(exn_span file, const change *c, exn_buffer *out)
{
    struct jpeg_decompress_struct in = {0};
    struct jpeg_compress_struct to = {0};
    struct jpeg_error_mgr errors;
    unsigned char *made = NULL;
    unsigned long size = 0;

    in.err = to.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&in);
    jpeg_create_compress(&to);
    jpeg_mem_src(&in, file.data, file.size);
    for (int marker = 0; marker < 16; marker++)
        jpeg_save_markers(&in, JPEG_APP0 + marker, 0xFFFF);
    jpeg_read_header(&in, TRUE);
    jvirt_barray_ptr *arrays = jpeg_read_coefficients(&in);
    change_coefficients(&in, arrays[c->component], c);
    jpeg_copy_critical_parameters(&in, &to);
    to.optimize_coding = TRUE;
    to.write_JFIF_header = to.write_Adobe_marker = FALSE;
    jpeg_mem_dest(&to, &made, &size);
    jpeg_write_coefficients(&to, arrays);
    for (jpeg_saved_marker_ptr m = in.marker_list; m; m = m->next)
        jpeg_write_marker(&to, m->marker, m->data, m->data_length);
    jpeg_finish_compress(&to);
    assert_int_equal(exn_buffer_append(out, made, size), EXN_OK);
    jpeg_destroy_compress(&to);
    jpeg_destroy_decompress(&in);
    free(made);
}

static exn_status verdict(const pair *p, int component, int k, uint64_t count)
{
    exn_buffer out = {0};

    rewrite(product_of(p), &(change){component, k, count, false}, &out);
    const exn_status status = verify(p, exn_buffer_span(&out), &p->result);
    exn_buffer_free(&out);
    return status;
}

/* One coefficient of any number, in any exact component. */
static void one_coefficient(void **state)
{
    pair p;
    (void)state;

    for (uint32_t value = 1; value <= 8; value++) {
        if (value == 1) { /* pixels stay, and yet it is edited */
            exn_test_jpeg spec;
            exn_test_jpeg_init(&spec, 48, 32);
            spec.density_unit = 1;
            spec.x_density = 72;
            spec.y_density = 72;
            make_jpeg(&spec, 9, &p);
            normalize(&p);
            assert_int_equal(p.result.outcome, EXN_OUTCOME_METADATA);
        } else {
            open_jpeg(48, 32, value, &p);
            assert_int_equal(p.result.exact_components, 7);
        }
        exn_buffer same = {0};
        rewrite(product_of(&p), &(change){0, 0, 0, false}, &same);
        /* Other codes are no other picture, unless no picture was touched. */
        assert_int_equal(verify(&p, exn_buffer_span(&same), &p.result), EXN_OK);
        exn_buffer_free(&same);
        for (int k = 0; k < 64; k++)
            assert_int_equal(verdict(&p, k % 3, k, 1), EXN_MISMATCH);
        for (int i = 0; i < 3; i++) {
            exn_buffer last = {0};
            rewrite(product_of(&p), &(change){i, 63, 1, true}, &last);
            assert_int_equal(verify(&p, exn_buffer_span(&last), &p.result), EXN_MISMATCH);
            exn_buffer_free(&last);
        }
        free_pair(&p);
    }
}

/* Steps are all the same, and noise fills every coefficient: so rounding costs a twelfth of a
 * step's square each, and to be off by one more, on the average, a whole one. */
static void open_noise(int component_cut, exn_quality quality, pair *p)
{
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, 250, 250);
    exn_test_jpeg_sampling(&spec, component_cut ? "4:2:0" : "4:4:4");
    spec.noise = 120;
    spec.quality = 50;
    make_jpeg(&spec, 3, p);
    for (unsigned n = 0; n < 2; n++) {
        exn_test_segment dqt;
        assert_true(exn_test_jpeg_find(exn_buffer_span(&p->source), DQT, n, &dqt));
        memset(p->source.data + (dqt.payload.data - p->source.data) + 1, 8, 64);
    }
    p->options.quality = quality;
    normalize(p);
    assert_int_equal(p->result.exact_components, 0);
}

/* 0.1 dB below what the table allows: less passes, more does not. */
static void a_tenth_of_a_decibel(void **state)
{
    (void)state;

    for (int quality = 0; quality < 2; quality++) {
        pair p;
        open_noise(0, quality ? EXN_QUALITY_HIGH : EXN_QUALITY_SAME, &p);
        for (int component = 0; component < 3; component++) {
            /* Chroma has no noise: there most coefficients are 0, and rounding costs less. */
            const double all = 256. * 256, twelfth = component ? 0 : all / 12;
            if (component == 0) {
                assert_int_equal(verdict(&p, 0, -1, (uint64_t)(twelfth * 0.01)), EXN_OK);
                assert_int_equal(verdict(&p, 0, -1, (uint64_t)(twelfth * 0.05)), EXN_MISMATCH);
            }
            assert_int_equal(verdict(&p, component, -1, (uint64_t)(all / 12 * 0.07)), EXN_MISMATCH);
            assert_int_equal(verdict(&p, component, -1, (uint64_t)all / 8), EXN_MISMATCH);
        }
        free_pair(&p);
    }
}

/* What is cut is judged by its samples, what is not by its coefficients. */
static void exact_and_cut_components(void **state)
{
    pair p;
    (void)state;

    open_jpeg(72, 56, 6, &p);
    assert_int_equal(p.result.exact_components, 1);
    assert_int_equal(verdict(&p, 0, 5, 1), EXN_MISMATCH);
    assert_int_equal(verdict(&p, 1, -1, 500), EXN_MISMATCH);
    exn_result other = p.result;
    other.exact_components = 3; /* chroma is not what it would have to be */
    assert_int_equal(verify(&p, product_of(&p), &other), EXN_MISMATCH);
    other.exact_components = 5;
    assert_int_equal(verify(&p, product_of(&p), &other), EXN_MISMATCH);
    free_pair(&p);
}

/* --- Headers ------------------------------------------------------------------------------------
 */

/* A byte of the product, counted from a segment's payload, has other bits. */
static exn_status patched(const pair *p, uint8_t marker, size_t at, uint8_t bits)
{
    exn_buffer out = {0};
    exn_test_segment segment;

    assert_int_equal(exn_buffer_append(&out, p->product.data, p->product.size), EXN_OK);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&out), marker, 0, &segment));
    out.data[(size_t)(segment.payload.data - out.data) + at] ^= bits;
    const exn_status status = verify(p, exn_buffer_span(&out), &p->result);
    exn_buffer_free(&out);
    return status;
}

static void steps_and_sizes(void **state)
{
    static const uint32_t sizes[][2] = {{48, 32}, {45, 35}};
    (void)state;

    for (int n = 0; n < 2; n++) {
        pair p;
        open_jpeg(sizes[n][0], sizes[n][1], 6, &p);
        for (size_t k = 1; k <= 64; k++)
            assert_int_equal(patched(&p, DQT, k, 1), EXN_MISMATCH);
        assert_int_equal(patched(&p, SOF0, 2, 1), EXN_MISMATCH); /* height */
        assert_int_equal(patched(&p, SOF0, 4, 1), EXN_MISMATCH); /* width */
        exn_result other = p.result;
        other.width_out++;
        assert_int_equal(verify(&p, product_of(&p), &other), EXN_MISMATCH);
        other = p.result;
        other.height_out--;
        assert_int_equal(verify(&p, product_of(&p), &other), EXN_MISMATCH);
        free_pair(&p);
    }
}

/* Of a gray picture factors mean nothing, and are the source's all the same. A step that is finer
 * than it was may not be coarser, also where no coefficient has it. */
static void factors_and_finer_steps(void **state)
{
    exn_test_jpeg spec;
    exn_test_segment dqt;
    pair p;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    make_jpeg(&spec, 6, &p);
    normalize(&p);
    assert_int_equal(patched(&p, SOF0, 7, 0x33), EXN_MISMATCH);
    free_pair(&p);
    spec.noise = 0;
    spec.width = 45;
    make_jpeg(&spec, 2, &p);
    p.options.quality = EXN_QUALITY_HIGH;
    normalize(&p);
    assert_int_equal(p.result.exact_components, 0);
    assert_true(exn_test_jpeg_find(product_of(&p), DQT, 0, &dqt));
    assert_int_equal(patched(&p, DQT, 64, dqt.payload.data[64] ^ 255), EXN_MISMATCH);
    free_pair(&p);
}

/* What gives coefficients their colours: of pixels that are turned and of such as stay. */
static void another_colour_space(void **state)
{
    enum { APP14 = 0xEE, TRANSFORM = 11 };
    (void)state;

    for (uint32_t value = 6; value <= 9; value += 3) {
        exn_test_jpeg spec;
        pair p;
        exn_test_jpeg_init(&spec, 48, 32);
        exn_test_jpeg_space(&spec, JCS_RGB);
        make_jpeg(&spec, value, &p);
        normalize(&p);
        assert_int_equal(patched(&p, APP14, TRANSFORM, 1), EXN_MISMATCH);
        free_pair(&p);
    }
}

/* Where pixels stay nothing is decoded to compare them: whatever differs is seen all the same. */
static void pixels_that_stay(void **state)
{
    exn_test_jpeg spec;
    exn_test_segment sos;
    pair p;
    (void)state;

    exn_test_jpeg_init(&spec, 48, 32);
    make_jpeg(&spec, 9, &p);
    for (int decode_all = 0; decode_all < 2; decode_all++) {
        p.options.decode_all = decode_all;
        normalize(&p);
        assert_int_equal(p.result.outcome, EXN_OUTCOME_METADATA);
        assert_true(exn_test_jpeg_find(product_of(&p), SOS, 0, &sos));
        for (size_t at = 1; at < sos.entropy.size; at += 7)
            assert_int_not_equal(patched(&p, SOS, sos.payload.size + at, 4), EXN_OK);
        for (size_t k = 1; k <= 64; k++)
            assert_int_equal(patched(&p, DQT, k, 1), EXN_MISMATCH);
        assert_int_not_equal(patched(&p, SOF0, 6, 7), EXN_OK); /* the first component's id */
        exn_result other = p.result;
        other.exact_components = 3;
        assert_int_equal(verify(&p, product_of(&p), &other), EXN_MISMATCH);
        exn_bytes_free(&p.product);
    }
    free_pair(&p);
}

/* The output of another source: that differs in sampling, in components, in format. */
static void other_pictures(void **state)
{
    pair p, q;
    exn_test_jpeg spec;
    (void)state;

    open_jpeg(48, 32, 6, &p);
    exn_test_jpeg_init(&spec, 48, 32);
    exn_test_jpeg_sampling(&spec, "4:2:2");
    make_jpeg(&spec, 6, &q);
    normalize(&q);
    assert_int_equal(verify(&p, product_of(&q), &p.result), EXN_MISMATCH);
    free_pair(&q);
    exn_test_jpeg_space(&spec, JCS_GRAYSCALE);
    make_jpeg(&spec, 6, &q);
    normalize(&q);
    assert_int_equal(verify(&p, product_of(&q), &p.result), EXN_MISMATCH);
    free_pair(&q);
    open_jpeg(48, 32, 8, &q); /* the same picture, turned the other way */
    assert_int_equal(verify(&p, product_of(&q), &p.result), EXN_MISMATCH);
    free_pair(&q);
    free_pair(&p);
}

/* What would be turned once more is no output. */
static void a_trace_is_left(void **state)
{
    static const char xmp[] =
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/></rdf:RDF></x:xmpmeta>";
    pair p;
    exn_buffer again = {0};
    (void)state;

    open_jpeg(48, 32, 6, &p);
    assert_true(exn_test_insert_segment(product_of(&p), 2, APP1,
                                        (exn_span){(const uint8_t *)xmp, sizeof xmp - 1}, &again));
    assert_int_equal(verify(&p, exn_buffer_span(&again), &p.result), EXN_MISMATCH);
    exn_buffer_free(&again);
    free_pair(&p);
}

/* Bytes behind EOI are the source's. */
static void bytes_behind_the_picture(void **state)
{
    for (int turn = 0; turn < 2; turn++) {
        pair p;
        exn_buffer other = {0};
        exn_test_jpeg spec;
        (void)state;

        exn_test_jpeg_init(&spec, 48, 32);
        make_jpeg(&spec, turn ? 6 : 9, &p);
        assert_int_equal(exn_buffer_append(&p.source, "behind", 6), EXN_OK);
        normalize(&p);
        assert_int_equal(exn_buffer_append(&other, p.product.data, p.product.size), EXN_OK);
        other.data[other.size - 1] ^= 1;
        assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
        other.size -= 1;
        assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
        exn_buffer_free(&other);
        free_pair(&p);
    }
}

/* --- Further pictures ---------------------------------------------------------------------------
 */

static void open_pictures(uint32_t value, pair *p)
{
    exn_test_jpeg spec;
    exn_buffer primary = {0}, gain = {0};
    exn_test_multi multi = {.orientation = value, .mpf = true, .count = 1};

    *p = (pair){.result.struct_size = sizeof(exn_result)};
    exn_options_init(&p->options, sizeof p->options);
    exn_test_jpeg_init(&spec, 48, 32);
    exn_test_jpeg_made(&spec, &primary);
    exn_test_jpeg_init(&spec, 32, 16);
    exn_test_jpeg_made(&spec, &gain);
    assert_int_equal(exn_buffer_append(&gain, "tail", 4), EXN_OK);
    multi.primary = exn_buffer_span(&primary);
    multi.secondary[0] = (exn_test_secondary){.jpeg = exn_buffer_span(&gain), .gap = 3};
    multi.trailer = (exn_span){(const uint8_t *)"trailer", 7};
    assert_true(exn_test_multi_make(&multi, &p->source));
    normalize(p);
    exn_buffer_free(&primary);
    exn_buffer_free(&gain);
}

/* The second picture, the gap before it, its entry in the index, and what is behind it. */
static void further_pictures(void **state)
{
    (void)state;

    for (int turn = 0; turn < 2; turn++) {
        pair p;
        exn_buffer other = {0};
        exn_test_index index;
        open_pictures(turn ? 6 : 9, &p);
        assert_int_equal(exn_buffer_append(&other, p.product.data, p.product.size), EXN_OK);
        exn_test_index_read(exn_buffer_span(&other), &index);
        assert_int_equal(index.count, 2);
        const exn_span second = exn_test_indexed(exn_buffer_span(&other), &index, 1);
        assert_true(second.size > 0);
        const size_t at = (size_t)(second.data - other.data);
        const size_t size = index.at + 16 + 4 + 3, offset = size + 4;
        const size_t wrong[] = {at - 1, at + second.size, other.size - 1, size, offset};
        for (size_t n = 0; n < sizeof wrong / sizeof *wrong; n++) {
            other.data[wrong[n]] ^= 1;
            assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
            other.data[wrong[n]] ^= 1;
        }
        if (!turn) { /* behind its own EOI */
            other.data[at + second.size - 1] ^= 1;
            assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
            other.data[at + second.size - 1] ^= 1;
        }
        /* A step of it. */
        exn_test_segment dqt;
        assert_true(exn_test_jpeg_find(second, DQT, 0, &dqt));
        const size_t step = at + (size_t)(dqt.payload.data - second.data) + 9;
        other.data[step] ^= 1;
        assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
        other.data[step] ^= 1;
        exn_result dropped = p.result;
        dropped.warnings |= 1u << EXN_WARN_SECONDARY_DROPPED;
        assert_int_equal(verify(&p, exn_buffer_span(&other), &dropped), EXN_MISMATCH);
        exn_buffer_free(&other);
        free_pair(&p);
    }
}

/* A further picture that would be turned once more. The control differs in that alone. */
static void a_trace_in_a_further_picture(void **state)
{
    char why[EXN_TEST_WHY];
    pair p;
    exn_test_jpeg spec;
    exn_buffer first = {0}, second = {0}, turned = {0};
    exn_buffer pictures[2] = {{0}};
    (void)state;

    open_pictures(6, &p);
    exn_test_jpeg_init(&spec, 48, 32);
    exn_test_jpeg_made(&spec, &first);
    assert_true(exn_test_jpegtran(exn_buffer_span(&first), 6, NULL, &turned, why));
    exn_test_jpeg_init(&spec, 32, 16);
    exn_test_jpeg_made(&spec, &second);
    assert_true(exn_test_jpegtran(exn_buffer_span(&second), 6, NULL, &pictures[0], why));
    assert_true(exn_test_tag(exn_buffer_span(&pictures[0]), 6, &pictures[1]));
    for (int trace = 0; trace < 2; trace++) {
        exn_buffer made = {0};
        exn_test_multi multi = {.orientation = 1, .mpf = true, .count = 1};
        multi.primary = exn_buffer_span(&turned);
        multi.secondary[0] =
            (exn_test_secondary){.jpeg = exn_buffer_span(&pictures[trace]), .gap = 3};
        multi.trailer = (exn_span){(const uint8_t *)"trailer", 7};
        assert_true(exn_test_multi_make(&multi, &made));
        assert_int_equal(verify(&p, exn_buffer_span(&made), &p.result),
                         trace ? EXN_MISMATCH : EXN_OK);
        exn_buffer_free(&made);
        exn_buffer_free(&pictures[trace]);
    }
    exn_buffer_free(&first);
    exn_buffer_free(&second);
    exn_buffer_free(&turned);
    free_pair(&p);
}

/* --- PNG ----------------------------------------------------------------------------------------
 */

static void open_png(const exn_test_png *spec, uint8_t *pixels, uint32_t value, pair *p)
{
    exn_buffer plain = {0}, tiff = {0};
    const exn_test_exif exif = {.orientation = (uint16_t)value};

    *p = (pair){.result.struct_size = sizeof(exn_result)};
    exn_options_init(&p->options, sizeof p->options);
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_png_write(spec, pixels, &plain));
    assert_true(exn_test_png_insert(exn_buffer_span(&plain), "eXIf", exn_buffer_span(&tiff), true,
                                    &p->source));
    normalize(p);
    exn_buffer_free(&tiff);
    exn_buffer_free(&plain);
}

/* One bit of one sample of the output, the first, the last and some between. */
static void one_sample(void **state)
{
    static const struct {
        uint8_t depth, colour_type;
        bool interlaced;
    } kinds[] = {{8, 2, false}, {16, 6, false}, {8, 0, true}, {1, 0, false}, {8, 4, true}};
    (void)state;

    for (size_t n = 0; n < sizeof kinds / sizeof *kinds; n++)
        for (uint32_t value = 2; value <= 9; value += n ? 4 : 1) {
            exn_test_png spec = {.width = 13,
                                 .height = 9,
                                 .depth = kinds[n].depth,
                                 .colour_type = kinds[n].colour_type,
                                 .interlaced = kinds[n].interlaced},
                         read;
            uint8_t *pixels = exn_test_png_pixels(&spec), *turned;
            pair p;
            open_png(&spec, pixels, value, &p);
            assert_true(exn_test_png_read(product_of(&p), &read, &turned));
            const size_t size = (size_t)read.width * read.height * exn_test_png_pixel_size(&read);
            for (size_t at = 0; at < size; at = at == size - 1   ? size
                                                : at + 31 < size ? at + 31
                                                                 : size - 1) {
                exn_buffer other = {0};
                turned[at] ^= 1;
                assert_true(exn_test_png_write(&read, turned, &other));
                assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
                turned[at] ^= 1;
                exn_buffer_free(&other);
            }
            free(turned);
            free(pixels);
            free_pair(&p);
        }
}

/* Samples are compared in tiles of 64 by 64: on both sides of their edges, and at the picture's. */
static void samples_at_edges_of_tiles(void **state)
{
    static const uint32_t places[] = {0, 63, 64, 65, 127, 128, UINT32_MAX};
    enum { PLACES = sizeof places / sizeof *places };
    (void)state;

    for (uint32_t value = 3; value <= 8; value += 3 - value / 6) {
        exn_test_png spec = {.width = 130, .height = 135, .depth = 8}, read;
        uint8_t *pixels = exn_test_png_pixels(&spec), *turned;
        pair p;
        open_png(&spec, pixels, value, &p);
        assert_true(exn_test_png_read(product_of(&p), &read, &turned));
        for (int n = 0; n < PLACES * PLACES; n++) {
            exn_buffer other = {0};
            uint32_t x = places[n % PLACES], y = places[n / PLACES];
            x = x < read.width ? x : read.width - 1;
            y = y < read.height ? y : read.height - 1;
            turned[y * read.width + x] ^= 1;
            assert_true(exn_test_png_write(&read, turned, &other));
            assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
            turned[y * read.width + x] ^= 1;
            exn_buffer_free(&other);
        }
        free(turned);
        free(pixels);
        free_pair(&p);
    }
}

/* Other headers for the same samples, and sizes that were not promised. */
static void png_headers(void **state)
{
    exn_test_png spec = {.width = 12, .height = 12, .depth = 8, .colour_type = 2}, read;
    uint8_t *pixels = exn_test_png_pixels(&spec), *turned;
    pair p, jpeg;
    exn_buffer other = {0};
    (void)state;

    open_png(&spec, pixels, 6, &p);
    assert_true(exn_test_png_read(product_of(&p), &read, &turned));
    read.interlaced = true;
    assert_true(exn_test_png_write(&read, turned, &other));
    assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
    other.size = 0;
    read.interlaced = false;
    read.colour_type = 0; /* a third of the samples */
    assert_true(exn_test_png_write(&read, turned, &other));
    assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
    exn_result wrong = p.result;
    wrong.width_out = 13;
    assert_int_equal(verify(&p, product_of(&p), &wrong), EXN_MISMATCH);
    open_jpeg(12, 12, 6, &jpeg);
    assert_int_equal(verify(&p, product_of(&jpeg), &p.result), EXN_MISMATCH);
    assert_int_equal(verify(&jpeg, product_of(&p), &jpeg.result), EXN_MISMATCH);
    free_pair(&jpeg);
    free(turned);
    free(pixels);
    exn_buffer_free(&other);
    free_pair(&p);
}

/* One pixel of 4 bits, and one of 2 whose row is the same byte. */
static void another_depth(void **state)
{
    const exn_test_png four = {.width = 1, .height = 1, .depth = 4},
                       two = {.width = 1, .height = 1, .depth = 2};
    uint8_t of_four = 8, of_two = 2;
    pair p;
    exn_buffer other = {0};
    (void)state;

    open_png(&four, &of_four, 6, &p);
    assert_true(exn_test_png_write(&four, &of_four, &other));
    assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_OK);
    other.size = 0;
    assert_true(exn_test_png_write(&two, &of_two, &other));
    assert_int_equal(verify(&p, exn_buffer_span(&other), &p.result), EXN_MISMATCH);
    exn_buffer_free(&other);
    free_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_coefficient),
        cmocka_unit_test(a_tenth_of_a_decibel),
        cmocka_unit_test(exact_and_cut_components),
        cmocka_unit_test(steps_and_sizes),
        cmocka_unit_test(factors_and_finer_steps),
        cmocka_unit_test(another_colour_space),
        cmocka_unit_test(pixels_that_stay),
        cmocka_unit_test(other_pictures),
        cmocka_unit_test(a_trace_is_left),
        cmocka_unit_test(bytes_behind_the_picture),
        cmocka_unit_test(further_pictures),
        cmocka_unit_test(a_trace_in_a_further_picture),
        cmocka_unit_test(one_sample),
        cmocka_unit_test(samples_at_edges_of_tiles),
        cmocka_unit_test(png_headers),
        cmocka_unit_test(another_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
