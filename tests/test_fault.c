/* SPDX-License-Identifier: MIT */
/* Out of memory, everywhere: allocation number N fails, for N from 1 until a call gets by without,
 * over every format and method; once that one alone, once all behind it as well. Allocations are
 * ours and those of libjpeg, libpng, zlib and libexif: this program's malloc() is theirs too.
 *
 * A call that met it says so and gives nothing, or did without and gives the very bytes that it
 * gives otherwise; and nothing stays allocated. --long takes all of testdata as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <errno.h>
#include <fts.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/mpf_make.h"
#include "support/places_make.h"
#include "support/png_anim.h"

/* --- The allocator --------------------------------------------------------------------------- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED)
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *block, size_t size);
void REAL(free)(void *block);

static struct {
    bool armed, on;
    size_t asked, which; /* allocations so far; the one that fails, 0: none */
    long held;           /* blocks */
    size_t bytes, most;  /* in blocks that are held, at most so far */
} fault;

/* Whether this allocation, one that an armed call asks for, fails. */
static bool fails(void)
{
    if (!fault.armed)
        return false;
    fault.asked++;
    return fault.which && (fault.on ? fault.asked >= fault.which : fault.asked == fault.which);
}

static void *taken(void *block)
{
    if (!fault.armed || !block)
        return block;
    fault.held++;
    fault.bytes += malloc_usable_size(block);
    fault.most = fault.bytes > fault.most ? fault.bytes : fault.most;
    return block;
}

static void given_back(void *block)
{
    if (!fault.armed || !block)
        return;
    fault.held--;
    fault.bytes -= malloc_usable_size(block);
}

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    return fails() ? no_memory() : taken(REAL(malloc)(size));
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    return fails() ? no_memory() : taken(REAL(calloc)(count, size));
}

__attribute__((visibility("default"))) void *realloc(void *block, size_t size)
{
    if (fails())
        return no_memory();
    size_t before = fault.armed && block ? malloc_usable_size(block) : 0;
    void *moved = REAL(realloc)(block, size);
    if (fault.armed && block && moved) {
        fault.held--;
        fault.bytes -= before;
    }
    return taken(moved);
}

__attribute__((visibility("default"))) void free(void *block)
{
    given_back(block);
    REAL(free)(block);
}

/* --- One call -------------------------------------------------------------------------------- */

typedef enum kind { NORMALIZE, CHECK, VERIFY, KINDS } kind;

typedef struct subject {
    exn_span file;
    exn_options options;
    exn_bytes product; /* what comes of it where nothing fails */
    exn_result result;
} subject;

typedef struct answer {
    exn_status status;
    exn_bytes product;
    exn_result result;
    exn_error error;
    size_t asked, most;
    long left;
} answer;

static int read_span(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_span *file = context;
    memcpy(to, file->data + offset, size);
    return 0;
}

/* cmocka and the checks allocate too: only the call itself is armed. */
static answer ask(kind what, subject *s, size_t which, bool on)
{
    answer a = {.result.struct_size = sizeof(exn_result)};
    exn_span file = s->file;
    exn_source source = {.size = file.size, .read = read_span, .context = &file};
    fault.which = which;
    fault.on = on;
    fault.asked = 0;
    fault.held = 0;
    fault.bytes = fault.most = 0;
    fault.armed = true;
    if (what == NORMALIZE)
        a.status =
            exn_normalize(file.data, file.size, &s->options, &a.product, &a.result, &a.error);
    else if (what == CHECK)
        a.status = exn_check(&source, &s->options, &a.result, &a.error);
    else
        a.status = exn_verify(file.data, file.size, s->product.data, s->product.size, &s->options,
                              &s->result, &a.error);
    fault.armed = false;
    a.asked = fault.asked;
    a.most = fault.most;
    a.left = fault.held - (a.product.data != NULL);
    return a;
}

/* libexif's opinion is done without. */
static bool same(const answer *a, const answer *b)
{
    return a->product.size == b->product.size &&
           (!a->product.size || memcmp(a->product.data, b->product.data, a->product.size) == 0) &&
           a->result.outcome == b->result.outcome && a->result.reasons == b->result.reasons &&
           ((a->result.warnings ^ b->result.warnings) & ~(1u << EXN_WARN_LIBEXIF_DIFFERS)) == 0;
}

static void expect_clean(const char *name, kind what, size_t which, const answer *a,
                         const answer *wanted)
{
    bool good = a->left == 0 && a->error.status == a->status;
    if (a->status == EXN_OK)
        good = good && same(a, wanted);
    else
        good = good && a->status == EXN_MEMORY && !a->product.data && !a->product.size &&
               (what == VERIFY || a->result.outcome == EXN_OUTCOME_FAILED);
    if (!good)
        fail_msg("%s, call %d, allocation %zu: %s (%s), %ld blocks left, %zu bytes of product",
                 name, (int)what, which, exn_status_word(a->status), a->error.detail, a->left,
                 a->product.size);
}

static size_t points;

/* The first allocations one by one, and of those behind them every third, another third from call
 * to call; --all: every one. */
enum { FIRST = 24 };
static size_t stride = 3;

static size_t next_point(size_t which, size_t turn)
{
    do
        which++;
    while (which > FIRST && which % stride != turn % stride);
    return which;
}

static void torture_call(const char *name, kind what, subject *s)
{
    static size_t turn;
    answer wanted = ask(what, s, 0, false);
    assert_int_equal(wanted.status, EXN_OK);
    assert_int_equal(wanted.left, 0);
    for (int on = 0; on < 2; on++, turn++)
        for (size_t which = 1;; which = next_point(which, turn)) {
            answer a = ask(what, s, which, on);
            expect_clean(name, what, which, &a, &wanted);
            exn_bytes_free(&a.product);
            if (a.asked < which)
                break;
            points++;
        }
    exn_bytes_free(&wanted.product);
}

/* All calls on one file; outcome says what it is a case of. */
static void torture(const char *name, exn_span file, const exn_options *options,
                    exn_outcome outcome)
{
    subject s = {.result.struct_size = sizeof(exn_result), .file = file, .options = *options};
    exn_error error;
    if (exn_normalize(file.data, file.size, options, &s.product, &s.result, &error) != EXN_OK)
        fail_msg("%s: %s", name, error.detail);
    if (outcome != EXN_OUTCOME_COUNT && s.result.outcome != outcome)
        fail_msg("%s is %s", name, exn_outcome_word(s.result.outcome));
    torture_call(name, NORMALIZE, &s);
    torture_call(name, CHECK, &s);
    if (s.product.data)
        torture_call(name, VERIFY, &s);
    exn_bytes_free(&s.product);
}

/* --- JPEG ------------------------------------------------------------------------------------ */

/* With a thumbnail, a maker note, XMP and a Photoshop resource. */
static void dress(exn_buffer *file, uint16_t orientation)
{
    exn_test_jpeg small;
    exn_buffer thumbnail = {0}, tiff = {0}, with_exif = {0}, irb = {0}, with_irb = {0}, all = {0};
    exn_buffer xmp =
        exn_test_xmp_segment(EXN_TEST_TIFF_NS "tiff:Orientation='6' tiff:ImageWidth='64'", "");
    exn_test_jpeg_init(&small, 32, 16);
    exn_test_jpeg_made(&small, &thumbnail);
    exn_test_exif exif = {.orientation = orientation,
                          .ifd1_orientation = orientation,
                          .pixel_width = 64,
                          .pixel_height = 48,
                          .maker_note = true,
                          .thumbnail = exn_buffer_span(&thumbnail)};
    assert_true(exn_test_exif_make(&exif, &tiff));
    exn_buffer_append(&irb, "Photoshop 3.0", 14);
    exn_test_irb(&irb, 0x0404, "caption", 7);
    assert_true(
        exn_test_jpeg_insert(exn_buffer_span(file), 0xED, exn_buffer_span(&irb), &with_irb));
    assert_true(
        exn_test_jpeg_insert_exif(exn_buffer_span(&with_irb), exn_buffer_span(&tiff), &with_exif));
    assert_true(
        exn_test_jpeg_insert(exn_buffer_span(&with_exif), 0xE1, exn_buffer_span(&xmp), &all));
    exn_buffer *const used[] = {&thumbnail, &tiff, &with_exif, &irb, &with_irb, &xmp, file};
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++)
        exn_buffer_free(used[i]);
    *file = all;
}

static void test_jpeg(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t width, height;
        uint16_t orientation;
        bool progressive, arithmetic, optimize, decode_all;
        exn_quality quality;
        exn_outcome outcome;
    } cases[] = {
        {"metadata", 64, 48, 1, .outcome = EXN_OUTCOME_METADATA},
        {"metadata, decoded", 64, 48, 1, .decode_all = true, .outcome = EXN_OUTCOME_METADATA},
        {"lossless", 64, 48, 6, .outcome = EXN_OUTCOME_LOSSLESS},
        {"lossless, optimized", 64, 48, 3, .optimize = true, .outcome = EXN_OUTCOME_LOSSLESS},
        {"progressive", 64, 48, 8, .progressive = true, .outcome = EXN_OUTCOME_LOSSLESS},
        {"arithmetic", 64, 48, 7, .arithmetic = true, .outcome = EXN_OUTCOME_LOSSLESS},
        {"arithmetic progressive", 64, 48, 2, .progressive = true, .arithmetic = true,
         .outcome = EXN_OUTCOME_LOSSLESS},
        {"luma-lossless", 64, 56, 6, .outcome = EXN_OUTCOME_LUMA_LOSSLESS},
        {"requantized", 61, 43, 6, .outcome = EXN_OUTCOME_REQUANTIZED},
        {"requantized finely", 61, 43, 8, .quality = EXN_QUALITY_HIGH,
         .outcome = EXN_OUTCOME_REQUANTIZED},
        {"requantized progressive", 61, 43, 3, .progressive = true,
         .outcome = EXN_OUTCOME_REQUANTIZED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        exn_test_jpeg jpeg;
        exn_buffer file = {0};
        exn_options options;
        exn_options_init(&options, sizeof options);
        options.quality = cases[i].quality;
        options.decode_all = cases[i].decode_all;
        exn_test_jpeg_init(&jpeg, cases[i].width, cases[i].height);
        jpeg.progressive = cases[i].progressive;
        jpeg.arithmetic = cases[i].arithmetic;
        jpeg.optimize = cases[i].optimize;
        exn_test_jpeg_made(&jpeg, &file);
        dress(&file, cases[i].orientation);
        torture(cases[i].name, exn_buffer_span(&file), &options, cases[i].outcome);
        exn_buffer_free(&file);
    }
}

static void test_untouched(void **state)
{
    (void)state;
    exn_test_jpeg jpeg;
    exn_buffer file = {0};
    exn_options options;
    exn_options_init(&options, sizeof options);
    exn_test_jpeg_init(&jpeg, 32, 32);
    exn_test_jpeg_made(&jpeg, &file);
    torture("untouched", exn_buffer_span(&file), &options, EXN_OUTCOME_UNTOUCHED);
    options.decode_all = true;
    torture("untouched, decoded", exn_buffer_span(&file), &options, EXN_OUTCOME_UNTOUCHED);
    exn_buffer_free(&file);
}

static void make_gain_map(exn_buffer *primary, exn_buffer *map)
{
    exn_test_jpeg jpeg;
    exn_buffer plain = {0};
    exn_test_jpeg_init(&jpeg, 64, 48);
    exn_test_jpeg_made(&jpeg, primary);
    exn_test_jpeg_init(&jpeg, 32, 24);
    assert_true(exn_test_jpeg_sampling(&jpeg, "4:4:4"));
    exn_test_jpeg_made(&jpeg, &plain);
    assert_true(exn_test_jpeg_insert(exn_buffer_span(&plain), 0xE1, exn_test_gain_map_xmp(), map));
    exn_buffer_free(&plain);
}

/* A gain map, indexed twice, turned and dropped. */
static void test_pictures(void **state)
{
    (void)state;
    exn_options options;
    exn_buffer primary = {0}, map = {0}, file = {0};
    exn_options_init(&options, sizeof options);
    make_gain_map(&primary, &map);
    exn_test_multi multi = {.primary = exn_buffer_span(&primary),
                            .orientation = 6,
                            .mpf = true,
                            .directory = true,
                            .hdrgm = true,
                            .secondary = {{exn_buffer_span(&map), 0, "GainMap", 0}},
                            .count = 1};
    assert_true(exn_test_multi_make(&multi, &file));
    torture("gain map", exn_buffer_span(&file), &options, EXN_OUTCOME_LOSSLESS);
    options.secondary = EXN_SECONDARY_DROP;
    torture("gain map, dropped", exn_buffer_span(&file), &options, EXN_OUTCOME_LOSSLESS);
    exn_buffer_free(&primary);
    exn_buffer_free(&map);
    exn_buffer_free(&file);
}

/* An index that is wrong, and a gain map that is found without it. */
static void test_wrong_index(void **state)
{
    (void)state;
    exn_options options;
    exn_buffer primary = {0}, map = {0}, file = {0};
    exn_test_index index;
    exn_options_init(&options, sizeof options);
    make_gain_map(&primary, &map);
    exn_test_multi multi = {.primary = exn_buffer_span(&primary),
                            .orientation = 6,
                            .mpf = true,
                            .secondary = {{exn_buffer_span(&map), 0, NULL, 0}},
                            .count = 1};
    assert_true(exn_test_multi_make(&multi, &file));
    exn_test_index_read(exn_buffer_span(&file), &index);
    exn_put32(file.data + index.at + 8, 8, index.big_endian);
    torture("wrong index", exn_buffer_span(&file), &options, EXN_OUTCOME_LOSSLESS);
    exn_buffer_free(&primary);
    exn_buffer_free(&map);
    exn_buffer_free(&file);
}

/* Two of them with an orientation of their own, cut in two and in FlashPix. */
static void test_previews(void **state)
{
    (void)state;
    enum { FUJI_HEADS = 60, CUT = 400 };
    static const uint8_t heads[FUJI_HEADS] = "FPXR\0\0\2\2";
    for (uint16_t orientation = 1; orientation <= 6; orientation += 5) {
        exn_test_jpeg jpeg;
        exn_options options;
        exn_buffer preview = {0}, tiff = {0}, small = {0}, flashpix = {0};
        exn_buffer parts[4] = {{0}};
        exn_options_init(&options, sizeof options);
        exn_test_jpeg_init(&jpeg, 32, 16);
        exn_test_jpeg_made(&jpeg, &small);
        assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 6}, &tiff));
        assert_true(
            exn_test_jpeg_insert_exif(exn_buffer_span(&small), exn_buffer_span(&tiff), &preview));
        const exn_span whole = exn_buffer_span(&preview);
        exn_buffer_append(&flashpix, heads, sizeof heads);
        exn_buffer_append(&flashpix, whole.data, whole.size);
        exn_test_jpeg_init(&jpeg, 64, 48);
        exn_test_jpeg_made(&jpeg, &parts[0]);
        assert_true(exn_test_jpeg_insert(exn_buffer_span(&parts[0]), 0xE2,
                                         exn_buffer_span(&flashpix), &parts[1]));
        assert_true(exn_test_jpeg_insert(exn_buffer_span(&parts[1]), 0xE2,
                                         exn_span_part(whole, CUT, SIZE_MAX), &parts[2]));
        assert_true(exn_test_jpeg_insert(exn_buffer_span(&parts[2]), 0xE2,
                                         exn_span_part(whole, 0, CUT), &parts[3]));
        dress(&parts[3], orientation);
        torture("previews", exn_buffer_span(&parts[3]), &options,
                orientation == 1 ? EXN_OUTCOME_METADATA : EXN_OUTCOME_LOSSLESS);
        for (size_t i = 0; i < 4; i++)
            exn_buffer_free(&parts[i]);
        exn_buffer_free(&flashpix);
        exn_buffer_free(&preview);
        exn_buffer_free(&small);
        exn_buffer_free(&tiff);
    }
}

/* Cut off, with on_damage and verified, and mended: what failed once is read again, which out of
 * memory is not to be taken for damage. */
static void test_damaged(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        exn_test_jpeg jpeg;
        exn_buffer file = {0};
        exn_options options;
        const bool kept = i >= 4; /* where no damage shows but to who decodes */
        exn_options_init(&options, sizeof options);
        options.on_damage = EXN_ON_DAMAGE_DECODE;
        options.decode_all = kept || i & 2;
        exn_test_jpeg_init(&jpeg, 64, 48);
        jpeg.progressive = i & 1;
        exn_test_jpeg_made(&jpeg, &file);
        dress(&file, kept ? 1 : 6);
        subject s = {.result.struct_size = sizeof(exn_result),
                     .file = {file.data, file.size - file.size / 8},
                     .options = options};
        answer a = ask(NORMALIZE, &s, 0, false);
        assert_int_equal(a.status, EXN_OK);
        assert_true(a.result.warnings >> EXN_WARN_DAMAGED & 1);
        exn_bytes_free(&a.product);
        torture(i & 1 ? "damaged, progressive" : "damaged", s.file, &options,
                kept ? EXN_OUTCOME_METADATA : EXN_OUTCOME_LOSSLESS);
        s.file.size = file.size - 2; /* EOI */
        torture(i & 1 ? "without EOI, progressive" : "without EOI", s.file, &options,
                kept ? EXN_OUTCOME_METADATA : EXN_OUTCOME_LOSSLESS);
        exn_buffer_free(&file);
    }
}

/* Stray bytes before each restart marker, which decoding finds before they are known to be none. */
static void test_mended(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        exn_test_jpeg jpeg;
        exn_buffer file = {0}, strewn = {0};
        exn_options options;
        exn_options_init(&options, sizeof options);
        options.on_damage = i & 4 ? EXN_ON_DAMAGE_DECODE : EXN_ON_DAMAGE_FAIL;
        options.decode_all = i & 2;
        exn_test_jpeg_init(&jpeg, 64, 48);
        jpeg.progressive = i & 1;
        jpeg.restart_interval = 2;
        exn_test_jpeg_made(&jpeg, &file);
        dress(&file, 6);
        size_t from = 0;
        for (size_t at = 0; at + 1 < file.size; at++)
            if (file.data[at] == 0xFF && (file.data[at + 1] & 0xF8) == 0xD0) {
                exn_buffer_append(&strewn, file.data + from, at - from);
                exn_buffer_append(&strewn, "\0\0\0", 3);
                from = at;
            }
        exn_buffer_append(&strewn, file.data + from, file.size - from);
        torture("stray bytes", exn_buffer_span(&strewn), &options, EXN_OUTCOME_LOSSLESS);
        exn_buffer_free(&strewn);
        exn_buffer_free(&file);
    }
}

/* --- PNG ------------------------------------------------------------------------------------- */

static void make_png(exn_test_png *png, uint16_t orientation, exn_buffer *file)
{
    exn_buffer plain = {0}, tiff = {0};
    exn_test_exif exif = {.orientation = orientation};
    uint8_t *pixels = exn_test_png_pixels(png);
    assert_non_null(pixels);
    assert_true(exn_test_png_write(png, pixels, &plain));
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(
        exn_test_png_insert(exn_buffer_span(&plain), "eXIf", exn_buffer_span(&tiff), true, file));
    exn_buffer_free(&plain);
    exn_buffer_free(&tiff);
    free(pixels);
}

static void test_png(void **state)
{
    (void)state;
    exn_options options;
    exn_options_init(&options, sizeof options);
    for (int i = 0; i < 4; i++) {
        exn_test_png png = {.width = 21, .height = 17, .depth = 8, .colour_type = 2};
        exn_buffer file = {0};
        png.interlaced = i == 3;
        options.decode_all = i == 1;
        make_png(&png, i < 2 ? 1 : 6, &file);
        torture(i < 2 ? "PNG, untouched" : "PNG", exn_buffer_span(&file), &options,
                i < 2 ? EXN_OUTCOME_UNTOUCHED : EXN_OUTCOME_LOSSLESS);
        exn_buffer_free(&file);
    }
}

/* XMP and a raw profile, in each form that text has. */
static void test_png_text(void **state)
{
    (void)state;
    exn_options options;
    exn_test_exif exif = {.orientation = 6};
    exn_buffer tiff = {0}, xmp = exn_test_xmp(EXN_TEST_TIFF_NS "tiff:Orientation='6'", "");
    exn_options_init(&options, sizeof options);
    assert_true(exn_test_exif_make(&exif, &tiff));
    exn_buffer profile = exn_test_raw_profile("exif", exn_buffer_span(&tiff));
    for (exn_test_text form = EXN_TEST_TEXT; form < EXN_TEST_TEXT_FORMS; form++) {
        exn_test_png png = {.width = 9, .height = 5, .depth = 8, .colour_type = 2};
        exn_buffer file = {0}, one = {0}, both = {0};
        exn_buffer a = exn_test_text_make(form, "XML:com.adobe.xmp", exn_buffer_span(&xmp));
        exn_buffer b = exn_test_text_make(form, "Raw profile type exif", exn_buffer_span(&profile));
        make_png(&png, 8, &file);
        const char *type = exn_test_text_type(form);
        assert_true(
            exn_test_png_insert(exn_buffer_span(&file), type, exn_buffer_span(&a), true, &one));
        assert_true(
            exn_test_png_insert(exn_buffer_span(&one), type, exn_buffer_span(&b), false, &both));
        torture(type, exn_buffer_span(&both), &options, EXN_OUTCOME_LOSSLESS);
        exn_buffer *const used[] = {&file, &one, &both, &a, &b};
        for (size_t i = 0; i < sizeof used / sizeof used[0]; i++)
            exn_buffer_free(used[i]);
    }
    exn_buffer_free(&tiff);
    exn_buffer_free(&xmp);
    exn_buffer_free(&profile);
}

static void test_animation(void **state)
{
    (void)state;
    exn_options options;
    exn_buffer tiff = {0}, file = {0};
    exn_test_exif exif = {.orientation = 6};
    exn_test_anim anim = {
        .canvas = {.width = 21, .height = 17, .depth = 8, .colour_type = 6},
        .plays = 3,
        .count = 3,
        .frames = {{0, 0, 21, 17, 1, 10, 0, 0, 1},
                   {3, 2, 11, 9, 2, 10, 0, 1, 3},
                   {0, 0, 5, 7, 3, 10, 1, 0, 1}},
    };
    exn_options_init(&options, sizeof options);
    assert_true(exn_test_exif_make(&exif, &tiff));
    assert_true(exn_test_anim_write(&anim, exn_buffer_span(&tiff), &file));
    torture("APNG", exn_buffer_span(&file), &options, EXN_OUTCOME_LOSSLESS);
    exn_buffer_free(&tiff);
    exn_buffer_free(&file);
}

/* --- More than there is ---------------------------------------------------------------------- */

enum { LITTLE = 50 << 20 };

/* Refused without taking much, by every call. */
static void expect_refused(const char *name, const exn_buffer *file, exn_status status)
{
    subject s = {.result.struct_size = sizeof(exn_result), .file = exn_buffer_span(file)};
    exn_options_init(&s.options, sizeof s.options);
    for (int decode = 0; decode < 2; decode++) {
        s.options.decode_all = decode;
        answer a = ask(NORMALIZE, &s, 0, false);
        answer b = ask(CHECK, &s, 0, false);
        if (a.status != status || a.most >= LITTLE || a.left != 0 || b.left != 0 ||
            b.most >= LITTLE)
            fail_msg("%s: %s (%s), by its headers %s, %zu and %zu bytes taken", name,
                     exn_status_word(a.status), a.error.detail, exn_status_word(b.status), a.most,
                     b.most);
    }
}

/* A frame header that says 65500x65500, of every coding. */
static void test_wide_jpeg(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        exn_test_jpeg jpeg;
        exn_buffer file = {0};
        exn_test_jpeg_init(&jpeg, 64, 48);
        jpeg.progressive = i & 1;
        jpeg.arithmetic = i & 2;
        exn_test_jpeg_made(&jpeg, &file);
        dress(&file, 6);
        /* The thumbnail has a frame header, too: the last one of that size is the picture's. */
        size_t frame = 0;
        for (size_t at = 0; at + 9 < file.size; at++)
            if (memcmp(file.data + at + 4, "\x08\0\x30\0\x40", 5) == 0)
                frame = at;
        assert_true(frame > 0);
        memcpy(file.data + frame + 5, "\xFF\xDC\xFF\xDC", 4);
        expect_refused("65500x65500", &file, EXN_LIMIT);
        exn_buffer_free(&file);
    }
}

static void test_wide_png(void **state)
{
    (void)state;
    static const uint32_t sides[] = {30000, 65500, 0x7FFFFFFF};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        exn_test_png png = {.width = 21, .height = 17, .depth = 8, .colour_type = 6};
        exn_buffer file = {0}, header = {0};
        make_png(&png, 6, &file);
        for (int at = 16; at < 24; at++)
            file.data[at] = (uint8_t)(sides[i] >> (24 - 8 * (at % 4)));
        exn_test_png_chunk(&header, "IHDR", file.data + 16, 13);
        memcpy(file.data + 8, header.data, header.size);
        expect_refused("a PNG of such sides", &file, EXN_LIMIT);
        exn_buffer_free(&header);
        exn_buffer_free(&file);
    }
}

/* The least max_memory with which it succeeds covers what is taken then, but for small change. */
static void expect_covered(const char *name, const exn_buffer *file)
{
    enum { STEP = 1 << 12, SLACK = 1 << 16 };
    subject s = {.file = exn_buffer_span(file)};
    exn_options_init(&s.options, sizeof s.options);
    uint64_t low = 0, high = 16 << 20;
    while (high - low > STEP) {
        s.options.max_memory = low + (high - low) / 2;
        answer a = ask(NORMALIZE, &s, 0, false);
        assert_true(a.status == EXN_OK || a.status == EXN_LIMIT);
        if (a.status == EXN_OK)
            high = s.options.max_memory;
        else
            low = s.options.max_memory;
        exn_bytes_free(&a.product);
    }
    s.options.max_memory = high;
    answer a = ask(NORMALIZE, &s, 0, false);
    assert_int_equal(a.status, EXN_OK);
    if (a.most > high + SLACK)
        fail_msg("%s: %zu bytes are enough, and %zu are taken", name, (size_t)high, a.most);
    exn_bytes_free(&a.product);
}

static void test_needs(void **state)
{
    (void)state;
    static const char *const samplings[] = {"4:4:4", "4:2:0", "1x1,2x2,2x2"};
    for (size_t i = 0; i < 4 * sizeof samplings / sizeof samplings[0]; i++) {
        exn_test_jpeg jpeg;
        exn_buffer file = {0};
        exn_test_jpeg_init(&jpeg, i & 1 ? 800 : 801, i & 1 ? 800 : 803);
        exn_test_jpeg_sampling(&jpeg, samplings[i / 4]);
        jpeg.progressive = i & 2;
        jpeg.noise = 0;
        jpeg.quality = 50;
        exn_test_jpeg_made(&jpeg, &file);
        dress(&file, 6);
        expect_covered(samplings[i / 4], &file);
        exn_buffer_free(&file);
    }
}

/* 300 MB of zeros in 300 KB. */
static void deflate_zeros(exn_buffer *out)
{
    enum { PART = 1 << 20, PARTS = 300 };
    z_stream z = {0};
    uint8_t *zeros = calloc(1, PART);
    assert_non_null(zeros);
    assert_int_equal(deflateInit(&z, 1), Z_OK);
    assert_int_equal(exn_buffer_reserve(out, out->size + 4 * PART), EXN_OK);
    z.next_out = out->data + out->size;
    z.avail_out = 4 * PART;
    for (int i = 0; i < PARTS; i++) {
        z.next_in = zeros;
        z.avail_in = PART;
        assert_int_equal(deflate(&z, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->size += z.total_out;
    deflateEnd(&z);
    free(zeros);
}

static void test_text_bombs(void **state)
{
    (void)state;
    exn_buffer zeros = {0};
    deflate_zeros(&zeros);
    static const struct {
        const char *type, *head;
        size_t size;
    } texts[] = {
        {"zTXt", "Raw profile type exif\0", 23},
        {"zTXt", "Raw profile type xmp\0", 22},
        {"iTXt", "XML:com.adobe.xmp\0\1\0\0", 22},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        exn_test_png png = {.width = 9, .height = 5, .depth = 8, .colour_type = 2};
        exn_buffer plain = {0}, data = {0}, file = {0};
        make_png(&png, 6, &plain);
        assert_int_equal(exn_buffer_append(&data, texts[i].head, texts[i].size), EXN_OK);
        assert_int_equal(exn_buffer_append(&data, zeros.data, zeros.size), EXN_OK);
        assert_true(exn_test_png_insert(exn_buffer_span(&plain), texts[i].type,
                                        exn_buffer_span(&data), true, &file));
        expect_refused(texts[i].head, &file, EXN_LIMIT);
        exn_buffer_free(&plain);
        exn_buffer_free(&data);
        exn_buffer_free(&file);
    }
    exn_buffer_free(&zeros);
}

/* Values that lie over one another: 64 KB in which libexif would copy 300 MB. */
static void test_overlapping_values(void **state)
{
    (void)state;
    enum { ENTRIES = 5000, SIZE = 8 + 2 + 12 * ENTRIES + 4 };
    exn_test_jpeg jpeg;
    exn_buffer plain = {0}, file = {0};
    uint8_t *tiff = calloc(1, SIZE);
    assert_non_null(tiff);
    memcpy(tiff, "MM\0*\0\0\0\x8", 8);
    exn_put16be(tiff + 8, ENTRIES);
    for (uint32_t i = 0; i < ENTRIES; i++) {
        uint8_t *entry = tiff + 10 + 12 * i;
        bool first = i == 0;
        exn_put16be(entry, first ? 0x0112 : 0x0112 + i);
        exn_put16be(entry + 2, first ? 3 : 7);
        exn_put32be(entry + 4, first ? 1 : SIZE - 8);
        exn_put32be(entry + 8, first ? 6 << 16 : 8);
    }
    exn_test_jpeg_init(&jpeg, 64, 48);
    exn_test_jpeg_made(&jpeg, &plain);
    assert_true(exn_test_jpeg_insert_exif(exn_buffer_span(&plain), (exn_span){tiff, SIZE}, &file));
    subject s = {.result.struct_size = sizeof(exn_result), .file = exn_buffer_span(&file)};
    exn_options_init(&s.options, sizeof s.options);
    for (int how = 0; how < 2; how++) {
        answer a = ask(how ? CHECK : NORMALIZE, &s, 0, false);
        assert_int_equal(a.status, EXN_OK);
        assert_int_equal(a.left, 0);
        assert_true(a.most < LITTLE / 5);
        exn_bytes_free(&a.product);
    }
    exn_buffer_free(&plain);
    exn_buffer_free(&file);
    free(tiff);
}

/* --- Files ----------------------------------------------------------------------------------- */

static void torture_file(const char *path)
{
    enum { MAX_FILE = 1 << 17 };
    exn_options options;
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(MAX_FILE);
    assert_non_null(file);
    assert_non_null(data);
    size_t size = fread(data, 1, MAX_FILE, file);
    assert_in_range(size, 1, MAX_FILE - 1);
    fclose(file);
    exn_options_init(&options, sizeof options);
    if (exn_sniff(data, size) != EXN_FORMAT_UNKNOWN)
        torture(path, (exn_span){data, size}, &options, EXN_OUTCOME_COUNT);
    free(data);
}

static void test_testdata(void **state)
{
    (void)state;
    char root[] = "testdata";
    char *const roots[] = {root, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    assert_non_null(walk);
    for (FTSENT *entry = fts_read(walk); entry; entry = fts_read(walk))
        if (entry->fts_info == FTS_F)
            torture_file(entry->fts_accpath);
    fts_close(walk);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest quick[] = {
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_untouched),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_wrong_index),
        cmocka_unit_test(test_previews),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_mended),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_png_text),
        cmocka_unit_test(test_animation),
        cmocka_unit_test(test_wide_jpeg),
        cmocka_unit_test(test_wide_png),
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_text_bombs),
        cmocka_unit_test(test_overlapping_values),
    };
    const struct CMUnitTest whole[] = {cmocka_unit_test(test_testdata)};
    if (argc > 1)
        stride = 1;
    int failed = argc > 1 && strcmp(argv[1], "--long") == 0
                     ? cmocka_run_group_tests_name("out of memory, testdata", whole, NULL, NULL)
                     : cmocka_run_group_tests_name("out of memory", quick, NULL, NULL);
    printf("%zu allocations failed\n", points);
    return failed;
}
