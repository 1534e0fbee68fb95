/* SPDX-License-Identifier: MIT */
/* JPEG files of several pictures: every picture of the scene is turned, both indexes stay true, and
 * what lies between and behind the pictures keeps every byte.
 *
 * Oracles: an index reader of its own and the naive turn of coefficients; exiftool, where it is
 * installed, for what another reader finds. */
#include "exifnorm.h"

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/jpeg_walk.h"
#include "support/mpf_make.h"
#include "support/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { APP1 = 0xE1, APP2 = 0xE2 };
enum { PREVIEW_VGA = 0x40010001, PREVIEW_HD = 0x40010002, PANORAMA = 0x020001 };

/* A video's first box and a Samsung trailer's end, as far as a reader looks. */
static const uint8_t video[] = "\0\0\0\x18"
                               "ftypmp42\0\0\0\0isommp42 and then the film \xFF\xD8\xFF";
static const uint8_t sef[] =
    "\0\0\x30\x0A\x10\0\0\0MotionPhoto_Data and more SEFH\x6B\0\0\0\x01\0\0\0"
    "\x20\0\0\0SEFT";

typedef struct files {
    exn_buffer primary, map, preview, odd;
} files;

static exn_span bytes_of(exn_bytes bytes)
{
    return (exn_span){bytes.data, bytes.size};
}

static void assert_same(exn_span a, exn_span b)
{
    assert_int_equal(a.size, b.size);
    if (a.size > 0)
        assert_memory_equal(a.data, b.data, a.size);
}

static void make(uint32_t width, uint32_t height, const char *sampling, exn_buffer *out)
{
    exn_test_jpeg spec;

    exn_test_jpeg_init(&spec, width, height);
    assert_true(exn_test_jpeg_sampling(&spec, sampling));
    exn_test_jpeg_made(&spec, out);
}

static void replace(exn_buffer *file, exn_buffer *made)
{
    exn_buffer_free(file);
    *file = *made;
    *made = (exn_buffer){0};
}

static int set_up(void **state)
{
    static files f;
    exn_buffer made = {0};

    f = (files){.primary = {0}};
    make(64, 48, "4:2:0", &f.primary);
    make(32, 24, "4:4:4", &f.map);
    assert_true(
        exn_test_jpeg_insert(exn_buffer_span(&f.map), APP1, exn_test_gain_map_xmp(), &made));
    replace(&f.map, &made);
    make(48, 32, "4:2:0", &f.preview);
    assert_true(
        exn_test_tag(exn_buffer_span(&f.preview), 6, &made)); /* nobody reads it, but it goes */
    replace(&f.preview, &made);
    make(33, 21, "4:2:0", &f.odd);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    files *const f = *state;

    exn_buffer_free(&f->primary);
    exn_buffer_free(&f->map);
    exn_buffer_free(&f->preview);
    exn_buffer_free(&f->odd);
    return 0;
}

/* --- Layouts ---------------------------------------------------------------------------------- */

/* Ultra HDR, version 1: GContainer and MPF, the first picture signals hdrgm. */
static exn_test_multi ultra_hdr(const files *f)
{
    return (exn_test_multi){.primary = exn_buffer_span(&f->primary),
                            .mpf = true,
                            .big_endian = true,
                            .directory = true,
                            .hdrgm = true,
                            .secondary = {{exn_buffer_span(&f->map), 0, "GainMap", 0}},
                            .count = 1};
}

static exn_test_multi iso_gain_map(const files *f)
{
    return (exn_test_multi){.primary = exn_buffer_span(&f->primary),
                            .mpf = true,
                            .iso = true,
                            .secondary = {{exn_buffer_span(&f->odd), 0, NULL, 0}},
                            .count = 1};
}

static exn_test_multi previews(const files *f)
{
    return (exn_test_multi){.primary = exn_buffer_span(&f->primary),
                            .mpf = true,
                            .attributes = true,
                            .secondary = {{exn_buffer_span(&f->preview), PREVIEW_VGA, NULL, 37},
                                          {exn_buffer_span(&f->map), PREVIEW_HD, NULL, 20}},
                            .count = 2};
}

static exn_test_multi motion_photo(const files *f)
{
    exn_test_multi m = ultra_hdr(f);
    m.elements = m.wrapper = true;
    m.secondary[0].gap = 11;
    m.trailer = (exn_span){video, sizeof video};
    m.trailer_mime = "video/mp4";
    return m;
}

/* No MPF, the first picture's length in the directory, a trailer without an item. */
static exn_test_multi directory_only(const files *f)
{
    exn_test_multi m = ultra_hdr(f);
    m.mpf = false;
    m.primary_length = true;
    m.secondary[1] = (exn_test_secondary){exn_buffer_span(&f->odd), 0, "Depth", 0};
    m.count = 2;
    m.trailer = (exn_span){sef, sizeof sef};
    return m;
}

static exn_test_multi (*const layouts[])(const files *f) = {ultra_hdr, iso_gain_map, previews,
                                                            motion_photo, directory_only};

enum { LAYOUTS = sizeof layouts / sizeof *layouts, PREVIEWS = 2 };

static void build(const exn_test_multi *m, exn_buffer *file)
{
    *file = (exn_buffer){0};
    assert_true(exn_test_multi_make(m, file));
}

/* --- What is to hold of a product ------------------------------------------------------------- */

static void assert_turned(exn_span from, exn_span to, uint32_t value)
{
    exn_test_coefs source, product;
    char why[EXN_TEST_WHY];

    assert_true(exn_test_jpeg_read(from, &source, why));
    assert_true(exn_test_jpeg_read(to, &product, why));
    assert_int_equal(product.warnings, 0);
    const uint32_t exact = exn_test_exact_set(&source, value);
    if (!exn_test_same_frame(&source, &product, value, why))
        fail_msg("%s", why);
    for (int i = 0; i < source.components; i++)
        if (!(exact >> i & 1 ? exn_test_same_coefficients
                             : exn_test_component_is_close)(&source, &product, i, value, why))
            fail_msg("component %d: %s", i, why);
    exn_test_coefs_free(&source);
    exn_test_coefs_free(&product);
}

static int read_span(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_span *const file = context;

    memcpy(to, file->data + offset, size);
    return 0;
}

static exn_result look(exn_span file)
{
    const exn_source source = {.size = file.size, .read = read_span, .context = &file};
    exn_result result = {.struct_size = sizeof(exn_result)};

    assert_int_equal(exn_check(&source, NULL, &result, NULL), EXN_OK);
    return result;
}

static void assert_settled(exn_span file)
{
    exn_bytes again;
    exn_result result = {.struct_size = sizeof(exn_result)};

    assert_int_equal(look(file).outcome, EXN_OUTCOME_UNTOUCHED);
    assert_int_equal(exn_normalize(file.data, file.size, NULL, &again, &result, NULL), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
    assert_null(again.data);
}

/* The end of the first picture, found by walking its segments. */
static size_t first_end(exn_span file)
{
    exn_test_segment segment;
    size_t offset = 0;

    while (exn_test_jpeg_next(file, &offset, &segment))
        if (segment.marker == 0xD9)
            break;
    return offset;
}

/* Everything behind the first picture, piece by piece, by the lengths that the indexes give. */
static void assert_layout(const exn_test_multi *m, exn_span file, uint32_t value, bool edited)
{
    static const uint8_t zeros[64];
    exn_test_index index;
    uint32_t lengths[8];
    const size_t count = exn_test_lengths(file, lengths);
    size_t at = first_end(file), number = m->primary_length ? 1 : 0;

    exn_test_index_read(file, &index);
    assert_int_equal(index.count, m->mpf ? m->count + 1 : 0);
    if (m->mpf)
        assert_int_equal(index.size[0], at);
    if (m->primary_length)
        assert_int_equal(lengths[0], at);
    for (size_t i = 0; i < m->count; i++) {
        const exn_test_secondary *const s = &m->secondary[i];
        assert_same(exn_span_part(file, at, s->gap), (exn_span){zeros, s->gap});
        at += s->gap;
        if (s->semantic)
            assert_true(number < count);
        const size_t size = s->semantic ? lengths[number++] : index.size[i + 1];
        const exn_span picture = exn_span_part(file, at, size);
        assert_int_equal(picture.size, size);
        if (m->mpf)
            assert_same(exn_test_indexed(file, &index, i + 1), picture);
        if (m->mpf)
            assert_int_equal(index.type[i + 1], s->type);
        assert_turned(s->jpeg, picture, value);
        assert_true(!edited || look(picture).reasons == 0);
        at += size;
    }
    assert_same(exn_span_part(file, at, SIZE_MAX), m->trailer);
    if (m->trailer_mime)
        assert_int_equal(lengths[number++], m->trailer.size);
    assert_int_equal(number, count);
}

static exn_status normalize(exn_span file, const exn_options *options, exn_bytes *product,
                            exn_result *result, exn_error *error)
{
    *error = (exn_error){.status = EXN_OK};
    return exn_normalize(file.data, file.size, options, product, result, error);
}

static void verify(exn_span source, exn_span product, const exn_result *result, exn_status expected)
{
    assert_int_equal(
        exn_verify(source.data, source.size, product.data, product.size, NULL, result, NULL),
        expected);
}

static void every_layout_turns(void **state)
{
    for (uint32_t value = 2; value <= 8; value++)
        for (size_t i = 0; i < LAYOUTS; i++)
            for (int big = 0; big < 2; big++) {
                exn_test_multi m = layouts[i](*state);
                exn_buffer file;
                exn_bytes product;
                exn_result result = {.struct_size = sizeof(exn_result)};
                exn_error error;

                m.orientation = value;
                m.big_endian = big;
                build(&m, &file);
                if (normalize(exn_buffer_span(&file), NULL, &product, &result, &error) != EXN_OK)
                    fail_msg("layout %zu, orientation %u: %s", i, value, error.detail);
                assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
                assert_turned(m.primary, bytes_of(product), value);
                assert_layout(&m, bytes_of(product), value, true);
                assert_settled(bytes_of(product));
                verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
                exn_bytes_free(&product);
                exn_buffer_free(&file);
            }
}

static void upright_files_stay(void **state)
{
    const files *const f = *state;
    for (size_t i = 0; i < LAYOUTS; i++) {
        exn_test_multi m = layouts[i](f);
        exn_buffer file;

        m.orientation = 1;
        if (i == PREVIEWS)
            m.secondary[0].jpeg = exn_buffer_span(&f->odd);
        build(&m, &file);
        assert_layout(&m, exn_buffer_span(&file), 1, false);
        assert_settled(exn_buffer_span(&file));
        exn_buffer_free(&file);
    }
}

/* The tag of a preview in a file that needs nothing else, or where no pixel is to be rotated. */
static void a_picture_s_own_orientation_goes(void **state)
{
    for (uint32_t i = 0; i < 4; i++) {
        const bool big = i % 2, dropping = i / 2;
        exn_test_multi m = previews(*state);
        exn_options options;
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        exn_options_init(&options, sizeof options);
        options.mode = dropping ? EXN_MODE_DROP : EXN_MODE_BAKE;
        m.orientation = dropping ? 6 : 1;
        m.big_endian = big;
        build(&m, &file);
        assert_int_equal(look(exn_buffer_span(&file)).reasons,
                         (dropping ? 1u << EXN_REASON_EXIF : 0) | 1u << EXN_REASON_EMBEDDED);
        assert_int_equal(normalize(exn_buffer_span(&file), &options, &product, &result, &error),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_true(result.reasons >> EXN_REASON_EMBEDDED & 1);
        assert_int_equal(result.warnings, 0);
        assert_layout(&m, bytes_of(product), 1, true);
        assert_settled(bytes_of(product));
        assert_int_equal(
            exn_verify(file.data, file.size, product.data, product.size, &options, &result, NULL),
            EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* What cannot be edited with safety keeps its tag and is no reason: a picture that lies the other
 * way, one of another frame, one that is cut off, an index that is not true. */
static void one_that_cannot_be_edited_is_no_reason(void **state)
{
    const files *const f = *state;
    for (int i = 0; i < 4; i++) {
        exn_test_multi m = previews(f);
        exn_buffer file, upright = {0}, tagged = {0};
        exn_test_index index;

        make(24, 48, "4:2:0", &upright);
        assert_true(exn_test_tag(exn_buffer_span(&upright), 6, &tagged));
        if (i == 0)
            m.secondary[0].jpeg = exn_buffer_span(&tagged);
        if (i == 1)
            m.secondary[0].type = PANORAMA;
        m.orientation = 1;
        build(&m, &file);
        exn_test_index_read(exn_buffer_span(&file), &index);
        if (i == 2)
            exn_put32(file.data + index.at + 16 + 4, index.size[1] - 40, index.big_endian);
        if (i == 3)
            exn_put32(file.data + index.at + 32 + 8, 0x7FFFFFF0, index.big_endian);
        assert_settled(exn_buffer_span(&file));
        exn_buffer_free(&tagged);
        exn_buffer_free(&upright);
        exn_buffer_free(&file);
    }
}

/* An Exif block of nothing but a value that no browser takes goes, and with it 30-odd bytes. */
static void metadata_edits_keep_the_index_true(void **state)
{
    static const uint8_t exif[] =
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0\0\0\0";
    for (size_t i = 0; i < LAYOUTS; i++) {
        exn_test_multi m = layouts[i](*state);
        exn_buffer file, tagged = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        m.primary_length = false;
        build(&m, &file);
        assert_true(exn_test_jpeg_insert(exn_buffer_span(&file), APP1,
                                         (exn_span){exif, sizeof exif - 1}, &tagged));
        assert_int_equal(normalize(exn_buffer_span(&tagged), NULL, &product, &result, &error),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_true(product.size < tagged.size);
        assert_layout(&m, bytes_of(product), 1, true);
        assert_settled(bytes_of(product));
        verify(exn_buffer_span(&tagged), bytes_of(product), &result, EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&tagged);
        exn_buffer_free(&file);
    }
}

/* --- What is refused, and what --secondary=drop makes of it ----------------------------------- */

/* Nothing is left that names a picture; what was no picture is. */
static void assert_dropped(const exn_test_multi *m, exn_span file, exn_span product, bool whole)
{
    exn_test_index index;
    exn_test_segment segment;
    uint32_t lengths[8];

    exn_test_index_read(product, &index);
    assert_int_equal(index.count, 0);
    const size_t count = exn_test_lengths(product, lengths);
    const size_t first = m->primary_length && count > 0 ? 1 : 0;
    assert_int_equal(count - first, m->trailer_mime && count > first ? 1 : 0);
    if (m->trailer_mime && count > first)
        assert_int_equal(lengths[first], m->trailer.size);
    const size_t own = whole ? product.size : first_end(product);
    assert_null(memmem(product.data, own, "GainMap", 7));
    assert_null(memmem(product.data, own, "hdrgm:Version", 13));
    assert_null(memmem(product.data, own, "21496", 5));
    for (unsigned i = 0; exn_test_jpeg_find(product, APP2, i, &segment); i++)
        assert_false(exn_span_starts(segment.payload, "MPF", 4));
    if (whole) {
        size_t rest = m->trailer.size;
        for (size_t i = 0; i < m->count; i++)
            rest += m->secondary[i].gap;
        assert_int_equal(product.size - first_end(product), rest);
    }
    assert_same(exn_span_part(product, product.size - m->trailer.size, SIZE_MAX),
                exn_span_part(file, file.size - m->trailer.size, SIZE_MAX));
    assert_settled(product);
}

static void drop(const exn_test_multi *m, exn_span file, uint32_t value, bool whole)
{
    exn_options options;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    exn_options_init(&options, sizeof options);
    options.secondary = EXN_SECONDARY_DROP;
    if (normalize(file, &options, &product, &result, &error) != EXN_OK)
        fail_msg("%s", error.detail);
    assert_true(result.warnings >> EXN_WARN_SECONDARY_DROPPED & 1);
    assert_turned(m->primary, bytes_of(product), value);
    assert_dropped(m, file, bytes_of(product), whole);
    verify(file, bytes_of(product), &result, EXN_OK);
    exn_bytes_free(&product);
}

static void dropping_leaves_no_index(void **state)
{
    for (uint32_t value = 2; value <= 8; value++)
        for (size_t i = 0; i < LAYOUTS; i++) {
            exn_test_multi m = layouts[i](*state);
            exn_buffer file;

            m.orientation = value;
            build(&m, &file);
            drop(&m, exn_buffer_span(&file), value, true);
            exn_buffer_free(&file);
        }
}

/* Refused with that reason; dropped, it has no index. */
static void refuse(const exn_test_multi *m, exn_span file, const char *reason)
{
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    assert_int_equal(normalize(file, NULL, &product, &result, &error), EXN_UNSUPPORTED);
    assert_null(product.data);
    if (strncmp(error.detail, "multi-picture: ", 15) != 0 || !strstr(error.detail, reason))
        fail_msg("\"%s\" is not \"%s\"", error.detail, reason);
    assert_non_null(strstr(error.detail, "--secondary=drop"));
    drop(m, file, m->orientation, false);
}

/* No pixel of it is touched, so a second picture that does not decode stays as broken as it was. */
static void a_damaged_picture_of_an_upright_file_stays(void **state)
{
    exn_test_multi m = previews(*state);
    exn_options options;
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_test_index index, after;

    exn_options_init(&options, sizeof options);
    options.decode_all = true;
    m.orientation = 9;
    build(&m, &file);
    exn_test_index_read(exn_buffer_span(&file), &index);
    memset(file.data + index.base + index.offset[1] + index.size[1] - 60, 0xA5, 50);
    assert_int_equal(normalize(exn_buffer_span(&file), &options, &product, &result, &error),
                     EXN_OK);
    verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
    exn_test_index_read(bytes_of(product), &after);
    const exn_span picture = exn_test_indexed(bytes_of(product), &after, 1);
    assert_int_equal(look(picture).reasons, 0);
    product.data[(size_t)(picture.data - product.data) + picture.size - 30] ^= 1;
    verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_MISMATCH);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
    m.orientation = 6;
    build(&m, &file);
    exn_test_index_read(exn_buffer_span(&file), &index);
    memset(file.data + index.base + index.offset[1] + index.size[1] - 60, 0xA5, 50);
    refuse(&m, exn_buffer_span(&file), "image 2: ");
    exn_buffer_free(&file);
}

/* Sets a number of the MPF index: 0 the type, 4 the size, 8 the offset. */
static void set_entry(exn_buffer *file, size_t entry, size_t field, uint32_t value)
{
    exn_test_index index;

    exn_test_index_read(exn_buffer_span(file), &index);
    exn_put32(file->data + index.at + entry * 16 + field, value, index.big_endian);
}

/* Whether a JPEG stands behind zeros. */
static bool begins_a_jpeg(exn_span bytes)
{
    size_t at = 0;

    while (at < bytes.size && bytes.data[at] == 0)
        at++;
    return exn_span_starts(exn_span_part(bytes, at, SIZE_MAX), "\xFF\xD8\xFF", 3);
}

static bool begins_as(exn_span bytes, exn_span jpeg)
{
    size_t at = 0;

    while (at < bytes.size && bytes.data[at] == 0)
        at++;
    return jpeg.size > 0 && bytes.size - at >= jpeg.size &&
           memcmp(bytes.data + at, jpeg.data, jpeg.size) == 0;
}

/* Every byte behind the first picture is as it was, but for a gain map, which viewers find by what
 * it is: that is turned. */
static void assert_carried(exn_span before, exn_span after, exn_span map, uint32_t value)
{
    const uint8_t *found = map.size ? memmem(before.data, before.size, map.data, map.size) : NULL;
    const size_t at = found ? (size_t)(found - before.data) : 0;

    if (!found) {
        assert_same(after, before);
        return;
    }
    assert_same(exn_span_part(after, 0, at), exn_span_part(before, 0, at));
    assert_turned(map, exn_span_part(after, at, SIZE_MAX), value);
    assert_int_equal(look(exn_span_part(after, at, SIZE_MAX)).reasons, 0);
    const exn_span rest = exn_span_part(before, at + map.size, SIZE_MAX);
    assert_true(after.size >= at + rest.size);
    assert_same(exn_span_part(after, after.size - rest.size, SIZE_MAX), rest);
}

/* The index goes, with a warning, and every byte behind the first picture is carried. map: a gain
 * map that is found without it; empty: none. */
static void carry(const exn_test_multi *m, exn_span file, exn_span map)
{
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_test_index index;
    uint32_t lengths[8];
    const exn_span behind = exn_span_part(file, first_end(file), SIZE_MAX);
    const bool torn = memmem(file.data, file.size, "</C:Directorx>", 14);
    const bool stale = torn || (begins_a_jpeg(behind) && !begins_as(behind, map));

    if (normalize(file, NULL, &product, &result, &error) != EXN_OK)
        fail_msg("%s", error.detail);
    assert_int_equal(result.warnings & ~(1u << EXN_WARN_XMP_REMOVED),
                     1u << EXN_WARN_SECONDARY_DROPPED |
                         (stale ? 1u << EXN_WARN_METADATA_STALE : 0));
    assert_turned(m->primary, bytes_of(product), m->orientation);
    exn_test_index_read(bytes_of(product), &index);
    assert_int_equal(index.count, 0);
    assert_int_equal(exn_test_lengths(bytes_of(product), lengths), 0);
    assert_carried(behind, exn_span_part(bytes_of(product), first_end(bytes_of(product)), SIZE_MAX),
                   map, m->orientation);
    assert_settled(bytes_of(product));
    verify(file, bytes_of(product), &result, EXN_OK);
    exn_bytes_free(&product);
    drop(m, file, m->orientation, false);
}

static void untrue_indexes_go_or_are_refused(void **state)
{
    static const struct {
        size_t entry, field;
        uint32_t value;
        const char *reason; /* NULL: it goes */
    } rows[] = {
        {1, 8, 0x7FFFFFFF, NULL},
        {1, 8, 0, NULL},
        {1, 8, 100, NULL},
        {1, 4, 0xFFFFFFFF, NULL},
        {1, 4, 0, NULL},
        {0, 8, 8, NULL},
        {2, 8, 150, NULL},
        {1, 4, 300, "image 2: "},
        {2, 4, 5, "image 3: "},
        {1, 0, PANORAMA, "image 2 is a panorama"},
        {0, 0, PANORAMA, "image 1 is a panorama"},
        {1, 0, 0x020002, "a stereo pair"},
        {1, 0, 0x020003, "a set of angles"},
        {1, 0, 0x040000, "a preserved original"},
        {1, 0, 0x123456, "of an unknown type"},
        {1, 0, 0x01000000, "image 2 is not a JPEG"},
        {1, 0, 0x04010001, "image 2 is not a JPEG"},
        {1, 0, 0x07000000, "image 2 is not a JPEG"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        exn_test_multi m = previews(*state);
        exn_buffer file;

        m.orientation = 6;
        build(&m, &file);
        set_entry(&file, rows[i].entry, rows[i].field, rows[i].value);
        if (rows[i].reason)
            refuse(&m, exn_buffer_span(&file), rows[i].reason);
        else
            carry(&m, exn_buffer_span(&file), m.secondary[1].jpeg);
        exn_buffer_free(&file);
    }
}

/* CIPA DC-007, 5.2.3.3, the large thumbnails with the sizes that came later; and what HDR writers
 * put there. */
static void pictures_of_every_type_of_the_same_scene_turn(void **state)
{
    static const uint32_t types[] = {0,        0x030000, 0x010001, 0x010002,
                                     0x010003, 0x010004, 0x010005, 0x050000};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        exn_test_multi m = previews(*state);
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        m.orientation = 6;
        m.secondary[0].type = types[i];
        build(&m, &file);
        if (normalize(exn_buffer_span(&file), NULL, &product, &result, &error) != EXN_OK)
            fail_msg("type %x: %s", types[i], error.detail);
        assert_int_equal(result.warnings, 0);
        assert_layout(&m, bytes_of(product), 6, true);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* What the semantics of Ultra HDR and Dynamic Depth name is of the same frame. */
static void items_of_every_semantic_turn(void **state)
{
    static const char *const semantics[] = {"GainMap",       "Depth",   "DepthMap", "Confidence",
                                            "ConfidenceMap", "Preview", "Thumbnail"};
    for (size_t i = 0; i < sizeof semantics / sizeof *semantics; i++) {
        exn_test_multi m = directory_only(*state);
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        m.orientation = 6;
        m.secondary[0].semantic = semantics[i];
        build(&m, &file);
        if (normalize(exn_buffer_span(&file), NULL, &product, &result, &error) != EXN_OK)
            fail_msg("%s: %s", semantics[i], error.detail);
        assert_layout(&m, bytes_of(product), 6, true);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* The entries are written to: they may not lie over the table that names them, from its first byte
 * to its last, and may begin right behind it. */
static void entries_over_their_own_table(void **state)
{
    enum { HEADER = 8, TABLE = 2 + 3 * 12 + 4 };
    for (uint32_t at = 0; at < HEADER + TABLE; at += at == 0 ? 6 : 1) {
        exn_test_multi m = previews(*state);
        exn_buffer file;

        m.orientation = 6;
        m.big_endian = true;
        build(&m, &file);
        uint8_t *tag = memmem(file.data, file.size, "\xB0\x02\0\7", 4);
        assert_non_null(tag);
        exn_put32be(tag + 8, at);
        carry(&m, exn_buffer_span(&file), m.secondary[1].jpeg);
        exn_buffer_free(&file);
    }
}

static void other_pictures_are_refused(void **state)
{
    const files *const f = *state;
    static const uint8_t text[] = "no picture at all";
    exn_buffer portrait = {0}, file;
    exn_test_multi m = previews(f);

    m.orientation = 8;
    make(24, 32, "4:4:4", &portrait);
    m.secondary[0].jpeg = exn_buffer_span(&portrait);
    build(&m, &file);
    refuse(&m, exn_buffer_span(&file), "image 2: its shape differs from the first image's");
    exn_buffer_free(&file);

    m = previews(f); /* the other way round */
    m.orientation = 8;
    m.primary = exn_buffer_span(&portrait);
    build(&m, &file);
    refuse(&m, exn_buffer_span(&file), "image 2: its shape differs from the first image's");
    exn_buffer_free(&file);

    m = previews(f);
    m.orientation = 3;
    m.secondary[1].jpeg = (exn_span){text, sizeof text};
    build(&m, &file);
    carry(&m, exn_buffer_span(&file), (exn_span){NULL, 0});
    exn_buffer_free(&file);

    m = previews(f);
    m.orientation = 3;
    build(&m, &file);
    exn_test_index index;
    exn_test_index_read(exn_buffer_span(&file), &index);
    set_entry(&file, 1, 4, index.size[1] - 40);
    refuse(&m, exn_buffer_span(&file), "image 2: it is longer than its size");
    set_entry(&file, 1, 4, index.size[1]);
    set_entry(&file, 2, 8, index.offset[1] + 1);
    carry(&m, exn_buffer_span(&file), m.secondary[1].jpeg);
    exn_buffer_free(&file);

    m.secondary[1].gap = 0; /* by one byte */
    build(&m, &file);
    exn_test_index_read(exn_buffer_span(&file), &index);
    assert_int_equal(index.offset[2], index.offset[1] + index.size[1]);
    set_entry(&file, 1, 4, index.size[1] + 1);
    carry(&m, exn_buffer_span(&file), m.secondary[1].jpeg);
    exn_buffer_free(&file);
    exn_buffer_free(&portrait);
}

/* A directory that says another size than MPF, or is cut off, goes with the index; one of an image
 * nobody knows is refused. */
static void untrue_directories_go(void **state)
{
    static const struct {
        const char *from, *to, *reason; /* NULL: it goes */
    } rows[] = {
        {"Item:Semantic=\"GainMap\"", "Item:Semantic=\"Another\"", "item 2 of the directory"},
        {"</C:Directory>", "</C:Directorx>", NULL},
        {"Item:Length=\"", "Item:Length=\"9", NULL},
        {"Item:Length=\"", "Item:Length=\"x", NULL},
    };
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        exn_test_multi m = ultra_hdr(*state);
        exn_buffer file;

        m.orientation = 6;
        m.mpf = i % 2;
        build(&m, &file);
        uint8_t *at = memmem(file.data, file.size, rows[i / 2].from, strlen(rows[i / 2].from));
        assert_non_null(at);
        memcpy(at, rows[i / 2].to, strlen(rows[i / 2].to));
        if (rows[i / 2].reason)
            refuse(&m, exn_buffer_span(&file), rows[i / 2].reason);
        else
            carry(&m, exn_buffer_span(&file), m.secondary[0].jpeg);
        exn_buffer_free(&file);
    }
}

/* A file of that layout, without what follows its first picture. */
static exn_test_multi build_cut(size_t layout, uint32_t value, const files *f, exn_buffer *file)
{
    exn_test_multi m = layouts[layout](f);

    m.orientation = value;
    m.trailer = (exn_span){NULL, 0};
    m.trailer_mime = NULL;
    build(&m, file);
    file->size = first_end(exn_buffer_span(file));
    return m;
}

/* Where nothing is left of what the indexes name they speak of nothing, and go. */
static void indexes_of_nothing_go(void **state)
{
    for (uint32_t value = 2; value <= 8; value++)
        for (size_t i = 0; i < LAYOUTS; i++) {
            exn_buffer file;
            exn_bytes product;
            exn_result result = {.struct_size = sizeof(exn_result)};
            exn_error error;
            const exn_test_multi m = build_cut(i, value, *state, &file);

            if (normalize(exn_buffer_span(&file), NULL, &product, &result, &error) != EXN_OK)
                fail_msg("layout %zu, orientation %u: %s", i, value, error.detail);
            assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
            assert_int_equal(result.warnings, 1u << EXN_WARN_SECONDARY_DROPPED);
            assert_int_equal(product.size, first_end(bytes_of(product)));
            assert_turned(m.primary, bytes_of(product), value);
            assert_dropped(&m, exn_buffer_span(&file), bytes_of(product), false);
            verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
            exn_bytes_free(&product);
            drop(&m, exn_buffer_span(&file), value, false);
            exn_buffer_free(&file);
        }
}

/* What would be refused beside its picture is nothing where the picture was cut off. */
static void a_special_picture_that_was_cut_off_is_none(void **state)
{
    exn_test_multi m = previews(*state);
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    m.secondary[0].type = PANORAMA;
    m.secondary[0].gap = 0; /* so that it began where the file ends now */
    m.orientation = 6;
    build(&m, &file);
    refuse(&m, exn_buffer_span(&file), "image 2 is a panorama");
    file.size = first_end(exn_buffer_span(&file));
    if (normalize(exn_buffer_span(&file), NULL, &product, &result, &error) != EXN_OK)
        fail_msg("%s", error.detail);
    assert_int_equal(result.outcome, EXN_OUTCOME_LOSSLESS);
    assert_int_equal(result.warnings, 1u << EXN_WARN_SECONDARY_DROPPED);
    assert_turned(m.primary, bytes_of(product), 6);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* An edit that turns nothing has no reason to touch them. */
static void indexes_of_nothing_stay_where_nothing_turns(void **state)
{
    for (size_t i = 0; i < LAYOUTS; i++) {
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;
        exn_test_index before, after;
        const exn_test_multi m = build_cut(i, 9, *state, &file);

        assert_int_equal(normalize(exn_buffer_span(&file), NULL, &product, &result, &error),
                         EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_false(result.warnings >> EXN_WARN_SECONDARY_DROPPED & 1);
        assert_int_equal(product.size, file.size);
        exn_test_index_read(exn_buffer_span(&file), &before);
        exn_test_index_read(bytes_of(product), &after);
        assert_int_equal(after.count, m.mpf ? m.count + 1 : 0);
        assert_memory_equal(&after, &before, sizeof before);
        assert_true(!m.directory || memmem(product.data, product.size, "GainMap", 7));
        verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* One byte of the rest, or an entry that leads elsewhere: nobody knows what became of the pictures,
 * and no reader finds them. */
static void an_index_that_leads_nowhere_goes(void **state)
{
    exn_test_index index;
    exn_buffer file;
    exn_test_multi m = build_cut(PREVIEWS, 6, *state, &file);

    file.size++;
    carry(&m, exn_buffer_span(&file), (exn_span){NULL, 0});
    exn_test_index_read(exn_buffer_span(&file), &index);
    file.size = index.base + index.offset[2];
    carry(&m, exn_buffer_span(&file), (exn_span){NULL, 0});
    drop(&m, exn_buffer_span(&file), 6, false);
    exn_buffer_free(&file);

    m = build_cut(PREVIEWS, 6, *state, &file);
    set_entry(&file, 2, 8, 100);
    carry(&m, exn_buffer_span(&file), (exn_span){NULL, 0});
    set_entry(&file, 2, 8, 0);
    carry(&m, exn_buffer_span(&file), (exn_span){NULL, 0});
    exn_buffer_free(&file);
}

/* All offsets are wrong by the same: the pictures are known by their beginnings, the product's
 * index is true. */
static void offsets_that_are_off_are_found(void **state)
{
    for (int off = -7; off <= 7; off++) {
        exn_test_multi m = previews(*state);
        exn_test_index index;
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        m.orientation = 6;
        m.secondary[0].gap = m.secondary[1].gap = 0;
        build(&m, &file);
        exn_test_index_read(exn_buffer_span(&file), &index);
        for (int i = 1; i <= 2; i++)
            set_entry(&file, i, 8, index.offset[i] + (uint32_t)off);
        if (normalize(exn_buffer_span(&file), NULL, &product, &result, &error) != EXN_OK)
            fail_msg("%d: %s", off, error.detail);
        assert_int_equal(result.warnings, 0);
        assert_turned(m.primary, bytes_of(product), 6);
        assert_layout(&m, bytes_of(product), 6, true);
        verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* Not content with a gain map, no index leading to it, that a viewer would rotate once more. */
static void verify_with_a_tagged_map(exn_span source, exn_span product, exn_span map,
                                     const exn_result *result)
{
    exn_buffer tagged = {0}, mixed = {0};

    assert_true(exn_test_tag(map, 6, &tagged));
    assert_true(exn_test_splice(product, (size_t)(map.data - product.data), map.size,
                                exn_buffer_span(&tagged), &mixed));
    verify(source, exn_buffer_span(&mixed), result, EXN_MISMATCH);
    exn_buffer_free(&mixed);
    exn_buffer_free(&tagged);
}

/* Right behind EOI, without an index: known by what it says of itself. Any other JPEG there keeps
 * its bytes, with a warning. */
static void a_gain_map_without_an_index_turns(void **state)
{
    const files *const f = *state;
    for (uint32_t i = 0; i < 2 * 8; i++) {
        const uint32_t value = 1 + i % 8;
        const bool known = i < 8;
        const exn_span map = exn_buffer_span(known ? &f->map : &f->odd);
        exn_buffer file = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        assert_true(exn_test_tag(exn_buffer_span(&f->primary), value, &file));
        assert_int_equal(exn_buffer_append(&file, map.data, map.size), EXN_OK);
        assert_int_equal(exn_buffer_append(&file, sef, sizeof sef), EXN_OK);
        if (normalize(exn_buffer_span(&file), NULL, &product, &result, &error) != EXN_OK)
            fail_msg("%s", error.detail);
        if (value > 1) {
            const exn_span after =
                exn_span_part(bytes_of(product), first_end(bytes_of(product)), SIZE_MAX);
            const exn_span picture = exn_span_part(after, 0, after.size - sizeof sef);
            assert_int_equal(result.warnings, known ? 0 : 1u << EXN_WARN_METADATA_STALE);
            if (known)
                assert_turned(map, picture, value);
            else
                assert_same(map, picture);
            assert_memory_equal(after.data + picture.size, sef, sizeof sef);
            verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
            if (known)
                verify_with_a_tagged_map(exn_buffer_span(&file), bytes_of(product), picture,
                                         &result);
        } else {
            assert_int_equal(result.warnings, 0);
        }
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* Where no pixel is rotated an untrue index stays as it is, unless the first picture changes its
 * size: then it goes, too. */
static void an_untrue_index_beside_an_edit(void **state)
{
    static const uint8_t exif[] =
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0\0\0\0";
    for (int i = 0; i < 4; i++) {
        const bool shrinks = i % 2, dropping = i / 2;
        exn_test_multi m = previews(*state);
        exn_options options;
        exn_buffer file, tagged = {0};
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;
        exn_test_index index;

        exn_options_init(&options, sizeof options);
        options.mode = dropping ? EXN_MODE_DROP : EXN_MODE_BAKE;
        m.orientation = shrinks ? 0 : 9;
        build(&m, &file);
        set_entry(&file, 2, 8, 0x7FFFFFFF);
        if (shrinks) {
            assert_true(exn_test_jpeg_insert(exn_buffer_span(&file), APP1,
                                             (exn_span){exif, sizeof exif - 1}, &tagged));
            replace(&file, &tagged);
        }
        const exn_span source = exn_buffer_span(&file);
        assert_int_equal(normalize(source, &options, &product, &result, &error), EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(result.warnings >> EXN_WARN_SECONDARY_DROPPED & 1, shrinks);
        exn_test_index_read(bytes_of(product), &index);
        assert_int_equal(index.count, shrinks ? 0 : 3);
        assert_same(exn_span_part(bytes_of(product), first_end(bytes_of(product)), SIZE_MAX),
                    exn_span_part(source, first_end(source), SIZE_MAX));
        assert_settled(bytes_of(product));
        assert_int_equal(
            exn_verify(file.data, file.size, product.data, product.size, &options, &result, NULL),
            EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* A gain map that an untrue index leads away from, and that does not decode, keeps its bytes, with
 * a warning. */
static void a_broken_gain_map_without_an_index_stays(void **state)
{
    for (uint32_t value = 2; value <= 8; value++) {
        exn_test_multi m = ultra_hdr(*state);
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        m.directory = false;
        m.orientation = value;
        build(&m, &file);
        set_entry(&file, 0, 8, 8);
        memset(file.data + file.size - 60, 0xA5, 50);
        const exn_span source = exn_buffer_span(&file);
        if (normalize(source, NULL, &product, &result, &error) != EXN_OK)
            fail_msg("%s", error.detail);
        assert_int_equal(result.warnings,
                         1u << EXN_WARN_SECONDARY_DROPPED | 1u << EXN_WARN_METADATA_STALE);
        assert_turned(m.primary, bytes_of(product), value);
        assert_same(exn_span_part(bytes_of(product), first_end(bytes_of(product)), SIZE_MAX),
                    exn_span_part(source, first_end(source), SIZE_MAX));
        verify(source, bytes_of(product), &result, EXN_OK);
        exn_bytes_free(&product);
        drop(&m, source, value, false);
        exn_buffer_free(&file);
    }
}

/* What --secondary=drop makes of what is no usual index: an MPF of another version is one like any
 * other, a gain map without an index goes, Samsung's depth is not a picture of its own and stays.
 */
static void odd_ones_are_dropped(void **state)
{
    static const uint8_t depth[] = "\0\0\x01\x0A\x0E\0\0\0DualShot_DepthMap_1 samples SEFH"
                                   "\x6B\0\0\0\x01\0\0\0\x18\0\0\0SEFT";
    const files *const f = *state;
    for (uint32_t i = 0; i < 3 * 7; i++) {
        const uint32_t value = 2 + i % 7, kind = i / 7;
        exn_test_multi m = kind == 0 ? previews(f) : ultra_hdr(f);
        exn_options options;
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        exn_options_init(&options, sizeof options);
        options.secondary = EXN_SECONDARY_DROP;
        m.orientation = value;
        if (kind > 0)
            m.mpf = m.directory = false;
        if (kind == 2) {
            m.count = 0;
            m.trailer = (exn_span){depth, sizeof depth - 1};
        }
        build(&m, &file);
        uint8_t *version = memmem(file.data, file.size, "0100", 4);
        if (kind == 0)
            memcpy(version, "0300", 4);
        const exn_span source = exn_buffer_span(&file);
        assert_int_equal(normalize(source, &options, &product, &result, &error), EXN_OK);
        assert_int_equal(result.warnings, kind == 2 ? 1u << EXN_WARN_METADATA_STALE
                                                    : 1u << EXN_WARN_SECONDARY_DROPPED);
        assert_turned(m.primary, bytes_of(product), value);
        const exn_span behind =
            exn_span_part(bytes_of(product), first_end(bytes_of(product)), SIZE_MAX);
        if (kind == 2)
            assert_same(behind, m.trailer);
        else
            assert_null(memmem(product.data, product.size, f->map.data, f->map.size));
        assert_int_equal(behind.size,
                         kind == 0 ? m.secondary[0].gap + m.secondary[1].gap : m.trailer.size);
        assert_settled(bytes_of(product));
        verify(source, bytes_of(product), &result, EXN_OK);
        exn_bytes_free(&product);
        assert_int_equal(normalize(source, NULL, &product, &result, &error), EXN_OK);
        assert_int_equal(result.warnings, kind == 2 ? 1u << EXN_WARN_METADATA_STALE : 0);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* A video that somebody cut off is no reason: the directory is no worse for the turn. */
static void a_missing_video_is_let_pass(void **state)
{
    for (int map_too = 0; map_too <= 1; map_too++) {
        exn_test_multi m = motion_photo(*state);
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        m.orientation = 6;
        build(&m, &file);
        file.size = map_too ? first_end(exn_buffer_span(&file)) : file.size - m.trailer.size;
        assert_int_equal(normalize(exn_buffer_span(&file), NULL, &product, &result, &error),
                         EXN_OK);
        assert_int_equal(result.warnings, map_too ? 1u << EXN_WARN_SECONDARY_DROPPED : 0);
        assert_settled(bytes_of(product));
        verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

static void limits_hold_for_all_pictures(void **state)
{
    exn_test_multi m = previews(*state);
    exn_options options;
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    exn_options_init(&options, sizeof options);
    m.orientation = 6;
    build(&m, &file);
    options.max_pixels = 64 * 48 + 48 * 32 + 32 * 24;
    assert_int_equal(normalize(exn_buffer_span(&file), &options, &product, &result, &error),
                     EXN_OK);
    exn_bytes_free(&product);
    options.max_pixels--;
    assert_int_equal(normalize(exn_buffer_span(&file), &options, &product, &result, &error),
                     EXN_LIMIT);
    assert_non_null(strstr(error.detail, "image 3"));
    exn_buffer_free(&file);
}

static void a_requantized_picture_is_told(void **state)
{
    exn_test_multi m = iso_gain_map(*state);
    for (int refusing = 0; refusing < 2; refusing++) {
        exn_options options;
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;

        exn_options_init(&options, sizeof options);
        options.edges = refusing ? EXN_EDGES_REFUSE : EXN_EDGES_REQUANTIZE;
        m.orientation = 3;
        build(&m, &file);
        const exn_status status =
            normalize(exn_buffer_span(&file), &options, &product, &result, &error);
        assert_int_equal(status, refusing ? EXN_REFUSED : EXN_OK);
        if (!refusing)
            assert_true(result.warnings >> EXN_WARN_SECONDARY_REQUANTIZED & 1);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* --- exn_verify ------------------------------------------------------------------------------- */

/* A product whose second picture was turned another way. Both indexes of it are true. */
static void verify_with_another(const exn_test_multi *m, exn_span source, exn_span product,
                                const exn_result *result)
{
    exn_test_multi other = *m;
    exn_buffer file, mixed = {0};
    exn_bytes turned;
    exn_result ignored = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_test_index index, others;

    other.orientation = 3;
    build(&other, &file);
    assert_int_equal(normalize(exn_buffer_span(&file), NULL, &turned, &ignored, &error), EXN_OK);
    exn_test_index_read(product, &index);
    exn_test_index_read(bytes_of(turned), &others);
    const exn_span old = exn_test_indexed(product, &index, 1);
    const exn_span new = exn_test_indexed(bytes_of(turned), &others, 1);
    assert_true(exn_test_splice(product, (size_t)(old.data - product.data), old.size, new, &mixed));
    set_entry(&mixed, 1, 4, (uint32_t) new.size);
    set_entry(&mixed, 2, 8, (uint32_t)(index.offset[2] + new.size - old.size));
    verify(source, exn_buffer_span(&mixed), result, EXN_MISMATCH);
    exn_buffer_free(&mixed);
    exn_bytes_free(&turned);
    exn_buffer_free(&file);
}

static void verify_looks_at_every_picture(void **state)
{
    exn_test_multi m = previews(*state);
    exn_buffer file;
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_test_index index;

    m.trailer = (exn_span){sef, sizeof sef};
    m.orientation = 2;
    build(&m, &file);
    assert_int_equal(normalize(exn_buffer_span(&file), NULL, &product, &result, &error), EXN_OK);
    exn_test_index_read(bytes_of(product), &index);
    const exn_span second = exn_test_indexed(bytes_of(product), &index, 1);
    const size_t places[] = {
        (size_t)(second.data - product.data) + second.size - 20, /* its coded data */
        (size_t)(second.data - product.data) - 1,                /* the gap before it */
        index.at + 16 + 11,                                      /* its offset */
        product.size - 1,                                        /* the trailer */
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        product.data[places[i]] ^= 1;
        assert_int_not_equal(
            exn_verify(file.data, file.size, product.data, product.size, NULL, &result, NULL),
            EXN_OK);
        product.data[places[i]] ^= 1;
    }
    verify(exn_buffer_span(&file), bytes_of(product), &result, EXN_OK);
    verify_with_another(&m, exn_buffer_span(&file), bytes_of(product), &result);
    exn_buffer exchanged = {0}; /* true entries, but each is the other's */
    exn_buffer_append(&exchanged, product.data, product.size);
    for (size_t i = 1; i < 3; i++) {
        set_entry(&exchanged, i, 4, index.size[3 - i]);
        set_entry(&exchanged, i, 8, index.offset[3 - i]);
    }
    verify(exn_buffer_span(&file), exn_buffer_span(&exchanged), &result, EXN_MISMATCH);
    exn_buffer_free(&exchanged);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
}

/* --- Other readers ---------------------------------------------------------------------------- */

static void exiftool_finds_the_pictures(void **state)
{
    if (!exn_test_have("exiftool"))
        skip();
    exn_test_multi (*const made[])(const files *f) = {ultra_hdr, previews};
    for (size_t i = 0; i < 2; i++) {
        exn_test_multi m = made[i](*state);
        exn_buffer file;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_error error;
        exn_test_index index;
        exn_test_proc proc;
        char name[] = "/tmp/exifnorm-test-XXXXXX";

        m.orientation = 6;
        build(&m, &file);
        assert_int_equal(normalize(exn_buffer_span(&file), NULL, &product, &result, &error),
                         EXN_OK);
        exn_test_index_read(bytes_of(product), &index);
        const int fd = mkstemp(name);
        assert_true(fd >= 0 && write(fd, product.data, product.size) == (ssize_t)product.size);
        const char *const extract[] = {"exiftool", "-b", i == 0 ? "-MPImage2" : "-PreviewImage",
                                       name, NULL};
        assert_true(exn_test_run(extract, (exn_span){NULL, 0}, &proc));
        assert_same(exn_buffer_span(&proc.out), exn_test_indexed(bytes_of(product), &index, 1));
        exn_test_proc_free(&proc);
        const char *const list[] = {"exiftool", "-a",     "-s3", "-MPImageLength",
                                    "-Warning", "-Error", name,  NULL};
        assert_true(exn_test_run(list, (exn_span){NULL, 0}, &proc));
        exn_buffer_append(&proc.out, "", 1);
        char *line = (char *)proc.out.data;
        for (size_t k = 0; k < index.count; k++)
            assert_int_equal(strtoul(line, &line, 10), index.size[k]);
        assert_string_equal(line, "\n");
        exn_test_proc_free(&proc);
        close(fd);
        unlink(name);
        exn_bytes_free(&product);
        exn_buffer_free(&file);
    }
}

/* --- Mutations -------------------------------------------------------------------------------- */

/* Whatever an index says: a file that passes has a product that verifies, needs nothing more, and
 * where it was turned, no entry that leads out of it. */
static void check_mutant(exn_span file, const exn_options *options)
{
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_test_index index;

    if (normalize(file, options, &product, &result, &error) != EXN_OK || !product.data)
        return;
    assert_settled(bytes_of(product));
    assert_int_equal(
        exn_verify(file.data, file.size, product.data, product.size, options, &result, &error),
        EXN_OK);
    exn_test_index_read(bytes_of(product), &index);
    if (result.outcome != EXN_OUTCOME_METADATA)
        for (size_t i = 1; i < index.count && i < 8; i++)
            assert_true(exn_test_indexed(bytes_of(product), &index, i).size > 0);
    exn_bytes_free(&product);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void mutants_keep_the_promises(void **state)
{
    enum { MUTANTS = 150 };
    uint32_t seed = 4;
    for (size_t i = 0; i < LAYOUTS; i++)
        for (int k = 0; k < MUTANTS; k++) {
            exn_test_multi m = layouts[i](*state);
            exn_options options;
            exn_buffer file;

            exn_options_init(&options, sizeof options);
            options.secondary = k % 3 == 0 ? EXN_SECONDARY_DROP : EXN_SECONDARY_ROTATE;
            m.orientation = 1 + next_random(&seed) % 8;
            build(&m, &file);
            const uint8_t *const mpf = memmem(file.data, file.size, "MPF\0", 4);
            const uint8_t *const xmp = memmem(file.data, file.size, "<C:Directory>", 13);
            const uint8_t *const from = mpf && (k & 1 || !xmp) ? mpf : xmp;
            const size_t start = (size_t)(from - file.data), span = from == mpf ? 120 : 600;
            for (uint32_t n = next_random(&seed) % 3 + 1; n > 0; n--) {
                const size_t at = start + next_random(&seed) % span;
                if (at < file.size)
                    file.data[at] = n & 1 ? (uint8_t)(file.data[at] ^ 1 << next_random(&seed) % 8)
                                          : (uint8_t)next_random(&seed);
            }
            check_mutant(exn_buffer_span(&file), &options);
            exn_buffer_free(&file);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_layout_turns),
        cmocka_unit_test(upright_files_stay),
        cmocka_unit_test(a_picture_s_own_orientation_goes),
        cmocka_unit_test(one_that_cannot_be_edited_is_no_reason),
        cmocka_unit_test(metadata_edits_keep_the_index_true),
        cmocka_unit_test(a_damaged_picture_of_an_upright_file_stays),
        cmocka_unit_test(dropping_leaves_no_index),
        cmocka_unit_test(untrue_indexes_go_or_are_refused),
        cmocka_unit_test(pictures_of_every_type_of_the_same_scene_turn),
        cmocka_unit_test(items_of_every_semantic_turn),
        cmocka_unit_test(entries_over_their_own_table),
        cmocka_unit_test(other_pictures_are_refused),
        cmocka_unit_test(untrue_directories_go),
        cmocka_unit_test(indexes_of_nothing_go),
        cmocka_unit_test(a_special_picture_that_was_cut_off_is_none),
        cmocka_unit_test(indexes_of_nothing_stay_where_nothing_turns),
        cmocka_unit_test(an_index_that_leads_nowhere_goes),
        cmocka_unit_test(offsets_that_are_off_are_found),
        cmocka_unit_test(a_gain_map_without_an_index_turns),
        cmocka_unit_test(an_untrue_index_beside_an_edit),
        cmocka_unit_test(a_broken_gain_map_without_an_index_stays),
        cmocka_unit_test(odd_ones_are_dropped),
        cmocka_unit_test(a_missing_video_is_let_pass),
        cmocka_unit_test(limits_hold_for_all_pictures),
        cmocka_unit_test(a_requantized_picture_is_told),
        cmocka_unit_test(verify_looks_at_every_picture),
        cmocka_unit_test(exiftool_finds_the_pictures),
        cmocka_unit_test(mutants_keep_the_promises),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
