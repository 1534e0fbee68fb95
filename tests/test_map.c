/* SPDX-License-Identifier: MIT */
/* exn_map_*(): what is exact, the ways back, the matrix, and what is refused. That they follow the
 * pixels is in test_labels.c. */
#include "exifnorm.h"

#include "support/naive.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    uint32_t width, height;
} sizes[] = {{1, 1}, {1, 9}, {640, 480}, {65535, 1}, {UINT32_MAX, 3}, {UINT32_MAX, UINT32_MAX}};
static const exn_coordinates kinds[] = {EXN_COORDINATES_EDGES, EXN_COORDINATES_PIXELS,
                                        EXN_COORDINATES_PIXELS_FROM_1};

#define EACH_MAP(map)                                                                              \
    for (uint32_t value = 1; value <= 8; value++)                                                  \
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)                                \
            for (int once =                                                                        \
                     exn_map_init(&(map), value, sizes[s].width, sizes[s].height) == EXN_OK;       \
                 once; once = 0)
#define EACH_KIND(k) for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)

/* A number of 53 bits is there, and so is what a flip makes of it. */
static void there_and_back_is_exact(void **state)
{
    static const double finest = 1.0 / (1 << 20);
    static const double numbers[] = {
        0, 1, 0.5, 479.25, 4294967295.0, -3.5, 0x1p-20, 1 - 0x1p-20, 4294967294 + 0x1p-20};
    enum { COUNT = sizeof numbers / sizeof numbers[0] };
    exn_map map, back, again;
    size_t done = 0;
    (void)state;
    EACH_MAP(map)
    EACH_KIND(k)
    for (size_t i = 0; i < COUNT * COUNT; i++) {
        const double x = numbers[i % COUNT], y = numbers[i / COUNT];
        double u = x, v = y, box[4] = {x, y, y, x}, rectangle[4] = {x, y, 64 * finest, 3};
        assert_int_equal(exn_map_inverse(&map, &back), EXN_OK);
        assert_int_equal(exn_map_inverse(&back, &again), EXN_OK);
        assert_memory_equal(&again, &map, sizeof map);
        assert_int_equal(exn_map_point(&map, kinds[k], &u, &v), EXN_OK);
        assert_int_equal(exn_map_point(&back, kinds[k], &u, &v), EXN_OK);
        assert_true(u == x && v == y);
        exn_map_box(&map, kinds[k], box);
        exn_map_box(&back, kinds[k], box);
        assert_true(box[0] == x && box[1] == y && box[2] == y && box[3] == x);
        exn_map_rectangle(&map, rectangle);
        exn_map_rectangle(&back, rectangle);
        assert_true(rectangle[0] == x && rectangle[1] == y && rectangle[2] == 64 * finest);
        done++;
    }
    assert_int_equal(done, 8 * 6 * 3 * COUNT * COUNT);
}

/* Whole pixels of the largest pictures, by the words of EXIF. */
static void corners_are_those_of_exif(void **state)
{
    exn_map map;
    (void)state;
    EACH_MAP(map)
    for (int corner = 0; corner < 4; corner++) {
        uint32_t x = corner & 1 ? map.width - 1 : 0, y = corner & 2 ? map.height - 1 : 0;
        double u = x, v = y;
        exn_test_naive_point(value, map.width, map.height, &x, &y);
        assert_int_equal(exn_map_point(&map, EXN_COORDINATES_PIXELS, &u, &v), EXN_OK);
        assert_true(u == x && v == y);
    }
}

static void matrix_is_the_same(void **state)
{
    exn_map map;
    int64_t m[6];
    (void)state;
    EACH_MAP(map)
    EACH_KIND(k)
    {
        double x = 12.25, y = -7;
        assert_int_equal(exn_map_matrix(&map, kinds[k], m), EXN_OK);
        const double u = (double)m[0] * x + (double)m[1] * y + (double)m[2];
        const double v = (double)m[3] * x + (double)m[4] * y + (double)m[5];
        exn_map_point(&map, kinds[k], &x, &y);
        assert_true(x == u && y == v);
        assert_int_equal(m[0] * m[4] - m[1] * m[3],
                         (value == 2 || value == 4 || value == 5 || value == 7) ? -1 : 1);
    }
}

/* A box keeps its smaller side first, and a corner that is unknown stays so. */
static void boxes_keep_their_order(void **state)
{
    exn_map map;
    (void)state;
    EACH_MAP(map)
    EACH_KIND(k)
    {
        double box[4] = {2, 3, 5, 8}, unknown[4] = {NAN, NAN, NAN, NAN};
        exn_map_box(&map, kinds[k], box);
        assert_true(box[0] < box[2] && box[1] < box[3]);
        assert_int_equal(exn_map_box(&map, kinds[k], unknown), EXN_OK);
        assert_true(isnan(unknown[0]) && isnan(unknown[3]));
    }
}

static void wrong_arguments_change_nothing(void **state)
{
    static const exn_map wrong[] = {{8, 2, 2}, {UINT32_MAX, 2, 2}, {0, 0, 2}, {0, 2, 0}};
    static const exn_coordinates nowhere[] = {(exn_coordinates)3, (exn_coordinates)-1};
    exn_map map = {EXN_TRANSFORM_FLIP_X, 3, 4}, unchanged = map, back = map;
    double x = 1, y = 2, box[4] = {1, 2, 3, 4};
    uint32_t width = 7, height = 8;
    int64_t matrix[6] = {9};
    (void)state;
#define BAD(call) assert_int_equal(call, EXN_BAD_ARGUMENT)
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0] + 1; i++) {
        const exn_map *w = i ? &wrong[i - 1] : NULL;
        BAD(exn_map_inverse(w, &back));
        BAD(exn_map_size(w, &width, &height));
        BAD(exn_map_point(w, EXN_COORDINATES_EDGES, &x, &y));
        BAD(exn_map_box(w, EXN_COORDINATES_EDGES, box));
        BAD(exn_map_rectangle(w, box));
        BAD(exn_map_matrix(w, EXN_COORDINATES_EDGES, matrix));
    }
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        BAD(exn_map_point(&map, nowhere[i], &x, &y));
        BAD(exn_map_box(&map, nowhere[i], box));
        BAD(exn_map_matrix(&map, nowhere[i], matrix));
    }
    BAD(exn_map_init(NULL, 1, 2, 2));
    BAD(exn_map_init(&map, 0, 2, 2));
    BAD(exn_map_init(&map, 9, 2, 2));
    BAD(exn_map_init(&map, 1, 0, 2));
    BAD(exn_map_init(&map, 1, 2, 0));
    BAD(exn_map_inverse(&map, NULL));
    BAD(exn_map_size(&map, NULL, &height));
    BAD(exn_map_size(&map, &width, NULL));
    BAD(exn_map_point(&map, EXN_COORDINATES_EDGES, NULL, &y));
    BAD(exn_map_point(&map, EXN_COORDINATES_EDGES, &x, NULL));
    BAD(exn_map_box(&map, EXN_COORDINATES_EDGES, NULL));
    BAD(exn_map_rectangle(&map, NULL));
    BAD(exn_map_matrix(&map, EXN_COORDINATES_EDGES, NULL));
    assert_memory_equal(&map, &unchanged, sizeof map);
    assert_memory_equal(&back, &unchanged, sizeof back);
    assert_true(x == 1 && y == 2 && box[0] == 1 && box[3] == 4 && matrix[0] == 9);
    assert_true(width == 7 && height == 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_is_exact),
        cmocka_unit_test(corners_are_those_of_exif),
        cmocka_unit_test(matrix_is_the_same),
        cmocka_unit_test(boxes_keep_their_order),
        cmocka_unit_test(wrong_arguments_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
