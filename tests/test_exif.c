/* SPDX-License-Identifier: MIT */
/* One Exif block: which orientation counts, whether it needs an edit, and what an edit leaves
 * behind.
 *
 * The readings are rows measured in browsers. The edits have two oracles: the same block laid out
 * by the builder without the entry, byte for byte, and a naive reader that takes more for an
 * orientation than any browser does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "metadata/exif.h"
#include "test_exif_build.h"

enum { O = 0x0112, EXIF = 0x8769, SUB = 0x014A, GPS = 0x8825, MAKE = 0x010F, WIDTH = 0xA002 };
enum { TABLE_1 = 200, TABLE_2 = 400, TABLE_3 = 600, VALUES = 800 };

#define AMBIGUOUS (1U << EXN_WARN_ORIENTATION_AMBIGUOUS)
#define IGNORED   (1U << EXN_WARN_ORIENTATION_IGNORED)
#define TAG(v)                                                                                     \
    {                                                                                              \
        O, SHORT, 1, v                                                                             \
    }
#define FILLER                                                                                     \
    {                                                                                              \
        0x0100, LONG, 1, 640                                                                       \
    }
/* Where entry i of the table at that offset stands. */
#define ENTRY(table, i) ((table) + 2 + 12 * (i))
#define TO_EXIF                                                                                    \
    {                                                                                              \
        EXIF, LONG, 1, TABLE_1                                                                     \
    }

/* Checks on exact-size copies, so that AddressSanitizer sees every byte read or written outside */

static exn_exif scan_bytes(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    exn_exif found;
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    exn_exif_scan((exn_span){copy, size}, 640, 480, &found);
    free(copy);
    return found;
}

static exn_exif_verdict edit_bytes(uint8_t *bytes, size_t size, uint32_t width, uint32_t height)
{
    const exn_exif_turn turn = {
        .stored_width = width, .stored_height = height, .max_size = CAPACITY};
    exn_buffer copy = {malloc(size ? size : 1), size, size};
    exn_exif_verdict verdict;
    uint32_t warnings = 0;
    assert_non_null(copy.data);
    memcpy(copy.data, bytes, size);
    assert_int_equal(exn_exif_edit(&copy, 0, &turn, &verdict, &warnings), EXN_OK);
    assert_int_equal(copy.size, size);
    memcpy(bytes, copy.data, size);
    exn_buffer_free(&copy);
    return verdict;
}

static void expect_scan(const tiff *t, uint32_t orientation, exn_place place, bool needs_edit,
                        uint32_t warnings)
{
    exn_exif found = scan_bytes(t->bytes, t->size);
    assert_int_equal(found.orientation, orientation);
    assert_int_equal(found.place, place);
    assert_int_equal((found.reasons != 0), needs_edit);
    assert_int_equal(found.warnings, warnings);
}

static void expect_edit(tiff *t, exn_exif_verdict verdict)
{
    assert_int_equal(edit_bytes(t->bytes, t->size, 640, 480), verdict);
}

static void expect_bytes(const tiff *t, const tiff *want)
{
    assert_int_equal(t->size, want->size);
    assert_memory_equal(t->bytes, want->bytes, want->size);
}

/* Whatever cannot be moved, the entry at that offset becomes a SHORT of 1, and no other byte
 * changes. */
static void expect_set_one(tiff *t, size_t entry)
{
    tiff want = *t;
    exn_put16(want.bytes + entry + 2, SHORT, t->be);
    exn_put32(want.bytes + entry + 4, 1, t->be);
    exn_put16(want.bytes + entry + 8, 1, t->be);
    exn_put16(want.bytes + entry + 10, 0, t->be);
    expect_edit(t, EXN_EXIF_EDITED);
    expect_bytes(t, &want);
    expect_edit(t, EXN_EXIF_UNCHANGED);
}

/* --- Readings: the rows measured in browsers --- */

typedef struct row {
    const char *name;
    field ifd0[4], exif[4],
        nested[4]; /* exif at TABLE_1, nested at TABLE_2, both only where not empty */
    uint32_t orientation;
    exn_place place;
    uint32_t warnings;
    bool needs_edit;
} row;

static const row rows[] = {
    {"nothing", {FILLER}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, 0, false},
    {"ifd0 1", {TAG(1)}, {{0}}, {{0}}, 1, EXN_PLACE_IFD0, 0, false},
    {"ifd0 6", {FILLER, TAG(6)}, {{0}}, {{0}}, 6, EXN_PLACE_IFD0, 0, true},
    {"ifd0 8", {TAG(8)}, {{0}}, {{0}}, 8, EXN_PLACE_IFD0, 0, true},
    {"exif 6", {FILLER, TO_EXIF}, {TAG(6)}, {{0}}, 6, EXN_PLACE_EXIF_IFD, 0, true},
    {"exif 1", {FILLER, TO_EXIF}, {TAG(1)}, {{0}}, 1, EXN_PLACE_EXIF_IFD, 0, false},
    {"value 0", {TAG(0)}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"value 9", {TAG(9)}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"value 65535", {TAG(65535)}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"type LONG", {{O, LONG, 1, 6}}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"type LONG 1", {{O, LONG, 1, 1}}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"type BYTE", {{O, 1, 1, 0x06000006}}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"type ASCII", {{O, ASCII, 2, 0x36000036}}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"count 0", {{O, SHORT, 0, 0x00060006}}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"count 2", {{O, SHORT, 2, 0x00060006}}, {{0}}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"bad in exif", {TO_EXIF}, {TAG(9)}, {{0}}, 0, EXN_PLACE_NONE, IGNORED, true},
    {"6,3", {TAG(6), TAG(3)}, {{0}}, {{0}}, 6, EXN_PLACE_IFD0, AMBIGUOUS, true},
    {"3,6", {TAG(3), TAG(6)}, {{0}}, {{0}}, 3, EXN_PLACE_IFD0, AMBIGUOUS, true},
    {"1,6", {TAG(1), TAG(6)}, {{0}}, {{0}}, 1, EXN_PLACE_IFD0, AMBIGUOUS, true},
    {"6,6", {TAG(6), TAG(6)}, {{0}}, {{0}}, 6, EXN_PLACE_IFD0, 0, true},
    {"1,1", {TAG(1), TAG(1)}, {{0}}, {{0}}, 1, EXN_PLACE_IFD0, 0, true},
    {"3 + exif 6", {TAG(3), TO_EXIF}, {TAG(6)}, {{0}}, 3, EXN_PLACE_IFD0, AMBIGUOUS, true},
    {"1 + exif 6", {TAG(1), TO_EXIF}, {TAG(6)}, {{0}}, 1, EXN_PLACE_IFD0, AMBIGUOUS, true},
    {"6 + exif 1", {TAG(6), TO_EXIF}, {TAG(1)}, {{0}}, 6, EXN_PLACE_IFD0, AMBIGUOUS, true},
    {"6 + exif 6", {TAG(6), TO_EXIF}, {TAG(6)}, {{0}}, 6, EXN_PLACE_IFD0, 0, true},
    {"pointer first", {TO_EXIF, TAG(3)}, {TAG(6)}, {{0}}, 6, EXN_PLACE_EXIF_IFD, AMBIGUOUS, true},
    {"nested 6",
     {TO_EXIF},
     {{EXIF, LONG, 1, TABLE_2}},
     {TAG(6)},
     0,
     EXN_PLACE_NONE,
     AMBIGUOUS,
     true},
    {"nested 1", {TO_EXIF}, {{EXIF, LONG, 1, TABLE_2}}, {TAG(1)}, 0, EXN_PLACE_NONE, 0, false},
    {"LONG 3, then 6", {{O, LONG, 1, 3}, TAG(6)}, {{0}}, {{0}}, 6, EXN_PLACE_IFD0, AMBIGUOUS, true},
    {"count 2, then 6",
     {{O, SHORT, 2, 3}, TAG(6)},
     {{0}},
     {{0}},
     6,
     EXN_PLACE_IFD0,
     AMBIGUOUS,
     true},
    {"6, then bad", {TAG(6), TAG(9)}, {{0}}, {{0}}, 6, EXN_PLACE_IFD0, 0, true},
    {"9 + exif 6", {TAG(9), TO_EXIF}, {TAG(6)}, {{0}}, 6, EXN_PLACE_EXIF_IFD, AMBIGUOUS, true},
    {"9 + exif 1", {TAG(9), TO_EXIF}, {TAG(1)}, {{0}}, 1, EXN_PLACE_EXIF_IFD, 0, true},
};

static void build_row(tiff *t, const row *r, bool be)
{
    start(t, be);
    put_table(t, 8, 0, r->ifd0);
    if (r->exif[0].tag)
        put_table(t, TABLE_1, 0, r->exif);
    if (r->nested[0].tag)
        put_table(t, TABLE_2, 0, r->nested);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof rows[0]); i++) {
        const row *r = &rows[i / 2];
        tiff t;
        build_row(&t, r, i % 2);
        exn_exif found = scan_bytes(t.bytes, t.size);
        if (found.orientation != r->orientation || found.place != r->place ||
            (found.reasons != 0) != r->needs_edit || found.warnings != r->warnings)
            fail_msg("%s, %s: orientation %u, place %s, edit %d, warnings %x", r->name,
                     i % 2 ? "MM" : "II", found.orientation, exn_place_word(found.place),
                     (found.reasons != 0), found.warnings);
        exn_exif_verdict verdict = edit_bytes(t.bytes, t.size, 640, 480);
        if (r->needs_edit && verdict != EXN_EXIF_EDITED && verdict != EXN_EXIF_REMOVE)
            fail_msg("%s: edit gives %d", r->name, verdict);
        found = scan_bytes(t.bytes, t.size);
        if (verdict != EXN_EXIF_REMOVE && (found.reasons || found.orientation > 1))
            fail_msg("%s: not clean after the edit", r->name);
    }
}

static void test_not_tiff(void **state)
{
    (void)state;
    tiff good, t;
    start(&good, false);
    put_table(&good, 8, 0, FIELDS(TAG(6)));
    const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{0, 'M'}, {0, 'X'}, {1, 'M'}, {2, 43},  {3, 1},
                   {4, 0},   {4, 7},   {5, 1},   {7, 0xFF}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        t = good;
        t.bytes[changes[i].at] = changes[i].value;
        /* Another mark or magic number does not hinder exiftool, a wrong offset does. */
        bool stray = changes[i].at < 4;
        expect_scan(&t, 0, EXN_PLACE_NONE, stray, stray ? IGNORED : 0);
        expect_edit(&t, stray ? EXN_EXIF_UNSAFE : EXN_EXIF_UNCHANGED);
    }
    for (t = good, t.size = 0; t.size < 10; t.size++) {
        expect_scan(&t, 0, EXN_PLACE_NONE, false, 0);
        expect_edit(&t, EXN_EXIF_UNCHANGED);
    }
    /* An IFD0 inside the header: what follows would be its entries. */
    for (uint32_t at = 0; at <= 2; at += 2) {
        start(&t, true);
        exn_put32(t.bytes + 4, at, true);
        put_entries(&t, 60 + at, FIELDS(TAG(6)));
        expect_scan(&t, 0, EXN_PLACE_NONE, false, 0);
    }
    /* PNG eXIf with an APP1 header: browsers ignore it. */
    start(&t, false);
    memcpy(t.bytes, "Exif\0\0", 6);
    memcpy(t.bytes + 6, good.bytes, good.size);
    t.size = good.size + 6;
    expect_scan(&t, 0, EXN_PLACE_NONE, true, IGNORED);
}

static void test_odd_and_far_ifd0(void **state)
{
    (void)state;
    for (size_t at = 4001; at <= 8000; at += 3999) {
        tiff t;
        start(&t, true);
        exn_put32(t.bytes + 4, (uint32_t)at, true);
        put_table(&t, at, 0, FIELDS(TAG(6), FILLER));
        expect_scan(&t, 6, EXN_PLACE_IFD0, true, 0);
        expect_edit(&t, EXN_EXIF_EDITED);
    }
}

static void test_count_too_large(void **state)
{
    (void)state;
    tiff t;
    start(&t, false);
    put_entries(&t, 8, FIELDS(FILLER, TAG(6)));
    exn_put16(t.bytes + 8, 65535, false);
    expect_scan(&t, 6, EXN_PLACE_IFD0, true, 0);
    expect_set_one(&t, ENTRY(8, 1));
    /* Of two, readers disagree about which counts. */
    put_entries(&t, 8, FIELDS(TAG(6), TAG(6)));
    exn_put16(t.bytes + 8, 65535, false);
    expect_edit(&t, EXN_EXIF_UNSAFE);
    /* A lone 1 in such a table turns nobody. */
    put_entries(&t, 8, FIELDS(FILLER, TAG(1)));
    exn_put16(t.bytes + 8, 65535, false);
    expect_scan(&t, 1, EXN_PLACE_IFD0, false, 0);
    expect_edit(&t, EXN_EXIF_UNCHANGED);
}

/* Tables that lie over one another have more entries than there is room for; one that is none may
 * lie over the others. */
static void test_tables_over_tables(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 8; count++) {
        tiff t;
        field list[12] = {FILLER, TAG(6)};
        start(&t, false);
        for (uint32_t i = 0; i < count; i++)
            list[2 + i] = (field){SUB, LONG, 1, 1000 + i};
        put_table(&t, 8, 0, list);
        reach(&t, CAPACITY);
        for (uint32_t i = 0; i <= count; i++)
            t.bytes[1000 + i] = 2; /* 0x0202 entries and more */
        expect_scan(&t, 6, EXN_PLACE_IFD0, true, 0);
        expect_edit(&t, count > 2 ? EXN_EXIF_UNSAFE : EXN_EXIF_EDITED);
    }
}

/* Firefox is content with the two value bytes, Chromium wants the whole entry. */
static void test_cut_entry(void **state)
{
    (void)state;
    for (size_t cut = 1; cut <= 10; cut++) {
        tiff t;
        start(&t, cut % 2);
        t.size = put_entries(&t, 8, FIELDS(FILLER, TAG(6))) - cut;
        expect_scan(&t, 0, EXN_PLACE_NONE, true, cut <= 2 ? AMBIGUOUS : IGNORED);
        expect_edit(&t, EXN_EXIF_UNSAFE);
    }
}

static void test_ifd1_is_no_browsers_business(void **state)
{
    (void)state;
    tiff t;
    start(&t, false);
    put_table(&t, 8, TABLE_1, FIELDS(TAG(1)));
    put_table(&t, TABLE_1, 0, FIELDS(TAG(6)));
    expect_scan(&t, 1, EXN_PLACE_IFD0, true, 0);
}

/* A pointer of another type is followed by Firefox only. */
static void test_odd_pointer_types(void **state)
{
    (void)state;
    static const uint32_t types[] = {SHORT, IFD};
    for (size_t i = 0; i < 4; i++) {
        tiff t;
        start(&t, i / 2);
        put_table(&t, 8, 0, FIELDS(FILLER, {EXIF, types[i % 2], 1, TABLE_1}));
        put_table(&t, TABLE_1, 0, FIELDS(FILLER, TAG(6)));
        exn_exif found = scan_bytes(t.bytes, t.size);
        assert_int_equal(found.orientation, 0);
        assert_true(found.reasons);
        assert_true(found.warnings != 0);
        expect_edit(&t, EXN_EXIF_EDITED);
        assert_false(scan_bytes(t.bytes, t.size).reasons);
    }
}

/* --- Edits --- */

enum { EXIF_AT = 120, IFD1_AT = 260, DATA_AT = 340 };

/* What a camera writes: text, GPS, maker note, thumbnail; an orientation in every table that has to
 * be clean, or in none. */
static void build_camera(tiff *t, bool be, bool oriented, uint32_t width, uint32_t height)
{
    const field o[] = {TAG(6), TAG(3), TAG(8)};
    field ifd0[] = {{MAKE, ASCII, 9, DATA_AT},
                    {0x0110, ASCII, 6, DATA_AT + 16},
                    {EXIF, LONG, 1, EXIF_AT},
                    {GPS, LONG, 1, TABLE_3},
                    {0, 0, 0, 0},
                    {0, 0, 0, 0}};
    field exif[] = {{0x9003, ASCII, 20, DATA_AT + 32},
                    {0x927C, UNDEFINED, 100, DATA_AT + 60},
                    {WIDTH, LONG, 1, width},
                    {WIDTH + 1, SHORT, 1, height},
                    {0, 0, 0, 0},
                    {0, 0, 0, 0}};
    field ifd1[] = {{0x0201, LONG, 1, DATA_AT + 160}, {0x0202, LONG, 1, 64}, {0}, {0}};
    if (oriented) {
        memmove(ifd0 + 3, ifd0 + 2, 2 * sizeof *ifd0);
        ifd0[2] = o[0];
        memmove(exif + 1, exif, 4 * sizeof *exif);
        exif[0] = o[1];
        ifd1[2] = o[2];
    }
    start(t, be);
    put_table(t, 8, IFD1_AT, ifd0);
    put_table(t, EXIF_AT, 0, exif);
    put_table(t, IFD1_AT, 0, ifd1);
    for (size_t i = DATA_AT; i < DATA_AT + 224; i++)
        t->bytes[i] = (uint8_t)(i * 151 + 7);
    memcpy(t->bytes + DATA_AT, "Ma\001er   ", 9);
    memcpy(t->bytes + DATA_AT + 16, "Model\0", 6);
    memcpy(t->bytes + DATA_AT + 32, "2021:02:03 04:05:06", 20);
    put_table(t, TABLE_3, 0,
              oriented ? FIELDS({O, SHORT, 1, 6}, {6, 5, 1, 700}) : FIELDS({6, 5, 1, 700}));
    reach(t, VALUES);
}

static void test_camera_block(void **state)
{
    (void)state;
    for (int be = 0; be < 2; be++) {
        tiff t, want;
        build_camera(&t, be, true, 4000, 3000);
        build_camera(&want, be, false, 3000, 4000);
        expect_scan(&t, 6, EXN_PLACE_IFD0, true, AMBIGUOUS);
        assert_int_equal(edit_bytes(t.bytes, t.size, 3000, 4000), EXN_EXIF_EDITED);
        expect_bytes(&t, &want);
        assert_int_equal(edit_bytes(t.bytes, t.size, 3000, 4000), EXN_EXIF_UNCHANGED);
        expect_bytes(&t, &want);
    }
}

static void test_duplicates_go(void **state)
{
    (void)state;
    tiff t, want;
    start(&t, true);
    put_table(&t, 8, TABLE_1, FIELDS(TAG(6), FILLER, TAG(1), {0x0132, ASCII, 4, 5}, TAG(9)));
    put_table(&t, TABLE_1, 0, FIELDS(FILLER));
    start(&want, true);
    put_table(&want, 8, TABLE_1, FIELDS(FILLER, {0x0132, ASCII, 4, 5}));
    put_table(&want, TABLE_1, 0, FIELDS(FILLER));
    expect_edit(&t, EXN_EXIF_EDITED);
    expect_bytes(&t, &want);
}

static void test_a_one_goes_too(void **state)
{
    (void)state;
    tiff t, want;
    start(&t, false);
    put_table(&t, 8, 0, FIELDS(TAG(1), FILLER));
    reach(&t, 60);
    start(&want, false);
    put_table(&want, 8, 0, FIELDS(FILLER));
    reach(&want, 60);
    expect_scan(&t, 1, EXN_PLACE_IFD0, false, 0);
    expect_edit(&t, EXN_EXIF_EDITED);
    expect_bytes(&t, &want);
}

/* The four bytes behind an Exif IFD lead nowhere: many writers leave them out, and no reader
 * follows them. */
static void test_no_chain_of_exif_ifds(void **state)
{
    (void)state;
    for (int be = 0; be < 2; be++) {
        tiff t, want;
        start(&t, be);
        put_table(&t, 8, 0, FIELDS(FILLER, {EXIF, LONG, 1, EXIF_AT}));
        put_table(&t, EXIF_AT, IFD1_AT, FIELDS({0x9003, ASCII, 4, 0x31323334}));
        put_table(&t, IFD1_AT, 0, FIELDS(TAG(6), FILLER));
        want = t;
        assert_int_equal(scan_bytes(t.bytes, t.size).reasons, 0);
        expect_edit(&t, EXN_EXIF_UNCHANGED);
        expect_bytes(&t, &want);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    tiff t, want;
    start(&t, false);
    put_table(&t, 8, TABLE_2, FIELDS({WIDTH, SHORT, 1, 1}, {WIDTH + 1, LONG, 1, 2}, TO_EXIF));
    put_table(&t, TABLE_1, 0, FIELDS({WIDTH, LONG, 2, 700}, {WIDTH + 1, SHORT, 1, 3}));
    put_table(&t, TABLE_2, 0, FIELDS({WIDTH, LONG, 1, 160})); /* IFD1: the thumbnail's */
    want = t;
    put_table(&want, 8, TABLE_2, FIELDS({WIDTH, SHORT, 1, 1}, {WIDTH + 1, LONG, 1, 480}, TO_EXIF));
    put_table(&want, TABLE_1, 0, FIELDS({WIDTH, LONG, 2, 700}, {WIDTH + 1, SHORT, 1, 480}));
    assert_int_equal(edit_bytes(t.bytes, t.size, 70000, 480), EXN_EXIF_EDITED);
    expect_bytes(&t, &want);
}

static void test_empty_ifd0(void **state)
{
    (void)state;
    tiff t, want;
    start(&t, false);
    put_table(&t, 8, 0, FIELDS(TAG(6), TAG(6)));
    expect_edit(&t, EXN_EXIF_REMOVE);
    start(&t, false);
    put_entries(&t, 8, FIELDS(TAG(6)));
    expect_edit(&t, EXN_EXIF_REMOVE);
    start(&t, false);
    put_table(&t, 8, 0x7FFFFFFF, FIELDS({O, LONG, 1, 6}));
    expect_edit(&t, EXN_EXIF_REMOVE);

    start(&t, true);
    put_table(&t, 8, TABLE_1, FIELDS({O, LONG, 1, 6}, TAG(3)));
    put_table(&t, TABLE_1, 0, FIELDS(FILLER));
    start(&want, true);
    put_table(&want, 8, TABLE_1, FIELDS(TAG(1)));
    put_table(&want, TABLE_1, 0, FIELDS(FILLER));
    expect_edit(&t, EXN_EXIF_EDITED);
    expect_bytes(&t, &want);
}

static void test_empty_others(void **state)
{
    (void)state;
    tiff t, want;
    start(&t, false);
    put_table(&t, 8, TABLE_2, FIELDS(FILLER, {SUB, LONG, 1, TABLE_3}, TO_EXIF));
    want = t;
    for (size_t at = TABLE_1; at <= TABLE_3; at += TABLE_2 - TABLE_1) {
        put_table(&t, at, 0, FIELDS(TAG(6)));
        put_table(&want, at, 0, FIELDS(TAG(1)));
    }
    expect_edit(&t, EXN_EXIF_EDITED);
    expect_bytes(&t, &want);
}

static void test_sub_ifds(void **state)
{
    (void)state;
    static const uint32_t types[] = {LONG, IFD};
    for (size_t i = 0; i < 4; i++) {
        tiff t, want;
        start(&t, i / 2);
        put_table(&t, 8, 0, FIELDS({SUB, types[i % 2], 2, VALUES}));
        reach(&t, VALUES + 8);
        exn_put32(t.bytes + VALUES, TABLE_2, t.be);
        exn_put32(t.bytes + VALUES + 4, TABLE_3, t.be);
        put_table(&t, TABLE_2, 0, FIELDS(FILLER));
        want = t;
        put_table(&want, TABLE_3, 0, FIELDS(FILLER));
        put_table(&t, TABLE_3, 0, FIELDS(FILLER, TAG(6)));
        expect_scan(&t, 0, EXN_PLACE_NONE, true, 0);
        expect_edit(&t, EXN_EXIF_EDITED);
        expect_bytes(&t, &want);
    }
}

/* --- What is not safe to edit --- */

static void test_no_room_for_next(void **state)
{
    (void)state;
    for (size_t missing = 1; missing <= 4; missing++) {
        tiff t;
        start(&t, false);
        put_table(&t, 8, 0, FIELDS(FILLER, TAG(6)));
        t.size -= missing;
        expect_scan(&t, 6, EXN_PLACE_IFD0, true, 0);
        expect_set_one(&t, ENTRY(8, 1));
    }
}

/* A table of two entries lies at 8..38, one of three at 8..50, both with their next-IFD pointer;
 * the orientation at 22..34. Where its own bytes are free it is set, else the block goes. */
static void test_overlaps(void **state)
{
    (void)state;
    enum { SET = 4 };
    static const struct {
        field over;
        int with_two, with_three;
    } cases[] = {
        {{MAKE, ASCII, 5, 34}, SET, SET},                         /* next-IFD pointer */
        {{MAKE, ASCII, 8, 1}, SET, SET},                          /* first byte */
        {{MAKE, ASCII, 7, 1}, EXN_EXIF_EDITED, EXN_EXIF_EDITED},  /* just before */
        {{MAKE, ASCII, 30, 38}, EXN_EXIF_EDITED, SET},            /* just behind the first */
        {{MAKE, ASCII, 5, 33}, EXN_EXIF_UNSAFE, EXN_EXIF_UNSAFE}, /* last byte of the entry */
        {{MAKE, ASCII, 5, 18}, EXN_EXIF_UNSAFE, EXN_EXIF_UNSAFE}, /* its first */
        {{MAKE, ASCII, 5, 17}, SET, SET},                         /* just before it */
        {{0x927C, UNDEFINED, ~0U, 12}, EXN_EXIF_UNSAFE, EXN_EXIF_UNSAFE}, /* past the end */
        {{0x0201, LONG, 1, 10}, EXN_EXIF_EDITED, EXN_EXIF_UNSAFE}, /* thumbnail, no size yet */
        {{MAKE, ASCII, 4, 20}, EXN_EXIF_EDITED, EXN_EXIF_EDITED},  /* inline */
        {{MAKE, 99, 1000, 20}, EXN_EXIF_EDITED, EXN_EXIF_EDITED},  /* unknown type */
        {{O, ASCII, 30, 20}, EXN_EXIF_REMOVE, EXN_EXIF_EDITED},    /* goes itself */
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        tiff t;
        const field over = cases[i / 2].over;
        const int want = i % 2 ? cases[i / 2].with_three : cases[i / 2].with_two;
        start(&t, false);
        put_table(&t, 8, 0,
                  i % 2 ? FIELDS(over, TAG(6), {0x0202, LONG, 1, 40}) : FIELDS(over, TAG(6)));
        reach(&t, 100);
        if (want == SET)
            expect_set_one(&t, ENTRY(8, 1));
        else
            expect_edit(&t, (exn_exif_verdict)want);
    }
}

static void test_tables_meet(void **state)
{
    (void)state;
    /* An Exif IFD whose two-byte count is the start of IFD0's next-IFD pointer. */
    tiff t;
    start(&t, true);
    size_t end = put_entries(&t, 8, FIELDS(FILLER, TAG(6), {EXIF, LONG, 1, 46}));
    assert_int_equal(end, 46);
    put_table(&t, 46, 0, FIELDS(FILLER));
    expect_set_one(&t, ENTRY(8, 1));
    /* A GPS IFD inside the Exif IFD. */
    start(&t, true);
    put_table(&t, 8, 0, FIELDS(FILLER, TO_EXIF, {GPS, LONG, 1, TABLE_1 + 14}));
    put_table(&t, TABLE_1, 0, FIELDS(FILLER, TAG(6)));
    expect_edit(&t, EXN_EXIF_UNSAFE);
    /* An Exif IFD on IFD0's next-IFD pointer. */
    start(&t, true);
    put_table(&t, 8, 0, FIELDS(FILLER, {EXIF, LONG, 1, 36}));
    put_table(&t, 36, 0, FIELDS(FILLER, TAG(6)));
    expect_set_one(&t, ENTRY(36, 1));
    /* An Exif IFD that begins in the header and is whole: the magic counts as 42 entries. */
    start(&t, true);
    exn_put32(t.bytes + 4, TABLE_3, true);
    put_table(&t, TABLE_3, 0, FIELDS(FILLER, {EXIF, LONG, 1, 2}));
    put_entries(&t, 38, FIELDS(TAG(6)));
    expect_scan(&t, 6, EXN_PLACE_EXIF_IFD, true, 0);
    expect_edit(&t, EXN_EXIF_UNSAFE);
    /* An Exif IFD that begins in the header: MM, then 42, counts as one of 0x4D4D entries. */
    start(&t, true);
    put_table(&t, 8, 0, FIELDS(FILLER, {EXIF, LONG, 1, 0}));
    put_entries(&t, 60, FIELDS(TAG(6)));
    exn_put16(t.bytes + 62, O, true);
    expect_scan(&t, 6, EXN_PLACE_EXIF_IFD, true, 0);
    expect_edit(&t, EXN_EXIF_UNSAFE);
}

/* A null pointer leads to a "table" of 0x4D4D entries that covers the block; it must not stand in
 * the way. */
static void test_null_exif_pointer(void **state)
{
    (void)state;
    tiff t;
    start(&t, true);
    put_table(&t, 8, 0, FIELDS(FILLER, TAG(6), {EXIF, LONG, 1, 0}));
    reach(&t, VALUES);
    expect_edit(&t, EXN_EXIF_EDITED);
}

static void test_two_pointers(void **state)
{
    (void)state;
    tiff t;
    start(&t, false);
    put_table(&t, 8, TABLE_1, FIELDS(FILLER, TO_EXIF));
    put_table(&t, TABLE_1, 0, FIELDS(FILLER, TAG(6)));
    expect_scan(&t, 6, EXN_PLACE_EXIF_IFD, true, 0);
    expect_set_one(&t, ENTRY(TABLE_1, 1));
}

static void test_loops(void **state)
{
    (void)state;
    const field to[] = {{EXIF, LONG, 1, 8}, {SUB, LONG, 1, 8}, {EXIF, LONG, 1, 8}};
    const uint32_t next[] = {0, 0, 8};
    for (size_t i = 0; i < 3; i++) {
        tiff t;
        start(&t, true);
        put_table(&t, 8, next[i], FIELDS(TAG(6), to[i]));
        expect_scan(&t, 6, EXN_PLACE_IFD0, true, 0);
        expect_set_one(&t, ENTRY(8, 0));
        start(&t, true);
        put_table(&t, 8, next[i], FIELDS(FILLER, to[i]));
        expect_scan(&t, 0, EXN_PLACE_NONE, false, 0);
        expect_edit(&t, EXN_EXIF_UNCHANGED);
    }
}

static void test_too_many_tables(void **state)
{
    (void)state;
    for (uint32_t n = 63; n <= 65; n++) {
        tiff t;
        start(&t, false);
        for (uint32_t i = 0; i < n; i++)
            put_table(&t, 8 + 40 * i, i + 1 < n ? 48 + 40 * i : 0, FIELDS(FILLER, TAG(1)));
        expect_scan(&t, 1, EXN_PLACE_IFD0, n > 64, 0);
        expect_edit(&t, n > 64 ? EXN_EXIF_UNSAFE : EXN_EXIF_EDITED);
        start(&t, false);
        for (uint32_t i = 0; i < n; i++)
            put_table(&t, 8 + 40 * i, i + 1 < n ? 48 + 40 * i : 0, FIELDS(FILLER));
        expect_scan(&t, 0, EXN_PLACE_NONE, false, 0);
    }
}

/* The last table that Chromium reads is one more than the inventory holds. */
static void test_too_many_exif_ifds(void **state)
{
    (void)state;
    field fields[65] = {{0}};
    tiff t;
    start(&t, false);
    for (uint32_t i = 0; i < 64; i++) {
        fields[i] = (field){EXIF, LONG, 1, 800 + 20 * i};
        put_table(&t, 800 + 20 * i, 0, i < 63 ? FIELDS(FILLER) : FIELDS(TAG(6)));
    }
    put_table(&t, 8, 0, fields);
    exn_exif found = scan_bytes(t.bytes, t.size);
    assert_int_equal(found.orientation, 6);
    assert_true(found.reasons);
    expect_edit(&t, EXN_EXIF_UNSAFE);
}

static void test_too_many_pointers(void **state)
{
    (void)state;
    for (uint32_t n = 1000; n <= 2000; n += 1000) {
        tiff t;
        start(&t, false);
        put_table(&t, 8, 0, FIELDS({SUB, LONG, n, 100}));
        put_table(&t, 60, 0, FIELDS(FILLER));
        reach(&t, 100 + 4 * n);
        for (uint32_t i = 0; i < n; i++)
            exn_put32(t.bytes + 100 + 4 * i, 60, false);
        expect_edit(&t, n > 1000 ? EXN_EXIF_UNSAFE : EXN_EXIF_UNCHANGED);
    }
}

/* Arrays of pointers that lead nowhere, 65535 times two million of them. */
static void test_pointers_to_nowhere(void **state)
{
    (void)state;
    size_t size = 8 << 20;
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 0xFF, size);
    memcpy(bytes, "MM\0*\0\0\0\010\377\377", 10);
    for (size_t i = 0; i < 65535; i++)
        memcpy(bytes + 10 + 12 * i, "\001\112\0\004\377\377\377\377\0\020\0\0", 12);
    assert_false(scan_bytes(bytes, size).reasons);
    assert_int_equal(edit_bytes(bytes, size, 1, 1), EXN_EXIF_UNSAFE);
    free(bytes);
}

/* 65535 pointers, each to another table of thousands of entries: must end, and soon. */
static void test_a_maze_ends(void **state)
{
    (void)state;
    size_t size = 10 + 65535 * 12;
    uint8_t *bytes = calloc(1, size);
    assert_non_null(bytes);
    memcpy(bytes, "MM\0*\0\0\0\010\377\377", 10);
    for (size_t i = 0; i < 65535; i++) {
        uint8_t *p = bytes + 10 + 12 * i;
        exn_put16be(p, i % 2 ? EXIF : SUB);
        exn_put16be(p + 2, LONG);
        exn_put32be(p + 4, i % 4 ? 1 : 60000);
        exn_put32be(p + 8, (uint32_t)(10 + 12 * (i % 1000)));
    }
    exn_exif found = scan_bytes(bytes, size);
    assert_int_equal(found.orientation, 0);
    assert_int_equal(edit_bytes(bytes, size, 1, 1), EXN_EXIF_UNSAFE);
    free(bytes);
}

/* --- Properties --- */

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

/* Whether any reader might turn the picture: a SHORT 2..8 of count 1, at least its two value bytes
 * there, in IFD0 or any Exif IFD that any pointer of any type leads to. */
static bool may_turn(const uint8_t *bytes, size_t size, size_t at, int depth)
{
    bool be = bytes[0] == 'M';
    if (at > size || size - at < 2 || depth > 4)
        return false;
    uint32_t n = exn_get16(bytes + at, be);
    for (size_t p = at + 2; n-- && p + 10 <= size; p += 12) {
        uint32_t tag = exn_get16(bytes + p, be), value = exn_get16(bytes + p + 8, be);
        bool plain = exn_get16(bytes + p + 2, be) == SHORT && exn_get32(bytes + p + 4, be) == 1;
        if (tag == O && plain && value >= 2 && value <= 8)
            return true;
        if (tag == EXIF && p + 12 <= size &&
            may_turn(bytes, size, exn_get32(bytes + p + 8, be), depth + 1))
            return true;
    }
    return false;
}

static bool is_tiff(const uint8_t *bytes, size_t size)
{
    return size >= 8 && (!memcmp(bytes, "II*\0", 4) || !memcmp(bytes, "MM\0*", 4)) &&
           exn_get32(bytes + 4, bytes[0] == 'M') >= 8;
}

static void mutate(tiff *t, uint64_t *random)
{
    static const uint32_t seeds[] = {0, 1, 2, 3, 4, 6, 8, 13, O, EXIF, SUB, 0xFFFF, 120, 260};
    for (uint32_t n = 1 + next_random(random) % 4; n; n--) {
        size_t at = next_random(random) % 340 % t->size;
        uint32_t value = seeds[next_random(random) % (sizeof seeds / sizeof seeds[0])];
        if (next_random(random) % 2)
            t->bytes[at] = (uint8_t)next_random(random);
        else if (at + 2 <= t->size)
            exn_put16(t->bytes + (at & ~1U), value, t->be);
    }
    if (next_random(random) % 4 == 0)
        t->size = next_random(random) % t->size + 1;
}

static void test_mutations(void **state)
{
    (void)state;
    uint64_t random = 20240229;
    unsigned seen[4] = {0};
    for (int i = 0; i < 20000; i++) {
        tiff t;
        build_camera(&t, i % 2, i % 4 < 3, 4000, 3000);
        mutate(&t, &random);
        exn_exif before = scan_bytes(t.bytes, t.size);
        bool turns = is_tiff(t.bytes, t.size) &&
                     may_turn(t.bytes, t.size, exn_get32(t.bytes + 4, t.bytes[0] == 'M'), 0);
        if (turns && !(before.reasons != 0))
            fail_msg("mutation %d: may turn, but needs no edit", i);
        exn_exif_verdict verdict = edit_bytes(t.bytes, t.size, 3000, 4000);
        seen[verdict]++;
        if (verdict != EXN_EXIF_EDITED && verdict != EXN_EXIF_UNCHANGED)
            continue;
        exn_exif after = scan_bytes(t.bytes, t.size);
        if (after.reasons || after.orientation > 1)
            fail_msg("mutation %d: not clean after the edit", i);
        if (is_tiff(t.bytes, t.size) &&
            may_turn(t.bytes, t.size, exn_get32(t.bytes + 4, t.bytes[0] == 'M'), 0))
            fail_msg("mutation %d: an orientation is left", i);
    }
    /* All ways out were taken, or the mutations are too wild to prove anything. REMOVE takes a
     * truncated IFD0. */
    assert_true(seen[EXN_EXIF_EDITED] > 2000 && seen[EXN_EXIF_UNSAFE] > 2000);
    assert_true(seen[EXN_EXIF_UNCHANGED] > 200);
}

/* --- libexif --- */

static void test_describe(void **state)
{
    (void)state;
    for (int be = 0; be < 2; be++) {
        tiff t;
        exn_result result = {.struct_size = sizeof(exn_result)};
        build_camera(&t, be, true, 4000, 3000);
        exn_exif_describe((exn_span){t.bytes, t.size}, &result);
        assert_int_equal(result.libexif_orientation, 6);
        assert_string_equal(result.make, "Ma?er");
        assert_string_equal(result.model, "Model");
        assert_string_equal(result.date_time, "2021:02:03 04:05:06");
    }
}

static void test_describe_fallbacks(void **state)
{
    (void)state;
    tiff t;
    exn_result result = {.struct_size = sizeof(exn_result)};
    start(&t, false);
    put_table(&t, 8, 0, FIELDS({0x0132, ASCII, 20, VALUES}, TO_EXIF));
    put_table(&t, TABLE_1, 0, FIELDS(TAG(8)));
    reach(&t, VALUES + 20);
    memcpy(t.bytes + VALUES, "2020:01:01 00:00:00", 20);
    exn_exif_describe((exn_span){t.bytes, t.size}, &result);
    assert_int_equal(result.libexif_orientation, 8);
    assert_string_equal(result.date_time, "2020:01:01 00:00:00");
    assert_string_equal(result.make, "");
}

/* An IFD0 of an orientation and `count` entries whose values are the whole block. Owned by the
 * caller. */
static exn_buffer make_overlapping(uint16_t count)
{
    enum { SIZE = 65000 };
    static const uint8_t head[] = {'M', 'M', 0, 42, 0, 0, 0, 8};
    static const uint8_t tag[] = {0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0};
    exn_buffer block = {0};
    uint8_t *bytes = calloc(1, SIZE);
    assert_non_null(bytes);
    memcpy(bytes, head, sizeof head);
    exn_put16be(bytes + 8, count + 1u);
    memcpy(bytes + 10, tag, sizeof tag);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *entry = bytes + 10 + 12 * (i + 1);
        exn_put16be(entry, 0x9100 + i); /* unknown ones are kept, too */
        exn_put16be(entry + 2, 7);
        exn_put32be(entry + 4, SIZE);
    }
    assert_int_equal(exn_buffer_append(&block, bytes, SIZE), EXN_OK);
    free(bytes);
    return block;
}

/* libexif copies every value. */
static void test_describe_bounds_memory(void **state)
{
    struct rusage before, after;
    exn_result result = {.struct_size = sizeof(exn_result)};
    (void)state;
    exn_buffer few = make_overlapping(2000);
    getrusage(RUSAGE_SELF, &before);
    exn_exif_describe(exn_buffer_span(&few), &result);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(result.libexif_orientation, 6);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 16 << 10); /* KiB; all would be 127 MB */
    exn_buffer_free(&few);
    exn_buffer many = make_overlapping(5000);
    result.libexif_orientation = 0;
    exn_exif_describe(exn_buffer_span(&many), &result);
    assert_int_equal(result.libexif_orientation, 0);
    exn_buffer_free(&many);
}

/* With its default options libexif would mend this to a SHORT. */
static void test_describe_does_not_mend(void **state)
{
    (void)state;
    tiff t;
    exn_result result = {.struct_size = sizeof(exn_result)};
    start(&t, true);
    put_table(&t, 8, 0, FIELDS(FILLER, {O, LONG, 1, 6}));
    exn_exif_describe((exn_span){t.bytes, t.size}, &result);
    assert_int_equal(result.libexif_orientation, 0);
}

static void test_describe_nothing(void **state)
{
    (void)state;
    exn_result result = {.libexif_orientation = 5, .make = "kept"};
    exn_exif_describe((exn_span){NULL, 0}, &result);
    exn_exif_describe((exn_span){(const uint8_t *)"II*", 3}, &result);
    assert_int_equal(result.libexif_orientation, 5);
    assert_string_equal(result.make, "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_not_tiff),
        cmocka_unit_test(test_odd_and_far_ifd0),
        cmocka_unit_test(test_count_too_large),
        cmocka_unit_test(test_tables_over_tables),
        cmocka_unit_test(test_cut_entry),
        cmocka_unit_test(test_ifd1_is_no_browsers_business),
        cmocka_unit_test(test_odd_pointer_types),
        cmocka_unit_test(test_camera_block),
        cmocka_unit_test(test_duplicates_go),
        cmocka_unit_test(test_a_one_goes_too),
        cmocka_unit_test(test_no_chain_of_exif_ifds),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_empty_ifd0),
        cmocka_unit_test(test_empty_others),
        cmocka_unit_test(test_sub_ifds),
        cmocka_unit_test(test_no_room_for_next),
        cmocka_unit_test(test_overlaps),
        cmocka_unit_test(test_tables_meet),
        cmocka_unit_test(test_null_exif_pointer),
        cmocka_unit_test(test_two_pointers),
        cmocka_unit_test(test_loops),
        cmocka_unit_test(test_too_many_tables),
        cmocka_unit_test(test_too_many_exif_ifds),
        cmocka_unit_test(test_too_many_pointers),
        cmocka_unit_test(test_pointers_to_nowhere),
        cmocka_unit_test(test_a_maze_ends),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_describe_bounds_memory),
        cmocka_unit_test(test_describe_fallbacks),
        cmocka_unit_test(test_describe_does_not_mend),
        cmocka_unit_test(test_describe_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
