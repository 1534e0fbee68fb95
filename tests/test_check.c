/* SPDX-License-Identifier: MIT */
/* exn_check(): right about every file, in agreement with exn_normalize(), and thrifty with what it
 * reads. The source counts every byte and knows which were read twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "buffer.h"
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/places_make.h"
#include "support/png_make.h"

#define EXIF_REASON (1u << EXN_REASON_EXIF)
#define IGNORED     (1u << EXN_WARN_ORIENTATION_IGNORED)
#define AMBIGUOUS   (1u << EXN_WARN_ORIENTATION_AMBIGUOUS)

typedef struct counted {
    exn_span file;
    size_t bytes, twice; /* read in all; read more than once */
    unsigned reads;
    unsigned fail_at; /* the number of the read that fails; 0: none */
    uint8_t *seen;    /* a flag for each byte; NULL: not counted */
} counted;

static int read_counted(void *context, void *to, size_t size, uint64_t offset)
{
    counted *c = context;
    assert_true(size > 0 && offset <= c->file.size && size <= c->file.size - offset);
    if (++c->reads == c->fail_at)
        return EIO;
    memcpy(to, c->file.data + offset, size);
    c->bytes += size;
    for (size_t i = 0; c->seen && i < size; i++) {
        c->twice += c->seen[offset + i];
        c->seen[offset + i] = 1;
    }
    return 0;
}

static exn_status check(counted *c, const exn_options *options, exn_result *result,
                        exn_error *error)
{
    exn_source source = {.size = c->file.size, .read = read_counted, .context = c};
    return exn_check(&source, options, result, error);
}

/* Looks at the whole file, and that no byte is read twice. */
static exn_result look(const exn_buffer *file, size_t most)
{
    exn_result result = {.struct_size = sizeof(exn_result)};
    counted c = {.file = {file->data, file->size}, .seen = calloc(1, file->size)};
    assert_non_null(c.seen);
    assert_int_equal(check(&c, NULL, &result, NULL), EXN_OK);
    free(c.seen);
    assert_int_equal(c.twice, 0);
    assert_in_range(c.bytes, 1, most);
    return result;
}

static void put(exn_buffer *out, const void *data, size_t size)
{
    assert_int_equal(exn_buffer_append(out, data, size), EXN_OK);
}

static void put_segment(exn_buffer *out, uint8_t marker, const void *data, size_t size)
{
    uint8_t head[4] = {0xFF, marker};
    exn_put16be(head + 2, (uint32_t)size + 2);
    put(out, head, sizeof head);
    put(out, data, size);
}

static void put_filler(exn_buffer *out, uint8_t marker, size_t size)
{
    uint8_t *filler = malloc(size);
    assert_non_null(filler);
    memset(filler, 'x', size);
    put_segment(out, marker, filler, size);
    free(filler);
}

static void put_exif(exn_buffer *out, uint16_t orientation)
{
    exn_buffer tiff = {0}, payload = {0};
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = orientation}, &tiff));
    put(&payload, "Exif\0", 6);
    put(&payload, tiff.data, tiff.size);
    put_segment(out, 0xE1, payload.data, payload.size);
    exn_buffer_free(&payload);
    exn_buffer_free(&tiff);
}

static void make_bare(exn_buffer *jpeg)
{
    exn_test_jpeg form;
    exn_test_jpeg_init(&form, 64, 48);
    exn_test_jpeg_made(&form, jpeg);
}

/* Where the first scan header begins, in a file that has nothing between its segments. */
static size_t find_sos(const exn_buffer *jpeg)
{
    size_t at = 2;
    while (jpeg->data[at + 1] != 0xDA)
        at += 2 + exn_get16be(jpeg->data + at + 2);
    return at;
}

/* jpeg with bytes put in at offset. */
static void splice(const exn_buffer *jpeg, size_t offset, const exn_buffer *bytes, exn_buffer *out)
{
    put(out, jpeg->data, offset);
    put(out, bytes->data, bytes->size);
    put(out, jpeg->data + offset, jpeg->size - offset);
}

/* A small JPEG with the given bytes behind SOI, or right before SOS. */
static void make_jpeg(const exn_buffer *bytes, bool before_sos, exn_buffer *out)
{
    exn_buffer bare = {0};
    make_bare(&bare);
    splice(&bare, before_sos ? find_sos(&bare) : 2, bytes, out);
    exn_buffer_free(&bare);
}

static void expect_six(const exn_buffer *bytes, bool before_sos, size_t most)
{
    exn_buffer file = {0};
    make_jpeg(bytes, before_sos, &file);
    exn_result result = look(&file, most);
    assert_int_equal(result.format, EXN_FORMAT_JPEG);
    assert_int_equal(result.orientation, 6);
    assert_int_equal(result.reasons, EXIF_REASON);
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(result.width_in, 64);
    assert_int_equal(result.width_out, 48);
    exn_buffer_free(&file);
}

/* --- JPEG headers ---------------------------------------------------------------------------- */

static void test_icc_before_exif(void **state)
{
    (void)state;
    exn_buffer bytes = {0};
    for (int i = 0; i < 10; i++)
        put_filler(&bytes, 0xE2, 60000);
    put_exif(&bytes, 6);
    expect_six(&bytes, false, 64 << 10); /* of 600 KB */
    exn_buffer_free(&bytes);
}

/* Photoshop's resources are read too: no browser does, exiftool does. */
static void test_resources(void **state)
{
    (void)state;
    exn_buffer bytes = {0}, tiff = {0}, payload = {0}, file = {0};
    put_filler(&bytes, 0xE2, 60000);
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 6}, &tiff));
    put(&payload, "Photoshop 3.0", 14);
    exn_test_irb(&payload, 0x0422, tiff.data, tiff.size);
    put_segment(&bytes, 0xED, payload.data, payload.size);
    make_jpeg(&bytes, false, &file);
    exn_result result = look(&file, 64 << 10);
    assert_int_equal(result.orientation, 0);
    assert_int_equal(result.reasons, EXIF_REASON);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    exn_buffer_free(&file);
    exn_buffer_free(&payload);
    exn_buffer_free(&tiff);
    exn_buffer_free(&bytes);
}

static void test_exif_last(void **state)
{
    (void)state;
    exn_buffer bytes = {0};
    put_filler(&bytes, 0xE2, 65533);
    put_filler(&bytes, 0xFE, 65533);
    put_exif(&bytes, 6);
    expect_six(&bytes, true, 32 << 10);
    exn_buffer_free(&bytes);
}

static void test_fill_bytes(void **state)
{
    (void)state;
    exn_buffer bytes = {0};
    for (int i = 0; i < 3000; i++)
        put(&bytes, "\xFF", 1);
    put_exif(&bytes, 6);
    put(&bytes, "\xFF\xFF", 2);
    expect_six(&bytes, false, 16 << 10);
    exn_buffer_free(&bytes);
}

static void test_garbage_between(void **state)
{
    (void)state;
    exn_buffer bytes = {0};
    put_filler(&bytes, 0xE0, 20);
    put(&bytes, "garbage\xFF\0more", 13);
    put_exif(&bytes, 6);
    for (int i = 0; i < 1000; i++)
        put(&bytes, "garbage", 7);
    expect_six(&bytes, false, 16 << 10);
    exn_buffer_free(&bytes);
}

/* Two segments of APP1, which are read, up to a header of exactly 128 KiB. */
static void test_header_of_128_k(void **state)
{
    (void)state;
    exn_buffer bytes = {0}, bare = {0};
    make_bare(&bare);
    size_t sos = find_sos(&bare), end = sos + 2 + exn_get16be(bare.data + sos + 2);
    put_exif(&bytes, 6);
    put_filler(&bytes, 0xE1, 65533);
    put_filler(&bytes, 0xE1, (128 << 10) - end - bytes.size - 4);
    assert_int_equal(bytes.size + end, 128 << 10);
    expect_six(&bytes, false, 128 << 10);
    exn_buffer_free(&bytes);
    exn_buffer_free(&bare);
}

/* Up to the end of the first scan header the file is damaged, from there on it can be judged. */
static void test_cut_headers(void **state)
{
    (void)state;
    exn_buffer bytes = {0}, file = {0};
    put_exif(&bytes, 6);
    make_jpeg(&bytes, false, &file);
    size_t sos = find_sos(&file), end = sos + 2 + exn_get16be(file.data + sos + 2);
    for (size_t size = 0; size <= file.size; size++) {
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;
        counted c = {.file = {file.data, size}};
        exn_status status = check(&c, NULL, &result, &error);
        assert_int_equal(status, size < 3 ? EXN_NOT_AN_IMAGE : size < end ? EXN_CORRUPT : EXN_OK);
        assert_int_equal(error.status, status);
        assert_int_equal(result.outcome,
                         status == EXN_OK ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_FAILED);
    }
    exn_buffer_free(&file);
    exn_buffer_free(&bytes);
}

static void test_options(void **state)
{
    (void)state;
    exn_buffer bytes = {0}, file = {0};
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    put_exif(&bytes, 9);
    put_exif(&bytes, 6);
    make_jpeg(&bytes, false, &file);
    counted c = {.file = {file.data, file.size}};
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    assert_int_equal(check(&c, &options, &result, &error), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    assert_int_equal(result.width_out, 64);
    options.strict = true;
    assert_int_equal(check(&c, &options, &result, &error), EXN_REFUSED);
    assert_int_equal(result.reasons, EXIF_REASON); /* still says why */
    options.strict = false;
    options.max_memory = 100;
    assert_int_equal(check(&c, &options, &result, &error), EXN_LIMIT);
    exn_buffer_free(&file);
    exn_buffer_free(&bytes);
}

/* --- PNG ------------------------------------------------------------------------------------- */

/* A PNG of count IDATs of size bytes that nobody decodes, then eXIf. */
static void make_png(exn_buffer *out, int count, size_t size)
{
    static const uint8_t ihdr[13] = {0, 0, 0, 40, 0, 0, 0, 30, 8, 2, 0, 0, 0};
    exn_buffer tiff = {0};
    uint8_t *data = calloc(1, size);
    assert_non_null(data);
    put(out, "\x89PNG\r\n\x1a\n", 8);
    exn_test_png_chunk(out, "IHDR", ihdr, sizeof ihdr);
    for (int i = 0; i < count; i++)
        exn_test_png_chunk(out, "IDAT", data, size);
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 6}, &tiff));
    exn_test_png_chunk(out, "eXIf", tiff.data, tiff.size);
    exn_test_png_chunk(out, "IEND", NULL, 0);
    exn_buffer_free(&tiff);
    free(data);
}

static void test_exif_behind_idats(void **state)
{
    (void)state;
    static const struct {
        int count;
        size_t size, most;
    } rows[] = {{1, 3 << 20, 8 << 10}, {400, 8192, 48 << 10}, {5, 65536, 8 << 10}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = {0};
        make_png(&file, rows[i].count, rows[i].size);
        exn_result result = look(&file, rows[i].most);
        assert_int_equal(result.format, EXN_FORMAT_PNG);
        assert_int_equal(result.orientation, 0);
        assert_int_equal(result.reasons, EXIF_REASON);
        assert_int_equal(result.warnings & IGNORED, IGNORED);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        exn_buffer_free(&file);
    }
}

static void test_no_image(void **state)
{
    (void)state;
    uint8_t text[20000];
    exn_result result = {.struct_size = sizeof(exn_result)};
    memset(text, 'x', sizeof text);
    counted c = {.file = {text, sizeof text}};
    assert_int_equal(check(&c, NULL, &result, NULL), EXN_NOT_AN_IMAGE);
    assert_int_equal(result.format, EXN_FORMAT_UNKNOWN);
    assert_int_equal(c.reads, 1);
    assert_in_range(c.bytes, 1, 4096);
    counted empty = {.file = {text, 0}};
    assert_int_equal(check(&empty, NULL, &result, NULL), EXN_NOT_AN_IMAGE);
    assert_int_equal(empty.reads, 0);
}

/* --- files of testdata ----------------------------------------------------------------------- */

static const char *const files[] = {
    "testdata/jpeg/landscape-1.jpg",
    "testdata/jpeg/landscape-6.jpg",
    "testdata/jpeg/no-exif.jpg",
    "testdata/jpeg/coding/progressive-6.jpg",
    "testdata/jpeg/coding/arithmetic-7.jpg",
    "testdata/png/rgb8-1.png",
    "testdata/png/rgb8-6.png",
    "testdata/png/coding/palette-5.png",
    "testdata/png/coding/adam7-8.png",
};

enum { FILES = sizeof files / sizeof files[0], MAX_FILE = 1 << 16 };

static void load(const char *name, exn_buffer *out)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    assert_int_equal(exn_buffer_reserve(out, MAX_FILE), EXN_OK);
    out->size = fread(out->data, 1, MAX_FILE, file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(out->size, 1, MAX_FILE - 1);
}

/* Every read fails once. */
static void test_read_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < FILES; i++) {
        exn_buffer file = {0};
        exn_status status = EXN_READ;
        load(files[i], &file);
        unsigned n = 1;
        for (; status == EXN_READ; n++) {
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_error error;
            counted c = {.file = {file.data, file.size}, .fail_at = n};
            status = check(&c, NULL, &result, &error);
            assert_int_equal(error.status, status);
            assert_int_equal(error.sys_errno, status == EXN_READ ? EIO : 0);
            assert_true(status == EXN_OK || result.outcome == EXN_OUTCOME_FAILED);
        }
        assert_int_equal(status, EXN_OK);
        assert_in_range(n, 3, 100);
        exn_buffer_free(&file);
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Changes, doubles, removes or cuts, mostly among the first two KiB, where the headers are. */
static void mutate(exn_buffer *file, uint32_t *seed)
{
    for (uint32_t times = 1 + next_random(seed) % 3; times > 0; times--) {
        uint32_t reach = next_random(seed) % 8 ? 2048 : (uint32_t)file->size;
        size_t at = next_random(seed) % (reach < file->size ? reach : (uint32_t)file->size);
        size_t left = file->size - at, size = 1 + next_random(seed) % 64;
        size = size < left ? size : left;
        switch (next_random(seed) % 8) {
        case 0: /* double a run of bytes */
            assert_int_equal(exn_buffer_reserve(file, size), EXN_OK);
            memmove(file->data + at + size, file->data + at, left);
            file->size += size;
            break;
        case 1:
            memmove(file->data + at, file->data + at + size, left - size);
            file->size -= size < file->size ? size : 0;
            break;
        case 2:
            if (next_random(seed) % 4 == 0 && at > 0)
                file->size = at;
            break;
        case 3:
            file->data[at] = 0xFF;
            break;
        default:
            file->data[at] = (uint8_t)next_random(seed);
            break;
        }
    }
}

/* A run believes exn_check() where it finds nothing to do or fails, and does not read on: then
 * exn_normalize() must say the same of the whole file. Where there is work, exn_check() may only be
 * ignorant of damage in what it did not read. Returns whether both were content. */
static bool compare(const exn_buffer *file)
{
    exn_result looked = {.struct_size = sizeof(exn_result)},
               done = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    counted c = {.file = {file->data, file->size}};
    exn_status a = check(&c, NULL, &looked, NULL);
    exn_status b = exn_normalize(file->data, file->size, NULL, &product, &done, NULL);
    exn_bytes_free(&product);
    if (a != EXN_OK || looked.outcome == EXN_OUTCOME_UNTOUCHED) {
        assert_int_equal(a, b);
        assert_int_equal(looked.outcome, done.outcome);
        assert_int_equal(looked.warnings, done.warnings);
    }
    if (a != EXN_OK || b != EXN_OK)
        return false;
    assert_int_equal(looked.format, done.format);
    assert_int_equal(looked.orientation, done.orientation);
    assert_int_equal(looked.orientation_place, done.orientation_place);
    assert_int_equal(looked.reasons, done.reasons);
    assert_int_equal(looked.warnings & (IGNORED | AMBIGUOUS),
                     done.warnings & (IGNORED | AMBIGUOUS));
    assert_int_equal(looked.outcome == EXN_OUTCOME_UNTOUCHED,
                     done.outcome == EXN_OUTCOME_UNTOUCHED);
    assert_int_equal(looked.width_out, done.width_out);
    assert_int_equal(looked.height_out, done.height_out);
    return true;
}

static void test_agreement(void **state)
{
    (void)state;
    enum { ROUNDS = 400 };
    uint32_t seed = 20260730, both = 0;
    for (size_t i = 0; i < FILES; i++) {
        exn_buffer file = {0};
        load(files[i], &file);
        assert_true(compare(&file));
        for (int round = 0; round < ROUNDS; round++) {
            exn_buffer mutant = {0};
            put(&mutant, file.data, file.size);
            mutate(&mutant, &seed);
            both += compare(&mutant);
            exn_buffer_free(&mutant);
        }
        exn_buffer_free(&file);
    }
    /* Enough of them must have been readable for this to say anything. */
    assert_in_range(both, FILES * ROUNDS / 10, FILES * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_icc_before_exif),   cmocka_unit_test(test_resources),
        cmocka_unit_test(test_exif_last),         cmocka_unit_test(test_fill_bytes),
        cmocka_unit_test(test_garbage_between),   cmocka_unit_test(test_header_of_128_k),
        cmocka_unit_test(test_cut_headers),       cmocka_unit_test(test_options),
        cmocka_unit_test(test_exif_behind_idats), cmocka_unit_test(test_no_image),
        cmocka_unit_test(test_read_errors),       cmocka_unit_test(test_agreement),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
