/* SPDX-License-Identifier: MIT */
/* --webp=rotate: a WebP's pixels against a naive rotation of what libwebp decodes of its source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <webp/decode.h>
#include <webp/encode.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/naive.h"
#include "support/pass.h"
#include "support/webp_make.h"

enum { MOST = 16, RGBA = 4 };

typedef struct kind {
    bool lossless, alpha, grain, dots;
    float quality;
} kind;

/* Smooth, or with grain, or black and white dots; without a symmetry. Every fifth pixel of one with
 * alpha is transparent and has a colour all the same. */
static uint8_t *paint(uint32_t width, uint32_t height, const kind *k)
{
    uint32_t noise = 1;
    uint8_t *pixels = malloc((size_t)width * height * RGBA);
    assert_non_null(pixels);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *p = pixels + ((size_t)y * width + x) * RGBA;
            p[0] = (uint8_t)(40 + 170 * x / width);
            p[1] = (uint8_t)(30 + 190 * y / height);
            p[2] = (uint8_t)(128 + 60 * sin(x * 0.07) * cos(y * 0.11));
            noise = noise * 1664525 + 1013904223;
            p[1] = (uint8_t)(p[1] + (k->grain ? noise >> 28 : 0));
            if (k->dots)
                memset(p, noise >> 24 > 170 ? 255 : 0, 3);
            p[3] = k->alpha ? (uint8_t)((x + 2 * y) % 5 ? 255 : 0) : 255;
        }
    return pixels;
}

/* The chunks of a picture: what follows the head of the file that libwebp makes, but VP8X. */
static void encode_picture(exn_buffer *out, uint32_t width, uint32_t height, const kind *k)
{
    uint8_t *pixels = paint(width, height, k);
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    exn_test_webp_chunk chunks[MOST];
    exn_span rest;
    assert_true(WebPConfigInit(&config) && WebPPictureInit(&picture));
    WebPMemoryWriterInit(&writer);
    config.lossless = k->lossless;
    config.exact = 1;
    config.quality = k->quality;
    picture.use_argb = k->lossless;
    picture.width = (int)width;
    picture.height = (int)height;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    assert_true(WebPPictureImportRGBA(&picture, pixels, (int)width * RGBA));
    assert_true(WebPEncode(&config, &picture));
    const size_t count =
        exn_test_webp_read((exn_span){writer.mem, writer.size}, chunks, MOST, &rest);
    for (size_t i = 0; i < count; i++)
        if (strcmp(chunks[i].name, "VP8X") != 0)
            exn_test_webp_put(out, chunks[i].name, chunks[i].data.data, chunks[i].data.size);
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
    free(pixels);
}

/* The same, encoded once for all orientations: libwebp takes longer than all else here. */
static struct made {
    uint32_t width, height;
    kind kind;
    exn_buffer chunks;
} all_made[64];

static int forget_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all_made / sizeof *all_made; i++)
        exn_buffer_free(&all_made[i].chunks);
    return 0;
}

static void put_picture(exn_buffer *out, uint32_t width, uint32_t height, const kind *k)
{
    struct made *m = all_made;
    while (m->width &&
           (m->width != width || m->height != height || m->kind.lossless != k->lossless ||
            m->kind.alpha != k->alpha || m->kind.grain != k->grain || m->kind.dots != k->dots ||
            m->kind.quality != k->quality))
        m++;
    assert_true(m + 1 < all_made + sizeof all_made / sizeof *all_made);
    if (!m->width) {
        *m = (struct made){.width = width, .height = height, .kind = *k};
        encode_picture(&m->chunks, width, height, k);
    }
    assert_int_equal(exn_buffer_append(out, m->chunks.data, m->chunks.size), EXN_OK);
}

static void make(exn_buffer *out, uint16_t orientation, uint32_t width, uint32_t height,
                 const kind *k)
{
    exn_test_webp_open(out);
    exn_test_webp_put_extended(out, (uint8_t)(0x08 | (k->alpha ? 0x10 : 0)), width, height);
    put_picture(out, width, height, k);
    exn_test_webp_put_exif(out, orientation, false, 0);
    exn_test_webp_close(out);
}

static exn_options rotating(void)
{
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.webp = EXN_WEBP_ROTATE;
    return options;
}

static size_t picture_size(exn_span file)
{
    exn_test_webp_chunk chunks[MOST];
    exn_span rest;
    const size_t count = exn_test_webp_read(file, chunks, MOST, &rest);
    for (size_t i = 0; i < count; i++)
        if (strcmp(chunks[i].name, "VP8 ") == 0 || strcmp(chunks[i].name, "VP8L") == 0)
            return chunks[i].data.size;
    fail();
    return 0;
}

/* Every pixel, also those that are transparent. */
static void expect_same_pixels(exn_span source, exn_span product, uint32_t orientation)
{
    int width, height, w, h;
    uint8_t *before = WebPDecodeRGBA(source.data, source.size, &width, &height);
    uint8_t *after = WebPDecodeRGBA(product.data, product.size, &w, &h);
    assert_true(before && after);
    const size_t size = (size_t)width * (size_t)height * RGBA;
    uint8_t *turned = malloc(size);
    assert_non_null(turned);
    exn_test_naive_rotate(orientation, before, (uint32_t)width, (uint32_t)height, RGBA, turned);
    assert_int_equal(w, orientation >= 5 ? height : width);
    assert_int_equal(h, orientation >= 5 ? width : height);
    assert_memory_equal(after, turned, size);
    WebPFree(before);
    WebPFree(after);
    free(turned);
}

static void test_lossless(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1}, {1, 7}, {16, 12}, {101, 75}, {160, 120}};
    const exn_options options = rotating();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint16_t orientation = 2; orientation <= 8; orientation++)
            for (int alpha = 0; alpha < 2; alpha++) {
                exn_buffer file = {0};
                const kind k = {.lossless = true, .alpha = alpha, .quality = 50};
                make(&file, orientation, sizes[i][0], sizes[i][1], &k);
                exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
                assert_int_equal(pass.result.outcome, EXN_OUTCOME_LOSSLESS);
                assert_int_equal(pass.result.method, EXN_METHOD_SAMPLES);
                assert_int_equal(pass.result.exact_components, alpha ? 15 : 7);
                expect_same_pixels(exn_buffer_span(&file), pass.file, orientation);
                if (i == 3)
                    exn_test_no_orientation(pass.file);
                exn_test_pass_free(&pass);
                exn_buffer_free(&file);
            }
}

/* The planes as VP8 has them. */
typedef struct planes {
    uint8_t *y, *u, *v;
    int width, height, stride, chroma_stride;
} planes;

static planes decode(exn_span file)
{
    planes p;
    p.y = WebPDecodeYUV(file.data, file.size, &p.width, &p.height, &p.u, &p.v, &p.stride,
                        &p.chroma_stride);
    assert_non_null(p.y);
    return p;
}

static double psnr(const uint8_t *a, int a_stride, const uint8_t *b, int width, int height)
{
    double sum = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const double d = a[y * a_stride + x] - b[y * width + x];
            sum += d * d;
        }
    return sum > 0 ? 10 * log10(255.0 * 255 * width * height / sum) : 99;
}

/* Of luma, against the source's rotated; chroma: of Cb. */
static double loss(exn_span source, exn_span product, uint32_t orientation, bool chroma)
{
    const planes before = decode(source), after = decode(product);
    const int width = chroma ? (before.width + 1) / 2 : before.width;
    const int height = chroma ? (before.height + 1) / 2 : before.height;
    const uint8_t *from = chroma ? before.u : before.y;
    const int stride = chroma ? before.chroma_stride : before.stride;
    uint8_t *packed = malloc((size_t)(width * height)), *turned = malloc((size_t)(width * height));
    assert_true(packed && turned);
    for (int y = 0; y < height; y++)
        memcpy(packed + y * width, from + y * stride, (size_t)width);
    exn_test_naive_rotate(orientation, packed, (uint32_t)width, (uint32_t)height, 1, turned);
    const bool across = orientation >= 5;
    const double found =
        psnr(chroma ? after.u : after.y, chroma ? after.chroma_stride : after.stride, turned,
             across ? height : width, across ? width : height);
    WebPFree(before.y);
    WebPFree(after.y);
    free(packed);
    free(turned);
    return found;
}

/* Coded again in its planes and in its size. */
static void test_lossy(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{160, 120}, {202, 150}};
    const exn_options options = rotating();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint16_t orientation = 2; orientation <= 8; orientation++)
            for (int alpha = 0; alpha < 2; alpha++) {
                exn_buffer file = {0};
                const kind k = {.alpha = alpha, .quality = 60.0F + 15.0F * (float)i};
                make(&file, orientation, sizes[i][0], sizes[i][1], &k);
                exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
                assert_int_equal(pass.result.outcome, EXN_OUTCOME_REQUANTIZED);
                assert_int_equal(pass.result.method, EXN_METHOD_PLANES);
                assert_int_equal(pass.result.exact_components, alpha ? 8 : 0);
                const double ratio =
                    (double)picture_size(pass.file) / (double)picture_size(exn_buffer_span(&file));
                assert_true(ratio > 0.95 && ratio < 1.05);
                assert_true(loss(exn_buffer_span(&file), pass.file, orientation, false) > 38);
                assert_true(loss(exn_buffer_span(&file), pass.file, orientation, true) > 38);
                exn_test_pass_free(&pass);
                exn_buffer_free(&file);
            }
}

/* Of dots that were coded coarsely, coding as coarsely again would leave so little that it could
 * not be told from another picture. */
static void test_lossy_twice(void **state)
{
    (void)state;
    const exn_options options = rotating();
    for (uint16_t orientation = 2; orientation <= 8; orientation++)
        for (int quality = 0; quality < 20; quality += 5) {
            exn_buffer file = {0};
            make(&file, orientation, 62, 70,
                 &(kind){.dots = true, .alpha = true, .quality = (float)quality});
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
            assert_true(loss(exn_buffer_span(&file), pass.file, orientation, false) >= 20);
            exn_test_pass_free(&pass);
            exn_buffer_free(&file);
        }
}

/* Alpha is not lossy, nor is what it hides. */
static void test_alpha(void **state)
{
    (void)state;
    const exn_options options = rotating();
    for (uint16_t orientation = 2; orientation <= 8; orientation++) {
        exn_buffer file = {0};
        int width, height;
        make(&file, orientation, 61, 43, &(kind){.alpha = true, .quality = 75});
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        uint8_t *before = WebPDecodeRGBA(file.data, file.size, &width, &height);
        uint8_t *after = WebPDecodeRGBA(pass.file.data, pass.file.size, &width, &height);
        assert_true(before && after);
        for (uint32_t y = 0; y < 43; y++)
            for (uint32_t x = 0; x < 61; x++) {
                uint32_t u = x, v = y;
                exn_test_naive_point(orientation, 61, 43, &u, &v);
                assert_int_equal(after[(v * (uint32_t)width + u) * RGBA + 3],
                                 before[(y * 61 + x) * RGBA + 3]);
            }
        WebPFree(before);
        WebPFree(after);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

/* The bit says that alpha is used; a source may say so of pixels that are all opaque, and means it
 * afterwards as before. */
static void test_alpha_of_opaque_pixels(void **state)
{
    (void)state;
    enum { AT = 4, BIT = 0x10 }; /* in VP8L's data */
    const exn_options options = rotating();
    for (int alpha = 0; alpha < 2; alpha++) {
        exn_buffer file = {0};
        exn_test_webp_chunk chunks[MOST];
        exn_span rest;
        make(&file, 6, 31, 20, &(kind){.lossless = true, .quality = 50});
        assert_true(exn_test_webp_read(exn_buffer_span(&file), chunks, MOST, &rest) > 1);
        assert_string_equal(chunks[1].name, "VP8L");
        uint8_t *byte = file.data + (chunks[1].data.data - file.data) + AT;
        assert_int_equal(*byte & BIT, 0);
        *byte |= alpha ? BIT : 0;
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        assert_true(exn_test_webp_read(pass.file, chunks, MOST, &rest) > 1);
        assert_int_equal(chunks[1].data.data[AT] & BIT, alpha ? BIT : 0);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

/* There and back. Of an odd side that is reversed chroma lies half a sample off, and a filter may
 * not blur it; moved as it is it would be off by one pixel of luma, which this gradient shows. */
static void test_odd_chroma(void **state)
{
    (void)state;
    exn_options options = rotating();
    options.quality = EXN_QUALITY_HIGH;
    for (uint16_t orientation = 2; orientation <= 8; orientation++) {
        static const uint16_t backs[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes there, back;
        make(&file, orientation, 41, 33, &(kind){.quality = 98});
        assert_int_equal(exn_normalize(file.data, file.size, &options, &there, &result, NULL),
                         EXN_OK);
        assert_int_equal(
            exn_orient(there.data, there.size, backs[orientation], &options, &back, &result, NULL),
            EXN_OK);
        assert_true(loss(exn_buffer_span(&file), (exn_span){back.data, back.size}, 1, true) > 40);
        exn_bytes_free(&there);
        exn_bytes_free(&back);
        exn_buffer_free(&file);
    }
}

static void test_choices(void **state)
{
    (void)state;
    exn_options options = rotating();
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    double losses[2];
    exn_buffer file = {0};
    make(&file, 6, 320, 240, &(kind){.grain = true, .quality = 80});
    for (int high = 0; high < 2; high++) {
        options.quality = high ? EXN_QUALITY_HIGH : EXN_QUALITY_SAME;
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        losses[high] = loss(exn_buffer_span(&file), pass.file, 6, false);
        exn_test_pass_free(&pass);
    }
    assert_true(losses[1] > losses[0] + 0.5);
    options.edges = EXN_EDGES_REFUSE;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_REFUSED);
    assert_null(product.data);
    options = rotating();
    options.mode = EXN_MODE_DROP;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    exn_bytes_free(&product);
    options = rotating();
    options.max_pixels = 320 * 240 - 1;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_LIMIT);
    options = rotating();
    options.max_memory = 4 << 20;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_LIMIT);
    exn_buffer_free(&file);
}

typedef struct place {
    uint32_t x, y, width, height;
} place;

static void put24(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 3; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static void put_frame(exn_buffer *out, const place *at, const kind *k)
{
    exn_buffer frame = {0};
    uint8_t head[16] = {[12] = 100, [15] = 3}; /* 100 ms, no blending, disposed of */
    put24(head, at->x / 2);
    put24(head + 3, at->y / 2);
    put24(head + 6, at->width - 1);
    put24(head + 9, at->height - 1);
    assert_int_equal(exn_buffer_append(&frame, head, sizeof head), EXN_OK);
    put_picture(&frame, at->width, at->height, k);
    exn_test_webp_put(out, "ANMF", frame.data, frame.size);
    exn_buffer_free(&frame);
}

enum { CANVAS_WIDTH = 64, CANVAS_HEIGHT = 48 };

static void make_animation(exn_buffer *out, uint16_t orientation, const place *places,
                           const kind *kinds, size_t count)
{
    exn_test_webp_open(out);
    exn_test_webp_put_extended(out, 0x1A, CANVAS_WIDTH, CANVAS_HEIGHT);
    exn_test_webp_put(out, "ANIM", "\1\2\3\4\5\0", 6);
    for (size_t i = 0; i < count; i++)
        put_frame(out, &places[i], &kinds[i]);
    exn_test_webp_put_exif(out, orientation, false, 0);
    exn_test_webp_close(out);
}

static uint32_t get24(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

/* A frame as a file of its own. */
static exn_buffer file_of(exn_span frame)
{
    exn_buffer file = {0};
    exn_test_webp_open(&file);
    if (memcmp(frame.data + 16, "ALPH", 4) == 0)
        exn_test_webp_put_extended(&file, 0x10, get24(frame.data + 6) + 1,
                                   get24(frame.data + 9) + 1);
    assert_int_equal(exn_buffer_append(&file, frame.data + 16, frame.size - 16), EXN_OK);
    exn_test_webp_close(&file);
    return file;
}

/* Each frame is rotated and stands where its corner does. */
static void test_animation(void **state)
{
    (void)state;
    static const place places[] = {
        {0, 0, CANVAS_WIDTH, CANVAS_HEIGHT}, {10, 4, 20, 30}, {2, 46, 62, 2}};
    static const kind kinds[] = {{.lossless = true, .alpha = true, .quality = 30},
                                 {.lossless = true, .quality = 30},
                                 {.lossless = true, .alpha = true, .quality = 30}};
    enum { COUNT = 3 };
    const exn_options options = rotating();
    for (uint16_t orientation = 2; orientation <= 8; orientation++) {
        exn_buffer file = {0};
        exn_test_webp_chunk before[MOST], after[MOST];
        exn_span rest;
        make_animation(&file, orientation, places, kinds, COUNT);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_LOSSLESS);
        assert_int_equal(pass.result.width_out, orientation >= 5 ? CANVAS_HEIGHT : CANVAS_WIDTH);
        const size_t count = exn_test_webp_read(exn_buffer_span(&file), before, MOST, &rest);
        assert_int_equal(exn_test_webp_read(pass.file, after, MOST, &rest), count);
        assert_memory_equal(after[1].data.data, before[1].data.data, 6);
        for (size_t i = 0; i < COUNT; i++) {
            const place *p = &places[i];
            const exn_span frame = after[2 + i].data;
            uint32_t left = UINT32_MAX, top = UINT32_MAX;
            for (uint32_t corner = 0; corner < 4; corner++) {
                uint32_t x = p->x + (corner & 1 ? p->width - 1 : 0);
                uint32_t y = p->y + (corner & 2 ? p->height - 1 : 0);
                exn_test_naive_point(orientation, CANVAS_WIDTH, CANVAS_HEIGHT, &x, &y);
                left = x < left ? x : left;
                top = y < top ? y : top;
            }
            assert_int_equal(2 * get24(frame.data), left);
            assert_int_equal(2 * get24(frame.data + 3), top);
            assert_memory_equal(frame.data + 12, before[2 + i].data.data + 12, 4);
            exn_buffer a = file_of(before[2 + i].data), b = file_of(frame);
            expect_same_pixels(exn_buffer_span(&a), exn_buffer_span(&b), orientation);
            exn_buffer_free(&a);
            exn_buffer_free(&b);
        }
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

/* Frames have a limit together: four times that of a picture. */
static void test_many_frames(void **state)
{
    (void)state;
    enum { MOST_FRAMES = 4 };
    static const place whole = {0, 0, CANVAS_WIDTH, CANVAS_HEIGHT};
    place places[MOST_FRAMES + 1];
    kind kinds[MOST_FRAMES + 1];
    exn_options options = rotating();
    options.max_pixels = CANVAS_WIDTH * CANVAS_HEIGHT;
    for (size_t i = 0; i <= MOST_FRAMES; i++) {
        places[i] = whole;
        kinds[i] = (kind){.lossless = true, .quality = 30};
    }
    for (size_t count = MOST_FRAMES; count <= MOST_FRAMES + 1; count++) {
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes product;
        make_animation(&file, 6, places, kinds, count);
        assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                         count > MOST_FRAMES ? EXN_LIMIT : EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* One lossy frame makes it lossy. A place that would be odd cannot be said. */
static void test_animations_that_differ(void **state)
{
    (void)state;
    static const place even[] = {{0, 0, CANVAS_WIDTH, CANVAS_HEIGHT}, {10, 4, 20, 30}},
                       odd[] = {{10, 4, 21, 30}}, outside[] = {{60, 4, 20, 30}};
    static const kind kinds[] = {{.lossless = true, .quality = 30}, {.alpha = true, .quality = 80}};
    const exn_options options = rotating();
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    exn_buffer file = {0};
    make_animation(&file, 3, even, kinds, 2);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
    assert_int_equal(pass.result.outcome, EXN_OUTCOME_REQUANTIZED);
    exn_test_pass_free(&pass);
    exn_options few = options; /* all frames together draw on one budget */
    few.max_pixels = (CANVAS_WIDTH * CANVAS_HEIGHT + 20 * 30) / 4;
    assert_int_equal(exn_normalize(file.data, file.size, &few, &product, &result, NULL), EXN_LIMIT);
    exn_buffer_free(&file);
    for (uint16_t orientation = 2; orientation <= 4; orientation++) {
        make_animation(&file, orientation, odd, kinds, 1);
        const exn_status status =
            exn_normalize(file.data, file.size, &options, &product, &result, NULL);
        assert_int_equal(status, orientation == 4 ? EXN_OK : EXN_UNSUPPORTED);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
    make_animation(&file, 6, outside, kinds, 1);
    assert_int_not_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                         EXN_OK);
    exn_buffer_free(&file);
}

/* exn_verify() sees another rotation, and pixels that are not the source's. */
static void test_verify(void **state)
{
    (void)state;
    const exn_options options = rotating();
    for (int lossless = 0; lossless < 2; lossless++) {
        exn_buffer file = {0}, other = {0};
        const kind k = {.lossless = lossless, .quality = 70};
        exn_result result = {.struct_size = sizeof(exn_result)}, ignored = result;
        exn_bytes right, wrong;
        make(&file, 3, 60, 40, &k);
        make(&other, 2, 60, 40, &k);
        assert_int_equal(exn_normalize(file.data, file.size, &options, &right, &result, NULL),
                         EXN_OK);
        assert_int_equal(exn_normalize(other.data, other.size, &options, &wrong, &ignored, NULL),
                         EXN_OK);
        assert_int_equal(
            exn_verify(file.data, file.size, right.data, right.size, &options, &result, NULL),
            EXN_OK);
        assert_int_equal(
            exn_verify(file.data, file.size, wrong.data, wrong.size, &options, &result, NULL),
            EXN_MISMATCH);
        exn_bytes_free(&right);
        exn_bytes_free(&wrong);
        exn_buffer_free(&file);
        exn_buffer_free(&other);
    }
}

/* What is missing or wrong in a picture's data fails, also where nothing is to be rotated and all
 * is to be decoded. */
static void test_damage(void **state)
{
    (void)state;
    exn_options options = rotating();
    for (int lossless = 0; lossless < 2; lossless++)
        for (int rotates = 0; rotates < 2; rotates++) {
            exn_buffer file = {0};
            exn_test_webp_chunk chunks[MOST];
            exn_span rest;
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_bytes product;
            make(&file, rotates ? 6 : 1, 60, 40, &(kind){.lossless = lossless, .quality = 70});
            const size_t count = exn_test_webp_read(exn_buffer_span(&file), chunks, MOST, &rest);
            assert_int_equal(count, 3);
            exn_buffer cut = {0};
            exn_test_webp_open(&cut);
            exn_test_webp_put(&cut, "VP8X", chunks[0].data.data, chunks[0].data.size);
            exn_test_webp_put(&cut, chunks[1].name, chunks[1].data.data, chunks[1].data.size / 2);
            exn_test_webp_put(&cut, "EXIF", chunks[2].data.data, chunks[2].data.size);
            exn_test_webp_close(&cut);
            options.decode_all = !rotates;
            assert_int_equal(exn_normalize(cut.data, cut.size, &options, &product, &result, NULL),
                             EXN_CORRUPT);
            assert_null(product.data);
            options.decode_all = false;
            if (!rotates)
                assert_int_equal(
                    exn_normalize(cut.data, cut.size, &options, &product, &result, NULL), EXN_OK);
            exn_buffer_free(&cut);
            exn_buffer_free(&file);
        }
}

static int count_down(void *context)
{
    return (*(int *)context)-- <= 0;
}

static void test_cancel(void **state)
{
    (void)state;
    exn_options options = rotating();
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    exn_status status = EXN_CANCELLED;
    exn_buffer file = {0};
    make(&file, 6, 120, 80, &(kind){.lossless = true, .quality = 20});
    options.cancelled = count_down;
    int asks = 0;
    for (; status == EXN_CANCELLED && asks < 1000; asks++) {
        int left = asks;
        options.cancelled_context = &left;
        status = exn_normalize(file.data, file.size, &options, &product, &result, NULL);
        exn_bytes_free(&product);
    }
    assert_int_equal(status, EXN_OK);
    assert_in_range(asks, 8, 999); /* libwebp asks on its way, too */
    exn_buffer_free(&file);
}

typedef struct steps {
    double last, longest;
} steps;

static double cpu_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int note_step(void *context)
{
    steps *s = context;
    const double now = cpu_time();
    s->longest = fmax(s->longest, now - s->last);
    s->last = now;
    return 0;
}

/* Several passes in one call of libwebp's encoder ask nobody for a fifth of the whole and more. */
static void test_cancel_of_lossy(void **state)
{
    (void)state;
    exn_options options = rotating();
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    exn_buffer file = {0};
    make(&file, 6, 640, 480, &(kind){.grain = true, .quality = 60});
    const double start = cpu_time();
    steps s = {start, 0};
    options.cancelled = note_step;
    options.cancelled_context = &s;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_OK);
    note_step(&s);
    if (s.longest > (s.last - start) / 8)
        fail_msg("%.1f of %.1f ms", s.longest * 1e3, (s.last - start) * 1e3);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lossless),
        cmocka_unit_test(test_lossy),
        cmocka_unit_test(test_lossy_twice),
        cmocka_unit_test(test_alpha),
        cmocka_unit_test(test_alpha_of_opaque_pixels),
        cmocka_unit_test(test_odd_chroma),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_animation),
        cmocka_unit_test(test_many_frames),
        cmocka_unit_test(test_animations_that_differ),
        cmocka_unit_test(test_verify),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_of_lossy),
    };
    return cmocka_run_group_tests_name("webp_rotate", tests, NULL, forget_made);
}
