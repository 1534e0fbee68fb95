/* SPDX-License-Identifier: MIT */
/* docs/report.md and exn_map_point() and its like: how points and boxes of labels follow the
 * pixels.
 *
 * The formulas stand here as code, and the same text is looked for in the document's tables; what
 * they and the library compute is held against the words of EXIF (support/naive.h), pixel by pixel.
 */
#include "exifnorm.h"
#include "orientation.h"
#include "support/naive.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* No side equal to the other; the odd one has a pixel in its middle. */
enum { WIDTH = 7, HEIGHT = 4, TEXT_SIZE = 1 << 16 };

/* clang-format off */
#define POINT_TABLE(ROW)                      \
    ROW(1, x, y)                              \
    ROW(2, A - x, y)                          \
    ROW(3, A - x, B - y)                      \
    ROW(4, x, B - y)                          \
    ROW(5, y, x)                              \
    ROW(6, B - y, x)                          \
    ROW(7, B - y, A - x)                      \
    ROW(8, y, A - x)

#define COCO_TABLE(ROW)                       \
    ROW(1, x, y, w, h)                        \
    ROW(2, W - x - w, y, w, h)                \
    ROW(3, W - x - w, H - y - h, w, h)        \
    ROW(4, x, H - y - h, w, h)                \
    ROW(5, y, x, h, w)                        \
    ROW(6, H - y - h, x, h, w)                \
    ROW(7, H - y - h, W - x - w, h, w)        \
    ROW(8, y, W - x - w, h, w)

#define YOLO_TABLE(ROW)                       \
    ROW(1, cx, cy, w, h)                      \
    ROW(2, 1 - cx, cy, w, h)                  \
    ROW(3, 1 - cx, 1 - cy, w, h)              \
    ROW(4, cx, 1 - cy, w, h)                  \
    ROW(5, cy, cx, h, w)                      \
    ROW(6, 1 - cy, cx, h, w)                  \
    ROW(7, 1 - cy, 1 - cx, h, w)              \
    ROW(8, cy, 1 - cx, h, w)

#define VOC_TABLE(ROW)                              \
    ROW(1, xmin, ymin, xmax, ymax)                  \
    ROW(2, A - xmax, ymin, A - xmin, ymax)          \
    ROW(3, A - xmax, B - ymax, A - xmin, B - ymin)  \
    ROW(4, xmin, B - ymax, xmax, B - ymin)          \
    ROW(5, ymin, xmin, ymax, xmax)                  \
    ROW(6, B - ymax, xmin, B - ymin, xmax)          \
    ROW(7, B - ymax, A - xmax, B - ymin, A - xmin)  \
    ROW(8, ymin, A - xmax, ymax, A - xmin)
/* clang-format on */

/* How a row looks in the document. */
#define TEXT2(value, a, b)       "\n| " #value " | `" #a "` | `" #b "` |\n",
#define TEXT4(value, a, b, c, d) "\n| " #value " | `" #a "` | `" #b "` | `" #c "` | `" #d "` |\n",

static const char *const rows[] = {POINT_TABLE(TEXT2) COCO_TABLE(TEXT4) YOLO_TABLE(TEXT4)
                                       VOC_TABLE(TEXT4)};

/* Four numbers: of a point two, of a box all. */
typedef struct label {
    double n[4];
} label;

/* The numbers of a label that a frame of W x H has, by the row of one EXIF value. A and B: W and H,
 * and what is added to them for the kind of coordinate. */
typedef label (*formula)(uint32_t value, double W, double H, double add, label l);

static label point(uint32_t value, double W, double H, double add, label l)
{
    const double x = l.n[0], y = l.n[1], A = W + add, B = H + add;
    switch (value) {
#define ROW(value, a, b)                                                                           \
    case value:                                                                                    \
        return (label){{a, b, 0, 0}};
        POINT_TABLE(ROW)
#undef ROW
    }
    return l;
}

#define ROW(value, a, b, c, d)                                                                     \
    case value:                                                                                    \
        return (label){{a, b, c, d}};

static label coco(uint32_t value, double W, double H, double add, label l)
{
    const double x = l.n[0], y = l.n[1], w = l.n[2], h = l.n[3];
    (void)add;
    switch (value) {
        COCO_TABLE(ROW)
    }
    return l;
}

static label yolo(uint32_t value, double W, double H, double add, label l)
{
    const double cx = l.n[0], cy = l.n[1], w = l.n[2], h = l.n[3];
    (void)W, (void)H, (void)add;
    switch (value) {
        YOLO_TABLE(ROW)
    }
    return l;
}

static label voc(uint32_t value, double W, double H, double add, label l)
{
    const double xmin = l.n[0], ymin = l.n[1], xmax = l.n[2], ymax = l.n[3];
    const double A = W + add, B = H + add;
    switch (value) {
        VOC_TABLE(ROW)
    }
    return l;
}

/* A box as the pixels that it covers, first and last. */
typedef struct box {
    uint32_t x0, y0, x1, y1;
} box;

/* How each kind of label writes such a box of a frame of W x H. */
static label as_point_place(box b, double W, double H)
{
    (void)W, (void)H;
    return (label){{b.x0 + 0.5, b.y0 + 0.5, 0, 0}}; /* a pixel's centre */
}

static label as_point_from_0(box b, double W, double H)
{
    (void)W, (void)H;
    return (label){{b.x0, b.y0, 0, 0}};
}

static label as_point_from_1(box b, double W, double H)
{
    (void)W, (void)H;
    return (label){{b.x0 + 1.0, b.y0 + 1.0, 0, 0}};
}

static label as_coco(box b, double W, double H)
{
    (void)W, (void)H;
    return (label){{b.x0, b.y0, b.x1 + 1.0 - b.x0, b.y1 + 1.0 - b.y0}};
}

static label as_yolo(box b, double W, double H)
{
    return (label){{(b.x0 + b.x1 + 1.0) / 2 / W, (b.y0 + b.y1 + 1.0) / 2 / H,
                    (b.x1 + 1.0 - b.x0) / W, (b.y1 + 1.0 - b.y0) / H}};
}

static label as_voc_from_1(box b, double W, double H)
{
    (void)W, (void)H;
    return (label){{b.x0 + 1.0, b.y0 + 1.0, b.x1 + 1.0, b.y1 + 1.0}};
}

static label as_voc_from_0(box b, double W, double H)
{
    (void)W, (void)H;
    return (label){{b.x0, b.y0, b.x1, b.y1}};
}

static label as_voc_exclusive(box b, double W, double H)
{
    (void)W, (void)H;
    return (label){{b.x0, b.y0, b.x1 + 1.0, b.y1 + 1.0}};
}

/* The same by the library. */
static label call_point(const exn_map *map, exn_coordinates coordinates, label l)
{
    assert_int_equal(exn_map_point(map, coordinates, &l.n[0], &l.n[1]), EXN_OK);
    return l;
}

static label call_coco(const exn_map *map, exn_coordinates coordinates, label l)
{
    (void)coordinates;
    assert_int_equal(exn_map_rectangle(map, l.n), EXN_OK);
    return l;
}

static label call_yolo(const exn_map *map, exn_coordinates coordinates, label l)
{
    const exn_map unit = {map->transform, 1, 1};
    const bool across = map->transform & EXN_TRANSFORM_TRANSPOSE;
    assert_int_equal(exn_map_point(&unit, coordinates, &l.n[0], &l.n[1]), EXN_OK);
    return (label){{l.n[0], l.n[1], l.n[across ? 3 : 2], l.n[across ? 2 : 3]}};
}

static label call_voc(const exn_map *map, exn_coordinates coordinates, label l)
{
    assert_int_equal(exn_map_box(map, coordinates, l.n), EXN_OK);
    return l;
}

static const struct {
    formula map;
    label (*call)(const exn_map *map, exn_coordinates coordinates, label l);
    label (*write)(box b, double W, double H);
    exn_coordinates coordinates;
    double add;
    bool is_point;
} kinds[] = {
    {point, call_point, as_point_place, EXN_COORDINATES_EDGES, 0, true},
    {point, call_point, as_point_from_0, EXN_COORDINATES_PIXELS, -1, true},
    {point, call_point, as_point_from_1, EXN_COORDINATES_PIXELS_FROM_1, +1, true},
    {coco, call_coco, as_coco, EXN_COORDINATES_EDGES, 0, false},
    {yolo, call_yolo, as_yolo, EXN_COORDINATES_EDGES, 0, false},
    {voc, call_voc, as_voc_from_1, EXN_COORDINATES_PIXELS_FROM_1, +1, false},
    {voc, call_voc, as_voc_from_0, EXN_COORDINATES_PIXELS, -1, false},
    {voc, call_voc, as_voc_exclusive, EXN_COORDINATES_EDGES, 0, false},
};

/* The oracle: where the pixels of a box go, and what box they cover there. */
static box turn_pixels(uint32_t value, box b)
{
    box turned = {UINT32_MAX, UINT32_MAX, 0, 0};
    for (uint32_t row = b.y0; row <= b.y1; row++)
        for (uint32_t column = b.x0; column <= b.x1; column++) {
            uint32_t x = column, y = row;
            exn_test_naive_point(value, WIDTH, HEIGHT, &x, &y);
            turned.x0 = x < turned.x0 ? x : turned.x0;
            turned.y0 = y < turned.y0 ? y : turned.y0;
            turned.x1 = x > turned.x1 ? x : turned.x1;
            turned.y1 = y > turned.y1 ? y : turned.y1;
        }
    return turned;
}

static void assert_same(label found, label wanted, uint32_t value, size_t kind)
{
    for (int i = 0; i < 4; i++)
        if (fabs(found.n[i] - wanted.n[i]) > 1e-12)
            fail_msg("value %u, kind %zu: number %d is %g, not %g", value, kind, i, found.n[i],
                     wanted.n[i]);
}

/* Forward with the stored frame's sides, back with the displayed frame's and the inverse's row. */
static void check_box(uint32_t value, box stored)
{
    static const uint32_t inverse[9] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
    box shown = turn_pixels(value, stored);
    uint32_t width, height;
    exn_map map, back;
    assert_int_equal(exn_map_init(&map, value, WIDTH, HEIGHT), EXN_OK);
    assert_int_equal(exn_map_inverse(&map, &back), EXN_OK);
    assert_int_equal(exn_map_size(&map, &width, &height), EXN_OK);
    assert_int_equal(width, value < 5 ? WIDTH : HEIGHT);
    assert_int_equal(height, value < 5 ? HEIGHT : WIDTH);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (kinds[k].is_point && (stored.x0 != stored.x1 || stored.y0 != stored.y1))
            continue;
        label before = kinds[k].write(stored, WIDTH, HEIGHT);
        label after = kinds[k].write(shown, width, height);
        assert_same(kinds[k].map(value, WIDTH, HEIGHT, kinds[k].add, before), after, value, k);
        assert_same(kinds[k].map(inverse[value], width, height, kinds[k].add, after), before, value,
                    k);
        assert_same(kinds[k].call(&map, kinds[k].coordinates, before), after, value, k);
        assert_same(kinds[k].call(&back, kinds[k].coordinates, after), before, value, k);
    }
}

static void labels_follow_the_pixels(void **state)
{
    (void)state;

    for (uint32_t value = 1; value <= 8; value++)
        for (uint32_t y0 = 0; y0 < HEIGHT; y0++)
            for (uint32_t x0 = 0; x0 < WIDTH; x0++)
                for (uint32_t y1 = y0; y1 < HEIGHT; y1++)
                    for (uint32_t x1 = x0; x1 < WIDTH; x1++)
                        check_box(value, (box){x0, y0, x1, y1});
}

/* The report's three bits are those of the document's rule. */
static void bits_are_those_of_the_public_header(void **state)
{
    (void)state;

    for (uint32_t value = 1; value <= 8; value++) {
        uint32_t bits = exn_orientation_bits(exn_orientation_from_exif(value));
        double x = 1.25, y = 0.5;
        double u = bits & EXN_TRANSFORM_FLIP_X ? WIDTH - x : x;
        double v = bits & EXN_TRANSFORM_FLIP_Y ? HEIGHT - y : y;
        bool transpose = bits & EXN_TRANSFORM_TRANSPOSE;
        label wanted = {{transpose ? v : u, transpose ? u : v, 0, 0}};
        assert_same(point(value, WIDTH, HEIGHT, 0, (label){{x, y, 0, 0}}), wanted, value, 0);
    }
}

static void document_has_every_row(void **state)
{
    char *text = calloc(1, TEXT_SIZE);
    FILE *file = fopen("docs/report.md", "re");
    (void)state;

    assert_non_null(text);
    assert_non_null(file);
    assert_in_range(fread(text, 1, TEXT_SIZE - 1, file), 1, TEXT_SIZE - 2);
    fclose(file);
    assert_int_equal(sizeof rows / sizeof rows[0], 4 * 8);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!strstr(text, rows[i]))
            fail_msg("docs/report.md lacks the row%s", rows[i]);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_follow_the_pixels),
        cmocka_unit_test(bits_are_those_of_the_public_header),
        cmocka_unit_test(document_has_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
