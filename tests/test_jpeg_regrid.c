/* SPDX-License-Identifier: MIT */
/* Blocks moved to a mirrored grid are the same bytes whatever vectors the machine has: the code
 * that the loader has picked for this one against the same source compiled here, without clones and
 * with other flags. What the bytes have to be is held elsewhere (test_jpeg_matrix,
 * test_jpeg_quality). */
#include "jpeg/regrid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define EXN_PLAIN
#define exn_regrid_open  plain_open
#define exn_regrid_close plain_close
#define exn_regrid_bytes plain_bytes
#define exn_regrid_feed  plain_feed
#define exn_regrid_take  plain_take
#include "jpeg/regrid.c"
#undef exn_regrid_open
#undef exn_regrid_close
#undef exn_regrid_feed
#undef exn_regrid_take

static uint32_t state = 1;

static uint32_t next(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

/* Few coefficients, small ones most of the time, as pictures have them. */
static void fill_block(int16_t block[64], int largest, bool bright)
{
    memset(block, 0, sizeof(exn_dct_block));
    block[0] = (int16_t)((int)next(2 * 64 + 1) + (bright ? 1000 : -64));
    for (uint32_t n = next(12); n > 0; n--)
        block[next(1 + next(64))] = (int16_t)((int)next(2 * (uint32_t)largest + 1) - largest);
}

typedef struct picture {
    exn_coefficients coefficients;
    uint16_t quant[64]; /* of the output */
    int largest;
    bool bright; /* and with steps of 1: a DC that codes do not hold may come of it */
} picture;

/* One component of two by two, so that odd sizes shift it, or of one by one. */
static picture make_picture(exn_orientation o)
{
    picture p = {.coefficients = {.width = 1 + next(70),
                                  .height = 1 + next(70),
                                  .max_h = 1 + next(2),
                                  .max_v = 1 + next(2),
                                  .components = 1}};
    exn_component *c = &p.coefficients.component[0];
    c->h = c->v = 1;
    exn_component_measure(&p.coefficients, 0);
    p.bright = next(8) == 0;
    for (int k = 0; k < 64; k++)
        c->quant[k] = (uint16_t)(1 + (p.bright ? 0 : next(20)));
    for (int k = 0; k < 64; k++)
        p.quant[k] = c->quant[o.transpose ? k % 8 * 8 + k / 8 : k];
    /* Some are out of reach. */
    p.largest = next(8) ? 10 : 1000;
    return p;
}

/* What came of all lines, and how they ended. */
typedef struct outcome {
    uint32_t lines, lost, large;
} outcome;

static void compare(const picture *p, exn_orientation o, outcome *all)
{
    exn_regrid one, other;
    exn_error error;
    const uint32_t across = p->coefficients.component[0].blocks_x;
    exn_dct_block *line = malloc(across * sizeof *line);
    bool near = true;
    exn_regrid_verdict verdict = EXN_REGRID_NONE;

    assert_non_null(line);
    assert_int_equal(exn_regrid_open(&one, &p->coefficients, 0, o, p->quant, &error), EXN_OK);
    assert_int_equal(plain_open(&other, &p->coefficients, 0, o, p->quant, &error), EXN_OK);
    for (uint32_t y = 0; y < one.blocks_y && near && verdict != EXN_REGRID_LARGE; y++) {
        for (uint32_t x = 0; x < across; x++)
            fill_block(line[x], p->largest, p->bright);
        near = exn_regrid_feed(&one, line);
        assert_int_equal(plain_feed(&other, line), near);
        while (near && (verdict = exn_regrid_take(&one)) == EXN_REGRID_LINE) {
            assert_int_equal(plain_take(&other), verdict);
            assert_memory_equal(one.made, other.made, across * sizeof *one.made);
            all->lines++;
        }
        if (near)
            assert_int_equal(plain_take(&other), verdict);
    }
    all->lost += !near;
    all->large += verdict == EXN_REGRID_LARGE;
    /* As many lines come out as went in. */
    if (near && verdict != EXN_REGRID_LARGE)
        assert_int_equal(one.taken, one.blocks_y);
    exn_regrid_close(&one);
    plain_close(&other);
    free(line);
}

static void vectors_of_any_width(void **unused)
{
    outcome all = {0};
    uint32_t cut = 0;
    (void)unused;
    for (int n = 0; n < 4000; n++) {
        const exn_orientation o = exn_orientation_from_exif(2 + next(7));
        const picture p = make_picture(o);
        const exn_coefficients *c = &p.coefficients;
        const uint32_t x = c->max_h * 8, y = c->max_v * 8;
        if (!(o.flip_x && c->width % x) && !(o.flip_y && c->height % y))
            continue;
        compare(&p, o, &all);
        cut++;
    }
    print_message("%u pictures, %u lines; %u out of reach, %u too large\n", cut, all.lines,
                  all.lost, all.large);
    assert_true(all.lines > 5000 && all.lost > 100 && all.large > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors_of_any_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
