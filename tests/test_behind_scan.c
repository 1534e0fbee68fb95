/* SPDX-License-Identifier: MIT */
/* Exif and XMP behind a JPEG's first scan header: between scans, or between the only scan and EOI.
 * Browsers read no further than that header; exiftool -ee, ImageMagick, GraphicsMagick and ffmpeg
 * do. exn_normalize() leaves none; exn_check() finds them within 128 KiB, and wherever they are
 * with look_whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_walk.h"
#include "support/mpf_make.h"
#include "support/pass.h"
#include "support/places_make.h"
#include "support/proc.h"

enum { W = 64, H = 48, APP1 = 0xE1, COM = 0xFE, SOS = 0xDA, EOI = 0xD9, BUDGET = 128 << 10 };

#define IGNORED     (1u << EXN_WARN_ORIENTATION_IGNORED)
#define EXIF_REASON (1u << EXN_REASON_EXIF)
#define XMP_REASON  (1u << EXN_REASON_XMP)

typedef enum form { BASELINE, PROGRESSIVE, SEPARATE, ARITHMETIC, FORMS } form;

static exn_buffer make(form f)
{
    exn_test_jpeg jpeg;
    exn_buffer out = {0};
    exn_test_jpeg_init(&jpeg, W, H);
    jpeg.noise = 40;
    jpeg.progressive = f == PROGRESSIVE;
    jpeg.noninterleaved = f == SEPARATE;
    jpeg.arithmetic = f == ARITHMETIC;
    exn_test_jpeg_made(&jpeg, &out);
    return out;
}

/* The payload of an APP1 with orientation 6. */
static exn_buffer payload_of(bool xmp)
{
    exn_buffer tiff = {0}, payload = {0};
    if (xmp)
        return exn_test_xmp_segment(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "");
    assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 6}, &tiff));
    assert_int_equal(exn_buffer_append(&payload, "Exif\0", 6), EXN_OK);
    assert_int_equal(exn_buffer_append(&payload, tiff.data, tiff.size), EXN_OK);
    exn_buffer_free(&tiff);
    return payload;
}

/* Puts bytes into the file, which is replaced. */
static void insert(exn_buffer *file, size_t offset, exn_span bytes)
{
    exn_buffer out = {0};
    assert_true(exn_test_splice(exn_buffer_span(file), offset, 0, bytes, &out));
    exn_buffer_free(file);
    *file = out;
}

static void insert_before(exn_buffer *file, uint8_t marker, unsigned number, bool xmp)
{
    exn_test_segment at;
    exn_buffer payload = payload_of(xmp), out = {0};
    assert_true(exn_test_jpeg_find(exn_buffer_span(file), marker, number, &at));
    assert_true(exn_test_insert_segment(exn_buffer_span(file), at.offset, APP1,
                                        exn_buffer_span(&payload), &out));
    exn_buffer_free(&payload);
    exn_buffer_free(file);
    *file = out;
}

/* size bytes that could be a scan's, at the end of that one. */
static void lengthen(exn_buffer *file, unsigned number, size_t size)
{
    exn_test_segment at;
    uint8_t *filler = malloc(size);
    assert_non_null(filler);
    for (size_t i = 0; i < size; i++)
        filler[i] = i % 251 == 7 ? 0xFF : i % 251 == 8 ? 0 : (uint8_t)(i % 251);
    filler[size - 1] = 1;
    assert_true(exn_test_jpeg_find(exn_buffer_span(file), SOS, number, &at));
    insert(file, (size_t)(at.entropy.data - file->data) + at.entropy.size,
           (exn_span){filler, size});
    free(filler);
}

typedef struct counted {
    exn_span file;
    size_t bytes;
} counted;

static int read_counted(void *context, void *to, size_t size, uint64_t offset)
{
    counted *c = context;
    assert_true(size > 0 && offset <= c->file.size && size <= c->file.size - offset);
    memcpy(to, c->file.data + offset, size);
    c->bytes += size;
    return 0;
}

static uint32_t look(const exn_buffer *file, bool whole, size_t *bytes)
{
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    counted c = {.file = exn_buffer_span(file)};
    exn_source source = {.size = file->size, .read = read_counted, .context = &c};
    exn_options_init(&options, sizeof options);
    options.look_whole = whole;
    assert_int_equal(exn_check(&source, &options, &result, NULL), EXN_OK);
    *bytes = c.bytes;
    assert_int_equal(result.outcome, result.reasons ? EXN_OUTCOME_METADATA : EXN_OUTCOME_UNTOUCHED);
    assert_true(!result.reasons || result.warnings & EXN_WARNINGS_AMBIGUOUS);
    return result.reasons;
}

static bool sees(const char *const argv[], exn_span file)
{
    exn_test_proc proc;
    if (!exn_test_run(argv, file, &proc))
        fail_msg("%s: %.*s", argv[0], (int)proc.err.size, (const char *)proc.err.data);
    bool seen = proc.out.size > 0 && memchr(proc.out.data, '6', proc.out.size);
    exn_test_proc_free(&proc);
    return seen;
}

static bool exiftool_sees(exn_span file)
{
    const char *const argv[] = {"exiftool", "-ee", "-a", "-s3", "-n", "-Orientation", "-", NULL};
    return sees(argv, file);
}

static bool imagemagick_sees(exn_span file)
{
    const char *const argv[] = {"identify", "-format", "%[EXIF:Orientation]", "jpeg:-", NULL};
    return sees(argv, file);
}

static void every_place(void **state)
{
    (void)state;
    static const struct {
        form form;
        uint8_t marker;
        unsigned number;
    } places[] = {{BASELINE, EOI, 0},    {PROGRESSIVE, SOS, 1}, {PROGRESSIVE, SOS, 3},
                  {PROGRESSIVE, EOI, 0}, {SEPARATE, SOS, 1},    {SEPARATE, EOI, 0},
                  {ARITHMETIC, EOI, 0}};
    bool magick = exn_test_have("identify");
    for (size_t i = 0; i < 2 * sizeof places / sizeof places[0]; i++) {
        bool xmp = i % 2;
        exn_buffer before = make(places[i / 2].form), file = make(places[i / 2].form);
        insert_before(&file, places[i / 2].marker, places[i / 2].number, xmp);
        assert_true(exiftool_sees(exn_buffer_span(&file)));
        if (magick && !xmp)
            assert_true(imagemagick_sees(exn_buffer_span(&file)));
        exn_test_pass pass = exn_test_pass_make(exn_buffer_span(&file), NULL);
        assert_int_equal(pass.result.outcome, EXN_OUTCOME_METADATA);
        assert_int_equal(pass.result.reasons, xmp ? XMP_REASON : EXIF_REASON);
        assert_int_equal(pass.result.orientation, 0);
        assert_true(exn_test_is_refused(exn_buffer_span(&file)));
        assert_false(exiftool_sees(pass.file));
        if (magick)
            assert_false(imagemagick_sees(pass.file));
        exn_test_pass_free(&pass);
        exn_buffer_free(&before);
        exn_buffer_free(&file);
    }
    if (!magick)
        print_message("imagemagick is missing: exiftool alone was asked\n");
}

/* Two comments and some fill bytes stand around the segment. */
static void among_others(void **state)
{
    (void)state;
    exn_buffer file = make(BASELINE), out = {0};
    exn_test_segment eoi;
    insert_before(&file, EOI, 0, false);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), EOI, 0, &eoi));
    assert_true(exn_test_insert_segment(exn_buffer_span(&file), eoi.offset, COM,
                                        (exn_span){(const uint8_t *)"note", 4}, &out));
    insert(&out, out.size - 2, (exn_span){(const uint8_t *)"\xFF\xFF\xFF", 3});
    size_t bytes;
    assert_int_equal(look(&out, false, &bytes), EXIF_REASON);
    lengthen(&out, 0, 300000);
    assert_int_equal(look(&out, false, &bytes), EXIF_REASON);
    assert_in_range(bytes, 1, BUDGET);
    exn_buffer_free(&out);
    exn_buffer_free(&file);
}

/* One scan of 300 KB, then the segment: found at the end of the file. */
static void behind_a_large_scan(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        bool xmp = i % 2, whole = i / 2;
        size_t bytes;
        exn_buffer file = make(BASELINE);
        lengthen(&file, 0, 300000);
        assert_int_equal(look(&file, whole, &bytes), 0);
        assert_in_range(bytes, 1, whole ? BUDGET : 16 << 10);
        insert_before(&file, EOI, 0, xmp);
        assert_int_equal(look(&file, whole, &bytes), xmp ? XMP_REASON : EXIF_REASON);
        assert_in_range(bytes, 1, whole ? 2 * file.size : BUDGET);
        exn_buffer_free(&file);
    }
}

/* The budget ends inside the second scan: what is behind it costs reading all of the file. */
static void behind_many_scans(void **state)
{
    (void)state;
    size_t bytes;
    exn_buffer file = make(PROGRESSIVE);
    insert_before(&file, SOS, 2, false);
    lengthen(&file, 0, 100000);
    assert_int_equal(look(&file, false, &bytes), EXIF_REASON);
    assert_in_range(bytes, 1, BUDGET);
    lengthen(&file, 0, 100000);
    assert_int_equal(look(&file, false, &bytes), 0);
    assert_in_range(bytes, 1, BUDGET);
    assert_int_equal(look(&file, true, &bytes), EXIF_REASON);
    assert_in_range(bytes, file.size - 4096, file.size);
    exn_buffer_free(&file);
}

/* The file's end is another picture's, or none. */
static void before_other_data(void **state)
{
    (void)state;
    exn_buffer second = make(BASELINE), file = {0};
    exn_buffer first = make(BASELINE);
    lengthen(&second, 0, 200000);
    exn_test_multi multi = {.primary = exn_buffer_span(&first), .mpf = true, .count = 1};
    multi.secondary[0] = (exn_test_secondary){.jpeg = exn_buffer_span(&second), .type = 0x010001};
    assert_true(exn_test_multi_make(&multi, &file));
    size_t bytes;
    assert_int_equal(look(&file, true, &bytes), 0);
    insert_before(&file, EOI, 0, false);
    lengthen(&file, 0, 200000);
    assert_int_equal(look(&file, true, &bytes), EXIF_REASON);
    exn_buffer_free(&file);

    insert_before(&first, EOI, 0, false);
    lengthen(&first, 0, 200000);
    insert(&first, first.size, (exn_span){second.data + 4, 1000});
    assert_int_equal(look(&first, true, &bytes), EXIF_REASON);
    assert_int_equal(look(&first, false, &bytes), 0);
    assert_in_range(bytes, 1, BUDGET);
    exn_buffer_free(&first);
    exn_buffer_free(&second);
}

/* A file that needs nothing may be as damaged behind its first scan header as it is; a segment that
 * is cut off there is read by nobody. */
static void damage(void **state)
{
    (void)state;
    exn_test_segment sos;
    exn_buffer file = make(PROGRESSIVE);
    insert_before(&file, SOS, 2, false);
    assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 0, &sos));
    size_t first = sos.offset + 4 + sos.payload.size, edited = 0;
    for (size_t size = first; size <= file.size; size++) {
        exn_result looked = {.struct_size = sizeof(exn_result)},
                   done = {.struct_size = sizeof(exn_result)};
        exn_bytes product;
        exn_error error;
        exn_span cut = {file.data, size};
        assert_int_equal(exn_test_check(cut, NULL, &looked), EXN_OK);
        exn_status status = exn_normalize(cut.data, size, NULL, &product, &done, &error);
        assert_int_equal(looked.reasons, done.reasons);
        if (looked.reasons && status == EXN_CORRUPT)
            continue; /* cut inside a later segment: what is to be written anew has to be sound */
        assert_int_equal(status, EXN_OK);
        assert_int_equal(looked.outcome, done.outcome);
        edited += product.data != NULL;
        if (product.data)
            assert_int_equal(exn_test_check((exn_span){product.data, product.size}, NULL, &done),
                             EXN_OK);
        assert_true(!product.data || done.reasons == 0);
        exn_bytes_free(&product);
    }
    assert_in_range(edited, 100, file.size);
    exn_buffer_free(&file);
}

/* A segment in the middle of a scan ends it, and what comes behind belongs to nothing. Without the
 * segment decoders would read on: the scan stays as short as it was. */
static void inside_a_scan(void **state)
{
    /* Nothing but an orientation: the segment goes. */
    static const uint8_t exif[] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0";
    (void)state;
    for (int i = 0; i < 2; i++) {
        exn_buffer file = make(BASELINE), out = {0};
        exn_test_segment whole, before, after;
        exn_bytes product;
        exn_result result = {.struct_size = sizeof(exn_result)};
        assert_true(exn_test_jpeg_find(exn_buffer_span(&file), SOS, 0, &whole));
        size_t middle = (size_t)(whole.entropy.data - file.data) + whole.entropy.size / 2;
        while (file.data[middle - 1] == 0xFF)
            middle++;
        if (i) /* a restart marker, and data behind it */
            insert(&file, middle, (exn_span){(const uint8_t *)"\xFF\xD0", 2});
        assert_true(exn_test_insert_segment(exn_buffer_span(&file), middle, APP1,
                                            (exn_span){exif, sizeof exif}, &out));
        assert_true(exn_test_jpeg_find(exn_buffer_span(&out), SOS, 0, &before));
        assert_in_range(before.entropy.size, 1, whole.entropy.size - 1);
        assert_int_equal(exn_normalize(out.data, out.size, NULL, &product, &result, NULL), EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_METADATA);
        assert_true(exn_test_jpeg_find((exn_span){product.data, product.size}, SOS, 0, &after));
        assert_int_equal(after.entropy.size, before.entropy.size);
        assert_memory_equal(after.entropy.data, before.entropy.data, before.entropy.size);
        exn_bytes_free(&product);
        exn_buffer_free(&out);
        exn_buffer_free(&file);
    }
}

int main(void)
{
    if (!exn_test_have("exiftool")) {
        print_error("exiftool is missing: it is the oracle of these tests\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_place),         cmocka_unit_test(among_others),
        cmocka_unit_test(behind_a_large_scan), cmocka_unit_test(behind_many_scans),
        cmocka_unit_test(before_other_data),   cmocka_unit_test(damage),
        cmocka_unit_test(inside_a_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
