/* SPDX-License-Identifier: MIT */
/* WebP files that keep their picture: what is found in their metadata, what is left of it, and that
 * every other byte stays. The files are made here, chunk by chunk; exiftool reads the outputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/webp_make.h"

#define EXIF_REASON (1u << EXN_REASON_EXIF)
#define XMP_REASON  (1u << EXN_REASON_XMP)

enum { MOST = 64 };

static void put(exn_buffer *out, const void *data, size_t size)
{
    assert_int_equal(exn_buffer_append(out, data, size), EXN_OK);
}

static bool is_metadata(const exn_test_webp_chunk *chunk)
{
    return strcmp(chunk->name, "EXIF") == 0 || memcmp(chunk->name, "XMP", 3) == 0 ||
           strcmp(chunk->name, "_PMX") == 0;
}

/* Chunks that hold no metadata are there in their order, byte for byte; of VP8X all but the flags
 * of metadata. Returns how many chunks of metadata are left. */
static size_t compare_chunks(exn_span source, exn_span product)
{
    exn_test_webp_chunk before[MOST], after[MOST];
    exn_span rest;
    size_t left = 0, i = 0, k = 0;
    /* The source's own flags may be wrong, so it is read as an unextended one. */
    exn_buffer copy = {0};
    put(&copy, source.data, source.size);
    const bool extended = memcmp(copy.data + 12, "VP8X", 4) == 0;
    if (extended)
        memcpy(copy.data + 12, "vp8x", 4);
    const size_t count = exn_test_webp_read(exn_buffer_span(&copy), before, MOST, &rest);
    const size_t kept = exn_test_webp_read(product, after, MOST, &rest);
    for (; i < count || k < kept; i++, k++) {
        while (i < count && is_metadata(&before[i]))
            i++;
        for (; k < kept && is_metadata(&after[k]); k++)
            left++;
        assert_int_equal(i < count, k < kept);
        if (i == count)
            break;
        const bool head = i == 0 && extended;
        assert_string_equal(after[k].name, head ? "VP8X" : before[i].name);
        assert_int_equal(after[k].data.size, before[i].data.size);
        assert_memory_equal(after[k].data.data + head, before[i].data.data + head,
                            before[i].data.size - head);
        if (head)
            assert_int_equal((after[k].data.data[0] ^ before[i].data.data[0]) & ~0x0C, 0);
    }
    exn_buffer_free(&copy);
    return left;
}

typedef struct expected {
    uint32_t orientation, reasons, warnings;
    exn_place place;
    size_t left; /* chunks of metadata in the output */
} expected;

/* Both ways to look say the same; the output has the source's picture and no orientation. */
static void expect(exn_buffer *file, const expected *e)
{
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(file), NULL);
    const exn_result *r = &pass.result;
    assert_int_equal(r->format, EXN_FORMAT_WEBP);
    assert_int_equal(r->orientation, e->orientation);
    assert_int_equal(r->orientation_place, e->place);
    assert_int_equal(r->reasons, e->reasons);
    assert_int_equal(r->outcome, e->reasons ? EXN_OUTCOME_METADATA : EXN_OUTCOME_UNTOUCHED);
    assert_int_equal(r->warnings & ~(1u << EXN_WARN_LIBEXIF_DIFFERS), e->warnings);
    assert_int_equal(r->transform, 0);
    assert_int_equal(r->width_out, r->width_in);
    if (pass.product.data)
        assert_int_equal(compare_chunks(exn_buffer_span(file), pass.file), e->left);
    assert_int_equal(exn_test_is_refused(exn_buffer_span(file)),
                     (e->warnings & EXN_WARNINGS_AMBIGUOUS) != 0);
    exn_test_no_orientation(pass.file);
    exn_test_pass_free(&pass);
}

#define IGNORED (1u << EXN_WARN_ORIENTATION_IGNORED)

static void test_values(void **state)
{
    (void)state;
    for (uint16_t orientation = 0; orientation <= 9; orientation++)
        for (int prefix = 0; prefix < 2; prefix++) {
            exn_buffer file = {0};
            const bool usable = orientation >= 1 && orientation <= 8;
            exn_test_webp(&file, &(exn_test_webp_parts){.orientation = orientation,
                                                        .prefix = prefix,
                                                        .data = 101 + (size_t)prefix});
            expect(&file, &(expected){.orientation = usable ? orientation : 0,
                                      .place = usable ? EXN_PLACE_IFD0 : EXN_PLACE_NONE,
                                      .reasons = orientation > 1 ? EXIF_REASON : 0,
                                      .warnings = orientation > 1 ? IGNORED : 0,
                                      .left = 1});
            exn_buffer_free(&file);
        }
}

/* The chunk holds nothing else: it goes, and its flag with it. */
static void test_nothing_left(void **state)
{
    (void)state;
    static const uint8_t tiff[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                   0,   1,   0,  0, 0, 6, 0, 0, 0, 0, 0,    0, 0};
    for (int xmp = 0; xmp < 2; xmp++) {
        exn_buffer file = {0}, packet = exn_test_xmp("", "");
        exn_test_webp_open(&file);
        exn_test_webp_put_extended(&file, xmp ? 0x0C : 0x08, 7, 5);
        exn_test_webp_put_picture(&file, 7, 5, 0);
        exn_test_webp_put(&file, "EXIF", tiff, sizeof tiff);
        if (xmp)
            exn_test_webp_put(&file, "XMP ", packet.data, packet.size);
        exn_test_webp_close(&file);
        expect(&file, &(expected){.orientation = 6,
                                  .place = EXN_PLACE_IFD0,
                                  .reasons = EXIF_REASON,
                                  .warnings = IGNORED,
                                  .left = (size_t)xmp});
        exn_buffer_free(&packet);
        exn_buffer_free(&file);
    }
}

/* Flags say what is there, also where they did not before; only where the file is edited anyway. */
static void test_flags(void **state)
{
    (void)state;
    for (uint8_t flags = 0; flags < 0x40; flags = (uint8_t)(flags + 4)) {
        exn_buffer file = {0};
        exn_test_webp_open(&file);
        exn_test_webp_put_extended(&file, flags, 7, 5);
        exn_test_webp_put_picture(&file, 7, 5, 0);
        exn_test_webp_put_exif(&file, 3, false, 0);
        exn_test_webp_close(&file);
        expect(&file, &(expected){.orientation = 3,
                                  .place = EXN_PLACE_IFD0,
                                  .reasons = EXIF_REASON,
                                  .warnings = IGNORED,
                                  .left = 1});
        exn_buffer_free(&file);
    }
}

static exn_status look(exn_span file, const exn_options *options, exn_result *result)
{
    *result = (exn_result){.struct_size = sizeof(exn_result)};
    return exn_test_check(file, options, result);
}

/* Of a picture without VP8X its own header says the size. */
static void test_size(void **state)
{
    (void)state;
    /* A key frame's tag and start code, 0x123 by 0x3210 without their scales. */
    static const uint8_t vp8[16] = {0x10, 0, 0, 0x9D, 1, 0x2A, 0x23, 0xC1, 0x10, 0x72};
    exn_result result;
    for (int kind = 0; kind < 3; kind++) {
        exn_buffer file = {0};
        exn_test_webp_open(&file);
        if (kind == 2)
            exn_test_webp_put_extended(&file, 0x10, 16384, 300);
        if (kind == 0)
            exn_test_webp_put(&file, "VP8 ", vp8, sizeof vp8);
        else
            exn_test_webp_put_picture(&file, 16384, 300, 0);
        exn_test_webp_close(&file);
        assert_int_equal(look(exn_buffer_span(&file), NULL, &result), EXN_OK);
        assert_int_equal(result.width_in, kind ? 16384 : 0x123);
        assert_int_equal(result.height_in, kind ? 300 : 0x3210);
        assert_int_equal(result.components, kind == 2 ? 4 : 3);
        exn_buffer_free(&file);
    }
}

/* What no decoder takes fails, with a picture and an orientation or without. */
static void test_damage(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t width, height; /* of VP8X; 0: there is none */
        size_t head;            /* bytes of the picture's data that are wrong */
    } kinds[] = {{"none", 7, 5, 0}, {"none", 0, 0, 0}, {"size", 8, 5, 0},
                 {"size", 7, 6, 0}, {"head", 7, 5, 1}, {"head", 0, 0, 1}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        exn_buffer file = {0};
        exn_result result;
        exn_options options;
        exn_options_init(&options, sizeof options);
        exn_test_webp_open(&file);
        if (kinds[i].width)
            exn_test_webp_put_extended(&file, 8, kinds[i].width, kinds[i].height);
        const size_t at = file.size + 8;
        if (strcmp(kinds[i].name, "none") != 0)
            exn_test_webp_put_picture(&file, 7, 5, 0);
        memset(file.data + at, 0, kinds[i].head);
        exn_test_webp_put_exif(&file, 6, false, 0);
        exn_test_webp_close(&file);
        assert_int_equal(look(exn_buffer_span(&file), NULL, &result), EXN_CORRUPT);
        options.webp = EXN_WEBP_COPY;
        assert_int_equal(look(exn_buffer_span(&file), &options, &result), EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_UNSUPPORTED);
        assert_int_equal(result.orientation, 6);
        exn_buffer_free(&file);
    }
}

/* Cut off anywhere it is no picture; to be copied it may be. */
static void test_cut(void **state)
{
    (void)state;
    exn_buffer file = {0};
    exn_test_webp(&file, &(exn_test_webp_parts){.orientation = 6, .prefix = true, .data = 21});
    for (size_t size = 0; size < file.size; size++) {
        exn_result result;
        exn_options options;
        exn_options_init(&options, sizeof options);
        uint8_t *cut = malloc(size ? size : 1); /* a sanitizer sees the end */
        assert_non_null(cut);
        memcpy(cut, file.data, size);
        assert_int_equal(look((exn_span){cut, size}, NULL, &result),
                         size < 12 ? EXN_NOT_AN_IMAGE : EXN_CORRUPT);
        options.webp = EXN_WEBP_COPY;
        assert_int_equal(look((exn_span){cut, size}, &options, &result),
                         size < 12 ? EXN_NOT_AN_IMAGE : EXN_OK);
        assert_true(size < 12 || result.outcome == EXN_OUTCOME_COPIED);
        free(cut);
    }
    exn_buffer_free(&file);
}

/* A file whose RIFF says another size. off: what is added to it; its last chunk has an odd size,
 * and padding or none. */
static void test_riff_size(void **state)
{
    (void)state;
    static const int32_t offs[] = {-1000000, -30, -2, -1, 0, 1, 2, 8, 1000000};
    for (size_t i = 0; i < 2 * sizeof offs / sizeof offs[0]; i++) {
        const bool padded = i % 2;
        const int32_t off = offs[i / 2];
        exn_buffer file = {0};
        exn_result result;
        exn_test_webp_open(&file);
        exn_test_webp_put_extended(&file, 0, 7, 5);
        exn_test_webp_put_picture(&file, 7, 5, 0);
        exn_test_webp_put_exif(&file, 6, false, 1001);
        file.size -= !padded;
        exn_put32(file.data + 4, (uint32_t)((int32_t)file.size - 8 + off), false);
        if (off > 1) { /* what is to be copied is looked at all the same */
            exn_options options;
            exn_options_init(&options, sizeof options);
            options.webp = EXN_WEBP_COPY;
            assert_int_equal(look(exn_buffer_span(&file), &options, &result), EXN_OK);
            assert_int_equal(result.orientation, 6);
        }
        /* With a padding byte that is not counted, or one that is and is not there. */
        const bool good = off == 0 || (padded && off == -1) || off == 1;
        assert_int_equal(look(exn_buffer_span(&file), NULL, &result), good ? EXN_OK : EXN_CORRUPT);
        if (good) {
            exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
            exn_test_webp_chunk chunks[MOST];
            exn_span rest;
            assert_int_equal(exn_test_webp_read(pass.file, chunks, MOST, &rest), 3);
            assert_int_equal(chunks[2].data.size, 1001);
            assert_int_equal(rest.size, 0);
            exn_test_no_orientation(pass.file);
            exn_test_pass_free(&pass);
        }
        exn_buffer_free(&file);
    }
}

/* Of several EXIF chunks the first counts; exiftool reads every one. */
static void test_several(void **state)
{
    (void)state;
    static const uint16_t values[][3] = {{6, 8, 0}, {1, 8, 0}, {6, 1, 3}, {1, 1, 1}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        exn_buffer file = {0};
        size_t count = 0;
        uint32_t most = 1;
        exn_test_webp_open(&file);
        exn_test_webp_put_extended(&file, 8, 7, 5);
        exn_test_webp_put_picture(&file, 7, 5, 0);
        for (; count < 3 && values[i][count]; count++) {
            exn_test_webp_put_exif(&file, values[i][count], count == 1, 0);
            most = values[i][count] > most ? values[i][count] : most;
        }
        exn_test_webp_close(&file);
        expect(&file, &(expected){.orientation = values[i][0],
                                  .place = EXN_PLACE_IFD0,
                                  .reasons = most > 1 ? EXIF_REASON : 0,
                                  .warnings = most > 1 ? IGNORED : 0,
                                  .left = count});
        exn_buffer_free(&file);
    }
}

/* Of EXIF and XMP the first that says something counts, EXIF before XMP, wherever they stand, and
 * by each name that a reader knows XMP by. */
static void test_exif_and_xmp(void **state)
{
    (void)state;
    static const uint16_t values[] = {0, 1, 6, 9};
    static const char names[][5] = {"XMP ", "XMP\0", "_PMX"};
    for (uint32_t i = 0; i < 4 * 2 * 2; i++) {
        const uint16_t value = values[i % 4];
        const bool orients = i / 4 % 2, xmp_first = i / 8;
        exn_buffer file = {0};
        exn_buffer xmp = exn_test_xmp(EXN_TEST_TIFF_NS, orients ? "<tiff:Orientation>3"
                                                                  "</tiff:Orientation>"
                                                                : "");
        exn_test_webp_open(&file);
        exn_test_webp_put_extended(&file, 0x0C, 100, 50);
        if (!xmp_first)
            exn_test_webp_put_picture(&file, 100, 50, 0);
        if (!xmp_first && value)
            exn_test_webp_put_exif(&file, value, false, 0);
        exn_test_webp_put(&file, names[i % 3], xmp.data, xmp.size);
        if (xmp_first && value)
            exn_test_webp_put_exif(&file, value, false, 0);
        if (xmp_first)
            exn_test_webp_put_picture(&file, 100, 50, 0);
        exn_test_webp_close(&file);
        const bool usable = value == 1 || value == 6;
        const uint32_t reasons = (value > 1 ? EXIF_REASON : 0) | (orients ? XMP_REASON : 0);
        expect(&file,
               &(expected){.orientation = usable    ? value
                                          : orients ? 3
                                                    : 0,
                           .place = usable    ? EXN_PLACE_IFD0
                                    : orients ? EXN_PLACE_XMP
                                              : EXN_PLACE_NONE,
                           .reasons = reasons,
                           .warnings = (reasons ? IGNORED : 0) |
                                       (usable && orients ? 1u << EXN_WARN_XMP_ORIENTATION : 0),
                           .left = 1 + (value != 0)});
        exn_buffer_free(&xmp);
        exn_buffer_free(&file);
    }
}

/* Without VP8X no decoder looks for metadata; exiftool does. No VP8X is added. */
static void test_not_extended(void **state)
{
    (void)state;
    exn_buffer file = {0};
    exn_test_webp_open(&file);
    exn_test_webp_put_picture(&file, 7, 5, 33);
    exn_test_webp_put_exif(&file, 8, false, 0);
    exn_test_webp_close(&file);
    expect(&file, &(expected){.orientation = 8,
                              .place = EXN_PLACE_IFD0,
                              .reasons = EXIF_REASON,
                              .warnings = IGNORED,
                              .left = 1});
    exn_buffer_free(&file);
}

/* Chunks that nobody knows, frames, and a manifest that signs what is edited. */
static void test_unknown_chunks(void **state)
{
    (void)state;
    for (int sign = 0; sign < 2; sign++) {
        exn_buffer file = {0};
        exn_test_webp_open(&file);
        exn_test_webp_put_extended(&file, 0x2A, 7, 5);
        exn_test_webp_put(&file, "ICCP", "profile", 7);
        exn_test_webp_put(&file, "ANIM", "\0\0\0\0\0\0", 6);
        exn_test_webp_put(&file, "ANMF", "a frame", 7);
        exn_test_webp_put_exif(&file, 6, false, 0);
        exn_test_webp_put(&file, "ANMF", "another", 7);
        exn_test_webp_put(&file, "what", "EXIF\0", 5);
        exn_test_webp_put(&file, "\1\2\3\4", "", 0);
        if (sign)
            exn_test_webp_put(&file, "C2PA", "signed", 6);
        exn_test_webp_close(&file);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(pass.result.warnings,
                         IGNORED | (sign ? 1u << EXN_WARN_SIGNATURE_INVALID : 0));
        assert_int_equal(compare_chunks(exn_buffer_span(&file), pass.file), 1);
        exn_test_pass_free(&pass);
        exn_buffer_free(&file);
    }
}

/* What follows the RIFF stays there: chunks, of which EXIF is edited, and then anything. */
static void test_after(void **state)
{
    (void)state;
    static const char noise[] = "\x01\x02 no chunk EXIF";
    for (int kind = 0; kind < 4; kind++) {
        exn_buffer file = {0}, tail = {0};
        exn_test_webp(&file, &(exn_test_webp_parts){.orientation = kind & 2 ? 6 : 0});
        if (kind & 1) {
            exn_test_webp_put_exif(&tail, 8, false, 0);
            exn_test_webp_put(&tail, "tail", "kept", 4);
        }
        put(&tail, noise, sizeof noise);
        put(&file, tail.data, tail.size);
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        exn_test_webp_chunk chunks[MOST];
        exn_span rest;
        assert_int_equal(pass.result.orientation, kind & 2 ? 6 : kind & 1 ? 8 : 0);
        assert_int_equal(pass.result.reasons, kind ? EXIF_REASON : 0);
        exn_test_webp_read(pass.file, chunks, MOST, &rest);
        assert_int_equal(rest.size, tail.size);
        assert_memory_equal(rest.data + rest.size - sizeof noise, noise, sizeof noise);
        if (!(kind & 1))
            assert_memory_equal(rest.data, tail.data, tail.size);
        exn_test_no_orientation(pass.file);
        exn_test_pass_free(&pass);
        exn_buffer_free(&tail);
        exn_buffer_free(&file);
    }
}

/* A thumbnail in the Exif block with an orientation of its own. */
static void test_embedded(void **state)
{
    (void)state;
    exn_buffer file = {0}, tiff = {0}, inner = {0}, plain = {0}, oriented = {0};
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 6}, &inner));
    exn_test_jpeg jpeg;
    exn_test_jpeg_init(&jpeg, 16, 8);
    exn_test_jpeg_made(&jpeg, &plain);
    assert_true(
        exn_test_jpeg_insert_exif(exn_buffer_span(&plain), exn_buffer_span(&inner), &oriented));
    assert_true(
        exn_test_exif_make(&(exn_test_exif){.thumbnail = exn_buffer_span(&oriented)}, &tiff));
    exn_test_webp_open(&file);
    exn_test_webp_put_extended(&file, 8, 100, 50);
    exn_test_webp_put_picture(&file, 100, 50, 0);
    exn_test_webp_put(&file, "EXIF", tiff.data, tiff.size);
    exn_test_webp_close(&file);
    expect(&file,
           &(expected){.reasons = 1u << EXN_REASON_EMBEDDED, .warnings = IGNORED, .left = 1});
    exn_buffer_free(&file);
    exn_buffer_free(&tiff);
    exn_buffer_free(&inner);
    exn_buffer_free(&plain);
    exn_buffer_free(&oriented);
}

/* The limit is one of what is read: metadata, one chunk beside the first EXIF. */
static void test_limit(void **state)
{
    (void)state;
    enum { LIMIT = 4096 };
    exn_result result;
    exn_options options;
    exn_buffer file = {0}, xmp = exn_test_xmp("", "");
    exn_options_init(&options, sizeof options);
    options.max_memory = LIMIT;
    exn_test_webp(&file, &(exn_test_webp_parts){.orientation = 6, .data = 3 * LIMIT});
    assert_int_equal(look(exn_buffer_span(&file), &options, &result), EXN_OK);
    assert_int_equal(result.orientation, 6);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    exn_bytes product; /* the file and another of its size */
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_LIMIT);
    options.max_memory = 2 * file.size;
    assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                     EXN_OK);
    exn_bytes_free(&product);
    exn_buffer_free(&file);
    for (size_t size = LIMIT - 1; size <= LIMIT + 1; size++) {
        const exn_status fits = size <= LIMIT ? EXN_OK : EXN_LIMIT;
        exn_test_webp_open(&file);
        exn_test_webp_put_picture(&file, 7, 5, 0);
        exn_test_webp_put_exif(&file, 6, false, size);
        exn_test_webp_close(&file);
        options.max_memory = LIMIT;
        assert_int_equal(look(exn_buffer_span(&file), &options, &result), fits);
        exn_test_webp_put(&file, "XMP ", xmp.data, xmp.size);
        exn_test_webp_close(&file);
        options.max_memory = LIMIT + xmp.size;
        assert_int_equal(look(exn_buffer_span(&file), &options, &result), fits);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&xmp);
}

/* Each byte of an output that is not metadata is the source's: exn_verify() sees each that is
 * changed, and a chunk that is left out, added or moved. */
static void test_verify(void **state)
{
    (void)state;
    exn_buffer file = {0};
    exn_test_webp_open(&file);
    exn_test_webp_put_extended(&file, 8, 7, 5);
    exn_test_webp_put_picture(&file, 7, 5, 21);
    exn_test_webp_put_exif(&file, 6, false, 0);
    exn_test_webp_put(&file, "what", "kept", 4);
    exn_test_webp_close(&file);
    put(&file, "after", 5);
    exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
    exn_test_webp_chunk chunks[MOST];
    exn_span rest;
    const size_t count = exn_test_webp_read(pass.file, chunks, MOST, &rest);
    assert_int_equal(count, 4);
    const exn_span exif = chunks[2].data;
    const size_t pad = (size_t)(chunks[1].data.data - pass.file.data) + 21;
    for (size_t i = 0; i < pass.product.size; i++) {
        uint8_t *at = pass.product.data + i;
        if ((at >= exif.data && at < exif.data + exif.size) || i == pad)
            continue;
        for (int bit = 0; bit < 8; bit++) {
            *at ^= (uint8_t)(1 << bit);
            assert_int_not_equal(exn_verify(file.data, file.size, pass.product.data,
                                            pass.product.size, NULL, &pass.result, NULL),
                                 EXN_OK);
            *at ^= (uint8_t)(1 << bit);
        }
    }
    exn_test_pass_free(&pass);
    exn_buffer_free(&file);
}

/* What a caller of before there was a choice has, and what it may not have. */
static void test_choices(void **state)
{
    (void)state;
    exn_buffer file = {0};
    exn_result result;
    exn_options options;
    exn_test_webp(&file, &(exn_test_webp_parts){.orientation = 6});
    exn_options_init(&options, offsetof(exn_options, webp));
    assert_int_equal(look(exn_buffer_span(&file), &options, &result), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_UNSUPPORTED);
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    assert_int_equal(look(exn_buffer_span(&file), &options, &result), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
    options.mode = EXN_MODE_BAKE;
    for (uint32_t given = 1; given <= 8; given++) {
        options.orientation = given;
        assert_int_equal(look(exn_buffer_span(&file), &options, &result), EXN_OK);
        assert_int_equal(result.outcome,
                         given == 1 ? EXN_OUTCOME_METADATA : EXN_OUTCOME_UNSUPPORTED);
    }
    exn_buffer_free(&file);
}

/* A sidecar follows its image: edited where that is, left where that is copied. */
static void test_sidecar(void **state)
{
    (void)state;
    exn_buffer file = {0},
               xmp = exn_test_xmp(EXN_TEST_TIFF_NS, "<tiff:Orientation>6</tiff:Orientation>");
    exn_test_webp(&file, &(exn_test_webp_parts){.orientation = 6});
    for (int copied = 0; copied < 2; copied++) {
        exn_result image, result = {.struct_size = sizeof(exn_result)};
        exn_options options;
        exn_bytes output;
        exn_options_init(&options, sizeof options);
        options.webp = copied ? EXN_WEBP_COPY : EXN_WEBP_AS_SHOWN;
        assert_int_equal(look(exn_buffer_span(&file), &options, &image), EXN_OK);
        assert_int_equal(
            exn_normalize_sidecar(xmp.data, xmp.size, &image, &options, &output, &result, NULL),
            EXN_OK);
        assert_int_equal(result.outcome, copied ? EXN_OUTCOME_UNSUPPORTED : EXN_OUTCOME_METADATA);
        assert_int_equal(output.data == NULL, copied);
        if (output.data)
            exn_test_no_orientation((exn_span){output.data, output.size});
        exn_bytes_free(&output);
    }
    exn_buffer_free(&xmp);
    exn_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),         cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_flags),          cmocka_unit_test(test_size),
        cmocka_unit_test(test_damage),         cmocka_unit_test(test_cut),
        cmocka_unit_test(test_riff_size),      cmocka_unit_test(test_several),
        cmocka_unit_test(test_exif_and_xmp),   cmocka_unit_test(test_not_extended),
        cmocka_unit_test(test_unknown_chunks), cmocka_unit_test(test_after),
        cmocka_unit_test(test_embedded),       cmocka_unit_test(test_limit),
        cmocka_unit_test(test_verify),         cmocka_unit_test(test_choices),
        cmocka_unit_test(test_sidecar),
    };
    return cmocka_run_group_tests_name("webp", tests, NULL, NULL);
}
