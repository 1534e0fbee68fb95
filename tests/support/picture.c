/* SPDX-License-Identifier: MIT */
#include "support/picture.h"

static const uint8_t red[3] = {220, 30, 40}, green[3] = {30, 190, 60}, blue[3] = {40, 60, 220},
                     yellow[3] = {240, 220, 30}, ink[3] = {25, 15, 60}, teal[3] = {20, 130, 140};

/* Per mille of the way from one side to the other, at the middle of the sample. */
static uint32_t mille(uint32_t at, uint32_t size)
{
    return (uint32_t)((2 * (uint64_t)at + 1) * 500 / size);
}

static bool within(uint32_t x, uint32_t y, uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1)
{
    return x >= x0 && x < x1 && y >= y0 && y < y1;
}

/* What is drawn at a place given in per mille; NULL: the background. */
static const uint8_t *figure(uint32_t x, uint32_t y)
{
    if (within(x, y, 0, 0, 140, 140))
        return red;
    if (within(x, y, 860, 0, 1000, 140))
        return green;
    if (within(x, y, 0, 860, 140, 1000))
        return blue;
    if (within(x, y, 860, 860, 1000, 1000))
        return yellow;
    if (within(x, y, 350, 180, 450, 780) || within(x, y, 450, 180, 700, 280) ||
        within(x, y, 450, 420, 620, 510))
        return ink;
    return within(x, y, 200, 840, 560, 900) ? teal : 0;
}

/* Noise of -amplitude..amplitude, by a linear congruential generator seeded with the place: a
 * picture of the same size has the same noise everywhere and always. */
static int noise_at(uint32_t x, uint32_t y, unsigned amplitude)
{
    uint32_t state = x * 2654435761u ^ (y + 1) * 2246822519u;

    for (int i = 0; i < 3; i++)
        state = (state * 1664525u + 1013904223u) ^ (state >> 15);
    return (int)((state >> 16) % (2 * amplitude + 1)) - (int)amplitude;
}

static uint8_t clamp(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void exn_test_picture_rgb(uint32_t x, uint32_t y, uint32_t width, uint32_t height, unsigned noise,
                          uint8_t rgb[3])
{
    const uint32_t u = mille(x, width), v = mille(y, height);
    /* Lighter to the right, bluer to the bottom. */
    const uint8_t ground[3] = {(uint8_t)(120 + u * 110 / 1000), (uint8_t)(150 + u * 60 / 1000),
                               (uint8_t)(110 + v * 130 / 1000)};
    const uint8_t *color = figure(u, v);
    const int off = noise_at(x, y, noise);

    if (!color)
        color = ground;
    for (int i = 0; i < 3; i++)
        rgb[i] = clamp(color[i] + off);
}

/* The figure keeps its shape in luma; chroma stands far outside of what RGB can say at that luma.
 */
static void wild_chroma(uint32_t u, uint32_t v, uint8_t ycc[3])
{
    const uint8_t *color = figure(u, v);

    if (!color) {
        ycc[1] = (uint8_t)(5 + u * 240 / 1000);
        ycc[2] = (uint8_t)(250 - v * 240 / 1000);
    } else {
        ycc[1] = color[2] > 100 ? 250 : 6;
        ycc[2] = color[0] > 100 ? 246 : 10;
    }
}

void exn_test_picture_ycc(uint32_t x, uint32_t y, uint32_t width, uint32_t height, unsigned noise,
                          bool wild, uint8_t ycc[3])
{
    uint8_t rgb[3];

    exn_test_picture_rgb(x, y, width, height, noise, rgb);
    const double r = rgb[0], g = rgb[1], b = rgb[2];
    /* JFIF 1.02, p. 3 */
    ycc[0] = clamp((int)(0.299 * r + 0.587 * g + 0.114 * b + 0.5));
    ycc[1] = clamp((int)(-0.168736 * r - 0.331264 * g + 0.5 * b + 128.5));
    ycc[2] = clamp((int)(0.5 * r - 0.418688 * g - 0.081312 * b + 128.5));
    if (wild)
        wild_chroma(mille(x, width), mille(y, height), ycc);
}
