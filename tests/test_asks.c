/* SPDX-License-Identifier: MIT */
/* How often calls ask exn_options.cancelled, over files of each kind that is coded or read in a way
 * of its own. The numbers are those of today: a loop that no longer asks makes one of them smaller,
 * and fails here; one that asks more often does not. */
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
#include "support/places_make.h"
#include "support/png_make.h"
#include "support/webp_make.h"

static int count(void *context)
{
    ++*(size_t *)context;
    return 0;
}

typedef enum call { ORIENT, CHECK, VERIFY, MINIATURE, CALLS } call;

typedef struct floors {
    size_t of[CALLS];
} floors;

static exn_status make_call(call what, exn_span file, const exn_options *options, exn_bytes *output,
                            exn_result *result, exn_error *error)
{
    exn_result looked = {.struct_size = sizeof looked};
    exn_bytes small = {0};
    const exn_status status =
        what == ORIENT  ? exn_orient(file.data, file.size, 6, options, output, result, error)
        : what == CHECK ? exn_check_memory(file.data, file.size, options, &looked, error)
        : what == VERIFY
            ? exn_verify(file.data, file.size, output->data, output->size, options, result, error)
            : exn_miniature(file.data, file.size, 40, options, &small, error);
    exn_bytes_free(&small);
    return status;
}

/* A floor of 0: that call is not made. */
static void asks(const char *name, exn_span file, exn_options options, const floors *least)
{
    size_t asked;
    exn_bytes output = {0};
    exn_result result = {.struct_size = sizeof result};
    exn_error error = {0};
    options.decode_all = true;
    options.cancelled = count;
    options.cancelled_context = &asked;
    for (call what = ORIENT; what < CALLS; what++) {
        asked = 0;
        if (least->of[what] == 0)
            continue;
        if (make_call(what, file, &options, &output, &result, &error) != EXN_OK)
            fail_msg("%s, call %d: %s", name, (int)what, error.detail);
        if (asked < least->of[what])
            fail_msg("%s, call %d: asked %zu times, at least %zu expected", name, (int)what, asked,
                     least->of[what]);
    }
    exn_bytes_free(&output);
}

static exn_options defaults(void)
{
    exn_options options;
    exn_options_init(&options, sizeof options);
    return options;
}

static const struct {
    const char *name, *sampling;
    bool progressive, arithmetic, alone; /* alone: a scan for each component */
    bool open, high;                     /* open: without EOI; high: EXN_QUALITY_HIGH */
    bool own, rough; /* own: Huffman tables of its own; rough: without the lowest bits */
    bool wild;       /* samples that reach beyond 0 and 255 */
    uint32_t width, height;
    floors least;
} jpegs[] = {
    {.name = "baseline", .least = {{20, 12, 21, 40}}},
    {.name = "baseline, a scan each", .alone = true, .least = {{74, 34, 94, 73}}},
    {.name = "baseline, own tables", .own = true, .least = {{28, 12, 21, 40}}},
    {.name = "cut", .width = 129, .height = 161, .least = {{22, 13, 62, 41}}},
    {.name = "chroma is cut", .height = 168, .least = {{21, 13, 49, 42}}},
    {.name = "finer", .width = 129, .height = 161, .high = true, .least = {{138, 13, 62, 41}}},
    {.name = "progressive", .progressive = true, .least = {{278, 111, 234, 150}}},
    {.name = "progressive, cut",
     .progressive = true,
     .width = 129,
     .height = 161,
     .least = {{383, 121, 260, 161}}},
    {.name = "progressive, chroma is cut",
     .progressive = true,
     .height = 168,
     .least = {{323, 121, 246, 162}}},
    {.name = "arithmetic", .arithmetic = true, .least = {{56, 12, 54, 40}}},
    {.name = "arithmetic, cut",
     .arithmetic = true,
     .width = 129,
     .height = 161,
     .least = {{104, 13, 62, 41}}},
    {.name = "arithmetic, finer",
     .arithmetic = true,
     .width = 129,
     .height = 161,
     .high = true,
     .least = {{139, 13, 62, 41}}},
    {.name = "both", .progressive = true, .arithmetic = true, .least = {{227, 111, 234, 150}}},
    {.name = "both, cut",
     .progressive = true,
     .arithmetic = true,
     .width = 129,
     .height = 161,
     .least = {{293, 121, 260, 161}}},
    {.name = "both, rough",
     .progressive = true,
     .arithmetic = true,
     .rough = true,
     .least = {{145, 45, 114, 84}}},
    {.name = "out of range",
     .arithmetic = true,
     .wild = true,
     .width = 129,
     .height = 161,
     .least = {{119, 13, 63, 41}}},
    {.name = "mended", .open = true, .least = {{66, 22, 31, 40}}},
    {.name = "mended, cut",
     .open = true,
     .width = 129,
     .height = 161,
     .least = {{115, 24, 73, 41}}},
    {.name = "progressive, mended",
     .progressive = true,
     .open = true,
     .least = {{439, 251, 374, 150}}},
    {.name = "progressive, mended, cut",
     .progressive = true,
     .open = true,
     .width = 129,
     .height = 161,
     .least = {{524, 271, 410, 161}}},
};

/* AC without their last bit. */
static const jpeg_scan_info rough[] = {{3, {0, 1, 2}, 0, 0, 0, 0},
                                       {1, {0}, 1, 63, 0, 1},
                                       {1, {1}, 1, 63, 0, 1},
                                       {1, {2}, 1, 63, 0, 1}};

static void of_jpegs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof jpegs / sizeof jpegs[0]; i++) {
        char why[JMSG_LENGTH_MAX];
        exn_buffer file = {0};
        exn_test_jpeg spec;
        exn_options options = defaults();
        exn_test_jpeg_init(&spec, jpegs[i].width ? jpegs[i].width : 128,
                           jpegs[i].height ? jpegs[i].height : 160);
        spec.progressive = jpegs[i].progressive;
        spec.arithmetic = jpegs[i].arithmetic;
        spec.noninterleaved = jpegs[i].alone;
        spec.optimize = jpegs[i].own;
        spec.noise = jpegs[i].wild ? 255 : 8;
        spec.quality = jpegs[i].wild ? 10 : spec.quality;
        if (jpegs[i].rough) {
            spec.scans = rough;
            spec.scan_count = sizeof rough / sizeof rough[0];
        }
        options.on_damage = jpegs[i].rough ? EXN_ON_DAMAGE_DECODE : EXN_ON_DAMAGE_FAIL;
        options.quality = jpegs[i].high ? EXN_QUALITY_HIGH : EXN_QUALITY_SAME;
        if (!exn_test_jpeg_make(&spec, &file, why))
            fail_msg("%s: %s", jpegs[i].name, why);
        file.size -= jpegs[i].open ? 2 : 0;
        asks(jpegs[i].name, exn_buffer_span(&file), options, &jpegs[i].least);
        exn_buffer_free(&file);
    }
}

/* A JPEG with these payloads of APP1 before its own segments. */
static void of_segments(const char *name, const exn_buffer *payloads, size_t n, const floors *least)
{
    char why[JMSG_LENGTH_MAX];
    exn_buffer plain = {0}, file = {0};
    exn_test_jpeg spec;
    exn_test_jpeg_init(&spec, 16, 16);
    if (!exn_test_jpeg_make(&spec, &plain, why))
        fail_msg("%s: %s", name, why);
    assert_int_equal(exn_buffer_append(&file, plain.data, 2), EXN_OK);
    for (size_t i = 0; i < n; i++) {
        const size_t size = payloads[i].size + 2;
        const uint8_t head[] = {0xFF, 0xE1, (uint8_t)(size >> 8), (uint8_t)size};
        assert_int_equal(exn_buffer_append(&file, head, sizeof head), EXN_OK);
        assert_int_equal(exn_buffer_append(&file, payloads[i].data, payloads[i].size), EXN_OK);
    }
    assert_int_equal(exn_buffer_append(&file, plain.data + 2, plain.size - 2), EXN_OK);
    asks(name, exn_buffer_span(&file), defaults(), least);
    exn_buffer_free(&plain);
    exn_buffer_free(&file);
}

/* Each packet, and each GUID of extended XMP that the packet does not name. */
static void of_xmp_in_jpegs(void **state)
{
    (void)state;
    enum { PACKETS = 4, PORTIONS = 5 };
    exn_buffer packets[PACKETS], portions[PORTIONS];
    exn_buffer packet = exn_test_xmp(EXN_TEST_TIFF_NS, "<tiff:Orientation>6</tiff:Orientation>");
    for (int i = 0; i < PACKETS; i++)
        packets[i] =
            exn_test_xmp_segment(EXN_TEST_TIFF_NS, "<tiff:Orientation>6</tiff:Orientation>");
    for (int i = 0; i < PORTIONS; i++) {
        char guid[EXN_TEST_GUID + 1];
        memset(guid, 'A' + i, EXN_TEST_GUID);
        guid[EXN_TEST_GUID] = '\0';
        portions[i] = exn_test_xmp_portion(guid, exn_buffer_span(&packet), 0, packet.size);
    }
    of_segments("packets", packets, PACKETS, &(floors){{16, 11, 13, 16}});
    of_segments("extended packets", portions, PORTIONS, &(floors){{14, 13, 10, 16}});
    for (int i = 0; i < PACKETS; i++)
        exn_buffer_free(&packets[i]);
    for (int i = 0; i < PORTIONS; i++)
        exn_buffer_free(&portions[i]);
    exn_buffer_free(&packet);
}

static const struct {
    const char *name;
    bool interlaced;
    uint8_t depth;
    uint32_t level;
    floors least;
} pngs[] = {
    {.name = "PNG", .depth = 8, .least = {{73, 62, 593, 0}}},
    {.name = "PNG, level 6", .depth = 8, .level = 6, .least = {{70, 62, 593, 0}}},
    {.name = "PNG of 16 bits", .depth = 16, .least = {{133, 118, 625, 0}}},
    {.name = "interlaced PNG", .interlaced = true, .depth = 8, .least = {{633, 62, 3929, 0}}},
};

static void of_pngs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pngs / sizeof pngs[0]; i++) {
        exn_test_png png = {.width = 300,
                            .height = 256,
                            .depth = pngs[i].depth,
                            .colour_type = 2,
                            .interlaced = pngs[i].interlaced};
        exn_buffer file = {0};
        exn_options options = defaults();
        uint8_t *pixels = exn_test_png_pixels(&png);
        options.png_level = pngs[i].level;
        assert_true(exn_test_png_write(&png, pixels, &file));
        asks(pngs[i].name, exn_buffer_span(&file), options, &pngs[i].least);
        exn_buffer_free(&file);
        free(pixels);
    }
}

/* A raw profile of Exif that is long, so that its digits take a while. */
static void of_raw_profiles(void **state)
{
    (void)state;
    enum { LONG = 1 << 19 };
    exn_test_png png = {.width = 16, .height = 16, .depth = 8, .colour_type = 2};
    exn_buffer plain = {0}, file = {0}, block = {0};
    const exn_test_exif exif = {.orientation = 6};
    uint8_t *pixels = exn_test_png_pixels(&png);
    assert_true(exn_test_exif_make(&exif, &block));
    assert_int_equal(exn_buffer_reserve(&block, LONG), EXN_OK);
    memset(block.data + block.size, 0, LONG);
    block.size += LONG;
    exn_buffer text = exn_test_raw_profile("exif", exn_buffer_span(&block));
    exn_buffer chunk =
        exn_test_text_make(EXN_TEST_TEXT, "Raw profile type exif", exn_buffer_span(&text));
    assert_true(exn_test_png_write(&png, pixels, &plain));
    assert_true(exn_test_png_insert(exn_buffer_span(&plain), exn_test_text_type(EXN_TEST_TEXT),
                                    exn_buffer_span(&chunk), true, &file));
    asks("raw profile", exn_buffer_span(&file), defaults(), &(floors){{79, 40, 72, 0}});
    exn_buffer_free(&plain);
    exn_buffer_free(&file);
    exn_buffer_free(&block);
    exn_buffer_free(&text);
    exn_buffer_free(&chunk);
    free(pixels);
}

/* Lossless and lossy, of 100 by 50 pixels. */
static void of_webps(void **state)
{
    (void)state;
    exn_options options = defaults();
    options.webp = EXN_WEBP_ROTATE;
    exn_buffer file = {0};
    exn_test_webp(&file, &(exn_test_webp_parts){.orientation = 6, .data = 60000});
    asks("WebP", exn_buffer_span(&file), options, &(floors){{12, 10, 12, 0}});
    exn_buffer_free(&file);
}

static const struct {
    const char *path;
    exn_heif_mode mode;
    floors least;
} files[] = {
    {"testdata/other/still-1.webp", EXN_HEIF_COPY, {{11, 10, 11, 0}}},
    {"testdata/heif/420.avif", EXN_HEIF_PNG, {{76, 1, 72, 0}}},
    {"testdata/heif/420.avif", EXN_HEIF_JPEG, {{13, 1, 69, 0}}},
};

/* HEIF by libheif, which is asked before and after it decodes. */
static void of_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        enum { MOST = 1 << 16 };
        exn_buffer bytes = {0};
        exn_options options = defaults();
        FILE *file = fopen(files[i].path, "rbe");
        assert_non_null(file);
        assert_int_equal(exn_buffer_reserve(&bytes, MOST), EXN_OK);
        bytes.size = fread(bytes.data, 1, MOST, file);
        assert_int_equal(fclose(file), 0);
        options.webp = EXN_WEBP_ROTATE;
        options.heif = files[i].mode;
        asks(files[i].path, exn_buffer_span(&bytes), options, &files[i].least);
        exn_buffer_free(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_jpegs), cmocka_unit_test(of_xmp_in_jpegs),
        cmocka_unit_test(of_pngs),  cmocka_unit_test(of_raw_profiles),
        cmocka_unit_test(of_webps), cmocka_unit_test(of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
