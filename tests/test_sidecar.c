/* SPDX-License-Identifier: MIT */
/* exn_normalize_sidecar(): what it says of packets for every kind of image, and that nothing is
 * edited where nobody knows how. Where regions go is in test_xmp.c and cli/sidecar.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <exifnorm.h>
#include <string.h>
#include <cmocka.h>

#define OPEN                                                                                       \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "                                                \
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "       \
    "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:exif='http://ns.adobe.com/exif/1.0/' "
#define SHUT "/></rdf:RDF></x:xmpmeta>"

static const char six[] = OPEN "tiff:Orientation='6' exif:PixelXDimension='4' "
                               "exif:PixelYDimension='3'" SHUT;
static const char one[] = OPEN "tiff:Orientation='1' exif:PixelXDimension='4'" SHUT;
static const char none[] = OPEN "tiff:Make='M'" SHUT;
static const char wide[] = "\xFF\xFE<\0O\0r\0i\0e\0n\0t\0a\0t\0i\0o\0n\0>\0"
                           "6\0<\0";
static const char no_xmp[] = "static char *xpm[] = {};";

static exn_result turned(exn_format format, uint32_t orientation, uint32_t transform)
{
    return (exn_result){.struct_size = sizeof(exn_result),
                        .format = format,
                        .outcome = transform ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_UNTOUCHED,
                        .orientation = orientation,
                        .width_in = 4,
                        .height_in = 3,
                        .transform = transform};
}

/* 6: reverse y, then exchange the axes. */
#define TURN_6 (EXN_TRANSFORM_FLIP_Y | EXN_TRANSFORM_TRANSPOSE)

static exn_result expect(const char *data, size_t size, const exn_result *image, exn_status status,
                         exn_outcome outcome, const char *in_product)
{
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    assert_int_equal(exn_normalize_sidecar(data, size, image, NULL, &product, &result, &error),
                     status);
    assert_int_equal(result.outcome, outcome);
    assert_int_equal(result.format, EXN_FORMAT_XMP);
    assert_int_equal(product.data != NULL, outcome == EXN_OUTCOME_METADATA);
    if (product.data) {
        assert_null(memmem(product.data, product.size, "Orientation", strlen("Orientation")));
        assert_non_null(memmem(product.data, product.size, in_product, strlen(in_product)));
    }
    exn_bytes_free(&product);
    return result;
}

#define EXPECT(packet, image, status, outcome, in_product)                                         \
    expect(packet, sizeof(packet) - 1, image, status, EXN_OUTCOME_##outcome, in_product)

static void test_image(void **state)
{
    (void)state;
    const exn_result jpeg = turned(EXN_FORMAT_JPEG, 6, TURN_6);
    exn_result r =
        EXPECT(six, &jpeg, EXN_OK, METADATA, "PixelXDimension='3' exif:PixelYDimension='4'");
    assert_int_equal(r.orientation, 6);
    assert_int_equal(r.reasons, 1u << EXN_REASON_XMP);
    assert_int_equal(r.warnings, 0);
    assert_int_equal(r.transform, 0);
    r = EXPECT(one, &jpeg, EXN_OK, METADATA, "PixelXDimension='3'");
    assert_int_equal(r.warnings, 1u << EXN_WARN_XMP_ORIENTATION);
    EXPECT(none, &jpeg, EXN_OK, COPIED, NULL);
    EXPECT(no_xmp, &jpeg, EXN_OK, COPIED, NULL);
    const exn_result dropped = turned(EXN_FORMAT_PNG, 6, 0);
    EXPECT(six, &dropped, EXN_OK, METADATA, "PixelXDimension='4' exif:PixelYDimension='3'");
    EXPECT(one, &dropped, EXN_OK, COPIED, NULL);
    const exn_result plain = turned(EXN_FORMAT_JPEG, 0, 0);
    r = EXPECT(six, &plain, EXN_OK, METADATA, "PixelXDimension='4'");
    assert_int_equal(r.warnings, 1u << EXN_WARN_XMP_ORIENTATION);
}

/* The pixels were rotated by the given orientation, whatever the image's own says. */
static void test_given(void **state)
{
    (void)state;
    exn_result jpeg = turned(EXN_FORMAT_JPEG, 1, TURN_6);
    jpeg.orientation_given = 6;
    exn_result r =
        EXPECT(six, &jpeg, EXN_OK, METADATA, "PixelXDimension='3' exif:PixelYDimension='4'");
    assert_int_equal(r.warnings, 0);
    exn_result plain = turned(EXN_FORMAT_JPEG, 6, 0);
    plain.orientation_given = 1;
    r = EXPECT(six, &plain, EXN_OK, METADATA, "PixelXDimension='4'");
    assert_int_equal(r.warnings, 1u << EXN_WARN_XMP_ORIENTATION);
}

static void test_no_image(void **state)
{
    (void)state;
    exn_result r = EXPECT(six, NULL, EXN_OK, UNSUPPORTED, NULL);
    assert_int_equal(r.orientation, 6);
    assert_int_equal(r.warnings, 1u << EXN_WARN_METADATA_STALE);
    r = EXPECT(one, NULL, EXN_OK, COPIED, NULL);
    assert_int_equal(r.warnings, 1u << EXN_WARN_METADATA_STALE);
    r = EXPECT(none, NULL, EXN_OK, COPIED, NULL);
    assert_int_equal(r.warnings, 0);
    exn_result raw = turned(EXN_FORMAT_TIFF, 6, 0);
    raw.outcome = EXN_OUTCOME_UNSUPPORTED;
    r = EXPECT(six, &raw, EXN_OK, UNSUPPORTED, NULL);
    assert_int_equal(r.warnings, 0);
    EXPECT(wide, NULL, EXN_OK, UNSUPPORTED, NULL);
    EXPECT("", NULL, EXN_OK, COPIED, NULL);
}

static void test_failures(void **state)
{
    (void)state;
    const exn_result jpeg = turned(EXN_FORMAT_JPEG, 6, TURN_6),
                     plain = turned(EXN_FORMAT_PNG, 1, 0);
    exn_options options;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    EXPECT(wide, &jpeg, EXN_UNSUPPORTED, FAILED, NULL);
    EXPECT(wide, &plain, EXN_UNSUPPORTED, FAILED, NULL);
    exn_options_init(&options, sizeof options);
    options.strict = true;
    assert_int_equal(
        exn_normalize_sidecar(six, sizeof six - 1, &plain, &options, &product, &result, NULL),
        EXN_REFUSED);
    assert_int_equal(
        exn_normalize_sidecar(six, sizeof six - 1, &jpeg, &options, &product, &result, NULL),
        EXN_OK);
    exn_bytes_free(&product);
    options.max_memory = 10;
    assert_int_equal(
        exn_normalize_sidecar(six, sizeof six - 1, &jpeg, &options, &product, &result, NULL),
        EXN_LIMIT);
    assert_null(product.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image),
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_no_image),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
