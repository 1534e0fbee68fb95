/* SPDX-License-Identifier: MIT */
/* Where a PNG keeps an orientation, or what a turn moves, outside of eXIf: XMP in iTXt, the raw
 * profiles of ImageMagick, plain texts, densities. Through the public interface.
 *
 * Oracles: the source's own words blanked by hand, zlib through a reader of the tests' own,
 * pngcheck, exiftool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/naive.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/png_make.h"
#include "support/proc.h"

#define XMP_WARNING     (1u << EXN_WARN_XMP_ORIENTATION)
#define PROFILE_WARNING (1u << EXN_WARN_PROFILE_ORIENTATION)
#define WORDS           EXN_TEST_TIFF_NS "tiff:Orientation='6'"

enum { W = 12, H = 7 };

static exn_span span_of_words(const char *words)
{
    return (exn_span){(const uint8_t *)words, strlen(words)};
}

static exn_buffer plain(void)
{
    const exn_test_png png = {.width = W, .height = H, .depth = 8, .colour_type = 2};
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer out = {0};
    assert_true(exn_test_png_write(&png, pixels, &out));
    free(pixels);
    return out;
}

/* In front of IDAT, or behind it. */
static void put_chunk(exn_buffer *file, const char *type, exn_span data, bool front)
{
    exn_buffer out = {0};
    assert_true(exn_test_png_insert(exn_buffer_span(file), type, data, front, &out));
    exn_buffer_free(file);
    *file = out;
}

static void put_text(exn_buffer *file, exn_test_text form, const char *keyword, exn_span text,
                     bool front)
{
    exn_buffer data = exn_test_text_make(form, keyword, text);
    put_chunk(file, exn_test_text_type(form), exn_buffer_span(&data), front);
    exn_buffer_free(&data);
}

static exn_buffer tiff_of(int orientation, exn_span thumbnail)
{
    exn_buffer tiff = {0};
    const exn_test_exif exif = {
        .orientation = (uint16_t)orientation, .gps = true, .thumbnail = thumbnail};
    assert_true(exn_test_exif_make(&exif, &tiff));
    return tiff;
}

static void put_exif(exn_buffer *file, int orientation)
{
    exn_buffer tiff = tiff_of(orientation, (exn_span){NULL, 0});
    put_chunk(file, "eXIf", exn_buffer_span(&tiff), true);
    exn_buffer_free(&tiff);
}

/* pngcheck reads every CRC, and inflates every text. */
static void expect_sound(exn_span file)
{
    static const char *const argv[] = {"pngcheck", "-q", NULL};
    exn_test_proc proc;
    if (!exn_test_have("pngcheck"))
        return;
    if (!exn_test_run(argv, file, &proc))
        fail_msg("%.*s", (int)proc.out.size, (const char *)proc.out.data);
    exn_test_proc_free(&proc);
}

/* The data of the chunk of that type and number. */
static exn_span chunk_of(exn_span file, const char *type, unsigned number)
{
    size_t offset = 8;
    char found[5] = "";
    exn_span data;
    while (exn_test_png_next(file, &offset, found, &data))
        if (strcmp(found, type) == 0 && number-- == 0)
            return data;
    return (exn_span){NULL, 0};
}

static exn_buffer text_of(exn_span file, exn_test_text form)
{
    const char *keyword;
    exn_buffer text = {0};
    const exn_span data = chunk_of(file, exn_test_text_type(form), 0);
    assert_non_null(data.data);
    assert_true(exn_test_text_read(exn_test_text_type(form), data, &keyword, &text));
    return text;
}

static void expect_same_bytes(exn_span a, exn_span b)
{
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
}

/* Every chunk but those of this type. */
static void expect_same_others(exn_span a, exn_span b, const char *type)
{
    size_t at = 8, bt = 8;
    char x[5] = "", y[5] = "";
    exn_span left, right;
    while (exn_test_png_next(a, &at, x, &left)) {
        assert_true(exn_test_png_next(b, &bt, y, &right));
        assert_string_equal(x, y);
        if (strcmp(x, type) != 0)
            expect_same_bytes(left, right);
    }
    assert_int_equal(b.size - bt, a.size - at);
}

static void blank(exn_buffer *text, const char *words)
{
    uint8_t *at = memmem(text->data, text->size, words, strlen(words));
    assert_non_null(at);
    memset(at, ' ', strlen(words));
}

/* --- XMP --- */

static void test_xmp_in_every_form(void **state)
{
    (void)state;
    for (exn_test_text form = 0; form < EXN_TEST_TEXT_FORMS; form++)
        for (int front = 0; front < 2; front++) {
            exn_buffer file = plain(), packet = exn_test_xmp(WORDS, "<x y='\xFF\xFE'/>");
            put_text(&file, form, "XML:com.adobe.xmp", exn_buffer_span(&packet), front);
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
            assert_int_equal(pass.result.orientation, 0);
            assert_int_equal(pass.result.reasons, 1u << EXN_REASON_XMP);
            assert_int_equal(pass.result.warnings, XMP_WARNING);
            assert_true(exn_test_is_refused(exn_buffer_span(&file)));
            exn_buffer text = text_of(pass.file, form);
            blank(&packet, "tiff:Orientation='6'");
            expect_same_bytes(exn_buffer_span(&text), exn_buffer_span(&packet));
            expect_same_others(exn_buffer_span(&file), pass.file, exn_test_text_type(form));
            if (front == 0)
                exn_test_no_orientation(pass.file);
            exn_buffer_free(&text);
            exn_test_pass_free(&pass);
            exn_buffer_free(&packet);
            exn_buffer_free(&file);
        }
}

/* The head of an iTXt, with language and translated keyword, is the source's. */
static void test_itxt_keeps_its_head(void **state)
{
    (void)state;
    exn_buffer file = plain(), packet = exn_test_xmp(WORDS, "");
    put_text(&file, EXN_TEST_ITXT, "XML:com.adobe.xmp", exn_buffer_span(&packet), true);
    put_exif(&file, 6);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(pass.result.warnings, 0);
    assert_memory_equal(chunk_of(pass.file, "iTXt", 0).data, "XML:com.adobe.xmp\0\0\0en\0Wort", 28);
    exn_buffer text = text_of(pass.file, EXN_TEST_ITXT);
    blank(&packet, "tiff:Orientation='6'");
    expect_same_bytes(exn_buffer_span(&text), exn_buffer_span(&packet));
    expect_sound(pass.file);
    exn_buffer_free(&text);
    exn_test_pass_free(&pass);
    exn_buffer_free(&packet);
    exn_buffer_free(&file);
}

/* --- Raw profiles --- */

/* Exif as ImageMagick keeps it: with the six bytes of an APP1 in front, or without. */
static exn_buffer exif_profile(int orientation, bool prefix, exn_span thumbnail)
{
    exn_buffer data = {0}, tiff = tiff_of(orientation, thumbnail);
    if (prefix)
        exn_buffer_append(&data, "Exif\0", 6);
    exn_buffer_append(&data, tiff.data, tiff.size);
    exn_buffer_free(&tiff);
    return data;
}

static void put_profile(exn_buffer *file, exn_test_text form, const char *name, exn_span data)
{
    char keyword[64];
    exn_buffer text = exn_test_raw_profile(name, data);
    snprintf(keyword, sizeof keyword, "Raw profile type %s", name);
    put_text(file, form, keyword, exn_buffer_span(&text), true);
    exn_buffer_free(&text);
}

static exn_buffer profile_of(exn_span file, exn_test_text form)
{
    exn_buffer text = text_of(file, form);
    exn_buffer data = exn_test_raw_profile_read(exn_buffer_span(&text));
    /* The number says how much there is. */
    char *end;
    const char *second = memchr(text.data + 1, '\n', text.size - 1);
    assert_non_null(second);
    assert_int_equal(strtoul(second, &end, 10), data.size);
    assert_int_equal(*end, '\n');
    exn_buffer_free(&text);
    return data;
}

static void check_exif_profile(exn_test_text form, const char *name, bool prefix)
{
    exn_buffer file = plain(), data = exif_profile(6, prefix, (exn_span){NULL, 0});
    put_profile(&file, form, name, exn_buffer_span(&data));
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
    assert_int_equal(pass.result.orientation, 0);
    assert_int_equal(pass.result.reasons, 1u << EXN_REASON_RAW_PROFILE);
    assert_int_equal(pass.result.warnings, PROFILE_WARNING);
    assert_true(exn_test_is_refused(exn_buffer_span(&file)));
    exn_buffer edited = profile_of(pass.file, form);
    const size_t head = prefix ? 6 : 0;
    assert_int_equal(edited.size, data.size);
    assert_memory_equal(edited.data, data.data, head + 8);
    assert_int_equal(edited.data[head + 8], data.data[head + 8] - 1); /* entries of IFD0 */
    const bool has_tag = memmem(edited.data, edited.size, "\x12\x01\x03\0\x01\0\0\0", 8) != NULL;
    assert_false(has_tag);
    expect_same_others(exn_buffer_span(&file), pass.file, exn_test_text_type(form));
    expect_sound(pass.file);
    exn_buffer_free(&edited);
    exn_test_pass_free(&pass);
    exn_buffer_free(&data);
    exn_buffer_free(&file);
}

static void test_exif_profiles(void **state)
{
    (void)state;
    for (exn_test_text form = 0; form < EXN_TEST_TEXT_FORMS; form++)
        for (int prefix = 0; prefix < 2; prefix++) {
            check_exif_profile(form, "exif", prefix);
            check_exif_profile(form, "APP1", prefix);
        }
}

/* Readers differ in how they mind the case of a keyword: one that minds none counts. And TIFF bytes
 * may come in either order, with nothing in front of them. */
static void test_words_and_orders(void **state)
{
    (void)state;
    static const char *const keywords[] = {"Raw profile type exif", "RAW PROFILE TYPE EXIF",
                                           "Raw Profile Type APP1", "raw profile type app1"};
    for (int big = 0; big < 2; big++)
        for (int prefix = 0; prefix < 2; prefix++)
            for (size_t n = 0; n < sizeof keywords / sizeof *keywords; n++) {
                const exn_test_exif exif = {.big_endian = big, .orientation = 6};
                exn_buffer file = plain(), data = {0}, tiff = {0};
                assert_true(exn_test_exif_make(&exif, &tiff));
                exn_buffer_append(&data, "Exif\0", prefix ? 6 : 0);
                exn_buffer_append(&data, tiff.data, tiff.size);
                exn_buffer text = exn_test_raw_profile("exif", exn_buffer_span(&data));
                put_text(&file, EXN_TEST_TEXT, keywords[n], exn_buffer_span(&text), true);
                exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
                assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
                assert_int_equal(pass.result.reasons, 1u << EXN_REASON_RAW_PROFILE);
                exn_test_pass_free(&pass);
                exn_buffer_free(&text);
                exn_buffer_free(&tiff);
                exn_buffer_free(&data);
                exn_buffer_free(&file);
            }
    static const char *const others[] = {"orientation", "EXIF:ORIENTATION", "Orientation"};
    for (size_t n = 0; n < sizeof others / sizeof *others; n++) {
        exn_buffer file = plain();
        put_text(&file, EXN_TEST_TEXT, others[n], span_of_words("8"), true);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer file = plain(), packet = exn_test_xmp(WORDS, "");
    put_text(&file, EXN_TEST_ITXT, "xml:COM.adobe.xmp", exn_buffer_span(&packet), true);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.reasons, 1u << EXN_REASON_XMP);
    exn_test_pass_free(&pass);
    exn_buffer_free(&packet);
    exn_buffer_free(&file);
}

/* Photoshop's resources under either name: an Exif block and an XMP packet in them go. */
static void test_resource_profiles(void **state)
{
    (void)state;
    static const char *const names[] = {"8bim", "iptc"};
    for (int n = 0; n < 4; n++) {
        exn_buffer file = plain(), irb = {0};
        exn_buffer inner = n / 2 ? exn_test_xmp(WORDS, "") : exif_profile(6, false, (exn_span){0});
        exn_test_irb(&irb, 0x0404, "caption", 7);
        exn_test_irb(&irb, n / 2 ? 0x0424 : 0x0422, inner.data, inner.size);
        put_profile(&file, EXN_TEST_ZTXT, names[n % 2], exn_buffer_span(&irb));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(pass.result.reasons, 1u << EXN_REASON_RAW_PROFILE);
        exn_buffer left = profile_of(pass.file, EXN_TEST_ZTXT);
        assert_int_equal(left.size, irb.size - inner.size - inner.size % 2 - 12);
        assert_non_null(memmem(left.data, left.size, "caption", 7));
        exn_buffer_free(&left);
        exn_test_pass_free(&pass);
        exn_buffer_free(&inner);
        exn_buffer_free(&irb);
        exn_buffer_free(&file);
    }
}

static void test_xmp_profiles(void **state)
{
    (void)state;
    static const char *const names[] = {"xmp", "APP1"};
    for (exn_test_text form = 0; form < EXN_TEST_TEXT_FORMS; form++)
        for (int i = 0; i < 2; i++) {
            exn_buffer file = plain(),
                       packet = i ? exn_test_xmp_segment(WORDS, "") : exn_test_xmp(WORDS, "");
            put_profile(&file, form, names[i], exn_buffer_span(&packet));
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
            assert_int_equal(pass.result.warnings, PROFILE_WARNING);
            exn_buffer edited = profile_of(pass.file, form);
            blank(&packet, "tiff:Orientation='6'");
            expect_same_bytes(exn_buffer_span(&edited), exn_buffer_span(&packet));
            exn_buffer_free(&edited);
            exn_test_pass_free(&pass);
            exn_buffer_free(&packet);
            exn_buffer_free(&file);
        }
}

static void test_exiftool_sees_no_profile_orientation(void **state)
{
    (void)state;
    static const char *const arguments[] = {"-s",       "-s", "-s", "-Make", "-GPSLatitudeRef",
                                            "-Warning", NULL};
    exn_buffer file = plain(), data = exif_profile(6, true, (exn_span){NULL, 0}),
               packet = exn_test_xmp_segment(WORDS, "");
    put_profile(&file, EXN_TEST_ZTXT, "exif", exn_buffer_span(&data));
    put_profile(&file, EXN_TEST_TEXT, "APP1", exn_buffer_span(&packet));
    put_text(&file, EXN_TEST_ITXT_COMPRESSED, "XML:com.adobe.xmp",
             exn_span_part(exn_buffer_span(&packet), 29, SIZE_MAX), true);
    put_text(&file, EXN_TEST_TEXT, "Orientation", span_of_words("6"), true);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    exn_test_no_orientation(pass.file);
    char *text = exn_test_exiftool(pass.file, arguments);
    assert_string_equal(text, "Example\nNorth\n");
    free(text);
    expect_sound(pass.file);
    exn_test_pass_free(&pass);
    exn_buffer_free(&data);
    exn_buffer_free(&packet);
    exn_buffer_free(&file);
}

/* The thumbnail of a profile's Exif block is turned with the picture. */
static void test_profile_thumbnail_follows(void **state)
{
    (void)state;
    static const char *const arguments[] = {"-b", "-ThumbnailImage", NULL};
    exn_test_jpeg jpeg;
    exn_test_coefs before, after;
    exn_buffer file = plain(), thumbnail = {0};
    exn_test_proc proc;
    char why[EXN_TEST_WHY];
    exn_test_jpeg_init(&jpeg, 32, 16);
    exn_test_jpeg_made(&jpeg, &thumbnail);
    exn_buffer data = exif_profile(6, true, exn_buffer_span(&thumbnail));
    put_profile(&file, EXN_TEST_ZTXT, "exif", exn_buffer_span(&data));
    put_exif(&file, 6);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(pass.result.warnings, 0);
    const char *const argv[] = {"exiftool", arguments[0], arguments[1], "-", NULL};
    assert_true(exn_test_run(argv, pass.file, &proc));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&thumbnail), &before, why));
    assert_true(exn_test_jpeg_read(exn_buffer_span(&proc.out), &after, why));
    for (int i = 0; i < 3; i++)
        assert_true(exn_test_same_coefficients(&before, &after, i, 6, why));
    exn_test_coefs_free(&before);
    exn_test_coefs_free(&after);
    exn_test_proc_free(&proc);
    exn_test_pass_free(&pass);
    exn_buffer_free(&thumbnail);
    exn_buffer_free(&data);
    exn_buffer_free(&file);
}

/* A real ImageMagick writes the profiles where there is one. */
static void test_profiles_by_imagemagick(void **state)
{
    (void)state;
    static const char *const argv[] = {"convert", "jpeg:-", "png:-", NULL};
    static const char *const version[] = {"convert", "-version", NULL};
    exn_test_proc proc = {0};
    exn_test_jpeg jpeg;
    exn_buffer picture = {0}, tagged = {0};
    exn_test_jpeg_init(&jpeg, 24, 16);
    exn_test_jpeg_made(&jpeg, &picture);
    assert_true(exn_test_tag(exn_buffer_span(&picture), 6, &tagged));
    const bool have =
        exn_test_have("convert") && exn_test_run(version, exn_buffer_span(&tagged), &proc) &&
        (exn_test_proc_free(&proc), exn_test_run(argv, exn_buffer_span(&tagged), &proc));
    if (have) {
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&proc.out), NULL);
        assert_true(pass.result.reasons != 0);
        exn_test_no_orientation(pass.file);
        expect_sound(pass.file);
        exn_test_pass_free(&pass);
    }
    exn_test_proc_free(&proc);
    exn_buffer_free(&picture);
    exn_buffer_free(&tagged);
    if (!have)
        skip();
}

/* --- Plain texts --- */

static void test_plain_texts(void **state)
{
    (void)state;
    static const char *const keywords[] = {"Orientation", "exif:Orientation"};
    static const struct {
        const char *text;
        bool edited;
        uint32_t warnings;
    } rows[] = {
        {"6", true, PROFILE_WARNING},
        {"1", false, 0},
        {" 1\n", false, 0},
        {"0", true, 0},
        {"9", true, 0},
        {"Horizontal", true, 0},
        {"", true, 0},
    };
    for (int k = 0; k < 2; k++)
        for (exn_test_text form = 0; form < EXN_TEST_TEXT_FORMS; form++)
            for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                exn_buffer file = plain();
                put_text(&file, form, keywords[k], span_of_words(rows[i].text), true);
                exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
                assert_int_equal(pass.result.outcome == EXN_OUTCOME_METADATA, rows[i].edited);
                assert_int_equal(pass.result.warnings, rows[i].warnings);
                assert_int_equal(chunk_of(pass.file, exn_test_text_type(form), 0).data == NULL,
                                 rows[i].edited);
                exn_test_pass_free(&pass);
                exn_buffer_free(&file);
            }
}

/* Text that is none of our business, and damaged text that would be, stays byte for byte. */
static void test_other_texts_stay(void **state)
{
    (void)state;
    exn_buffer file = plain(), packet = exn_test_xmp(WORDS, ""), broken;
    put_text(&file, EXN_TEST_TEXT, "Comment", span_of_words("tiff:Orientation='6'"), true);
    put_text(&file, EXN_TEST_TEXT, "", span_of_words("no keyword"), true);
    put_chunk(&file, "tEXt", span_of_words("no NUL"), true);
    put_chunk(&file, "zTXt", span_of_words(""), true);
    put_chunk(&file, "iTXt", (exn_span){(const uint8_t *)"XML:com.adobe.xmp\0\0", 19}, true);
    put_text(&file, EXN_TEST_ZTXT, "Raw profile type iptc", exn_buffer_span(&packet), true);
    put_text(&file, EXN_TEST_ZTXT, "Raw profile type exif", span_of_words("\nexif\n"), false);
    put_text(&file, EXN_TEST_TEXT, "Raw profile type exif", span_of_words(""), false);
    for (int i = 0; i < 3; i++) {
        broken = exn_test_text_make(EXN_TEST_ITXT_COMPRESSED, "XML:com.adobe.xmp",
                                    exn_buffer_span(&packet));
        if (i == 0)
            broken.data[40] ^= 0x55;
        if (i == 1)
            broken.size -= 5;
        if (i == 2)
            broken.data[19] = 7; /* a method nobody knows */
        put_chunk(&file, "iTXt", exn_buffer_span(&broken), false);
        exn_buffer_free(&broken);
    }
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    assert_int_equal(pass.result.outcome, EXN_OUTCOME_UNTOUCHED);
    exn_test_pass_free(&pass);
    put_exif(&file, 3);
    pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    static const char *const types[] = {"tEXt", "zTXt", "iTXt"};
    for (int t = 0; t < 3; t++)
        for (unsigned i = 0; chunk_of(exn_buffer_span(&file), types[t], i).data; i++)
            expect_same_bytes(chunk_of(exn_buffer_span(&file), types[t], i),
                              chunk_of(pass.file, types[t], i));
    exn_test_pass_free(&pass);
    exn_buffer_free(&packet);
    exn_buffer_free(&file);
}

/* --- Bombs --- */

enum { BOMB = 300 << 20 };

/* 300 MiB of zeros, deflated: one MiB of them, over and over. */
static exn_buffer bomb(const char *keyword)
{
    enum { PART = 1 << 20 };
    static const uint8_t last[] = {3, 0}; /* an empty block, RFC 1951 section 3.2.6 */
    static uint8_t zeros[PART], packed[PART], sum[4];
    exn_buffer out = {0};
    z_stream z = {.next_in = zeros, .avail_in = PART, .next_out = packed, .avail_out = PART};
    exn_buffer_append(&out, keyword, strlen(keyword) + 1);
    exn_buffer_append(&out, "", 1);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FULL_FLUSH), Z_OK);
    const size_t size = PART - z.avail_out;
    deflateEnd(&z);
    exn_buffer_append(&out, "\x78\x9c", 2);
    uLong adler = adler32(0, NULL, 0), part = adler32(adler, zeros, PART);
    for (size_t done = 0; done < BOMB; done += PART) {
        exn_buffer_append(&out, packed, size);
        adler = adler32_combine(adler, part, PART);
    }
    exn_buffer_append(&out, last, sizeof last);
    exn_put32be(sum, (uint32_t)adler);
    exn_buffer_append(&out, sum, sizeof sum);
    return out;
}

static void test_bombs(void **state)
{
    (void)state;
    for (int interesting = 0; interesting < 2; interesting++) {
        exn_buffer file = plain(), data = bomb(interesting ? "Raw profile type exif" : "Comment");
        put_chunk(&file, "zTXt", exn_buffer_span(&data), true);
        put_exif(&file, 6);
        if (interesting) {
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_bytes product;
            assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                             EXN_LIMIT);
            assert_null(product.data);
            assert_int_equal(exn_test_check(exn_buffer_span(&file), NULL, &result), EXN_LIMIT);
        } else {
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            expect_same_bytes(chunk_of(pass.file, "zTXt", 0), exn_buffer_span(&data));
            exn_test_pass_free(&pass);
        }
        exn_buffer_free(&data);
        exn_buffer_free(&file);
    }
}

/* 8 MiB are read of one value and no more: a packet that ends there, and one that ends behind. */
static void test_a_value_over_its_limit(void **state)
{
    (void)state;
    enum { MOST = 8 << 20 };
    uint8_t spaces[4096];
    memset(spaces, ' ', sizeof spaces);
    for (int over = 0; over < 2; over++) {
        exn_buffer file = plain(), packet = exn_test_xmp(WORDS, "");
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes product;
        exn_error error;
        const size_t size = over ? MOST + (1 << 17) : MOST;
        while (packet.size < size)
            exn_buffer_append(&packet, spaces,
                              size - packet.size < sizeof spaces ? size - packet.size
                                                                 : sizeof spaces);
        put_text(&file, EXN_TEST_ITXT_COMPRESSED, "XML:com.adobe.xmp", exn_buffer_span(&packet),
                 true);
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, &error),
                         over ? EXN_LIMIT : EXN_OK);
        if (over)
            assert_non_null(strstr(error.detail, "inflates to more than 8 MiB"));
        else
            assert_int_equal(result.reasons, 1u << EXN_REASON_XMP);
        exn_bytes_free(&product);
        exn_buffer_free(&packet);
        exn_buffer_free(&file);
    }
}

/* Small ones in great number: each costs time, however little is in it. */
static void test_small_bombs(void **state)
{
    (void)state;
    enum { MOST = 256 };
    for (int over = 0; over < 2; over++) {
        exn_buffer file = plain();
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes product;
        for (int n = 0; n < MOST + over; n++)
            put_text(&file, EXN_TEST_ZTXT, "Raw profile type exif", span_of_words("\nexif\n 0\n"),
                     true);
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         over ? EXN_LIMIT : EXN_OK);
        assert_int_equal(exn_test_check(exn_buffer_span(&file), NULL, &result),
                         over ? EXN_LIMIT : EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* A text that grows over what a source may have. */
static void test_a_product_over_limits(void **state)
{
    (void)state;
    enum { LIMIT = 8 << 20, COUNT = 10000, ROOM = 400000 };
    static const char begin[] =
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        "xmlns:MPReg='http://ns.microsoft.com/photo/1.2/t/Region#'>",
                      each[] = "<a MPReg:Rectangle='.1,.1,.123456,.123456'/>",
                      end[] = "</rdf:Description></rdf:RDF></x:xmpmeta>";
    for (int over = 0; over < 2; over++) {
        exn_buffer file = plain(), words = {0}, data = {0};
        exn_buffer_append(&words, begin, sizeof begin - 1);
        for (int i = 0; i < COUNT; i++)
            exn_buffer_append(&words, each, sizeof each - 1);
        const size_t size = LIMIT - (over ? 2 * sizeof end : ROOM);
        while (words.size < size)
            exn_buffer_append(&words, "<!---->", 7);
        exn_buffer_append(&words, end, sizeof end - 1);
        uLong bound = compressBound((uLong)words.size);
        exn_buffer_append(&data, "XML:com.adobe.xmp\0\1\0\0", 22);
        assert_int_equal(exn_buffer_reserve(&data, bound), EXN_OK);
        assert_int_equal(compress2(data.data + data.size, &bound, words.data, (uLong)words.size, 1),
                         Z_OK);
        data.size += bound;
        put_chunk(&file, "iTXt", exn_buffer_span(&data), true);
        put_exif(&file, 3);
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, &error),
                         over ? EXN_LIMIT : EXN_OK);
        if (over)
            assert_non_null(strstr(error.detail, "the output: "));
        exn_bytes_free(&product);
        exn_buffer_free(&data);
        exn_buffer_free(&words);
        exn_buffer_free(&file);
    }
}

/* --- Densities and indexes --- */

static void test_densities_follow(void **state)
{
    (void)state;
    for (int o = 1; o <= 8; o++) {
        exn_buffer file = plain();
        const bool exchanged = o >= 5;
        put_chunk(&file, "pHYs", (exn_span){(const uint8_t *)"\0\0\1\2\0\0\3\4\1", 9}, true);
        put_chunk(&file, "sCAL",
                  (exn_span){(const uint8_t *)"\1"
                                              "1.5\0"
                                              "2",
                             6},
                  true);
        put_chunk(&file, "oFFs", (exn_span){(const uint8_t *)"\0\0\0\5\xFF\xFF\xFF\7\0", 9}, true);
        put_chunk(&file, "vpAg", (exn_span){(const uint8_t *)"\0\0\0\7\0\0\0\x8\1", 9}, true);
        put_exif(&file, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_memory_equal(chunk_of(pass.file, "vpAg", 0).data,
                            exchanged ? "\0\0\0\x8\0\0\0\7\1" : "\0\0\0\7\0\0\0\x8\1", 9);
        assert_memory_equal(chunk_of(pass.file, "oFFs", 0).data,
                            exchanged ? "\xFF\xFF\xFF\7\0\0\0\5\0" : "\0\0\0\5\xFF\xFF\xFF\7\0", 9);
        assert_memory_equal(chunk_of(pass.file, "pHYs", 0).data,
                            exchanged ? "\0\0\3\4\0\0\1\2\1" : "\0\0\1\2\0\0\3\4\1", 9);
        assert_memory_equal(chunk_of(pass.file, "sCAL", 0).data,
                            exchanged ? "\1"
                                        "2\0"
                                        "1.5"
                                      : "\1"
                                        "1.5\0"
                                        "2",
                            6);
        expect_sound(pass.file);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

/* --- ImageMagick's canvas --- */

/* What ImageMagick says of the canvas, after the operations of argv, which ends in that question.
 */
static char *geometry_of(exn_span file, const char *const argv[])
{
    exn_test_proc proc;
    assert_true(exn_test_run(argv, file, &proc));
    char *text = strndup((const char *)proc.out.data, proc.out.size);
    assert_non_null(text);
    exn_test_proc_free(&proc);
    return text;
}

/* ImageMagick's own -transpose and -transverse get the canvas wrong; a rotation and a mirror do
 * not. */
static void expect_geometry_by_imagemagick(exn_span file, exn_span product, int orientation)
{
    static const char *const rotate[9] = {"0", "0", "0", "180", "0", "90", "90", "270", "270"};
    static const char *const mirror[9] = {"-noop", "-noop", "-flop", "-noop", "-flip",
                                          "-flop", "-noop", "-flop", "-noop"};
    const char *const turned[] = {
        "convert", "png:-",  "-rotate", rotate[orientation], mirror[orientation], "-format",
        "%g",      "info:-", NULL};
    const char *const as_it_is[] = {"convert", "png:-", "-format", "%g", "info:-", NULL};
    char *expected = geometry_of(file, turned), *found = geometry_of(product, as_it_is);
    assert_string_equal(found, expected);
    free(expected);
    free(found);
}

static void test_canvas_by_imagemagick(void **state)
{
    (void)state;
    static const char canvases[][17] = {
        "\0\0\0\50\0\0\0\36\0\0\0\5\0\0\0\11",
        "\0\0\0\50\0\0\0\36\xFF\xFF\xFF\xFD\xFF\xFF\xFF\xF7", /* outside on the left and above */
        "\0\0\0\4\0\0\0\3\xFF\xFF\xFF\xFD\0\0\0\0",           /* smaller than the picture */
        "\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0\11",                  /* its own size */
        "\0\0\0\50\0\0\0\0\0\0\0\5\0\0\0\11",
    };
    static const char *const version[] = {"convert", "-version", NULL};
    exn_test_proc proc = {0};
    const bool have = exn_test_have("convert") && exn_test_run(version, (exn_span){NULL, 0}, &proc);
    exn_test_proc_free(&proc);
    if (!have)
        skip();
    for (size_t i = 0; i < sizeof canvases / sizeof canvases[0]; i++)
        for (int o = 1; o <= 8; o++) {
            exn_buffer file = plain();
            put_chunk(&file, "caNv", (exn_span){(const uint8_t *)canvases[i], 16}, true);
            put_exif(&file, o);
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            expect_geometry_by_imagemagick(exn_buffer_span(&file), pass.file, o);
            expect_sound(pass.file);
            exn_test_pass_free(&pass);
            exn_buffer_free(&file);
        }
}

/* The same by hand, for places without ImageMagick: 12x7 at (5, -9) on 40x30. */
static void test_canvas_follows(void **state)
{
    (void)state;
    static const int32_t expected[9][4] = {
        {0},
        {40, 30, 5, -9},
        {40, 30, 23, -9},
        {40, 30, 23, 32},
        {40, 30, 5, 32},
        {30, 40, -9, 5},
        {30, 40, 32, 5},
        {30, 40, 32, 23},
        {30, 40, -9, 23},
    };
    for (int o = 1; o <= 8; o++) {
        uint8_t data[16];
        exn_buffer file = plain();
        for (size_t i = 0; i < 4; i++)
            exn_put32be(data + 4 * i, (uint32_t)expected[1][i]);
        put_chunk(&file, "caNv", (exn_span){data, sizeof data}, true);
        put_exif(&file, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const exn_span canvas = chunk_of(pass.file, "caNv", 0);
        assert_int_equal(canvas.size, 16);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal((int32_t)exn_get32be(canvas.data + 4 * i), expected[o][i]);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

static void test_doubtful_canvas_stays(void **state)
{
    (void)state;
    static const char canvas[] = "\0\0\0\50\0\0\0\36\0\0\0\5\0\0\0\11\0";
    for (size_t size = 15; size <= 17; size++) {
        exn_buffer file = plain();
        put_chunk(&file, "caNv", (exn_span){(const uint8_t *)canvas, size}, true);
        put_exif(&file, 6);
        const exn_span before = chunk_of(exn_buffer_span(&file), "caNv", 0);
        if (size == 16)
            file.data[before.data - file.data + 16] ^= 1; /* the CRC */
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const exn_span after = chunk_of(pass.file, "caNv", 0);
        assert_int_equal(after.size, size);
        assert_memory_equal(after.data, before.data, size + 4);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

/* A wrong CRC stays wrong: it is not made right around what nobody read. */
static void test_doubtful_offsets_stay(void **state)
{
    (void)state;
    static const char *const types[] = {"oFFs", "sCAL", "vpAg", "pHYs"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        exn_buffer file = plain();
        put_chunk(&file, types[i], (exn_span){(const uint8_t *)"\0011.5\0002.25", 9}, true);
        put_exif(&file, 6);
        const exn_span before = chunk_of(exn_buffer_span(&file), types[i], 0);
        file.data[before.data - file.data + 9] ^= 1;
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_memory_equal(chunk_of(pass.file, types[i], 0).data, before.data, 9 + 4);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

static void test_indexes_and_signatures(void **state)
{
    (void)state;
    exn_options options;
    exn_options_init(&options, sizeof options);
    for (int mode = 0; mode < 2; mode++) {
        exn_buffer file = plain();
        options.mode = mode ? EXN_MODE_DROP : EXN_MODE_BAKE;
        put_chunk(&file, "iDOT", span_of_words("an index of 28 bytes........"), true);
        put_chunk(&file, "caBX", span_of_words("signature"), true);
        put_exif(&file, 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        /* Pixels that stay leave Apple's index true. */
        assert_int_equal(chunk_of(pass.file, "iDOT", 0).data != NULL, mode);
        expect_same_bytes(chunk_of(pass.file, "caBX", 0), span_of_words("signature"));
        assert_int_equal(pass.result.warnings & 1u << EXN_WARN_SIGNATURE_INVALID,
                         1u << EXN_WARN_SIGNATURE_INVALID);
        assert_int_equal(pass.result.warnings & 1u << EXN_WARN_CHUNK_REMOVED,
                         mode ? 0 : 1u << EXN_WARN_CHUNK_REMOVED);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

static void test_drop_keeps_the_picture(void **state)
{
    (void)state;
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    for (int o = 2; o <= 8; o++) {
        exn_buffer file = plain(), data = exif_profile(o, true, (exn_span){NULL, 0});
        put_profile(&file, EXN_TEST_ZTXT, "exif", exn_buffer_span(&data));
        put_chunk(&file, "pHYs", (exn_span){(const uint8_t *)"\0\0\1\2\0\0\3\4\1", 9}, true);
        put_exif(&file, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(pass.result.orientation, o);
        assert_int_equal(pass.result.warnings, 0);
        static const char *const kept[] = {"IHDR", "pHYs", "IDAT", "IEND"};
        for (int i = 0; i < 4; i++)
            expect_same_bytes(chunk_of(exn_buffer_span(&file), kept[i], 0),
                              chunk_of(pass.file, kept[i], 0));
        if (o == 6)
            exn_test_no_orientation(pass.file);
        exn_test_pass_free(&pass);
        exn_buffer_free(&data);
        exn_buffer_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xmp_in_every_form),
        cmocka_unit_test(test_itxt_keeps_its_head),
        cmocka_unit_test(test_exif_profiles),
        cmocka_unit_test(test_words_and_orders),
        cmocka_unit_test(test_resource_profiles),
        cmocka_unit_test(test_small_bombs),
        cmocka_unit_test(test_xmp_profiles),
        cmocka_unit_test(test_exiftool_sees_no_profile_orientation),
        cmocka_unit_test(test_profile_thumbnail_follows),
        cmocka_unit_test(test_profiles_by_imagemagick),
        cmocka_unit_test(test_plain_texts),
        cmocka_unit_test(test_other_texts_stay),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_a_value_over_its_limit),
        cmocka_unit_test(test_a_product_over_limits),
        cmocka_unit_test(test_densities_follow),
        cmocka_unit_test(test_canvas_follows),
        cmocka_unit_test(test_canvas_by_imagemagick),
        cmocka_unit_test(test_doubtful_canvas_stays),
        cmocka_unit_test(test_doubtful_offsets_stay),
        cmocka_unit_test(test_indexes_and_signatures),
        cmocka_unit_test(test_drop_keeps_the_picture),
    };
    return cmocka_run_group_tests_name("places in PNG", tests, NULL, NULL);
}
