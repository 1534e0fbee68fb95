/* SPDX-License-Identifier: MIT */
/* What another reader sees of a file before and after: exiftool's whole listing differs in the tags
 * that speak of the stored picture, and in no other.
 *
 * The rich files have everything at once: Exif with thumbnail, maker note and GPS, XMP with sizes
 * and regions, IPTC, a comment, a profile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/png_make.h"

enum { W = 64, H = 48 };

/* --- Rich files --- */

static const char attributes[] = EXN_TEST_TIFF_NS EXN_TEST_AREA_NS
    "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
    "xmlns:MP='http://ns.microsoft.com/photo/1.2/' "
    "xmlns:MPRI='http://ns.microsoft.com/photo/1.2/t/RegionInfo#' "
    "xmlns:MPReg='http://ns.microsoft.com/photo/1.2/t/Region#' "
    "tiff:Orientation='6' tiff:ImageWidth='64' tiff:ImageLength='48' exif:PixelXDimension='64' "
    "exif:PixelYDimension='48' xmp:Rating='5'";

static const char content[] =
    "<mwg-rs:Regions rdf:parseType='Resource'>"
    "<mwg-rs:AppliedToDimensions stDim:w='64' stDim:h='48' stDim:unit='pixel'/>"
    "<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name='A' mwg-rs:Type='Face'>"
    "<mwg-rs:Area stArea:x='0.25' stArea:y='0.125' stArea:w='0.5' stArea:h='0.0625'"
    " stArea:unit='normalized'/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList>"
    "</mwg-rs:Regions>"
    "<MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li "
    "MPReg:Rectangle='0.1, 0.2, 0.3, 0.5' MPReg:PersonDisplayName='A'/></rdf:Bag></MPRI:Regions>"
    "</rdf:Description></MP:RegionInfo>";

static exn_buffer camera_tiff(uint16_t orientation)
{
    exn_buffer thumbnail = {0}, tiff = {0};
    exn_test_jpeg small;
    exn_test_jpeg_init(&small, 32, 24);
    small.jfif = false;
    exn_test_jpeg_made(&small, &thumbnail);
    const exn_test_exif exif = {.big_endian = orientation & 1,
                                .orientation = orientation,
                                .ifd1_orientation = orientation,
                                .pixel_width = W,
                                .pixel_height = H,
                                .resolution = 300,
                                .maker_note = true,
                                .gps = true,
                                .thumbnail = exn_buffer_span(&thumbnail)};
    assert_true(exn_test_exif_make(&exif, &tiff));
    exn_buffer_free(&thumbnail);
    return tiff;
}

static exn_buffer rich_jpeg(uint16_t orientation)
{
    exn_buffer file = {0}, irb = {0}, xmp = exn_test_xmp_segment(attributes, content),
               tiff = camera_tiff(orientation), tagged = {0};
    exn_test_jpeg jpeg;
    exn_test_jpeg_init(&jpeg, W, H);
    jpeg.jfif = true;
    jpeg.density_unit = 1;
    jpeg.x_density = 300;
    jpeg.y_density = 200;
    exn_test_jpeg_made(&jpeg, &file);
    exn_test_jpeg_put_front(&file, 0xFE, (exn_span){(const uint8_t *)"a comment", 9});
    exn_buffer_append(&irb, "Photoshop 3.0", 14);
    exn_test_irb(&irb, 0x0404, "\x1C\2\x78\0\7Caption", 12);
    exn_test_irb(&irb, 0x03ED, "\1\x2C\0\0\0\1\0\1\1\x2C\0\0\0\1\0\1", 16);
    exn_test_jpeg_put_front(&file, 0xED, exn_buffer_span(&irb));
    exn_test_jpeg_put_front(&file, 0xE1, exn_buffer_span(&xmp));
    assert_true(exn_test_jpeg_insert_exif(exn_buffer_span(&file), exn_buffer_span(&tiff), &tagged));
    exn_buffer_free(&file);
    exn_buffer_free(&irb);
    exn_buffer_free(&xmp);
    exn_buffer_free(&tiff);
    return tagged;
}

static void put_chunk(exn_buffer *file, const char *type, exn_span data)
{
    exn_buffer out = {0};
    assert_true(exn_test_png_insert(exn_buffer_span(file), type, data, true, &out));
    exn_buffer_free(file);
    *file = out;
}

static exn_buffer rich_png(uint16_t orientation)
{
    const exn_test_png png = {.width = W, .height = H, .depth = 8, .colour_type = 6};
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer file = {0}, tiff = camera_tiff(orientation),
               packet = exn_test_xmp(attributes, content);
    assert_true(exn_test_png_write(&png, pixels, &file));
    put_chunk(&file, "pHYs", (exn_span){(const uint8_t *)"\0\0\1\2\0\0\3\4\1", 9});
    put_chunk(&file, "oFFs", (exn_span){(const uint8_t *)"\0\0\0\5\0\0\0\7\0", 9});
    put_chunk(&file, "tEXt", (exn_span){(const uint8_t *)"Title\0A picture", 15});
    put_chunk(&file, "eXIf", exn_buffer_span(&tiff));
    exn_buffer data =
        exn_test_text_make(EXN_TEST_ITXT_COMPRESSED, "XML:com.adobe.xmp", exn_buffer_span(&packet));
    put_chunk(&file, "iTXt", exn_buffer_span(&data));
    free(pixels);
    exn_buffer_free(&tiff);
    exn_buffer_free(&packet);
    exn_buffer_free(&data);
    return file;
}

/* --- Differences --- */

/* What a turn does to a tag of these files. */
typedef enum effect {
    GOES,    /* also where nothing is turned */
    CHANGES, /* where the axes are exchanged; else it may */
    MAY,     /* where anything is turned */
} effect;

static const struct {
    const char *tag; /* as exiftool prints it, up to the blank behind the name */
    effect effect;
} known[] = {
    {"[IFD0] Orientation", GOES},
    {"[IFD1] Orientation", GOES},
    {"[ExifIFD] Orientation", GOES},
    {"[XMP-tiff] Orientation", GOES},
    {"[File] ImageWidth", CHANGES},
    {"[File] ImageHeight", CHANGES},
    {"[File] YCbCrSubSampling", MAY},
    {"[JFIF] XResolution", CHANGES},
    {"[JFIF] YResolution", CHANGES},
    {"[PNG] ImageWidth", CHANGES},
    {"[PNG] ImageHeight", CHANGES},
    {"[PNG-pHYs] PixelsPerUnitX", CHANGES},
    {"[PNG-pHYs] PixelsPerUnitY", CHANGES},
    {"[PNG] ImageOffset", CHANGES},
    {"[Composite] ImageSize", CHANGES},
    {"[ExifIFD] ExifImageWidth", CHANGES},
    {"[ExifIFD] ExifImageHeight", CHANGES},
    {"[IFD1] ThumbnailOffset", MAY},
    {"[IFD1] ThumbnailLength", MAY},
    {"[IFD1] ThumbnailImage", CHANGES},
    {"[XMP-tiff] ImageWidth", CHANGES},
    {"[XMP-tiff] ImageHeight", CHANGES},
    {"[XMP-exif] ExifImageWidth", CHANGES},
    {"[XMP-exif] ExifImageHeight", CHANGES},
    {"[XMP-mwg-rs] RegionAreaX", CHANGES},
    {"[XMP-mwg-rs] RegionAreaY", CHANGES},
    {"[XMP-mwg-rs] RegionAreaW", CHANGES},
    {"[XMP-mwg-rs] RegionAreaH", CHANGES},
    {"[XMP-mwg-rs] RegionAppliedToDimensionsW", CHANGES},
    {"[XMP-mwg-rs] RegionAppliedToDimensionsH", CHANGES},
    {"[XMP-MP] RegionRectangle", CHANGES},
};

enum { LINES = 400 };

/* The listing as lines with single blanks in front of the value, without what the run itself says
 * of the file. */
static size_t list(exn_span file, char **text, char *lines[LINES])
{
    static const char *const arguments[] = {"-a", "-G1", "-s", "-u", "-U", NULL};
    size_t count = 0;
    *text = exn_test_exiftool(file, arguments);
    for (char *line = strtok(*text, "\n"); line; line = strtok(NULL, "\n")) {
        char *from = strchr(line, ']'), *to = from + 1;
        assert_non_null(from);
        while (*++from == ' ')
            continue;
        *to++ = ' ';
        memmove(to, from, strlen(from) + 1);
        if (strncmp(line, "[System]", 8) == 0 || strncmp(line, "[ExifTool]", 10) == 0)
            continue;
        assert_true(count < LINES);
        lines[count++] = line;
    }
    return count;
}

/* The row of known[], or -1. */
static int row_of(const char *line)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const size_t length = strlen(known[i].tag);
        if (strncmp(line, known[i].tag, length) == 0 && line[length] == ' ')
            return (int)i;
    }
    return -1;
}

/* Whether b has a line of the same tag. */
static bool has_tag(char *const b[], size_t count, const char *line)
{
    const char *end = strchr(strchr(line, ' ') + 1, ' ');
    const size_t length = end ? (size_t)(end - line) : strlen(line);
    for (size_t i = 0; i < count; i++)
        if (strncmp(b[i], line, length) == 0 && b[i][length] == ' ')
            return true;
    return false;
}

static bool has_line(char *const b[], size_t count, const char *line)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(b[i], line) == 0)
            return true;
    return false;
}

/* Every line of a that b has not is of a tag that may differ, and its tag is in b; but those that
 * are to go, all of them. Returns how many there are. */
static unsigned expect_known(char *const a[], size_t as, char *const b[], size_t bs,
                             uint32_t turned, bool rich)
{
    unsigned different = 0;
    for (size_t i = 0; i < as; i++) {
        const int row = row_of(a[i]);
        const bool same = has_line(b, bs, a[i]);
        if (same && row >= 0 &&
            (known[row].effect == GOES || (known[row].effect == CHANGES && turned >= 5 && rich)))
            fail_msg("still there: %s", a[i]);
        if (!same && (row < 0 || (known[row].effect != GOES && turned < 2)))
            fail_msg("differs: %s", a[i]);
        if (!same && known[row].effect != GOES && !has_tag(b, bs, a[i]))
            fail_msg("gone or new: %s", a[i]);
        different += !same;
    }
    return different;
}

/* rich: no two values of a tag that is known to change are alike in this file. Returns how many
 * lines of the source are not the product's. */
static unsigned compare(exn_span source, const exn_options *options, bool rich)
{
    char *before_text, *after_text, *before[LINES], *after[LINES];
    exn_test_pass pass = exn_test_pass_make(source, options);
    const uint32_t turned =
        pass.result.outcome == EXN_OUTCOME_METADATA ? 1 : pass.result.orientation;
    const size_t b = list(source, &before_text, before), a = list(pass.file, &after_text, after);
    const unsigned different = expect_known(before, b, after, a, turned, rich);
    expect_known(after, a, before, b, turned, rich);
    free(before_text);
    free(after_text);
    exn_test_pass_free(&pass);
    return different;
}

static void test_rich_files(void **state)
{
    (void)state;
    for (int png = 0; png < 2; png++)
        for (uint16_t o = 1; o <= 8; o++) {
            exn_buffer file = png ? rich_png(o) : rich_jpeg(o);
            const unsigned different = compare(exn_buffer_span(&file), NULL, true);
            /* Three orientations; the regions' places and the thumbnail; sizes and densities. */
            if (o == 1)
                assert_int_equal(different, 3);
            else
                assert_in_range(different, o < 5 ? 6 : 20, o < 5 ? 9 : 25);
            exn_buffer_free(&file);
        }
}

static void test_rich_files_dropped(void **state)
{
    (void)state;
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    for (int png = 0; png < 2; png++) {
        exn_buffer file = png ? rich_png(6) : rich_jpeg(6);
        assert_int_equal(compare(exn_buffer_span(&file), &options, true), 3);
        exn_buffer_free(&file);
    }
}

static exn_buffer file_of(const char *path)
{
    exn_buffer out = {0};
    uint8_t piece[4096];
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s", path);
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        exn_buffer_append(&out, piece, got);
    fclose(file);
    return out;
}

static void test_testdata(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "testdata/jpeg/landscape-2.jpg", "testdata/jpeg/landscape-6.jpg",
        "testdata/jpeg/landscape-7.jpg", "testdata/png/rgb8-3.png",
        "testdata/png/rgb8-5.png",       "testdata/png/rgb8-8.png",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        exn_buffer file = file_of(paths[i]);
        assert_true(compare(exn_buffer_span(&file), NULL, false) > 0);
        exn_buffer_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rich_files),
        cmocka_unit_test(test_rich_files_dropped),
        cmocka_unit_test(test_testdata),
    };
    return cmocka_run_group_tests_name("tags before and after", tests, NULL, NULL);
}
