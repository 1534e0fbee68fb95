/* SPDX-License-Identifier: MIT */
/* Properties over rich files with a few bytes of their metadata changed at random (the same ones
 * every time): no crash; what has a product has one that verifies and needs nothing; exn_check()
 * and exn_normalize() agree. Best under the sanitizers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/png_make.h"

enum { SIZE = 16 };
static unsigned rounds = 500; /* --long: three times as many */

static const char attributes[] = EXN_TEST_TIFF_NS EXN_TEST_AREA_NS
    "xmlns:xmpNote='http://ns.adobe.com/xmp/note/' tiff:Orientation='6' tiff:ImageWidth='16'";
static const char content[] =
    "<tiff:Orientation>3</tiff:Orientation><mwg-rs:Regions rdf:parseType='Resource'>"
    "<mwg-rs:AppliedToDimensions stDim:w='16' stDim:h='16' stDim:unit='pixel'/>"
    "<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description>"
    "<mwg-rs:Area stArea:x='0.25' stArea:y='0.125' stArea:w='0.5' stArea:h='0.0625'"
    " stArea:unit='normalized'/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList>"
    "</mwg-rs:Regions>";

static uint32_t random_below(uint32_t *state, uint32_t bound)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)*state * bound) >> 32);
}

static exn_buffer tiny_jpeg(bool jfif)
{
    exn_test_jpeg jpeg;
    exn_buffer out = {0};
    exn_test_jpeg_init(&jpeg, SIZE, SIZE);
    jpeg.jfif = jfif;
    jpeg.density_unit = 1;
    jpeg.x_density = 100;
    jpeg.y_density = 200;
    exn_test_jpeg_made(&jpeg, &out);
    return out;
}

static exn_buffer block(void)
{
    exn_buffer thumbnail = tiny_jpeg(false), tiff = {0};
    const exn_test_exif exif = {.orientation = 6,
                                .exif_orientation = 3,
                                .ifd1_orientation = 8,
                                .pixel_width = SIZE,
                                .pixel_height = SIZE,
                                .maker_note = true,
                                .thumbnail = exn_buffer_span(&thumbnail)};
    assert_true(exn_test_exif_make(&exif, &tiff));
    exn_buffer_free(&thumbnail);
    return tiff;
}

/* The payload goes with it. */
static void put_front(exn_buffer *file, uint8_t marker, exn_buffer payload)
{
    exn_test_jpeg_put_front(file, marker, exn_buffer_span(&payload));
    exn_buffer_free(&payload);
}

static exn_buffer rich_jpeg(void)
{
    exn_buffer file = tiny_jpeg(true), irb = {0}, jfxx = {0}, tiff = block(), out = {0},
               packet = exn_test_xmp(attributes, content);
    char guid[EXN_TEST_GUID + 1], more[1000] = "", *end = more;
    assert_true(exn_test_md5(exn_buffer_span(&packet), guid));
    end = stpcpy(stpcpy(end, attributes), " xmpNote:HasExtendedXMP='");
    stpcpy(stpcpy(end, guid), "'");
    exn_buffer_append(&irb, "Photoshop 3.0", 14);
    exn_test_irb(&irb, 0x0404, "\x1C\2\x78\0\7Caption", 12);
    exn_test_irb(&irb, 0x040C, "a thumbnail", 11);
    exn_buffer_append(&jfxx, "JFXX\0\x13\3\2abcdefghijklmnopqr", 26);
    put_front(&file, 0xED, irb);
    put_front(&file, 0xE1, exn_test_xmp_portion(guid, exn_buffer_span(&packet), 400, 9999));
    put_front(&file, 0xE1, exn_test_xmp_portion(guid, exn_buffer_span(&packet), 0, 400));
    put_front(&file, 0xE1, exn_test_xmp_segment(more, content));
    assert_true(exn_test_jpeg_insert_exif(exn_buffer_span(&file), exn_buffer_span(&tiff), &out));
    exn_buffer_free(&file);
    exn_buffer_free(&tiff);
    exn_buffer_free(&packet);
    put_front(&out, 0xE0, jfxx);
    return out;
}

static void put_chunk(exn_buffer *file, const char *type, exn_span data)
{
    exn_buffer out = {0};
    assert_true(exn_test_png_insert(exn_buffer_span(file), type, data, true, &out));
    exn_buffer_free(file);
    *file = out;
}

static void put_text(exn_buffer *file, exn_test_text form, const char *keyword, exn_span text)
{
    exn_buffer data = exn_test_text_make(form, keyword, text);
    put_chunk(file, exn_test_text_type(form), exn_buffer_span(&data));
    exn_buffer_free(&data);
}

static exn_buffer rich_png(void)
{
    const exn_test_png png = {.width = SIZE, .height = SIZE / 2, .depth = 8, .colour_type = 2};
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer file = {0}, tiff = block(), packet = exn_test_xmp(attributes, content);
    assert_true(exn_test_png_write(&png, pixels, &file));
    exn_buffer profile = exn_test_raw_profile("exif", exn_buffer_span(&tiff));
    put_chunk(&file, "pHYs", (exn_span){(const uint8_t *)"\0\0\1\2\0\0\3\4\1", 9});
    put_chunk(&file, "sCAL",
              (exn_span){(const uint8_t *)"\1"
                                          "1.5\0"
                                          "2",
                         6});
    put_chunk(&file, "eXIf", exn_buffer_span(&tiff));
    put_text(&file, EXN_TEST_ITXT, "XML:com.adobe.xmp", exn_buffer_span(&packet));
    put_text(&file, EXN_TEST_ITXT_COMPRESSED, "XML:com.adobe.xmp", exn_buffer_span(&packet));
    put_text(&file, EXN_TEST_TEXT, "Raw profile type exif", exn_buffer_span(&profile));
    put_text(&file, EXN_TEST_ZTXT, "Raw profile type APP1", exn_buffer_span(&profile));
    put_text(&file, EXN_TEST_TEXT, "Orientation", (exn_span){(const uint8_t *)"6", 1});
    exn_buffer_free(&profile);
    exn_buffer_free(&packet);
    exn_buffer_free(&tiff);
    free(pixels);
    return file;
}

/* CRCs that are right again, or nearly nothing would be read. */
static void mend(exn_buffer *png)
{
    size_t at = 8;
    while (png->size - at >= 12) {
        const uint32_t size = exn_get32be(png->data + at);
        if (size > png->size - at - 12)
            break;
        exn_put32be(png->data + at + 8 + size,
                    (uint32_t)crc32(0, png->data + at + 4, (uInt)size + 4));
        at += 12 + (size_t)size;
    }
}

/* A few bytes become others: any, a neighbour, or one that is copied from elsewhere. */
static void mutate(exn_buffer *file, size_t from, size_t to, uint32_t *random)
{
    const uint32_t range = (uint32_t)(to - from);
    for (uint32_t count = 1 + random_below(random, 4); count > 0; count--) {
        uint8_t *at = file->data + from + random_below(random, range);
        switch (random_below(random, 4)) {
        case 0:
            *at = (uint8_t)random_below(random, 256);
            break;
        case 1:
            *at ^= (uint8_t)(1 << random_below(random, 8));
            break;
        case 2:
            *at = (uint8_t)(*at + random_below(random, 3) - 1);
            break;
        default:
            *at = file->data[from + random_below(random, range)];
            break;
        }
    }
}

static void expect_agreement(exn_span file, const exn_options *options, unsigned *products)
{
    exn_result looked = {.struct_size = sizeof(exn_result)},
               result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    const exn_status check = exn_test_check(file, options, &looked);
    const exn_status status = exn_normalize(file.data, file.size, options, &product, &result, NULL);
    assert_int_not_equal(status, EXN_INTERNAL);
    assert_int_not_equal(status, EXN_MEMORY);
    exn_bytes_free(&product);
    if (status == EXN_OK) {
        exn_test_pass pass = exn_test_pass_make(file, options);
        *products += pass.product.data != NULL;
        exn_test_pass_free(&pass);
    } else {
        assert_null(product.data);
        assert_true(check != EXN_OK || looked.outcome != EXN_OUTCOME_UNTOUCHED ||
                    status == EXN_CORRUPT);
    }
}

static void run(exn_buffer *file, size_t from, size_t to, bool png, uint32_t seed)
{
    exn_options options;
    unsigned products = 0;
    exn_options_init(&options, sizeof options);
    options.decode_all = true; /* a picture that cannot be decoded cannot be verified either */
    for (unsigned i = 0; i < rounds; i++) {
        uint8_t *copy = malloc(file->size); /* a sanitizer sees its end */
        assert_non_null(copy);
        memcpy(copy, file->data, file->size);
        exn_buffer mutated = {.data = copy, .size = file->size};
        mutate(&mutated, from, to, &seed);
        if (png)
            mend(&mutated);
        options.mode = i % 3 ? EXN_MODE_BAKE : EXN_MODE_DROP;
        expect_agreement(exn_buffer_span(&mutated), &options, &products);
        free(copy);
    }
    assert_in_range(products, rounds / 2, rounds);
}

static void test_jpeg(void **state)
{
    (void)state;
    enum { HEAD = 20 }; /* SOI and JFIF */
    exn_buffer file = rich_jpeg(), bare = tiny_jpeg(true);
    run(&file, HEAD, file.size - (bare.size - HEAD), false, 1);
    exn_buffer_free(&bare);
    exn_buffer_free(&file);
}

static void test_png(void **state)
{
    (void)state;
    exn_buffer file = rich_png();
    const uint8_t *idat = memmem(file.data, file.size, "IDAT", 4);
    assert_non_null(idat);
    run(&file, 33, (size_t)(idat - file.data) - 4, true, 2);
    exn_buffer_free(&file);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--long") == 0)
        rounds *= 3;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_png),
    };
    return cmocka_run_group_tests_name("mutated metadata", tests, NULL, NULL);
}
