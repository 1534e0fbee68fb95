/* SPDX-License-Identifier: MIT */
/* Places and directions in Photoshop's resources and in JPS: which follow when the pixels are
 * rotated and which are warned of, in a JPEG's APP13 and in the raw profiles of a PNG. Through the
 * public interface. exiftool reads what files say; paths are read and painted here, by code that
 * shares nothing with src, and the painting is compared with one that was rotated naively. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "metadata/irb.h"
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_walk.h"
#include "support/naive.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/png_make.h"
#include "support/proc.h"

enum { W = 48, H = 32, APP3 = 0xE3, APP13 = 0xED, NO_TURN = 9 };

#define STALE (1u << EXN_WARN_METADATA_STALE)
#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

#define ZEROS      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define RULE       "\0\6" ZEROS
#define KNOT(v, h) "\0\1" v h v h v h

static const char photoshop[14] = "Photoshop 3.0";

/* --- Files --- */

static exn_buffer jpeg_with(uint8_t marker, exn_span payload, uint16_t orientation)
{
    const exn_test_exif exif = {.orientation = orientation};
    exn_test_jpeg jpeg;
    exn_buffer plain = {0}, tiff = {0}, with_exif = {0}, out = {0};
    exn_test_jpeg_init(&jpeg, W, H);
    exn_test_jpeg_made(&jpeg, &plain);
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_jpeg_insert(exn_buffer_span(&plain), marker, payload, &with_exif));
    assert_true(
        exn_test_jpeg_insert_exif(exn_buffer_span(&with_exif), exn_buffer_span(&tiff), &out));
    exn_buffer_free(&with_exif);
    exn_buffer_free(&tiff);
    exn_buffer_free(&plain);
    return out;
}

static exn_buffer jpeg_with_resources(exn_span irb, uint16_t orientation)
{
    exn_buffer payload = {0};
    exn_buffer_append(&payload, photoshop, sizeof photoshop);
    exn_buffer_append(&payload, irb.data, irb.size);
    exn_buffer out = jpeg_with(APP13, exn_buffer_span(&payload), orientation);
    exn_buffer_free(&payload);
    return out;
}

static exn_buffer png_with_resources(const char *name, exn_span irb, uint16_t orientation)
{
    const exn_test_png png = {.width = W, .height = H, .depth = 8, .colour_type = 2};
    const exn_test_exif exif = {.orientation = orientation};
    uint8_t *pixels = exn_test_png_pixels(&png);
    exn_buffer plain = {0}, tiff = {0}, with_exif = {0}, out = {0};
    exn_buffer profile = exn_test_raw_profile(name, irb);
    char keyword[40];
    snprintf(keyword, sizeof keyword, "Raw profile type %s", name);
    exn_buffer text = exn_test_text_make(EXN_TEST_ZTXT, keyword, exn_buffer_span(&profile));
    assert_true(exn_test_png_write(&png, pixels, &plain));
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_png_insert(exn_buffer_span(&plain), "eXIf", exn_buffer_span(&tiff), true,
                                    &with_exif));
    assert_true(exn_test_png_insert(exn_buffer_span(&with_exif), exn_test_text_type(EXN_TEST_ZTXT),
                                    exn_buffer_span(&text), true, &out));
    exn_buffer_free(&text);
    exn_buffer_free(&profile);
    exn_buffer_free(&with_exif);
    exn_buffer_free(&tiff);
    exn_buffer_free(&plain);
    free(pixels);
    return out;
}

/* The resources of a file of either kind. */
static exn_buffer resources_of(exn_span file)
{
    exn_buffer out = {0};
    exn_test_segment s;
    char type[5];
    exn_span data;
    if (exn_sniff(file.data, file.size) == EXN_FORMAT_JPEG) {
        assert_true(exn_test_jpeg_find(file, APP13, 0, &s));
        exn_buffer_append(&out, s.payload.data + sizeof photoshop,
                          s.payload.size - sizeof photoshop);
        return out;
    }
    for (size_t at = 8; exn_test_png_next(file, &at, type, &data);) {
        exn_buffer text = {0};
        const char *keyword;
        if (strcmp(type, "zTXt") == 0 && exn_test_text_read(type, data, &keyword, &text))
            out = exn_test_raw_profile_read(exn_buffer_span(&text));
        exn_buffer_free(&text);
    }
    assert_non_null(out.data);
    return out;
}

/* --- Warnings --- */

/* Bytes that stay, and whether they are warned of where the picture is rotated by 180 degrees and
 * where its sides are exchanged. */
static const struct {
    uint16_t id;
    exn_span data;
    bool half, quarter;
} kept[] = {
    /* Guides: none, one, cut off. */
    {0x0408, BYTES("\0\0\0\1\0\0\2\x40\0\0\2\x40\0\0\0\0"), false, false},
    {0x0408, BYTES("\0\0\0\1\0\0\2\x40\0\0\2\x40\0\0\0\1\0\0\1\0\0"), true, true},
    {0x0408, BYTES("\0\0\0\1\0\0\2\x40\0\0"), true, true},
    /* Slices of a 48 x 32 picture named "a": the one of Photoshop, two, none, a descriptor. */
    {0x041A, BYTES("\0\0\0\6\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\x30\0\0\0\2\0a\0\0\0\0\0\1\0\0\0\0"),
     false, true},
    {0x041A, BYTES("\0\0\0\6\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\x30\0\0\0\2\0a\0\0\0\0\0\2\0\0\0\0"),
     true, true},
    {0x041A, BYTES("\0\0\0\6\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\x30\0\0\0\0\0\0\0\0"), false, false},
    {0x041A, BYTES("\0\0\0\6\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\x30\xFF\xFF\xFF\xFF\0\0\0\0"), true,
     true},
    {0x041A, BYTES("\0\0\0\7\0\0\0\x10\0\0\0\1\0\0\0\0\0\0\0\0"), true, true},
    /* Colour samplers, in both numberings. */
    {0x040E, BYTES("\0\0\0\1\0\0\0\0"), false, false},
    {0x040E, BYTES("\0\0\0\1\0\0\0\1\0\0\0\x10\0\0\0\x10\0\0"), true, true},
    {0x0431, BYTES("\0\0\0\3\0\0\0\1\0\0\0\3\0\0\0\x10\0\0\0\x10\0\0\0\1"), true, true},
    /* The shape of a pixel: 1.0, 2.0. */
    {0x0428, BYTES("\0\0\0\1\x3F\xF0\0\0\0\0\0\0"), false, false},
    {0x0428, BYTES("\0\0\0\1\x40\0\0\0\0\0\0\0"), false, true},
    /* IPTC: landscape, portrait behind a title, behind one of extended size, square, none, cut. */
    {0x0404, BYTES("\x1C\2\x83\0\1L\x1C\2\5\0\4Test"), false, true},
    {0x0404, BYTES("\x1C\2\5\0\4Test\x1C\2\x83\0\1P"), false, true},
    {0x0404, BYTES("\x1C\2\5\x80\4\0\0\0\4Test\x1C\2\x83\0\1P"), false, true},
    {0x0404, BYTES("\x1C\2\x83\x80\2\0\1P"), false, true},
    {0x0404, BYTES("\x1C\2\x83\0\1S"), false, false},
    {0x0404, BYTES("\x1C\2\x83\0\0"), false, false},
    {0x0404, BYTES("\x1C\3\x83\0\1L"), false, false},
    {0x0404, BYTES("\x1C\2\5\0\7\x1C\2\x83\0\1L!"), false, false},
    {0x0404, BYTES("\x1C\2\5\xFF\xFF\x1C\2\x83\0\1L"), false, false},
    /* Resolutions that are the same. */
    {0x03ED, BYTES("\1\x2C\0\0\0\1\0\1\1\x2C\0\0\0\1\0\2"), false, false},
    /* A path that is none, and the name of one. */
    {0x07D0, BYTES("abc"), true, true},
    {0x07D0, BYTES(""), false, false},
    {0x07D0, BYTES(RULE "\0\7" ZEROS), true, true},                   /* the clipboard */
    {0x07D0, BYTES(RULE "\0\x09" ZEROS), true, true},                 /* unknown */
    {0x07D0, BYTES(KNOT("\0\x20\0\0", "\0\0\0\0") "\0"), true, true}, /* 27 bytes */
    {0x07D0, BYTES(KNOT("\x10\0\0\0", "\0\0\0\0")), true, true},      /* 16 is too far */
    {0x07D0, BYTES(KNOT("\0\0\0\0", "\xEF\0\0\0")), true, true},
    {0x07D0, BYTES(KNOT("\xF0\0\0\0", "\0\0\0\0")), true, true}, /* where it is mirrored */
    {0x03ED, BYTES("\1\x2C\0\0\0\1\0\1\0\x96\0\0\0\1\0"), false, true},
    {0x0BB6, BYTES("abc"), true, true},
    {0x0401, BYTES("abc"), true, true},
    {0x0BB8, BYTES("\0\0\0\x10"), true, true},
    {0x0BB7, BYTES("\4Path"), false, false},
};

static void expect_kept(size_t i, exn_buffer file, exn_span irb, const exn_options *options,
                        bool stale)
{
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), options);
    if (pass.result.warnings & STALE ? !stale : stale)
        fail_msg("resource %zu: stale: %d", i, !stale);
    exn_buffer left = resources_of(pass.file);
    assert_int_equal(left.size, irb.size);
    assert_memory_equal(left.data, irb.data, irb.size);
    exn_buffer_free(&left);
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
}

static void test_what_is_warned_of(void **state)
{
    (void)state;
    exn_options drop;
    exn_options_init(&drop, sizeof drop);
    drop.mode = EXN_MODE_DROP;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        exn_buffer irb = {0};
        exn_test_irb(&irb, kept[i].id, kept[i].data.data, kept[i].data.size);
        exn_test_irb(&irb, 0x03F3, "\0\0\0\0\0\0\0\0\1", 9);
        const exn_span all = exn_buffer_span(&irb);
        expect_kept(i, jpeg_with_resources(all, NO_TURN), all, NULL, false);
        expect_kept(i, jpeg_with_resources(all, 3), all, NULL, kept[i].half);
        expect_kept(i, jpeg_with_resources(all, 6), all, NULL, kept[i].quarter);
        expect_kept(i, jpeg_with_resources(all, 6), all, &drop, false);
        expect_kept(i, png_with_resources("8bim", all, 3), all, NULL, kept[i].half);
        expect_kept(i, png_with_resources("iptc", all, 6), all, NULL, kept[i].quarter);
        expect_kept(i, png_with_resources("iptc", all, 6), all, &drop, false);
        exn_buffer_free(&irb);
    }
}

/* ImageReady's resources have other numbers. */
static void test_another_signature(void **state)
{
    (void)state;
    exn_buffer irb = {0};
    exn_test_irb(&irb, 0x07D0, "abcd", 4);
    memcpy(irb.data, "MeSa", 4);
    const exn_span all = exn_buffer_span(&irb);
    expect_kept(0, jpeg_with_resources(all, 6), all, NULL, false);
    exn_buffer_free(&irb);
}

/* --- Paths --- */

enum { RECORD = 26, CURVE = 16, CORNERS = 3, RECORDS = 3 + 2 * CORNERS };

typedef struct point {
    double x, y;
} point;

static void put32(exn_buffer *out, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value};
    exn_buffer_append(out, bytes, sizeof bytes);
}

static void put_record(exn_buffer *out, uint8_t selector, uint8_t count)
{
    const uint8_t bytes[RECORD] = {0, selector, 0, count};
    exn_buffer_append(out, bytes, sizeof bytes);
}

/* A knot's points are the control point before it, itself and the one after it; in pixels. */
static void put_knot(exn_buffer *out, uint8_t selector, const point points[3])
{
    const uint8_t bytes[2] = {0, selector};
    exn_buffer_append(out, bytes, sizeof bytes);
    for (int i = 0; i < 3; i++) {
        put32(out, (uint32_t)(int32_t)(points[i].y / H * (1 << 24)));
        put32(out, (uint32_t)(int32_t)(points[i].x / W * (1 << 24)));
    }
}

/* Two shapes, one of them with a side that is curved and reaches out of the picture. */
static exn_buffer make_path(void)
{
    static const point corners[2 * CORNERS][3] = {
        {{4.1, 6.3}, {5.2, 3.4}, {16.7, -4.3}},     {{25.3, -3.1}, {31.2, 5.7}, {31.2, 5.7}},
        {{11.1, 23.3}, {11.1, 23.3}, {-9.2, 17.6}}, {{40.2, 21.1}, {40.2, 21.1}, {40.2, 21.1}},
        {{45.3, 22.4}, {45.3, 22.4}, {45.3, 22.4}}, {{41.7, 29.6}, {41.7, 29.6}, {41.7, 29.6}}};
    exn_buffer out = {0};
    put_record(&out, 6, 0);
    for (int i = 0; i < 2 * CORNERS; i++) {
        if (i % CORNERS == 0)
            put_record(&out, i ? 3 : 0, CORNERS);
        put_knot(&out, (uint8_t)(i < CORNERS ? 1 + i % 2 : 4 + i % 2), corners[i]);
    }
    assert_int_equal(out.size, RECORDS * RECORD);
    return out;
}

static double number_at(const uint8_t *p)
{
    const uint32_t bits = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return (int32_t)bits / 16777216.0;
}

static point point_at(exn_span path, size_t record, size_t number, double width, double height)
{
    const uint8_t *const p = path.data + record * RECORD + 2 + 8 * number;
    return (point){number_at(p + 4) * width, number_at(p) * height};
}

static double mix(double a, double b, double c, double d, double t)
{
    const double s = 1 - t;
    return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

/* Inverts the pixels to the right of an edge: even-odd filling. */
static void invert(uint8_t *out, uint32_t width, uint32_t height, point a, point b)
{
    for (uint32_t y = 0; y < height; y++) {
        const double at = y + 0.5;
        if ((a.y <= at) == (b.y <= at))
            continue;
        const double from = a.x + (at - a.y) / (b.y - a.y) * (b.x - a.x);
        for (uint32_t x = 0; x < width; x++)
            out[y * width + x] ^= x + 0.5 > from;
    }
}

static void paint(exn_span path, uint32_t width, uint32_t height, uint8_t *out)
{
    memset(out, 0, (size_t)width * height);
    assert_int_equal(path.size, RECORDS * RECORD);
    for (size_t i = 0; i < 2 * CORNERS; i++) {
        const size_t shape = i / CORNERS, first = 2 + shape * (CORNERS + 1);
        const size_t record = first + i % CORNERS, next = first + (i + 1) % CORNERS;
        const point p[4] = {
            point_at(path, record, 1, width, height), point_at(path, record, 2, width, height),
            point_at(path, next, 0, width, height), point_at(path, next, 1, width, height)};
        point last = p[0];
        for (int k = 1; k <= CURVE; k++) {
            const double t = k / (double)CURVE;
            const point here = {mix(p[0].x, p[1].x, p[2].x, p[3].x, t),
                                mix(p[0].y, p[1].y, p[2].y, p[3].y, t)};
            invert(out, width, height, last, here);
            last = here;
        }
    }
}

/* The data of resource number i. */
static exn_span data_of(exn_span irb, size_t number)
{
    size_t at = 0, size = 0;
    for (size_t i = 0; i <= number; i++) {
        at += (size + 1) / 2 * 2;
        assert_true(at + 12 <= irb.size);
        size = (size_t)irb.data[at + 10] << 8 | irb.data[at + 11];
        at += 12;
    }
    return (exn_span){irb.data + at, size};
}

static const uint16_t path_ids[] = {0x07D0, 0x0BB6, 0x0401};
enum { PATHS = sizeof path_ids / sizeof *path_ids };

static exn_buffer make_paths(void)
{
    exn_buffer irb = {0}, path = make_path();
    for (size_t i = 0; i < PATHS; i++)
        exn_test_irb(&irb, path_ids[i], path.data, path.size);
    /* 300 pixels an inch by 150 a centimetre, shown as centimetres by points. */
    exn_test_irb(&irb, 0x03ED, "\1\x2C\0\0\0\1\0\2\0\x96\0\0\0\2\0\3", 16);
    exn_buffer_free(&path);
    return irb;
}

static void expect_mapped(exn_buffer file, exn_span irb, uint32_t o)
{
    static uint8_t in[W * H], rotated[W * H], out[W * H];
    const char *const want =
        o >= 5 ? "\0\x96\0\0\0\2\0\2\1\x2C\0\0\0\1\0\3" : "\1\x2C\0\0\0\1\0\2\0\x96\0\0\0\2\0\3";
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    exn_buffer left = resources_of(pass.file);
    assert_int_equal(pass.result.warnings & STALE, 0);
    assert_int_equal(left.size, irb.size);
    for (size_t i = 0; i < PATHS; i++) {
        paint(data_of(irb, i), W, H, in);
        exn_test_naive_rotate(o, in, W, H, 1, rotated);
        paint(data_of(exn_buffer_span(&left), i), o >= 5 ? H : W, o >= 5 ? W : H, out);
        assert_memory_equal(out, rotated, sizeof out);
    }
    assert_memory_equal(data_of(exn_buffer_span(&left), PATHS).data, want, 16);
    exn_buffer_free(&left);
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
}

static void test_paths_follow(void **state)
{
    (void)state;
    exn_buffer irb = make_paths();
    const exn_span all = exn_buffer_span(&irb);
    for (uint16_t o = 1; o <= 8; o++) {
        expect_mapped(jpeg_with_resources(all, o), all, o);
        expect_mapped(png_with_resources(o % 2 ? "8bim" : "iptc", all, o), all, o);
    }
    exn_buffer_free(&irb);
}

static exn_buffer edit(exn_span irb, uint32_t o)
{
    const exn_exif_turn turn = {.o = exn_orientation_from_exif(o),
                                .stored_width = W,
                                .stored_height = H,
                                .max_size = SIZE_MAX};
    exn_buffer out = {0};
    exn_irb_edited edited;
    assert_int_equal(exn_irb_edit(irb, &turn, &out, &edited), EXN_OK);
    assert_int_equal(edited.changed, o > 1);
    assert_false(edited.stale);
    return out;
}

/* No bit is lost. */
static void test_paths_there_and_back(void **state)
{
    (void)state;
    static const uint32_t back[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    exn_buffer irb = make_paths();
    for (uint32_t o = 1; o <= 8; o++) {
        exn_buffer there = edit(exn_buffer_span(&irb), o);
        exn_buffer again = edit(exn_buffer_span(&there), back[o]);
        assert_int_equal(memcmp(there.data, irb.data, irb.size) == 0, o == 1);
        assert_int_equal(again.size, irb.size);
        assert_memory_equal(again.data, irb.data, irb.size);
        exn_buffer_free(&again);
        exn_buffer_free(&there);
    }
    exn_buffer_free(&irb);
}

/* --- JPS --- */

static void test_stereo(void **state)
{
    (void)state;
    static const struct {
        exn_span payload;
        const char *layout; /* as exiftool reads it */
        bool stale;
    } rows[] = {
        {BYTES("_JPSJPS_\0\x08\0\1\2\1\0\0"), "Side By Side\n", true},
        {BYTES("_JPSJPS_\0\x08\0\1\4\1\0\0"), "Anaglyph\n", true},
        {BYTES("_JPSJPS_\0\x08\0\0\1\0\0\0"), "Left Eye\n", false},
        {BYTES("_JPSJPS_\0\x08\0"), "", true},
        {BYTES("_JPSJPSX\0\x08\0\1\2\1\0\0"), "", false},
    };
    for (size_t i = 0; i < 3 * (sizeof rows / sizeof *rows); i++) {
        const size_t row = i / 3;
        const bool turns = i % 3 > 0, drops = i % 3 == 2;
        exn_options options;
        exn_options_init(&options, sizeof options);
        options.mode = drops ? EXN_MODE_DROP : EXN_MODE_BAKE;
        exn_buffer file = jpeg_with(APP3, rows[row].payload, turns ? 6 : NO_TURN);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        char *layout = exn_test_exiftool(pass.file, (const char *[]){"-s3", "-JPSLayout", NULL});
        exn_test_segment s;
        assert_string_equal(layout, rows[row].layout);
        assert_int_equal(pass.result.warnings & STALE,
                         turns && !drops && rows[row].stale ? STALE : 0);
        assert_true(exn_test_jpeg_find(pass.file, APP3, 0, &s));
        assert_int_equal(s.payload.size, rows[row].payload.size);
        assert_memory_equal(s.payload.data, rows[row].payload.data, s.payload.size);
        free(layout);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

int main(void)
{
    if (!exn_test_have("exiftool")) {
        print_error("exiftool is missing: it is the oracle of these tests\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_warned_of),
        cmocka_unit_test(test_another_signature),
        cmocka_unit_test(test_paths_follow),
        cmocka_unit_test(test_paths_there_and_back),
        cmocka_unit_test(test_stereo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
