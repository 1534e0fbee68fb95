/* SPDX-License-Identifier: MIT */
/* exn_options.spent: what a call is done with may be anything from then on, and the output is the
 * same; told of are the chunks of pixels that are rotated, each once, and no other byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/png_anim.h"

/* A file that is written over as it is told of. */
typedef struct victim {
    uint8_t *data, *told;
    size_t size;
    unsigned calls;
} victim;

static void spend(void *context, size_t offset, size_t size)
{
    victim *v = context;
    assert_true(size > 0 && offset <= v->size && size <= v->size - offset);
    for (size_t i = offset; i < offset + size; i++)
        v->told[i]++;
    memset(v->data + offset, 0xA7, size);
    v->calls++;
}

static exn_bytes orient(exn_span file, uint32_t given, victim *v)
{
    exn_options options;
    exn_bytes output;
    exn_error error;
    exn_options_init(&options, sizeof options);
    options.spent = v ? spend : NULL;
    options.spent_context = v;
    if (exn_orient(file.data, file.size, given, &options, &output, NULL, &error) != EXN_OK)
        fail_msg("%s", error.detail);
    return output;
}

/* Bytes that are told of: chunks of these types, whole. */
static void check_told(exn_span file, const victim *v, bool rotated)
{
    size_t at = 8, before = 8;
    char type[5];
    exn_span data;
    assert_memory_equal(v->told, "\0\0\0\0\0\0\0\0", 8);
    for (; exn_test_png_next(file, &at, type, &data); before = at) {
        const bool pixels = strcmp(type, "IDAT") == 0 || strcmp(type, "fdAT") == 0;
        for (size_t i = before; i < at; i++)
            assert_int_equal(v->told[i], pixels && rotated);
    }
}

static unsigned check(exn_span file, bool png)
{
    unsigned calls = 0;
    for (uint32_t given = 1; given <= 8; given++) {
        victim v = {.data = malloc(file.size), .told = calloc(1, file.size), .size = file.size};
        assert_true(v.data && v.told);
        memcpy(v.data, file.data, file.size);
        exn_bytes wanted = orient(file, given, NULL);
        exn_bytes found = orient((exn_span){v.data, v.size}, given, &v);
        assert_int_equal(found.size, wanted.size);
        if (wanted.data)
            assert_memory_equal(found.data, wanted.data, wanted.size);
        if (png)
            check_told(file, &v, given > 1);
        calls += v.calls;
        exn_bytes_free(&wanted);
        exn_bytes_free(&found);
        free(v.data);
        free(v.told);
    }
    return calls;
}

static void png_of_many_chunks(void **state)
{
    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        const exn_test_png png = {
            .width = 301, .height = 207, .depth = 8, .colour_type = 2, .interlaced = interlaced};
        uint8_t *pixels = exn_test_png_pixels(&png);
        exn_buffer file = {0};
        assert_true(exn_test_png_write(&png, pixels, &file));
        /* All in one piece, once an orientation. */
        assert_int_equal(check(exn_buffer_span(&file), true), 7);
        exn_buffer_free(&file);
        free(pixels);
    }
}

/* Frames have chunks of others among theirs. */
static void animations(void **state)
{
    (void)state;
    for (int hidden = 0; hidden < 2; hidden++) {
        exn_test_anim anim = {.canvas = {.width = 40, .height = 30, .depth = 8, .colour_type = 6},
                              .hidden = hidden,
                              .count = 4};
        exn_buffer file = {0};
        for (uint32_t i = 0; i < anim.count; i++)
            anim.frames[i] = (exn_test_frame){.x = i,
                                              .y = i,
                                              .width = 40 - 2 * i,
                                              .height = 30 - 2 * i,
                                              .delay = 1,
                                              .parts = 1 + i};
        anim.frames[0] = (exn_test_frame){.width = 40, .height = 30, .delay = 1, .parts = 3};
        assert_true(exn_test_anim_write(&anim, (exn_span){NULL, 0}, &file));
        assert_true(check(exn_buffer_span(&file), true) > 7 * anim.count);
        exn_buffer_free(&file);
    }
}

/* Nothing of others is let go of yet. */
static void jpegs(void **state)
{
    (void)state;
    exn_buffer file = {0};
    exn_test_jpeg jpeg;
    exn_test_jpeg_init(&jpeg, 64, 48);
    exn_test_jpeg_made(&jpeg, &file);
    assert_int_equal(check(exn_buffer_span(&file), false), 0);
    exn_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(png_of_many_chunks),
        cmocka_unit_test(animations),
        cmocka_unit_test(jpegs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
