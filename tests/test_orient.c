/* SPDX-License-Identifier: MIT */
/* exn_orient(): any JPEG or PNG is rotated by the orientation that the caller gives, whatever the
 * file says. Pixels are held against the words of EXIF (support/naive.h) by libpng, and by
 * libjpeg's coefficients (support/jpeg_oracle.h); metadata against what a run makes of a file that
 * says the same itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exifnorm.h"

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/naive.h"
#include "support/pass.h"
#include "support/png_make.h"

typedef struct oriented {
    exn_bytes output;
    exn_result result;
} oriented;

/* What exn_orient() makes of it, with all that has to hold of any file. To be freed. */
static oriented orient(exn_span file, uint32_t given)
{
    oriented o = {.result.struct_size = sizeof(exn_result)};
    exn_result looked = {.struct_size = sizeof(exn_result)};
    exn_options options;
    exn_error error;
    exn_options_init(&options, sizeof options);
    if (exn_orient(file.data, file.size, given, NULL, &o.output, &o.result, &error) != EXN_OK)
        fail_msg("by %u: %s", given, error.detail);
    assert_int_equal(o.result.orientation_given, given);
    options.orientation = given;
    assert_int_equal(exn_test_check(file, &options, &looked), EXN_OK);
    assert_int_equal(looked.transform, o.result.transform);
    assert_int_equal(looked.orientation, o.result.orientation);
    assert_int_equal(looked.width_out, o.result.width_out);
    assert_int_equal(looked.height_out, o.result.height_out);
    assert_int_equal(looked.outcome == EXN_OUTCOME_UNTOUCHED, o.output.data == NULL);
    if (!o.output.data)
        return o;
    if (exn_verify(file.data, file.size, o.output.data, o.output.size, NULL, &o.result, &error) !=
        EXN_OK)
        fail_msg("by %u: verify: %s", given, error.detail);
    assert_int_equal(exn_test_check((exn_span){o.output.data, o.output.size}, NULL, &looked),
                     EXN_OK);
    assert_int_equal(looked.outcome, EXN_OUTCOME_UNTOUCHED);
    return o;
}

static exn_span shown(const oriented *o, exn_span source)
{
    return o->output.data ? (exn_span){o->output.data, o->output.size} : source;
}

/* --- PNG ------------------------------------------------------------------------------------- */

static const struct {
    uint8_t colour_type, depth;
} types[15] = {{0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1},
               {3, 2}, {3, 4}, {3, 8}, {4, 8}, {4, 16}, {6, 8}, {6, 16}};

static exn_test_png png_of(size_t type, bool interlaced)
{
    exn_test_png png = {.width = 13, .height = 6, .interlaced = interlaced};
    png.colour_type = types[type].colour_type;
    png.depth = types[type].depth;
    if (png.colour_type == 3) {
        png.palette_size = (size_t)3 << png.depth;
        png.trns_size = png.palette_size / 3 - 1;
    } else if (png.colour_type < 3) {
        png.trns_size = png.colour_type == 0 ? 2 : 6;
    }
    for (size_t i = 0; i < png.palette_size; i++)
        png.palette[i] = (uint8_t)(i * 7 + 1);
    for (size_t i = 0; i < png.trns_size; i++)
        png.trns[i] = (uint8_t)(png.colour_type == 3 ? 255 - i * 3 : i & 1);
    return png;
}

static void tag_png(exn_buffer *file, uint32_t own)
{
    exn_buffer tiff = {0}, out = {0};
    exn_test_exif exif = {.orientation = (uint16_t)own};
    if (own == 0)
        return;
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(
        exn_test_png_insert(exn_buffer_span(file), "eXIf", exn_buffer_span(&tiff), true, &out));
    exn_buffer_free(&tiff);
    exn_buffer_free(file);
    *file = out;
}

/* Type, palette and transparency are the source's, and every sample is where EXIF says. */
static void check_png(const exn_test_png *png, const uint8_t *pixels, exn_span file, uint32_t given)
{
    const size_t pixel = exn_test_png_pixel_size(png), size = pixel * png->width * png->height;
    exn_test_png made;
    uint8_t *found, *wanted = malloc(size);
    oriented o = orient(file, given);
    assert_non_null(wanted);
    exn_test_naive_rotate(given, pixels, png->width, png->height, pixel, wanted);
    assert_true(exn_test_png_read(shown(&o, file), &made, &found));
    assert_int_equal(made.width, given < 5 ? png->width : png->height);
    assert_int_equal(made.height, given < 5 ? png->height : png->width);
    assert_int_equal(made.colour_type, png->colour_type);
    assert_int_equal(made.depth, png->depth);
    assert_int_equal(made.interlaced, png->interlaced);
    assert_int_equal(made.palette_size, png->palette_size);
    assert_memory_equal(made.palette, png->palette, sizeof png->palette);
    assert_int_equal(made.trns_size, png->trns_size);
    assert_memory_equal(made.trns, png->trns, png->trns_size);
    assert_memory_equal(found, wanted, size);
    assert_int_equal(o.result.outcome, given > 1               ? EXN_OUTCOME_LOSSLESS
                                       : o.result.reasons == 0 ? EXN_OUTCOME_UNTOUCHED
                                                               : EXN_OUTCOME_METADATA);
    free(found);
    free(wanted);
    exn_bytes_free(&o.output);
}

static void every_png_type(void **state)
{
    (void)state;
    for (size_t type = 0; type < 15; type++)
        for (int interlaced = 0; interlaced < 2; interlaced++)
            for (uint32_t own = 0; own <= 8; own += own ? 5 : 1) { /* none, 1 and 6 */
                exn_test_png png = png_of(type, interlaced);
                uint8_t *pixels = exn_test_png_pixels(&png);
                exn_buffer file = {0};
                assert_true(exn_test_png_write(&png, pixels, &file));
                tag_png(&file, own);
                for (uint32_t given = 1; given <= 8; given++)
                    check_png(&png, pixels, exn_buffer_span(&file), given);
                exn_buffer_free(&file);
                free(pixels);
            }
}

/* --- JPEG ------------------------------------------------------------------------------------ */

typedef struct coding {
    const char *name, *sampling;
    bool progressive, arithmetic, optimize, noninterleaved, wide;
    unsigned restart;
    J_COLOR_SPACE space;
} coding;

static const coding codings[] = {
    {.name = "baseline", .sampling = "4:2:0"},
    {.name = "optimized, 4:2:2", .sampling = "4:2:2", .optimize = true},
    {.name = "4:4:4, restarts", .sampling = "4:4:4", .restart = 3},
    {.name = "4:4:0 in scans of one", .sampling = "4:4:0", .noninterleaved = true},
    {.name = "progressive", .sampling = "4:2:0", .progressive = true},
    {.name = "arithmetic", .sampling = "4:2:0", .arithmetic = true},
    {.name = "both", .sampling = "4:1:1", .progressive = true, .arithmetic = true},
    {.name = "16-bit tables", .sampling = "4:2:0", .wide = true},
    {.name = "grayscale", .space = JCS_GRAYSCALE},
    {.name = "RGB", .space = JCS_RGB},
    {.name = "CMYK", .space = JCS_CMYK},
    {.name = "YCCK", .space = JCS_YCCK},
};

static void make_jpeg(const coding *c, uint32_t width, uint32_t height, exn_buffer *file)
{
    char why[EXN_TEST_WHY];
    exn_test_jpeg spec;
    exn_test_jpeg_init(&spec, width, height);
    spec.noise = 8;
    if (c->space != JCS_UNKNOWN)
        exn_test_jpeg_space(&spec, c->space);
    else
        assert_true(exn_test_jpeg_sampling(&spec, c->sampling));
    spec.progressive = c->progressive;
    spec.arithmetic = c->arithmetic;
    spec.optimize = c->optimize;
    spec.noninterleaved = c->noninterleaved;
    spec.wide_tables = c->wide;
    spec.restart_interval = c->restart;
    if (!exn_test_jpeg_make(&spec, file, why))
        fail_msg("%s: %s", c->name, why);
}

static void check_jpeg(const coding *c, exn_span file, uint32_t given)
{
    char why[EXN_TEST_WHY] = "";
    exn_test_coefs before = {0}, after = {0};
    oriented o = orient(file, given);
    bool good = exn_test_jpeg_read(file, &before, why) &&
                exn_test_jpeg_read(shown(&o, file), &after, why) &&
                exn_test_same_frame(&before, &after, given, why);
    const uint32_t exact = exn_test_exact_set(&before, given);
    assert_true(given == 1 || o.result.exact_components == exact);
    for (int i = 0; good && i < before.components; i++)
        good = exact >> i & 1 ? exn_test_same_coefficients(&before, &after, i, given, why)
                              : exn_test_component_is_close(&before, &after, i, given, why);
    if (!good)
        fail_msg("%s by %u: %s", c->name, given, why);
    exn_test_coefs_free(&before);
    exn_test_coefs_free(&after);
    exn_bytes_free(&o.output);
}

static void every_jpeg_coding(void **state)
{
    static const uint32_t sizes[][2] = {{64, 48}, {61, 43}};
    (void)state;
    for (size_t c = 0; c < sizeof codings / sizeof codings[0]; c++)
        for (size_t s = 0; s < 2; s++)
            for (uint32_t own = 0; own <= 8; own += own ? 5 : 1) {
                exn_buffer file = {0}, tagged = {0};
                make_jpeg(&codings[c], sizes[s][0], sizes[s][1], &file);
                if (own)
                    assert_true(exn_test_tag(exn_buffer_span(&file), own, &tagged));
                for (uint32_t given = 1; given <= 8; given++)
                    check_jpeg(&codings[c], exn_buffer_span(own ? &tagged : &file), given);
                exn_buffer_free(&file);
                exn_buffer_free(&tagged);
            }
}

/* --- Metadata -------------------------------------------------------------------------------- */

/* Copies file with the tag of IFD0, the first one in it, changed from one value to another. */
static exn_buffer retag(exn_span file, uint32_t from, uint32_t to)
{
    const uint8_t old[] = {0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (uint8_t)from};
    exn_buffer copy = {0};
    assert_int_equal(exn_buffer_append(&copy, file.data, file.size), EXN_OK);
    uint8_t *tag = memmem(copy.data, copy.size, old, sizeof old);
    assert_non_null(tag);
    tag[sizeof old - 1] = (uint8_t)to;
    return copy;
}

/* Of a camera's file with a thumbnail, sizes and resolutions, regions in XMP and a density. */
static void make_rich(uint32_t own, exn_buffer *file)
{
    static const char xmp[] =
        "http://ns.adobe.com/xap/1.0/\0"
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        "xmlns:mwg-rs='http://www.metadataworkinggroup.com/schemas/regions/' "
        "xmlns:stDim='http://ns.adobe.com/xap/1.0/sType/Dimensions#' "
        "xmlns:stArea='http://ns.adobe.com/xmp/sType/Area#'><mwg-rs:Regions "
        "rdf:parseType='Resource'><mwg-rs:AppliedToDimensions stDim:w='64' stDim:h='48' "
        "stDim:unit='pixel'/><mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description "
        "mwg-rs:Type='Face'><mwg-rs:Area stArea:x='0.25' stArea:y='0.125' stArea:w='0.125' "
        "stArea:h='0.0625' stArea:unit='normalized'/></rdf:Description></rdf:li></rdf:Bag>"
        "</mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>";
    exn_buffer bare = {0}, small = {0}, tiff = {0}, described = {0};
    make_jpeg(&codings[0], 64, 48, &bare);
    make_jpeg(&codings[0], 32, 24, &small);
    exn_test_exif exif = {.big_endian = true,
                          .orientation = (uint16_t)own,
                          .pixel_width = 64,
                          .pixel_height = 48,
                          .resolution = 300,
                          .maker_note = true,
                          .thumbnail = exn_buffer_span(&small)};
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_jpeg_insert(exn_buffer_span(&bare), 0xE1,
                                     (exn_span){(const uint8_t *)xmp, sizeof xmp - 1}, &described));
    assert_true(
        exn_test_jpeg_insert_exif(exn_buffer_span(&described), exn_buffer_span(&tiff), file));
    exn_buffer_free(&bare);
    exn_buffer_free(&small);
    exn_buffer_free(&tiff);
    exn_buffer_free(&described);
}

/* Given v, a file that says anything becomes what a run makes of the one that says v. */
static void metadata_is_moved_as_in_a_run(void **state)
{
    exn_buffer six = {0};
    (void)state;
    make_rich(6, &six);
    for (uint32_t v = 2; v <= 8; v++) {
        exn_buffer says_v = retag(exn_buffer_span(&six), 6, v);
        exn_test_pass run = exn_test_pass_make(exn_buffer_span(&says_v), NULL);
        assert_non_null(run.product.data);
        for (uint32_t own = 1; own <= 8; own++) {
            exn_buffer says_own = retag(exn_buffer_span(&six), 6, own);
            oriented o = orient(exn_buffer_span(&says_own), v);
            assert_int_equal(o.output.size, run.product.size);
            assert_memory_equal(o.output.data, run.product.data, run.product.size);
            assert_int_equal(o.result.orientation, own);
            assert_int_equal(o.result.outcome, run.result.outcome);
            exn_bytes_free(&o.output);
            exn_buffer_free(&says_own);
        }
        exn_test_pass_free(&run);
        exn_buffer_free(&says_v);
    }
    exn_buffer_free(&six);
}

/* --- What it says ---------------------------------------------------------------------------- */

static void expect_bad(exn_span file, uint32_t given, const exn_options *options, const char *words)
{
    exn_bytes output = {(uint8_t *)1, 7};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    assert_int_equal(exn_orient(file.data, file.size, given, options, &output, &result, &error),
                     EXN_BAD_ARGUMENT);
    assert_non_null(strstr(error.detail, words));
    assert_null(output.data);
    assert_int_equal(result.outcome, EXN_OUTCOME_FAILED);
}

static void arguments(void **state)
{
    static const uint32_t none[] = {0, 9, 255, UINT32_MAX};
    exn_buffer file = {0};
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes output;
    (void)state;
    make_rich(6, &file);
    exn_span span = exn_buffer_span(&file);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        expect_bad(span, none[i], NULL, "1 to 8 expected");
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    expect_bad(span, 1, &options, "mode keeps the pixels");
    options.orientation = 3;
    assert_int_equal(exn_normalize(span.data, span.size, &options, &output, &result, NULL),
                     EXN_BAD_ARGUMENT);
    exn_options_init(&options, sizeof options);
    options.orientation = 9;
    expect_bad(span, 1, &options, "options: orientation is 9");
    options.orientation = 7; /* the argument counts */
    assert_int_equal(exn_orient(span.data, span.size, 2, &options, &output, &result, NULL), EXN_OK);
    assert_int_equal(result.transform, EXN_TRANSFORM_FLIP_X);
    exn_bytes_free(&output);
    expect_bad((exn_span){NULL, 8}, 1, NULL, "data is NULL");
    exn_buffer_free(&file);
}

/* A result that says another orientation than was given does not verify. */
static void verify_knows_what_was_given(void **state)
{
    exn_buffer file = {0};
    (void)state;
    make_jpeg(&codings[0], 64, 48, &file);
    oriented o = orient(exn_buffer_span(&file), 3);
    for (uint32_t other = 0; other <= 8; other++) {
        exn_result wrong = o.result;
        wrong.orientation_given = other;
        assert_int_equal(
            exn_verify(file.data, file.size, o.output.data, o.output.size, NULL, &wrong, NULL),
            other == 3 ? EXN_OK : EXN_MISMATCH);
    }
    exn_bytes_free(&o.output);
    exn_buffer_free(&file);
}

static exn_buffer read_file(const char *name)
{
    exn_buffer file = {0};
    uint8_t part[4096];
    FILE *stream = fopen(name, "rbe");
    assert_non_null(stream);
    for (size_t n; (n = fread(part, 1, sizeof part, stream)) > 0;)
        assert_int_equal(exn_buffer_append(&file, part, n), EXN_OK);
    fclose(stream);
    return file;
}

/* What is never rewritten is not shown as it should be, and says so. */
static void other_formats(void **state)
{
    static const char *const names[] = {"testdata/other/still-1.webp",
                                        "testdata/other/still-1.tiff",
                                        "testdata/other/container.avif"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        exn_buffer file = read_file(names[i]);
        for (uint32_t given = 1; given <= 8; given++) {
            exn_result result = {.struct_size = sizeof(exn_result)}, looked = result;
            exn_options options;
            exn_bytes output;
            assert_int_equal(exn_orient(file.data, file.size, given, NULL, &output, &result, NULL),
                             EXN_OK);
            assert_null(output.data);
            assert_int_equal(result.outcome, given > 1 ? EXN_OUTCOME_UNSUPPORTED
                                             : i == 0  ? EXN_OUTCOME_UNTOUCHED
                                                       : EXN_OUTCOME_COPIED);
            exn_options_init(&options, sizeof options);
            options.orientation = given;
            assert_int_equal(exn_test_check(exn_buffer_span(&file), &options, &looked), EXN_OK);
            assert_int_equal(looked.outcome, result.outcome);
        }
        exn_buffer_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_png_type),
        cmocka_unit_test(every_jpeg_coding),
        cmocka_unit_test(metadata_is_moved_as_in_a_run),
        cmocka_unit_test(arguments),
        cmocka_unit_test(verify_knows_what_was_given),
        cmocka_unit_test(other_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
