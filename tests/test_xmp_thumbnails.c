/* SPDX-License-Identifier: MIT */
/* Thumbnails inside XMP, a JPEG in base64: they show what the image shows, or they go. The oracles
 * are exiftool, which takes them out, and libjpeg's coefficients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "metadata/xmp.h"
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/png_make.h"
#include "support/proc.h"

enum { W = 64, H = 48, THUMB_W = 32, THUMB_H = 16 };

#define DROPPED (1u << EXN_WARN_THUMBNAIL_DROPPED)
#define NAMES                                                                                      \
    "xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:xmpGImg='http://ns.adobe.com/xap/1.0/g/img/' " \
    "xmp:Rating='3'"

static const char *const gaps[] = {"", "\n", "&#xA;"};

static exn_buffer make_jpeg(uint32_t width, uint32_t height)
{
    exn_test_jpeg jpeg;
    exn_buffer out = {0};
    exn_test_jpeg_init(&jpeg, width, height);
    exn_test_jpeg_made(&jpeg, &out);
    return out;
}

static void put(exn_buffer *out, const char *words)
{
    assert_int_equal(exn_buffer_append(out, words, strlen(words)), EXN_OK);
}

/* 76 digits a line. */
static void put_base64(exn_buffer *out, exn_span data, const char *gap)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < data.size; i += 3) {
        uint8_t b[3] = {0};
        memcpy(b, data.data + i, data.size - i < 3 ? data.size - i : 3);
        char four[5] = {digits[b[0] >> 2], digits[(b[0] & 3) << 4 | b[1] >> 4],
                        digits[(b[1] & 15) << 2 | b[2] >> 6], digits[b[2] & 63], 0};
        if (data.size - i < 3)
            four[3] = '=';
        if (data.size - i < 2)
            four[2] = '=';
        if (i > 0 && i / 3 * 4 % 76 == 0)
            put(out, gap);
        put(out, four);
    }
}

/* The property, its fields as elements or as attributes. */
static exn_buffer content_of(exn_span thumbnail, const char *gap, bool attributes, int items,
                             uint32_t width, uint32_t height)
{
    exn_buffer out = {0};
    char words[200];
    put(&out, "<xmp:Thumbnails><rdf:Alt>");
    for (int i = 0; i < items; i++) {
        snprintf(words, sizeof words,
                 attributes
                     ? "<rdf:li><rdf:Description xmpGImg:format='JPEG' xmpGImg:width='%u' "
                       "xmpGImg:height='%u' xmpGImg:image='"
                     : "<rdf:li rdf:parseType='Resource'><xmpGImg:format>JPEG</xmpGImg:format>"
                       "<xmpGImg:width>%u</xmpGImg:width><xmpGImg:height>%u</xmpGImg:height>"
                       "<xmpGImg:image>",
                 (unsigned)width, (unsigned)height);
        put(&out, words);
        put_base64(&out, thumbnail, gap);
        put(&out, attributes ? "'/></rdf:li>" : "</xmpGImg:image></rdf:li>");
    }
    put(&out, "</rdf:Alt></xmp:Thumbnails>");
    return out;
}

/* The picture with XMP of that content and Exif of that orientation. */
static exn_buffer file_of(const exn_buffer *content, uint32_t orientation)
{
    exn_buffer words = {0}, tiff = {0}, with = {0}, file = {0}, picture = make_jpeg(W, H);
    exn_buffer_append(&words, content->data, content->size);
    exn_buffer_append(&words, "", 1);
    exn_buffer payload = exn_test_xmp_segment(NAMES, (const char *)words.data);
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = (uint16_t)orientation}, &tiff));
    assert_true(
        exn_test_jpeg_insert(exn_buffer_span(&picture), 0xE1, exn_buffer_span(&payload), &with));
    assert_true(exn_test_jpeg_insert_exif(exn_buffer_span(&with), exn_buffer_span(&tiff), &file));
    exn_buffer_free(&words);
    exn_buffer_free(&tiff);
    exn_buffer_free(&with);
    exn_buffer_free(&payload);
    exn_buffer_free(&picture);
    return file;
}

/* What exiftool takes out of the file, of a thumbnail or of a page. Its version 13 takes the
 * padding at the end of an attribute (k='...9k=') for the end of the attribute's name, so that gets
 * a copy with blanks there. */
static exn_buffer taken_out(exn_span file)
{
    const char *const argv[] = {"exiftool",           "-b", "-XMP-xmp:ThumbnailImage",
                                "-XMP-xmp:PageImage", "-",  NULL};
    exn_test_proc proc;
    exn_buffer out = {0}, copy = {0};
    assert_int_equal(exn_buffer_append(&copy, file.data, file.size), EXN_OK);
    const uint8_t *const end = copy.data + copy.size;
    for (uint8_t *quote = copy.data; (quote = memmem(quote, (size_t)(end - quote), "'/>", 3));
         quote++)
        for (uint8_t *last = quote - 1; *last == '='; last--)
            *last = ' ';
    assert_true(exn_test_run(argv, exn_buffer_span(&copy), &proc));
    exn_buffer_free(&copy);
    exn_buffer_append(&out, proc.out.data, proc.out.size);
    exn_test_proc_free(&proc);
    return out;
}

static void expect_turned(exn_span thumbnail, exn_span product, uint32_t o)
{
    exn_test_coefs before, after;
    char why[EXN_TEST_WHY];
    exn_buffer found = taken_out(product);
    assert_true(exn_test_jpeg_read(thumbnail, &before, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&found), &after, why));
    for (int i = 0; i < 3; i++)
        if (!exn_test_same_coefficients(&before, &after, i, o, why))
            fail_msg("%u: %s", (unsigned)o, why);
    exn_test_coefs_free(&before);
    exn_test_coefs_free(&after);
    exn_buffer_free(&found);
}

static void expect_text(exn_span file, const char *wanted)
{
    static const char *const arguments[] = {"-s3",
                                            "-Warning",
                                            "-Error",
                                            "-XMP-xmp:Rating",
                                            "-XMP-xmp:ThumbnailWidth",
                                            "-XMP-xmp:ThumbnailHeight",
                                            NULL};
    char *text = exn_test_exiftool(file, arguments);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_they_follow(void **state)
{
    (void)state;
    exn_buffer thumbnail = make_jpeg(THUMB_W, THUMB_H);
    for (uint32_t o = 2; o <= 8; o++)
        for (int form = 0; form < 6; form++) {
            exn_buffer content = content_of(exn_buffer_span(&thumbnail), gaps[form / 2], form % 2,
                                            1, THUMB_W, THUMB_H);
            exn_buffer file = file_of(&content, o);
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            assert_int_equal(pass.result.warnings, 0);
            expect_turned(exn_buffer_span(&thumbnail), pass.file, o);
            expect_text(pass.file, o >= 5 ? "3\n16\n32\n" : "3\n32\n16\n");
            if (form / 2 > 0) /* the lines stay lines */
                assert_non_null(
                    memmem(pass.file.data, pass.file.size, gaps[form / 2], strlen(gaps[form / 2])));
            exn_test_pass_free(&pass);
            exn_buffer_free(&file);
            exn_buffer_free(&content);
        }
    exn_buffer_free(&thumbnail);
}

/* Every way to write an end of line, and the pages of a document, whose pictures are kept alike. */
static void test_other_lines_and_pages(void **state)
{
    (void)state;
    static const char *const ends[] = {"\r",    "\t",    "&#xD;", "&#xd;",
                                       "&#13;", "&#xa;", "&#10;", "&#13;&#10;"};
    exn_buffer thumbnail = make_jpeg(THUMB_W, THUMB_H);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        exn_buffer content =
            content_of(exn_buffer_span(&thumbnail), ends[i], i % 2, 1, THUMB_W, THUMB_H);
        exn_buffer file = file_of(&content, 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.warnings, 0);
        expect_turned(exn_buffer_span(&thumbnail), pass.file, 6);
        assert_non_null(memmem(pass.file.data, pass.file.size, ends[i], strlen(ends[i])));
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&content);
    }
    exn_buffer content = content_of(exn_buffer_span(&thumbnail), "", true, 1, THUMB_W, THUMB_H);
    for (uint8_t *at; (at = memmem(content.data, content.size, "xmp:Thumbnails", 14));)
        memcpy(at, "xmp:PageInfo  ", 14);
    exn_buffer file = file_of(&content, 6);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.warnings, 0);
    expect_turned(exn_buffer_span(&thumbnail), pass.file, 6);
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
    exn_buffer_free(&content);
    exn_buffer_free(&thumbnail);
}

/* Sizes are exchanged as they are written, however long that is. */
static void test_long_sizes(void **state)
{
    (void)state;
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000";
    exn_buffer thumbnail = make_jpeg(THUMB_W, THUMB_H);
    for (int side = 0; side < 2; side++) {
        const char *const name = side ? "<xmpGImg:height>" : "<xmpGImg:width>";
        exn_buffer content =
            content_of(exn_buffer_span(&thumbnail), "", false, 1, THUMB_W, THUMB_H);
        exn_buffer longer = {0};
        const uint8_t *at = memmem(content.data, content.size, name, strlen(name));
        assert_non_null(at);
        const size_t before = (size_t)(at - content.data) + strlen(name);
        exn_buffer_append(&longer, content.data, before);
        put(&longer, zeros);
        exn_buffer_append(&longer, content.data + before, content.size - before);
        exn_buffer file = file_of(&longer, 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        char wanted[200];
        snprintf(wanted, sizeof wanted, "3\n%s16\n%s32\n", side ? zeros : "", side ? "" : zeros);
        assert_int_equal(pass.result.warnings, 0);
        expect_turned(exn_buffer_span(&thumbnail), pass.file, 6);
        expect_text(pass.file, wanted);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&longer);
        exn_buffer_free(&content);
    }
    exn_buffer_free(&thumbnail);
}

static void expect_dropped(exn_buffer content)
{
    exn_buffer file = file_of(&content, 6);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.warnings, DROPPED);
    assert_null(memmem(pass.file.data, pass.file.size, "xmp:Thumbnails", 14));
    expect_text(pass.file, "3\n");
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
    exn_buffer_free(&content);
}

static exn_buffer make_tiny(void)
{
    exn_test_jpeg jpeg;
    exn_buffer out = {0};
    exn_test_jpeg_init(&jpeg, 8, 8);
    exn_test_jpeg_space(&jpeg, JCS_GRAYSCALE);
    jpeg.optimize = true;
    jpeg.jfif = false;
    exn_test_jpeg_made(&jpeg, &out);
    return out;
}

/* No JPEG, no base64, lying otherwise than the picture, too many, a field twice. */
static void test_what_cannot_be_turned_goes(void **state)
{
    (void)state;
    exn_buffer thumbnail = make_jpeg(THUMB_W, THUMB_H);
    const exn_span picture = exn_buffer_span(&thumbnail);
    expect_dropped(content_of((exn_span){(const uint8_t *)"no picture", 10}, "", false, 1, 4, 3));
    expect_dropped(content_of(exn_span_part(picture, 0, picture.size / 2), "", true, 1, 4, 3));
    expect_dropped(content_of(picture, "&", false, 1, THUMB_W, THUMB_H));
    expect_dropped(content_of(picture, "", false, 1, THUMB_H, THUMB_W));
    exn_buffer tiny = make_tiny();
    expect_dropped(content_of(exn_buffer_span(&tiny), "", false, 65, 4, 3));
    exn_buffer_free(&tiny);
    expect_dropped(content_of(picture, "=", false, 1, THUMB_W, THUMB_H));
    exn_buffer whole = {0}; /* of a size that needs no padding, and a digit more */
    exn_buffer_append(&whole, picture.data, picture.size);
    exn_buffer_append(&whole, "\0\0", (3 - picture.size % 3) % 3);
    exn_buffer odd = content_of(exn_buffer_span(&whole), "", false, 1, THUMB_W, THUMB_H),
               longer = {0};
    const uint8_t *end = memmem(odd.data, odd.size, "</xmpGImg:image>", 16);
    assert_non_null(end);
    exn_buffer_append(&longer, odd.data, (size_t)(end - odd.data));
    put(&longer, "A");
    exn_buffer_append(&longer, end, odd.size - (size_t)(end - odd.data));
    expect_dropped(longer);
    exn_buffer_free(&odd);
    exn_buffer_free(&whole);
    exn_buffer twice = content_of(picture, "</xmpGImg:image><xmpGImg:image>", false, 1, 4, 3);
    expect_dropped(twice);
    exn_buffer_free(&thumbnail);
}

/* A JPEG of few bytes that is coded over and over: a flat picture, each of its coefficients in a
 * scan of its own. */
static exn_buffer make_claim(void)
{
    enum { SIDE = 600 };
    jpeg_scan_info scans[64];
    exn_test_jpeg jpeg;
    exn_buffer out = {0};
    uint8_t *pixels = calloc(4, SIDE * SIDE);
    assert_non_null(pixels);
    for (int k = 0; k < 64; k++)
        scans[k] = (jpeg_scan_info){1, {0}, k, k, 0, 0};
    exn_test_jpeg_init(&jpeg, SIDE, SIDE);
    exn_test_jpeg_space(&jpeg, JCS_GRAYSCALE);
    jpeg.pixels = pixels;
    jpeg.progressive = true;
    jpeg.scans = scans;
    jpeg.scan_count = 64;
    exn_test_jpeg_made(&jpeg, &out);
    free(pixels);
    return out;
}

/* How many of these properties are left, and whether a loss is told. */
static void expect_left(exn_span thumbnail, int properties, int items, int left)
{
    exn_buffer content = {0};
    for (int n = 0; n < properties; n++) {
        exn_buffer one = content_of(thumbnail, "", false, items, 4, 3);
        exn_buffer_append(&content, one.data, one.size);
        exn_buffer_free(&one);
    }
    exn_buffer file = file_of(&content, 3);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.warnings, left < properties ? DROPPED : 0);
    for (exn_span rest = pass.file; rest.size > 0; left--) {
        const uint8_t *at = memmem(rest.data, rest.size, "<xmp:Thumbnails", 15);
        if (!at)
            break;
        rest = exn_span_part(rest, (size_t)(at - rest.data) + 15, SIZE_MAX);
    }
    assert_int_equal(left, 0);
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
    exn_buffer_free(&content);
}

/* One budget for all of a file: so many pictures, and so many blocks in them. */
static void test_a_file_s_are_bounded(void **state)
{
    (void)state;
    exn_buffer thumbnail = make_tiny(), claim = make_claim();
    expect_left(exn_buffer_span(&thumbnail), 1, 64, 1);
    expect_left(exn_buffer_span(&thumbnail), 9, 8, 8);
    expect_left(exn_buffer_span(&claim), 5, 1, 5);
    expect_left(exn_buffer_span(&claim), 8, 1, 5);
    exn_buffer_free(&claim);
    exn_buffer_free(&thumbnail);
}

/* Pixels that stay keep their thumbnails, those of an ingredient are none of the picture's. */
static void test_they_stay(void **state)
{
    (void)state;
    exn_buffer thumbnail = make_jpeg(THUMB_W, THUMB_H), nested = {0};
    exn_buffer content = content_of(exn_buffer_span(&thumbnail), "\n", false, 1, THUMB_W, THUMB_H);
    exn_options options;
    exn_options_init(&options, sizeof options);
    put(&nested, "<xmp:Label rdf:parseType='Resource'>");
    exn_buffer_append(&nested, content.data, content.size);
    put(&nested, "</xmp:Label>");
    for (int i = 0; i < 2; i++) {
        options.mode = i ? EXN_MODE_BAKE : EXN_MODE_DROP;
        exn_buffer file = file_of(i ? &nested : &content, 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        assert_int_equal(pass.result.warnings, 0);
        assert_non_null(memmem(pass.file.data, pass.file.size, content.data, content.size));
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&nested);
    exn_buffer_free(&content);
    exn_buffer_free(&thumbnail);
}

static void test_they_follow_in_png(void **state)
{
    (void)state;
    const exn_test_png png = {.width = W, .height = H, .depth = 8, .colour_type = 2};
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer thumbnail = make_jpeg(THUMB_W, THUMB_H), plain = {0}, tagged = {0}, file = {0};
    exn_buffer content = content_of(exn_buffer_span(&thumbnail), "\n", false, 2, THUMB_W, THUMB_H);
    exn_buffer tiff = {0};
    put(&content, "");
    exn_buffer_append(&content, "", 1);
    exn_buffer packet = exn_test_xmp(NAMES, (const char *)content.data);
    exn_buffer text =
        exn_test_text_make(EXN_TEST_ITXT_COMPRESSED, "XML:com.adobe.xmp", exn_buffer_span(&packet));
    assert_true(exn_test_png_write(&png, pixels, &plain));
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 8}, &tiff));
    assert_true(exn_test_png_insert(exn_buffer_span(&plain), "eXIf", exn_buffer_span(&tiff), true,
                                    &tagged));
    assert_true(
        exn_test_png_insert(exn_buffer_span(&tagged), "iTXt", exn_buffer_span(&text), true, &file));
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(pass.result.warnings, 0);
    expect_text(pass.file, "3\n16, 16\n32, 32\n");
    expect_turned(exn_buffer_span(&thumbnail), pass.file, 8);
    exn_test_pass_free(&pass);
    exn_buffer_free(&text);
    exn_buffer_free(&packet);
    exn_buffer_free(&tiff);
    exn_buffer_free(&content);
    exn_buffer_free(&file);
    exn_buffer_free(&tagged);
    exn_buffer_free(&plain);
    exn_buffer_free(&thumbnail);
    free(pixels);
}

/* --- An orientation of their own --- */

static exn_buffer tagged(exn_span jpeg, uint32_t value)
{
    exn_buffer tiff = {0}, out = {0};
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = (uint16_t)value}, &tiff));
    assert_true(exn_test_jpeg_insert_exif(jpeg, exn_buffer_span(&tiff), &out));
    exn_buffer_free(&tiff);
    return out;
}

/* The picture as a PNG with that XMP and eXIf. */
static exn_buffer png_of(const exn_buffer *content, uint32_t orientation)
{
    const exn_test_png png = {.width = W, .height = H, .depth = 8, .colour_type = 2};
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer words = {0}, plain = {0}, with = {0}, file = {0}, tiff = {0};
    exn_buffer_append(&words, content->data, content->size);
    exn_buffer_append(&words, "", 1);
    exn_buffer packet = exn_test_xmp(NAMES, (const char *)words.data);
    exn_buffer text =
        exn_test_text_make(EXN_TEST_ITXT_COMPRESSED, "XML:com.adobe.xmp", exn_buffer_span(&packet));
    assert_true(exn_test_png_write(&png, pixels, &plain));
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = (uint16_t)orientation}, &tiff));
    assert_true(
        exn_test_png_insert(exn_buffer_span(&plain), "eXIf", exn_buffer_span(&tiff), true, &with));
    assert_true(
        exn_test_png_insert(exn_buffer_span(&with), "iTXt", exn_buffer_span(&text), true, &file));
    exn_buffer_free(&text);
    exn_buffer_free(&packet);
    exn_buffer_free(&words);
    exn_buffer_free(&tiff);
    exn_buffer_free(&with);
    exn_buffer_free(&plain);
    free(pixels);
    return file;
}

/* It is a reason for itself, and goes in either mode; one of 1, or none, is no reason. */
static void test_their_own_orientation_goes(void **state)
{
    (void)state;
    exn_buffer plain = make_jpeg(THUMB_W, THUMB_H);
    for (uint32_t i = 0; i < 8 * 2 * 2 * 2; i++) {
        const uint32_t inner = 1 + i % 8, outer = i / 8 % 2 ? 6 : 1;
        const bool png = i / 16 % 2, attributes = i / 32;
        exn_buffer thumbnail = tagged(exn_buffer_span(&plain), inner);
        exn_buffer content = content_of(exn_buffer_span(&thumbnail), attributes ? "" : "\n",
                                        attributes, 1, THUMB_W, THUMB_H);
        exn_buffer file = png ? png_of(&content, outer) : file_of(&content, outer);
        for (int mode = EXN_MODE_BAKE; mode <= EXN_MODE_DROP; mode++) {
            exn_options options;
            exn_options_init(&options, sizeof options);
            options.mode = (exn_mode)mode;
            const bool turns = outer > 1 && mode == EXN_MODE_BAKE;
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
            assert_int_equal(pass.result.reasons >> EXN_REASON_EMBEDDED & 1, inner > 1);
            assert_int_equal(pass.result.outcome == EXN_OUTCOME_UNTOUCHED,
                             inner == 1 && outer == 1);
            assert_int_equal(pass.result.warnings, 0);
            expect_turned(exn_buffer_span(&plain), pass.file, turns ? outer : 1);
            expect_text(pass.file, turns ? "3\n16\n32\n" : "3\n32\n16\n");
            exn_buffer found = taken_out(pass.file);
            if (inner > 1 || turns)
                exn_test_no_orientation(exn_buffer_span(&found));
            exn_buffer_free(&found);
            exn_test_pass_free(&pass);
        }
        exn_buffer_free(&file);
        exn_buffer_free(&content);
        exn_buffer_free(&thumbnail);
    }
    exn_buffer_free(&plain);
}

/* In a packet that is not well formed it is no reason: nobody can tell what is a thumbnail there.
 */
static void test_a_packet_that_is_broken(void **state)
{
    (void)state;
    exn_buffer plain = make_jpeg(THUMB_W, THUMB_H);
    exn_buffer thumbnail = tagged(exn_buffer_span(&plain), 6);
    exn_buffer content = content_of(exn_buffer_span(&thumbnail), "", false, 1, THUMB_W, THUMB_H);
    put(&content, "<open>");
    for (uint32_t o = 1; o <= 8; o++) {
        exn_buffer file = file_of(&content, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.reasons, o > 1 ? 1u << EXN_REASON_EXIF : 0);
        assert_int_equal(pass.result.warnings, o > 1 ? 1u << EXN_WARN_METADATA_STALE : 0);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&content);
    exn_buffer_free(&thumbnail);
    exn_buffer_free(&plain);
}

/* In a sidecar, too, beside an image that stays as it is; but beside one that is never rewritten
 * the sidecar's stays with it. */
static void test_their_own_orientation_goes_from_sidecars(void **state)
{
    (void)state;
    exn_buffer plain = make_jpeg(THUMB_W, THUMB_H);
    for (uint32_t i = 0; i < 8 * 2; i++) {
        const uint32_t inner = 1 + i / 2;
        const bool cleaned = inner > 1 && i % 2;
        const exn_result image = {.struct_size = sizeof image,
                                  .format = i % 2 ? EXN_FORMAT_JPEG : EXN_FORMAT_TIFF,
                                  .width_in = W,
                                  .height_in = H,
                                  .outcome = i % 2 ? EXN_OUTCOME_UNTOUCHED : EXN_OUTCOME_COPIED};
        exn_buffer thumbnail = tagged(exn_buffer_span(&plain), inner);
        exn_buffer content =
            content_of(exn_buffer_span(&thumbnail), "", false, 1, THUMB_W, THUMB_H);
        assert_int_equal(exn_buffer_append(&content, "", 1), EXN_OK);
        exn_buffer packet = exn_test_xmp(NAMES, (const char *)content.data);
        exn_result result = {.struct_size = sizeof result};
        exn_bytes product;
        assert_int_equal(
            exn_normalize_sidecar(packet.data, packet.size, &image, NULL, &product, &result, NULL),
            EXN_OK);
        assert_int_equal(result.outcome, cleaned ? EXN_OUTCOME_METADATA : EXN_OUTCOME_COPIED);
        assert_int_equal(result.reasons, cleaned ? 1u << EXN_REASON_EMBEDDED : 0);
        assert_int_equal(result.warnings, 0);
        if (cleaned) {
            const exn_span span = {product.data, product.size};
            exn_buffer found = taken_out(span);
            expect_turned(exn_buffer_span(&plain), span, 1);
            exn_test_no_orientation(exn_buffer_span(&found));
            exn_buffer_free(&found);
        }
        exn_bytes_free(&product);
        exn_buffer_free(&packet);
        exn_buffer_free(&content);
        exn_buffer_free(&thumbnail);
    }
    exn_buffer_free(&plain);
}

/* A region that is a node of its own and has the property: nobody looks for it there. */
static void test_in_a_region(void **state)
{
    (void)state;
    exn_buffer plain = make_jpeg(THUMB_W, THUMB_H);
    exn_buffer thumbnail = tagged(exn_buffer_span(&plain), 6), content = {0};
    exn_buffer inner = content_of(exn_buffer_span(&thumbnail), "", false, 1, THUMB_W, THUMB_H);
    put(&content, "</rdf:Description><mwg-rs:Area " EXN_TEST_AREA_NS NAMES ">");
    exn_buffer_append(&content, inner.data, inner.size);
    put(&content, "</mwg-rs:Area><rdf:Description>");
    for (uint32_t o = 1; o <= 6; o += 5) {
        exn_buffer file = file_of(&content, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.reasons >> EXN_REASON_EMBEDDED & 1, 0);
        assert_non_null(memmem(pass.file.data, pass.file.size, inner.data, inner.size));
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&inner);
    exn_buffer_free(&content);
    exn_buffer_free(&thumbnail);
    exn_buffer_free(&plain);
}

/* Where no pixel moves only those that orient are touched, and a property goes only where one of
 * those cannot be cleaned: no parsable frame, a field twice. */
static void test_one_that_cannot_be_cleaned(void **state)
{
    (void)state;
    exn_buffer plain = make_jpeg(THUMB_W, THUMB_H);
    for (int i = 0; i < 6; i++) {
        const bool orients = i % 2;
        exn_buffer thumbnail = tagged(exn_buffer_span(&plain), orients ? 6 : 1);
        if (i / 2 < 2) {
            uint8_t *frame = memmem(thumbnail.data, thumbnail.size, "\xFF\xC0\0\x11", 4);
            assert_non_null(frame);
            frame[9] = 9; /* components */
        }
        exn_buffer content = content_of(exn_buffer_span(&thumbnail), "", false, i / 2 == 1 ? 2 : 1,
                                        THUMB_W, THUMB_H);
        if (i / 2 == 2)
            for (uint8_t *at; (at = memmem(content.data, content.size, "xmpGImg:format>", 15));)
                memcpy(at, "xmpGImg:height>", 15);
        exn_buffer file = file_of(&content, 9);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.warnings & DROPPED, orients ? DROPPED : 0);
        assert_int_equal(memmem(pass.file.data, pass.file.size, content.data, content.size) != NULL,
                         !orients);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&content);
        exn_buffer_free(&thumbnail);
    }
    exn_buffer_free(&plain);
}

/* A picture that doubles when it is turned. */
static exn_status turn_twice_as_large(exn_thumbnails *thumbnails, exn_span jpeg, exn_orientation o,
                                      size_t room, exn_buffer *out)
{
    (void)thumbnails;
    (void)o;
    (void)room;
    exn_status status = exn_buffer_append(out, jpeg.data, jpeg.size);
    return status == EXN_OK ? exn_buffer_append(out, jpeg.data, jpeg.size) : status;
}

/* Room for what grows is taken from the padding first; where there is none any more it goes. */
static void test_room(void **state)
{
    (void)state;
    static const uint8_t picture[300] = {0xFF, 0xD8};
    exn_buffer content = content_of((exn_span){picture, sizeof picture}, "\n", false, 1, 4, 3);
    exn_buffer_append(&content, "", 1);
    exn_buffer packet = exn_test_xmp(NAMES, (const char *)content.data);
    exn_thumbnails thumbnails = {.turn = turn_twice_as_large};
    exn_xmp_turn turn = {
        .o = exn_orientation_from_exif(3), .width = W, .height = H, .thumbnails = &thumbnails};
    /* 400 digits more and their ends of line, of which the padding takes 102. */
    const size_t need = packet.size + 400 + 5 - 102;
    for (size_t room = need - 2; room <= need + 2; room++) {
        exn_buffer out = {0};
        exn_xmp_edited edited;
        turn.max_size = room;
        assert_int_equal(exn_xmp_edit(exn_buffer_span(&packet), &turn, &out, &edited), EXN_OK);
        assert_int_equal(edited.verdict, EXN_XMP_EDITED);
        assert_int_equal(edited.thumbnails_dropped, room < need);
        assert_int_equal(out.size, room < need ? packet.size : need);
        exn_buffer_free(&out);
    }
    exn_buffer_free(&packet);
    exn_buffer_free(&content);
}

int main(void)
{
    if (!exn_test_have("exiftool")) {
        print_error("exiftool is missing: it is the oracle of these tests\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_they_follow),
        cmocka_unit_test(test_other_lines_and_pages),
        cmocka_unit_test(test_long_sizes),
        cmocka_unit_test(test_what_cannot_be_turned_goes),
        cmocka_unit_test(test_a_file_s_are_bounded),
        cmocka_unit_test(test_they_stay),
        cmocka_unit_test(test_they_follow_in_png),
        cmocka_unit_test(test_their_own_orientation_goes),
        cmocka_unit_test(test_a_packet_that_is_broken),
        cmocka_unit_test(test_their_own_orientation_goes_from_sidecars),
        cmocka_unit_test(test_one_that_cannot_be_cleaned),
        cmocka_unit_test(test_in_a_region),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
