/* SPDX-License-Identifier: MIT */
/* Pictures of an Exif block beside IFD1's JPEG: previews in SubIFDs and in IFD0, and thumbnails of
 * Y'CbCr samples. They are rotated with the picture; what cannot be keeps its bytes, with a
 * warning.
 *
 * Oracles: exiftool, which finds previews by a walk of its own; coefficients and naive turns;
 * planes taken from their units by the words of TIFF 6.0, section 21. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "jpeg/jpeg_thumbnails.h"
#include "metadata/exif.h"
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/naive.h"
#include "support/pass.h"
#include "support/png_make.h"
#include "support/proc.h"
#include "test_exif_build.h"

#define STALE   (1U << EXN_WARN_METADATA_STALE)
#define DROPPED (1U << EXN_WARN_THUMBNAIL_DROPPED)

enum { W = 64, H = 48, PW = 48, PH = 32 };

static void make_jpeg(uint32_t width, uint32_t height, uint32_t own, exn_buffer *out)
{
    exn_test_jpeg jpeg;
    exn_buffer plain = {0};
    exn_test_jpeg_init(&jpeg, width, height);
    exn_test_jpeg_made(&jpeg, own ? &plain : out);
    if (own)
        assert_true(exn_test_tag(exn_buffer_span(&plain), own, out));
    exn_buffer_free(&plain);
}

/* --- Previews that other tables point to --- */

enum { SUB_AT = 60, RESOLUTIONS_AT = 240, PREVIEW_AT = 300 };

typedef enum place {
    SUB_JPEG,      /* by JPEGInterchangeFormat */
    SUB_STRIP,     /* as the one strip of an image compressed as JPEG */
    SUB_OLD_STRIP, /* by the compression of TIFF 6.0 */
    IN_IFD0,
    PLACES
} place;

/* behind: a value stands behind the preview, so that it can only grow at the block's end. */
static void build(tiff *t, bool be, place where, uint32_t orientation, exn_span preview,
                  bool behind)
{
    const bool strip = where == SUB_STRIP || where == SUB_OLD_STRIP;
    const uint32_t size = (uint32_t)preview.size, end = PREVIEW_AT + size;
    const uint32_t offset_tag = strip ? 0x0111 : 0x0201, size_tag = strip ? 0x0117 : 0x0202;
    start(t, be);
    reach(t, end + (behind ? 21 : 0));
    if (where == IN_IFD0) {
        put_table(t, 8, 0,
                  FIELDS({0x010F, ASCII, 20, behind ? end + 1 : RESOLUTIONS_AT + 20},
                         {0x0112, SHORT, 1, orientation}, {offset_tag, LONG, 1, PREVIEW_AT},
                         {size_tag, LONG, 1, size}));
    } else {
        put_table(t, 8, 0,
                  FIELDS({0x010F, ASCII, 20, behind ? end + 1 : RESOLUTIONS_AT + 20},
                         {0x0112, SHORT, 1, orientation}, {0x014A, LONG, 1, SUB_AT}));
        put_table(t, SUB_AT, 0,
                  FIELDS({0x0100, SHORT, 1, PW}, {0x0101, LONG, 1, PH},
                         {0x0103, SHORT, 1, where == SUB_STRIP ? 7 : 6}, {0x0112, SHORT, 1, 8},
                         {0x011A, RATIONAL, 1, RESOLUTIONS_AT},
                         {0x011B, RATIONAL, 1, RESOLUTIONS_AT + 8}, {0x0116, SHORT, 1, PH},
                         {0x0212, SHORT, 2, be ? 0x00020001 : 0x00010002},
                         {offset_tag, LONG, 1, PREVIEW_AT}, {size_tag, LONG, 1, size}));
        exn_put32(t->bytes + RESOLUTIONS_AT, 72, be);
        exn_put32(t->bytes + RESOLUTIONS_AT + 4, 1, be);
        exn_put32(t->bytes + RESOLUTIONS_AT + 8, 145, be);
        exn_put32(t->bytes + RESOLUTIONS_AT + 12, 2, be);
    }
    memcpy(t->bytes + (behind ? end + 1 : RESOLUTIONS_AT + 20), "text behind a pixel", 20);
    memcpy(t->bytes + PREVIEW_AT, preview.data, preview.size);
}

static exn_buffer put_in(const tiff *t, bool png)
{
    const exn_span block = {t->bytes, t->size};
    exn_buffer plain = {0}, file = {0};
    if (png) {
        const exn_test_png head = {.width = W, .height = H, .depth = 8, .colour_type = 2};
        uint8_t *pixels = exn_test_png_pixels(&head);
        assert_true(exn_test_png_write(&head, pixels, &plain));
        free(pixels);
        assert_true(exn_test_png_insert(exn_buffer_span(&plain), "eXIf", block, true, &file));
    } else {
        make_jpeg(W, H, 0, &plain);
        assert_true(exn_test_jpeg_insert_exif(exn_buffer_span(&plain), block, &file));
    }
    exn_buffer_free(&plain);
    return file;
}

/* The block of a file. */
static exn_span block_of(exn_span file, bool png)
{
    exn_test_segment s;
    exn_span data;
    char type[5];
    size_t at = 8;
    if (!png) {
        assert_true(exn_test_jpeg_find(file, 0xE1, 0, &s));
        return exn_span_part(s.payload, 6, SIZE_MAX);
    }
    while (exn_test_png_next(file, &at, type, &data))
        if (strcmp(type, "eXIf") == 0)
            return data;
    fail();
    return data;
}

/* The entry's last four bytes in the table at an offset; NULL: it has none of that tag. */
static const uint8_t *entry_of(exn_span block, size_t table, uint32_t tag)
{
    const bool be = block.data[0] == 'M';
    const uint32_t count = exn_get16(block.data + table, be);
    for (uint32_t i = 0; i < count; i++)
        if (exn_get16(block.data + table + 2 + 12 * (size_t)i, be) == tag)
            return block.data + table + 2 + 12 * (size_t)i + 8;
    return NULL;
}

static exn_span preview_of(exn_span block, place where)
{
    const bool be = block.data[0] == 'M', strip = where == SUB_STRIP || where == SUB_OLD_STRIP;
    const size_t table = where == IN_IFD0 ? 8 : SUB_AT;
    const uint8_t *at = entry_of(block, table, strip ? 0x0111 : 0x0201);
    const uint8_t *size = entry_of(block, table, strip ? 0x0117 : 0x0202);
    assert_true(at && size);
    const exn_span found = exn_span_part(block, exn_get32(at, be), exn_get32(size, be));
    assert_int_equal(found.size, exn_get32(size, be));
    return found;
}

static void expect_turned(exn_span before, exn_span after, uint32_t value)
{
    exn_test_coefs a, b;
    char why[EXN_TEST_WHY];
    if (!exn_test_jpeg_read(before, &a, why) || !exn_test_jpeg_read(after, &b, why))
        fail_msg("%s", why);
    assert_int_equal(b.warnings, 0);
    for (int i = 0; i < a.components; i++)
        if (!exn_test_same_coefficients(&a, &b, i, value, why))
            fail_msg("component %d: %s", i, why);
    exn_test_coefs_free(&a);
    exn_test_coefs_free(&b);
    exn_test_no_orientation(after);
}

/* What exiftool finds is the same picture. */
static void expect_found(exn_span file, exn_span preview, place where)
{
    const char *const argv[] = {"exiftool", "-b", where == IN_IFD0 ? "-OtherImage" : "-JpgFromRaw",
                                "-", NULL};
    exn_test_proc proc;
    if (where != SUB_JPEG && where != IN_IFD0)
        return;
    assert_true(exn_test_run(argv, file, &proc));
    assert_int_equal(proc.out.size, preview.size);
    assert_memory_equal(proc.out.data, preview.data, preview.size);
    exn_test_proc_free(&proc);
}

/* What a SubIFD says of its picture. */
static void expect_table(exn_span block, uint32_t value)
{
    const bool be = block.data[0] == 'M', across = value >= 5;
    assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0100), be), across ? PH : PW);
    assert_int_equal(exn_get32(entry_of(block, SUB_AT, 0x0101), be), across ? PW : PH);
    assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0212), be), across ? 1 : 2);
    assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0212) + 2, be), across ? 2 : 1);
    assert_int_equal(exn_get32(block.data + RESOLUTIONS_AT, be), across ? 145 : 72);
    assert_null(entry_of(block, SUB_AT, 0x0112));
}

static void test_previews_follow(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PLACES * 8 * 4; i++) {
        const place where = (place)(i % PLACES);
        const uint32_t o = 1 + i / PLACES % 8;
        const bool png = i / (PLACES * 8) % 2, behind = i / (PLACES * 16), own = o % 2;
        exn_buffer preview = {0};
        tiff t;
        make_jpeg(PW, PH, own ? 6 : 0, &preview);
        build(&t, i % 3 == 0, where, o, exn_buffer_span(&preview), behind);
        exn_buffer file = put_in(&t, png);
        for (int mode = EXN_MODE_BAKE; mode <= EXN_MODE_DROP; mode++) {
            const uint32_t value = mode == EXN_MODE_BAKE ? o : 1;
            exn_options options;
            exn_options_init(&options, sizeof options);
            options.mode = (exn_mode)mode;
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
            assert_int_equal(pass.result.warnings, 0);
            assert_int_equal(pass.result.reasons >> EXN_REASON_EMBEDDED & 1, own);
            if (pass.result.outcome != EXN_OUTCOME_UNTOUCHED) {
                const exn_span block = block_of(pass.file, png);
                expect_turned(exn_buffer_span(&preview), preview_of(block, where), value);
                expect_found(pass.file, preview_of(block, where), where);
                if (where != IN_IFD0)
                    expect_table(block, value);
                assert_non_null(memmem(block.data, block.size, "text behind a pixel", 20));
            }
            exn_test_pass_free(&pass);
        }
        exn_buffer_free(&file);
        exn_buffer_free(&preview);
    }
}

/* Through the whole interface, whose warnings it returns; the preview as it is then. */
static uint32_t pass(const tiff *t, exn_buffer *block)
{
    exn_buffer file = put_in(t, false);
    exn_test_pass made = exn_test_pass_make(exn_buffer_span(&file), NULL);
    const exn_span found = block_of(made.file, false);
    const uint32_t warnings = made.result.warnings;
    assert_int_equal(exn_buffer_append(block, found.data, found.size), EXN_OK);
    exn_test_pass_free(&made);
    exn_buffer_free(&file);
    return warnings;
}

/* One that does not decode, lies the other way, is no JPEG, is tiled, lies outside: it stays, but
 * for an orientation of its own. */
static void test_what_cannot_be_rotated_stays(void **state)
{
    (void)state;
    enum { ROWS = 5 };
    for (uint32_t i = 0; i < ROWS * 2 * 2; i++) {
        const uint32_t row = i % ROWS;
        const bool own = i / ROWS % 2, turns = i / (ROWS * 2);
        exn_buffer preview = {0}, block = {0};
        tiff t;
        make_jpeg(row == 1 ? PH : PW, row == 1 ? PW : PH, own ? 3 : 0, &preview);
        if (row == 0)
            memset(preview.data + preview.size - 80, 0xFF, 78);
        if (row == 2)
            preview.data[0] = 0;
        build(&t, i % 3 == 0, SUB_JPEG, turns ? 3 : 9, exn_buffer_span(&preview), true);
        if (row == 1)
            exn_put16(t.bytes + SUB_AT + 2 + 3 * 12 + 8, 1, t.be);
        if (row == 3)
            for (size_t k = 0; k < 2; k++) /* TileOffsets, TileByteCounts */
                exn_put16(t.bytes + SUB_AT + 2 + (8 + k) * 12, 0x0144 + (uint32_t)k, t.be);
        if (row == 4)
            exn_put32(t.bytes + SUB_AT + 2 + 8 * 12 + 8, 7000, t.be);
        const bool cleaned = own && row < 2;
        const uint32_t warnings = pass(&t, &block) & (STALE | DROPPED);
        assert_int_equal(warnings, turns ? STALE : 0);
        const uint8_t *at = block.data + PREVIEW_AT;
        if (!cleaned)
            assert_memory_equal(at, preview.data, preview.size);
        else
            exn_test_no_orientation((exn_span){at, preview.size});
        exn_buffer_free(&block);
        exn_buffer_free(&preview);
    }
}

/* Entries of IFD0 that lead to something else are left over, and no picture that could be stale. */
static void test_leftovers(void **state)
{
    (void)state;
    static const uint8_t other[40] = {0xFF, 0xD9};
    exn_buffer block = {0};
    tiff t;
    build(&t, true, IN_IFD0, 6, (exn_span){other, sizeof other}, true);
    assert_int_equal(pass(&t, &block), 0);
    assert_memory_equal(block.data + PREVIEW_AT, other, sizeof other);
    exn_buffer_free(&block);
}

/* What orients and cannot be taken apart goes. */
static void test_one_that_cannot_be_cleaned_goes(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        exn_buffer preview = {0}, block = {0};
        tiff t;
        make_jpeg(PW, PH, 6, &preview);
        uint8_t *frame = memmem(preview.data, preview.size, "\xFF\xC0\0\x11", 4);
        assert_non_null(frame);
        frame[4 + 5] = 9; /* components */
        build(&t, i % 2, SUB_JPEG, i / 2 ? 6 : 9, exn_buffer_span(&preview), true);
        assert_int_equal(pass(&t, &block) & (STALE | DROPPED), DROPPED | (i / 2 ? STALE : 0));
        for (size_t k = 0; k < preview.size; k++)
            assert_int_equal(block.data[PREVIEW_AT + k], 0);
        exn_buffer_free(&block);
        exn_buffer_free(&preview);
    }
}

/* --- Samples --- */

enum { STRIP_AT = 300 };

typedef struct kind {
    uint32_t h, v; /* 0: no tag, which means 2 and 2 */
    uint32_t width, height;
    bool across; /* whether it can be rotated so, too */
} kind;

static size_t strip_size(const kind *k)
{
    const uint32_t h = k->h ? k->h : 2, v = k->h ? k->v : 2;
    return (size_t)(k->width / h) * (k->height / v) * (h * v + 2);
}

static void build_samples(tiff *t, bool be, uint32_t orientation, const kind *k)
{
    const uint32_t size = (uint32_t)strip_size(k),
                   factors = be ? k->h << 16 | k->v : k->v << 16 | k->h;
    start(t, be);
    put_table(t, 8, SUB_AT, FIELDS({0x0112, SHORT, 1, orientation}, {0x010F, ASCII, 4, 0}));
    put_table(t, SUB_AT, 0,
              FIELDS({0x0100, SHORT, 1, k->width}, {0x0101, SHORT, 1, k->height},
                     {0x0102, SHORT, 3, RESOLUTIONS_AT}, {0x0103, SHORT, 1, 1},
                     {0x0106, SHORT, 1, 6}, {0x0111, LONG, 1, STRIP_AT}, {0x0115, SHORT, 1, 3},
                     {0x0116, SHORT, 1, k->height}, {0x0117, LONG, 1, size}, {0x011C, SHORT, 1, 1},
                     {k->h ? 0x0212 : 0x0213, SHORT, 2, factors}));
    for (size_t i = 0; i < 3; i++)
        exn_put16(t->bytes + RESOLUTIONS_AT + 2 * i, 8, be);
    reach(t, STRIP_AT + size);
    for (size_t i = 0; i < size; i++)
        t->bytes[STRIP_AT + i] = (uint8_t)(i * 151 + i / 5);
}

/* TIFF 6.0, section 21: a unit has its luma row by row, then Cb and Cr. */
typedef struct planes {
    uint32_t width, height, h, v;
    uint8_t luma[1024], cb[1024], cr[1024];
} planes;

static void take_apart(const uint8_t *strip, planes *p)
{
    const uint32_t columns = p->width / p->h, rows = p->height / p->v;
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++) {
            const size_t unit = (size_t)(y / p->v) * columns + x / p->h;
            const uint8_t *at = strip + unit * (p->h * p->v + 2);
            p->luma[y * p->width + x] = at[y % p->v * p->h + x % p->h];
        }
    for (size_t i = 0; i < (size_t)columns * rows; i++) {
        p->cb[i] = strip[i * (p->h * p->v + 2) + p->h * p->v];
        p->cr[i] = strip[i * (p->h * p->v + 2) + p->h * p->v + 1];
    }
}

/* Chroma of pairs of rows. */
static void take_means(const uint8_t *rows, uint32_t columns, uint32_t count, uint8_t *out)
{
    for (uint32_t i = 0; i < columns * count; i++) {
        const uint8_t *at = rows + (size_t)(i / columns) * 2 * columns + i % columns;
        out[i] = (uint8_t)((at[0] + at[columns] + 1) / 2);
    }
}

static void expect_samples(const tiff *t, exn_span block, uint32_t value, const kind *k)
{
    const bool across = value >= 5, be = t->be, fewer = across && k->h == 2 && k->v == 1;
    planes before = {
        .width = k->width, .height = k->height, .h = k->h ? k->h : 2, .v = k->h ? k->v : 2};
    planes after = before;
    uint8_t want[1024], cb[1024], cr[1024];
    take_apart(t->bytes + STRIP_AT, &before);
    after.width = across ? k->height : k->width;
    after.height = across ? k->width : k->height;
    after.v = fewer ? 2 : after.v;
    assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0100), be), after.width);
    assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0101), be), after.height);
    assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0116), be), after.height);
    if (k->h) {
        assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0212), be), after.h);
        assert_int_equal(exn_get16(entry_of(block, SUB_AT, 0x0212) + 2, be), after.v);
    }
    const uint32_t columns = after.width / after.h, rows = after.height / after.v;
    assert_int_equal(exn_get32(entry_of(block, SUB_AT, 0x0117), be),
                     columns * rows * (after.h * after.v + 2));
    assert_int_equal(exn_get32(entry_of(block, SUB_AT, 0x0111), be), STRIP_AT);
    take_apart(block.data + STRIP_AT, &after);
    exn_test_naive_rotate(value, before.luma, k->width, k->height, 1, want);
    assert_memory_equal(after.luma, want, (size_t)k->width * k->height);
    const uint32_t from = k->width / before.h, lines = k->height / (fewer ? 2 : before.v);
    memcpy(cb, before.cb, sizeof cb);
    memcpy(cr, before.cr, sizeof cr);
    if (fewer) {
        take_means(before.cb, from, lines, cb);
        take_means(before.cr, from, lines, cr);
    }
    exn_test_naive_rotate(value, cb, from, lines, 1, want);
    assert_memory_equal(after.cb, want, (size_t)columns * rows);
    exn_test_naive_rotate(value, cr, from, lines, 1, want);
    assert_memory_equal(after.cr, want, (size_t)columns * rows);
}

static void test_ycbcr_follows(void **state)
{
    (void)state;
    static const kind kinds[] = {{1, 1, 5, 3, true},    {2, 1, 8, 6, true},  {2, 2, 8, 6, true},
                                 {0, 0, 12, 8, true},   {4, 4, 16, 8, true}, {2, 1, 8, 5, false},
                                 {4, 2, 16, 12, false}, {4, 1, 8, 5, false}};
    for (uint32_t i = 0; i < 7 * sizeof kinds / sizeof *kinds; i++) {
        const kind *k = &kinds[i / 7];
        const uint32_t o = 2 + i % 7;
        exn_buffer block = {0};
        tiff t;
        build_samples(&t, i % 2, o, k);
        const uint32_t warnings = pass(&t, &block);
        if (o < 5 || k->across) {
            assert_int_equal(warnings, 0);
            expect_samples(&t, exn_buffer_span(&block), o, k);
        } else {
            assert_int_equal(warnings, DROPPED);
            for (size_t n = 0; n < strip_size(k); n++)
                assert_int_equal(block.data[STRIP_AT + n], 0);
        }
        exn_buffer_free(&block);
    }
}

/* Units that are cut off, factors that TIFF does not know, another number of bytes. */
static void test_other_samples_go(void **state)
{
    (void)state;
    static const kind kinds[] = {
        {2, 2, 8, 7, false}, {2, 2, 9, 8, false}, {3, 1, 9, 6, false}, {2, 1, 8, 6, false}};
    for (uint32_t i = 0; i < 2 * sizeof kinds / sizeof *kinds; i++) {
        exn_buffer block = {0};
        tiff t;
        build_samples(&t, true, i % 2 ? 6 : 2, &kinds[i / 2]);
        if (i / 2 == 3)
            exn_put32(t.bytes + SUB_AT + 2 + 8 * 12 + 8, (uint32_t)strip_size(&kinds[3]) - 2, true);
        const uint32_t warnings = pass(&t, &block);
        if ((warnings & DROPPED) != DROPPED)
            fail_msg("case %u: %x", i, warnings);
        exn_buffer_free(&block);
    }
}

/* --- The end of a block --- */

/* A thumbnail that ends where the block does, as some of RICOH's do: 2424 and 5556 bytes make the
 * whole of it. A value of the maker's that claims more than the block has, or the thumbnail's own
 * bytes, takes no room from it. */
static void test_a_thumbnail_at_the_end(void **state)
{
    (void)state;
    enum { AT = 2424, SIZE = 5556, NOTE_AT = 1000, EXIF_AT = 40, IFD1_AT = 100 };
    for (uint32_t i = 0; i < 7 * 4; i++) {
        const uint32_t o = 2 + i / 4, note = i % 4;
        const uint32_t sizes[] = {AT - NOTE_AT, 9000, AT - NOTE_AT + 500, AT + SIZE - NOTE_AT};
        exn_buffer thumbnail = {0}, block = {0};
        tiff t;
        make_jpeg(160, 112, 0, &thumbnail);
        assert_true(thumbnail.size <= SIZE);
        start(&t, false);
        put_table(&t, 8, IFD1_AT, FIELDS({0x0112, SHORT, 1, o}, {0x8769, LONG, 1, EXIF_AT}));
        put_table(&t, EXIF_AT, 0,
                  FIELDS({0x927C, UNDEFINED, sizes[note], NOTE_AT}, {0xA001, SHORT, 1, 1}));
        put_table(&t, IFD1_AT, 0,
                  FIELDS({0x0103, SHORT, 1, 6}, {0x0201, LONG, 1, AT}, {0x0202, LONG, 1, SIZE}));
        reach(&t, AT + SIZE);
        memset(t.bytes + NOTE_AT, 0x55, AT - NOTE_AT);
        memcpy(t.bytes + AT, thumbnail.data, thumbnail.size);
        const uint32_t warnings = pass(&t, &block);
        const exn_span after = exn_buffer_span(&block);
        const uint32_t at = exn_get32(entry_of(after, IFD1_AT, 0x0201), false);
        const uint32_t size = exn_get32(entry_of(after, IFD1_AT, 0x0202), false);
        assert_int_equal(warnings, note >= 2 ? STALE : 0); /* where a note has a JPEG's head */
        expect_turned(exn_buffer_span(&thumbnail), exn_span_part(after, at, size), o);
        assert_memory_equal(block.data + NOTE_AT, t.bytes + NOTE_AT, AT - NOTE_AT);
        if (note >= 2)
            assert_memory_equal(block.data + AT, t.bytes + AT, sizes[note] - (AT - NOTE_AT));
        exn_buffer_free(&block);
        exn_buffer_free(&thumbnail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_previews_follow),
        cmocka_unit_test(test_what_cannot_be_rotated_stays),
        cmocka_unit_test(test_leftovers),
        cmocka_unit_test(test_one_that_cannot_be_cleaned_goes),
        cmocka_unit_test(test_ycbcr_follows),
        cmocka_unit_test(test_other_samples_go),
        cmocka_unit_test(test_a_thumbnail_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
