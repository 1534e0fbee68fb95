/* SPDX-License-Identifier: MIT */
/* exn_options.cancelled: whenever it says so a call ends with EXN_CANCELLED, has no output and
 * frees what it has; where it never does, the call is what it is without. Every kind of work asks,
 * more than once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <cmocka.h>

#include "exifnorm.h"

#include "support/exif_make.h"
#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"
#include "support/png_make.h"

/* Says yes at the ask of that number, once; asks after it would be a mistake of the library's. */
typedef struct asked {
    size_t count, yes_at, late;
} asked;

static size_t reads, reads_before_yes; /* of a label file */

static int answer(void *context)
{
    asked *a = context;
    a->late += a->yes_at > 0 && a->count >= a->yes_at;
    reads_before_yes = reads;
    return ++a->count == a->yes_at;
}

typedef enum kind { NORMALIZE, CHECK, VERIFY, SIDECAR } kind;

typedef struct call {
    exn_status status;
    exn_bytes output;
    exn_result result;
    exn_error error;
} call;

static call make_call(kind what, exn_span file, const exn_options *options, const call *made)
{
    call c = {.result.struct_size = sizeof(exn_result)};
    if (what == NORMALIZE)
        c.status = exn_normalize(file.data, file.size, options, &c.output, &c.result, &c.error);
    else if (what == CHECK)
        c.status = exn_check_memory(file.data, file.size, options, &c.result, &c.error);
    else if (what == SIDECAR)
        c.status = exn_normalize_sidecar(file.data, file.size, made ? &made->result : NULL, options,
                                         &c.output, &c.result, &c.error);
    else
        c.status = exn_verify(file.data, file.size, made->output.data, made->output.size, options,
                              &made->result, &c.error);
    return c;
}

static size_t most = 10; /* asks of a call at which it is cancelled; --long: 60 */

/* Cancels a call at each of its asks, or at half as many to so many. */
static void cancel_everywhere(const char *name, kind what, exn_span file, exn_options options,
                              const call *made, size_t least)
{
    asked never = {0};
    options.cancelled = answer;
    options.cancelled_context = &never;
    call whole = make_call(what, file, &options, made);
    assert_int_equal(whole.status, EXN_OK);
    if (what == NORMALIZE) {
        assert_int_equal(whole.output.size, made->output.size);
        assert_memory_equal(whole.output.data, made->output.data, made->output.size);
    }
    exn_bytes_free(&whole.output);
    if (never.count < least)
        fail_msg("%s, call %d: asked %zu times, at least %zu expected", name, (int)what,
                 never.count, least);
    const size_t step = never.count / most + 1;
    for (size_t at = 1; at <= never.count; at += step) {
        asked once = {.yes_at = at};
        options.cancelled_context = &once;
        call c = make_call(what, file, &options, made);
        if (c.status != EXN_CANCELLED || c.error.status != EXN_CANCELLED || c.output.data ||
            once.late > 0 || (what != VERIFY && c.result.outcome != EXN_OUTCOME_FAILED))
            fail_msg("%s, call %d, ask %zu: %s, asked %zu times more", name, (int)what, at,
                     exn_status_word(c.status), once.late);
    }
}

/* least: how often a look has to ask; lines: what makes or compares pixels. */
static void check_file(const char *name, exn_span file, size_t least, size_t lines)
{
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.decode_all = true;
    call made = make_call(NORMALIZE, file, &options, NULL);
    if (made.status != EXN_OK || !made.output.data)
        fail_msg("%s: %s", name, made.error.detail);
    cancel_everywhere(name, NORMALIZE, file, options, &made, lines);
    cancel_everywhere(name, CHECK, file, options, &made, least);
    cancel_everywhere(name, VERIFY, file, options, &made, least);
    exn_bytes_free(&made.output);
}

static const struct {
    const char *name;
    bool progressive, arithmetic, odd; /* odd: requantized */
    bool open;                         /* without EOI: mended */
    J_COLOR_SPACE space;
} codings[] = {
    {.name = "baseline"},
    {.name = "requantized", .odd = true},
    {.name = "progressive", .progressive = true},
    {.name = "arithmetic", .arithmetic = true},
    {.name = "both, requantized", .progressive = true, .arithmetic = true, .odd = true},
    {.name = "CMYK", .space = JCS_CMYK, .odd = true},
    {.name = "mended", .open = true},
    {.name = "progressive, mended", .progressive = true, .open = true},
};

static void jpegs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
        char why[JMSG_LENGTH_MAX];
        exn_buffer plain = {0}, tagged = {0};
        exn_test_jpeg spec;
        exn_test_jpeg_init(&spec, codings[i].odd ? 129 : 128, codings[i].odd ? 161 : 160);
        if (codings[i].space != JCS_UNKNOWN)
            exn_test_jpeg_space(&spec, codings[i].space);
        spec.progressive = codings[i].progressive;
        spec.arithmetic = codings[i].arithmetic;
        spec.noise = 8;
        if (!exn_test_jpeg_make(&spec, &plain, why))
            fail_msg("%s: %s", codings[i].name, why);
        assert_true(exn_test_tag(exn_buffer_span(&plain), 6, &tagged));
        tagged.size -= codings[i].open ? 2 : 0;
        /* At least once for each line of MCUs of 16 rows. */
        check_file(codings[i].name, exn_buffer_span(&tagged), 1, 160 / 16);
        exn_buffer_free(&plain);
        exn_buffer_free(&tagged);
    }
}

static void pngs(void **state)
{
    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++)
        for (int depth = 8; depth <= 16; depth += 8) {
            exn_test_png png = {.width = 300,
                                .height = 256,
                                .depth = (uint8_t)depth,
                                .colour_type = 2,
                                .interlaced = interlaced};
            exn_buffer plain = {0}, tagged = {0}, tiff = {0};
            const exn_test_exif exif = {.orientation = 6};
            uint8_t *pixels = exn_test_png_pixels(&png);
            assert_true(exn_test_png_write(&png, pixels, &plain));
            assert_true(exn_test_exif_make(&exif, &tiff));
            assert_true(exn_test_png_insert(exn_buffer_span(&plain), "eXIf", exn_buffer_span(&tiff),
                                            true, &tagged));
            check_file(interlaced ? "interlaced PNG" : "PNG", exn_buffer_span(&tagged), 1, 8);
            exn_buffer_free(&plain);
            exn_buffer_free(&tagged);
            exn_buffer_free(&tiff);
            free(pixels);
        }
}

#define ORIENTATION "<tiff:Orientation>6</tiff:Orientation>"

/* XMP of 256 KiB that is long by its elements, by the attributes of one tag, or by elements that
 * are not closed, so that it is searched and not read. */
static const struct {
    const char *name, *begin, *again, *end;
    /* How often they are asked at as a sidecar of an image that was rotated, and of no image; and
     * as a PNG's text, which is normalized or looked at, as it stands and deflated. */
    size_t beside, alone, normalized[2], looked_at[2];
} packets[] = {
    {"elements", "<a><b>", "<c d='e'>f</c>", "</b>" ORIENTATION "</a>", 14, 23, {27, 59}, {16, 26}},
    {"attributes",
     "<a><b xmlns:c='d'",
     " c:e='f'",
     "/>" ORIENTATION "</a>",
     35,
     58,
     {55, 87},
     {30, 40}},
    {"not closed", "<a><b>", "<c d='e'>f</c>", "</b>" ORIENTATION, 26, 47, {43, 75}, {16, 26}},
};

enum { PACKET_SIZE = 1 << 18 };

static exn_buffer make_packet(size_t i)
{
    const char *const begin = packets[i].begin, *const again = packets[i].again,
                      *const end = packets[i].end;
    exn_buffer packet = {0};
    assert_int_equal(exn_buffer_append(&packet, begin, strlen(begin)), EXN_OK);
    while (packet.size < PACKET_SIZE)
        assert_int_equal(exn_buffer_append(&packet, again, strlen(again)), EXN_OK);
    assert_int_equal(exn_buffer_append(&packet, end, strlen(end)), EXN_OK);
    return packet;
}

static void sidecars(void **state)
{
    (void)state;
    const call image = {.result = {.struct_size = sizeof(exn_result),
                                   .format = EXN_FORMAT_JPEG,
                                   .outcome = EXN_OUTCOME_LOSSLESS,
                                   .orientation = 6,
                                   .transform = EXN_TRANSFORM_FLIP_Y | EXN_TRANSFORM_TRANSPOSE,
                                   .width_in = 4,
                                   .height_in = 3}};
    exn_options options;
    exn_options_init(&options, sizeof options);
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        exn_buffer packet = make_packet(i);
        cancel_everywhere(packets[i].name, SIDECAR, exn_buffer_span(&packet), options, &image,
                          packets[i].beside);
        cancel_everywhere(packets[i].name, SIDECAR, exn_buffer_span(&packet), options, NULL,
                          packets[i].alone);
        exn_buffer_free(&packet);
    }
}

/* As it stands, and deflated. */
static void texts_of_pngs(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof packets / sizeof packets[0]; i++) {
        static const char plain_head[] = "XML:com.adobe.xmp\0\0\0\0",
                          deflated_head[] = "XML:com.adobe.xmp\0";
        exn_test_png png = {.width = 16, .height = 16, .depth = 8, .colour_type = 2};
        exn_buffer plain = {0}, tagged = {0}, text = {0}, packet = make_packet(i / 2);
        uint8_t *pixels = exn_test_png_pixels(&png);
        if (i % 2) {
            uLongf size = compressBound((uLong)packet.size);
            assert_int_equal(exn_buffer_append(&text, deflated_head, sizeof deflated_head), EXN_OK);
            assert_int_equal(exn_buffer_reserve(&text, size), EXN_OK);
            assert_int_equal(
                compress(text.data + text.size, &size, packet.data, (uLong)packet.size), Z_OK);
            text.size += size;
        } else {
            assert_int_equal(exn_buffer_append(&text, plain_head, sizeof plain_head), EXN_OK);
            assert_int_equal(exn_buffer_append(&text, packet.data, packet.size), EXN_OK);
        }
        assert_true(exn_test_png_write(&png, pixels, &plain));
        assert_true(exn_test_png_insert(exn_buffer_span(&plain), i % 2 ? "zTXt" : "iTXt",
                                        exn_buffer_span(&text), true, &tagged));
        check_file(packets[i / 2].name, exn_buffer_span(&tagged), packets[i / 2].looked_at[i % 2],
                   packets[i / 2].normalized[i % 2]);
        exn_buffer_free(&plain);
        exn_buffer_free(&tagged);
        exn_buffer_free(&text);
        exn_buffer_free(&packet);
        free(pixels);
    }
}

static int drop(void *context, const void *data, size_t size)
{
    (void)data;
    *(size_t *)context += size;
    return 0;
}

static int read_span(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_span *span = context;
    reads++;
    memcpy(to, span->data + offset, size);
    return 0;
}

static const exn_result *find_image(void *context, const exn_labels_image *image)
{
    (void)image;
    return context;
}

static const struct {
    const char *begin, *again, *end;
} label_files[] = {
    [EXN_LABELS_COCO] = {"{\"images\": [{\"id\": 1, \"file_name\": \"a\"}], \"annotations\": [",
                         "{\"image_id\": 1, \"bbox\": [1, 1, 2, 2]},",
                         "{\"image_id\": 1, \"bbox\": [1, 1, 2, 2]}]}"},
    [EXN_LABELS_VOC] = {"<annotation><filename>a</filename>",
                        "<object><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax>"
                        "</bndbox></object>",
                        "</annotation>"},
    [EXN_LABELS_YOLO] = {"", "0 0.5 0.25 0.1 0.1\n", ""},
    [EXN_LABELS_LABELME] = {"{\"imagePath\": \"a\", \"shapes\": [", "{\"points\": [[1, 1]]},",
                            "{\"points\": [[1, 1]]}]}"},
    [EXN_LABELS_CSV] = {"filename,xmin,ymin,xmax,ymax\n", "a,1,1,3,3\n", ""},
};

static exn_status read_labels(exn_labels_format format, bool moves, const exn_source *source,
                              asked *who)
{
    exn_labels_options options;
    exn_labels_options_init(&options, sizeof options);
    options.cancelled = answer;
    options.cancelled_context = who;
    exn_result image = {.struct_size = sizeof image,
                        .outcome = EXN_OUTCOME_LOSSLESS,
                        .orientation = 6,
                        .transform = EXN_TRANSFORM_FLIP_Y | EXN_TRANSFORM_TRANSPOSE,
                        .width_in = 7,
                        .height_in = 4,
                        .width_out = 4,
                        .height_out = 7};
    size_t written = 0;
    const exn_sink sink = {drop, &written};
    return moves ? exn_labels_move(source, format, &options, find_image, &image, &sink, NULL, NULL)
                 : exn_labels_scan(source, format, &options, NULL, NULL, NULL, NULL);
}

static void labels(void **state)
{
    (void)state;
    enum { SHAPES = 200 };
    for (int i = EXN_LABELS_COCO; i <= EXN_LABELS_CSV; i++) {
        exn_buffer file = {0};
        const char *const begin = label_files[i].begin, *const again = label_files[i].again,
                          *const end = label_files[i].end;
        assert_int_equal(exn_buffer_append(&file, begin, strlen(begin)), EXN_OK);
        for (int k = 0; k < SHAPES; k++)
            assert_int_equal(exn_buffer_append(&file, again, strlen(again)), EXN_OK);
        assert_int_equal(exn_buffer_append(&file, end, strlen(end)), EXN_OK);
        exn_span span = exn_buffer_span(&file);
        const exn_source source = {span.size, read_span, &span};
        for (int moves = 0; moves < 2; moves++) {
            asked never = {0};
            assert_int_equal(read_labels(i, moves, &source, &never), EXN_OK);
            assert_true(never.count >= SHAPES * (1 + (size_t)moves));
            for (size_t at = 1; at <= never.count; at += never.count / most + 1) {
                asked once = {.yes_at = at};
                assert_int_equal(read_labels(i, moves, &source, &once), EXN_CANCELLED);
                assert_int_equal(once.late, 0);
                assert_int_equal(reads, reads_before_yes);
            }
        }
        exn_buffer_free(&file);
    }
}

/* What is in none of the lists that count is gone through as well. */
static void labels_of_nothing(void **state)
{
    (void)state;
    enum { LONG = 1 << 20, LARGEST_READ = 1 << 16 };
    static const char begin[] = "{\"images\": [], \"annotations\": [], \"info\": \"", end[] = "\"}";
    exn_buffer file = {0};
    assert_int_equal(exn_buffer_append(&file, begin, strlen(begin)), EXN_OK);
    assert_int_equal(exn_buffer_reserve(&file, LONG), EXN_OK);
    memset(file.data + file.size, 'x', LONG);
    file.size += LONG;
    assert_int_equal(exn_buffer_append(&file, end, strlen(end)), EXN_OK);
    exn_span span = exn_buffer_span(&file);
    const exn_source source = {span.size, read_span, &span};
    for (int moves = 0; moves < 2; moves++) {
        asked never = {0};
        assert_int_equal(read_labels(EXN_LABELS_COCO, moves, &source, &never), EXN_OK);
        assert_true(never.count >= LONG / LARGEST_READ);
    }
    exn_buffer_free(&file);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--long") == 0)
        most = 60;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpegs),    cmocka_unit_test(pngs),
        cmocka_unit_test(sidecars), cmocka_unit_test(texts_of_pngs),
        cmocka_unit_test(labels),   cmocka_unit_test(labels_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
