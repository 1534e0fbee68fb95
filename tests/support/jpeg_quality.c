/* SPDX-License-Identifier: MIT */
#include "support/jpeg_quality.h"

#include "support/jpeg_dct.h"
#include "support/naive.h"

#include <math.h>
#include <stdlib.h>

double exn_test_psnr(double squared_error)
{
    return 10 * log10(255.0 * 255.0 / squared_error);
}

double exn_test_rounding_distance(const exn_test_component *component, const double *plane)
{
    exn_test_component made = *component;
    double basis[8][8], in[64], frequencies[64];

    exn_test_dct_basis(basis);
    made.blocks = calloc((size_t)made.width_in_blocks * made.height_in_blocks, sizeof *made.blocks);
    for (uint32_t by = 0; made.blocks && by < made.height_in_blocks; by++)
        for (uint32_t bx = 0; bx < made.width_in_blocks; bx++) {
            int16_t *block = made.blocks[(size_t)by * made.width_in_blocks + bx];
            exn_test_dct_cut(plane, made.width, made.height, bx, by, in);
            exn_test_dct_forward(basis, in, frequencies);
            for (int k = 0; k < 64; k++)
                block[k] = (int16_t)round(frequencies[k] / made.quant[k]);
        }
    const double distance = made.blocks ? exn_test_distance(&made, plane) : NAN;
    free(made.blocks);
    return distance;
}

/* --- Full resolution ------------------------------------------------------------------------- */

enum { TAPS = 16 };

/* How one axis is brought to full resolution. */
typedef struct widening {
    uint32_t samples, pixels;
    int *first;             /* [pixel]: the first sample that counts, perhaps outside */
    double (*weight)[TAPS]; /* [pixel] */
} widening;

static int max_factor(const exn_test_coefs *coefs, bool vertical)
{
    int max = 1;

    for (int i = 0; i < coefs->components; i++) {
        const int factor = vertical ? coefs->component[i].v : coefs->component[i].h;
        max = factor > max ? factor : max;
    }
    return max;
}

/* A sinc under Lanczos' window. */
static double kernel(double x)
{
    const double a = acos(-1) * x, b = 2 * a / TAPS;

    if (fabs(x) < 1e-9)
        return 1;
    return fabs(2 * x) >= TAPS ? 0 : sin(a) / a * sin(b) / b;
}

static bool make_widening(widening *w, uint32_t samples, uint32_t pixels, int factor, int max)
{
    *w = (widening){.samples = samples,
                    .pixels = pixels,
                    .first = calloc(pixels, sizeof *w->first),
                    .weight = calloc(pixels, sizeof *w->weight)};
    if (!w->first || !w->weight)
        return false;
    for (uint32_t x = 0; x < pixels; x++) {
        const double at = (x + 0.5) * factor / max - 0.5;
        double sum = 0;
        w->first[x] = (int)floor(at) - TAPS / 2 + 1;
        for (int t = 0; t < TAPS; t++)
            sum += w->weight[x][t] = kernel(at - w->first[x] - t);
        for (int t = 0; t < TAPS; t++)
            w->weight[x][t] /= sum;
    }
    return true;
}

static void free_widening(widening *w)
{
    free(w->first);
    free(w->weight);
}

/* One line; its samples lie step apart, those of out out_step. */
static void widen_line(const widening *w, const float *line, size_t step, float *out,
                       size_t out_step)
{
    for (uint32_t x = 0; x < w->pixels; x++) {
        double sum = 0;
        for (int t = 0; t < TAPS; t++) {
            const int at = w->first[x] + t, last = (int)w->samples - 1;
            sum += w->weight[x][t] * (double)line[(size_t)(at < 0      ? 0
                                                           : at > last ? last
                                                                       : at) *
                                                  step];
        }
        out[x * out_step] = (float)sum;
    }
}

/* Component i with a sample a pixel; owned by the caller; NULL where memory is out. */
static float *full_plane(const exn_test_coefs *coefs, int i)
{
    const exn_test_component *c = &coefs->component[i];
    widening across, down;
    float *plane = exn_test_plane(c);
    float *wide = malloc(sizeof *wide * coefs->width * c->height);
    float *full = malloc(sizeof *full * coefs->width * coefs->height);
    bool done = make_widening(&across, c->width, coefs->width, c->h, max_factor(coefs, false));

    done = make_widening(&down, c->height, coefs->height, c->v, max_factor(coefs, true)) && done &&
           plane && wide && full;
    for (uint32_t y = 0; done && y < c->height; y++)
        widen_line(&across, plane + (size_t)y * c->width, 1, wide + (size_t)y * coefs->width, 1);
    for (uint32_t x = 0; done && x < coefs->width; x++)
        widen_line(&down, wide + x, coefs->width, full + x, coefs->width);
    free_widening(&across);
    free_widening(&down);
    free(wide);
    free(plane);
    if (done)
        return full;
    free(full);
    return NULL;
}

double exn_test_full_distance(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                              uint32_t value)
{
    const size_t count = (size_t)source->width * source->height;
    float *from = full_plane(source, i), *to = full_plane(product, i);
    float *turned = malloc(count * sizeof *turned);
    double sum = NAN;

    if (from && to && turned) {
        sum = 0;
        exn_test_naive_rotate(value, from, source->width, source->height, sizeof *from, turned);
        for (size_t k = 0; k < count; k++)
            sum += pow((double)(to[k] - turned[k]), 2);
    }
    free(turned);
    free(to);
    free(from);
    return sum / (double)count;
}
