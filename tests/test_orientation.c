/* SPDX-License-Identifier: MIT */
/* src/lib/orientation.h against the row and column words of EXIF, through support/naive.h, which
 * shares no code with it. */
#include "orientation.h"

#include "support/naive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* No side equal to the other, and no two samples alike. */
enum { WIDTH = 5, HEIGHT = 3, COUNT = WIDTH * HEIGHT };

static void fill(uint16_t samples[COUNT])
{
    for (uint16_t i = 0; i < COUNT; i++)
        samples[i] = (uint16_t)(i * 257 + 1);
}

/* Turns by the three bits, through exn_orientation_point() and exn_orientation_size() alone. */
static void turn(exn_orientation o, const uint16_t *in, uint32_t *width, uint32_t *height,
                 uint16_t *out)
{
    uint32_t out_width = *width, out_height = *height;

    exn_orientation_size(o, &out_width, &out_height);
    memset(out, 0, COUNT * sizeof *out);
    for (uint32_t row = 0; row < *height; row++)
        for (uint32_t column = 0; column < *width; column++) {
            uint32_t x = column, y = row;
            exn_orientation_point(o, *width, *height, &x, &y);
            assert_in_range(x, 0, out_width - 1);
            assert_in_range(y, 0, out_height - 1);
            out[y * out_width + x] = in[row * *width + column];
        }
    *width = out_width;
    *height = out_height;
}

/* The oracle itself, against the eight pictures of a letter F that every page on the subject shows.
 */
static void naive_knows_the_letter_f(void **state)
{
    static const char *const stored[9] = {
        [1] = "###"
              "#.."
              "##."
              "#.."
              "#..",
        [2] = "###"
              "..#"
              ".##"
              "..#"
              "..#",
        [3] = "..#"
              "..#"
              ".##"
              "..#"
              "###",
        [4] = "#.."
              "#.."
              "##."
              "#.."
              "###",
        [5] = "#####"
              "#.#.."
              "#....",
        [6] = "#...."
              "#.#.."
              "#####",
        [7] = "....#"
              "..#.#"
              "#####",
        [8] = "#####"
              "..#.#"
              "....#",
    };
    (void)state;

    for (uint32_t value = 1; value <= 8; value++) {
        char shown[16] = "";
        exn_test_naive_rotate(value, stored[value], value >= 5 ? 5 : 3, value >= 5 ? 3 : 5, 1,
                              shown);
        assert_string_equal(shown, stored[1]);
    }
}

static void bits_follow_exif(void **state)
{
    uint16_t in[COUNT], ours[COUNT], naive[COUNT];
    (void)state;

    fill(in);
    for (uint32_t value = 1; value <= 8; value++) {
        uint32_t width = WIDTH, height = HEIGHT;
        turn(exn_orientation_from_exif(value), in, &width, &height, ours);
        exn_test_naive_rotate(value, in, WIDTH, HEIGHT, sizeof *in, naive);
        assert_int_equal(width, value >= 5 ? HEIGHT : WIDTH);
        assert_int_equal(height, value >= 5 ? WIDTH : HEIGHT);
        assert_memory_equal(ours, naive, sizeof ours);
    }
}

static void values_come_back(void **state)
{
    (void)state;

    for (uint32_t value = 1; value <= 8; value++)
        assert_int_equal(exn_orientation_to_exif(exn_orientation_from_exif(value)), value);
}

/* Browsers show such a picture as it is stored. */
static void other_values_are_the_identity(void **state)
{
    static const uint32_t others[] = {0, 9, 10, 255, 256, 65535, 65537, UINT32_MAX};
    (void)state;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const exn_orientation o = exn_orientation_from_exif(others[i]);
        assert_true(exn_orientation_is_identity(o));
        assert_int_equal(exn_orientation_to_exif(o), 1);
    }
}

static void only_one_is_the_identity(void **state)
{
    (void)state;

    for (uint32_t value = 1; value <= 8; value++)
        assert_int_equal(exn_orientation_is_identity(exn_orientation_from_exif(value)), value == 1);
}

/* All 64 pairs: one turn by the composition is a naive turn by a, then one by b. */
static void compose_is_one_after_the_other(void **state)
{
    uint16_t in[COUNT], half[COUNT], naive[COUNT], ours[COUNT];
    (void)state;

    fill(in);
    for (uint32_t a = 1; a <= 8; a++)
        for (uint32_t b = 1; b <= 8; b++) {
            const exn_orientation both =
                exn_orientation_compose(exn_orientation_from_exif(a), exn_orientation_from_exif(b));
            uint32_t width = WIDTH, height = HEIGHT;
            exn_test_naive_rotate(a, in, WIDTH, HEIGHT, sizeof *in, half);
            exn_test_naive_rotate(b, half, a >= 5 ? HEIGHT : WIDTH, a >= 5 ? WIDTH : HEIGHT,
                                  sizeof *in, naive);
            turn(both, in, &width, &height, ours);
            assert_int_equal(width, (a >= 5) != (b >= 5) ? HEIGHT : WIDTH);
            assert_memory_equal(ours, naive, sizeof ours);
        }
}

static void inverse_undoes(void **state)
{
    uint16_t in[COUNT], there[COUNT], back[COUNT];
    (void)state;

    fill(in);
    for (uint32_t value = 1; value <= 8; value++) {
        const exn_orientation o = exn_orientation_from_exif(value),
                              undo = exn_orientation_inverse(o);
        uint32_t width = WIDTH, height = HEIGHT;
        turn(o, in, &width, &height, there);
        turn(undo, there, &width, &height, back);
        assert_int_equal(width, WIDTH);
        assert_int_equal(height, HEIGHT);
        assert_memory_equal(in, back, sizeof in);
        assert_true(exn_orientation_is_identity(exn_orientation_compose(o, undo)));
        assert_true(exn_orientation_is_identity(exn_orientation_compose(undo, o)));
    }
}

static void size_is_exchanged_by_transposing_ones(void **state)
{
    (void)state;

    for (uint32_t value = 1; value <= 8; value++) {
        uint32_t width = 4000, height = 3000;
        exn_orientation_size(exn_orientation_from_exif(value), &width, &height);
        assert_int_equal(width, value >= 5 ? 3000 : 4000);
        assert_int_equal(height, value >= 5 ? 4000 : 3000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naive_knows_the_letter_f),
        cmocka_unit_test(bits_follow_exif),
        cmocka_unit_test(values_come_back),
        cmocka_unit_test(other_values_are_the_identity),
        cmocka_unit_test(only_one_is_the_identity),
        cmocka_unit_test(compose_is_one_after_the_other),
        cmocka_unit_test(inverse_undoes),
        cmocka_unit_test(size_is_exchanged_by_transposing_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
