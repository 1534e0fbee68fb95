/* SPDX-License-Identifier: MIT */
/* Where the picture's edge cuts through a sample of a component, the mirrored grid lies a fraction
 * of a sample off. Colour has to stay where it was in the picture: edges where luma has them,
 * smooth colour as an ideal filter shifts it, and colours that RGB does not have as they are. */
#include "exifnorm.h"

#include "support/jpeg_make.h"
#include "support/jpeg_oracle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct drawing {
    uint32_t width, height;
    uint8_t *pixels; /* 4 a pixel, as exn_test_jpeg takes them */
} drawing;

static void draw(drawing *d, uint32_t width, uint32_t height,
                 void (*paint)(uint32_t x, uint32_t y, const void *context, uint8_t ycc[4]),
                 const void *context)
{
    *d = (drawing){width, height, calloc((size_t)width * height, 4)};
    assert_non_null(d->pixels);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            paint(x, y, context, d->pixels + ((size_t)y * width + x) * 4);
}

/* Encodes and turns; both are to be freed. Quality 100: steps of 1. */
static void turn(const drawing *d, const char *sampling, uint32_t value, exn_test_coefs *source,
                 exn_test_coefs *product)
{
    char why[EXN_TEST_WHY];
    exn_test_jpeg spec;
    exn_buffer file = {0}, tagged = {0};
    exn_bytes turned;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;

    exn_test_jpeg_init(&spec, d->width, d->height);
    assert_true(exn_test_jpeg_sampling(&spec, sampling));
    spec.quality = 100;
    spec.pixels = d->pixels;
    exn_test_jpeg_made(&spec, &file);
    assert_true(exn_test_jpeg_read((exn_span){file.data, file.size}, source, why));
    assert_true(exn_test_tag((exn_span){file.data, file.size}, value, &tagged));
    assert_int_equal(exn_normalize(tagged.data, tagged.size, NULL, &turned, &result, &error),
                     EXN_OK);
    assert_true(exn_test_jpeg_read((exn_span){turned.data, turned.size}, product, why));
    assert_true(exn_test_same_frame(source, product, value, why));
    exn_bytes_free(&turned);
    exn_buffer_free(&tagged);
    exn_buffer_free(&file);
}

/* --- Edges ----------------------------------------------------------------------------------- */

/* One edge, in luma and in both chroma planes. */
typedef struct edge {
    bool vertical; /* the line of the edge; else horizontal */
    uint32_t at;   /* the first column or row behind it */
} edge;

/* What stands before and behind the edge. */
static const uint8_t sides[2][3] = {{60, 170, 80}, {200, 90, 180}};

static void paint_edge(uint32_t x, uint32_t y, const void *context, uint8_t ycc[4])
{
    const edge *e = context;
    for (int i = 0; i < 3; i++)
        ycc[i] = sides[(e->vertical ? x : y) >= e->at][i];
}

/* Where the edge stands along x or y, in pixels: a line's sum, read as so many samples of the one
 * side and so many of the other. 24 pixels before and behind the place where it should be are
 * looked at: what happens at the picture's own edges is another test's. */
static double edge_place(const exn_test_coefs *coefs, int i, bool vertical, bool backwards,
                         double about)
{
    enum { REACH = 24 };
    const exn_test_component *c = &coefs->component[i];
    const exn_test_component *luma = &coefs->component[0];
    const double scale =
        vertical ? (double)luma->h / c->h : (double)luma->v / c->v; /* pixels a sample */
    const uint32_t first = (uint32_t)((about - REACH) / scale),
                   last = (uint32_t)((about + REACH) / scale);
    float *samples = exn_test_plane(c);
    const uint32_t lines = vertical ? c->height : c->width;
    const double before = sides[backwards][i], behind = sides[!backwards][i];
    double sum = 0;

    assert_non_null(samples);
    assert_true(last < (vertical ? c->width : c->height));
    for (uint32_t line = 0; line < lines; line++)
        for (uint32_t k = first; k <= last; k++)
            sum += (double)(vertical ? samples[(size_t)line * c->width + k]
                                     : samples[(size_t)k * c->width + line]) -
                   behind;
    free(samples);
    return (first + sum / lines / (before - behind)) * scale;
}

/* How far the edge of component i stands from that of luma, in pixels. */
static double offset(const exn_test_coefs *coefs, int i, bool vertical, bool backwards,
                     double about)
{
    return edge_place(coefs, i, vertical, backwards, about) -
           edge_place(coefs, 0, vertical, backwards, about);
}

static void check_edge(uint32_t width, uint32_t height, const char *sampling, edge e,
                       uint32_t value)
{
    const exn_test_axes axes = exn_test_axes_of(value);
    const bool backwards = e.vertical ? axes.x_backwards : axes.y_backwards,
               vertical = axes.exchanged ? !e.vertical : e.vertical;
    const uint32_t size = e.vertical ? width : height;
    const double about = backwards ? size - e.at : e.at;
    exn_test_coefs source, product;
    drawing d;

    draw(&d, width, height, paint_edge, &e);
    turn(&d, sampling, value, &source, &product);
    assert_true(fabs(edge_place(&product, 0, vertical, backwards, about) - about) < 0.02);
    for (int i = 1; i < 3; i++) {
        const double was = offset(&source, i, e.vertical, false, e.at),
                     is = offset(&product, i, vertical, backwards, about),
                     moved = fabs(is - (backwards ? -was : was));
        if (moved >= 0.1)
            print_error("%ux%u %s orientation %u, edge at %u: component %d moved by %.3f\n", width,
                        height, sampling, value, e.at, i, moved);
        assert_true(moved < 0.1);
    }
    exn_test_coefs_free(&source);
    exn_test_coefs_free(&product);
    free(d.pixels);
}

static void colour_stays_on_its_edge(void **state)
{
    static const struct {
        uint32_t width, height;
        const char *sampling;
    } rows[] = {{97, 33, "4:2:0"},       {1001, 97, "4:2:0"},     {97, 1001, "4:2:0"},
                {97, 97, "4:2:2"},       {97, 97, "4:4:0"},       {97, 97, "4:1:1"},
                {98, 99, "4:1:0"},       {97, 98, "4:4:1"},       {97, 98, "3x2"},
                {98, 97, "3x1"},         {97, 97, "3x1,2x1,1x1"}, {98, 97, "3x3,2x2,1x2"},
                {99, 97, "4x4,1x1,1x1"}, {96, 96, "4:2:0"}};
    (void)state;

    for (size_t n = 0; n < sizeof rows / sizeof *rows; n++)
        for (uint32_t value = 2; value <= 8; value++)
            /* Two places next to each other: one inside a chroma sample. */
            for (uint32_t more = 0; more < 2; more++) {
                const uint32_t w = rows[n].width, h = rows[n].height;
                if (w >= 97)
                    check_edge(w, h, rows[n].sampling, (edge){true, w / 2 + more}, value);
                if (h >= 97)
                    check_edge(w, h, rows[n].sampling, (edge){false, h / 2 + more}, value);
            }
}

/* --- Smooth colour --------------------------------------------------------------------------- */

/* Waves of 8 pixels and longer. A mean of two samples would lose three tenths of the shortest. */
static void paint_waves(uint32_t x, uint32_t y, const void *context, uint8_t ycc[4])
{
    const double pi = acos(-1);
    (void)context;

    ycc[0] = (uint8_t)(128 + 60 * cos(x * 0.11) * cos(y * 0.07));
    ycc[1] = (uint8_t)lround(128 + 40 * cos(2 * pi * x / 8.3) + 40 * cos(2 * pi * y / 9.1));
    ycc[2] = (uint8_t)lround(128 + 50 * sin(2 * pi * (x + y) / 12.7) + 20 * cos(2 * pi * x / 31));
}

static double psnr(double squared_error)
{
    return 10 * log10(255.0 * 255.0 / squared_error);
}

/* Against a sinc of 64 taps. Rounding with steps of 1 alone costs it down to 58.9 dB (1/12). */
static void check_waves(uint32_t width, uint32_t height, const char *sampling, uint32_t value,
                        double at_least)
{
    exn_test_coefs source, product;
    drawing d;

    draw(&d, width, height, paint_waves, NULL);
    turn(&d, sampling, value, &source, &product);
    for (int i = 1; i < 3; i++) {
        double *ideal = exn_test_ideal_plane(&source, i, value, 64);
        assert_non_null(ideal);
        const double found = psnr(exn_test_distance(&product.component[i], ideal));
        if (found < at_least)
            print_error("%ux%u %s orientation %u: component %d has %.2f dB\n", width, height,
                        sampling, value, i, found);
        assert_true(found >= at_least);
        free(ideal);
    }
    exn_test_coefs_free(&source);
    exn_test_coefs_free(&product);
    free(d.pixels);
}

static void smooth_colour_is_shifted_as_by_an_ideal_filter(void **state)
{
    (void)state;

    for (uint32_t value = 2; value <= 8; value++) {
        check_waves(257, 255, "4:2:0", value, 48);
        check_waves(1001, 33, "4:2:2", value, 48);
        check_waves(33, 1001, "4:4:0", value, 48);
    }
}

/* --- Colours that RGB does not have ---------------------------------------------------------- */

/* Chroma at its extremes beside dark and light luma: a detour over RGB clips most of it. */
static void paint_wild(uint32_t x, uint32_t y, const void *context, uint8_t ycc[4])
{
    (void)context;
    ycc[0] = (uint8_t)(x * 255 / 96);
    ycc[1] = y / 11 % 2 ? 245 : 12;
    ycc[2] = x / 13 % 2 ? 15 : 240;
}

static void no_detour_over_rgb(void **state)
{
    char why[EXN_TEST_WHY];
    exn_test_coefs source, product;
    drawing d;
    (void)state;

    draw(&d, 97, 33, paint_wild, NULL);
    for (uint32_t value = 2; value <= 8; value++) {
        turn(&d, value % 2 ? "4:4:4" : "4:2:0", value, &source, &product);
        for (int i = 0; i < 3; i++)
            if (!exn_test_component_is_close(&source, &product, i, value, why)) {
                print_error("orientation %u: %s\n", value, why);
                assert_true(false);
            }
        exn_test_coefs_free(&source);
        exn_test_coefs_free(&product);
    }
    free(d.pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colour_stays_on_its_edge),
        cmocka_unit_test(smooth_colour_is_shifted_as_by_an_ideal_filter),
        cmocka_unit_test(no_detour_over_rgb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
