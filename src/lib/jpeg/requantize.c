/* SPDX-License-Identifier: MIT */
/* A component flows through a strip, from the top of the output's frame down:
 *
 *     decode_line()    a line of the source's blocks to eight rows, moved as they are decoded: an
 *                      exchange of axes is a decoder's missing transpose, a flip is the sign of a
 *                      step and the place of a block
 *     keep_row()       those inside of the picture into a ring, shifted along x where the mirrored
 *                      grid lies off by part of a sample
 *     finished_row()   out of the ring, shifted along y
 *     cut_block()      eight such rows to blocks of the output's grid, which encode_block()
 * quantizes
 *
 * So memory grows with a row, not with the picture. The lines of blocks do not meet the rows of the
 * output's grid where an axis runs backwards; the ring is where the two grids pass each other. */
#include "requantize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The loops over eight neighbours below have fixed bounds and no aliases: at -O2 gcc and clang make
 * vector code of such loops, and of no others. */

/* A shift by a fraction of a sample: a sinc under a Lanczos window. Eight taps hold a chroma edge
 * in place and ring little. */
enum { TAPS = 8, BEFORE = TAPS / 2 - 1 };

/* RING: rows that are held: eight that are encoded, the filter's reach, and eight that come with
 * each line of blocks; a power of two. MARGIN: floats on both sides of a row, for the filter, for
 * blocks that reach over the edge, and for the last eight of a loop. */
enum { RING = 32, MARGIN = 16, ROWS = RING + 8 + 8 };

/* The samples of one component in the product's frame, a few rows at a time, from the top down.
 * Level shift (T.81, A.3.1) is left out: it moves nothing but DC, and back. */
typedef struct strip {
    const exn_component *from;
    bool transpose, backward_x, backward_y; /* the last two speak of the product's axes */
    bool shift_x, shift_y;
    float taps_x[TAPS], taps_y[TAPS];
    float steps[64]; /* of the source, negative where a turn negates the coefficient */
    uint32_t width, height;
    uint32_t lines, next; /* lines of the source's blocks, in the product's order */
    uint32_t ready;       /* rows that have been decoded */
    float reach;          /* the largest magnitude of a sample so far */
    size_t stride;
    float *memory; /* owned: ROWS rows */
} strip;

/* Cosines of T.81, A.3.3: Ck = cos(k pi / 16) / 2; C4 is the constant of frequency 0 too. */
static const float C1 = 0.490392640f, C2 = 0.461939766f, C3 = 0.415734806f, C4 = 0.353553391f,
                   C5 = 0.277785117f, C6 = 0.191341716f, C7 = 0.097545161f;

/* Columns of frequencies to columns of samples. Mirrored samples share the sums of the even
 * frequencies, and those of the odd ones but for the sign. */
static void inverse_columns(const float in[restrict 64], float out[restrict 64])
{
    for (int x = 0; x < 8; x++) {
        float f0 = in[x], f1 = in[8 + x], f2 = in[16 + x], f3 = in[24 + x];
        float f4 = in[32 + x], f5 = in[40 + x], f6 = in[48 + x], f7 = in[56 + x];
        float p = (f0 + f4) * C4, q = (f0 - f4) * C4;
        float r = f2 * C2 + f6 * C6, s = f2 * C6 - f6 * C2;
        float o0 = f1 * C1 + f3 * C3 + f5 * C5 + f7 * C7;
        float o1 = f1 * C3 - f3 * C7 - f5 * C1 - f7 * C5;
        float o2 = f1 * C5 - f3 * C1 + f5 * C7 + f7 * C3;
        float o3 = f1 * C7 - f3 * C5 + f5 * C3 - f7 * C1;
        out[x] = p + r + o0;
        out[8 + x] = q + s + o1;
        out[16 + x] = q - s + o2;
        out[24 + x] = p - r + o3;
        out[32 + x] = p - r - o3;
        out[40 + x] = q - s - o2;
        out[48 + x] = q + s - o1;
        out[56 + x] = p + r - o0;
    }
}

/* Columns of samples to columns of frequencies: the transpose of the above. */
static void forward_columns(const float in[restrict 64], float out[restrict 64])
{
    for (int x = 0; x < 8; x++) {
        float s0 = in[x] + in[56 + x], d0 = in[x] - in[56 + x];
        float s1 = in[8 + x] + in[48 + x], d1 = in[8 + x] - in[48 + x];
        float s2 = in[16 + x] + in[40 + x], d2 = in[16 + x] - in[40 + x];
        float s3 = in[24 + x] + in[32 + x], d3 = in[24 + x] - in[32 + x];
        float p = s0 + s3, q = s1 + s2, r = s0 - s3, s = s1 - s2;
        out[x] = (p + q) * C4;
        out[32 + x] = (p - q) * C4;
        out[16 + x] = r * C2 + s * C6;
        out[48 + x] = r * C6 - s * C2;
        out[8 + x] = d0 * C1 + d1 * C3 + d2 * C5 + d3 * C7;
        out[24 + x] = d0 * C3 - d1 * C7 - d2 * C1 - d3 * C5;
        out[40 + x] = d0 * C5 - d1 * C1 + d2 * C7 + d3 * C3;
        out[56 + x] = d0 * C7 - d1 * C5 + d2 * C3 - d3 * C1;
    }
}

typedef float four __attribute__((vector_size(16)));

/* Four rows of four, from and to rows that are eight apart. */
static inline void transpose_quarter(const float *in, float *out)
{
    four r[4], t[4];
    for (int n = 0; n < 4; n++)
        memcpy(&r[n], in + 8 * n, sizeof r[n]);
    t[0] = __builtin_shufflevector(r[0], r[2], 0, 4, 1, 5);
    t[1] = __builtin_shufflevector(r[0], r[2], 2, 6, 3, 7);
    t[2] = __builtin_shufflevector(r[1], r[3], 0, 4, 1, 5);
    t[3] = __builtin_shufflevector(r[1], r[3], 2, 6, 3, 7);
    for (int n = 0; n < 2; n++) {
        r[2 * n] = __builtin_shufflevector(t[n], t[n + 2], 0, 4, 1, 5);
        r[2 * n + 1] = __builtin_shufflevector(t[n], t[n + 2], 2, 6, 3, 7);
    }
    for (int n = 0; n < 4; n++)
        memcpy(out + 8 * n, &r[n], sizeof r[n]);
}

/* Both DCTs below work on columns and exchange axes in between: rows would be eight strided loads
 * where columns are one vector. */
static void transpose(const float in[restrict 64], float out[restrict 64])
{
    transpose_quarter(in, out);
    transpose_quarter(in + 4, out + 32);
    transpose_quarter(in + 32, out + 4);
    transpose_quarter(in + 36, out + 36);
}

/* Decodes a block to samples[x * 8 + y], columns after each other: the inverse DCT is separable
 * (T.81, A.3.3), and the transpose that would put axes back is left to who wants it. */
static void decode_transposed(const int16_t block[restrict 64], const float steps[restrict 64],
                              float samples[restrict 64])
{
    float a[64], b[64];
    for (int k = 0; k < 64; k++)
        a[k] = (float)block[k] * steps[k];
    inverse_columns(a, b);
    transpose(b, a);
    inverse_columns(a, samples);
}

static void decode_block(const int16_t *block, const float steps[64], float samples[64])
{
    float transposed[64];
    decode_transposed(block, steps, transposed);
    transpose(transposed, samples);
}

/* One table, as encode_block() wants it. */
typedef struct quantizer {
    float steps[64];
    float steps_transposed[64];
    float inverse[64]; /* 1 / steps_transposed */
} quantizer;

static void make_quantizer(const uint16_t quant[64], quantizer *q)
{
    for (int k = 0; k < 64; k++) {
        q->steps[k] = (float)quant[k];
        int transposed = k % 8 * 8 + k / 8;
        q->steps_transposed[k] = (float)quant[transposed];
        q->inverse[k] = 1 / q->steps_transposed[k];
    }
}

/* What baseline Huffman coding can hold (T.81, F.1.2): DC differences of 11 bits, AC values of 10.
 * A black block has a DC of -1024 where the step is 1. */
enum { LOWEST_DC = -1024, LARGEST = 1023 };

/* The forward DCT of a block, transposed. */
static void transform(const float samples[restrict 64], float frequencies[restrict 64])
{
    float a[64], b[64];
    forward_columns(samples, a);
    transpose(a, b);
    forward_columns(b, frequencies);
}

/* Brings values into what can be coded; DC stands first. */
static void limit(float values[64])
{
    for (int k = 0; k < 64; k++) {
        float lowest = k == 0 ? LOWEST_DC : -LARGEST;
        values[k] = values[k] < lowest ? lowest : values[k] > LARGEST ? LARGEST : values[k];
    }
}

/* Frequencies as multiples of their steps. */
static void scale(const quantizer *q, const float frequencies[restrict 64],
                  float values[restrict 64])
{
    float sums[8] = {0}, sum = 0;
    for (int k = 0; k < 64; k++)
        values[k] = frequencies[k] * q->inverse[k];
    /* A comparison for each value would be the dearest part of all: as long as all together are
     * within the limits each is. */
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            sums[x] += fabsf(values[y * 8 + x]);
    for (int x = 0; x < 8; x++)
        sum += sums[x];
    if (sum > LARGEST)
        limit(values);
}

/* The nearest whole number, of values up to 2^22: added and taken away, 1.5 * 2^23 leaves no bit
 * for a fraction. rintf() would be a call. Only a cast makes sure that the sum is a float: some
 * machines add in a wider type (C11, 5.2.4.2.2), whose bits would keep the fraction. */
static inline float nearest(float value)
{
    return (float)(value + 12582912.0f) - 12582912.0f;
}

static void encode_block(const quantizer *q, const float samples[restrict 64],
                         int16_t block[restrict 64])
{
    float frequencies[64], values[64];
    int16_t transposed[64];
    transform(samples, frequencies);
    scale(q, frequencies, values);
    for (int k = 0; k < 64; k++)
        transposed[k] = (int16_t)(int)nearest(values[k]);
    exn_dct_block_transpose(transposed, block);
}

/* The taps sum up to 1, so that an even area keeps its value. */
static void make_filter(double shift, float taps[TAPS])
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
static void filter_row(const float taps[TAPS], const float *const in[TAPS], uint32_t width,
                       float *restrict out)
{
    const float *a = in[0], *b = in[1], *c = in[2], *d = in[3];
    const float *e = in[4], *f = in[5], *g = in[6], *h = in[7];
    for (uint32_t x = 0; x < width; x += 8)
        for (uint32_t k = x; k < x + 8; k++)
            out[k] = taps[0] * a[k] + taps[1] * b[k] + taps[2] * c[k] + taps[3] * d[k] +
                     taps[4] * e[k] + taps[5] * f[k] + taps[6] * g[k] + taps[7] * h[k];
}

/* How far, in samples, the last sample of a component reaches over the picture's edge: that is what
 * the mirrored grid is off by. */
static double overhang(uint32_t samples, uint32_t pixels, uint32_t factor, uint32_t max_factor)
{
    return samples - (double)pixels * factor / max_factor;
}

/* Row y of memory's rows from first on. */
static float *row_at(const strip *s, uint32_t first, uint32_t y)
{
    return s->memory + (first + y) * s->stride + MARGIN;
}

static float *ring_row(const strip *s, uint32_t y)
{
    return row_at(s, 0, y % RING);
}

static float *decoded_row(const strip *s, uint32_t y)
{
    return row_at(s, RING, y);
}

static float *shifted_row(const strip *s, uint32_t y)
{
    return row_at(s, RING + 8, y);
}

/* Opens component i of source, turned by o; memory is to be freed. o speaks of the source's axes
 * (it flips, then transposes), the strip of the output's. */
static exn_status open_strip(const exn_coefficients *source, uint32_t i, exn_orientation o,
                             strip *s, exn_error *error)
{
    const exn_component *from = &source->component[i];
    double x = o.flip_x ? overhang(from->width, source->width, from->h, source->max_h) : 0;
    double y = o.flip_y ? overhang(from->height, source->height, from->v, source->max_v) : 0;
    *s = (strip){.from = from,
                 .transpose = o.transpose,
                 .backward_x = o.transpose ? o.flip_y : o.flip_x,
                 .backward_y = o.transpose ? o.flip_x : o.flip_y,
                 .width = from->width,
                 .height = from->height,
                 .lines = o.transpose ? from->blocks_x : from->blocks_y};
    exn_orientation_size(o, &s->width, &s->height);
    s->shift_x = (o.transpose ? y : x) > 0;
    s->shift_y = (o.transpose ? x : y) > 0;
    make_filter(o.transpose ? y : x, s->taps_x);
    make_filter(o.transpose ? x : y, s->taps_y);
    for (int k = 0; k < 64; k++) {
        /* cos((2x+1)u pi/16) of a mirrored x changes sign for odd u. */
        bool negative = (o.flip_x && k % 2) != (o.flip_y && k / 8 % 2);
        s->steps[k] = (float)(negative ? -from->quant[k] : from->quant[k]);
    }
    s->stride = (size_t)s->width + 2 * MARGIN;
    s->memory = calloc(ROWS * s->stride, sizeof *s->memory);
    return s->memory ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "sample rows");
}

/* Repeats the first and the last sample of a row into its margins. */
static void extend_row(float *row, uint32_t width)
{
    for (int k = 1; k <= MARGIN; k++)
        row[-k] = row[0];
    for (uint32_t k = 0; k < MARGIN; k++)
        row[width + k] = row[width - 1];
}

/* Where the block of that number begins along one of the product's axes; one that reaches over the
 * picture's edge begins before 0 on an axis that runs backwards. */
static int block_start(bool backward, uint32_t samples, uint32_t number)
{
    return backward ? (int)samples - 8 - 8 * (int)number : 8 * (int)number;
}

/* Where decoders part: beyond it libjpeg's C code wraps white around to black and its SIMD code
 * does not, so such samples have no one reading. No photograph comes near it. */
static const float REACH = 511.5f;

/* The larger of reach and the largest magnitude in a block. */
static float reach_of(const float samples[64], float reach)
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

/* Decodes a line of the source's blocks as eight rows of the product's frame. */
static void decode_line(strip *s, uint32_t line)
{
    uint32_t blocks = s->transpose ? s->from->blocks_y : s->from->blocks_x;
    for (uint32_t n = 0; n < blocks; n++) {
        const int16_t *block = s->transpose ? s->from->rows[n][line] : s->from->rows[line][n];
        int x = block_start(s->backward_x, s->width, n);
        float samples[64];
        if (s->transpose)
            decode_transposed(block, s->steps, samples);
        else
            decode_block(block, s->steps, samples);
        s->reach = reach_of(samples, s->reach);
        for (uint32_t y = 0; y < 8; y++)
            memcpy(decoded_row(s, y) + x, samples + 8 * y, 8 * sizeof *samples);
    }
}

/* Puts a decoded row into its place in the ring, shifted along x. */
static void keep_row(const strip *s, float *decoded, float *kept)
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

/* Decodes the next line of blocks, and keeps the rows that are inside of the picture. */
static void advance(strip *s)
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

/* The row that stands for y, which may lie outside of the picture: there the outermost is repeated.
 */
static const float *row_for(const strip *s, int y)
{
    int last = (int)s->height - 1;
    return ring_row(s, (uint32_t)(y < 0 ? 0 : y > last ? last : y));
}

/* Row y of the plane, shifted along y. */
static const float *finished_row(const strip *s, uint32_t y)
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

/* The eight rows of line by of the product's blocks; lines are asked for in their order. */
static void rows_of_line(strip *s, uint32_t by, const float *rows[8])
{
    uint32_t wanted = by * 8 + 8 + TAPS;
    wanted = wanted < s->height ? wanted : s->height;
    while (s->ready < wanted)
        advance(s);
    for (uint32_t y = 0; y < 8; y++)
        rows[y] = finished_row(s, by * 8 + y);
}

/* A block that reaches over the right edge takes the last sample repeated, from the row's margin
 * (as T.81, A.2.4 recommends). */
static void cut_block(const float *const rows[8], uint32_t bx, float samples[64])
{
    for (int y = 0; y < 8; y++)
        memcpy(samples + 8 * y, rows[y] + 8 * (size_t)bx, 8 * sizeof *samples);
}

/* T.81, B.2.4.1: no element may be 0. It would lose a frequency that the source may have. */
static bool quant_is_whole(const uint16_t quant[64])
{
    for (int k = 0; k < 64; k++)
        if (quant[k] == 0)
            return false;
    return true;
}

uint64_t exn_requantize_bytes(const exn_jpeg *jpeg)
{
    uint64_t longer = jpeg->width > jpeg->height ? jpeg->width : jpeg->height;
    return (longer + 2 * MARGIN) * ROWS * sizeof(float);
}

/* Finer tables to choose from, by measurement: of all tables of the same loss one whose steps are
 * the square roots of the source's, times a constant, takes the fewest bytes, for steps that are
 * alike lose least and those of the source are made for the eye. Each has steps a sixth smaller
 * than the one before it. */
enum { FINER = 20 };

static void make_finer(const uint16_t quant[64], int number, uint16_t finer[64])
{
    double mean = 0;
    for (int k = 0; k < 64; k++)
        mean += log(quant[k]) / 64;
    for (int k = 0; k < 64; k++) {
        double step = round(sqrt(quant[k] * exp(mean)) * pow(0.84, number));
        step = step < 1 ? 1 : step;
        finer[k] = step < quant[k] ? (uint16_t)step : quant[k];
    }
}

/* Called with the samples of each block of an output's component. */
typedef void block_visitor(void *context, uint32_t bx, uint32_t by, const float samples[64]);

/* Component i of source, rotated by o, block after block of `to`, which is the output's; of each
 * row every each-th one. *reach: the largest magnitude of its samples. */
static exn_status visit_blocks(const exn_coefficients *source, uint32_t i, exn_orientation o,
                               const exn_component *to, uint32_t each, block_visitor *visit,
                               void *context, float *reach, exn_error *error)
{
    strip s;
    exn_status status = open_strip(source, i, o, &s, error);
    for (uint32_t by = 0; status == EXN_OK && by < to->blocks_y; by++) {
        const float *rows[8];
        rows_of_line(&s, by, rows);
        for (uint32_t bx = by % each; bx < to->blocks_x; bx += each) {
            float samples[64];
            cut_block(rows, bx, samples);
            visit(context, bx, by, samples);
        }
    }
    free(s.memory);
    *reach = s.reach;
    return status;
}

/* The squared error of rounding; by Parseval's theorem that of the samples too. */
static double rounding_error(const quantizer *q, const float frequencies[64])
{
    float values[64], sums[8] = {0};
    double total = 0;
    scale(q, frequencies, values);
    for (int k = 0; k < 64; k++)
        values[k] = frequencies[k] - nearest(values[k]) * q->steps_transposed[k];
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            sums[x] += values[y * 8 + x] * values[y * 8 + x];
    for (int x = 0; x < 8; x++)
        total += (double)sums[x];
    return total;
}

/* Of a large picture every eighth block is looked at, across and down. */
enum { ALL_BELOW = 1 << 14, EACH = 8 };

/* Tables to choose from, the component's own first, and what it loses with each. */
typedef struct choice {
    uint16_t tables[FINER + 1][64];
    quantizer quantizers[FINER + 1];
    double losses[FINER + 1];
} choice;

static void measure_losses(void *context, uint32_t bx, uint32_t by, const float samples[64])
{
    choice *c = context;
    float frequencies[64];
    (void)bx;
    (void)by;
    transform(samples, frequencies);
    for (int n = 0; n <= FINER; n++)
        c->losses[n] += rounding_error(&c->quantizers[n], frequencies);
}

/* Replaces the table of target's component i by the coarsest that loses 3 dB less. */
static exn_status refine(const exn_coefficients *source, exn_component *to, uint32_t i,
                         exn_orientation o, exn_error *error)
{
    uint32_t each = (uint64_t)to->blocks_x * to->blocks_y < ALL_BELOW ? 1 : EACH;
    choice c = {.losses = {0}};
    float reach;
    memcpy(c.tables[0], to->quant, sizeof c.tables[0]);
    for (int n = 0; n <= FINER; n++) {
        if (n > 0)
            make_finer(to->quant, n - 1, c.tables[n]);
        make_quantizer(c.tables[n], &c.quantizers[n]);
    }
    exn_status status = visit_blocks(source, i, o, to, each, measure_losses, &c, &reach, error);
    int chosen = 1;
    /* A little more than asked for: a part of the blocks spoke for all. */
    while (chosen < FINER && c.losses[chosen] > c.losses[0] * pow(10, -0.31))
        chosen++;
    memcpy(to->quant, c.tables[chosen], sizeof to->quant);
    return status;
}

/* The same of a whole component. */
static float reach_of_component(const exn_component *c, const quantizer *q)
{
    float reach = 0;
    for (uint32_t y = 0; y < c->blocks_y; y++)
        for (uint32_t x = 0; x < c->blocks_x; x++) {
            float samples[64];
            decode_block(c->rows[y][x], q->steps, samples);
            reach = reach_of(samples, reach);
        }
    return reach;
}

/* Quantizing can carry only such samples out of reach that are far from black and white already. */
static exn_status check_reach(float reach, const exn_component *to, const quantizer *q, uint32_t i,
                              exn_error *error)
{
    enum { FAR = 256 };
    if (reach > REACH)
        return exn_status_fail(error, EXN_CORRUPT,
                               "samples of component %u out of range: decoders disagree about them",
                               i);
    if (reach > FAR && reach_of_component(to, q) > REACH)
        return exn_status_fail(
            error, EXN_CORRUPT,
            "samples of component %u would be out of range: decoders disagree about them", i);
    return EXN_OK;
}

/* Where blocks are quantized to, and by what. */
typedef struct quantizing {
    const exn_component *to;
    quantizer q;
} quantizing;

static void quantize(void *context, uint32_t bx, uint32_t by, const float samples[64])
{
    const quantizing *z = context;
    encode_block(&z->q, samples, z->to->rows[by][bx]);
}

exn_status exn_requantize(const exn_coefficients *source, exn_coefficients *target, uint32_t i,
                          exn_orientation o, exn_quality quality, exn_error *error)
{
    exn_component *to = &target->component[i];
    exn_status status = EXN_OK;
    if (!quant_is_whole(to->quant))
        return exn_status_fail(error, EXN_CORRUPT, "quantization table with a zero");
    if (quality == EXN_QUALITY_HIGH)
        status = refine(source, to, i, o, error);
    if (status != EXN_OK)
        return status;
    quantizing z = {.to = to};
    float reach;
    make_quantizer(to->quant, &z.q);
    status = visit_blocks(source, i, o, to, 1, quantize, &z, &reach, error);
    return status == EXN_OK ? check_reach(reach, to, &z.q, i, error) : status;
}

/* The squared distance, inside width x height of a block, between samples and what a block decodes
 * to. */
static double block_error(const quantizer *q, const float samples[64], const int16_t *block,
                          uint32_t width, uint32_t height)
{
    float decoded[64];
    double sum = 0;
    decode_block(block, q->steps, decoded);
    for (uint32_t y = 0; y < height && y < 8; y++)
        for (uint32_t x = 0; x < width && x < 8; x++) {
            double off = (double)(decoded[y * 8 + x] - samples[y * 8 + x]);
            sum += off * off;
        }
    return sum;
}

/* What a component's blocks lose, and what the best ones would. */
typedef struct judging {
    const exn_component *to;
    quantizer q;
    double best, found;
} judging;

static void judge(void *context, uint32_t bx, uint32_t by, const float samples[64])
{
    judging *j = context;
    const int16_t *theirs = j->to->rows[by][bx];
    uint32_t width = j->to->width - bx * 8, height = j->to->height - by * 8;
    int16_t block[64];
    encode_block(&j->q, samples, block);
    double off = block_error(&j->q, samples, block, width, height);
    j->best += off;
    j->found += memcmp(block, theirs, sizeof block) == 0
                    ? off
                    : block_error(&j->q, samples, theirs, width, height);
}

exn_status exn_requantize_verify(const exn_coefficients *source, const exn_coefficients *product,
                                 uint32_t i, exn_orientation o, exn_error *error)
{
    const exn_component *to = &product->component[i];
    judging j = {.to = to};
    float reach;
    make_quantizer(to->quant, &j.q);
    exn_status status = visit_blocks(source, i, o, to, 1, judge, &j, &reach, error);
    if (status == EXN_OK)
        status = check_reach(reach, to, &j.q, i, error);
    if (status != EXN_OK)
        return status;
    /* A tenth of a decibel in power; the small term lets pictures through that are exact but for
     * float noise. */
    double count = (double)to->width * to->height;
    if (j.found > j.best * pow(10, 0.01) + 1e-6 * count)
        return exn_status_fail(error, EXN_MISMATCH,
                               "component %u is %.2f dB below what its table allows", i,
                               10 * log10(j.found / (j.best > 0 ? j.best : 1e-6 * count)));
    return EXN_OK;
}
