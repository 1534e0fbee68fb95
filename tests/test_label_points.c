/* SPDX-License-Identifier: MIT */
/* Polygons whose numbers are moved many at once (labels/move_points.c) and one by one, mixed: each
 * of them as decimal.h alone says it, by all orientations. */
#include "labels/decimal.h"
#include "labels/measure.h"
#include "labels/move.h"
#include "window.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 640, HEIGHT = 480, MOST = 300, LONGEST = 40 };

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Mostly short ones; also what is long, negative, outside, or where it was once it is moved. */
static void make_number(char text[LONGEST], uint32_t *seed, unsigned kind)
{
    static const char *const others[] = {"1e1",
                                         "99999999",
                                         "123456789",
                                         "-12.5",
                                         "0.30000000000000004",
                                         "1234.56789",
                                         "-0",
                                         "0",
                                         "0.0",
                                         "0.00",
                                         "320",
                                         "240.0",
                                         "320.00",
                                         "1000000.5",
                                         "12345678901234567890",
                                         "0.123456789",
                                         "-99999999.9",
                                         "1.2345678",
                                         "900719925474099.5"};
    if (draw(seed) % (kind ? 20 : 3) == 0)
        snprintf(text, LONGEST, "%s", others[draw(seed) % (sizeof others / sizeof *others)]);
    else if (draw(seed) % 9 == 0)
        snprintf(text, LONGEST, "%u", draw(seed) % 700);
    else
        snprintf(text, LONGEST, "%u.%0*u", draw(seed) % 700, (int)(draw(seed) % 2 + 1),
                 draw(seed) % 10);
}

typedef struct polygon {
    exn_buffer file;
    exn_numbers numbers;
    size_t count;
    char texts[MOST][LONGEST];
} polygon;

/* A pair of the same number, or, once it is mirrored, of the same digits and the same size. */
static void make_point(char x[LONGEST], char y[LONGEST], uint32_t *seed)
{
    const unsigned kind = draw(seed) % 3;
    make_number(x, seed, kind);
    make_number(y, seed, kind);
    if (draw(seed) % 8 == 0) {
        memcpy(y, x, LONGEST);
    } else if (draw(seed) % 16 == 0) {
        snprintf(x, LONGEST, "31.50");
        snprintf(y, LONGEST, "165.0");
    }
}

static polygon make_polygon(uint32_t *seed)
{
    polygon p = {.count = 2 * (draw(seed) % (draw(seed) % 8 ? MOST / 2 : 3))};
    for (size_t i = 0; i < p.count; i++) {
        if (i % 2 == 0)
            make_point(p.texts[i], p.texts[i + 1], seed);
        const exn_span text = {(const uint8_t *)p.texts[i], strlen(p.texts[i])};
        assert_int_equal(exn_buffer_append(&p.file, ", ", 2), EXN_OK);
        assert_int_equal(exn_numbers_add(&p.numbers, p.file.size, text.size, text), EXN_OK);
        assert_int_equal(exn_buffer_append(&p.file, text.data, text.size), EXN_OK);
    }
    return p;
}

/* By the definition: a mirrored coordinate is subtracted from its side, a transpose exchanges both
 * axes. */
static void expect_number(const polygon *p, exn_orientation o, size_t slot, exn_buffer *out)
{
    const size_t from = o.transpose ? slot ^ 1 : slot;
    const bool is_y = from % 2, is_mirrored = is_y ? o.flip_y : o.flip_x;
    const exn_span text = {(const uint8_t *)p->texts[from], strlen(p->texts[from])};
    exn_decimal end, number;
    assert_int_equal(exn_buffer_append(out, ", ", 2), EXN_OK);
    if (!is_mirrored) {
        assert_int_equal(exn_buffer_append(out, text.data, text.size), EXN_OK);
        return;
    }
    exn_decimal_set(&end, is_y ? HEIGHT : WIDTH);
    assert_true(exn_decimal_read(text, &number));
    const exn_decimal form = number;
    assert_true(exn_decimal_subtract(&end, &number, &number));
    assert_int_equal(exn_decimal_write(&number, &form, EXN_DECIMAL_SAME, out), EXN_OK);
}

static int keep(void *context, const void *data, size_t size)
{
    assert_int_equal(exn_buffer_append(context, data, size), EXN_OK);
    return 0;
}

static void check_polygon(const polygon *p, exn_orientation o)
{
    exn_span span = exn_buffer_span(&p->file);
    exn_source source = exn_window_source_of(&span);
    exn_buffer out = {0}, expected = {0};
    const exn_sink sink = {keep, &out};
    exn_edits edits = {.source = &source, .sink = &sink};
    const exn_move move = {.o = o, .width = WIDTH, .height = HEIGHT, .is_inside = true};
    const exn_label_shape shape = {.kind = EXN_LABEL_POINTS, .numbers = &p->numbers};
    uint64_t changed = 0;
    size_t before = 0;
    bool is_outside;
    assert_int_equal(exn_move_shape(&move, &shape, &edits, &is_outside, NULL), EXN_OK);
    assert_int_equal(exn_edits_finish(&edits, NULL), EXN_OK);
    for (size_t i = 0; i < p->count; i++, before = expected.size) {
        expect_number(p, o, i, &expected);
        const size_t size = strlen(p->texts[i]);
        changed += expected.size - before - 2 != size ||
                   memcmp(expected.data + before + 2, p->texts[i], size) != 0;
    }
    if (!exn_span_equal(exn_buffer_span(&out), exn_buffer_span(&expected)))
        fail_msg("%.*s\nbecame\n%.*s\nand not\n%.*s", (int)span.size, (const char *)span.data,
                 (int)out.size, (char *)out.data, (int)expected.size, (char *)expected.data);
    assert_int_equal(edits.count, changed);
    exn_edits_free(&edits);
    exn_buffer_free(&out);
    exn_buffer_free(&expected);
}

static double value_of(const polygon *p, size_t index)
{
    double value;
    assert_true(exn_decimal_short_value(exn_numbers_short(&p->numbers, index), &value) ||
                exn_decimal_read_value(exn_numbers_text(&p->numbers, index), &value));
    return value;
}

/* By doubles, each number by itself. */
static void check_measure(const polygon *p)
{
    const exn_label_shape shape = {.kind = EXN_LABEL_POINTS, .numbers = &p->numbers};
    exn_measure measure, expected;
    exn_measure_init(&measure);
    exn_measure_init(&expected);
    assert_int_equal(exn_measure_add(&measure, &shape, NULL), EXN_OK);
    for (size_t i = 0; i < p->count; i += 2) {
        const double x = value_of(p, i), y = value_of(p, i + 1);
        exn_measure_extend(&expected, x, y, x, y);
    }
    assert_true(measure.is_any == expected.is_any && measure.left == expected.left &&
                measure.top == expected.top && measure.right == expected.right &&
                measure.bottom == expected.bottom);
}

static void polygons_are_moved_by_the_number(void **state)
{
    (void)state;
    uint32_t seed = 18;
    for (unsigned i = 0; i < 300; i++) {
        polygon p = make_polygon(&seed);
        check_measure(&p);
        for (uint32_t orientation = 1; orientation <= 8; orientation++)
            check_polygon(&p, exn_orientation_from_exif(orientation));
        exn_numbers_free(&p.numbers);
        exn_buffer_free(&p.file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polygons_are_moved_by_the_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
