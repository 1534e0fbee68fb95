/* SPDX-License-Identifier: MIT */
/* exn_labels_options.output_name: what a program may call an image in a label file that is moved.
 * tests/cli/heif_names.sh has each format. */
#include "exifnorm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "window.h"

static const char coco[] = "{\"images\": [{\"id\": 1, \"file_name\": \"x/a.heic\"}, "
                           "{\"id\": 2, \"file_name\": \"b\\u002eheic\"}], "
                           "\"annotations\": [{\"image_id\": 1, \"bbox\": [1, 2, 3, 4]}]}";

typedef struct run {
    const char *name; /* of the first image; NULL: it stays */
    exn_result result;
    char text[512];
    size_t size;
    exn_error error;
} run;

static const exn_result *look_up(void *context, const exn_labels_image *image)
{
    run *r = context;
    (void)image;
    return &r->result;
}

static const char *output_name(void *context, const exn_labels_image *image)
{
    run *r = context;
    return strcmp(image->name, "x/a.heic") == 0 ? r->name : NULL;
}

static int keep(void *context, const void *data, size_t size)
{
    run *r = context;
    assert_true(r->size + size < sizeof r->text);
    memcpy(r->text + r->size, data, size);
    r->size += size;
    r->text[r->size] = '\0';
    return 0;
}

static exn_status move(run *r, exn_outcome outcome, exn_labels_format format, const char *text)
{
    exn_labels_options options;
    exn_span file = {(const uint8_t *)text, strlen(text)};
    const exn_source source = exn_window_source_of(&file);
    const exn_sink sink = {keep, r};
    exn_labels_options_init(&options, sizeof options);
    options.output_name = output_name;
    exn_result_init(&r->result, sizeof r->result);
    r->result.outcome = outcome;
    r->result.format = EXN_FORMAT_HEIC;
    r->result.width_in = r->result.width_out = 64;
    r->result.height_in = r->result.height_out = 48;
    r->size = 0;
    return exn_labels_move(&source, format, &options, look_up, r, &sink, NULL, &r->error);
}

static void expect(const char *name, const char *wanted)
{
    run r = {.name = name};
    char text[sizeof coco + 32];
    const char *at = strstr(coco, "x/a.heic");
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - coco), coco, wanted,
             at + strlen("x/a.heic"));
    assert_int_equal(move(&r, EXN_OUTCOME_REQUANTIZED, EXN_LABELS_COCO, coco), EXN_OK);
    assert_string_equal(r.text, text);
}

static void test_names(void **state)
{
    (void)state;
    expect(NULL, "x/a.heic");
    expect("x/a.heic", "x/a.heic");
    expect("x/a.jpg", "x/a.jpg");
    expect("x/a.heic.jpg", "x/a.heic.jpg");
    expect("x/a.heif2.png", "x/a.heif2.png");
    expect("x/a.h", "x/a.h");
}

/* Anything but another ending, or one that would need escapes in some format. */
static void test_others(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "x/",
                                        "x/a",
                                        "x/b.jpg",
                                        "a.jpg",
                                        "x/a.j/b",
                                        "x/a.\"",
                                        "x/a.j&g",
                                        "x/a.jpg,",
                                        "x/a.j g",
                                        "x/a.verylongendingofaname"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        run r = {.name = names[i]};
        assert_int_equal(move(&r, EXN_OUTCOME_REQUANTIZED, EXN_LABELS_COCO, coco),
                         EXN_BAD_ARGUMENT);
    }
}

/* What failed has no output. */
static void test_failed(void **state)
{
    (void)state;
    run r = {.name = "x/a.jpg"};
    assert_int_equal(move(&r, EXN_OUTCOME_FAILED, EXN_LABELS_COCO, coco), EXN_OK);
    assert_string_equal(r.text, coco);
}

/* The ending is looked for where it stands, and found only if it is there as it is. */
static void test_escapes(void **state)
{
    (void)state;
    run r = {.name = "x/a.jpg"};
    static const char plain[] = "[{\"image\": \"x\\/\\u0061.heic\", \"annotations\": []}]",
                      other[] = "[{\"image\": \"x/a.hei\\u0063\", \"annotations\": []}]";
    assert_int_equal(move(&r, EXN_OUTCOME_LOSSLESS, EXN_LABELS_CREATEML, plain), EXN_OK);
    assert_string_equal(r.text, "[{\"image\": \"x\\/\\u0061.jpg\", \"annotations\": []}]");
    assert_int_equal(move(&r, EXN_OUTCOME_LOSSLESS, EXN_LABELS_CREATEML, other), EXN_UNSUPPORTED);
    assert_non_null(strstr(r.error.detail, "plain text"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
