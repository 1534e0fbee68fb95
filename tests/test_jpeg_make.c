/* SPDX-License-Identifier: MIT */
/* What --verify says of a JPEG that was made of another format's picture: the same picture at any
 * quality, of noise as well, and no other one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "jpeg/make.h"

enum { SAME, UPSIDE_DOWN, EXCHANGED };

typedef struct picture {
    bool dots; /* black and white, else colours */
    int change;
} picture;

static uint8_t sample(uint32_t x, uint32_t y, uint32_t i, bool dots)
{
    uint32_t state = x * 2654435761u ^ (y + 77) * 2246822519u ^ (dots ? 0 : i) * 3266489917u;
    for (int round = 0; round < 2; round++)
        state = (state ^ state >> 15) * 2246822519u;
    return dots ? (state >> 24 > 170 ? 255 : 0) : (uint8_t)(state >> 24);
}

static void row(const exn_samples *samples, uint32_t y, uint8_t *to)
{
    const picture *p = samples->context;
    for (uint32_t x = 0; x < samples->width; x++)
        for (uint32_t i = 0; i < samples->components; i++)
            *to++ = sample(x, p->change == UPSIDE_DOWN ? samples->height - 1 - y : y,
                           p->change == EXCHANGED ? (i + 1) % 3 : i, p->dots);
}

static exn_status judged(const exn_samples *samples, exn_span file, int change)
{
    const picture other = {((const picture *)samples->context)->dots, change};
    exn_samples changed = *samples;
    changed.context = &other;
    return exn_jpeg_make_compare(&changed, file, NULL, NULL);
}

static void test_noise(void **state)
{
    static const uint32_t sizes[][2] = {{64, 64}, {90, 71}, {33, 9}, {3, 100}};
    static const uint32_t qualities[] = {1, 5, 10, 20, 50, 95};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t q = 0; q < sizeof qualities / sizeof *qualities; q++)
            for (uint32_t kind = 0; kind < 6; kind++) {
                const picture p = {.dots = kind & 1};
                const exn_samples samples = {.width = sizes[s][0],
                                             .height = sizes[s][1],
                                             .components = kind < 4 ? 3 : 1,
                                             .depth = 8,
                                             .bits = 8,
                                             .row = row,
                                             .shift_x = kind / 2 % 2,
                                             .shift_y = kind / 2 % 2,
                                             .context = &p};
                exn_buffer file = {0};
                assert_int_equal(
                    exn_jpeg_make(&samples, qualities[q], 0, UINT64_MAX, NULL, &file, NULL),
                    EXN_OK);
                const exn_span made = exn_buffer_span(&file);
                assert_int_equal(judged(&samples, made, SAME), EXN_OK);
                if (p.dots || samples.components == 1 || qualities[q] >= 20)
                    assert_int_equal(judged(&samples, made, UPSIDE_DOWN), EXN_MISMATCH);
                if (!p.dots && samples.components == 3 && !samples.shift_x && qualities[q] >= 20)
                    assert_int_equal(judged(&samples, made, EXCHANGED), EXN_MISMATCH);
                exn_buffer_free(&file);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests_name("jpeg_make", tests, NULL, NULL);
}
