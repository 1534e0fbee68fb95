/* SPDX-License-Identifier: MIT */
/* Orientations that no browser reads and exiftool does: under another header, behind another magic
 * number, in a continuation, in Interoperability IFDs, Photoshop resources and chunks of another
 * name. None may be left. The oracle is exiftool, which has to see each in the source first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "exifnorm.h"
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/places_make.h"
#include "support/png_make.h"
#include "support/proc.h"

enum { W = 48, H = 32, APP1 = 0xE1, APP13 = 0xED };

static const uint8_t six[] = {'M', 'M', 0, 42, 0, 0,   0,   8,   0, 2,    1,    0x0F, 0,
                              2,   0,   0, 0,  4, 'A', 'b', 'c', 0, 0x01, 0x12, 0,    3,
                              0,   0,   0, 1,  0, 6,   0,   0,   0, 0,    0,    0};
static const uint8_t interop[] = {'I', 'I', 42, 0,  8, 0, 0,  0, 1, 0,   0x69, 0x87, 4, 0,    1,
                                  0,   0,   0,  26, 0, 0, 0,  0, 0, 0,   0,    1,    0, 0x05, 0xA0,
                                  4,   0,   1,  0,  0, 0, 44, 0, 0, 0,   0,    0,    0, 0,    2,
                                  0,   1,   0,  2,  0, 4, 0,  0, 0, 'R', '9',  '8',  0, 0x12, 1,
                                  3,   0,   1,  0,  0, 0, 6,  0, 0, 0,   0,    0,    0, 0};

static exn_buffer plain(void)
{
    exn_test_jpeg jpeg;
    exn_buffer out = {0};
    exn_test_jpeg_init(&jpeg, W, H);
    exn_test_jpeg_made(&jpeg, &out);
    return out;
}

static void put(exn_buffer *file, uint8_t marker, const char *head, size_t head_size,
                const uint8_t *data, size_t size)
{
    exn_buffer payload = {0};
    exn_buffer_append(&payload, head, head_size);
    exn_buffer_append(&payload, data, size);
    exn_test_jpeg_put_front(file, marker, exn_buffer_span(&payload));
    exn_buffer_free(&payload);
}

/* What exiftool sees besides 1: lines of tag and value, as they come. */
static bool sees_orientation(exn_span file)
{
    const char *const argv[] = {"exiftool", "-a", "-s3", "-n", "-Orientation", "-", NULL};
    exn_test_proc proc;
    if (!exn_test_run(argv, file, &proc))
        fail_msg("exiftool: %.*s", (int)proc.err.size, (const char *)proc.err.data);
    bool seen = proc.out.size > 0 && memchr(proc.out.data, '6', proc.out.size);
    exn_test_proc_free(&proc);
    return seen;
}

static int read_span(void *context, void *to, size_t size, uint64_t offset)
{
    memcpy(to, ((const exn_buffer *)context)->data + offset, size);
    return 0;
}

/* What exn_check() finds in the file, whose bytes it reads as it likes. */
static uint32_t foresee(exn_buffer *file)
{
    const exn_source source = {file->size, read_span, file};
    exn_result result = {.struct_size = sizeof(exn_result)};
    assert_int_equal(exn_check(&source, NULL, &result, NULL), EXN_OK);
    return result.reasons;
}

/* Normalizes, takes the file, and compares the pictures' size, which no browser turns. */
static void expect_cleaned(exn_buffer *file, exn_warning warning)
{
    exn_bytes product, again;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    assert_true(sees_orientation(exn_buffer_span(file)));
    assert_int_equal(exn_normalize(file->data, file->size, NULL, &product, &result, &error),
                     EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    assert_int_equal(result.orientation, 0);
    assert_true(result.warnings & EXN_WARNINGS_AMBIGUOUS || warning == EXN_WARNING_COUNT);
    if (warning != EXN_WARNING_COUNT)
        assert_true(result.warnings >> warning & 1);
    assert_false(sees_orientation((exn_span){product.data, product.size}));
    assert_int_equal(
        exn_verify(file->data, file->size, product.data, product.size, NULL, &result, &error),
        EXN_OK);
    assert_int_equal(exn_normalize(product.data, product.size, NULL, &again, &result, &error),
                     EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
    exn_bytes_free(&product);
    exn_buffer_free(file);
}

static void headers_of_another_form(void **state)
{
    (void)state;
    static const char *const heads[] = {"EXIF\0", "exif\0", "\1\2Exif\0", "\1\2\3\4Exif\0"};
    static const size_t sizes[] = {6, 6, 8, 10};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        exn_buffer file = plain();
        put(&file, APP1, heads[i], sizes[i], six, sizeof six);
        expect_cleaned(&file, EXN_WARN_ORIENTATION_IGNORED);
    }
}

static void other_magic_numbers(void **state)
{
    (void)state;
    static const uint8_t magics[][2] = {{0, 43}, {42, 0}};
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        uint8_t block[sizeof six];
        exn_buffer file = plain();
        memcpy(block, six, sizeof block);
        memcpy(block + 2, magics[i], 2);
        put(&file, APP1, "Exif\0", 6, block, sizeof block);
        expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
    }
}

static void continued_blocks(void **state)
{
    (void)state;
    exn_buffer file = plain();
    put(&file, APP1, "Exif\0", 6, six + 12, sizeof six - 12);
    put(&file, APP1, "Exif\0", 6, six, 12);
    expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
}

/* A value of IFD0 that lies over IFD0: nothing there can be edited, so the block goes. */
static const uint8_t unsafe[] = {'M', 'M', 0, 42, 0,  0, 0, 8, 0, 2, 1,    0x0F, 0,
                                 2,   0,   0, 0,  20, 0, 0, 0, 8, 1, 0x12, 0,    3,
                                 0,   0,   0, 1,  0,  9, 0, 0, 0, 0, 0,    0};

/* A block that cannot be edited goes, and takes along what readers would take for more of it. */
static void continuations_of_a_block_that_goes(void **state)
{
    (void)state;
    static const uint8_t more[] = "nothing that orients";
    exn_buffer file = plain();
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    put(&file, APP1, "Exif\0", 6, more, sizeof more);
    put(&file, APP1, "Exif\0", 6, unsafe, sizeof unsafe);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL), EXN_OK);
    assert_int_equal(result.warnings >> EXN_WARN_EXIF_REMOVED & 1, 1);
    assert_null(memmem(product.data, product.size, more, sizeof more));
    assert_null(memmem(product.data, product.size, "Exif", 4));
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* Garbage behind a segment stays behind what is before it, but where that is SOI: no reader would
 * take the file for a JPEG. */
static void garbage_behind_what_goes(void **state)
{
    (void)state;
    static const uint8_t garbage[] = {0, 0x55, 0};
    enum { HEAD = 4, EXIF = HEAD + 6 + sizeof unsafe };
    for (int first = 0; first < 2; first++) {
        exn_test_jpeg jpeg;
        exn_buffer file = {0}, exif = {0}, head = {0}, with = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_test_coefs before, after;
        char why[EXN_TEST_WHY];
        exn_test_jpeg_init(&jpeg, W, H);
        jpeg.jfif = false;
        exn_test_jpeg_made(&jpeg, &file);
        exn_buffer_append(&exif, "Exif\0", 6);
        exn_buffer_append(&exif, unsafe, sizeof unsafe);
        if (!first)
            exn_buffer_append(&head, "\xFF\xFE\0\7words", 9);
        assert_true(exn_test_insert_segment((exn_span){0}, 0, APP1, exn_buffer_span(&exif), &head));
        exn_buffer_append(&head, garbage, sizeof garbage);
        assert_true(exn_test_splice(exn_buffer_span(&file), 2, 0, exn_buffer_span(&head), &with));
        assert_int_equal(exn_normalize(with.data, with.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_memory_equal(product.data, "\xFF\xD8\xFF", 3);
        assert_int_equal(product.size, with.size - EXIF - (first ? sizeof garbage : 0));
        assert_true(exn_test_jpeg_read(exn_buffer_span(&file), &before, why));
        assert_true(exn_test_jpeg_read((exn_span){product.data, product.size}, &after, why));
        for (int i = 0; i < 3; i++)
            assert_true(exn_test_same_coefficients(&before, &after, i, 1, why));
        exn_test_coefs_free(&before);
        exn_test_coefs_free(&after);
        exn_bytes_free(&product);
        exn_buffer_free(&with);
        exn_buffer_free(&head);
        exn_buffer_free(&exif);
        exn_buffer_free(&file);
    }
}

/* In pieces that say nothing each by itself. put() adds in front. */
static void blocks_cut_anywhere(void **state)
{
    (void)state;
    /* The entry of the orientation is 22 to 33. Two pieces, or three, the second of four bytes. */
    static const struct {
        size_t cut, rest;
    } pieces[] = {{8, 0},  {11, 0}, {22, 0},  {23, 0},  {24, 0},  {26, 0},
                  {30, 0}, {32, 0}, {20, 24}, {22, 26}, {23, 27}, {26, 30}};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        const size_t cut = pieces[i].cut, rest = pieces[i].rest ? pieces[i].rest : cut;
        exn_buffer file = plain();
        put(&file, APP1, "Exif\0", 6, six + rest, sizeof six - rest);
        if (rest > cut)
            put(&file, APP1, "Exif\0", 6, six + cut, rest - cut);
        put(&file, APP1, "Exif\0", 6, six, cut);
        expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
    }
}

/* An IFD1 in the continuation, of a type that no browser takes; IFD0 is whole and clean. */
static void tables_in_continuations(void **state)
{
    (void)state;
    static const uint8_t ifd1[] = {'M', 'M', 0, 42,  0,   0,   0, 8, 0, 1, 1,  0x0F, 0, 2,    0,
                                   0,   0,   4, 'A', 'b', 'c', 0, 0, 0, 0, 26, 0,    1, 0x01, 0x12,
                                   0,   4,   0, 0,   0,   1,   0, 0, 0, 6, 0,  0,    0, 0};
    for (size_t cut = 26; cut <= 29; cut++) {
        exn_buffer file = plain();
        put(&file, APP1, "Exif\0", 6, ifd1 + cut, sizeof ifd1 - cut);
        put(&file, APP1, "Exif\0", 6, ifd1, cut);
        expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
    }
}

/* What goes on and does not orient is nobody's to drop. */
static void other_continuations_stay(void **state)
{
    (void)state;
    static const char more[] = "more of a maker note";
    for (int orientation = 6; orientation <= 9; orientation += 3) {
        exn_buffer file = plain();
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        uint8_t whole[sizeof six];
        memcpy(whole, six, sizeof six);
        whole[31] = (uint8_t)orientation;
        put(&file, APP1, "Exif\0", 6, (const uint8_t *)more, sizeof more);
        put(&file, APP1, "Exif\0", 6, whole, sizeof whole);
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_non_null(memmem(product.data, product.size, more, sizeof more));
        assert_false(result.warnings >> EXN_WARN_EXIF_REMOVED & 1);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

static void interoperability(void **state)
{
    (void)state;
    exn_buffer file = plain();
    put(&file, APP1, "Exif\0", 6, interop, sizeof interop);
    expect_cleaned(&file, EXN_WARNING_COUNT);
}

/* XMP whose namespace or name is not quite tiff:Orientation: exiv2 goes by the prefix where it does
 * not know the namespace, exiftool by the namespace whatever its version, and by any case. */
static void orientations_by_nearly_the_name(void **state)
{
    (void)state;
    static const char *const properties[] = {
        "xmlns:tiff='https://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'",
        "xmlns:tiff='http://example.org/' tiff:Orientation='6'",
        "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:orientation='6'",
        "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:ORIENTATION='6'",
        "xmlns:q='http://ns.adobe.com/tiff/2.0/' q:Orientation='6'",
        "xmlns:q='http://ns.adobe.com/tiff/1.0//' q:Orientation='6'",
        "xmlns:exif='http://ns.adobe.com/exif/2.1/' exif:orientation='6'",
        "tiff:orientation='6'",
    };
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        char packet[512];
        exn_buffer file = plain();
        int size = snprintf(packet, sizeof packet,
                            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf="
                            "'http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
                            "rdf:about='' %s/></rdf:RDF></x:xmpmeta>",
                            properties[i]);
        put(&file, APP1, "http://ns.adobe.com/xap/1.0/", 29, (const uint8_t *)packet, (size_t)size);
        expect_cleaned(&file, EXN_WARNING_COUNT);
    }
}

static const char bare_packet[] =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf="
    "'http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'>"
    "<tiff:Orientation>6</tiff:Orientation><tiff:Make>Maker</tiff:Make>"
    "<exif:Flash>1</exif:Flash></rdf:Description></rdf:RDF></x:xmpmeta>";

#define BARE_HEAD(text)                                                                            \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

/* What stands before a packet where exiftool still reads it. */
static const struct {
    const char *bytes;
    size_t size;
} bare_heads[] = {
    BARE_HEAD(""),
    BARE_HEAD("<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"),
    BARE_HEAD("http://ns.adobe.com/xap/1.0/"),
    BARE_HEAD("http://ns.adobe.com/xap/1.0/ "),
    BARE_HEAD("https://ns.adobe.com/xap/1.0/\0"),
    BARE_HEAD("https://ns.adobe.com/xmp/extension/\0"),
    BARE_HEAD("http"),
    BARE_HEAD("XMP\0"),
    BARE_HEAD("XMP\0http://ns.adobe.com/xap/1.0/\0"),
    BARE_HEAD("\1\2\0\0anything\0<?xpacket begin=''?>"),
    BARE_HEAD("Http://ns.adobe.com/xap/1.0/\0"), /* read for the <exif: in the packet */
};

static exn_buffer bare_payload(size_t i)
{
    exn_buffer payload = {0};
    exn_buffer_append(&payload, bare_heads[i].bytes, bare_heads[i].size);
    exn_buffer_append(&payload, bare_packet, sizeof bare_packet - 1);
    return payload;
}

/* The rest of the packet has to stay, so the property must have been cut out alone. */
static void expect_make_stays(const exn_buffer *file)
{
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    assert_int_equal(exn_normalize(file->data, file->size, NULL, &product, &result, NULL), EXN_OK);
    assert_false(result.warnings >> EXN_WARN_XMP_REMOVED & 1);
    assert_non_null(memmem(product.data, product.size, "<tiff:Make>Maker<", 17));
    exn_bytes_free(&product);
}

static void packets_under_other_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bare_heads / sizeof bare_heads[0]; i++) {
        exn_buffer file = plain(), payload = bare_payload(i);
        put(&file, APP1, "", 0, payload.data, payload.size);
        expect_make_stays(&file);
        expect_cleaned(&file, EXN_WARN_XMP_ORIENTATION);
        exn_buffer_free(&payload);
    }
}

/* The pixels stay as they are when orientations are dropped; the trace has to go all the same. */
static void packets_under_other_headers_dropped(void **state)
{
    (void)state;
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    for (size_t i = 0; i < sizeof bare_heads / sizeof bare_heads[0]; i++) {
        exn_buffer file = plain(), payload = bare_payload(i);
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        put(&file, APP1, "", 0, payload.data, payload.size);
        assert_true(foresee(&file) >> EXN_REASON_XMP & 1);
        assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_false(sees_orientation((exn_span){product.data, product.size}));
        exn_bytes_free(&product);
        exn_buffer_free(&payload);
        exn_buffer_free(&file);
    }
}

/* Formats of their own that exiftool does not search, and text that says nothing of XMP. */
static void other_segments_stay(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } heads[] = {BARE_HEAD("FLIR\0\1\0\0<?xpacket begin=''?>"), BARE_HEAD("QVCI\0<exif:a/>"),
                 BARE_HEAD("anything")};
    static const char packet[] = "<tiff:Orientation>6</tiff:Orientation>";
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        exn_buffer file = plain();
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        put(&file, APP1, heads[i].bytes, heads[i].size, (const uint8_t *)packet, sizeof packet - 1);
        assert_false(sees_orientation(exn_buffer_span(&file)));
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

static bool ffmpeg_sees(exn_span file)
{
    const char *const argv[] = {"ffprobe",
                                "-v",
                                "error",
                                "-show_entries",
                                "frame_side_data=rotation",
                                "-of",
                                "default=nw=1:nk=1",
                                "-f",
                                "jpeg_pipe",
                                "-i",
                                "-",
                                NULL};
    exn_test_proc proc;
    bool seen = exn_test_run(argv, file, &proc) && proc.out.size > 0;
    exn_test_proc_free(&proc);
    return seen;
}

/* Any two bytes behind the letters, and a GPS IFD. */
static void where_ffmpeg_looks(void **state)
{
    (void)state;
    uint8_t gps[sizeof interop];
    memcpy(gps, interop, sizeof gps);
    gps[10] = 0x25; /* IFD0 leads to a GPS IFD at 26, whose first entry's tag becomes 0x0112 */
    gps[11] = 0x88;
    memcpy(gps + 28, "\x12\1\3\0\1\0\0\0\6\0\0\0", 12);
    const struct {
        const char *head;
        const uint8_t *block;
        size_t size;
    } rows[] = {{"Exif  ", six, sizeof six}, {"Exif\0", gps, sizeof gps}};
    bool have = exn_test_have("ffprobe");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = plain();
        exn_bytes product, again;
        exn_result result = {.struct_size = sizeof(exn_result)};
        put(&file, APP1, rows[i].head, 6, rows[i].block, rows[i].size);
        assert_true(!have || ffmpeg_sees(exn_buffer_span(&file)));
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(result.orientation, 0);
        assert_int_equal(result.warnings & ~(1u << EXN_WARN_LIBEXIF_DIFFERS),
                         i == 0 ? 1u << EXN_WARN_ORIENTATION_IGNORED : 0);
        assert_false(have && ffmpeg_sees((exn_span){product.data, product.size}));
        assert_int_equal(exn_normalize(product.data, product.size, NULL, &again, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
    if (!have)
        print_message("ffprobe is missing: nobody else was asked\n");
}

static void photoshop_resources(void **state)
{
    (void)state;
    exn_buffer file = plain(), irb = {0};
    exn_buffer xmp = exn_test_xmp(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "");
    exn_test_irb(&irb, 0x0404, "\x1c\2\5\0\4Name", 9);
    exn_test_irb(&irb, 0x0422, six, sizeof six);
    exn_test_irb(&irb, 0x0424, xmp.data, xmp.size);
    put(&file, APP13, "Photoshop 3.0", 14, irb.data, irb.size);
    expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
    exn_buffer_free(&xmp);
    exn_buffer_free(&irb);
}

/* Some writers leave the last resource's padding away. */
static void resources_without_padding(void **state)
{
    (void)state;
    exn_buffer file = plain(), irb = {0}, odd = {0};
    exn_buffer_append(&odd, six, sizeof six);
    exn_buffer_append(&odd, "x", 1 + sizeof six % 2);
    exn_test_irb(&irb, 0x0404, "\x1c\2\5\0\4Name", 9);
    exn_test_irb(&irb, 0x0422, odd.data, sizeof six / 2 * 2 + 1);
    put(&file, APP13, "Photoshop 3.0", 14, irb.data, irb.size - 1);
    expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
    exn_buffer_free(&odd);
    exn_buffer_free(&irb);
}

/* What a resource beside them says stays where it is. */
static void other_resources_stay(void **state)
{
    (void)state;
    exn_buffer file = plain(), irb = {0}, kept = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_irb(&kept, 0x0404, "\x1c\2\5\0\4Name", 9);
    exn_buffer_append(&irb, kept.data, kept.size);
    exn_test_irb(&irb, 0x0422, six, sizeof six);
    put(&file, APP13, "Photoshop 3.0", 14, irb.data, irb.size);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL), EXN_OK);
    assert_int_equal(product.size, file.size - (irb.size - kept.size));
    assert_non_null(memmem(product.data, product.size, kept.data, kept.size));
    exn_bytes_free(&product);
    exn_buffer_free(&kept);
    exn_buffer_free(&irb);
    exn_buffer_free(&file);
}

static void chunks_of_another_name(void **state)
{
    (void)state;
    static const char types[][5] = {"zxIf", "eXIF"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const exn_test_png png = {.width = 5, .height = 3, .depth = 8, .colour_type = 2};
        uint8_t *pixels = exn_test_png_pixels(&png);
        exn_buffer whole = {0}, file = {0};
        assert_true(exn_test_png_write(&png, pixels, &whole));
        const size_t head = 8 + 25; /* signature and IHDR */
        exn_buffer_append(&file, whole.data, head);
        exn_test_png_chunk(&file, types[i], six, sizeof six);
        exn_buffer_append(&file, whole.data + head, whole.size - head);
        expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
        exn_buffer_free(&whole);
        free(pixels);
    }
}

/* A small PNG with a chunk more, behind IHDR or behind IEND. */
static exn_buffer png_with(const char *type, exn_span data, bool behind)
{
    const exn_test_png png = {.width = 5, .height = 3, .depth = 8, .colour_type = 2};
    const size_t head = 8 + 25; /* signature and IHDR */
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer whole = {0}, file = {0};
    assert_true(exn_test_png_write(&png, pixels, &whole));
    exn_buffer_append(&file, whole.data, behind ? whole.size : head);
    exn_test_png_chunk(&file, type, data.data, data.size);
    exn_buffer_append(&file, whole.data + head, behind ? 0 : whole.size - head);
    exn_buffer_free(&whole);
    free(pixels);
    return file;
}

/* A zero byte, a length of four, and data deflated, behind a prefix. */
static exn_buffer deflated(const char *prefix, size_t prefix_size, const void *data, size_t size)
{
    exn_buffer out = {0};
    uint8_t head[5] = {0};
    uLong bound = compressBound((uLong)size);
    exn_put32be(head + 1, (uint32_t)size);
    exn_buffer_append(&out, prefix, prefix_size);
    exn_buffer_append(&out, head, sizeof head);
    assert_int_equal(exn_buffer_reserve(&out, bound), EXN_OK);
    assert_int_equal(compress2(out.data + out.size, &bound, data, (uLong)size, 9), Z_OK);
    out.size += bound;
    return out;
}

static void deflated_blocks(void **state)
{
    (void)state;
    static const char types[][5] = {"zxIf", "eXIf"};
    for (int i = 0; i < 8; i++) {
        exn_buffer data = deflated("Exif\0", i & 1 ? 6 : 0, six, sizeof six);
        exn_buffer file = png_with(types[i >> 1 & 1], exn_buffer_span(&data), i >> 2);
        expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
        exn_buffer_free(&data);
    }
}

/* Whole, damaged or short, what says no other orientation stays; too much of it is refused. */
static void deflated_blocks_that_stay(void **state)
{
    (void)state;
    enum { ZEROS = 7 << 20, TOO_MANY = 5 };
    uint8_t one[sizeof six];
    memcpy(one, six, sizeof six);
    one[31] = 1;
    exn_buffer data = deflated("", 0, one, sizeof one);
    for (size_t size = 1; size <= data.size; size++) {
        exn_buffer file = png_with("zxIf", (exn_span){data.data, size}, false);
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&data);
    uint8_t *zeros = calloc(1, ZEROS);
    assert_non_null(zeros);
    data = deflated("", 0, zeros, ZEROS);
    exn_buffer file = {0};
    for (int i = 1; i <= TOO_MANY; i++) {
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        if (i == 1)
            file = png_with("zxIf", exn_buffer_span(&data), true);
        else
            exn_test_png_chunk(&file, "eXIf", data.data, data.size);
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         i < TOO_MANY ? EXN_OK : EXN_LIMIT);
    }
    exn_buffer_free(&file);
    exn_buffer_free(&data);
    free(zeros);
}

static void texts_behind_the_end(void **state)
{
    (void)state;
    static const char *const keywords[] = {"Raw profile type exif", "Raw profile type APP1",
                                           "Orientation"};
    static const char head[] = "XML:com.adobe.xmp\0\0\0\0";
    exn_buffer block = {0}, xmp = {0};
    exn_buffer packet = exn_test_xmp(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "");
    exn_buffer_append(&xmp, head, sizeof head);
    exn_buffer_append(&xmp, packet.data, packet.size);
    exn_buffer file = png_with("iTXt", exn_buffer_span(&xmp), true);
    exn_buffer_append(&file, "and so on", 9);
    expect_cleaned(&file, EXN_WARN_XMP_ORIENTATION);
    exn_buffer_append(&block, "Exif\0", 6);
    exn_buffer_append(&block, six, sizeof six);
    for (int i = 0; i < 3 * 2; i++) {
        exn_test_text form = i % 2 ? EXN_TEST_ZTXT : EXN_TEST_TEXT;
        exn_buffer value = exn_test_raw_profile("exif", exn_buffer_span(&block));
        exn_buffer data = exn_test_text_make(form, keywords[i / 2],
                                             i / 2 < 2 ? exn_buffer_span(&value)
                                                       : (exn_span){(const uint8_t *)"6", 1});
        file = png_with(exn_test_text_type(form), exn_buffer_span(&data), true);
        exn_buffer_append(&file, "and so on", 9);
        expect_cleaned(&file, EXN_WARN_PROFILE_ORIENTATION);
        exn_buffer_free(&data);
        exn_buffer_free(&value);
    }
    exn_buffer_free(&block);
    exn_buffer_free(&xmp);
    exn_buffer_free(&packet);
}

/* Readers look for a profile's number behind blank and other lines, and for digits behind it. */
static void profiles_of_another_layout(void **state)
{
    (void)state;
    static const char *const layouts[] = {
        "\nexif\n\n%zu\n", "\nexif\n%zu\n\n",        "\nexif\n \n\n  %zu\n \n\n",
        "\n\n%zu\n",       "\nexif\nprofile\n%zu\n", "\na name 12\nof 3 lines\n 4 5 6x\n\n %zu\n"};
    exn_buffer block = {0};
    exn_buffer_append(&block, "Exif\0", 6);
    exn_buffer_append(&block, six, sizeof six);
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        char text[256];
        size_t at = (size_t)snprintf(text, sizeof text, layouts[i], block.size);
        for (size_t k = 0; k < block.size; k++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%02x", block.data[k]);
        exn_buffer data = exn_test_text_make(EXN_TEST_TEXT, "Raw profile type exif",
                                             (exn_span){(const uint8_t *)text, at});
        exn_buffer file = png_with("tEXt", exn_buffer_span(&data), false);
        expect_cleaned(&file, EXN_WARN_PROFILE_ORIENTATION);
        exn_buffer_free(&data);
    }
    exn_buffer_free(&block);
}

/* Whoever counts lines takes the digits from behind the second one, though that is no number. */
static void a_profile_without_a_number(void **state)
{
    static const char label[] = "\nexif\na face\n";
    char text[256];
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    (void)state;

    size_t at = sizeof label - 1;
    memcpy(text, label, at);
    for (size_t k = 0; k < sizeof six; k++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%02x", six[k]);
    exn_buffer data = exn_test_text_make(EXN_TEST_TEXT, "Raw profile type exif",
                                         (exn_span){(const uint8_t *)text, at});
    exn_buffer file = png_with("tEXt", exn_buffer_span(&data), false);
    assert_true(foresee(&file) >> EXN_REASON_RAW_PROFILE & 1);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    /* As it stands now the number is there, and exiftool looks. */
    assert_false(sees_orientation((exn_span){product.data, product.size}));
    exn_bytes_free(&product);
    exn_buffer_free(&data);
    exn_buffer_free(&file);
}

/* The chunk that a draft of XMP had, and raw profiles with headers that JPEG has. */
static void packets_in_chunks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bare_heads / sizeof bare_heads[0]; i++) {
        exn_buffer payload = bare_payload(i);
        exn_buffer text = exn_test_raw_profile("xmp", exn_buffer_span(&payload));
        exn_buffer data =
            exn_test_text_make(EXN_TEST_ZTXT, "Raw profile type xmp", exn_buffer_span(&text));
        exn_buffer profile = png_with("zTXt", exn_buffer_span(&data), false);
        exn_buffer chunk = png_with("tXMP", exn_buffer_span(&payload), false);
        exn_buffer behind = png_with("tXMP", exn_buffer_span(&payload), true);
        expect_make_stays(&chunk);
        assert_true(foresee(&chunk) >> EXN_REASON_XMP & 1);
        assert_true(foresee(&behind) >> EXN_REASON_XMP & 1);
        assert_true(foresee(&profile) >> EXN_REASON_RAW_PROFILE & 1);
        expect_cleaned(&chunk, EXN_WARN_XMP_ORIENTATION);
        expect_cleaned(&behind, EXN_WARN_XMP_ORIENTATION);
        expect_cleaned(&profile, EXN_WARN_PROFILE_ORIENTATION);
        exn_buffer_free(&data);
        exn_buffer_free(&text);
        exn_buffer_free(&payload);
    }
}

/* Photoshop's resources in hexadecimal: the one that orients goes, the other stays. */
static void resources_in_profiles(void **state)
{
    (void)state;
    static const char *const names[] = {"8bim", "iptc"};
    for (int i = 0; i < 4; i++) {
        exn_buffer irb = {0};
        char keyword[40];
        snprintf(keyword, sizeof keyword, "Raw profile type %s", names[i & 1]);
        if (i < 2)
            exn_test_irb(&irb, 0x0404, "\x1c\2\5\0\4Name", 9);
        exn_test_irb(&irb, 0x0422, six, sizeof six);
        exn_buffer value = exn_test_raw_profile(names[i & 1], exn_buffer_span(&irb));
        exn_buffer data = exn_test_text_make(EXN_TEST_ZTXT, keyword, exn_buffer_span(&value));
        exn_buffer file = png_with("zTXt", exn_buffer_span(&data), false);
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        const char *const argv[] = {"exiftool", "-s3", "-IPTC:ObjectName", "-", NULL};
        exn_test_proc proc;
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_true(exn_test_run(argv, (exn_span){product.data, product.size}, &proc));
        assert_int_equal(proc.out.size, i < 2 ? 5 : 0);
        exn_test_proc_free(&proc);
        exn_bytes_free(&product);
        expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
        exn_buffer_free(&data);
        exn_buffer_free(&value);
        exn_buffer_free(&irb);
    }
}

/* Small where it is deflated: what scanning takes, editing may not have. */
static void resources_over_the_limit(void **state)
{
    (void)state;
    enum { ZEROS = 60000 };
    static const uint8_t zeros[ZEROS];
    exn_options options;
    exn_buffer irb = {0};
    unsigned limits = 0, turns = 0;
    exn_options_init(&options, sizeof options);
    exn_test_irb(&irb, 0x0404, zeros, ZEROS);
    exn_test_irb(&irb, 0x0422, six, sizeof six);
    exn_buffer value = exn_test_raw_profile("8bim", exn_buffer_span(&irb));
    exn_buffer data =
        exn_test_text_make(EXN_TEST_ZTXT, "Raw profile type 8bim", exn_buffer_span(&value));
    exn_buffer file = png_with("zTXt", exn_buffer_span(&data), false);
    for (options.max_memory = ZEROS / 2; options.max_memory < 20 * ZEROS;
         options.max_memory += ZEROS / 2) {
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        const exn_status status =
            exn_normalize(file.data, file.size, &options, &product, &result, NULL);
        assert_true(status == EXN_OK || status == EXN_LIMIT);
        limits += status == EXN_LIMIT;
        turns += status == EXN_OK;
        exn_bytes_free(&product);
    }
    assert_true(limits > 4 && turns > 4);
    exn_buffer_free(&file);
    exn_buffer_free(&data);
    exn_buffer_free(&value);
    exn_buffer_free(&irb);
}

static void behind_the_end(void **state)
{
    (void)state;
    const exn_test_png png = {.width = 5, .height = 3, .depth = 8, .colour_type = 2};
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer file = {0};
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    assert_true(exn_test_png_write(&png, pixels, &file));
    const size_t end = file.size;
    exn_test_png_chunk(&file, "tIME", "\7\xD0\1\1\0\0\0", 7);
    exn_test_png_chunk(&file, "eXIf", six, sizeof six);
    exn_buffer_append(&file, "and so on", 9);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL), EXN_OK);
    assert_int_equal(product.size, end + 19 + 9);
    assert_memory_equal(product.data, file.data, end + 19);
    assert_memory_equal(product.data + end + 19, "and so on", 9);
    exn_bytes_free(&product);
    free(pixels);
    expect_cleaned(&file, EXN_WARN_EXIF_REMOVED);
}

int main(void)
{
    if (!exn_test_have("exiftool")) {
        print_error("exiftool is missing: it is the oracle of these tests\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_of_another_form),
        cmocka_unit_test(other_magic_numbers),
        cmocka_unit_test(continued_blocks),
        cmocka_unit_test(continuations_of_a_block_that_goes),
        cmocka_unit_test(garbage_behind_what_goes),
        cmocka_unit_test(interoperability),
        cmocka_unit_test(blocks_cut_anywhere),
        cmocka_unit_test(tables_in_continuations),
        cmocka_unit_test(other_continuations_stay),
        cmocka_unit_test(orientations_by_nearly_the_name),
        cmocka_unit_test(packets_under_other_headers),
        cmocka_unit_test(packets_under_other_headers_dropped),
        cmocka_unit_test(other_segments_stay),
        cmocka_unit_test(packets_in_chunks),
        cmocka_unit_test(photoshop_resources),
        cmocka_unit_test(resources_without_padding),
        cmocka_unit_test(other_resources_stay),
        cmocka_unit_test(chunks_of_another_name),
        cmocka_unit_test(behind_the_end),
        cmocka_unit_test(deflated_blocks),
        cmocka_unit_test(deflated_blocks_that_stay),
        cmocka_unit_test(texts_behind_the_end),
        cmocka_unit_test(resources_in_profiles),
        cmocka_unit_test(resources_over_the_limit),
        cmocka_unit_test(where_ffmpeg_looks),
        cmocka_unit_test(profiles_of_another_layout),
        cmocka_unit_test(a_profile_without_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
