/* SPDX-License-Identifier: MIT */
/* JPEGs inside of metadata: turned with the picture, and rid of an orientation of their own, which
 * would turn them twice, wherever they stand; with room for them where there seems to be none.
 *
 * Oracles: libexif for what a JPEG says of itself, coefficients and naive turns for its pixels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <libexif/exif-data.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "jpeg/jpeg.h"
#include "metadata/exif.h"
#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/naive.h"
#include "support/pass.h"
#include "support/places_make.h"

#define DROPPED          (1u << EXN_WARN_THUMBNAIL_DROPPED)
#define RESOURCE_DROPPED (1u << EXN_WARN_RESOURCE_THUMBNAIL_DROPPED)

enum { W = 64, H = 48, TW = 32, TH = 16, APP0 = 0xE0, APP13 = 0xED };

/* --- Making files --- */

static void make_jpeg(uint32_t width, uint32_t height, exn_buffer *out)
{
    exn_test_jpeg jpeg;
    exn_test_jpeg_init(&jpeg, width, height);
    exn_test_jpeg_made(&jpeg, out);
}

static void replace(exn_buffer *file, exn_buffer *made)
{
    exn_buffer_free(file);
    *file = *made;
    *made = (exn_buffer){0};
}

/* Puts an Exif block in front; 0: without orientation. */
static void put_exif(exn_buffer *file, uint32_t orientation, exn_span thumbnail)
{
    exn_buffer tiff = {0}, out = {0};
    const exn_test_exif exif = {.orientation = (uint16_t)orientation, .thumbnail = thumbnail};
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_jpeg_insert_exif(exn_buffer_span(file), exn_buffer_span(&tiff), &out));
    exn_buffer_free(&tiff);
    replace(file, &out);
}

static void put_segment(exn_buffer *file, uint8_t marker, exn_span payload)
{
    exn_buffer out = {0};
    assert_true(exn_test_jpeg_insert(exn_buffer_span(file), marker, payload, &out));
    replace(file, &out);
}

/* A Photoshop thumbnail: format, sizes, bits, planes, picture. */
static void put_resource(exn_buffer *irb, uint16_t id, uint32_t format, uint32_t width,
                         uint32_t height, exn_span picture)
{
    exn_buffer data = {0};
    uint8_t numbers[28] = {0};
    const uint32_t row = (width * 3 + 3) / 4 * 4;
    const uint32_t values[] = {format, width, height, row, row * height, (uint32_t)picture.size};
    for (size_t i = 0; i < 6; i++)
        exn_put32be(numbers + 4 * i, values[i]);
    exn_put16be(numbers + 24, 24);
    exn_put16be(numbers + 26, 1);
    exn_buffer_append(&data, numbers, sizeof numbers);
    exn_buffer_append(&data, picture.data, picture.size);
    exn_test_irb(irb, id, data.data, data.size);
    exn_buffer_free(&data);
}

static void put_irb(exn_buffer *file, exn_span irb)
{
    exn_buffer payload = {0};
    exn_buffer_append(&payload, "Photoshop 3.0", 14);
    exn_buffer_append(&payload, irb.data, irb.size);
    put_segment(file, APP13, exn_buffer_span(&payload));
    exn_buffer_free(&payload);
}

/* Where a thumbnail stands. */
typedef enum place { IN_IFD1, IN_JFXX, IN_RESOURCE, IN_APP2, IN_APP3, IN_APP5, PLACES } place;

static exn_buffer file_with(place where, uint32_t orientation, exn_span thumbnail)
{
    exn_buffer file = {0}, payload = {0};
    make_jpeg(W, H, &file);
    put_exif(&file, orientation, where == IN_IFD1 ? thumbnail : (exn_span){0});
    if (where == IN_JFXX) {
        exn_buffer_append(&payload, "JFXX\0\x10", 6);
        exn_buffer_append(&payload, thumbnail.data, thumbnail.size);
        put_segment(&file, APP0, exn_buffer_span(&payload));
    } else if (where == IN_RESOURCE) {
        put_resource(&payload, 0x040C, 1, TW, TH, thumbnail);
        exn_test_irb(&payload, 0x0404, "behind", 6);
        put_irb(&file, exn_buffer_span(&payload));
    } else if (where >= IN_APP2) {
        static const char *const words[] = {"", "QVGA", "BGTH"};
        exn_buffer_append(&payload, words[where - IN_APP2], where - IN_APP2 ? 4 : 0);
        exn_buffer_append(&payload, "", where == IN_APP3);
        exn_buffer_append(&payload, thumbnail.data, thumbnail.size);
        put_segment(&file,
                    where == IN_APP2   ? 0xE2
                    : where == IN_APP3 ? 0xE3
                                       : 0xE5,
                    exn_buffer_span(&payload));
    }
    exn_buffer_free(&payload);
    return file;
}

/* --- Looking at files --- */

/* The JPEG that begins behind the file's own SOI, before its first scan. */
static exn_span embedded_in(exn_span file)
{
    exn_test_segment s;
    size_t at = 0;
    while (exn_test_jpeg_next(file, &at, &s) && s.marker != 0xDA) {
        const uint8_t *soi =
            s.payload.size ? memmem(s.payload.data, s.payload.size, "\xFF\xD8\xFF", 3) : NULL;
        if (soi)
            return exn_span_part(s.payload, (size_t)(soi - s.payload.data), SIZE_MAX);
    }
    return (exn_span){0};
}

/* 0: none. */
static unsigned own_orientation(exn_span jpeg)
{
    ExifData *data = exif_data_new_from_data(jpeg.data, (unsigned)jpeg.size);
    ExifEntry *entry =
        data ? exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION) : NULL;
    unsigned value = entry ? exif_get_short(entry->data, exif_data_get_byte_order(data)) : 0;
    exif_data_unref(data);
    return value;
}

/* Whether `after` is `before` turned by value, coefficient for coefficient. */
static void expect_turned(exn_span before, exn_span after, uint32_t value)
{
    exn_test_coefs a, b;
    char why[EXN_TEST_WHY];
    if (!exn_test_jpeg_read(before, &a, why) || !exn_test_jpeg_read(after, &b, why))
        fail_msg("%s", why);
    for (int i = 0; i < a.components; i++)
        if (!exn_test_same_coefficients(&a, &b, i, value, why))
            fail_msg("component %d: %s", i, why);
    exn_test_coefs_free(&a);
    exn_test_coefs_free(&b);
}

/* --- An orientation of their own --- */

static void test_their_own_orientation_goes(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PLACES * 7 * 3; i++) {
        const uint32_t inner = 2 + i / PLACES % 7, outer = i / (PLACES * 7) * 3; /* none, 3, 6 */
        exn_buffer thumbnail = {0};
        make_jpeg(TW, TH, &thumbnail);
        put_exif(&thumbnail, inner, (exn_span){0});
        assert_int_equal(own_orientation(exn_buffer_span(&thumbnail)), inner);
        exn_buffer file = file_with((place)(i % PLACES), outer, exn_buffer_span(&thumbnail));
        exn_result looked = {.struct_size = sizeof(exn_result)};
        assert_int_equal(exn_test_check(exn_buffer_span(&file), NULL, &looked), EXN_OK);
        assert_true(looked.reasons >> EXN_REASON_EMBEDDED & 1);
        for (int mode = EXN_MODE_BAKE; mode <= EXN_MODE_DROP; mode++) {
            exn_options options;
            exn_options_init(&options, sizeof options);
            options.mode = (exn_mode)mode;
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), &options);
            const bool turns = outer && mode == EXN_MODE_BAKE;
            const exn_span after = embedded_in(pass.file);
            assert_int_equal(pass.result.outcome,
                             turns ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_METADATA);
            assert_int_equal(pass.result.warnings, 0);
            assert_int_equal(own_orientation(after), 0);
            expect_turned(exn_buffer_span(&thumbnail), after, turns ? outer : 1);
            exn_test_pass_free(&pass);
        }
        exn_buffer_free(&file);
        exn_buffer_free(&thumbnail);
    }
}

/* What has none stays byte for byte, and is no reason. */
static void test_without_one_nothing_is_done(void **state)
{
    (void)state;
    for (int i = 0; i < PLACES * 2; i++) {
        exn_buffer thumbnail = {0};
        make_jpeg(TW, TH, &thumbnail);
        put_exif(&thumbnail, i / PLACES, (exn_span){0});
        exn_buffer file = file_with((place)(i % PLACES), 0, exn_buffer_span(&thumbnail));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_UNTOUCHED);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&thumbnail);
    }
}

/* Without its end a preview is no reason. One whose coding cannot be read, though it has an end, is
 * cleaned where it orients. */
static void test_a_preview_that_is_not_whole(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2 * 2 * 2; i++) {
        const uint32_t outer = i % 2 ? 6 : 0;
        const bool ends = i / 2 % 2, orients = i / 4;
        exn_buffer thumbnail = {0};
        make_jpeg(TW, TH, &thumbnail);
        put_exif(&thumbnail, orients ? 6 : 1, (exn_span){0});
        thumbnail.size -= 100;
        if (ends)
            exn_buffer_append(&thumbnail, "\xFF\xD9", 2);
        exn_buffer file = file_with(IN_APP3, outer, exn_buffer_span(&thumbnail));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const exn_span after = embedded_in(pass.file);
        assert_int_equal(pass.result.warnings, outer ? 1u << EXN_WARN_METADATA_STALE : 0);
        assert_int_equal(own_orientation(after), ends && orients ? 0 : orients ? 6 : 1);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&thumbnail);
    }
}

/* A product that still has one is no product. */
static void test_verify_sees_one(void **state)
{
    (void)state;
    for (int i = 0; i < PLACES; i++) {
        exn_buffer thumbnail = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        make_jpeg(TW, TH, &thumbnail);
        put_exif(&thumbnail, 6, (exn_span){0});
        exn_buffer file = file_with((place)i, 0, exn_buffer_span(&thumbnail));
        assert_int_equal(exn_normalize(file.data, file.size, NULL, &product, &result, NULL),
                         EXN_OK);
        assert_int_equal(
            exn_verify(file.data, file.size, product.data, product.size, NULL, &result, NULL),
            EXN_OK);
        assert_int_equal(
            exn_verify(file.data, file.size, file.data, file.size, NULL, &result, NULL),
            EXN_MISMATCH);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
        exn_buffer_free(&thumbnail);
    }
}

/* One that lies beside an upright picture lies for its own orientation's sake. */
static void test_one_that_lies_is_raised(void **state)
{
    (void)state;
    for (uint32_t inner = 5; inner <= 8; inner++) {
        exn_buffer thumbnail = {0}, file = {0};
        make_jpeg(TW, TH, &thumbnail);
        put_exif(&thumbnail, inner, (exn_span){0});
        make_jpeg(H, W, &file);
        put_exif(&file, 0, exn_buffer_span(&thumbnail));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(own_orientation(embedded_in(pass.file)), 0);
        expect_turned(exn_buffer_span(&thumbnail), embedded_in(pass.file), inner);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&thumbnail);
    }
}

/* A thumbnail's own thumbnail is turned, what is inside of that goes. */
static void test_how_deep(void **state)
{
    (void)state;
    exn_buffer file = {0};
    make_jpeg(TW, TH, &file);
    for (int depth = 1; depth <= 5; depth++) {
        exn_buffer outer = {0};
        make_jpeg(W, H, &outer);
        put_exif(&outer, 6, exn_buffer_span(&file));
        replace(&file, &outer);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.warnings & DROPPED, depth > 2 ? DROPPED : 0);
        int found = 0;
        exn_span inner = pass.file;
        while ((inner = embedded_in(inner)).size > 0) {
            exn_test_coefs read;
            char why[EXN_TEST_WHY];
            assert_true(exn_test_jpeg_read(inner, &read, why));
            assert_true(read.height > read.width);
            assert_int_equal(own_orientation(inner), 0);
            exn_test_coefs_free(&read);
            found++;
        }
        assert_int_equal(found, depth < 2 ? depth : 2);
        exn_test_pass_free(&pass);
    }
    exn_buffer_free(&file);
}

/* --- Photoshop's --- */

/* The payload of the resource of that id in the first APP13. */
static exn_span resource_of(exn_span file, const char *head)
{
    exn_test_segment s;
    assert_true(exn_test_jpeg_find(file, APP13, 0, &s));
    const uint8_t *found = memmem(s.payload.data, s.payload.size, head, 6);
    return found ? exn_span_part((exn_span){found, exn_get32be(found + 8) + 12}, 12, SIZE_MAX)
                 : (exn_span){0};
}

static void test_a_resource_s_jpeg_follows(void **state)
{
    (void)state;
    for (uint32_t o = 2; o <= 8; o++) {
        exn_buffer thumbnail = {0};
        make_jpeg(TW, TH, &thumbnail);
        exn_buffer file = file_with(IN_RESOURCE, o, exn_buffer_span(&thumbnail));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const exn_span data = resource_of(pass.file, "8BIM\x04\x0C");
        const exn_span jpeg = exn_span_part(data, 28, SIZE_MAX);
        const uint32_t width = o >= 5 ? TH : TW, height = o >= 5 ? TW : TH;
        assert_int_equal(pass.result.warnings, 0);
        assert_true(jpeg.size > 0);
        assert_int_equal(exn_get32be(data.data + 4), width);
        assert_int_equal(exn_get32be(data.data + 8), height);
        assert_int_equal(exn_get32be(data.data + 12), width * 3);
        assert_int_equal(exn_get32be(data.data + 16), width * 3 * height);
        assert_int_equal(exn_get32be(data.data + 20), jpeg.size);
        expect_turned(exn_buffer_span(&thumbnail), jpeg, o);
        assert_memory_equal(resource_of(pass.file, "8BIM\x04\x04").data, "behind", 6);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
        exn_buffer_free(&thumbnail);
    }
}

/* Rows are of whole 32 bits, with zeros behind 5 pixels. */
static void test_a_resource_s_samples_follow(void **state)
{
    (void)state;
    enum { RW = 5, RH = 2, SIZE = RW * RH * 3 };
    for (uint32_t i = 0; i < 2 * 7; i++) {
        const uint32_t o = 2 + i % 7, width = o >= 5 ? RH : RW, height = o >= 5 ? RW : RH;
        const size_t row = (width * 3 + 3) / 4 * 4;
        uint8_t samples[SIZE], turned[SIZE], padded[16 * RH] = {0};
        exn_buffer file = {0}, irb = {0};
        for (size_t k = 0; k < SIZE; k++)
            padded[k / (RW * 3) * 16 + k % (RW * 3)] = samples[k] = (uint8_t)(k + 1);
        exn_test_naive_rotate(o, samples, RW, RH, 3, turned);
        put_resource(&irb, i < 7 ? 0x0409 : 0x040C, 0, RW, RH, (exn_span){padded, sizeof padded});
        make_jpeg(W, H, &file);
        put_exif(&file, o, (exn_span){0});
        put_irb(&file, exn_buffer_span(&irb));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const exn_span data = resource_of(pass.file, i < 7 ? "8BIM\x04\x09" : "8BIM\x04\x0C");
        assert_int_equal(pass.result.warnings, 0);
        assert_int_equal(data.size, 28 + row * height);
        assert_int_equal(exn_get32be(data.data + 4), width);
        assert_int_equal(exn_get32be(data.data + 12), row);
        for (size_t y = 0; y < height; y++)
            assert_memory_equal(data.data + 28 + y * row, turned + y * width * 3, width * 3);
        exn_test_pass_free(&pass);
        exn_buffer_free(&irb);
        exn_buffer_free(&file);
    }
}

/* Cut off, of other sizes than it says, of an unknown format. */
static void test_what_a_resource_cannot_keep(void **state)
{
    (void)state;
    static const uint8_t samples[64];
    exn_buffer thumbnail = {0};
    make_jpeg(TW, TH, &thumbnail);
    const exn_span jpeg = exn_buffer_span(&thumbnail), raw = {samples, sizeof samples};
    const struct {
        uint32_t format, width, height;
        exn_span picture;
    } rows[] = {{1, TW, TH, exn_span_part(jpeg, 0, 200)},
                {0, 6, 2, raw},
                {0, 0xFFFFFFFF, 0xFFFFFFFF, raw},
                {7, 5, 4, raw}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        exn_buffer file = {0}, irb = {0};
        put_resource(&irb, 0x040C, rows[i].format, rows[i].width, rows[i].height, rows[i].picture);
        exn_test_irb(&irb, 0x0404, "behind", 6);
        make_jpeg(W, H, &file);
        put_exif(&file, 6, (exn_span){0});
        put_irb(&file, exn_buffer_span(&irb));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.warnings, RESOURCE_DROPPED);
        assert_null(resource_of(pass.file, "8BIM\x04\x0C").data);
        assert_memory_equal(resource_of(pass.file, "8BIM\x04\x04").data, "behind", 6);
        exn_test_pass_free(&pass);
        exn_buffer_free(&irb);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&thumbnail);
}

/* --- In segments of their own, in maker notes --- */

static void test_previews_follow(void **state)
{
    (void)state;
    static const char *const words[] = {"", "QVGA\0", "BGTH"};
    static const size_t sizes[] = {0, 5, 4};
    for (uint32_t i = 0; i < 3 * 4 * 7; i++) {
        const uint32_t o = 2 + i / 12;
        const uint8_t marker = (uint8_t)(0xE2 + i % 4);
        const size_t head = sizes[i / 4 % 3];
        exn_buffer file = {0}, preview = {0}, payload = {0};
        exn_test_segment s;
        make_jpeg(TW, TH, &preview);
        put_exif(&preview, o, (exn_span){0});
        exn_buffer_append(&payload, words[i / 4 % 3], head);
        exn_buffer_append(&payload, preview.data, preview.size);
        make_jpeg(W, H, &file);
        put_segment(&file, marker, exn_buffer_span(&payload));
        put_exif(&file, o, (exn_span){0});
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.warnings, 0);
        assert_true(exn_test_jpeg_find(pass.file, marker, 0, &s));
        assert_memory_equal(s.payload.data, payload.data, head);
        const exn_span after = exn_span_part(s.payload, head, SIZE_MAX);
        expect_turned(exn_buffer_span(&preview), after, o);
        assert_int_equal(own_orientation(after), 0);
        exn_test_pass_free(&pass);
        exn_buffer_free(&payload);
        exn_buffer_free(&preview);
        exn_buffer_free(&file);
    }
}

/* What is of the scene and cannot be turned keeps its bytes; it is warned of where the picture
 * turns, and only there. */
static void test_what_stays_is_warned_of(void **state)
{
    (void)state;
    enum { RAW = 2000 };
    static uint8_t samples[RAW], flir[] = "FLIR\0\1\0\0FFF", infiray[40] = "\0\1\2\3IJPEG";
    exn_buffer preview = {0};
    make_jpeg(TW, TH, &preview);
    for (size_t i = 0; i < RAW; i++)
        samples[i] = (uint8_t)(i % 2 ? 0x1B : i);
    const struct {
        uint8_t marker;
        exn_span payload;
        bool stale;
    } rows[] = {{0xE1, {flir, sizeof flir}, true},
                {0xE2, {infiray, sizeof infiray}, true},
                {0xE3, {samples, RAW}, true},
                {0xE2, exn_span_part(exn_buffer_span(&preview), 0, preview.size - 100), true},
                {0xE3, {(const uint8_t *)"Meta of some maker", 18}, false},
                {0xE4, {samples, RAW}, false}};
    for (uint32_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        const uint32_t row = i / 2, turns = i % 2;
        exn_buffer file = {0};
        exn_test_segment s;
        make_jpeg(W, H, &file);
        put_segment(&file, rows[row].marker, rows[row].payload);
        put_exif(&file, turns ? 6 : 9, (exn_span){0});
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        const bool stale = pass.result.warnings >> EXN_WARN_METADATA_STALE & 1;
        assert_int_equal(stale, turns && rows[row].stale);
        unsigned number = rows[row].marker == 0xE1 ? 1 : 0;
        assert_true(exn_test_jpeg_find(pass.file, rows[row].marker, number, &s) ||
                    exn_test_jpeg_find(pass.file, rows[row].marker, number = 0, &s));
        assert_int_equal(s.payload.size, rows[row].payload.size);
        assert_memory_equal(s.payload.data, rows[row].payload.data, s.payload.size);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&preview);
}

/* A maker note keeps its bytes whatever is in it. */
static void test_a_note_s_preview_is_warned_of(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        const bool preview = i % 2, turns = i / 2;
        exn_buffer file = {0}, tiff = {0}, out = {0};
        const exn_test_exif exif = {.orientation = turns ? 6 : 9, .maker_note = true};
        assert_true(exn_test_exif_make(&exif, &tiff));
        uint8_t *note = memmem(tiff.data, tiff.size, "EXAMPLE\0\1", 9);
        assert_non_null(note);
        if (preview)
            memcpy(note + 150, "\xFF\xD8\xFF", 3);
        make_jpeg(W, H, &file);
        assert_true(
            exn_test_jpeg_insert_exif(exn_buffer_span(&file), exn_buffer_span(&tiff), &out));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&out), NULL);
        assert_int_equal(pass.result.warnings >> EXN_WARN_METADATA_STALE & 1, preview && turns);
        const uint8_t *after = memmem(pass.file.data, pass.file.size, "EXAMPLE\0\1", 9);
        assert_non_null(after);
        assert_memory_equal(after, note, 240);
        exn_test_pass_free(&pass);
        exn_buffer_free(&out);
        exn_buffer_free(&tiff);
        exn_buffer_free(&file);
    }
}

/* --- Room --- */

/* Blocks that may not grow, as those that fill a segment: standard tables make some thumbnails
 * longer when they are turned. */
static void test_a_block_without_room(void **state)
{
    (void)state;
    unsigned longer = 0;
    for (uint32_t o = 2; o <= 8; o++) {
        exn_thumbnails thumbnails = exn_jpeg_thumbnails(1 << 28);
        exn_buffer thumbnail = {0}, block = {0}, turned = {0};
        exn_exif_verdict verdict;
        uint32_t warnings = 0;
        exn_test_jpeg jpeg;
        exn_test_jpeg_init(&jpeg, 160, 112);
        jpeg.noise = 30;
        exn_test_jpeg_made(&jpeg, &thumbnail);
        const exn_test_exif exif = {.orientation = (uint16_t)o,
                                    .thumbnail = exn_buffer_span(&thumbnail)};
        assert_true(exn_test_exif_make(&exif, &block));
        const exn_exif_turn turn = {.o = exn_orientation_from_exif(o),
                                    .stored_width = 320,
                                    .stored_height = 224,
                                    .max_size = block.size,
                                    .thumbnails = &thumbnails};
        assert_int_equal(thumbnails.turn(&thumbnails, exif.thumbnail, turn.o, SIZE_MAX, &turned),
                         EXN_OK);
        longer += turned.size > thumbnail.size;
        assert_int_equal(exn_exif_edit(&block, 0, &turn, &verdict, &warnings), EXN_OK);
        assert_int_equal(verdict, EXN_EXIF_EDITED);
        assert_int_equal(warnings, 0);
        assert_true(block.size <= turn.max_size);
        const uint8_t *soi = memmem(block.data, block.size, "\xFF\xD8\xFF", 3);
        assert_non_null(soi);
        expect_turned(exif.thumbnail, (exn_span){soi, block.size - (size_t)(soi - block.data)}, o);
        exn_buffer_free(&turned);
        exn_buffer_free(&block);
        exn_buffer_free(&thumbnail);
    }
    assert_true(longer > 0);
}

/* It is said to be a byte or two longer than the block has: with them it ends, or they are not its
 * own. Three are too many. */
static void test_one_that_reaches_out(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        const size_t over = 1 + (size_t)i % 3;
        const bool own = i / 3;
        exn_thumbnails thumbnails = exn_jpeg_thumbnails(1 << 28);
        exn_buffer thumbnail = {0}, block = {0};
        exn_exif_verdict verdict;
        uint32_t warnings = 0;
        make_jpeg(TW, TH, &thumbnail);
        if (!own)
            exn_buffer_append(&thumbnail, "\0\0\0", over);
        const exn_test_exif exif = {.orientation = 6, .thumbnail = exn_buffer_span(&thumbnail)};
        const exn_exif_turn turn = {.o = exn_orientation_from_exif(6),
                                    .stored_width = W,
                                    .stored_height = H,
                                    .max_size = 65527,
                                    .thumbnails = &thumbnails};
        assert_true(exn_test_exif_make(&exif, &block));
        assert_memory_equal(block.data + block.size - thumbnail.size, thumbnail.data,
                            thumbnail.size);
        block.size -= over;
        assert_int_equal(exn_exif_edit(&block, 0, &turn, &verdict, &warnings), EXN_OK);
        assert_int_equal(verdict, EXN_EXIF_EDITED);
        assert_int_equal(warnings, over > 2 ? DROPPED : 0);
        const uint8_t *soi = memmem(block.data, block.size, "\xFF\xD8\xFF", 3);
        if (over <= 2) {
            assert_non_null(soi);
            expect_turned(exif.thumbnail, (exn_span){soi, block.size - (size_t)(soi - block.data)},
                          6);
        }
        exn_buffer_free(&block);
        exn_buffer_free(&thumbnail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_their_own_orientation_goes),
        cmocka_unit_test(test_without_one_nothing_is_done),
        cmocka_unit_test(test_a_preview_that_is_not_whole),
        cmocka_unit_test(test_verify_sees_one),
        cmocka_unit_test(test_one_that_lies_is_raised),
        cmocka_unit_test(test_how_deep),
        cmocka_unit_test(test_a_resource_s_jpeg_follows),
        cmocka_unit_test(test_a_resource_s_samples_follow),
        cmocka_unit_test(test_what_a_resource_cannot_keep),
        cmocka_unit_test(test_previews_follow),
        cmocka_unit_test(test_what_stays_is_warned_of),
        cmocka_unit_test(test_a_note_s_preview_is_warned_of),
        cmocka_unit_test(test_a_block_without_room),
        cmocka_unit_test(test_one_that_reaches_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
