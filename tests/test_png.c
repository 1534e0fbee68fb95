/* SPDX-License-Identifier: MIT */
/* The PNG row of the table of formats: pixels against a naive turn, chunks against the source's
 * own, damage of every kind, and which eXIf counts.
 *
 * Files are made and read back by support/png_make.c, which asks libpng for one byte a sample, so
 * that it shares neither code nor the packed layout with src/lib/png. */
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
#include "support/png_make.h"

#define NOISE     (1U << EXN_WARN_HARMLESS_NOISE)
#define IGNORED   (1U << EXN_WARN_ORIENTATION_IGNORED)
#define AMBIGUOUS (1U << EXN_WARN_ORIENTATION_AMBIGUOUS)
#define REMOVED   (1U << EXN_WARN_EXIF_REMOVED)
#define DROPPED   (1U << EXN_WARN_CHUNK_REMOVED)
#define UNSAFE    (1U << EXN_WARN_UNSAFE_CHUNK_KEPT)
#define SIGNED    (1U << EXN_WARN_SIGNATURE_INVALID)

static const exn_format_ops *const ops = &exn_png_format;
static const exn_options defaults = {
    .struct_size = sizeof(exn_options), .max_memory = 1U << 30, .max_pixels = 1000000};

/* --- One file through the row ---------------------------------------------------------------- */

static exn_status open_image(exn_span file, exn_image *image)
{
    *image = (exn_image){.ops = ops, .data = file};
    assert_true(ops->sniff(exn_span_part(file, 0, 64)));
    exn_status status = ops->scan(image, &defaults, NULL);
    image->turn = exn_orientation_from_exif(image->orientation); /* the scanner's part */
    return status;
}

static exn_status scan_status(exn_span file)
{
    exn_image image;
    exn_status status = open_image(file, &image);
    ops->close(&image);
    return status;
}

static exn_status decode_status(exn_span file, uint32_t *warnings)
{
    exn_image image;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_status status = open_image(file, &image);
    if (status == EXN_OK)
        status = ops->decode(&image, &defaults, &result, NULL);
    ops->close(&image);
    if (warnings)
        *warnings = result.warnings;
    return status;
}

/* Scans and produces with the orientation found, or with forced where that is not 0. */
static exn_status produce(exn_span file, uint32_t forced, exn_buffer *out, exn_result *result)
{
    exn_image image;
    exn_result_init(result, sizeof *result);
    exn_status status = open_image(file, &image);
    if (forced)
        image.turn = exn_orientation_from_exif(forced);
    if (status == EXN_OK)
        status = ops->produce(&image, &defaults, out, result, NULL);
    ops->close(&image);
    return status;
}

static exn_status verify(exn_span before, exn_span after, uint32_t forced)
{
    exn_image a, b;
    exn_result result = {.struct_size = sizeof(exn_result)};
    assert_int_equal(open_image(before, &a), EXN_OK);
    assert_int_equal(open_image(after, &b), EXN_OK);
    a.turn = exn_orientation_from_exif(forced);
    exn_status status = ops->verify(&a, &b, &defaults, &result, NULL);
    ops->close(&a);
    ops->close(&b);
    return status;
}

static bool needs_edit(exn_span file)
{
    exn_image image;
    assert_int_equal(open_image(file, &image), EXN_OK);
    ops->close(&image);
    return image.reasons != 0;
}

/* --- Files ----------------------------------------------------------------------------------- */

static void put_exif_tiff(exn_buffer *tiff, uint32_t orientation)
{
    exn_test_exif exif = {.orientation = (uint16_t)orientation};
    assert_true(exn_test_exif_make(&exif, tiff));
}

static void insert_exif(exn_buffer *file, uint32_t orientation)
{
    exn_buffer tiff = {0}, out = {0};
    put_exif_tiff(&tiff, orientation);
    assert_true(
        exn_test_png_insert(exn_buffer_span(file), "eXIf", exn_buffer_span(&tiff), true, &out));
    exn_buffer_free(&tiff);
    exn_buffer_free(file);
    *file = out;
}

static const struct {
    uint8_t colour_type, depth;
} pairs[15] = {{0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {3, 1},
               {3, 2}, {3, 4}, {3, 8}, {4, 8}, {4, 16}, {6, 8}, {6, 16}};

static exn_test_png spec_of(int pair, uint32_t width, uint32_t height, bool interlaced, bool trns)
{
    exn_test_png png = {.width = width, .height = height, .interlaced = interlaced};
    png.colour_type = pairs[pair].colour_type;
    png.depth = pairs[pair].depth;
    if (png.colour_type == 3)
        png.palette_size = 3 * (png.depth == 8 ? 200 : (size_t)1 << png.depth);
    if (trns)
        png.trns_size = png.colour_type == 0 ? 2 : png.colour_type == 2 ? 6 : png.palette_size / 6;
    for (size_t i = 0; i < png.palette_size; i++)
        png.palette[i] = (uint8_t)(i * 7);
    for (size_t i = 1; i < png.trns_size; i += 2)
        png.trns[i] = 1;
    return png;
}

static void assert_same_kind(const exn_test_png *a, const exn_test_png *b)
{
    assert_int_equal(a->colour_type, b->colour_type);
    assert_int_equal(a->depth, b->depth);
    assert_int_equal(a->interlaced, b->interlaced);
    assert_int_equal(a->palette_size, b->palette_size);
    assert_memory_equal(a->palette, b->palette, sizeof a->palette);
    assert_int_equal(a->trns_size, b->trns_size);
    assert_memory_equal(a->trns, b->trns, sizeof a->trns);
}

/* --- Pixels ---------------------------------------------------------------------------------- */

static void check_turned(const exn_test_png *spec, const uint8_t *pixels, uint32_t orientation,
                         exn_span product)
{
    exn_test_png read;
    uint8_t *got = NULL;
    size_t size = exn_test_png_pixel_size(spec);
    uint8_t *expected = malloc(size * spec->width * spec->height);
    exn_test_naive_rotate(orientation, pixels, spec->width, spec->height, size, expected);
    assert_true(exn_test_png_read(product, &read, &got));
    assert_same_kind(spec, &read);
    assert_int_equal(read.width, orientation > 4 ? spec->height : spec->width);
    assert_int_equal(read.height, orientation > 4 ? spec->width : spec->height);
    assert_memory_equal(got, expected, size * spec->width * spec->height);
    free(got);
    free(expected);
}

/* Turns by the tag, then back by the inverse, which is forced. */
static void check_picture(const exn_test_png *spec, uint32_t orientation)
{
    exn_buffer file = {0}, out = {0}, back = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    uint8_t *pixels = exn_test_png_pixels(spec);
    assert_true(exn_test_png_write(spec, pixels, &file));
    insert_exif(&file, orientation);
    assert_true(needs_edit(exn_buffer_span(&file)) == (orientation != 1));
    assert_int_equal(produce(exn_buffer_span(&file), 0, &out, &result), EXN_OK);
    bool turned = orientation != 1;
    assert_int_equal(result.warnings, 0);
    assert_int_equal(result.outcome, turned ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_METADATA);
    assert_int_equal(result.method, turned ? EXN_METHOD_SAMPLES : EXN_METHOD_EDIT);
    static const uint8_t channels[7] = {1, 0, 3, 1, 2, 0, 4};
    assert_int_equal(result.exact_components, (1 << channels[spec->colour_type]) - 1);
    assert_false(needs_edit(exn_buffer_span(&out)));
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), orientation), EXN_OK);
    check_turned(spec, pixels, orientation, exn_buffer_span(&out));

    uint32_t inverse = orientation == 6 ? 8 : orientation == 8 ? 6 : orientation;
    assert_int_equal(produce(exn_buffer_span(&out), inverse, &back, &result), EXN_OK);
    check_turned(spec, pixels, 1, exn_buffer_span(&back));
    free(pixels);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    exn_buffer_free(&back);
}

static void test_every_kind_of_picture_turns(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1}, {1, 7}, {7, 1}, {8, 9}, {17, 33}, {33, 16}};
    for (int pair = 0; pair < 15; pair++) {
        bool may_trns = pairs[pair].colour_type < 4;
        for (size_t size = 0; size < 6; size++) {
            for (uint32_t o = 1; o <= 8; o++) {
                exn_test_png png = spec_of(pair, sizes[size][0], sizes[size][1], false, may_trns);
                check_picture(&png, o);
                png = spec_of(pair, sizes[size][0], sizes[size][1], true, false);
                check_picture(&png, o);
            }
        }
    }
}

/* Wider and higher than a tile and a band, and more than one IDAT of 64 KiB. */
static void test_pictures_larger_than_a_tile_turn(void **state)
{
    (void)state;
    for (int pair = 0; pair < 15; pair++) {
        for (uint32_t o = 1; o <= 8; o++) {
            exn_test_png png = spec_of(pair, 201, 131, pair % 2, false);
            check_picture(&png, o);
        }
    }
}

static void test_verify_sees_one_wrong_sample(void **state)
{
    (void)state;
    for (int pair = 0; pair < 15; pair++) {
        exn_test_png png = spec_of(pair, 9, 5, false, false);
        exn_buffer file = {0}, out = {0}, wrong = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        uint8_t *pixels = exn_test_png_pixels(&png), *got;
        assert_true(exn_test_png_write(&png, pixels, &file));
        assert_int_equal(produce(exn_buffer_span(&file), 6, &out, &result), EXN_OK);
        assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 6), EXN_OK);
        assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 8), EXN_MISMATCH);
        assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&out), 1), EXN_MISMATCH);
        assert_true(exn_test_png_read(exn_buffer_span(&out), &png, &got));
        size_t size = exn_test_png_pixel_size(&png);
        for (size_t pixel = 0; pixel < 9 * 5; pixel++) {
            wrong.size = 0;
            got[size * pixel + pixel % size] ^= 1;
            assert_true(exn_test_png_write(&png, got, &wrong));
            assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&wrong), 6),
                             EXN_MISMATCH);
            got[size * pixel + pixel % size] ^= 1;
        }
        free(pixels);
        free(got);
        exn_buffer_free(&file);
        exn_buffer_free(&out);
        exn_buffer_free(&wrong);
    }
}

static void test_verify_sees_another_palette(void **state)
{
    (void)state;
    exn_test_png png = spec_of(9, 6, 6, false, true);
    exn_buffer file = {0}, colour = {0}, alpha = {0}, interlaced = {0};
    uint8_t *pixels = exn_test_png_pixels(&png);
    assert_true(exn_test_png_write(&png, pixels, &file));
    png.palette[5] ^= 1;
    assert_true(exn_test_png_write(&png, pixels, &colour));
    png.palette[5] ^= 1;
    png.trns[2] ^= 1;
    assert_true(exn_test_png_write(&png, pixels, &alpha));
    png.trns[2] ^= 1;
    png.interlaced = true;
    assert_true(exn_test_png_write(&png, pixels, &interlaced));
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&file), 1), EXN_OK);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&colour), 1), EXN_MISMATCH);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&alpha), 1), EXN_MISMATCH);
    assert_int_equal(verify(exn_buffer_span(&file), exn_buffer_span(&interlaced), 1), EXN_MISMATCH);
    free(pixels);
    exn_buffer_free(&file);
    exn_buffer_free(&colour);
    exn_buffer_free(&alpha);
    exn_buffer_free(&interlaced);
}

/* --- Chunks ---------------------------------------------------------------------------------- */

enum { W = 5, H = 3, ROW = W + 1, STREAM = H * ROW }; /* 8 bits gray or palette, filtered */

static void put_signature(exn_buffer *out)
{
    exn_buffer_append(out, "\x89PNG\r\n\x1a\n", 8);
}

static void put_ihdr(exn_buffer *out, uint32_t width, uint32_t height, int depth, int colour_type)
{
    uint8_t data[13] = {0};
    exn_put32be(data, width);
    exn_put32be(data + 4, height);
    data[8] = (uint8_t)depth;
    data[9] = (uint8_t)colour_type;
    exn_test_png_chunk(out, "IHDR", data, 13);
}

/* A zlib stream of size filtered bytes: filter 0, samples counting up. */
static size_t deflate_rows(uint8_t *stream, uLongf capacity, size_t size, int filter)
{
    uint8_t *rows = malloc(size);
    for (size_t i = 0; i < size; i++)
        rows[i] = (uint8_t)(i % ROW ? i : (size_t)filter);
    assert_int_equal(compress2(stream, &capacity, rows, size, 9), Z_OK);
    free(rows);
    return capacity;
}

static void put_idat(exn_buffer *out)
{
    uint8_t stream[100];
    exn_test_png_chunk(out, "IDAT", stream, deflate_rows(stream, sizeof stream, STREAM, 0));
}

static void put_head(exn_buffer *out)
{
    put_signature(out);
    put_ihdr(out, W, H, 8, 0);
}

static void put_text_chunk(exn_buffer *out, const char type[4], const char *text)
{
    exn_test_png_chunk(out, type, text, strlen(text));
}

/* Every kind of chunk that has no part in orientation, in legal order; names and dates are
 * placeholders. */
static void put_rich(exn_buffer *out, const char *colour, uint32_t orientation)
{
    static const uint8_t zeros[64], palette[768] = {9, 8, 7, 6};
    exn_buffer tiff = {0};
    put_exif_tiff(&tiff, orientation);
    put_signature(out);
    put_ihdr(out, W, H, 8, 3);
    exn_test_png_chunk(out, "gAMA", "\0\0\xb1\x8f", 4);
    exn_test_png_chunk(out, "cHRM", zeros, 32);
    put_text_chunk(out, colour, "\1name\0");
    exn_test_png_chunk(out, "sBIT", "\x8\x8\x8", 3);
    exn_test_png_chunk(out, "PLTE", palette, 768);
    exn_test_png_chunk(out, "tRNS", "\x80\xff\x40", 3);
    exn_test_png_chunk(out, "bKGD", "\1", 1);
    exn_test_png_chunk(out, "hIST", zeros, 0);
    exn_test_png_chunk(out, "pHYs", "\0\0\0\1\0\0\0\2\1", 9);
    exn_test_png_chunk(out, "oFFs", "\0\0\0\3\0\0\0\4\0", 9);
    put_text_chunk(out, "prVt", "safe, before");
    exn_test_png_chunk(out, "eXIf", tiff.data, tiff.size);
    put_text_chunk(out, "tEXt", "Comment");
    put_idat(out);
    exn_test_png_chunk(out, "IDAT", NULL, 0);
    put_text_chunk(out, "tEXt", "Comment");
    put_text_chunk(out, "zTXt", "Comment");
    put_text_chunk(out, "iTXt", "Comment");
    exn_test_png_chunk(out, "tIME", zeros, 7);
    put_text_chunk(out, "prVt", "safe, after");
    exn_test_png_chunk(out, "IEND", NULL, 0);
    exn_buffer_append(out, "behind the end", 14);
    exn_buffer_free(&tiff);
}

/* The next chunk that is not a second IDAT. */
static bool next_chunk(exn_span file, size_t *offset, char type[5], exn_span *data)
{
    bool idat = *offset > 8 && strcmp(type, "IDAT") == 0;
    bool more = exn_test_png_next(file, offset, type, data);
    while (idat && more && strcmp(type, "IDAT") == 0)
        more = exn_test_png_next(file, offset, type, data);
    return more;
}

static void check_chunk(const char *type, exn_span before, exn_span after, bool transposed,
                        bool turned)
{
    uint8_t expected[13];
    uint32_t crc = (uint32_t)crc32(0, after.data - 4, (uInt)after.size + 4);
    assert_int_equal(crc, exn_get32be(after.data + after.size));
    if (strcmp(type, "eXIf") == 0 || (turned && strcmp(type, "IDAT") == 0))
        return;
    assert_int_equal(before.size, after.size);
    bool pair = strcmp(type, "IHDR") == 0 || strcmp(type, "pHYs") == 0 || strcmp(type, "oFFs") == 0;
    if (!pair || !transposed) {
        assert_memory_equal(before.data, after.data, after.size);
        return;
    }
    memcpy(expected, before.data, before.size);
    memcpy(expected, before.data + 4, 4);
    memcpy(expected + 4, before.data, 4);
    assert_memory_equal(expected, after.data, after.size);
}

static int check_all_chunks(exn_span before, exn_span after, uint32_t orientation)
{
    size_t a = 8, b = 8;
    char type_a[5], type_b[5];
    exn_span data_a, data_b;
    int count = 0;
    bool turned = orientation > 1 && orientation < 9;
    while (next_chunk(before, &a, type_a, &data_a)) {
        assert_true(next_chunk(after, &b, type_b, &data_b));
        assert_string_equal(type_a, type_b);
        check_chunk(type_a, data_a, data_b, turned && orientation > 4, turned);
        count++;
    }
    assert_int_equal(before.size - a, after.size - b);
    assert_memory_equal(before.data + a, after.data + b, before.size - a);
    return count;
}

/* 9 is no orientation: metadata alone is edited then. */
static void test_chunks_are_carried_over_in_place(void **state)
{
    (void)state;
    for (uint32_t orientation = 2; orientation <= 9; orientation++) {
        exn_buffer file = {0}, out = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        put_rich(&file, orientation % 2 ? "sRGB" : "iCCP", orientation);
        assert_true(needs_edit(exn_buffer_span(&file)));
        assert_int_equal(produce(exn_buffer_span(&file), 0, &out, &result), EXN_OK);
        assert_int_equal(
            check_all_chunks(exn_buffer_span(&file), exn_buffer_span(&out), orientation), 21);
        assert_int_equal(result.warnings, 0);
        assert_int_equal(result.outcome,
                         orientation == 9 ? EXN_OUTCOME_METADATA : EXN_OUTCOME_LOSSLESS);
        assert_false(needs_edit(exn_buffer_span(&out)));
        exn_buffer_free(&file);
        exn_buffer_free(&out);
    }
}

/* head, the chunk before, IDAT, the chunk after, IEND. */
static exn_status produce_with(const char *type, bool before, uint32_t orientation,
                               uint32_t *warnings, bool *kept)
{
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    put_head(&file);
    if (before)
        put_text_chunk(&file, type, "data");
    put_idat(&file);
    if (!before)
        put_text_chunk(&file, type, "data");
    exn_test_png_chunk(&file, "IEND", NULL, 0);
    exn_status status = produce(exn_buffer_span(&file), orientation, &out, &result);
    *warnings = result.warnings;
    *kept = status == EXN_OK && memmem(out.data, out.size, type, 4);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    return status;
}

static void test_unknown_chunks(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        exn_status turning;
        uint32_t when_turned, when_edited;
        bool kept;
    } rows[] = {
        {"prVt", EXN_OK, 0, 0, true},           {"prVT", EXN_OK, UNSAFE, 0, true},
        {"sTER", EXN_OK, UNSAFE, 0, true},      {"cICP", EXN_OK, 0, 0, true},
        {"dSIG", EXN_OK, SIGNED, SIGNED, true}, {"caBX", EXN_OK, SIGNED, SIGNED, true},
        {"iDOT", EXN_OK, DROPPED, 0, false},    {"PrVT", EXN_UNSUPPORTED, 0, 0, true},
        {"acTL", EXN_CORRUPT, 0, 0, true},
    };
    uint32_t warnings;
    bool kept;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int before = 0; before < 2; before++) {
            const char *type = rows[i].type;
            assert_int_equal(produce_with(type, before, 3, &warnings, &kept), rows[i].turning);
            assert_int_equal(warnings, rows[i].when_turned);
            assert_int_equal(kept, rows[i].turning == EXN_OK && rows[i].kept);
            assert_int_equal(produce_with(type, before, 1, &warnings, &kept), EXN_OK);
            assert_int_equal(warnings, rows[i].when_edited);
            assert_true(kept);
        }
    }
}

/* --- Damage ---------------------------------------------------------------------------------- */

/* How many bytes a file that is cut at size has after its last whole chunk; SIZE_MAX: that lies
 * before the end of IDAT. */
static size_t left_over(exn_span file, size_t size)
{
    size_t offset = 8, end = 8;
    bool has_idat = false;
    char type[5];
    exn_span data;
    while (exn_test_png_next(file, &offset, type, &data) && offset <= size) {
        has_idat |= strcmp(type, "IDAT") == 0;
        end = offset;
    }
    return has_idat ? size - end : SIZE_MAX;
}

/* But where only the end is missing, or what may be its beginning. */
static void test_every_cut_file_is_corrupt(void **state)
{
    (void)state;
    exn_buffer file = {0};
    int open_ends = 0;
    put_rich(&file, "sRGB", 6);
    for (size_t size = 8; size < file.size - 14; size++) {
        bool open_end = left_over(exn_buffer_span(&file), size) < 12;
        assert_int_equal(scan_status(exn_span_part(exn_buffer_span(&file), 0, size)),
                         open_end ? EXN_OK : EXN_CORRUPT);
        open_ends += open_end;
    }
    assert_in_range(open_ends, 24, file.size / 2);
    assert_int_equal(scan_status(exn_span_part(exn_buffer_span(&file), 0, file.size - 14)), EXN_OK);
    assert_false(ops->sniff(exn_span_part(exn_buffer_span(&file), 0, 7)));
    assert_false(ops->sniff((exn_span){(const uint8_t *)"\x89PNG\n\n\x1a\n", 8}));
    exn_buffer_free(&file);
}

/* A file of the chunks that list names, one letter each. */
static void put_listed(exn_buffer *out, const char *list)
{
    static const uint8_t zeros[771];
    put_signature(out);
    for (; *list; list++) {
        switch (*list) {
        case 'H': /* gray */
            put_ihdr(out, W, H, 8, 0);
            break;
        case 'T': /* truecolour, where PLTE is but a suggestion */
            put_ihdr(out, W, H, 8, 2);
            break;
        case 'X': /* palette */
            put_ihdr(out, W, H, 8, 3);
            break;
        case 'P':
            exn_test_png_chunk(out, "PLTE", "abcdef", 6);
            break;
        case 'Q': /* no whole entry at the end */
            exn_test_png_chunk(out, "PLTE", "abcdefg", 7);
            break;
        case 'R': /* 257 entries */
            exn_test_png_chunk(out, "PLTE", zeros, 771);
            break;
        case 'Z':
            exn_test_png_chunk(out, "PLTE", NULL, 0);
            break;
        case 'D':
            put_idat(out);
            break;
        case 'e': /* an IDAT with no data */
            exn_test_png_chunk(out, "IDAT", NULL, 0);
            break;
        case 't':
            put_text_chunk(out, "tEXt", "text");
            break;
        case 'N':
            exn_test_png_chunk(out, "IEND", NULL, 0);
            break;
        default:
            fail();
        }
    }
}

static void test_structure(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        exn_status scan;
    } rows[] =
        {
            {"HDN", EXN_OK},        {"HtDtN", EXN_OK},      {"HDeN", EXN_OK},
            {"XPDN", EXN_OK},       {"TPDN", EXN_OK},       {"TDN", EXN_OK},
            {"HDNHDN", EXN_OK}, /* all behind IEND is free */
            {"", EXN_CORRUPT},      {"N", EXN_CORRUPT},     {"H", EXN_CORRUPT},
            {"HN", EXN_CORRUPT},    {"tHDN", EXN_CORRUPT},  {"DHN", EXN_CORRUPT},
            {"HHDN", EXN_CORRUPT},  {"XDN", EXN_CORRUPT},   {"XDPN", EXN_CORRUPT},
            {"XPPDN", EXN_CORRUPT}, {"XQDN", EXN_CORRUPT},  {"XRDN", EXN_CORRUPT},
            {"XZDN", EXN_CORRUPT},  {"TPPDN", EXN_CORRUPT},
        };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = {0};
        put_listed(&file, rows[i].list);
        assert_int_equal(scan_status(exn_buffer_span(&file)), rows[i].scan);
        exn_buffer_free(&file);
    }
}

/* What decoders forgive: a palette that means nothing, IDATs apart of which the first are the
 * picture, no IEND. libpng reads source and output as the same picture, and the output has an IEND;
 * where the first IDATs are not all of it, nothing is made. */
static void test_slips_are_forgiven(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool good;
    } rows[] = {{"HPDN", true}, {"TQDN", true},   {"TRDN", true},  {"TZDN", true},
                {"TDPN", true}, {"HDPN", true},   {"HDtDN", true}, {"HD", true},
                {"HDt", true},  {"HetDN", false}, {"Het", false},  {"He", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_buffer file = {0};
        put_listed(&file, rows[i].list);
        exn_status status = exn_normalize(file.data, file.size, NULL, &product, &result, NULL);
        if (rows[i].list[0] != 'T') /* whose rows have more bytes than are there */
            assert_int_equal(status, rows[i].good ? EXN_OK : EXN_CORRUPT);
        assert_int_equal(result.warnings & NOISE, NOISE);
        exn_bytes_free(&product);
        exn_buffer out = {0};
        exn_result turned = {.struct_size = sizeof(exn_result)};
        if (rows[i].good && rows[i].list[0] != 'T') {
            assert_int_equal(produce(exn_buffer_span(&file), 6, &out, &turned), EXN_OK);
            assert_memory_equal(out.data + out.size - 12, "\0\0\0\0IEND\xAE\x42\x60\x82", 12);
        }
        exn_buffer_free(&file);
        exn_buffer_free(&out);
    }
}

/* An end of its own for a whole picture: what is kept behind the IEND that the output gets, or
 * SIZE_MAX for all of it. */
static void check_end(const char *end, size_t size, size_t kept)
{
    static const char iend[12] = "\0\0\0\0IEND\xAE\x42\x60\x82";
    exn_test_png read, again;
    uint8_t *pixels = NULL, *turned = NULL;
    for (uint32_t o = 1; o <= 8; o++) {
        exn_buffer file = {0}, whole = {0}, out = {0};
        exn_image image;
        exn_result result = {.struct_size = sizeof(exn_result)};
        uint32_t warnings;
        put_listed(&whole, "HDN");
        put_listed(&file, "HD");
        assert_int_equal(exn_buffer_append(&file, end, size), EXN_OK);
        assert_int_equal(open_image(exn_buffer_span(&file), &image), EXN_OK);
        assert_int_equal(image.warnings, NOISE);
        ops->close(&image);
        assert_int_equal(decode_status(exn_buffer_span(&file), &warnings), EXN_OK);
        assert_int_equal(produce(exn_buffer_span(&file), o, &out, &result), EXN_OK);
        assert_true(out.size > sizeof iend + kept);
        assert_memory_equal(out.data + out.size - kept - sizeof iend, iend, sizeof iend);
        if (kept)
            assert_memory_equal(out.data + out.size - kept, end + size - kept, kept);
        assert_true(exn_test_png_read(exn_buffer_span(&out), &read, &turned));
        assert_true(exn_test_png_read(exn_buffer_span(&whole), &again, &pixels));
        uint8_t expected[W * H];
        exn_test_naive_rotate(o, pixels, W, H, 1, expected);
        assert_memory_equal(turned, expected, sizeof expected);
        free(turned);
        free(pixels);
        exn_buffer_free(&whole);
        exn_buffer_free(&file);
        exn_buffer_free(&out);
    }
}

static void test_ends(void **state)
{
    (void)state;
    static const char zeros[100], iend[13] = "\0\0\0\0IEND\xAE\x42\x60\x82";
    exn_buffer long_end = {0};
    for (size_t size = 0; size < 12; size++)
        check_end(iend, size, 0);
    check_end("\0\0\0\0IEND\xAE\x42\x60\x83", 12, 0);
    check_end("\0\0\0\0IEND\0\0\0\0trailer", 19, 7);
    check_end(zeros, sizeof zeros, sizeof zeros);
    check_end("\0\0\0\x7no chunk", 12, 12);
    exn_test_png_chunk(&long_end, "IEND", "data", 4);
    check_end((const char *)long_end.data, long_end.size, 0);
    exn_buffer_free(&long_end);
}

/* Every pair of bytes as colour type and depth: 15 are legal. */
static void test_legal_headers(void **state)
{
    (void)state;
    int legal = 0;
    for (int pair = 0; pair < 65536; pair++) {
        exn_buffer file = {0};
        put_signature(&file);
        put_ihdr(&file, 1, 1, pair >> 8, pair & 0xff);
        if ((pair & 0xff) == 3)
            exn_test_png_chunk(&file, "PLTE", "abc", 3);
        put_idat(&file);
        exn_test_png_chunk(&file, "IEND", NULL, 0);
        legal += scan_status(exn_buffer_span(&file)) == EXN_OK;
        exn_buffer_free(&file);
    }
    assert_int_equal(legal, 15);
}

/* Changes one byte of IHDR and sets its CRC right again. */
static exn_status scan_with_header_byte(size_t at, uint8_t value)
{
    exn_buffer file = {0};
    put_listed(&file, "HDN");
    file.data[16 + at] = value;
    exn_put32be(file.data + 29, (uint32_t)crc32(0, file.data + 12, 17));
    exn_status status = scan_status(exn_buffer_span(&file));
    exn_buffer_free(&file);
    return status;
}

static void test_header_bytes(void **state)
{
    (void)state;
    assert_int_equal(scan_with_header_byte(12, 0), EXN_OK);
    assert_int_equal(scan_with_header_byte(12, 1), EXN_OK);
    assert_int_equal(scan_with_header_byte(12, 2), EXN_CORRUPT);  /* interlace method */
    assert_int_equal(scan_with_header_byte(10, 1), EXN_CORRUPT);  /* compression method */
    assert_int_equal(scan_with_header_byte(11, 64), EXN_CORRUPT); /* MNG's filter method */
    assert_int_equal(scan_with_header_byte(3, 0), EXN_CORRUPT);   /* width 0 */
    assert_int_equal(scan_with_header_byte(7, 0), EXN_CORRUPT);   /* height 0 */
    assert_int_equal(scan_with_header_byte(0, 0x80), EXN_CORRUPT);
    assert_int_equal(scan_with_header_byte(4, 0x80), EXN_CORRUPT);
}

/* Flips one bit of the file at offset. */
static exn_status flipped(const char *list, size_t offset, exn_status (*ask)(exn_span file))
{
    exn_buffer file = {0};
    put_listed(&file, list);
    file.data[offset] ^= 1;
    exn_status status = ask(exn_buffer_span(&file));
    exn_buffer_free(&file);
    return status;
}

static exn_status decode_quietly(exn_span file)
{
    return decode_status(file, NULL);
}

static void test_wrong_crcs(void **state)
{
    (void)state;
    assert_int_equal(flipped("HDN", 29, scan_status), EXN_CORRUPT);       /* IHDR */
    assert_int_equal(flipped("XPDN", 33 + 14, scan_status), EXN_CORRUPT); /* PLTE */
    exn_buffer file = {0};
    put_listed(&file, "HDN");
    size_t idat_crc = file.size - 16, iend_crc = file.size - 4;
    exn_buffer_free(&file);
    assert_int_equal(flipped("HDN", idat_crc, scan_status), EXN_OK);
    assert_int_equal(flipped("HDN", idat_crc, decode_quietly), EXN_CORRUPT);
    assert_int_equal(flipped("HDN", iend_crc, decode_quietly), EXN_OK);
}

static void test_illegal_lengths_and_types(void **state)
{
    (void)state;
    static const uint8_t wrong[][4] = {
        {0x80, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff, 0xff}};
    for (int i = 0; i < 4; i++) {
        exn_buffer file = {0};
        put_listed(&file, "HtDN");
        assert_int_equal(scan_status(exn_buffer_span(&file)), EXN_OK);
        if (i < 3)
            memcpy(file.data + 33, wrong[i], 4);
        else
            file.data[33 + 5] = '[';
        assert_int_equal(scan_status(exn_buffer_span(&file)), EXN_CORRUPT);
        exn_buffer_free(&file);
    }
}

static void test_apples_variant_is_named(void **state)
{
    (void)state;
    exn_buffer file = {0};
    put_signature(&file);
    exn_test_png_chunk(&file, "CgBI", "\x50\0\x20\2", 4);
    put_ihdr(&file, W, H, 8, 6);
    assert_int_equal(scan_status(exn_buffer_span(&file)), EXN_UNSUPPORTED);
    exn_buffer_free(&file);
}

static void test_transparency_lengths(void **state)
{
    (void)state;
    static const struct {
        int colour_type;
        size_t size, second; /* 0: there is no second one */
        uint32_t warnings;
    } rows[] = {{0, 2, 0, 0}, {0, 3, 0, NOISE}, {3, 2, 0, 0},     {3, 3, 0, NOISE},
                {2, 6, 0, 0}, {2, 2, 0, NOISE}, {6, 6, 0, NOISE}, {0, 2, 3, 0}};
    static const uint8_t zeros[16];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = {0};
        put_signature(&file);
        put_ihdr(&file, 1, 1, 8, rows[i].colour_type);
        if (rows[i].colour_type == 3)
            exn_test_png_chunk(&file, "PLTE", "abcdef", 6);
        exn_test_png_chunk(&file, "tRNS", zeros, rows[i].size);
        if (rows[i].second)
            exn_test_png_chunk(&file, "tRNS", zeros, rows[i].second);
        uint8_t stream[64];
        size_t pixel = rows[i].colour_type == 2 ? 3 : rows[i].colour_type == 6 ? 4 : 1;
        size_t size = deflate_rows(stream, sizeof stream, 1 + pixel, 0);
        exn_test_png_chunk(&file, "IDAT", stream, size);
        exn_test_png_chunk(&file, "IEND", NULL, 0);
        uint32_t warnings;
        assert_int_equal(decode_status(exn_buffer_span(&file), &warnings), EXN_OK);
        assert_int_equal(warnings, rows[i].warnings);
        exn_buffer out = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        assert_int_equal(produce(exn_buffer_span(&file), 6, &out, &result), EXN_OK);
        assert_int_equal(result.warnings, rows[i].warnings);
        exn_buffer_free(&out);
        exn_buffer_free(&file);
    }
}

/* --- The zlib stream ------------------------------------------------------------------------- */

/* A file whose IDATs hold first, then rest. */
static void put_stream(exn_buffer *file, const uint8_t *stream, size_t size, size_t first)
{
    put_head(file);
    exn_test_png_chunk(file, "IDAT", stream, first);
    if (first < size)
        exn_test_png_chunk(file, "IDAT", stream + first, size - first);
    exn_test_png_chunk(file, "IEND", NULL, 0);
}

static exn_status decode_stream(const uint8_t *stream, size_t size, size_t first,
                                uint32_t *warnings)
{
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    put_stream(&file, stream, size, first);
    exn_status status = decode_status(exn_buffer_span(&file), warnings);
    assert_int_equal(produce(exn_buffer_span(&file), 5, &out, &result), status);
    if (status == EXN_OK)
        assert_int_equal(result.warnings, *warnings);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
    return status;
}

/* How many bytes zlib gives for a stream that is cut. */
static size_t inflated_size(const uint8_t *stream, size_t size)
{
    uint8_t out[STREAM];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)stream, .avail_in = (uInt)size};
    assert_int_equal(inflateInit(&z), Z_OK);
    z.next_out = out;
    z.avail_out = sizeof out;
    inflate(&z, Z_SYNC_FLUSH);
    size_t given = sizeof out - z.avail_out;
    inflateEnd(&z);
    return given;
}

/* Wherever the IDATs are parted, a whole stream is read, one that is cut inside of the picture is
 * not, and a wrong checksum is seen; one that is missing, of a picture that is all there, is
 * forgiven. */
static void test_streams_parted_and_cut(void **state)
{
    (void)state;
    uint8_t stream[100];
    uint32_t warnings;
    size_t size = deflate_rows(stream, sizeof stream, STREAM, 0);
    for (size_t first = 0; first <= size; first++) {
        assert_int_equal(decode_stream(stream, size, first, &warnings), EXN_OK);
        assert_int_equal(warnings, 0);
    }
    assert_int_equal(inflated_size(stream, size - 4), STREAM);
    for (size_t cut = 0; cut < size; cut++) {
        bool whole = inflated_size(stream, cut) == STREAM;
        for (size_t first = cut > 5 ? cut - 5 : 0; first <= cut; first++) {
            assert_int_equal(decode_stream(stream, cut, first, &warnings),
                             whole ? EXN_OK : EXN_CORRUPT);
            assert_int_equal(warnings, whole ? NOISE : 0);
        }
    }
    for (size_t byte = 1; byte <= 4; byte++) {
        stream[size - byte] ^= 0x10;
        for (size_t first = 0; first <= size; first++)
            assert_int_equal(decode_stream(stream, size, first, &warnings), EXN_CORRUPT);
        stream[size - byte] ^= 0x10;
    }
}

static void test_streams_too_short_and_too_long(void **state)
{
    (void)state;
    uint8_t stream[4096];
    uint32_t warnings;
    size_t size = deflate_rows(stream, sizeof stream, STREAM - 1, 0);
    assert_int_equal(decode_stream(stream, size, size, &warnings), EXN_CORRUPT);
    size = deflate_rows(stream, sizeof stream, STREAM + 1, 0);
    assert_int_equal(decode_stream(stream, size, size, &warnings), EXN_OK);
    assert_int_equal(warnings, NOISE);
    /* Bytes behind the stream, in its IDAT and in the next. */
    size = deflate_rows(stream, sizeof stream, STREAM, 0);
    assert_int_equal(decode_stream(stream, size + 9, size + 9, &warnings), EXN_OK);
    assert_int_equal(warnings, NOISE);
    assert_int_equal(decode_stream(stream, size + 9, size, &warnings), EXN_OK);
    assert_int_equal(warnings, NOISE);
}

static void test_bombs_and_bad_filters(void **state)
{
    (void)state;
    static uint8_t stream[65536];
    uint32_t warnings;
    size_t size = deflate_rows(stream, sizeof stream, 4 << 20, 0);
    assert_int_equal(decode_stream(stream, size, size, &warnings), EXN_CORRUPT);
    size = deflate_rows(stream, sizeof stream, STREAM, 4);
    assert_int_equal(decode_stream(stream, size, size, &warnings), EXN_OK);
    size = deflate_rows(stream, sizeof stream, STREAM, 5);
    assert_int_equal(decode_stream(stream, size, size, &warnings), EXN_CORRUPT);
}

static exn_status limited(uint32_t width, uint32_t height, exn_options options)
{
    exn_buffer file = {0}, out = {0};
    exn_image image;
    exn_result result = {.struct_size = sizeof(exn_result)};
    put_signature(&file);
    put_ihdr(&file, width, height, 16, 6);
    put_idat(&file);
    exn_test_png_chunk(&file, "IEND", NULL, 0);
    assert_int_equal(open_image(exn_buffer_span(&file), &image), EXN_OK);
    image.turn = exn_orientation_from_exif(6);
    exn_status status = ops->produce(&image, &options, &out, &result, NULL);
    if (status == EXN_LIMIT)
        assert_null(out.data);
    exn_buffer_free(&out);
    if (status == EXN_LIMIT)
        assert_int_equal(ops->verify(&image, &image, &options, &result, NULL),
                         width == height ? EXN_LIMIT : EXN_MISMATCH);
    ops->close(&image);
    exn_buffer_free(&file);
    return status;
}

static void test_limits_come_before_allocation(void **state)
{
    (void)state;
    exn_options options = {
        .struct_size = sizeof(exn_options), .max_memory = UINT64_MAX, .max_pixels = 500000000};
    assert_int_equal(limited(0x7fffffff, 0x7fffffff, options), EXN_LIMIT);
    assert_int_equal(limited(30000, 30000, options), EXN_LIMIT);
    options = (exn_options){
        .struct_size = sizeof(exn_options), .max_memory = 1 << 30, .max_pixels = UINT64_MAX};
    assert_int_equal(limited(0x7fffffff, 0x7fffffff, options), EXN_LIMIT);
    assert_int_equal(limited(0x7fffffff, 1, options), EXN_LIMIT);
    assert_int_equal(limited(1, 0x7fffffff, options), EXN_LIMIT);
    assert_int_equal(limited(30000, 30000, options), EXN_LIMIT);
    assert_int_equal(limited(100, 100, options), EXN_CORRUPT);
    options.max_memory = 1 << 20;
    assert_int_equal(limited(100, 100, options), EXN_LIMIT);
}

/* --- Which eXIf counts ----------------------------------------------------------------------- */

static void put_animation(exn_buffer *file)
{
    uint8_t control[26] = {[7] = W, [11] = H};
    exn_test_png_chunk(file, "acTL", "\0\0\0\1\0\0\0\0", 8);
    exn_test_png_chunk(file, "fcTL", control, sizeof control);
}

/* list: what stands before IDAT, '|', what stands after. A digit is an eXIf with that orientation;
 * before it 'p' puts the prefix of JPEG, 'c' breaks the CRC; 'g' is garbage, '-' a block without
 * orientation, 'a' an animation whose only frame is the picture. */
static void put_exifs(exn_buffer *file, const char *list)
{
    bool prefix = false, broken = false;
    put_head(file);
    for (; *list; list++) {
        exn_buffer data = {0};
        if (prefix)
            exn_buffer_append(&data, "Exif\0", 6);
        if (*list == 'g')
            exn_buffer_append(&data, "garbage", 7);
        if (*list == '|')
            put_idat(file);
        if (*list == 'a')
            put_animation(file);
        if ((*list >= '0' && *list <= '9') || *list == '-') {
            exn_buffer tiff = {0};
            put_exif_tiff(&tiff, *list == '-' ? 0 : (uint32_t)(*list - '0'));
            exn_buffer_append(&data, tiff.data, tiff.size);
            exn_buffer_free(&tiff);
        }
        if (*list != 'p' && data.size)
            exn_test_png_chunk(file, "eXIf", data.data, data.size);
        if (broken && data.size)
            file->data[file->size - 1] ^= 1;
        broken = *list == 'c';
        prefix = *list == 'p';
        exn_buffer_free(&data);
    }
    exn_test_png_chunk(file, "IEND", NULL, 0);
}

static int count_exifs(exn_span file)
{
    size_t offset = 8;
    char type[5];
    exn_span data;
    int count = 0;
    while (exn_test_png_next(file, &offset, type, &data))
        count += strcmp(type, "eXIf") == 0;
    return count;
}

typedef struct exif_row {
    const char *list;
    uint32_t orientation;
    bool needs_edit;
    uint32_t warnings; /* of the scan */
    uint32_t produced; /* of the product */
    int left;          /* eXIf chunks in it */
} exif_row;

static void check_exif_row(const exif_row *row)
{
    exn_buffer file = {0}, out = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_image image;
    put_exifs(&file, row->list);
    assert_int_equal(open_image(exn_buffer_span(&file), &image), EXN_OK);
    assert_int_equal(image.orientation, row->orientation);
    assert_int_equal(image.place, row->orientation ? EXN_PLACE_IFD0 : EXN_PLACE_NONE);
    assert_int_equal(image.reasons != 0, row->needs_edit);
    assert_int_equal(image.warnings, row->warnings);
    if (row->needs_edit) {
        assert_int_equal(ops->produce(&image, &defaults, &out, &result, NULL), EXN_OK);
        assert_int_equal(result.outcome,
                         row->orientation > 1 ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_METADATA);
        assert_int_equal(result.warnings, row->produced);
        assert_int_equal(count_exifs(exn_buffer_span(&out)), row->left);
        assert_false(needs_edit(exn_buffer_span(&out)));
    }
    ops->close(&image);
    exn_buffer_free(&file);
    exn_buffer_free(&out);
}

static void test_which_exif_counts(void **state)
{
    (void)state;
    static const exif_row rows[] = {
        {"|", 0, false, 0, 0, 0},
        {"6|", 6, true, 0, 0, 1},
        {"1|", 1, false, 0, 0, 1},
        {"-|", 0, false, 0, 0, 1},
        {"|6", 0, true, IGNORED, 0, 1},
        {"|1", 0, false, 0, 0, 1},
        {"6|3", 6, true, IGNORED, 0, 2},
        {"6|6", 6, true, 0, 0, 2},
        {"63|", 6, true, IGNORED, 0, 2},
        {"16|", 1, true, IGNORED, 0, 2},
        {"-6|", 0, true, IGNORED, 0, 2},
        {"c6|", 0, true, IGNORED, REMOVED, 0},
        {"c63|", 3, true, IGNORED, REMOVED, 1},
        {"p6|", 0, true, IGNORED, 0, 1},
        {"p1|", 0, false, 0, 0, 1},
        {"p63|", 0, true, IGNORED | AMBIGUOUS, 0, 2},
        {"g6|", 0, true, AMBIGUOUS, 0, 2},
        {"gc6|", 0, true, IGNORED, REMOVED, 1},
        {"g|6", 0, true, IGNORED, 0, 2},
        {"a6|", 6, true, AMBIGUOUS, 0, 1},
        {"a1|", 1, false, 0, 0, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_exif_row(&rows[i]);
}

static void test_exif_span_is_the_block_that_counts(void **state)
{
    (void)state;
    exn_buffer file = {0}, tiff = {0};
    exn_image image;
    put_exifs(&file, "c36|8");
    put_exif_tiff(&tiff, 6);
    assert_int_equal(open_image(exn_buffer_span(&file), &image), EXN_OK);
    assert_int_equal(image.exif.size, tiff.size);
    assert_memory_equal(image.exif.data, tiff.data, tiff.size);
    assert_int_equal(image.width, W);
    assert_int_equal(image.height, H);
    assert_int_equal(image.components, 1);
    ops->close(&image);
    exn_buffer_free(&file);
    exn_buffer_free(&tiff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_picture_turns),
        cmocka_unit_test(test_pictures_larger_than_a_tile_turn),
        cmocka_unit_test(test_verify_sees_one_wrong_sample),
        cmocka_unit_test(test_verify_sees_another_palette),
        cmocka_unit_test(test_chunks_are_carried_over_in_place),
        cmocka_unit_test(test_unknown_chunks),
        cmocka_unit_test(test_every_cut_file_is_corrupt),
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_legal_headers),
        cmocka_unit_test(test_header_bytes),
        cmocka_unit_test(test_wrong_crcs),
        cmocka_unit_test(test_slips_are_forgiven),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_illegal_lengths_and_types),
        cmocka_unit_test(test_apples_variant_is_named),
        cmocka_unit_test(test_transparency_lengths),
        cmocka_unit_test(test_streams_parted_and_cut),
        cmocka_unit_test(test_streams_too_short_and_too_long),
        cmocka_unit_test(test_bombs_and_bad_filters),
        cmocka_unit_test(test_limits_come_before_allocation),
        cmocka_unit_test(test_which_exif_counts),
        cmocka_unit_test(test_exif_span_is_the_block_that_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
