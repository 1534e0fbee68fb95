/* SPDX-License-Identifier: MIT */
/* Animated PNG: every canvas that a player shows of the product is the source's canvas turned, by
 * the oracle of support/png_anim.c; what contradicts itself fails; a metadata edit keeps every
 * byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "orientation.h"
#include "png/png.h"
#include "support/exif_make.h"
#include "support/naive.h"
#include "support/png_anim.h"

enum { W = 23, H = 17 }; /* of the canvas */

static const exn_format_ops *const ops = &exn_png_format;
static const exn_options defaults = {
    .struct_size = sizeof(exn_options), .max_memory = 1U << 30, .max_pixels = 1000000};

static uint32_t inverse_of(uint32_t orientation)
{
    return orientation == 6 ? 8 : orientation == 8 ? 6 : orientation;
}

/* --- One file through the row ---------------------------------------------------------------- */

static exn_status produce(exn_span file, uint32_t orientation, const exn_options *options,
                          exn_buffer *out, exn_result *result)
{
    exn_image image = {.ops = ops, .data = file};
    exn_result_init(result, sizeof *result);
    exn_status status = ops->scan(&image, options, NULL);
    image.turn = exn_orientation_from_exif(orientation);
    if (status == EXN_OK)
        status = ops->produce(&image, options, out, result, NULL);
    ops->close(&image);
    return status;
}

static exn_status decode_noting(exn_span file, const exn_options *options, uint32_t *warnings)
{
    exn_image image = {.ops = ops, .data = file};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_status status = ops->scan(&image, options, NULL);
    if (status == EXN_OK)
        status = ops->decode(&image, options, &result, NULL);
    ops->close(&image);
    *warnings = result.warnings;
    return status;
}

static exn_status decode(exn_span file, const exn_options *options)
{
    uint32_t warnings;
    return decode_noting(file, options, &warnings);
}

static exn_status verify(exn_span before, exn_span after, uint32_t orientation)
{
    exn_image a = {.ops = ops, .data = before}, b = {.ops = ops, .data = after};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_status status = ops->scan(&a, &defaults, NULL);
    if (status == EXN_OK)
        status = ops->scan(&b, &defaults, NULL);
    a.turn = exn_orientation_from_exif(orientation);
    if (status == EXN_OK)
        status = ops->verify(&a, &b, &defaults, &result, NULL);
    ops->close(&a);
    ops->close(&b);
    return status;
}

/* --- Files ----------------------------------------------------------------------------------- */

static const struct {
    uint8_t colour_type, depth;
    bool trns;
} kinds[] = {{0, 1, false},  {0, 2, true},   {0, 16, true}, {2, 8, true},
             {2, 16, false}, {3, 1, true},   {3, 4, false}, {3, 8, true},
             {4, 8, false},  {4, 16, false}, {6, 8, false}, {6, 16, false}};

enum { KINDS = sizeof kinds / sizeof kinds[0], RGBA8 = 10 };

static exn_test_png canvas_of(size_t kind, bool interlaced)
{
    exn_test_png png = {.width = W, .height = H, .interlaced = interlaced};
    png.colour_type = kinds[kind].colour_type;
    png.depth = kinds[kind].depth;
    if (png.colour_type == 3)
        png.palette_size = 3 * (png.depth == 8 ? 200 : (size_t)1 << png.depth);
    if (kinds[kind].trns)
        png.trns_size = png.colour_type == 0 ? 2 : png.colour_type == 2 ? 6 : png.palette_size / 6;
    for (size_t i = 0; i < png.palette_size; i++)
        png.palette[i] = (uint8_t)(i * 7 + 1);
    for (size_t i = 1; i < png.trns_size; i += 2)
        png.trns[i] = png.colour_type == 3 ? 100 : 1;
    return png;
}

/* Every way to dispose with every way to blend; boxes at every edge, a single pixel, the whole
 * canvas, two of one size; data in one chunk or several, in one that is empty. */
static exn_test_anim anim_of(size_t kind, bool interlaced, bool hidden)
{
    static const exn_test_frame frames[] = {
        {0, 0, W, H, 1, 10, 0, 0, 1},     {3, 2, 11, 9, 2, 10, 0, 1, 3},
        {0, 0, 5, 7, 3, 10, 1, 0, 1},     {W - 6, 4, 6, 8, 4, 0, 2, 1, 2},
        {7, H - 5, 9, 5, 5, 10, 1, 1, 1}, {9, 9, 1, 1, 0, 0, 2, 0, 1},
        {0, 0, W, H, 7, 10, 0, 1, 200},   {2, 1, 8, 3, 8, 65535, 0, 0, 1},
        {13, 12, 8, 3, 9, 1, 0, 1, 1},
    };
    exn_test_anim anim = {.canvas = canvas_of(kind, interlaced), .hidden = hidden, .plays = 3};
    anim.count = sizeof frames / sizeof frames[0];
    memcpy(anim.frames, frames, sizeof frames);
    if (hidden) /* then the first frame may be smaller */
        anim.frames[0] = (exn_test_frame){4, 5, 12, 7, 1, 1, 2, 1, 1};
    return anim;
}

static void make(const exn_test_anim *anim, uint32_t orientation, exn_buffer *file)
{
    exn_test_exif exif = {.orientation = (uint16_t)orientation};
    exn_buffer tiff = {0};
    if (orientation)
        assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_anim_write(anim, exn_buffer_span(&tiff), file));
    exn_buffer_free(&tiff);
}

static void make_usual(exn_buffer *file)
{
    exn_test_anim anim = anim_of(RGBA8, false, false);
    make(&anim, 0, file);
}

/* --- What is shown --------------------------------------------------------------------------- */

static void check_canvas(const uint64_t *before, const uint64_t *after, uint32_t orientation)
{
    static uint64_t expected[W * H];
    exn_test_naive_rotate(orientation, before, W, H, sizeof *before, expected);
    assert_memory_equal(after, expected, sizeof expected);
}

static void check_frame(const exn_test_frame *before, const exn_test_frame *after,
                        uint32_t orientation)
{
    uint32_t x = before->x, y = before->y;
    uint32_t u = x + before->width - 1, v = y + before->height - 1;
    exn_test_naive_point(orientation, W, H, &x, &y);
    exn_test_naive_point(orientation, W, H, &u, &v);
    assert_int_equal(after->x, x < u ? x : u);
    assert_int_equal(after->y, y < v ? y : v);
    assert_int_equal(after->width, orientation > 4 ? before->height : before->width);
    assert_int_equal(after->height, orientation > 4 ? before->width : before->height);
    assert_int_equal(after->delay, before->delay);
    assert_int_equal(after->delay_unit, before->delay_unit);
    assert_int_equal(after->dispose, before->dispose);
    assert_int_equal(after->blend, before->blend);
}

/* The source is stored W x H. */
static void check_shown(exn_span source, exn_span product, uint32_t orientation)
{
    exn_test_play before, after;
    assert_true(exn_test_anim_play(source, &before));
    assert_true(exn_test_anim_play(product, &after));
    const exn_test_anim *a = &before.anim, *b = &after.anim;
    assert_int_equal(b->canvas.width, orientation > 4 ? H : W);
    assert_int_equal(b->canvas.height, orientation > 4 ? W : H);
    assert_int_equal(b->canvas.colour_type, a->canvas.colour_type);
    assert_int_equal(b->canvas.depth, a->canvas.depth);
    assert_int_equal(b->canvas.interlaced, a->canvas.interlaced);
    assert_int_equal(b->hidden, a->hidden);
    assert_int_equal(b->plays, a->plays);
    assert_int_equal(b->count, a->count);
    check_canvas(before.default_image, after.default_image, orientation);
    for (size_t i = 0; i < a->count; i++) {
        check_frame(&a->frames[i], &b->frames[i], orientation);
        check_canvas(before.canvases + i * W * H, after.canvases + i * W * H, orientation);
    }
    exn_test_play_free(&before);
    exn_test_play_free(&after);
}

static uint64_t sum_of(const uint64_t *canvas)
{
    return crc32(0, (const uint8_t *)canvas, W * H * sizeof *canvas);
}

/* A player that shows nothing, or always the same, would be no oracle. */
static void test_the_player_shows_different_canvases(void **state)
{
    (void)state;
    exn_buffer file = {0};
    exn_test_play play;
    make_usual(&file);
    assert_true(exn_test_anim_play(exn_buffer_span(&file), &play));
    assert_int_equal(sum_of(play.canvases), sum_of(play.default_image));
    for (size_t i = 1; i < play.anim.count; i++)
        assert_true(sum_of(play.canvases + i * W * H) != sum_of(play.canvases + (i - 1) * W * H));
    exn_test_play_free(&play);
    exn_buffer_free(&file);
}

/* Turns by the tag and back by the inverse. */
static void check_turn(const exn_test_anim *anim, uint32_t orientation)
{
    exn_buffer file = {0}, out = {0}, back = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    make(anim, orientation, &file);
    assert_int_equal(produce(exn_buffer_span(&file), orientation, &defaults, &out, &result),
                     EXN_OK);
    bool turned = orientation != 1;
    assert_int_equal(result.warnings, 0);
    assert_int_equal(result.outcome, turned ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_METADATA);
    assert_int_equal(result.method, turned ? EXN_METHOD_SAMPLES : EXN_METHOD_EDIT);
    check_shown(exn_buffer_span(&file), exn_buffer_span(&out), orientation);
    assert_int_equal(decode(exn_buffer_span(&out), &defaults), EXN_OK);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), orientation), EXN_OK);
    if (turned)
        assert_int_equal(
            verify(exn_buffer_span(&file), exn_buffer_span(&out), inverse_of(orientation) ^ 1),
            EXN_MISMATCH);
    assert_int_equal(
        produce(exn_buffer_span(&out), inverse_of(orientation), &defaults, &back, &result), EXN_OK);
    check_shown(exn_buffer_span(&file), exn_buffer_span(&back), 1);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    exn_buffer_free(&back);
}

static void test_every_kind_of_animation_turns(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        for (uint32_t o = 1; o <= 8; o++) {
            for (int flags = 0; flags < 4; flags++) {
                exn_test_anim anim = anim_of(kind, flags & 1, flags & 2);
                check_turn(&anim, o);
            }
        }
    }
}

static void test_one_frame_is_an_animation(void **state)
{
    (void)state;
    for (uint32_t o = 1; o <= 8; o++) {
        exn_test_anim anim = anim_of(RGBA8, false, o % 2);
        anim.count = 1;
        check_turn(&anim, o);
    }
}

/* A frame of more than one new chunk of 64 KiB. */
static void test_large_frames_are_parted(void **state)
{
    (void)state;
    exn_buffer file = {0}, out = {0}, back = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_play before, after, again;
    exn_test_anim anim = {.canvas = canvas_of(RGBA8, false), .plays = 1, .count = 3};
    anim.canvas.width = 301;
    anim.canvas.height = 203;
    anim.frames[0] = anim.frames[2] = (exn_test_frame){0, 0, 301, 203, 1, 1, 0, 0, 1};
    anim.frames[1] = (exn_test_frame){1, 2, 290, 200, 1, 1, 0, 1, 1};
    make(&anim, 6, &file);
    assert_int_equal(produce(exn_buffer_span(&file), 6, &defaults, &out, &result), EXN_OK);
    assert_int_equal(produce(exn_buffer_span(&out), 8, &defaults, &back, &result), EXN_OK);
    assert_true(exn_test_anim_play(exn_buffer_span(&file), &before));
    assert_true(exn_test_anim_play(exn_buffer_span(&out), &after));
    assert_true(exn_test_anim_play(exn_buffer_span(&back), &again));
    assert_true(after.anim.frames[1].parts > 2 && after.anim.frames[2].parts > 2);
    assert_memory_equal(again.canvases, before.canvases, 3 * 301 * 203 * sizeof(uint64_t));
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 6), EXN_OK);
    exn_test_play_free(&before);
    exn_test_play_free(&after);
    exn_test_play_free(&again);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    exn_buffer_free(&back);
}

/* --- Chunks ---------------------------------------------------------------------------------- */

/* Where the data of the nth chunk of a type begin. */
static size_t data_of(exn_span file, const char *type, int nth, size_t *size)
{
    size_t offset = 8;
    char name[5] = "";
    exn_span data;
    while (exn_test_png_next(file, &offset, name, &data)) {
        if (strcmp(name, type) == 0 && nth-- == 0) {
            *size = data.size;
            return (size_t)(data.data - file.data);
        }
    }
    fail_msg("no chunk %s", type);
    return 0;
}

static void mend(exn_buffer *file, size_t at, size_t size)
{
    uint32_t crc = (uint32_t)crc32(0, file->data + at - 4, (uInt)size + 4);
    exn_put32be(file->data + at + size, crc);
}

static void set_byte(exn_buffer *file, const char *type, int nth, size_t at, uint8_t value)
{
    size_t size, start = data_of(exn_buffer_span(file), type, nth, &size);
    assert_true(at < size);
    file->data[start + at] = value;
    mend(file, start, size);
}

static void remove_bytes(exn_buffer *file, size_t at, size_t size)
{
    memmove(file->data + at, file->data + at + size, file->size - at - size);
    file->size -= size;
}

static void drop(exn_buffer *file, const char *type, int nth)
{
    size_t size, at = data_of(exn_buffer_span(file), type, nth, &size);
    remove_bytes(file, at - 8, size + 12);
}

/* Leaves the first bytes of a chunk's data. */
static void cut(exn_buffer *file, const char *type, int nth, size_t left)
{
    size_t size, at = data_of(exn_buffer_span(file), type, nth, &size);
    remove_bytes(file, at + left, size - left);
    exn_put32be(file->data + at - 8, (uint32_t)left);
    mend(file, at, left);
}

/* Puts a copy of a chunk before the first one of another type, or before IEND. */
static void copy_before(exn_buffer *file, const char *type, int nth, const char *before)
{
    exn_buffer out = {0};
    size_t size, other, at = data_of(exn_buffer_span(file), type, nth, &size);
    size_t to = data_of(exn_buffer_span(file), before, 0, &other) - 8;
    exn_buffer_append(&out, file->data, to);
    exn_buffer_append(&out, file->data + at - 8, size + 12);
    exn_buffer_append(&out, file->data + to, file->size - to);
    exn_buffer_free(file);
    *file = out;
}

/* Types in the file's order, "tEXt" among the data of a frame included. */
static void list_types(exn_span file, char *list, size_t capacity)
{
    size_t offset = 8, used = 0;
    char type[5] = "", last[5] = "";
    exn_span data;
    while (exn_test_png_next(file, &offset, type, &data)) {
        if (strcmp(type, last) != 0) {
            assert_true(used + 5 < capacity);
            memcpy(list + used, type, 4);
            used += 4;
        }
        memcpy(last, type, 5);
    }
    list[used] = '\0';
}

static void test_chunks_stay_in_their_places(void **state)
{
    (void)state;
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    char list[400], before[400];
    exn_test_anim anim = anim_of(RGBA8, false, false);
    anim.count = 3;
    make(&anim, 7, &file);
    list_types(exn_buffer_span(&file), before, sizeof before);
    assert_string_equal(before, "IHDRacTLeXIffcTLIDATfcTLfdATtEXtfdATfcTLfdATIEND");
    assert_int_equal(produce(exn_buffer_span(&file), 7, &defaults, &out, &result), EXN_OK);
    list_types(exn_buffer_span(&out), list, sizeof list);
    assert_string_equal(list, "IHDRacTLeXIffcTLIDATfcTLfdATtEXtfcTLfdATIEND");
    exn_buffer_free(&file);
    exn_buffer_free(&out);
}

/* Without an acTL, fcTL and fdAT are chunks like any unknown ones. */
static void test_without_announcement_it_is_a_picture(void **state)
{
    (void)state;
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    char list[400], before[400];
    make_usual(&file);
    drop(&file, "acTL", 0);
    assert_int_equal(decode(exn_buffer_span(&file), &defaults), EXN_OK);
    assert_int_equal(produce(exn_buffer_span(&file), 6, &defaults, &out, &result), EXN_OK);
    assert_int_equal(result.warnings, 1U << EXN_WARN_UNSAFE_CHUNK_KEPT);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 6), EXN_OK);
    list_types(exn_buffer_span(&file), before, sizeof before);
    list_types(exn_buffer_span(&out), list, sizeof list);
    assert_string_equal(list, before);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
}

/* --- Damage ---------------------------------------------------------------------------------- */

/* Rotating says status, and so does decoding, unless browsers forgive and show the default image:
 * then there is a warning. An edit of metadata keeps the file as it is. */
static void check_kept(exn_buffer *file, exn_status status, bool forgiven)
{
    exn_buffer out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    uint32_t warnings;
    assert_int_equal(produce(exn_buffer_span(file), 6, &defaults, &out, &result), status);
    exn_buffer_free(&out);
    assert_int_equal(decode_noting(exn_buffer_span(file), &defaults, &warnings),
                     forgiven ? EXN_OK : status);
    assert_int_equal(warnings, forgiven ? 1U << EXN_WARN_HARMLESS_NOISE : 0);
    assert_int_equal(produce(exn_buffer_span(file), 1, &defaults, &out, &result), EXN_OK);
    assert_int_equal(out.size, file->size);
    assert_memory_equal(out.data, file->data, file->size);
    assert_int_equal(verify(exn_buffer_span(file), exn_buffer_span(&out), 1), EXN_OK);
    exn_buffer_free(&out);
    exn_buffer_free(file);
}

static void check_damaged(exn_buffer *file)
{
    check_kept(file, EXN_CORRUPT, false);
}

static void check_forgiven(exn_buffer *file)
{
    check_kept(file, EXN_CORRUPT, true);
}

static void test_contradictions(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int nth;
        size_t at;
        uint8_t value;
        exn_status status;
    } rows[] = {
        {"acTL", 0, 3, 9, EXN_OK},
        {"acTL", 0, 3, 8, EXN_CORRUPT},
        {"acTL", 0, 3, 10, EXN_CORRUPT},
        {"acTL", 0, 3, 0, EXN_CORRUPT},
        {"acTL", 0, 1, 1, EXN_CORRUPT}, /* more than there may be, but they are not there */
        {"acTL", 0, 7, 77, EXN_OK},     /* plays */
        {"fcTL", 0, 3, 1, EXN_CORRUPT},
        {"fcTL", 1, 3, 2, EXN_CORRUPT},
        {"fcTL", 8, 0, 1, EXN_CORRUPT},
        {"fdAT", 0, 3, 3, EXN_CORRUPT},
        {"fdAT", 2, 3, 1, EXN_CORRUPT},     /* sequence numbers */
        {"fcTL", 0, 7, W - 1, EXN_CORRUPT}, /* the default image: size, place */
        {"fcTL", 0, 11, H - 1, EXN_CORRUPT},
        {"fcTL", 0, 15, 1, EXN_CORRUPT},
        {"fcTL", 0, 19, 1, EXN_CORRUPT},
        {"fcTL", 5, 7, 0, EXN_CORRUPT},
        {"fcTL", 5, 11, 0, EXN_CORRUPT}, /* no pixel */
        {"fcTL", 5, 15, W - 1, EXN_OK},
        {"fcTL", 5, 15, W, EXN_CORRUPT}, /* at the edge, over it */
        {"fcTL", 5, 19, H - 1, EXN_OK},
        {"fcTL", 5, 19, H, EXN_CORRUPT},
        {"fcTL", 5, 4, 0xff, EXN_CORRUPT},
        {"fcTL", 5, 12, 0xff, EXN_CORRUPT},
        {"fcTL", 5, 8, 0xff, EXN_CORRUPT},
        {"fcTL", 5, 16, 0xff, EXN_CORRUPT},
        {"fcTL", 5, 24, 3, EXN_CORRUPT},
        {"fcTL", 5, 25, 2, EXN_CORRUPT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = {0}, out = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        make_usual(&file);
        set_byte(&file, rows[i].type, rows[i].nth, rows[i].at, rows[i].value);
        if (rows[i].status == EXN_OK) {
            assert_int_equal(produce(exn_buffer_span(&file), 6, &defaults, &out, &result), EXN_OK);
            check_shown(exn_buffer_span(&file), exn_buffer_span(&out), 6);
        } else {
            check_kept(&file, rows[i].status, rows[i].status == EXN_CORRUPT);
        }
        exn_buffer_free(&file);
        exn_buffer_free(&out);
    }
    exn_buffer file = {0};
    make_usual(&file);
    set_byte(&file, "fcTL", 5, 7, 2); /* more pixels than data */
    check_damaged(&file);
}

static void test_missing_chunks(void **state)
{
    (void)state;
    exn_buffer file = {0};
    for (int nth = 0; nth < 9; nth++) {
        make_usual(&file);
        drop(&file, "fcTL", nth);
        check_forgiven(&file);
    }
    for (int nth = 0; nth < 10; nth++) {
        make_usual(&file);
        drop(&file, "fdAT", nth);
        check_forgiven(&file);
    }
    for (size_t left = 0; left < 40; left += 3) {
        make_usual(&file);
        cut(&file, "fdAT", 3, left);
        if (left < 4) /* not even a number; else the frame's stream is cut */
            check_forgiven(&file);
        else
            check_damaged(&file);
    }
    /* The last frame without its data, which leaves no gap in the numbers. */
    exn_test_anim anim = anim_of(RGBA8, false, false);
    make(&anim, 0, &file);
    size_t size, last = 3 + 1 + 2 + 1 + 1 + 200 + 1;
    data_of(exn_buffer_span(&file), "fdAT", (int)last, &size);
    drop(&file, "fdAT", (int)last);
    check_forgiven(&file);
}

static void test_misplaced_chunks(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int nth;
        const char *before;
        bool move;
    } rows[] = {
        {"acTL", 0, "IEND", true},  {"acTL", 0, "IEND", false}, {"acTL", 0, "IDAT", false},
        {"fcTL", 0, "IDAT", false}, {"fcTL", 1, "IDAT", false}, {"fcTL", 8, "IEND", false},
        {"fdAT", 0, "IDAT", false}, {"fdAT", 0, "fcTL", true},  {"fdAT", 0, "IEND", false},
        {"fcTL", 0, "IEND", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = {0};
        make_usual(&file);
        copy_before(&file, rows[i].type, rows[i].nth, rows[i].before);
        if (rows[i].move) /* the copy is now the last or the first one of its kind */
            drop(&file, rows[i].type, strcmp(rows[i].before, "IEND") == 0 ? rows[i].nth : 1);
        check_forgiven(&file);
    }
}

static void test_numbered_chunks_out_of_order(void **state)
{
    (void)state;
    exn_buffer file = {0};
    /* fdAT 0 straight behind IDAT, with numbers that have no gap. */
    exn_test_anim anim = anim_of(RGBA8, false, false);
    anim.count = 2;
    anim.frames[1].parts = 1;
    make(&anim, 0, &file);
    copy_before(&file, "fcTL", 1, "IEND");
    drop(&file, "fcTL", 1);
    set_byte(&file, "fdAT", 0, 3, 1);
    set_byte(&file, "fcTL", 1, 3, 2);
    check_forgiven(&file);
    /* One too many, before IDAT. */
    make(&anim, 0, &file);
    copy_before(&file, "fdAT", 0, "fcTL");
    set_byte(&file, "fdAT", 0, 3, 0);
    set_byte(&file, "fcTL", 0, 3, 1);
    set_byte(&file, "fcTL", 1, 3, 2);
    set_byte(&file, "fdAT", 1, 3, 3);
    check_forgiven(&file);
    /* Two fcTLs in a row behind IDAT. */
    make(&anim, 0, &file);
    copy_before(&file, "fcTL", 1, "fdAT");
    set_byte(&file, "fcTL", 2, 3, 2);
    set_byte(&file, "fdAT", 0, 3, 3);
    set_byte(&file, "acTL", 0, 3, 3);
    check_forgiven(&file);
    /* A second fcTL before IDAT. */
    make(&anim, 0, &file);
    copy_before(&file, "fcTL", 0, "IDAT");
    set_byte(&file, "fcTL", 1, 3, 1);
    set_byte(&file, "fcTL", 2, 3, 2);
    set_byte(&file, "fdAT", 0, 3, 3);
    set_byte(&file, "acTL", 0, 3, 3);
    check_forgiven(&file);
}

/* Without its end a file may have lost frames: what contradicts itself is not forgiven then. */
static void test_an_open_end_forgives_no_animation(void **state)
{
    (void)state;
    exn_buffer file = {0};
    make_usual(&file);
    file.size -= 12;
    uint32_t warnings;
    assert_int_equal(decode_noting(exn_buffer_span(&file), &defaults, &warnings), EXN_OK);
    set_byte(&file, "acTL", 0, 3, 10);
    assert_int_equal(decode(exn_buffer_span(&file), &defaults), EXN_CORRUPT);
    exn_buffer_free(&file);
}

static void test_wrong_crcs_and_lengths(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int nth;
    } rows[] = {{"acTL", 0}, {"fcTL", 0}, {"fcTL", 4}, {"fdAT", 1}, {"fdAT", 7}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = {0};
        size_t size;
        make_usual(&file);
        size_t at = data_of(exn_buffer_span(&file), rows[i].type, rows[i].nth, &size);
        file.data[at + size] ^= 1;
        check_damaged(&file);
        make_usual(&file);
        cut(&file, rows[i].type, rows[i].nth, 3);
        check_forgiven(&file);
    }
}

/* --- Comparing ------------------------------------------------------------------------------- */

static void test_verify_sees_other_frames(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int nth;
        size_t at;
        uint8_t value;
    } rows[] = {{"acTL", 0, 7, 9},  {"fcTL", 0, 21, 99}, {"fcTL", 5, 15, 0}, {"fcTL", 5, 19, 0},
                {"fcTL", 5, 21, 9}, {"fcTL", 5, 23, 9},  {"fcTL", 5, 24, 0}, {"fcTL", 5, 25, 1}};
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    make_usual(&file);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        out.size = 0;
        assert_int_equal(produce(exn_buffer_span(&file), 5, &defaults, &out, &result), EXN_OK);
        assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 5), EXN_OK);
        set_byte(&out, rows[i].type, rows[i].nth, rows[i].at, rows[i].value);
        assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 5), EXN_MISMATCH);
    }
    exn_buffer_free(&file);
    exn_buffer_free(&out);
}

/* The last two frames are of one size; each has one chunk. */
static void test_verify_sees_exchanged_data(void **state)
{
    (void)state;
    exn_buffer file = {0}, out = {0}, data = {0}, wrong = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_anim anim = anim_of(RGBA8, false, false);
    anim.frames[6].parts = 1;
    make(&anim, 0, &file);
    assert_int_equal(produce(exn_buffer_span(&file), 8, &defaults, &out, &result), EXN_OK);
    size_t size, next, at = data_of(exn_buffer_span(&out), "fdAT", 6, &size);
    exn_buffer_append(&data, "\0\0\0\x10", 4);
    exn_buffer_append(&data, out.data + at + 4, size - 4);
    size_t to = data_of(exn_buffer_span(&out), "fdAT", 7, &next);
    assert_int_equal(exn_get32be(out.data + to), 16);
    exn_buffer_append(&wrong, out.data, to - 8);
    exn_test_png_chunk(&wrong, "fdAT", data.data, data.size);
    exn_test_png_chunk(&wrong, "IEND", NULL, 0);
    assert_int_equal(decode(exn_buffer_span(&wrong), &defaults), EXN_OK);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 8), EXN_OK);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&wrong), 8), EXN_MISMATCH);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    exn_buffer_free(&data);
    exn_buffer_free(&wrong);
}

static void test_verify_counts_frames(void **state)
{
    (void)state;
    exn_buffer file = {0}, fewer = {0}, hidden = {0};
    exn_test_anim anim = anim_of(RGBA8, false, false);
    make(&anim, 0, &file);
    anim.count--;
    make(&anim, 0, &fewer);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&fewer), 1), EXN_MISMATCH);
    assert_int_equal(verify(exn_buffer_span(&fewer), exn_buffer_span(&file), 1), EXN_MISMATCH);
    anim = anim_of(RGBA8, false, true);
    make(&anim, 0, &hidden);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&hidden), 1), EXN_MISMATCH);
    exn_buffer_free(&file);
    exn_buffer_free(&fewer);
    exn_buffer_free(&hidden);
}

/* --- Limits ---------------------------------------------------------------------------------- */

/* The canvas is all that max_pixels allows, and all frames together four times that. */
static void test_frames_share_a_limit(void **state)
{
    (void)state;
    exn_options options = {
        .struct_size = sizeof(exn_options), .max_memory = 1U << 30, .max_pixels = W * H};
    exn_test_anim anim = {.canvas = canvas_of(RGBA8, false), .plays = 1};
    for (int i = 0; i < 5; i++)
        anim.frames[i] = (exn_test_frame){0, 0, W, H, 1, 1, 0, 0, 1};
    for (uint32_t count = 4; count <= 5; count++) {
        exn_buffer file = {0}, out = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_status expected = count == 4 ? EXN_OK : EXN_LIMIT;
        anim.count = count;
        make(&anim, 0, &file);
        assert_int_equal(produce(exn_buffer_span(&file), 6, &options, &out, &result), expected);
        assert_int_equal(decode(exn_buffer_span(&file), &options), expected);
        assert_int_equal(out.data != NULL, count == 4);
        exn_buffer_free(&file);
        exn_buffer_free(&out);
    }
    exn_options less = {.max_memory = 1U << 20, .max_pixels = W * H};
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    make_usual(&file);
    less.max_pixels = 1000000;
    assert_int_equal(produce(exn_buffer_span(&file), 6, &less, &out, &result), EXN_LIMIT);
    assert_null(out.data);
    exn_buffer_free(&file);
}

/* What the frames before have come to counts: the first of them pass, the last do not. */
static void test_the_product_counts_as_memory(void **state)
{
    (void)state;
    exn_options options = {
        .struct_size = sizeof(exn_options), .max_memory = 10U << 20, .max_pixels = 1000000};
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_test_anim anim = {.canvas = canvas_of(RGBA8, false), .plays = 1, .count = 12};
    anim.canvas.width = 301;
    anim.canvas.height = 203;
    for (uint32_t i = 0; i < anim.count; i++)
        anim.frames[i] = (exn_test_frame){0, 0, 301, 203, 1, 1, 0, 0, 1};
    make(&anim, 0, &file);
    assert_true(file.size > 2800000);
    assert_int_equal(produce(exn_buffer_span(&file), 6, &options, &out, &result), EXN_LIMIT);
    assert_true(out.size > file.size / 12);
    options.max_memory = 16U << 20;
    out.size = 0;
    assert_int_equal(produce(exn_buffer_span(&file), 6, &options, &out, &result), EXN_OK);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
}

/* Frames of the largest size that a header can name, which no memory holds. */
static void test_huge_frames_are_refused(void **state)
{
    (void)state;
    exn_options options = {.struct_size = sizeof(exn_options),
                           .max_memory = UINT64_MAX / 32,
                           .max_pixels = UINT64_MAX};
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    size_t size;
    make_usual(&file);
    size_t at = data_of(exn_buffer_span(&file), "IHDR", 0, &size);
    exn_put32be(file.data + at, 0x7fffffff);
    exn_put32be(file.data + at + 4, 0x7fffffff);
    mend(&file, at, size);
    for (int i = 0; i < 9; i++) {
        at = data_of(exn_buffer_span(&file), "fcTL", i, &size);
        exn_put32be(file.data + at + 4, 0x7fffffff);
        exn_put32be(file.data + at + 8, 0x7fffffff);
        exn_put32be(file.data + at + 12, 0);
        exn_put32be(file.data + at + 16, 0);
        mend(&file, at, size);
    }
    assert_int_equal(produce(exn_buffer_span(&file), 6, &options, &out, &result), EXN_LIMIT);
    assert_null(out.data);
    options.max_pixels = UINT64_MAX / 8;
    assert_int_equal(produce(exn_buffer_span(&file), 6, &options, &out, &result), EXN_LIMIT);
    exn_buffer_free(&file);
}

/* --- Mutations ------------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Changes a few bytes; mostly those of the chunks that say how frames stand, with a right CRC. */
static void mutate(exn_buffer *file, uint32_t *random)
{
    static const char types[][5] = {"acTL", "fcTL", "fcTL", "fcTL", "fdAT"};
    for (uint32_t count = 1 + next_random(random) % 3; count > 0; count--) {
        uint32_t kind = next_random(random) % 6, value = next_random(random);
        if (kind == 5) {
            file->data[8 + next_random(random) % (file->size - 8)] ^= (uint8_t)(1U << value % 8);
            return; /* the chunks may no longer be found */
        }
        size_t size, nth = kind == 0 ? 0 : next_random(random) % 4;
        size_t at = data_of(exn_buffer_span(file), types[kind], (int)nth, &size);
        file->data[at + next_random(random) % (size < 30 ? size : 30)] ^= (uint8_t)(value % 5);
        mend(file, at, size);
    }
}

static bool plays(exn_span file)
{
    exn_test_play play;
    bool good = exn_test_anim_play(file, &play);
    exn_test_play_free(&play);
    return good;
}

/* A product plays and is right. Where a smaller box leaves data over, the oracle, to which that is
 * an error, has no say on the source, and the warning must name it. */
static void check_mutated(exn_span file, exn_span out, uint32_t orientation, uint32_t warnings)
{
    assert_int_equal(verify(file, out, orientation), EXN_OK);
    if (!memmem(file.data, file.size, "acTL", 4)) { /* no animation any more */
        assert_true(warnings & 1U << EXN_WARN_UNSAFE_CHUNK_KEPT);
        return;
    }
    assert_true(plays(out));
    if (plays(file))
        check_shown(file, out, orientation);
    else
        assert_true(warnings & 1U << EXN_WARN_HARMLESS_NOISE);
}

/* Whatever is turned is right, all else is refused. */
static void test_mutated_files_are_right_or_refused(void **state)
{
    (void)state;
    exn_buffer whole = {0};
    uint32_t random = 20240229;
    int turned = 0, refused = 0;
    exn_test_anim anim = anim_of(RGBA8, false, true);
    anim.frames[6].parts = 4;
    make(&anim, 0, &whole);
    for (int i = 0; i < 1500; i++) {
        exn_buffer file = {0}, out = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        uint32_t orientation = 2 + next_random(&random) % 7;
        exn_buffer_append(&file, whole.data, whole.size);
        mutate(&file, &random);
        exn_status status = produce(exn_buffer_span(&file), orientation, &defaults, &out, &result);
        if (status == EXN_OK) {
            check_mutated(exn_buffer_span(&file), exn_buffer_span(&out), orientation,
                          result.warnings);
            turned++;
        } else {
            assert_true(status == EXN_CORRUPT || status == EXN_LIMIT || status == EXN_UNSUPPORTED);
            refused++;
        }
        exn_buffer_free(&file);
        exn_buffer_free(&out);
    }
    assert_true(turned > 100 && refused > 100);
    exn_buffer_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_player_shows_different_canvases),
        cmocka_unit_test(test_every_kind_of_animation_turns),
        cmocka_unit_test(test_one_frame_is_an_animation),
        cmocka_unit_test(test_large_frames_are_parted),
        cmocka_unit_test(test_chunks_stay_in_their_places),
        cmocka_unit_test(test_without_announcement_it_is_a_picture),
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_missing_chunks),
        cmocka_unit_test(test_misplaced_chunks),
        cmocka_unit_test(test_numbered_chunks_out_of_order),
        cmocka_unit_test(test_wrong_crcs_and_lengths),
        cmocka_unit_test(test_an_open_end_forgives_no_animation),
        cmocka_unit_test(test_verify_sees_other_frames),
        cmocka_unit_test(test_verify_sees_exchanged_data),
        cmocka_unit_test(test_verify_counts_frames),
        cmocka_unit_test(test_frames_share_a_limit),
        cmocka_unit_test(test_the_product_counts_as_memory),
        cmocka_unit_test(test_huge_frames_are_refused),
        cmocka_unit_test(test_mutated_files_are_right_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
