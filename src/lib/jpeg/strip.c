/* SPDX-License-Identifier: MIT */
/* A component flows through a strip, from the top of the output's frame down:
 *
 *   decode_line()    turns a line of the source's blocks into eight rows, moved as they are
 * decoded: swapping axes is leaving out the decoder's transpose, a flip is the sign of a step and
 * the place of a block keep_row()       puts those inside the picture into a ring, shifted along x
 * if the mirrored grid is off by part of a sample finished_row()   takes them out of the ring,
 * shifted along y exn_strip_cut()  cuts eight such rows into blocks of the output's grid, which
 *                    exn_quantizer_encode() quantizes
 *
 * So memory grows with a row, not with the picture. If an axis runs backwards, the lines of blocks
 * are not aligned with the rows of the output's grid; the ring lets them pass each other. */
#include "strip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "entropy_bits.h"
#include "float_dct.h"

/* A shift by a fraction of a sample: a sinc with a Lanczos window. Eight taps keep a chroma edge in
 * place with little ringing. */
enum { TAPS = EXN_STRIP_TAPS, BEFORE = TAPS / 2 - 1 };

enum { RING = EXN_STRIP_RING, MARGIN = EXN_STRIP_MARGIN, ROWS = RING + 8 + 8 };

/* The taps add up to 1, so that an even area keeps its value. */
void exn_strip_filter(double shift, float taps[EXN_STRIP_TAPS])
{
    const double pi = acos(-1.0);
    const double lobes = TAPS / 2.0;
    double value[TAPS], sum = 0;
    for (int t = 0; t < TAPS; t++) {
        double x = (t - BEFORE - shift) * pi;
        value[t] = x == 0 ? 1 : sin(x) / x * sin(x / lobes) / (x / lobes);
        sum += value[t];
    }
    for (int t = 0; t < TAPS; t++)
        taps[t] = (float)(value[t] / sum);
}

/* out[x] = sum of taps[t] * in[t][x] */
static EXN_HOT void filter_row(const float taps[TAPS], const float *const in[TAPS], uint32_t width,
                               float *restrict out)
{
    const float *a = in[0], *b = in[1], *c = in[2], *d = in[3];
    const float *e = in[4], *f = in[5], *g = in[6], *h = in[7];
    for (size_t x = 0; x < width; x += 8)
        for (size_t k = 0; k < 8; k++)
            out[x + k] = taps[0] * a[x + k] + taps[1] * b[x + k] + taps[2] * c[x + k] +
                         taps[3] * d[x + k] + taps[4] * e[x + k] + taps[5] * f[x + k] +
                         taps[6] * g[x + k] + taps[7] * h[x + k];
}

double exn_strip_overhang(uint32_t samples, uint32_t pixels, uint32_t factor, uint32_t max_factor)
{
    return samples - (double)pixels * factor / max_factor;
}

/* How many samples move along an axis: those of the picture if it is cut and reversed; otherwise
 * all in the blocks, since what an encoder put beyond the edge moves along with its block. */
static uint32_t moved_samples(uint32_t samples, bool reversed, double overhang)
{
    return reversed && (overhang > 0 || samples % 8 != 0) ? samples : (samples + 7) / 8 * 8;
}

/* Row y of those in memory from row `first` on. */
static float *row_at(const exn_strip *s, uint32_t first, uint32_t y)
{
    return s->memory + (first + y) * s->stride + MARGIN;
}

/* A row of the output's frame is reused RING rows later. */
static float *ring_row(const exn_strip *s, uint32_t y)
{
    return row_at(s, 0, y % RING);
}

static float *decoded_row(const exn_strip *s, uint32_t y)
{
    return row_at(s, RING, y);
}

static float *shifted_row(const exn_strip *s, uint32_t y)
{
    return row_at(s, RING + 8, y);
}

/* o is in terms of the source's axes (it flips, then transposes), the strip in terms of the
 * output's. */
exn_status exn_strip_open(exn_strip *s, const exn_coefficients *source, uint32_t i,
                          exn_orientation o, exn_error *error)
{
    const exn_component *from = &source->component[i];
    double x =
        o.flip_x ? exn_strip_overhang(from->width, source->width, from->h, source->max_h) : 0;
    double y =
        o.flip_y ? exn_strip_overhang(from->height, source->height, from->v, source->max_v) : 0;
    *s = (exn_strip){.from = from,
                     .transpose = o.transpose,
                     .backward_x = o.transpose ? o.flip_y : o.flip_x,
                     .backward_y = o.transpose ? o.flip_x : o.flip_y,
                     .width = moved_samples(from->width, o.flip_x, x),
                     .height = moved_samples(from->height, o.flip_y, y),
                     .lines = o.transpose ? from->blocks_x : from->blocks_y};
    exn_orientation_size(o, &s->width, &s->height);
    s->shift_x = (o.transpose ? y : x) > 0;
    s->shift_y = (o.transpose ? x : y) > 0;
    exn_strip_filter(o.transpose ? y : x, s->taps_x);
    exn_strip_filter(o.transpose ? x : y, s->taps_y);
    for (int k = 0; k < 64; k++) {
        /* cos((2x+1)u pi/16) changes sign for odd u when x is mirrored. */
        bool negative = (o.flip_x && k % 2) != (o.flip_y && k / 8 % 2);
        s->steps[k] = (float)(negative ? -from->quant[k] : from->quant[k]);
    }
    s->stride = (size_t)s->width + 2 * MARGIN;
    s->memory = calloc(ROWS * s->stride, sizeof *s->memory);
    return s->memory ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "sample rows");
}

/* Repeats the first and last sample of a row in its margins. */
static void extend_row(float *row, uint32_t width)
{
    for (int k = 1; k <= MARGIN; k++)
        row[-k] = row[0];
    for (uint32_t k = 0; k < MARGIN; k++)
        row[width + k] = row[width - 1];
}

/* Where the block of that number begins along one of the output's axes. If an axis runs backwards,
 * a block that extends over the picture's edge begins before 0. */
static int block_start(bool backward, uint32_t samples, uint32_t number)
{
    return backward ? (int)samples - 8 - 8 * (int)number : 8 * (int)number;
}

EXN_HOT float exn_strip_reach(const float samples[64], float reach)
{
    float largest[8] = {0};
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            float magnitude = fabsf(samples[y * 8 + x]);
            largest[x] = magnitude > largest[x] ? magnitude : largest[x];
        }
    for (int x = 0; x < 8; x++)
        reach = largest[x] > reach ? largest[x] : reach;
    return reach;
}

exn_status exn_strip_check_reach(float source, float output, uint32_t i, exn_error *error)
{
    if (source > EXN_STRIP_REACH)
        return exn_status_fail(error, EXN_CORRUPT,
                               "samples of component %u out of range: decoders disagree about them",
                               i);
    if (source > EXN_STRIP_FAR && output > EXN_STRIP_REACH)
        return exn_status_fail(
            error, EXN_CORRUPT,
            "samples of component %u would be out of range: decoders disagree about them", i);
    return EXN_OK;
}

/* Decodes a line of the source's blocks as eight rows of the output's frame. */
static void decode_line(exn_strip *s, uint32_t line)
{
    uint32_t blocks = s->transpose ? s->from->blocks_y : s->from->blocks_x;
    for (uint32_t n = 0; n < blocks; n++) {
        exn_dct_block room;
        const int16_t *block = s->transpose ? exn_component_block(s->from, line, n, room)
                                            : exn_component_block(s->from, n, line, room);
        int x = block_start(s->backward_x, s->width, n);
        float samples[64];
        if (s->transpose)
            exn_float_dct_decode_transposed(block, s->steps, samples);
        else
            exn_float_dct_decode(block, s->steps, samples);
        s->reach = exn_strip_reach(samples, s->reach);
        for (uint32_t y = 0; y < 8; y++)
            memcpy(decoded_row(s, y) + x, samples + 8 * y, 8 * sizeof *samples);
    }
}

/* Puts a decoded row into its place in the ring, shifted along x. */
static void keep_row(const exn_strip *s, float *decoded, float *kept)
{
    const float *in[TAPS];
    extend_row(decoded, s->width); /* padding never shows */
    for (int t = 0; t < TAPS; t++)
        in[t] = decoded + t - BEFORE;
    if (s->shift_x)
        filter_row(s->taps_x, in, s->width, kept);
    else
        memcpy(kept, decoded, s->width * sizeof *kept);
    extend_row(kept, s->width);
}

/* Decodes the next line of blocks, and keeps the rows that are inside the picture. */
static void advance(exn_strip *s)
{
    uint32_t line = s->backward_y ? s->lines - 1 - s->next : s->next;
    int top = block_start(s->backward_y, s->height, line);
    decode_line(s, line);
    for (int y = 0; y < 8; y++)
        if (top + y >= 0 && top + y < (int)s->height) {
            keep_row(s, decoded_row(s, (uint32_t)y), ring_row(s, (uint32_t)(top + y)));
            s->ready = (uint32_t)(top + y) + 1;
        }
    s->next++;
}

/* The row for y, which may be outside of the picture; then the outermost one is repeated. */
static const float *row_for(const exn_strip *s, int y)
{
    int last = (int)s->height - 1;
    return ring_row(s, (uint32_t)(y < 0 ? 0 : y > last ? last : y));
}

/* Row y of the plane, shifted along y. */
static const float *finished_row(const exn_strip *s, uint32_t y)
{
    const float *in[TAPS];
    y = y < s->height ? y : s->height - 1;
    if (!s->shift_y)
        return row_for(s, (int)y);
    for (int t = 0; t < TAPS; t++)
        in[t] = row_for(s, (int)y + t - BEFORE);
    float *row = shifted_row(s, y % 8);
    filter_row(s->taps_y, in, s->width, row);
    extend_row(row, s->width);
    return row;
}

void exn_strip_line(exn_strip *s, uint32_t by, const float *rows[8])
{
    uint32_t wanted = by * 8 + 8 + TAPS;
    wanted = wanted < s->height ? wanted : s->height;
    while (s->ready < wanted)
        advance(s);
    for (uint32_t y = 0; y < 8; y++)
        rows[y] = finished_row(s, by * 8 + y);
}

uint64_t exn_strip_bytes(const exn_jpeg *jpeg)
{
    uint64_t longer = jpeg->width > jpeg->height ? jpeg->width : jpeg->height;
    return (longer + 7 + 2 * MARGIN) * ROWS * sizeof(float);
}

exn_status exn_strip_visit(const exn_coefficients *source, uint32_t i, exn_orientation o,
                           const exn_component *to, uint32_t each, exn_strip_visitor *visit,
                           void *context, float *reach, exn_error *error)
{
    exn_strip s;
    exn_status status = exn_strip_open(&s, source, i, o, error);
    for (uint32_t by = 0; status == EXN_OK && by < to->blocks_y; by++) {
        const float *rows[8];
        status = exn_cancel_check(source->cancel, error);
        exn_strip_line(&s, by, rows);
        for (uint32_t bx = by % each; bx < to->blocks_x; bx += each) {
            float samples[64];
            exn_strip_cut(rows, bx, samples);
            visit(context, bx, by, samples);
        }
    }
    exn_strip_close(&s);
    *reach = s.reach;
    return status;
}

void exn_strip_close(exn_strip *s)
{
    free(s->memory);
    s->memory = NULL;
}
