/* SPDX-License-Identifier: MIT */
/* Previews in segments of their own, cut into several: one after another, and in streams of
 * FlashPix. They are rotated with the picture where they are whole and have room, and rid of an
 * orientation of their own; else every byte of them stays.
 *
 * Oracles: exiftool, which puts them together by a walk of its own; coefficients and naive turns
 * for their pixels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/pass.h"
#include "support/proc.h"

#define STALE   (1u << EXN_WARN_METADATA_STALE)
#define DROPPED (1u << EXN_WARN_THUMBNAIL_DROPPED)

enum { W = 64, H = 48, PW = 48, PH = 32, APP2 = 0xE2, APP3, APP4, APP5 };

/* --- Making files --- */

static void replace(exn_buffer *file, exn_buffer *made)
{
    exn_buffer_free(file);
    *file = *made;
    *made = (exn_buffer){0};
}

static void make_jpeg(uint32_t width, uint32_t height, bool optimize, exn_buffer *out)
{
    exn_test_jpeg jpeg;
    exn_test_jpeg_init(&jpeg, width, height);
    jpeg.jfif = false; /* exiftool knows those in APP3 by their first table */
    jpeg.optimize = optimize;
    jpeg.noise = 20;
    exn_test_jpeg_made(&jpeg, out);
}

/* own: an orientation of its own; 0: no Exif. */
static exn_buffer make_preview(uint32_t own, bool optimize)
{
    exn_buffer preview = {0}, tagged = {0};
    make_jpeg(PW, PH, optimize, &preview);
    if (own) {
        assert_true(exn_test_tag(exn_buffer_span(&preview), own, &tagged));
        replace(&preview, &tagged);
    }
    return preview;
}

/* Segments before the frame header, in the order in which they are added. */
typedef struct file {
    exn_buffer segments;
} file;

static void add_segment(file *f, uint8_t marker, exn_span payload)
{
    const uint8_t head[] = {0xFF, marker, (uint8_t)((payload.size + 2) >> 8),
                            (uint8_t)(payload.size + 2)};
    assert_int_equal(exn_buffer_append(&f->segments, head, sizeof head), EXN_OK);
    assert_int_equal(exn_buffer_append(&f->segments, payload.data, payload.size), EXN_OK);
}

/* The picture with a camera's Exif of that orientation in front. */
static exn_buffer finish(file *f, uint32_t orientation)
{
    exn_buffer plain = {0}, with = {0}, whole = {0};
    make_jpeg(W, H, false, &plain);
    assert_true(
        exn_test_splice(exn_buffer_span(&plain), 2, 0, exn_buffer_span(&f->segments), &with));
    assert_true(exn_test_tag(exn_buffer_span(&with), orientation, &whole));
    exn_buffer_free(&plain);
    exn_buffer_free(&with);
    exn_buffer_free(&f->segments);
    return whole;
}

/* How cameras cut previews. Sizes are of all segments but the last. */
typedef struct chain {
    uint8_t markers[4]; /* 0: no more */
    const char *word;
    size_t word_size;
    size_t sizes[3];
} chain;

static const chain chains[] = {
    {{APP2, APP2}, "", 0, {500}},
    {{APP2, APP2, APP2, APP2}, "", 0, {4, 300, 400}}, /* SOI and a marker without its length */
    {{APP2, APP2}, "QVGA\0", 5, {333}},
    {{APP2, APP2, APP2}, "BGTH", 4, {200, 600}},
    {{APP3, APP4}, "", 0, {450}},
    {{APP3, APP4, APP5}, "", 0, {450, 450}},
};

enum { CHAINS = sizeof chains / sizeof *chains };

static size_t links(const chain *c)
{
    size_t count = 0;
    while (count < 4 && c->markers[count])
        count++;
    return count;
}

static void add_chain(file *f, const chain *c, exn_span preview, size_t leave_out)
{
    for (size_t i = 0; i < links(c); i++) {
        const bool last = i + 1 == links(c);
        exn_buffer payload = {0};
        if (i == 0)
            exn_buffer_append(&payload, c->word, c->word_size);
        const exn_span part = exn_span_part(preview, 0, last ? SIZE_MAX : c->sizes[i]);
        exn_buffer_append(&payload, part.data, part.size);
        if (i != leave_out)
            add_segment(f, c->markers[i], exn_buffer_span(&payload));
        preview = exn_span_part(preview, part.size, SIZE_MAX);
        exn_buffer_free(&payload);
    }
}

/* --- Looking at files --- */

static exn_buffer extract(exn_span from, const char *tag)
{
    const char *const argv[] = {"exiftool", "-b", tag, "-", NULL};
    exn_test_proc proc;
    exn_buffer out = {0};
    assert_true(exn_test_run(argv, from, &proc));
    assert_int_equal(exn_buffer_append(&out, proc.out.data, proc.out.size), EXN_OK);
    exn_test_proc_free(&proc);
    return out;
}

/* Whether what exiftool extracts is the preview turned by value, coefficient for coefficient. */
static void expect_preview(exn_span from, exn_span preview, uint32_t value)
{
    exn_buffer found = extract(from, "-PreviewImage");
    exn_test_coefs a, b;
    char why[EXN_TEST_WHY];
    if (!exn_test_jpeg_read(preview, &a, why) ||
        !exn_test_jpeg_read(exn_buffer_span(&found), &b, why))
        fail_msg("%s", why);
    assert_int_equal(b.warnings, 0);
    for (int i = 0; i < a.components; i++)
        if (!exn_test_same_coefficients(&a, &b, i, value, why))
            fail_msg("component %d: %s", i, why);
    exn_test_no_orientation(exn_buffer_span(&found));
    exn_test_coefs_free(&a);
    exn_test_coefs_free(&b);
    exn_buffer_free(&found);
}

static void expect_same_segments(exn_span a, exn_span b, uint8_t first, uint8_t last)
{
    for (uint8_t marker = first; marker <= last; marker++) {
        exn_test_segment s, t;
        unsigned i = 0;
        for (; exn_test_jpeg_find(a, marker, i, &s); i++) {
            assert_true(exn_test_jpeg_find(b, marker, i, &t));
            assert_int_equal(s.payload.size, t.payload.size);
            assert_true(s.payload.size == 0 ||
                        memcmp(s.payload.data, t.payload.data, s.payload.size) == 0);
        }
        assert_false(exn_test_jpeg_find(b, marker, i, &t));
    }
}

/* --- One after another --- */

static void test_chains_follow(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CHAINS * 8; i++) {
        const chain *c = &chains[i / 8];
        const uint32_t o = 1 + i % 8;
        /* exiftool knows no APP3 whose JPEG begins with Exif */
        exn_buffer preview = make_preview(c->markers[0] == APP2 ? 1 + (o + 4) % 8 : 0, i % 2);
        file f = {0};
        add_chain(&f, c, exn_buffer_span(&preview), SIZE_MAX);
        add_segment(&f, APP2, (exn_span){(const uint8_t *)"ICC_PROFILE\0\1\1profile", 21});
        exn_buffer whole = finish(&f, o);
        for (int mode = EXN_MODE_BAKE; mode <= EXN_MODE_DROP; mode++) {
            exn_options options;
            exn_options_init(&options, sizeof options);
            options.mode = (exn_mode)mode;
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), &options);
            assert_int_equal(pass.result.warnings, 0);
            expect_preview(pass.file, exn_buffer_span(&preview), mode == EXN_MODE_BAKE ? o : 1);
            assert_non_null(memmem(pass.file.data, pass.file.size, "ICC_PROFILE\0\1\1profile", 21));
            exn_test_pass_free(&pass);
        }
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
}

/* An orientation in one is a reason for itself, and the only one here. */
static void test_a_chain_s_own_orientation(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CHAINS * 2; i++) {
        const bool orients = i % 2;
        exn_buffer preview = make_preview(orients ? 6 : 1, false);
        file f = {0};
        add_chain(&f, &chains[i / 2], exn_buffer_span(&preview), SIZE_MAX);
        exn_buffer whole = finish(&f, 1);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.reasons, orients ? 1u << EXN_REASON_EMBEDDED : 0);
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
}

/* Pieces that are missing, in another order, or another's: nothing of them is touched. */
static void test_what_is_no_chain(void **state)
{
    (void)state;
    enum { ROWS = 5 };
    for (uint32_t i = 0; i < ROWS * 2; i++) {
        const uint32_t row = i / 2, o = i % 2 ? 6 : 3;
        exn_buffer preview = make_preview(row == 3 ? 0 : 6, false);
        const exn_span span = exn_buffer_span(&preview);
        const exn_span first = exn_span_part(span, 0, 900);
        const exn_span rest = exn_span_part(span, 900, SIZE_MAX);
        exn_buffer padded = {0};
        file f = {0};
        exn_buffer_append(&padded, rest.data, rest.size);
        exn_buffer_append(&padded, "no padding", 10);
        if (row == 0) { /* its end is missing */
            add_chain(&f, &chains[1], span, 3);
        } else if (row == 1) { /* its middle */
            add_chain(&f, &chains[5], span, 1);
        } else if (row == 2) { /* the other order */
            add_segment(&f, APP2, rest);
            add_segment(&f, APP2, first);
        } else if (row == 3) { /* markers that do not follow */
            add_segment(&f, APP3, first);
            add_segment(&f, APP5, rest);
        } else { /* something else behind it */
            add_segment(&f, APP2, first);
            add_segment(&f, APP2, exn_buffer_span(&padded));
        }
        exn_buffer whole = finish(&f, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.warnings, STALE);
        assert_int_equal(pass.result.reasons, 1u << EXN_REASON_EXIF);
        expect_same_segments(exn_buffer_span(&whole), pass.file, APP2, APP5);
        exn_test_pass_free(&pass);
        exn_buffer_free(&padded);
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
}

/* What stands between does not part them, or a rotation would put them together that leaves it
 * out: stray bytes, an Exif of nothing but an orientation, a table, what is known. */
static void test_what_stands_between(void **state)
{
    (void)state;
    static const uint8_t between[][40] = {
        "\0",
        "\xFF\xE1\0\x22"
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0",
        "\xFF\xDD\0\4\0",
        "\xFF\xEC\0\7"
        "Ducky",
        "\xFF\xE2\0\x15"
        "ICC_PROFILE\0\1\1profil",
    };
    static const size_t sizes[] = {1, 36, 6, 9, 23};
    for (uint32_t i = 0; i < 5 * 8; i++) {
        const uint32_t row = i / 8, o = 1 + i % 8;
        exn_buffer preview = make_preview(6, false);
        const exn_span span = exn_buffer_span(&preview);
        const size_t cut = span.size - 200; /* in its scan */
        file f = {0};
        add_segment(&f, APP2, exn_span_part(span, 0, cut));
        exn_buffer_append(&f.segments, between[row], sizes[row]);
        add_segment(&f, APP2, exn_span_part(span, cut, SIZE_MAX));
        exn_buffer whole = finish(&f, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.reasons >> EXN_REASON_EMBEDDED & 1, 1);
        assert_int_equal(pass.result.warnings & STALE, 0);
        if (row < 3 && o > 1) /* exiftool asks for them one after another */
            expect_preview(pass.file, span, o);
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
}

/* Tables that suit no picture give way to others: what is left fits into fewer segments. */
static void test_a_chain_that_shrinks(void **state)
{
    (void)state;
    const JHUFF_TBL unfit = exn_test_jpeg_unfit_table(1, false);
    exn_buffer preview = {0};
    exn_test_jpeg jpeg;
    exn_test_segment s;
    exn_test_jpeg_init(&jpeg, PW, PH);
    jpeg.jfif = false;
    jpeg.ac_table = &unfit;
    exn_test_jpeg_made(&jpeg, &preview);
    for (uint32_t o = 2; o <= 8; o++) {
        const chain c = {{APP3, APP4, APP5}, "", 0, {400, preview.size - 430}};
        file f = {0};
        add_chain(&f, &c, exn_buffer_span(&preview), SIZE_MAX);
        exn_buffer whole = finish(&f, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.warnings, 0);
        expect_preview(pass.file, exn_buffer_span(&preview), o);
        assert_true(exn_test_jpeg_find(pass.file, APP3, 0, &s));
        assert_int_equal(s.payload.size, 400);
        assert_true(exn_test_jpeg_find(pass.file, APP4, 0, &s));
        assert_true(s.payload.size < preview.size - 430);
        assert_false(exn_test_jpeg_find(pass.file, APP5, 0, &s));
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
    }
    exn_buffer_free(&preview);
}

/* Data that begin like something known are no more of a preview, even where they would end it. */
static void test_known_data_is_no_piece(void **state)
{
    (void)state;
    static const char *const names[] = {"ICC_PROFILE\0", "FPXR\0", "urn:", "Meta\0\0", "SCALADO\0"};
    exn_buffer preview = make_preview(0, false);
    const exn_span span = exn_buffer_span(&preview);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        exn_buffer payload = {0};
        file f = {0};
        exn_buffer_append(&payload, names[i], strlen(names[i]) + 1);
        exn_buffer_append(&payload, span.data + 600, span.size - 600);
        add_segment(&f, APP2, exn_span_part(span, 0, 600));
        add_segment(&f, APP2, exn_buffer_span(&payload));
        exn_buffer whole = finish(&f, 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_true(pass.result.warnings & STALE);
        expect_same_segments(exn_buffer_span(&whole), pass.file, APP2, APP2);
        exn_test_pass_free(&pass);
        exn_buffer_free(&payload);
        exn_buffer_free(&whole);
    }
    exn_buffer_free(&preview);
}

/* --- FlashPix --- */

enum { FUJI_HEAD = 47, PROPERTY = 37, NAIL_HEAD = 168 };

/* A segment of a stream. */
static void add_stream(file *f, uint16_t number, uint32_t offset, exn_span data)
{
    exn_buffer payload = {0};
    uint8_t head[13] = "FPXR\0\0\2";
    exn_put16be(head + 7, number);
    exn_put32be(head + 9, offset);
    exn_buffer_append(&payload, head, sizeof head);
    exn_buffer_append(&payload, data.data, data.size);
    add_segment(f, APP2, exn_buffer_span(&payload));
    exn_buffer_free(&payload);
}

static void add_name(exn_buffer *list, uint32_t size, const char *name)
{
    uint8_t number[5] = {0};
    exn_put32be(number, size);
    exn_buffer_append(list, number, sizeof number);
    for (size_t i = 0; i <= strlen(name); i++) {
        const uint8_t unit[2] = {(uint8_t)name[i], 0};
        exn_buffer_append(list, unit, sizeof unit);
    }
    if (size == UINT32_MAX)
        exn_buffer_append(list, "sixteen bytes id", 16);
}

/* What is made wrong of it. */
typedef enum fault {
    SOUND,
    OTHER_SIZE, /* in the list */
    OVERLAP,    /* by the second segment's offset */
    TWO_LISTS,
    OTHER_NUMBERS, /* of width and height */
    FAULTS
} fault;

/* The third of three is shorter than the second. */
static size_t part_size(size_t segment, size_t segments, size_t left)
{
    return segment + 1 == segments ? SIZE_MAX : segment == 0 ? 300 : left - 250;
}

/* Some cameras repeat the second segment's. */
static uint32_t offset_of(size_t segment, size_t at, fault wrong)
{
    return segment > 1 ? 300 : (uint32_t)at - (wrong == OVERLAP && segment == 1);
}

/* A stream in so many segments. */
static void add_parts(file *f, uint16_t number, exn_span stream, size_t segments, fault wrong)
{
    for (size_t i = 0, at = 0; i < segments; i++) {
        const exn_span part = exn_span_part(stream, at, part_size(i, segments, stream.size - at));
        add_stream(f, number, offset_of(i, at, wrong), part);
        at += part.size;
    }
}

/* As Fujifilm's cameras write it: a storage, the size, the preview, in so many segments. */
static void add_fuji(file *f, exn_span preview, size_t segments, fault wrong)
{
    exn_buffer list = {0}, stream = {0};
    uint8_t property[PROPERTY] = {1, 1, 0, 0, 2, 1}, head[FUJI_HEAD] = {0};
    exn_put16be(property + 13, wrong == OTHER_NUMBERS ? 7 : PW);
    exn_put16be(property + 23, PH);
    property[15] = property[16] = 1;
    head[5] = 9;
    exn_buffer_append(&stream, head, sizeof head);
    exn_buffer_append(&stream, preview.data, preview.size);
    exn_buffer_append(&stream, "\0\0\0\0\0\0\0", 7);
    exn_buffer_append(&list, "FPXR\0\0\1\0\3", 9);
    add_name(&list, UINT32_MAX, "/FUJIFILM");
    add_name(&list, PROPERTY, "/FUJIFILM/Property");
    add_name(&list, (uint32_t)stream.size + (wrong == OTHER_SIZE), "/FUJIFILM/Preview");
    for (int i = 0; i <= (wrong == TWO_LISTS); i++)
        add_segment(f, APP2, exn_buffer_span(&list));
    add_stream(f, 1, 0, (exn_span){property, PROPERTY});
    add_parts(f, 2, exn_buffer_span(&stream), segments, wrong);
    exn_buffer_free(&stream);
    exn_buffer_free(&list);
}

/* As Kodak's do: a set of seven properties, the last one a blob; width and height are the second
 * and third. */
static void add_nail(file *f, exn_span preview, size_t segments, fault wrong)
{
    exn_buffer list = {0}, stream = {0};
    uint8_t head[NAIL_HEAD] = {0xFE, 0xFF, 0, 0, 4, 2};
    const uint32_t section[][2] = {{NAIL_HEAD - 48 + (uint32_t)preview.size, 7},
                                   {1, 0x40},
                                   {2, 0x48},
                                   {3, 0x50},
                                   {4, 0x58},
                                   {5, 0x60},
                                   {6, 0x68},
                                   {7, 0x70},
                                   {2, 1200},
                                   {19, wrong == OTHER_NUMBERS ? 7 : PW},
                                   {19, PH},
                                   {4, 0x3F800000},
                                   {18, 3},
                                   {19, 0},
                                   {65, (uint32_t)preview.size}};
    exn_put32(head + 24, 1, false);
    exn_put32(head + 44, 48, false);
    for (size_t i = 0; i < sizeof section / sizeof *section; i++)
        for (size_t k = 0; k < 2; k++)
            exn_put32(head + 48 + 8 * i + 4 * k, section[i][k], false);
    exn_buffer_append(&stream, head, sizeof head);
    exn_buffer_append(&stream, preview.data, preview.size);
    exn_buffer_append(&stream, "behind", 6);
    exn_buffer_append(&list, "FPXR\0\0\1\0\2", 9);
    add_name(&list, 6, "/\5Extension List");
    add_name(&list, (uint32_t)stream.size + (wrong == OTHER_SIZE),
             "/\5Screen Nail_bd0100609719a180");
    for (int i = 0; i <= (wrong == TWO_LISTS); i++)
        add_segment(f, APP2, exn_buffer_span(&list));
    add_stream(f, 0, 0, (exn_span){(const uint8_t *)"stream", 6});
    add_parts(f, 1, exn_buffer_span(&stream), segments, wrong);
    exn_buffer_free(&stream);
    exn_buffer_free(&list);
}

/* Some of Fujifilm's have no list, and both heads in every segment. */
static void add_unlisted(file *f, exn_span preview, size_t segments, fault wrong)
{
    (void)wrong;
    for (size_t i = 0, at = 0; i < segments; i++) {
        exn_buffer data = {0};
        const uint8_t head[FUJI_HEAD] = {0};
        const exn_span part = exn_span_part(preview, at, part_size(i, segments, preview.size - at));
        exn_buffer_append(&data, head, sizeof head);
        exn_buffer_append(&data, part.data, part.size);
        add_stream(f, 512, 0, exn_buffer_span(&data));
        at += part.size;
        exn_buffer_free(&data);
    }
}

typedef void (*adder)(file *f, exn_span preview, size_t segments, fault wrong);
static const adder adders[] = {add_fuji, add_nail, add_unlisted};
enum { FUJI, NAIL, UNLISTED, ADDERS };

/* The width and height that are told beside the preview. */
static void expect_size(exn_span file, unsigned kind, uint32_t width, uint32_t height)
{
    exn_test_segment s;
    if (kind == FUJI) {
        static const char *const arguments[] = {"-s3", "-PreviewImageWidth", "-PreviewImageHeight",
                                                NULL};
        char *text = exn_test_exiftool(file, arguments), *end = text;
        assert_int_equal(strtoul(end, &end, 10), width);
        assert_int_equal(strtoul(end, &end, 10), height);
        free(text);
    } else if (kind == NAIL) {
        assert_true(exn_test_jpeg_find(file, APP2, 2, &s));
        assert_int_equal(exn_get32(s.payload.data + 13 + 124, false), width);
        assert_int_equal(exn_get32(s.payload.data + 13 + 132, false), height);
        unsigned i = 2;
        while (exn_test_jpeg_find(file, APP2, i + 1, &s))
            i++;
        assert_true(exn_test_jpeg_find(file, APP2, i, &s));
        assert_memory_equal(s.payload.data + s.payload.size - 6, "behind", 6);
    }
}

/* Every segment keeps its size: streams are found by their lengths. */
static void expect_same_sizes(exn_span a, exn_span b)
{
    exn_test_segment s, t;
    unsigned i = 0;
    for (; exn_test_jpeg_find(a, APP2, i, &s); i++) {
        assert_true(exn_test_jpeg_find(b, APP2, i, &t));
        assert_int_equal(s.payload.size, t.payload.size);
        assert_memory_equal(s.payload.data, t.payload.data, 13);
    }
    assert_false(exn_test_jpeg_find(b, APP2, i, &t));
}

static void test_flashpix_follows(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < ADDERS * 3 * 8; i++) {
        const uint32_t kind = i % ADDERS, segments = 1 + i / ADDERS % 3, o = 1 + i / (3 * ADDERS);
        const bool own = kind != UNLISTED; /* exiftool knows those by their first table */
        exn_buffer preview = make_preview(own ? 6 : 0, false);
        file f = {0};
        adders[kind](&f, exn_buffer_span(&preview), segments, SOUND);
        exn_buffer whole = finish(&f, o);
        for (int mode = EXN_MODE_BAKE; mode <= EXN_MODE_DROP; mode++) {
            exn_options options;
            exn_options_init(&options, sizeof options);
            options.mode = (exn_mode)mode;
            const uint32_t value = mode == EXN_MODE_BAKE ? o : 1;
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), &options);
            assert_int_equal(pass.result.warnings, 0);
            assert_int_equal(pass.result.reasons >> EXN_REASON_EMBEDDED & 1, own);
            expect_preview(pass.file, exn_buffer_span(&preview), value);
            expect_size(pass.file, kind, value >= 5 ? PH : PW, value >= 5 ? PW : PH);
            expect_same_sizes(exn_buffer_span(&whole), pass.file);
            exn_test_pass_free(&pass);
        }
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
}

/* What does not add up keeps its bytes. */
static void test_flashpix_that_is_not_sound(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < UNLISTED * (FAULTS - 1) * 2; i++) {
        const fault wrong = (fault)(1 + i / (UNLISTED * 2));
        const uint32_t kind = i % UNLISTED, o = i / UNLISTED % 2 ? 8 : 3;
        exn_buffer preview = make_preview(0, false);
        file f = {0};
        adders[kind](&f, exn_buffer_span(&preview), 2, wrong);
        exn_buffer whole = finish(&f, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        if (wrong != OTHER_NUMBERS) {
            assert_int_equal(pass.result.warnings, STALE);
            expect_same_segments(exn_buffer_span(&whole), pass.file, APP2, APP2);
        } else { /* the picture is rotated, what is told of it stays as wrong as it was */
            assert_int_equal(pass.result.warnings, o >= 5 ? STALE : 0);
            expect_preview(pass.file, exn_buffer_span(&preview), o);
            expect_size(pass.file, kind, 7, PH);
        }
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
}

/* What else is in a segment or a stream stays behind the preview, also where pixels stay. */
static void test_what_is_behind(void **state)
{
    (void)state;
    static const char behind[] = "\0\0no padding";
    for (uint32_t i = 0; i < 2 * 8; i++) {
        const bool fuji = i % 2;
        const uint32_t o = 1 + i / 2;
        exn_buffer preview = make_preview(6, false), both = {0};
        file f = {0};
        exn_buffer_append(&both, preview.data, preview.size);
        exn_buffer_append(&both, behind, sizeof behind - 1);
        if (fuji)
            add_fuji(&f, exn_buffer_span(&both), 2, SOUND);
        else
            add_segment(&f, APP2, exn_buffer_span(&both));
        exn_buffer whole = finish(&f, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.warnings, 0);
        expect_preview(pass.file, exn_buffer_span(&preview), o);
        assert_non_null(memmem(pass.file.data, pass.file.size, behind, sizeof behind - 1));
        if (fuji)
            expect_same_sizes(exn_buffer_span(&whole), pass.file);
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&both);
        exn_buffer_free(&preview);
    }
}

/* Nor can those be rotated whose frame header says what nobody reads, be it by its length. */
static void test_frame_headers(void **state)
{
    (void)state;
    static const uint8_t frames[][19] = {
        {0xFF, 0xC0, 0, 17, 8, 0, PH, 0, PW, 1, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0},
        {0xFF, 0xC0, 0, 11, 8, 0, PH, 0, PW, 1, 1, 0x00, 0}, /* no samples */
        {0xFF, 0xC0, 0, 11, 12, 0, PH, 0, PW, 1, 1, 0x11, 0},
        {0xFF, 0xC3, 0, 11, 8, 0, PH, 0, PW, 1, 1, 0x11, 0}, /* lossless */
        {0xFF, 0xC0, 0, 11, 8, 0, 0, 0, PW, 1, 1, 0x11, 0},  /* DNL */
        {0xFF, 0xC0, 0, 8, 8, 0, PH, 0, PW, 0},
        {0xFF, 0xC0, 0, 6, 8, 0, PH, 0},
    };
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        exn_buffer preview = make_preview(0, false), other = {0};
        exn_test_segment frame;
        file f = {0};
        assert_true(exn_test_jpeg_find(exn_buffer_span(&preview), 0xC0, 0, &frame));
        assert_true(exn_test_splice(exn_buffer_span(&preview), frame.offset, 4 + frame.payload.size,
                                    (exn_span){frames[i], 2 + (size_t)frames[i][3]}, &other));
        add_segment(&f, APP4, exn_buffer_span(&other));
        exn_buffer whole = finish(&f, 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.warnings, STALE);
        expect_same_segments(exn_buffer_span(&whole), pass.file, APP4, APP4);
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&other);
        exn_buffer_free(&preview);
    }
}

/* One without EOI, with zeros in place of it or nothing, is whole if all of its MCUs are there;
 * else, and where something else follows it, every byte of it stays. */
static void test_without_eoi(void **state)
{
    (void)state;
    enum { BEHIND = 64, LOST = 60, PLACES = CHAINS + ADDERS };
    for (uint32_t i = 0; i < PLACES * 7 * 4; i++) {
        const uint32_t place = i % PLACES, o = 2 + i / PLACES % 7, how = i / PLACES / 7;
        const bool chained = place < CHAINS, lost = how >= 2;
        const bool own = chained ? chains[place].markers[0] == APP2 : place != CHAINS + UNLISTED;
        exn_buffer preview = make_preview(own ? 6 : 0, false), cut = {0};
        const size_t size = preview.size - (how == 2 ? LOST : 2);
        uint8_t behind[BEHIND] = {0};
        for (uint8_t k = 0; k < BEHIND && how == 3; k++)
            behind[k] = ' ' + k; /* which is no part of a picture either */
        file f = {0};
        exn_buffer_append(&cut, preview.data, size);
        /* What is in a stream needs room for EOI. */
        exn_buffer_append(&cut, behind, how == 0 && chained ? 0 : BEHIND);
        if (chained)
            add_chain(&f, &chains[place], exn_buffer_span(&cut), SIZE_MAX);
        else
            adders[place - CHAINS](&f, exn_buffer_span(&cut), 1 + i % 3, SOUND);
        exn_buffer whole = finish(&f, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.warnings, lost ? STALE : 0);
        if (lost)
            expect_same_segments(exn_buffer_span(&whole), pass.file, APP2, APP5);
        else
            expect_preview(pass.file, exn_buffer_span(&preview), o);
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&cut);
        exn_buffer_free(&preview);
    }
}

/* Where the rotated one is longer than the stream allows it stays as it was, but for an orientation
 * of its own. Tables made for the source leave a turn that needs more bits no way. */
static void test_flashpix_without_room(void **state)
{
    (void)state;
    unsigned longer = 0, fitting = 0;
    for (uint32_t i = 0; i < 7 * 2; i++) {
        const uint32_t o = 2 + i / 2;
        const bool own = i % 2;
        exn_buffer preview = make_preview(own ? 6 : 0, true);
        file f = {0};
        add_nail(&f, exn_buffer_span(&preview), 2, SOUND);
        exn_buffer whole = finish(&f, o);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        const bool stale = pass.result.warnings == STALE;
        assert_true(stale || pass.result.warnings == 0);
        expect_preview(pass.file, exn_buffer_span(&preview), stale ? 1 : o);
        expect_same_sizes(exn_buffer_span(&whole), pass.file);
        if (stale && !own)
            expect_same_segments(exn_buffer_span(&whole), pass.file, APP2, APP2);
        longer += stale;
        fitting += !stale;
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
    assert_true(longer > 0 && fitting > 0);
}

/* A stream of FlashPix that has a JPEG and no known name is warned of. */
static void test_other_streams(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        exn_buffer preview = make_preview(6, false), list = {0};
        const exn_span data =
            i ? exn_buffer_span(&preview) : (exn_span){(const uint8_t *)"sound", 5};
        file f = {0};
        exn_buffer_append(&list, "FPXR\0\0\1\0\1", 9);
        add_name(&list, (uint32_t)data.size, "/Audio Stream 000000");
        add_segment(&f, APP2, exn_buffer_span(&list));
        add_stream(&f, 0, 0, data);
        exn_buffer whole = finish(&f, 6);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
        assert_int_equal(pass.result.warnings, i ? STALE : 0);
        expect_same_segments(exn_buffer_span(&whole), pass.file, APP2, APP2);
        exn_test_pass_free(&pass);
        exn_buffer_free(&whole);
        exn_buffer_free(&list);
        exn_buffer_free(&preview);
    }
}

/* --- Hostile ones --- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Whatever the heads, the list and the properties say, the whole file's promises hold. */
static void test_mutations(void **state)
{
    (void)state;
    enum { MUTANTS = 300 };
    uint32_t seed = 9;
    for (uint32_t i = 0; i < MUTANTS; i++) {
        exn_buffer preview = make_preview(i % 3 ? 6 : 0, i % 5 == 0);
        file f = {0};
        if (i % 4 == ADDERS)
            add_chain(&f, &chains[i % CHAINS], exn_buffer_span(&preview), SIZE_MAX);
        else
            adders[i % 4](&f, exn_buffer_span(&preview), 1 + i % 3, SOUND);
        uint8_t head[13];
        const size_t size = f.segments.size < 600 ? f.segments.size : 600;
        memcpy(head, f.segments.data, sizeof head);
        exn_buffer whole = finish(&f, 1 + i % 8);
        uint8_t *segments = memmem(whole.data, whole.size, head, sizeof head);
        assert_non_null(segments);
        for (uint32_t n = 1 + next_random(&seed) % 3; n > 0; n--)
            segments[next_random(&seed) % size] = (uint8_t)next_random(&seed);
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)}, looked = result;
        const exn_status status =
            exn_normalize(whole.data, whole.size, NULL, &product, &result, NULL);
        if (status == EXN_OK) {
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&whole), NULL);
            exn_test_pass_free(&pass);
        } else {
            assert_int_not_equal(exn_test_check(exn_buffer_span(&whole), NULL, &looked),
                                 EXN_MEMORY);
        }
        exn_bytes_free(&product);
        exn_buffer_free(&whole);
        exn_buffer_free(&preview);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains_follow),
        cmocka_unit_test(test_a_chain_s_own_orientation),
        cmocka_unit_test(test_a_chain_that_shrinks),
        cmocka_unit_test(test_what_is_no_chain),
        cmocka_unit_test(test_what_stands_between),
        cmocka_unit_test(test_known_data_is_no_piece),
        cmocka_unit_test(test_flashpix_follows),
        cmocka_unit_test(test_flashpix_that_is_not_sound),
        cmocka_unit_test(test_flashpix_without_room),
        cmocka_unit_test(test_what_is_behind),
        cmocka_unit_test(test_frame_headers),
        cmocka_unit_test(test_without_eoi),
        cmocka_unit_test(test_other_streams),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
