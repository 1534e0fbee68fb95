/* SPDX-License-Identifier: MIT */
/* Where a JPEG keeps an orientation, or what a turn moves, outside of Exif: XMP in one APP1 and in
 * many, JFIF and JFXX thumbnails and densities, Photoshop resources. Through the public interface.
 *
 * Oracles: the source's own bytes with the words blanked by hand, naive turns, md5sum, exiftool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/naive.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/proc.h"

#define XMP_WARNING (1u << EXN_WARN_XMP_ORIENTATION)
#define XMP_REASON  (1u << EXN_REASON_XMP)
#define DROPPED     (1u << EXN_WARN_THUMBNAIL_DROPPED)

enum { W = 48, H = 32, APP0 = 0xE0, APP1 = 0xE1, APP11 = 0xEB, APP13 = 0xED, NO_EXIF = -1 };

/* --- Making files: what is put in last stands first --- */

static exn_buffer plain(void)
{
    exn_test_jpeg jpeg;
    exn_buffer out = {0};
    exn_test_jpeg_init(&jpeg, W, H);
    jpeg.jfif = true;
    jpeg.density_unit = 1;
    jpeg.x_density = 300;
    jpeg.y_density = 150;
    exn_test_jpeg_made(&jpeg, &out);
    return out;
}

/* Takes the payload. */
static void put_app1(exn_buffer *file, exn_buffer payload)
{
    exn_test_jpeg_put_front(file, APP1, exn_buffer_span(&payload));
    exn_buffer_free(&payload);
}

/* 0: a block without orientation; NO_EXIF: none. */
static void put_exif(exn_buffer *file, int orientation)
{
    exn_buffer tiff = {0}, out = {0};
    const exn_test_exif exif = {.orientation = (uint16_t)orientation};
    if (orientation == NO_EXIF)
        return;
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_jpeg_insert_exif(exn_buffer_span(file), exn_buffer_span(&tiff), &out));
    exn_buffer_free(&tiff);
    exn_buffer_free(file);
    *file = out;
}

static exn_buffer with_xmp(const char *attributes, const char *content, int orientation)
{
    exn_buffer file = plain();
    put_app1(&file, exn_test_xmp_segment(attributes, content));
    put_exif(&file, orientation);
    return file;
}

/* --- Looking at files --- */

/* Everything but application segments and comments. */
static exn_buffer picture_of(exn_span file)
{
    exn_buffer out = {0};
    exn_test_segment s;
    size_t at = 0;
    while (exn_test_jpeg_next(file, &at, &s))
        if ((s.marker & 0xF0) != APP0 && s.marker != 0xFE)
            exn_buffer_append(&out, file.data + s.offset, at - s.offset);
    exn_buffer_append(&out, file.data + at, file.size - at);
    return out;
}

static void expect_same_picture(exn_span a, exn_span b)
{
    exn_buffer x = picture_of(a), y = picture_of(b);
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.data, y.data, x.size);
    exn_buffer_free(&x);
    exn_buffer_free(&y);
}

static void expect_same_bytes(exn_span a, exn_span b)
{
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
}

/* Blanks all occurrences; at least one. */
static void blank(exn_buffer *file, const char *words)
{
    const size_t length = strlen(words);
    int count = 0;
    for (uint8_t *p; (p = memmem(file->data, file->size, words, length)) != NULL; count++)
        memset(p, ' ', length);
    assert_true(count > 0);
}

static bool contains(exn_span file, const char *words)
{
    return memmem(file.data, file.size, words, strlen(words)) != NULL;
}

/* The payload of the segment of that marker and number whose payload begins so. */
static exn_span payload_of(exn_span file, uint8_t marker, const char *begin, unsigned number)
{
    exn_test_segment s;
    size_t at = 0;
    while (exn_test_jpeg_next(file, &at, &s))
        if (s.marker == marker && exn_span_starts(s.payload, begin, strlen(begin)) && number-- == 0)
            return s.payload;
    return (exn_span){NULL, 0};
}

/* --- XMP --- */

typedef struct form {
    const char *attributes, *content, *words;
} form;

static const form forms[] = {
    {EXN_TEST_TIFF_NS "tiff:Orientation='6'", "", "tiff:Orientation='6'"},
    {EXN_TEST_TIFF_NS "tiff:Orientation=\"6\"", "", "tiff:Orientation=\"6\""},
    {EXN_TEST_TIFF_NS, "<tiff:Orientation>6</tiff:Orientation>",
     "<tiff:Orientation>6</tiff:Orientation>"},
    {"xmlns:abc='http://ns.adobe.com/tiff/1.0/' abc:Orientation='6'", "", "abc:Orientation='6'"},
};

/* XMP alone turns nothing: the file without the words is the product, byte for byte. */
static void test_xmp_alone_is_cut_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        for (int order = 0; order < 3; order++) {
            exn_buffer file = plain();
            if (order == 1)
                put_exif(&file, 0);
            put_app1(&file, exn_test_xmp_segment(forms[i].attributes, forms[i].content));
            if (order == 2)
                put_exif(&file, 0);
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
            assert_int_equal(pass.result.orientation, 0);
            assert_int_equal(pass.result.reasons, XMP_REASON);
            assert_int_equal(pass.result.warnings, XMP_WARNING);
            assert_true(exn_test_is_refused(exn_buffer_span(&file)));
            blank(&file, forms[i].words);
            expect_same_bytes(exn_buffer_span(&file), pass.file);
            if (order == 0)
                exn_test_no_orientation(pass.file);
            exn_test_pass_free(&pass);
            exn_buffer_free(&file);
        }
}

static void test_several_packets(void **state)
{
    (void)state;
    exn_buffer file = plain();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        put_app1(&file, exn_test_xmp_segment(forms[i].attributes, forms[i].content));
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        blank(&file, forms[i].words);
    expect_same_bytes(exn_buffer_span(&file), pass.file);
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
}

static void test_xmp_beside_exif(void **state)
{
    (void)state;
    static const struct {
        int exif;
        const char *xmp;
        uint32_t warnings;
        bool refused;
        exn_outcome outcome;
    } rows[] = {
        {6, "6", 0, false, EXN_OUTCOME_LOSSLESS},
        {6, "3", XMP_WARNING, true, EXN_OUTCOME_LOSSLESS},
        {1, "6", XMP_WARNING, true, EXN_OUTCOME_METADATA},
        {1, "1", 0, false, EXN_OUTCOME_UNTOUCHED},
        {NO_EXIF, "1", 0, false, EXN_OUTCOME_UNTOUCHED},
        {NO_EXIF, "0", 0, false, EXN_OUTCOME_METADATA},
        {NO_EXIF, "nonsense", 0, false, EXN_OUTCOME_METADATA},
        {6, "1", XMP_WARNING, true, EXN_OUTCOME_LOSSLESS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char attributes[200];
        snprintf(attributes, sizeof attributes, EXN_TEST_TIFF_NS "tiff:Orientation='%s'",
                 rows[i].xmp);
        exn_buffer file = with_xmp(attributes, "", rows[i].exif);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, rows[i].outcome);
        assert_int_equal(pass.result.warnings, rows[i].warnings);
        assert_int_equal(exn_test_is_refused(exn_buffer_span(&file)), rows[i].refused);
        if (pass.product.data)
            assert_false(contains(pass.file, "tiff:Orientation"));
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

/* What speaks of the stored picture follows it; the rest of the packet keeps its words. */
static void test_sizes_and_regions_follow(void **state)
{
    (void)state;
    static const char *const arguments[] = {"-s",
                                            "-s",
                                            "-s",
                                            "-XMP:ImageWidth",
                                            "-XMP:ImageHeight",
                                            "-RegionAreaX",
                                            "-RegionAreaY",
                                            "-RegionAreaW",
                                            "-RegionAreaH",
                                            "-RegionAppliedToDimensionsW",
                                            "-Creator",
                                            "-Warning",
                                            NULL};
    exn_buffer file = with_xmp(
        EXN_TEST_TIFF_NS EXN_TEST_AREA_NS
        "xmlns:dc='http://purl.org/dc/elements/1.1/' tiff:ImageWidth='48' tiff:ImageLength='32'",
        "<mwg-rs:Regions rdf:parseType='Resource'>"
        "<mwg-rs:AppliedToDimensions stDim:w='48' stDim:h='32' stDim:unit='pixel'/>"
        "<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Type='Face'>"
        "<mwg-rs:Area stArea:x='0.25' stArea:y='0.125' stArea:w='0.5' stArea:h='0.25'"
        " stArea:unit='normalized'/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList>"
        "</mwg-rs:Regions><dc:creator><rdf:Seq><rdf:li>\xC3\x96zg\xC3\xBCr</rdf:li></rdf:Seq>"
        "</dc:creator>",
        6);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    char *text = exn_test_exiftool(pass.file, arguments);
    /* Turned to the right, the distance from the left edge is that from the bottom edge. */
    assert_string_equal(text, "32\n48\n0.875\n0.25\n0.25\n0.5\n32\n\xC3\x96zg\xC3\xBCr\n");
    free(text);
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
}

/* --- Extended XMP --- */

enum { FILLER = 150000, PORTION = 60000 };

static const char main_words[] = "xmlns:xmpNote='http://ns.adobe.com/xmp/note/' "
                                 "xmpNote:HasExtendedXMP='%s'";

/* The packet that only extended XMP has room for. */
static exn_buffer extended_packet(const char *attributes, const char *content)
{
    const size_t room = FILLER + strlen(content) + 100;
    char *filler = malloc(room);
    assert_non_null(filler);
    size_t at = (size_t)snprintf(filler, room, "<e:long xmlns:e='http://example.com/'>");
    for (int i = 0; i < FILLER; i++)
        filler[at++] = (char)('a' + i % 23);
    snprintf(filler + at, room - at, "</e:long>%s", content);
    exn_buffer packet = exn_test_xmp(attributes, filler);
    free(filler);
    return packet;
}

/* order: the numbers of the portions as they stand in the file; 'm' is the main packet, 'x' a
 * portion of somebody else's. */
static exn_buffer with_extended(exn_span packet, const char *order, int orientation)
{
    char guid[EXN_TEST_GUID + 1], words[200];
    exn_buffer file = plain();
    assert_true(exn_test_md5(packet, guid));
    snprintf(words, sizeof words, main_words, guid);
    for (size_t i = strlen(order); i-- > 0;) {
        if (order[i] == 'm')
            put_app1(&file, exn_test_xmp_segment(words, ""));
        else if (order[i] == 'x')
            put_app1(&file,
                     exn_test_xmp_portion("0123456789ABCDEF0123456789ABCDEF", packet, 0, 999));
        else
            put_app1(&file, exn_test_xmp_portion(guid, packet, PORTION * (size_t)(order[i] - '0'),
                                                 PORTION));
    }
    put_exif(&file, orientation);
    return file;
}

/* Puts together what has the GUID that the main packet names; that is its digest, too. */
static exn_buffer read_extended(exn_span file)
{
    static const char name[] = "HasExtendedXMP='";
    exn_buffer packet = {0};
    char digits[EXN_TEST_GUID + 1];
    const uint8_t *guid = memmem(file.data, file.size, name, strlen(name));
    assert_non_null(guid);
    guid += strlen(name);
    for (bool more = true; more;) {
        more = false;
        exn_span part;
        for (unsigned i = 0;
             (part = payload_of(file, APP1, "http://ns.adobe.com/xmp/extension/", i)).data; i++) {
            const uint8_t *p = part.data + 35;
            if (memcmp(p, guid, EXN_TEST_GUID) != 0 || exn_get32be(p + 36) != packet.size)
                continue;
            exn_buffer_append(&packet, p + 40, part.size - 75);
            assert_true(packet.size <= exn_get32be(p + 32));
            more = true;
        }
    }
    assert_true(exn_test_md5(exn_buffer_span(&packet), digits));
    assert_memory_equal(digits, guid, EXN_TEST_GUID);
    return packet;
}

static void test_extended_in_any_order(void **state)
{
    (void)state;
    static const char *const orders[] = {"m012", "m210", "m102", "0m21", "x1mx02x"};
    static const char *const arguments[] = {
        "-s", "-s", "-s", "-Warning", "-Error", "-XMP:Orientation", "-XMP-exif:ExifImageWidth",
        NULL};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        exn_buffer packet =
            extended_packet(EXN_TEST_TIFF_NS "xmlns:exif='http://ns.adobe.com/exif/1.0/' "
                                             "tiff:Orientation='6' exif:PixelXDimension='48'",
                            "");
        exn_buffer file = with_extended(exn_buffer_span(&packet), orders[i], NO_EXIF);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        bool foreign = strchr(orders[i], 'x') != NULL; /* they begin like the packet */
        assert_int_equal(pass.result.warnings,
                         XMP_WARNING | (foreign ? 1u << EXN_WARN_XMP_REMOVED : 0));
        assert_int_equal(pass.result.reasons, XMP_REASON);
        exn_buffer read = read_extended(pass.file);
        blank(&packet, "tiff:Orientation='6'");
        expect_same_bytes(exn_buffer_span(&read), exn_buffer_span(&packet));
        expect_same_picture(exn_buffer_span(&file), pass.file);
        if (i < 2) {
            char *text = exn_test_exiftool(pass.file, arguments);
            assert_string_equal(text, "48\n");
            free(text);
        }
        exn_buffer_free(&read);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&packet);
    }
}

/* All bytes of the segments that are somebody else's. */
static exn_buffer foreign_portions(exn_span file)
{
    exn_buffer out = {0};
    exn_span part;
    for (unsigned i = 0;
         (part = payload_of(file, APP1, "http://ns.adobe.com/xmp/extension/", i)).data; i++)
        if (memcmp(part.data + 35, "0123456789ABCDEF", 16) == 0)
            exn_buffer_append(&out, part.data, part.size);
    return out;
}

/* Whole or not, in order or not: a packet that no main packet names is read by exiftool alone, if
 * asked to, and stays as it is if it orients nothing. */
static void test_foreign_portions(void **state)
{
    (void)state;
    static const char *const orders[] = {"xm0x12x", "x", "m012x"};
    for (int i = 0; i < 6; i++) {
        bool orients = i % 2;
        exn_buffer packet = extended_packet(
            orients ? EXN_TEST_TIFF_NS "tiff:Orientation='6'" : EXN_TEST_TIFF_NS, "");
        exn_buffer file =
            with_extended(exn_buffer_span(&packet), orders[i / 2], i < 2 ? 6 : NO_EXIF);
        exn_buffer before = foreign_portions(exn_buffer_span(&file));
        assert_int_not_equal(before.size, 0);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_buffer after = foreign_portions(pass.file);
        assert_int_equal(pass.result.warnings >> EXN_WARN_XMP_REMOVED & 1, orients);
        assert_int_equal(pass.result.reasons >> EXN_REASON_XMP & 1, orients);
        if (orients)
            assert_int_equal(after.size, 0);
        else
            expect_same_bytes(exn_buffer_span(&before), exn_buffer_span(&after));
        exn_buffer_free(&before);
        exn_buffer_free(&after);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&packet);
    }
}

/* exiftool puts unnamed portions together when it is asked to, and sees 6 then. */
static void test_unnamed_packet_goes(void **state)
{
    (void)state;
    static const char *const arguments[] = {"-api", "ExtendedXMP=2",    "-s", "-s", "-s",
                                            "-n",   "-XMP:Orientation", NULL};
    static const char *const orders[] = {"012", "201"};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        exn_buffer packet = extended_packet(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "");
        exn_buffer file = with_extended(exn_buffer_span(&packet), orders[i], NO_EXIF);
        char *text = exn_test_exiftool(exn_buffer_span(&file), arguments);
        assert_string_equal(text, "6\n");
        free(text);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        assert_true(exn_test_is_refused(exn_buffer_span(&file)));
        assert_null(payload_of(pass.file, APP1, "http://ns.adobe.com/xmp/extension/", 0).data);
        text = exn_test_exiftool(pass.file, arguments);
        assert_string_equal(text, "");
        free(text);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&packet);
    }
}

/* A turn makes the regions' numbers longer: length, offsets and digest follow. */
static void test_extended_regions_follow(void **state)
{
    (void)state;
    static const char *const arguments[] = {"-s",           "-s",           "-s",
                                            "-Warning",     "-RegionAreaX", "-RegionAreaY",
                                            "-RegionAreaW", "-RegionAreaH", NULL};
    exn_buffer packet = extended_packet(
        EXN_TEST_AREA_NS,
        "<mwg-rs:Regions rdf:parseType='Resource'>"
        "<mwg-rs:AppliedToDimensions stDim:w='48' stDim:h='32' stDim:unit='pixel'/>"
        "<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description>"
        "<mwg-rs:Area stArea:x='0.5' stArea:y='0.0625' stArea:w='0.5' "
        "stArea:h='0.125' stArea:unit='normalized'/>"
        "</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>");
    for (int i = 0; i < 2; i++) {
        exn_buffer file = with_extended(exn_buffer_span(&packet), i ? "2m10" : "m012", 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_buffer read = read_extended(pass.file);
        char *text = exn_test_exiftool(pass.file, arguments);
        assert_string_equal(text, "0.9375\n0.5\n0.125\n0.5\n");
        free(text);
        exn_buffer_free(&read);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&packet);
}

/* Without all its portions nobody can read it: no digest would be right. It goes where one of them
 * says, or two together say, an orientation; the third portion says none. */
static void test_incomplete_extended(void **state)
{
    (void)state;
    static const struct {
        const char *order;
        bool orients;
    } rows[] = {{"m02", true}, {"m01", true}, {"m0", true}, {"m2", false}, {"m010", true}};
    exn_buffer packet = extended_packet(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "");
    assert_true((const char *)memmem(packet.data, packet.size, "Orientation", 11) <
                (const char *)packet.data + PORTION);
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        bool orients = rows[i / 2].orients, turned = i % 2;
        exn_buffer file =
            with_extended(exn_buffer_span(&packet), rows[i / 2].order, turned ? 6 : NO_EXIF);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_span left = payload_of(pass.file, APP1, "http://ns.adobe.com/xmp/extension/", 0);
        assert_int_equal(pass.result.outcome == EXN_OUTCOME_UNTOUCHED, !turned && !orients);
        assert_int_equal(pass.result.warnings >> EXN_WARN_XMP_REMOVED & 1, orients);
        assert_int_equal(left.data != NULL, !orients);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&packet);
}

/* What cannot be read and orients nothing stays as it is, and so does the rest of the file. */
static void test_incomplete_extended_that_orients_nothing(void **state)
{
    (void)state;
    static const char *const orders[] = {"m02", "m01", "m0", "m2", "m010"};
    exn_buffer packet = extended_packet(EXN_TEST_TIFF_NS, "");
    for (size_t i = 0; i < 2 * sizeof orders / sizeof orders[0]; i++) {
        bool turned = i % 2;
        exn_buffer file =
            with_extended(exn_buffer_span(&packet), orders[i / 2], turned ? 6 : NO_EXIF);
        exn_buffer before = foreign_portions(exn_buffer_span(&file));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_buffer after = foreign_portions(pass.file);
        assert_int_equal(pass.result.outcome == EXN_OUTCOME_UNTOUCHED, !turned);
        assert_int_equal(pass.result.warnings, 0);
        expect_same_bytes(exn_buffer_span(&before), exn_buffer_span(&after));
        exn_buffer_free(&before);
        exn_buffer_free(&after);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&packet);
}

/* A portion of another packet's length is none of this packet, whatever its digest says. */
static void test_portions_that_disagree(void **state)
{
    (void)state;
    enum { LENGTH_AT = 35 + 32 };
    exn_buffer packet = extended_packet(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "");
    for (unsigned n = 1; n < 3; n++) {
        exn_buffer file = with_extended(exn_buffer_span(&packet), "m012", NO_EXIF);
        exn_span portion =
            payload_of(exn_buffer_span(&file), APP1, "http://ns.adobe.com/xmp/extension/", n);
        uint8_t *length = file.data + (portion.data - file.data) + LENGTH_AT;
        assert_int_equal(exn_get32be(length), packet.size);
        exn_put32be(length, (uint32_t)packet.size + 1);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.warnings >> EXN_WARN_XMP_REMOVED & 1, 1);
        assert_null(payload_of(pass.file, APP1, "http://ns.adobe.com/xmp/extension/", 0).data);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&packet);
}

/* --- JFIF and JFXX --- */

enum { TW = 5, TH = 3 };

static void fill(uint8_t *to, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(i * 29 + 7);
}

/* A copy of the plain file whose JFIF segment has a thumbnail. */
static exn_buffer with_jfif_thumbnail(void)
{
    exn_buffer file = plain(), out = {0};
    uint8_t pixels[TW * TH * 3];
    fill(pixels, sizeof pixels);
    assert_true(
        exn_test_splice(exn_buffer_span(&file), 20, 0, (exn_span){pixels, sizeof pixels}, &out));
    exn_put16be(out.data + 4, 16 + sizeof pixels);
    out.data[18] = TW;
    out.data[19] = TH;
    exn_buffer_free(&file);
    return out;
}

static void test_jfif_follows(void **state)
{
    (void)state;
    for (int o = 1; o <= 8; o++) {
        exn_buffer file = with_jfif_thumbnail();
        uint8_t pixels[TW * TH * 3], turned[TW * TH * 3];
        const bool exchanged = o >= 5;
        put_exif(&file, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const exn_span jfif = payload_of(pass.file, APP0, "JFIF", 0);
        assert_int_equal(jfif.size, 14 + sizeof pixels);
        assert_int_equal(exn_get16be(jfif.data + 8), exchanged ? 150 : 300);
        assert_int_equal(exn_get16be(jfif.data + 10), exchanged ? 300 : 150);
        assert_int_equal(jfif.data[12], exchanged ? TH : TW);
        assert_int_equal(jfif.data[13], exchanged ? TW : TH);
        fill(pixels, sizeof pixels);
        exn_test_naive_rotate((uint32_t)o, pixels, TW, TH, 3, turned);
        assert_memory_equal(jfif.data + 14, turned, sizeof turned);
        assert_int_equal(pass.result.warnings, 0);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

static void test_jfif_thumbnail_that_is_cut_goes(void **state)
{
    (void)state;
    exn_buffer file = with_jfif_thumbnail();
    file.data[19] = TH + 1;
    put_exif(&file, 6);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    const exn_span jfif = payload_of(pass.file, APP0, "JFIF", 0);
    assert_int_equal(jfif.size, 14);
    assert_int_equal(exn_get16be(jfif.data + 12), 0);
    assert_int_equal(pass.result.warnings, DROPPED);
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
}

/* code 0x11: 768 bytes of palette and an index a pixel; 0x13: RGB. extra: bytes behind. */
static exn_buffer with_jfxx(uint8_t code, int orientation)
{
    exn_buffer file = plain();
    uint8_t payload[8 + 768 + TW * TH * 3] = "JFXX";
    const size_t palette = code == 0x11 ? 768 : 0, pixel = code == 0x11 ? 1 : 3;
    payload[5] = code;
    payload[6] = TW;
    payload[7] = TH;
    fill(payload + 8, palette + TW * TH * pixel);
    put_exif(&file, orientation);
    exn_test_jpeg_put_front(&file, APP0, (exn_span){payload, 8 + palette + TW * TH * pixel});
    return file;
}

static void test_jfxx_pixels_follow(void **state)
{
    (void)state;
    for (uint32_t o = 2; o <= 8; o++)
        for (uint8_t code = 0x11; code <= 0x13; code += 2) {
            const size_t palette = code == 0x11 ? 768 : 0, pixel = code == 0x11 ? 1 : 3;
            uint8_t turned[TW * TH * 3];
            exn_buffer file = with_jfxx(code, (int)o);
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            const exn_span before = payload_of(exn_buffer_span(&file), APP0, "JFXX", 0);
            const exn_span after = payload_of(pass.file, APP0, "JFXX", 0);
            exn_test_naive_rotate(o, before.data + 8 + palette, TW, TH, pixel, turned);
            assert_int_equal(after.size, before.size);
            assert_int_equal(after.data[6], o >= 5 ? TH : TW);
            assert_int_equal(after.data[7], o >= 5 ? TW : TH);
            assert_memory_equal(after.data + 8, before.data + 8, palette);
            assert_memory_equal(after.data + 8 + palette, turned, TW * TH * pixel);
            exn_test_pass_free(&pass);
            exn_buffer_free(&file);
        }
}

static void test_jfxx_jpeg_follows(void **state)
{
    (void)state;
    for (uint32_t o = 2; o <= 8; o++) {
        exn_buffer file = plain(), payload = {0}, thumbnail = {0};
        exn_test_jpeg jpeg;
        exn_test_coefs before, after;
        char why[EXN_TEST_WHY];
        exn_test_jpeg_init(&jpeg, 32, 16);
        exn_test_jpeg_made(&jpeg, &thumbnail);
        exn_buffer_append(&payload, "JFXX\0\x10", 6);
        exn_buffer_append(&payload, thumbnail.data, thumbnail.size);
        put_exif(&file, (int)o);
        exn_test_jpeg_put_front(&file, APP0, exn_buffer_span(&payload));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const exn_span jfxx = payload_of(pass.file, APP0, "JFXX\0\x10", 0);
        assert_true(jfxx.size > 6);
        assert_true(exn_test_jpeg_read(exn_buffer_span(&thumbnail), &before, why));
        assert_true(exn_test_jpeg_read(exn_span_part(jfxx, 6, SIZE_MAX), &after, why));
        for (int i = 0; i < 3; i++)
            if (!exn_test_same_coefficients(&before, &after, i, o, why))
                fail_msg("%u: %s", o, why);
        exn_test_coefs_free(&before);
        exn_test_coefs_free(&after);
        exn_test_pass_free(&pass);
        exn_buffer_free(&payload);
        exn_buffer_free(&thumbnail);
        exn_buffer_free(&file);
    }
}

/* --- Photoshop resources --- */

static const char photoshop[14] = "Photoshop 3.0";

/* Resources of all sizes; the thumbnails only where they are asked for. */
static exn_buffer resources(bool thumbnails, size_t thumbnail_size)
{
    exn_buffer out = {0};
    uint8_t *picture = calloc(1, thumbnail_size);
    assert_non_null(picture);
    exn_test_irb(&out, 0x0425, "0123456789ABCDEF", 16);
    if (thumbnails)
        exn_test_irb(&out, 0x0409, picture, 33);
    exn_test_irb(&out, 0x0404, "\x1C\2\x78\0\7Caption", 12);
    exn_test_irb(&out, 0x0FA0, picture, thumbnail_size); /* what stays may fill segments, too */
    if (thumbnails)
        exn_test_irb(&out, 0x040C, picture, thumbnail_size);
    /* A name of an even length needs a padding byte. */
    exn_buffer_append(&out, "8BIM\x0F\xA2\4Name\0\0\0\0\3abc", 19);
    exn_buffer_append(&out, "", 1);
    exn_test_irb(&out, 0x03ED, "\1\x2C\0\0\0\1\0\1\1\x2C\0\0\0\1\0\1", 16);
    free(picture);
    return out;
}

/* In as many APP13 as it takes, each of at most that size. */
static void put_resources(exn_buffer *file, exn_span irb, size_t step)
{
    for (size_t at = (irb.size - 1) / step * step;; at -= step) {
        exn_buffer payload = {0};
        const exn_span part = exn_span_part(irb, at, step);
        exn_buffer_append(&payload, photoshop, sizeof photoshop);
        exn_buffer_append(&payload, part.data, part.size);
        exn_test_jpeg_put_front(file, APP13, exn_buffer_span(&payload));
        exn_buffer_free(&payload);
        if (at == 0)
            break;
    }
}

static exn_buffer read_resources(exn_span file)
{
    exn_buffer out = {0};
    exn_span part;
    for (unsigned i = 0; (part = payload_of(file, APP13, photoshop, i)).data; i++)
        exn_buffer_append(&out, part.data + sizeof photoshop, part.size - sizeof photoshop);
    return out;
}

/* Those that hold no picture. */
static void test_broken_resource_thumbnails_go(void **state)
{
    (void)state;
    static const struct {
        size_t size, step;
    } rows[] = {{100, 65000}, {101, 65000}, {70001, 65000}, {5000, 700}, {130000, 64000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = plain(), irb = resources(true, rows[i].size),
                   rest = resources(false, rows[i].size);
        put_exif(&file, 6);
        put_resources(&file, exn_buffer_span(&irb), rows[i].step);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_buffer read = read_resources(pass.file);
        expect_same_bytes(exn_buffer_span(&read), exn_buffer_span(&rest));
        assert_int_equal(pass.result.warnings, 1u << EXN_WARN_RESOURCE_THUMBNAIL_DROPPED);
        exn_buffer_free(&read);
        exn_test_pass_free(&pass);
        exn_buffer_free(&irb);
        exn_buffer_free(&rest);
        exn_buffer_free(&file);
    }
}

/* Without a thumbnail, or where nothing is turned, all segments are as they were. */
static void test_resources_stay(void **state)
{
    (void)state;
    for (int turned = 0; turned < 2; turned++) {
        exn_buffer file = with_xmp(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "", turned ? 6 : 0);
        exn_buffer irb = resources(!turned, 1000);
        put_resources(&file, exn_buffer_span(&irb), 90);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_span part;
        unsigned count = 0;
        for (; (part = payload_of(exn_buffer_span(&file), APP13, photoshop, count)).data; count++)
            expect_same_bytes(part, payload_of(pass.file, APP13, photoshop, count));
        assert_true(count > 1);
        assert_null(payload_of(pass.file, APP13, photoshop, count).data);
        assert_int_equal(
            pass.result.warnings & (DROPPED | 1u << EXN_WARN_RESOURCE_THUMBNAIL_DROPPED), 0);
        exn_test_pass_free(&pass);
        exn_buffer_free(&irb);
        exn_buffer_free(&file);
    }
}

/* Image Ready and PhotoDeluxe sign resources in their own way; behind them there may be thumbnails.
 */
static void test_other_signatures_are_passed(void **state)
{
    (void)state;
    static const char *const signatures[] = {"MeSa", "PHUT", "DCSR", "AgHg"};
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        exn_buffer file = plain(), irb = {0}, rest = {0};
        exn_test_irb(&rest, 0x1B59, "abcd", 4);
        memcpy(rest.data, signatures[i], 4);
        exn_buffer_append(&irb, rest.data, rest.size);
        exn_test_irb(&irb, 0x040C, "thumbnail", 9);
        put_exif(&file, 3);
        put_resources(&file, exn_buffer_span(&irb), 60000);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_buffer read = read_resources(pass.file);
        expect_same_bytes(exn_buffer_span(&read), exn_buffer_span(&rest));
        exn_buffer_free(&read);
        exn_test_pass_free(&pass);
        exn_buffer_free(&irb);
        exn_buffer_free(&rest);
        exn_buffer_free(&file);
    }
}

/* --- Keeping the pixels --- */

/* Mode drop: no byte of the picture changes, nor does what speaks of it, but every trace goes. */
static void test_drop_keeps_the_picture(void **state)
{
    (void)state;
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    for (int o = 2; o <= 8; o++) {
        exn_buffer file = with_jfif_thumbnail(), irb = resources(true, 100);
        char words[200];
        snprintf(words, sizeof words, EXN_TEST_TIFF_NS "tiff:Orientation='%d'", o);
        put_resources(&file, exn_buffer_span(&irb), 60000);
        put_app1(&file, exn_test_xmp_segment(words, "<tiff:ImageWidth>48</tiff:ImageWidth>"));
        put_exif(&file, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(pass.result.orientation, o);
        assert_int_equal(pass.result.warnings, 0);
        assert_int_equal(pass.result.width_out, W);
        expect_same_picture(exn_buffer_span(&file), pass.file);
        expect_same_bytes(payload_of(exn_buffer_span(&file), APP0, "JFIF", 0),
                          payload_of(pass.file, APP0, "JFIF", 0));
        expect_same_bytes(payload_of(exn_buffer_span(&file), APP13, photoshop, 0),
                          payload_of(pass.file, APP13, photoshop, 0));
        assert_false(contains(pass.file, "tiff:Orientation"));
        assert_true(contains(pass.file, "<tiff:ImageWidth>48</"));
        if (o == 6)
            exn_test_no_orientation(pass.file);
        exn_test_pass_free(&pass);
        exn_buffer_free(&irb);
        exn_buffer_free(&file);
    }
}

/* C2PA: kept, and said to be of other bytes. */
static void test_signature_is_kept(void **state)
{
    (void)state;
    static const char manifest[] = "JP\0\1\0\0\0\1\0\0\0\x10jumbabcdefgh";
    const exn_span payload = {(const uint8_t *)manifest, sizeof manifest - 1};
    for (int o = 6; o <= 9; o += 3) {
        exn_buffer file = plain();
        put_exif(&file, o);
        exn_test_jpeg_put_front(&file, APP11, payload);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        expect_same_bytes(payload, payload_of(pass.file, APP11, "JP", 0));
        assert_true(pass.result.warnings & 1u << EXN_WARN_SIGNATURE_INVALID);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xmp_alone_is_cut_out),
        cmocka_unit_test(test_several_packets),
        cmocka_unit_test(test_xmp_beside_exif),
        cmocka_unit_test(test_sizes_and_regions_follow),
        cmocka_unit_test(test_extended_in_any_order),
        cmocka_unit_test(test_foreign_portions),
        cmocka_unit_test(test_unnamed_packet_goes),
        cmocka_unit_test(test_extended_regions_follow),
        cmocka_unit_test(test_incomplete_extended),
        cmocka_unit_test(test_incomplete_extended_that_orients_nothing),
        cmocka_unit_test(test_portions_that_disagree),
        cmocka_unit_test(test_jfif_follows),
        cmocka_unit_test(test_jfif_thumbnail_that_is_cut_goes),
        cmocka_unit_test(test_jfxx_pixels_follow),
        cmocka_unit_test(test_jfxx_jpeg_follows),
        cmocka_unit_test(test_broken_resource_thumbnails_go),
        cmocka_unit_test(test_resources_stay),
        cmocka_unit_test(test_other_signatures_are_passed),
        cmocka_unit_test(test_drop_keeps_the_picture),
        cmocka_unit_test(test_signature_is_kept),
    };
    return cmocka_run_group_tests_name("places in JPEG", tests, NULL, NULL);
}
