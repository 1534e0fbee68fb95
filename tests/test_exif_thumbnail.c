/* SPDX-License-Identifier: MIT */
/* The thumbnail shows what the image shows, and nothing else of the block moves.
 *
 * Single blocks are edited with a turner that only says what it was asked. Whole files go through
 * exn_normalize(); their oracles are exiftool, which finds thumbnail and tags by a walk of its own,
 * and the picture itself, drawn upright at the thumbnail's size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "jpeg/jpeg.h"
#include "metadata/exif.h"
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_read.h"
#include "support/jpeg_walk.h"
#include "support/naive.h"
#include "support/picture.h"
#include "support/proc.h"
#include "test_exif_build.h"

#define DROPPED (1U << EXN_WARN_THUMBNAIL_DROPPED)
#define STALE   (1U << EXN_WARN_METADATA_STALE)
#define ASPECT  (1U << EXN_WARN_THUMBNAIL_ASPECT)

enum { RESOLUTIONS_AT = 40, IFD1_AT = 90, THUMB_AT = 200, THUMB_SIZE = 61, BEHIND_AT = 300 };

/* --- One block, and a turner that says what it was asked --- */

enum { TURNED_MAX = 400 };

/* What it is to return, and what it was asked. */
static size_t turned_size;
static exn_status turned_status;
static uint32_t asked; /* the orientation's value; 0: nothing */
static size_t asked_room;

static exn_status fake_turn(exn_thumbnails *thumbnails, exn_span jpeg, exn_orientation o,
                            size_t room, exn_buffer *out)
{
    (void)thumbnails;
    asked_room = room;
    uint8_t bytes[TURNED_MAX];
    asked = exn_orientation_to_exif(o);
    /* Every byte must be there to be read. */
    assert_int_not_equal(exn_buffer_append(out, jpeg.data, jpeg.size), EXN_MEMORY);
    out->size = 0;
    memset(bytes, 0xAB, sizeof bytes);
    if (turned_status != EXN_OK)
        return turned_status;
    return exn_buffer_append(out, bytes, turned_size);
}

typedef struct outcome {
    exn_buffer block;
    exn_exif_verdict verdict;
    exn_status status;
    uint32_t warnings;
} outcome;

static outcome edit_block(exn_span block, uint32_t orientation, size_t max_size)
{
    exn_thumbnails thumbnails = {.turn = fake_turn};
    const exn_exif_turn turn = {.o = exn_orientation_from_exif(orientation),
                                .stored_width = 400,
                                .stored_height = 300,
                                .max_size = max_size,
                                .thumbnails = &thumbnails};
    outcome end = {{0}, EXN_EXIF_UNSAFE, EXN_OK, 0};
    /* Behind other bytes of odd number, as in a file. */
    assert_int_equal(exn_buffer_append(&end.block, "head.", 5), EXN_OK);
    assert_int_equal(exn_buffer_append(&end.block, block.data, block.size), EXN_OK);
    asked = 0;
    end.status = exn_exif_edit(&end.block, 5, &turn, &end.verdict, &end.warnings);
    assert_memory_equal(end.block.data, "head.", 5);
    memmove(end.block.data, end.block.data + 5, end.block.size - 5);
    end.block.size -= 5;
    return end;
}

static outcome edit(const tiff *t, uint32_t orientation, size_t max_size)
{
    return edit_block((exn_span){t->bytes, t->size}, orientation, max_size);
}

/* IFD0 with text behind the thumbnail or not; IFD1 with the JPEG's place; a JPEG header of
 * width x height. */
static void build(tiff *t, bool be, bool behind, uint32_t width, uint32_t height, uint32_t own)
{
    field ifd1[] = {{0x0100, SHORT, 1, width},
                    {0x0101, SHORT, 1, height},
                    {0x0103, SHORT, 1, 6},
                    {0x0201, LONG, 1, THUMB_AT},
                    {0x0202, LONG, 1, THUMB_SIZE},
                    {0x011A, RATIONAL, 1, RESOLUTIONS_AT},
                    {0x011B, RATIONAL, 1, RESOLUTIONS_AT + 8},
                    {0, 0, 0, 0},
                    {0, 0, 0, 0}};
    uint8_t *jpeg = t->bytes + THUMB_AT;
    const uint32_t numbers[] = {72, 1, 145, 2};
    if (own) {
        memmove(ifd1 + 4, ifd1 + 3, 4 * sizeof *ifd1);
        ifd1[3] = (field){0x0112, SHORT, 1, own};
    }
    start(t, be);
    put_table(t, 8, IFD1_AT,
              FIELDS({0x0100, SHORT, 1, 1}, {0x010F, ASCII, 20, behind ? BEHIND_AT : 60}));
    put_table(t, IFD1_AT, 0, ifd1);
    for (size_t i = 0; i < 4; i++)
        exn_put32(t->bytes + RESOLUTIONS_AT + 4 * i, numbers[i], be);
    reach(t, behind ? BEHIND_AT + 21 : THUMB_AT + THUMB_SIZE);
    memset(jpeg, 0x55, THUMB_SIZE);
    memcpy(jpeg, "\xFF\xD8\xFF\xC0\0\21\10", 7);
    exn_put16be(jpeg + 7, height);
    exn_put16be(jpeg + 9, width);
    memcpy(t->bytes + (behind ? BEHIND_AT : 60), "text behind a pixel", 20);
}

static uint32_t value_of(const outcome *end, bool be, unsigned entry)
{
    return exn_get32(end->block.data + IFD1_AT + 2 + 12 * (size_t)entry + 8, be);
}

static void expect_all(const uint8_t *bytes, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], value);
}

/* What must be the same in every block but IFD0's first value, IFD1 and the thumbnail. */
static void expect_rest(const tiff *t, const outcome *end)
{
    size_t text = t->size > BEHIND_AT ? BEHIND_AT : 60;
    assert_memory_equal(end->block.data + text, t->bytes + text, 20);
    assert_memory_equal(end->block.data + 22, t->bytes + 22, 12);
}

static void test_it_fits(void **state)
{
    (void)state;
    for (size_t size = 1; size <= THUMB_SIZE; size += 30) {
        for (int i = 0; i < 4; i++) {
            tiff t;
            build(&t, i % 2, i / 2, 40, 30, 0);
            turned_size = size;
            turned_status = EXN_OK;
            outcome end = edit(&t, 8, t.size);
            assert_int_equal(end.verdict, EXN_EXIF_EDITED);
            assert_int_equal(asked, 8);
            assert_int_equal(end.block.size, t.size);
            assert_int_equal(value_of(&end, t.be, 3), THUMB_AT);
            assert_int_equal(value_of(&end, t.be, 4), size);
            assert_int_equal(exn_get16(end.block.data + IFD1_AT + 10, t.be), 30);
            assert_int_equal(exn_get16(end.block.data + IFD1_AT + 22, t.be), 40);
            assert_memory_equal(end.block.data + RESOLUTIONS_AT, t.bytes + RESOLUTIONS_AT + 8, 8);
            assert_memory_equal(end.block.data + RESOLUTIONS_AT + 8, t.bytes + RESOLUTIONS_AT, 8);
            expect_all(end.block.data + THUMB_AT, size, 0xAB);
            expect_all(end.block.data + THUMB_AT + size, THUMB_SIZE - size, 0);
            expect_rest(&t, &end);
            assert_int_equal(end.warnings, 0);
            exn_buffer_free(&end.block);
        }
    }
}

static void test_it_grows(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const bool behind = i / 2;
        tiff t;
        build(&t, i % 2, behind, 40, 30, 6);
        turned_size = THUMB_SIZE + 1;
        turned_status = EXN_OK;
        const size_t at = behind ? BEHIND_AT + 22 : THUMB_AT;
        outcome end = edit(&t, 3, at + turned_size);
        assert_int_equal(end.verdict, EXN_EXIF_EDITED);
        assert_int_equal(end.warnings, 0);
        assert_int_equal(asked, 3); /* IFD1's own 6 is not believed */
        assert_int_equal(end.block.size, at + turned_size);
        assert_int_equal(value_of(&end, t.be, 3), at);
        assert_int_equal(value_of(&end, t.be, 4), turned_size);
        expect_all(end.block.data + at, turned_size, 0xAB);
        if (behind)
            expect_all(end.block.data + THUMB_AT, THUMB_SIZE, 0);
        expect_rest(&t, &end);
        exn_buffer_free(&end.block);
    }
}

static void expect_dropped(const tiff *t, outcome *end, bool zeroed)
{
    assert_int_equal(end->status, EXN_OK);
    assert_int_equal(end->verdict, EXN_EXIF_EDITED);
    assert_int_equal(end->warnings, DROPPED);
    assert_int_equal(end->block.size, t->size);
    assert_int_equal(exn_get32(end->block.data + 34, t->be), 0); /* IFD0's next-IFD pointer */
    if (zeroed)
        expect_all(end->block.data + THUMB_AT, THUMB_SIZE, 0);
    exn_buffer_free(&end->block);
}

static void test_it_cannot_be_kept(void **state)
{
    (void)state;
    static const exn_status why[] = {EXN_CORRUPT, EXN_UNSUPPORTED, EXN_LIMIT};
    for (int behind = 0; behind < 2; behind++) {
        tiff t;
        build(&t, true, behind, 40, 30, 0);
        for (size_t i = 0; i < 3; i++) {
            turned_status = why[i];
            outcome end = edit(&t, 6, 60000);
            expect_dropped(&t, &end, true);
        }
        turned_status = EXN_OK;
        turned_size = THUMB_SIZE + 2;
        outcome end = edit(&t, 6, (behind ? BEHIND_AT + 22 : THUMB_AT) + THUMB_SIZE + 1);
        expect_dropped(&t, &end, true);
        /* A value that claims bytes behind the block would get the thumbnail's. */
        exn_put32(t.bytes + 8 + 2 + 12 + 8, (uint32_t)t.size - 10, true);
        if (behind) {
            end = edit(&t, 6, 60000);
            expect_dropped(&t, &end, true);
        }
        turned_status = EXN_MEMORY;
        end = edit(&t, 6, 60000);
        assert_int_equal(end.status, EXN_MEMORY);
        exn_buffer_free(&end.block);
    }
}

/* Sizes and offsets that lead nowhere, twice or to no number. */
static void test_it_is_not_sound(void **state)
{
    (void)state;
    static const struct {
        unsigned entry, at;
        uint32_t value;
    } changes[] = {{3, 8, 0x7FFFFFFF}, {4, 8, 0x7FFFFFFF}, {4, 8, 9999},
                   {4, 0, 0x0203},     {4, 2, UNDEFINED},  {2, 0, 0x0202}};
    turned_status = EXN_OK;
    turned_size = 20;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        tiff t;
        build(&t, true, true, 40, 30, 0);
        uint8_t *p = t.bytes + IFD1_AT + 2 + 12 * changes[i].entry + changes[i].at;
        if (changes[i].at == 8)
            exn_put32(p, changes[i].value, true);
        else
            exn_put16(p, changes[i].value, true);
        outcome end = edit(&t, 6, 60000);
        assert_int_equal(asked, 0);
        expect_dropped(&t, &end, false);
    }
}

/* A preview that would have to stand where its SHORT cannot point: not even its size is changed. */
static void test_an_offset_that_is_a_short(void **state)
{
    (void)state;
    enum { SIZE = 70000 };
    uint8_t *bytes = calloc(1, SIZE);
    assert_non_null(bytes);
    for (int i = 0; i < 4; i++) {
        tiff t;
        build(&t, i % 2, true, 40, 30, 0);
        put_table(&t, 8, 0, FIELDS({0x010F, ASCII, 20, BEHIND_AT}, {0x014A, LONG, 1, IFD1_AT}));
        put_table(
            &t, IFD1_AT, 0,
            FIELDS({0x0201, i / 2 ? LONG : SHORT, 1, THUMB_AT}, {0x0202, LONG, 1, THUMB_SIZE}));
        memcpy(bytes, t.bytes, t.size);
        turned_status = EXN_OK;
        turned_size = THUMB_SIZE + 1;
        outcome end = edit_block((exn_span){bytes, SIZE}, 6, 2 * SIZE);
        assert_int_equal(end.status, EXN_OK);
        assert_int_equal(asked, 6);
        assert_int_equal(end.warnings, i / 2 ? 0 : STALE);
        const uint8_t *entries = end.block.data + IFD1_AT + 2;
        if (i / 2) {
            assert_int_equal(exn_get32(entries + 8, t.be), SIZE);
            assert_int_equal(exn_get32(entries + 20, t.be), turned_size);
            expect_all(end.block.data + SIZE, turned_size, 0xAB);
        } else {
            assert_int_equal(end.block.size, SIZE);
            assert_memory_equal(end.block.data, bytes, SIZE);
        }
        exn_buffer_free(&end.block);
    }
    free(bytes);
}

/* Where a SHORT cannot hold the other side's number the table would say neither the old size nor
 * the new one. */
static void test_a_side_that_is_a_short(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const unsigned side = i % 2;
        tiff t;
        build(&t, i / 2, true, 40, 30, 0);
        uint8_t *entry = t.bytes + IFD1_AT + 2 + 12 * side;
        exn_put16(entry + 2, LONG, t.be);
        exn_put32(entry + 8, 70000, t.be);
        turned_status = EXN_OK;
        turned_size = THUMB_SIZE;
        outcome end = edit(&t, 3, 60000);
        assert_int_equal(end.warnings, 0);
        assert_memory_equal(end.block.data + IFD1_AT, t.bytes + IFD1_AT, 26);
        expect_all(end.block.data + THUMB_AT, THUMB_SIZE, 0xAB);
        exn_buffer_free(&end.block);
        end = edit(&t, 6, 60000);
        expect_dropped(&t, &end, true);
    }
}

/* A thumbnail inside a value (a maker note): its bytes stay, the turned one stands elsewhere. */
static void test_it_is_part_of_something(void **state)
{
    (void)state;
    tiff t;
    build(&t, false, true, 40, 30, 0);
    put_table(&t, 8, IFD1_AT, FIELDS({0x0100, SHORT, 1, 1}, {0x010F, UNDEFINED, 80, THUMB_AT - 5}));
    turned_status = EXN_OK;
    turned_size = 20;
    outcome end = edit(&t, 6, 60000);
    assert_int_equal(end.verdict, EXN_EXIF_EDITED);
    assert_int_equal(end.warnings, 0);
    assert_memory_equal(end.block.data + THUMB_AT - 5, t.bytes + THUMB_AT - 5, 80);
    assert_int_equal(value_of(&end, false, 3), BEHIND_AT + 22);
    expect_all(end.block.data + BEHIND_AT + 22, 20, 0xAB);
    exn_buffer_free(&end.block);
}

static void test_which_orientation(void **state)
{
    (void)state;
    /* The picture is 400 x 300 stored. used 0: dropped; 1: left as it is. */
    static const struct {
        uint32_t orientation, width, height, own, used;
        bool other_aspect;
    } cases[] = {
        {6, 40, 30, 0, 6, false}, {6, 40, 30, 8, 6, false}, {6, 30, 40, 0, 1, true},
        {6, 30, 40, 1, 1, true},  {6, 30, 40, 3, 3, true},  {6, 30, 40, 6, 0, true},
        {3, 30, 40, 1, 0, true},  {3, 30, 40, 8, 8, true},  {3, 30, 40, 9, 0, true},
        {6, 32, 32, 3, 6, false}, {6, 30, 31, 8, 6, false}, {1, 30, 40, 6, 1, true},
        {1, 40, 30, 6, 1, false}, {2, 44, 25, 0, 2, false}, {6, 0, 0, 8, 6, false},
    };
    turned_status = EXN_OK;
    turned_size = THUMB_SIZE;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tiff t;
        exn_exif found;
        build(&t, true, false, cases[i].width, cases[i].height, cases[i].own);
        exn_exif_scan((exn_span){t.bytes, t.size}, 400, 300, &found);
        assert_int_equal(!!(found.warnings & ASPECT), cases[i].other_aspect);
        outcome end = edit(&t, cases[i].orientation, 60000);
        assert_int_not_equal(end.verdict, EXN_EXIF_UNSAFE);
        if (asked != (cases[i].used > 1 ? cases[i].used : 0))
            fail_msg("case %zu: turned by %u", i, asked);
        assert_int_equal(end.warnings, cases[i].used ? 0 : DROPPED);
        if (cases[i].used == 1)
            assert_memory_equal(end.block.data + THUMB_AT, t.bytes + THUMB_AT, THUMB_SIZE);
        exn_exif_scan((exn_span){end.block.data, end.block.size}, 400, 300, &found);
        assert_false(found.reasons);
        exn_buffer_free(&end.block);
    }
}

/* A chain that cannot be cut leaves nothing to be trusted. */
static void test_it_cannot_be_dropped(void **state)
{
    (void)state;
    tiff t;
    build(&t, true, true, 40, 30, 0);
    exn_put32(t.bytes + 8 + 2 + 12 + 8, 35, true); /* a value over IFD0's next-IFD pointer */
    turned_status = EXN_CORRUPT;
    outcome end = edit(&t, 6, 60000);
    assert_int_equal(end.verdict, EXN_EXIF_UNSAFE);
    exn_buffer_free(&end.block);
}

/* --- Samples --- */

static void build_rgb(tiff *t, bool be, uint32_t photometric, uint32_t planar, field rows,
                      const uint8_t *samples)
{
    start(t, be);
    put_table(t, 8, IFD1_AT, FIELDS({0x010E, ASCII, 4, 0x20202020}));
    put_table(t, IFD1_AT, 0,
              FIELDS({0x0100, SHORT, 1, 8}, {0x0101, SHORT, 1, 6}, {0x0102, SHORT, 3, 280},
                     {0x0103, SHORT, 1, 1}, {0x0106, SHORT, 1, photometric}, {0x0111, LONG, 1, 301},
                     {0x0115, SHORT, 1, 3}, rows, {0x0117, LONG, 1, 144},
                     {0x011C, SHORT, 1, planar}));
    reach(t, 301 + 144);
    for (size_t i = 0; i < 3; i++)
        exn_put16(t->bytes + 280 + 2 * i, 8, be);
    memcpy(t->bytes + 301, samples, 144);
}

static void test_samples(void **state)
{
    (void)state;
    const field six = {0x0116, SHORT, 1, 6};
    uint8_t samples[144], want[144];
    for (size_t i = 0; i < sizeof samples; i++)
        samples[i] = (uint8_t)(i * 151 + i / 5);
    for (uint32_t orientation = 2; orientation <= 8; orientation++) {
        tiff t;
        build_rgb(&t, orientation % 2, 2, 1, six, samples);
        outcome end = edit(&t, orientation, 60000);
        assert_int_equal(end.verdict, EXN_EXIF_EDITED);
        assert_int_equal(end.warnings, 0);
        exn_test_naive_rotate(orientation, samples, 8, 6, 3, want);
        assert_memory_equal(end.block.data + 301, want, sizeof want);
        uint32_t width = orientation >= 5 ? 6 : 8;
        assert_int_equal(exn_get16(end.block.data + IFD1_AT + 10, t.be), width);
        assert_int_equal(exn_get16(end.block.data + IFD1_AT + 22, t.be), 14 - width);
        assert_int_equal(exn_get16(end.block.data + IFD1_AT + 2 + 7 * 12 + 8, t.be), 14 - width);
        exn_buffer_free(&end.block);
        for (int planes = 0; planes < 2; planes++) { /* Y'CbCr samples; one plane after another */
            build_rgb(&t, true, planes ? 2 : 6, planes ? 2 : 1, six, samples);
            end = edit(&t, orientation, 60000);
            assert_int_equal(end.warnings, DROPPED);
            expect_all(end.block.data + 301, 144, 0);
            exn_buffer_free(&end.block);
        }
    }
}

/* TIFF 6.0, RowsPerStrip: 2^32 - 1 is the default and stands for all rows, whatever their number.
 */
static void test_rows_of_any_number(void **state)
{
    (void)state;
    static const field rows[] = {{0x0116, LONG, 1, UINT32_MAX}, {0x0116, SHORT, 1, UINT16_MAX}};
    uint8_t samples[144] = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tiff t;
        build_rgb(&t, true, 2, 1, rows[i], samples);
        outcome end = edit(&t, 6, 60000);
        assert_int_equal(end.verdict, EXN_EXIF_EDITED);
        assert_int_equal(end.warnings, 0);
        const size_t at = IFD1_AT + 2 + 7 * 12;
        assert_memory_equal(end.block.data + at, t.bytes + at, 12);
        exn_buffer_free(&end.block);
    }
}

/* --- Hostile blocks --- */

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

/* Whatever is done to a block, an edit ends in a verdict, within the limit, and clean. */
static void test_mutations(void **state)
{
    (void)state;
    static const uint32_t seeds[] = {0,      1,      6,      8,        100,  200,    0x0112,
                                     0x0201, 0x0202, 0x8769, THUMB_AT, 0x7F, 0xFFFF, BEHIND_AT};
    const size_t limit = 420;
    uint64_t random = 20260401;
    unsigned kept = 0, dropped = 0, grown = 0;
    turned_status = EXN_OK;
    for (uint32_t i = 0; i < 20000; i++) {
        const uint32_t orientation = 1 + i / 4 % 8, width = orientation >= 5 ? 300 : 400;
        tiff t;
        exn_exif found;
        build(&t, i % 2, i % 4 < 2, 40, 30, i % 9);
        for (uint32_t n = 1 + next_random(&random) % 4; n; n--) {
            size_t at = next_random(&random) % (THUMB_AT - 8) + 4;
            uint32_t seed = seeds[next_random(&random) % (sizeof seeds / sizeof seeds[0])];
            if (next_random(&random) % 2)
                t.bytes[at] = (uint8_t)next_random(&random);
            else
                exn_put16(t.bytes + (at & ~(size_t)1), seed, t.be);
        }
        turned_size = next_random(&random) % 120;
        outcome end = edit(&t, orientation, limit);
        assert_int_equal(end.status, EXN_OK);
        assert_true(end.block.size <= limit);
        if (end.verdict == EXN_EXIF_EDITED || end.verdict == EXN_EXIF_UNCHANGED) {
            exn_exif_scan((exn_span){end.block.data, end.block.size}, width, 700 - width, &found);
            assert_false(found.reasons);
            kept += asked && !(end.warnings & DROPPED);
            dropped += !!(end.warnings & DROPPED);
            grown += end.block.size > t.size;
        }
        exn_buffer_free(&end.block);
    }
    assert_true(kept > 2000 && dropped > 1000 && grown > 500);
}

/* --- Whole files --- */

/* The upright picture, stored so that orientation shows it upright. */
static void make_jpeg(uint32_t orientation, uint32_t width, uint32_t height, exn_buffer *out)
{
    exn_test_jpeg jpeg;
    exn_test_jpeg_init(&jpeg, width, height);
    jpeg.orientation = orientation;
    exn_test_jpeg_made(&jpeg, out);
}

/* Pixels of a PNG are other tests' matter: a plain gray one. */
static void make_png(uint32_t width, uint32_t height, exn_buffer *out)
{
    png_image png = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_GRAY};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    uint8_t *gray = calloc(height, width);
    assert_non_null(gray);
    assert_int_equal(exn_buffer_reserve(out, size), EXN_OK);
    assert_true(png_image_write_to_memory(&png, out->data, &size, 0, gray, 0, NULL));
    out->size = size;
    free(gray);
}

typedef struct source {
    exn_buffer tiff, file;
    bool png;
} source;

/* A camera's file: a picture of 192 x 128, or upright, and a thumbnail of the given size, both
 * stored alike. */
static void make_source(source *s, uint32_t orientation, uint32_t width, uint32_t height, bool png)
{
    exn_buffer thumbnail = {0}, picture = {0};
    const uint32_t w = width > height ? 192 : 128, h = width > height ? 128 : 192;
    make_jpeg(orientation, width, height, &thumbnail);
    const exn_test_exif exif = {.big_endian = orientation % 2,
                                .orientation = (uint16_t)orientation,
                                .exif_orientation = (uint16_t)orientation,
                                .ifd1_orientation = 8,
                                .pixel_width = w,
                                .pixel_height = h,
                                .resolution = 300,
                                .maker_note = true,
                                .gps = true,
                                .thumbnail = {thumbnail.data, thumbnail.size}};
    *s = (source){.png = png};
    assert_true(exn_test_exif_make(&exif, &s->tiff));
    const exn_span tiff = {s->tiff.data, s->tiff.size};
    if (png)
        make_png(w, h, &picture);
    else
        make_jpeg(orientation, w, h, &picture);
    const exn_span plain = {picture.data, picture.size};
    assert_true(png ? exn_test_png_insert(plain, "eXIf", tiff, true, &s->file)
                    : exn_test_jpeg_insert_exif(plain, tiff, &s->file));
    exn_buffer_free(&thumbnail);
    exn_buffer_free(&picture);
}

static void free_source(source *s)
{
    exn_buffer_free(&s->tiff);
    exn_buffer_free(&s->file);
}

static exn_bytes normalize(const source *s, exn_result *result)
{
    exn_bytes product;
    exn_error error;
    if (exn_normalize(s->file.data, s->file.size, NULL, &product, result, &error) != EXN_OK)
        fail_msg("%s", error.detail);
    return product;
}

static exn_span span_of(const exn_bytes *bytes)
{
    return (exn_span){bytes->data, bytes->size};
}

/* dB between a thumbnail's luma and that of the upright picture turned by orientation. */
static double likeness(exn_span jpeg, uint32_t orientation, uint32_t width, uint32_t height)
{
    exn_test_coefs coefs;
    char why[JMSG_LENGTH_MAX];
    double sum = 0;
    if (!exn_test_jpeg_read(jpeg, &coefs, why))
        fail_msg("%s", why);
    assert_int_equal(coefs.width, width);
    assert_int_equal(coefs.height, height);
    float *luma = exn_test_plane(&coefs.component[0]);
    assert_non_null(luma);
    uint32_t upright_width = orientation >= 5 ? height : width;
    uint32_t upright_height = orientation >= 5 ? width : height;
    for (uint32_t v = 0; v < upright_height; v++) {
        for (uint32_t u = 0; u < upright_width; u++) {
            uint32_t x = u, y = v;
            uint8_t ycc[3];
            exn_test_picture_ycc(u, v, upright_width, upright_height, 0, false, ycc);
            exn_test_naive_point(orientation, upright_width, upright_height, &x, &y);
            double difference = luma[(size_t)y * width + x] - ycc[0];
            sum += difference * difference;
        }
    }
    free(luma);
    exn_test_coefs_free(&coefs);
    return 10 * log10(255.0 * 255 * width * height / (sum + 1e-9));
}

/* exiftool's output for argument on a file, trimmed of nothing. */
static exn_test_proc exiftool(const char *const argv[], exn_span file)
{
    exn_test_proc proc;
    if (!exn_test_run(argv, file, &proc))
        fail_msg("exiftool: %.*s", (int)proc.err.size, (const char *)proc.err.data);
    return proc;
}

static void check_shown(const exn_bytes *product, uint32_t orientation, uint32_t width,
                        uint32_t height)
{
    const char *const argv[] = {"exiftool", "-b", "-ThumbnailImage", "-", NULL};
    exn_test_proc proc = exiftool(argv, span_of(product));
    exn_span jpeg = {proc.out.data, proc.out.size};
    if (orientation >= 5) {
        uint32_t saved = width;
        width = height;
        height = saved;
    }
    double upright = likeness(jpeg, 1, width, height);
    if (upright < 20)
        fail_msg("orientation %u, %u x %u: %.1f dB", orientation, width, height, upright);
    for (uint32_t other = 2; other <= 8; other++)
        assert_true(likeness(jpeg, other, width, height) < 17);
    exn_test_proc_free(&proc);
}

/* A maker note and what comes before and behind it in the block. */
static void check_note(const source *s, const exn_bytes *product)
{
    const uint8_t *before = memmem(s->file.data, s->file.size, "EXAMPLE\0\1", 9);
    const uint8_t *after = memmem(product->data, product->size, "EXAMPLE\0\1", 9);
    const uint8_t *block = memmem(s->file.data, s->file.size, s->tiff.data, 8);
    const uint8_t *turned = memmem(product->data, product->size, s->tiff.data, 8);
    assert_true(before && after && block && turned);
    assert_int_equal(before - block, after - turned);
    assert_memory_equal(before, after, 300);
}

static void test_files(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{48, 32}, {51, 35}, {32, 48}};
    unsigned grown = 0, shrunk = 0;
    for (uint32_t i = 0; i < 7 * 3 * 2; i++) {
        const uint32_t orientation = 2 + i % 7, *size = sizes[i / 7 % 3];
        source s;
        exn_result result = {.struct_size = sizeof(exn_result)};
        make_source(&s, orientation, size[0], size[1], i / 21);
        exn_bytes product = normalize(&s, &result);
        assert_int_equal(result.warnings & (DROPPED | ASPECT), 0);
        check_shown(&product, orientation, size[0], size[1]);
        check_note(&s, &product);
        const uint8_t *app1 = memmem(product.data, product.size, "Exif\0\0", 6);
        if (app1) {
            size_t length = exn_get16be(app1 - 2) - 8U, before = s.tiff.size;
            grown += length > before;
            shrunk += length == before;
        }
        exn_bytes_free(&product);
        free_source(&s);
    }
    assert_true(grown && shrunk);
}

/* exiftool reads a second segment as more of the same block, in which nothing may move. */
static void test_a_block_that_goes_on(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 7 * 2; i++) {
        static const char more[] = "\xFF\xE1\0\x10"
                                   "Exif\0\0WORDS AB";
        source s;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_buffer longer = {0};
        make_source(&s, 2 + i % 7, i < 7 ? 48 : 51, i < 7 ? 32 : 35, false);
        const uint8_t *exif = memmem(s.file.data, s.file.size, "Exif\0\0", 6);
        assert_non_null(exif);
        const size_t end = (size_t)(exif - s.file.data) - 2 + exn_get16be(exif - 2);
        assert_true(exn_test_splice(exn_buffer_span(&s.file), end, 0,
                                    (exn_span){(const uint8_t *)more, sizeof more - 1}, &longer));
        exn_buffer_free(&s.file);
        s.file = longer;
        exn_bytes product = normalize(&s, &result);
        const uint8_t *after = memmem(product.data, product.size, "Exif\0\0", 6);
        assert_non_null(after);
        assert_int_equal(exn_get16be(after - 2) - 8U, s.tiff.size);
        assert_memory_equal(after - 2 + exn_get16be(after - 2), more, sizeof more - 1);
        assert_int_equal(result.warnings & DROPPED, 0); /* its tables make room */
        exn_bytes_free(&product);
        free_source(&s);
    }
}

static exn_status turn_one(exn_span jpeg, exn_orientation o, exn_buffer *out)
{
    exn_thumbnails thumbnails = exn_jpeg_thumbnails(1 << 28);
    return thumbnails.turn(&thumbnails, jpeg, o, SIZE_MAX, out);
}

/* A thumbnail's own orientation goes, all else of its Exif stays; padding behind its end goes. */
static void test_segments_of_a_thumbnail(void **state)
{
    (void)state;
    const exn_test_exif exif = {.big_endian = true, .orientation = 3, .gps = true};
    exn_buffer plain = {0}, tiff = {0}, jpeg = {0}, turned = {0};
    make_jpeg(6, 48, 32, &plain);
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_jpeg_insert_exif((exn_span){plain.data, plain.size},
                                          (exn_span){tiff.data, tiff.size}, &jpeg));
    assert_int_equal(exn_buffer_append(&jpeg, "\0\0\0", 3), EXN_OK);
    exn_span span = {jpeg.data, jpeg.size};
    assert_int_equal(turn_one(span, exn_orientation_from_exif(6), &turned), EXN_OK);
    assert_non_null(memmem(turned.data, turned.size, "Example", 8));
    assert_non_null(memmem(tiff.data, tiff.size, "\1\x12\0\3", 4));
    assert_null(memmem(turned.data, turned.size, "\1\x12\0\3", 4));
    assert_memory_equal(turned.data + turned.size - 2, "\xFF\xD9", 2);
    assert_true(likeness((exn_span){turned.data, turned.size}, 1, 32, 48) > 20);
    span.size -= 200;
    assert_int_equal(turn_one(span, exn_orientation_from_exif(6), &turned), EXN_CORRUPT);
    exn_buffer_free(&plain);
    exn_buffer_free(&tiff);
    exn_buffer_free(&jpeg);
    exn_buffer_free(&turned);
}

/* A few bytes that claim a picture too large to be a thumbnail fail before they cost anything. */
static void test_a_thumbnail_too_large(void **state)
{
    (void)state;
    exn_buffer jpeg = {0}, turned = {0};
    make_jpeg(1, 48, 32, &jpeg);
    uint8_t *frame = memmem(jpeg.data, jpeg.size, "\xFF\xC0", 2);
    assert_non_null(frame);
    exn_put16be(frame + 5, 4001);
    exn_put16be(frame + 7, 4000);
    assert_int_equal(
        turn_one((exn_span){jpeg.data, jpeg.size}, exn_orientation_from_exif(6), &turned),
        EXN_LIMIT);
    exn_buffer_free(&jpeg);
    exn_buffer_free(&turned);
}

/* --- What exiftool says --- */

/* Whether a line of exiftool's list may differ: the tags that follow the picture. */
static bool may_differ(const char *line)
{
    static const char *const follow[] = {"Orientation",     "ExifImageWidth",  "ExifImageHeight",
                                         "ThumbnailOffset", "ThumbnailLength", "ThumbnailImage",
                                         "ImageWidth",      "ImageHeight",     NULL};
    char group[40], tag[40];
    if (sscanf(line, "[%39[^]]] %39s", group, tag) != 2)
        return false;
    if (!strcmp(group, "ExifTool") || !strcmp(group, "System") || !strcmp(group, "Composite"))
        return true;
    for (size_t i = 0; follow[i]; i++)
        if (!strcmp(tag, follow[i]))
            return true;
    return false;
}

/* Every line of one list is in the other, but for those that may differ. */
static void expect_lines(const exn_buffer *list, const exn_buffer *in)
{
    unsigned lines = 0;
    for (size_t at = 0; at < list->size;) {
        const uint8_t *end = memchr(list->data + at, '\n', list->size - at);
        assert_non_null(end);
        size_t size = (size_t)(end + 1 - (list->data + at));
        char line[400] = "";
        memcpy(line, list->data + at, size < sizeof line ? size : sizeof line - 1);
        if (!may_differ(line) && !memmem(in->data, in->size, list->data + at, size))
            fail_msg("only on one side: %s", line);
        at += size;
        lines++;
    }
    assert_true(lines > 30);
}

static void expect_text(const exn_test_proc *proc, const char *text, bool present)
{
    if (!!memmem(proc->out.data, proc->out.size, text, strlen(text)) != present)
        fail_msg("%s: %s in\n%.*s", text, present ? "missing" : "present", (int)proc->out.size,
                 (const char *)proc->out.data);
}

static void test_tags(void **state)
{
    (void)state;
    const char *const argv[] = {"exiftool", "-a", "-G1", "-s", "-n", "-u", "-", NULL};
    for (uint32_t orientation = 2; orientation <= 8; orientation++) {
        source s;
        exn_result result = {.struct_size = sizeof(exn_result)};
        make_source(&s, orientation, 51, 35, orientation == 5);
        exn_bytes product = normalize(&s, &result);
        exn_test_proc before = exiftool(argv, (exn_span){s.file.data, s.file.size});
        exn_test_proc after = exiftool(argv, span_of(&product));
        expect_lines(&before.out, &after.out);
        expect_lines(&after.out, &before.out);
        expect_text(&before, " Orientation ", true);
        expect_text(&after, " Orientation ", false);
        expect_text(&after, "Warning", false);
        expect_text(&after,
                    orientation >= 5 ? "ExifImageWidth                  : 128"
                                     : "ExifImageWidth                  : 192",
                    true);
        exn_test_proc_free(&before);
        exn_test_proc_free(&after);
        exn_bytes_free(&product);
        free_source(&s);
    }
}

/* A thumbnail that is no JPEG, in a whole file: IFD1 is gone, the rest is there. */
static void test_dropped_in_a_file(void **state)
{
    (void)state;
    const char *const argv[] = {"exiftool", "-a", "-G1", "-s", "-n", "-", NULL};
    source s;
    exn_result result = {.struct_size = sizeof(exn_result)};
    make_source(&s, 6, 48, 32, false);
    const uint8_t *note = memmem(s.file.data, s.file.size, "EXAMPLE\0\1", 9);
    uint8_t *thumbnail =
        memmem(note, s.file.size - (size_t)(note - s.file.data), "\xFF\xD8\xFF", 3);
    assert_non_null(thumbnail);
    thumbnail[0] = 0;
    exn_bytes product = normalize(&s, &result);
    assert_int_equal(result.warnings & DROPPED, DROPPED);
    exn_test_proc after = exiftool(argv, span_of(&product));
    expect_text(&after, "[IFD1]", false);
    expect_text(&after, "[GPS]", true);
    expect_text(&after, "Thumbnail", false);
    expect_text(&after, "Warning", false);
    check_note(&s, &product);
    exn_test_proc_free(&after);
    exn_bytes_free(&product);
    free_source(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_fits),
        cmocka_unit_test(test_it_grows),
        cmocka_unit_test(test_it_cannot_be_kept),
        cmocka_unit_test(test_it_is_not_sound),
        cmocka_unit_test(test_an_offset_that_is_a_short),
        cmocka_unit_test(test_a_side_that_is_a_short),
        cmocka_unit_test(test_it_is_part_of_something),
        cmocka_unit_test(test_which_orientation),
        cmocka_unit_test(test_it_cannot_be_dropped),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_rows_of_any_number),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_a_block_that_goes_on),
        cmocka_unit_test(test_segments_of_a_thumbnail),
        cmocka_unit_test(test_a_thumbnail_too_large),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_dropped_in_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
