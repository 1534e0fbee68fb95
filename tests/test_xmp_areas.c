/* SPDX-License-Identifier: MIT */
/* Places and directions in an XMP packet beside regions: the subject, resolutions, the crop of
 * Camera Raw, ACDSee's regions. exiftool reads them before and after; what they should be is found
 * by rotating painted boxes naively. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "metadata/xmp.h"
#include "support/naive.h"
#include "support/proc.h"

enum { W = 100, H = 50 };

#define OPEN                                                                                       \
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "                                                \
    "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "       \
    "xmlns:tiff='http://ns.adobe.com/tiff/1.0/' xmlns:exif='http://ns.adobe.com/exif/1.0/' "       \
    "xmlns:crs='http://ns.adobe.com/camera-raw-settings/1.0/' "                                    \
    "xmlns:acdsee-rs='http://ns.acdsee.com/regions/' "                                             \
    "xmlns:acdsee-stArea='http://ns.acdsee.com/sType/Area#' "                                      \
    "xmlns:acdsee-stDim='http://ns.acdsee.com/sType/Dimensions#' "                                 \
    "xmlns:rs='http://www.metadataworkinggroup.com/schemas/regions/' "                             \
    "xmlns:pm='http://ns.camerabits.com/photomechanic/1.0/' "                                      \
    "xmlns:gf='http://ns.google.com/photos/1.0/focus/' xmlns:cam='http://pix4d.com/camera/1.0/' "  \
    "xmlns:dji='http://www.dji.com/drone-dji/1.0/' "                                               \
    "xmlns:dd='http://ns.apple.com/depthData/1.0/' "
#define SHUT "</rdf:Description></rdf:RDF></x:xmpmeta>"
#define LIST(name, a, b, rest)                                                                     \
    "<" name "><rdf:Seq><rdf:li>" a "</rdf:li><rdf:li>" b "</rdf:li>" rest "</rdf:Seq></" name ">"

static const char packet[] = OPEN
    "tiff:XResolution='300/1' tiff:YResolution='150/1' crs:HasCrop='True' crs:CropLeft='0.2' "
    "crs:CropTop='0.1' crs:CropRight='0.9' crs:CropBottom='0.5' crs:CropAngle='0'>"
    "<exif:FocalPlaneXResolution>3000/7</exif:FocalPlaneXResolution>"
    "<exif:FocalPlaneYResolution>1500/1</exif:FocalPlaneYResolution>" LIST(
        "exif:SubjectArea", "10", "20", "<rdf:li>8</rdf:li><rdf:li> 6 </rdf:li>")
        LIST("exif:SubjectLocation", "99", "0",
             "") "<acdsee-rs:Regions rdf:parseType='Resource'>"
                 "<acdsee-rs:AppliedToDimensions acdsee-stDim:h='50' acdsee-stDim:unit='pixel' "
                 "acdsee-stDim:w='100'/><acdsee-rs:RegionList><rdf:Bag>"
                 "<rdf:li "
                 "rdf:parseType='Resource'><acdsee-rs:Name>A</acdsee-rs:Name><acdsee-rs:DLYArea "
                 "acdsee-stArea:h='0.2' acdsee-stArea:w='0.1' "
                 "acdsee-stArea:x='0.305' acdsee-stArea:y='0.41'/><acdsee-rs:ALGArea "
                 "acdsee-stArea:h='0.2' acdsee-stArea:w='0.1' acdsee-stArea:x='0.305' "
                 "acdsee-stArea:y='0.41'/>"
                 "</rdf:li></rdf:Bag></acdsee-rs:RegionList></acdsee-rs:Regions>" SHUT;

static exn_buffer edit(const char *words, uint32_t orientation, exn_xmp_edited *edited)
{
    const exn_xmp_turn turn = {.o = exn_orientation_from_exif(orientation),
                               .width = W,
                               .height = H,
                               .max_size = INT32_MAX};
    exn_buffer out = {0};
    const exn_span in = {(const uint8_t *)words, strlen(words)};
    assert_int_equal(exn_xmp_edit(in, &turn, &out, edited), EXN_OK);
    return out;
}

/* The numbers that exiftool reads of a tag, as many as there are. */
static size_t read_numbers(exn_span file, const char *tag, double numbers[4])
{
    char option[80];
    const char *const argv[] = {"exiftool", "-s3", "-n", option, "-", NULL};
    exn_test_proc proc;
    char text[200] = "";
    size_t count = 0;
    snprintf(option, sizeof option, "-%s", tag);
    assert_true(exn_test_run(argv, file, &proc));
    snprintf(text, sizeof text, "%.*s", (int)proc.out.size, (const char *)proc.out.data);
    exn_test_proc_free(&proc);
    for (char *at = text, *end; count < 4; at = end + (*end == ',')) {
        numbers[count] = strtod(at, &end);
        if (end == at)
            break;
        count++;
    }
    return count;
}

static void expect_numbers(const exn_buffer *out, uint32_t orientation, const char *tag,
                           const double *want, size_t count)
{
    double found[4];
    const exn_span file = exn_buffer_span(out);
    if (read_numbers(file, tag, found) != count)
        fail_msg("orientation %u: %s is not %zu numbers", orientation, tag, count);
    for (size_t i = 0; i < count; i++)
        if (fabs(found[i] - want[i]) > 1e-5)
            fail_msg("orientation %u: %s[%zu] is %g, not %g", orientation, tag, i, found[i],
                     want[i]);
}

/* Paints a box of the stored picture, rotates, and finds its left, top, right and bottom. */
static void rotate_box(uint32_t orientation, const uint32_t stored[4], double box[4])
{
    static uint8_t in[W * H], out[W * H];
    const uint32_t width = orientation >= 5 ? H : W;
    memset(in, 0, sizeof in);
    for (uint32_t y = stored[1]; y < stored[3]; y++)
        memset(in + y * W + stored[0], 1, stored[2] - stored[0]);
    exn_test_naive_rotate(orientation, in, W, H, 1, out);
    box[0] = box[1] = W;
    box[2] = box[3] = 0;
    for (uint32_t i = 0; i < W * H; i++) {
        if (!out[i])
            continue;
        box[0] = fmin(box[0], i % width);
        box[1] = fmin(box[1], i / width);
        box[2] = fmax(box[2], i % width + 1);
        box[3] = fmax(box[3], i / width + 1);
    }
}

static void expect_subject(const exn_buffer *out, uint32_t o)
{
    uint32_t x = 10, y = 20, u = 99, v = 0;
    exn_test_naive_point(o, W, H, &x, &y);
    exn_test_naive_point(o, W, H, &u, &v);
    expect_numbers(out, o, "XMP-exif:SubjectArea",
                   (const double[]){x, y, o >= 5 ? 6 : 8, o >= 5 ? 8 : 6}, 4);
    expect_numbers(out, o, "XMP-exif:SubjectLocation", (const double[]){u, v}, 2);
}

static void expect_crop(const exn_buffer *out, uint32_t o)
{
    static const char *const tags[] = {"CropLeft", "CropTop", "CropRight", "CropBottom"};
    double box[4];
    rotate_box(o, (const uint32_t[]){20, 5, 90, 25}, box);
    for (int i = 0; i < 4; i++) {
        char tag[40];
        const double want = box[i] / ((i & 1) == (o >= 5) ? W : H);
        snprintf(tag, sizeof tag, "XMP-crs:%s", tags[i]);
        expect_numbers(out, o, tag, &want, 1);
    }
}

/* 10 x 10 pixels around 30.5, 20.5. Tags by the ends of their names: exiftool 13 begins them
 * otherwise than 12. */
static void expect_acdsee(const exn_buffer *out, uint32_t o)
{
    static const char *const lists[] = {"DLYArea", "ALGArea"};
    static const char axes[] = "XYWH";
    double box[4];
    rotate_box(o, (const uint32_t[]){25, 15, 36, 26}, box);
    const double width = o >= 5 ? H : W, height = o >= 5 ? W : H;
    const double want[] = {(box[0] + box[2]) / 2 / width, (box[1] + box[3]) / 2 / height,
                           10 / width, 10 / height};
    for (int i = 0; i < 8; i++) {
        char tag[80];
        snprintf(tag, sizeof tag, "XMP-acdsee-rs:*%s%c", lists[i / 4], axes[i % 4]);
        expect_numbers(out, o, tag, &want[i % 4], 1);
    }
    expect_numbers(out, o, "XMP-acdsee-rs:*AppliedToDimensionsW", &width, 1);
}

static void places_follow(void **state)
{
    (void)state;
    for (uint32_t o = 2; o <= 8; o++) {
        exn_xmp_edited edited;
        exn_buffer out = edit(packet, o, &edited);
        const double x = o >= 5 ? 150 : 300, focal = o >= 5 ? 1500 : 3000 / 7.0;
        assert_int_equal(edited.verdict, EXN_XMP_EDITED);
        assert_false(edited.stale);
        expect_subject(&out, o);
        expect_crop(&out, o);
        expect_acdsee(&out, o);
        expect_numbers(&out, o, "XMP-tiff:XResolution", &x, 1);
        expect_numbers(&out, o, "XMP-exif:FocalPlaneXResolution", &focal, 1);
        exn_buffer_free(&out);
    }
}

/* Nothing moves where the pixels stay. */
static void places_stay(void **state)
{
    (void)state;
    exn_xmp_edited edited;
    exn_buffer out = edit(packet, 1, &edited);
    assert_int_equal(edited.verdict, EXN_XMP_UNCHANGED);
    assert_false(edited.stale);
    exn_buffer_free(&out);
}

/* Told of where they cannot be mapped, and left as they are. */
static void stale_places(void **state)
{
    (void)state;
    static const char *const packets[] = {
        OPEN ">" LIST("exif:SubjectArea", "100", "20", "") SHUT, /* outside */
        OPEN ">" LIST("exif:SubjectArea", "1.5", "20", "") SHUT,
        OPEN ">" LIST("exif:SubjectArea", "1", "2",
                      "<rdf:li>1</rdf:li><rdf:li>1</rdf:li>"
                      "<rdf:li>1</rdf:li>") SHUT,
        OPEN "exif:SubjectLocation='1 2'>" SHUT,
        OPEN "tiff:XResolution='300/1'>" SHUT,
        OPEN "tiff:XResolution='300/1' tiff:YResolution='a'>" SHUT,
        OPEN "crs:CropLeft='0.1' crs:CropRight='0.2'>" SHUT,
        OPEN "crs:CropLeft='0' crs:CropTop='0' crs:CropRight='1' crs:CropBottom='1' "
             "crs:CropAngle='1.5'>" SHUT,
        OPEN "pm:CropLeft='0.1'>" SHUT,
        OPEN "gf:FocalPointX='0.1'>" SHUT,
        OPEN "cam:PrincipalPoint='1,2'>" SHUT,
        OPEN "dji:CalibratedOpticalCenterX='1'>" SHUT,
        OPEN "><rs:Rotation>1.2</rs:Rotation>" SHUT,
        OPEN "><dd:IntrinsicMatrix>1</dd:IntrinsicMatrix>" SHUT,
    };
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++)
        for (uint32_t o = 1; o <= 6; o += 5) {
            exn_xmp_edited edited;
            exn_buffer out = edit(packets[i], o, &edited);
            if (edited.stale != (o > 1) || edited.verdict != EXN_XMP_UNCHANGED)
                fail_msg("packet %zu, orientation %u: %d", i, o, edited.verdict);
            exn_buffer_free(&out);
        }
}

int main(void)
{
    if (!exn_test_have("exiftool")) {
        print_error("exiftool is missing: it is the oracle of these tests\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_follow),
        cmocka_unit_test(places_stay),
        cmocka_unit_test(stale_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
