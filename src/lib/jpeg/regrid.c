/* SPDX-License-Identifier: MIT */
/* Every axis is processed as rows of eight values: one row for each sample or frequency along it,
 * holding the eight frequencies of the other axis, so that a loop over eight neighbours handles a
 * row at once.
 *
 * Rows stay in the source's order. A mirrored row has the same even frequencies and negated odd
 * ones, so a flip becomes a sign in exn_regrid's inverse steps. Along y, the rows of lines of
 * blocks are kept in a ring of three lines. Along x, blocks are fed with rows and columns swapped,
 * and all rows of a line are consecutive, with the first and the last one repeated at the ends. */
#include "regrid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dct_columns.h"
#include "float_dct.h"

enum {
    LINES = 3, /* of the ring: the extent of eight new rows and the filter */
    TAPS = EXN_STRIP_TAPS,
    BEFORE = TAPS / 2,         /* rows that the filter reaches back, in the source's order */
    AFTER = TAPS - 1 - BEFORE, /* and ahead */
    FRONT = 8 + BEFORE,        /* rows before the first and after the last one of a line */
    BACK = 8 + AFTER,
    ROWS = 8 + TAPS - 1, /* eight rows, and those needed to filter them */
};

/* Samples up to here count as near black and white; beyond it quantizing could move samples into
 * the range where decoders differ (strip.h). */
static const float NEAR = 256;

/* The largest that Huffman codes of 8-bit JPEG hold (T.81, F.1.2). */
enum { LARGEST = 1023 };

/* A block as rows: for each place along this axis, eight values of the other axis. */
typedef float eight_rows[64];

/* Converts a block's frequencies to rows of samples. Returns a bound on their magnitudes: no basis
 * function exceeds a quarter, and that of DC is an eighth. The bound takes only the coefficients at
 * hand, and saves examining 64 samples. */
EXN_INLINE float open_block(const int16_t block[restrict 64], const float steps[restrict 64],
                            float out[restrict 64])
{
    float a[64], sums[8] = {0}, sum = 0;
    for (int k = 0; k < 64; k++)
        a[k] = (float)block[k] * steps[k];
    exn_dct_inverse_columns(a, out);
    for (int v = 0; v < 8; v++)
        for (int u = 0; u < 8; u++)
            sums[u] += fabsf(a[8 * v + u]);
    for (int u = 0; u < 8; u++)
        sum += sums[u];
    return sum / 4 - fabsf(a[0]) / 8;
}

/* The bound is seldom tight; then the samples themselves are examined, by the exact decoder, since
 * the bound may be far above what samples reach. */
static bool is_near(const int16_t block[64], const float steps[64])
{
    float samples[64];
    exn_float_dct_decode(block, steps, samples);
    return exn_strip_reach(samples, 0) <= NEAR;
}

/* The whole line is converted even if a sample is out of range; the caller decides what to do with
 * it. */
static EXN_HOT bool open_line(const exn_regrid *r, exn_dct_block *line, float *rows)
{
    bool near = true;
    for (uint32_t n = 0; n < r->blocks_x; n++)
        if (EXN_SELDOM(open_block(line[n], r->steps, rows + 64 * (size_t)n) > NEAR))
            near = near && is_near(line[n], r->steps);
    return near;
}

/* Eight rows of a new block from those that they are made of; first is the first one inside the
 * picture, and replaces those before it. If the grid is off by whole samples only, rows are copied
 * without filtering or rounding. */
EXN_INLINE void new_rows(const exn_regrid_axis *axis, const float *const rows[ROWS], size_t at,
                         unsigned first, float out[restrict 64])
{
    if (!axis->shift)
        for (int k = 0; k < 8; k++)
            memcpy(out + 8 * k, rows[BEFORE + k] + at, 8 * sizeof *out);
    for (unsigned k = first; axis->shift && k < 8; k++) {
        const float *t = axis->taps;
        /* The taps are in mirrored order. */
        const float *a = rows[k + 7] + at, *b = rows[k + 6] + at, *c = rows[k + 5] + at,
                    *d = rows[k + 4] + at, *e = rows[k + 3] + at, *f = rows[k + 2] + at,
                    *g = rows[k + 1] + at, *h = rows[k] + at;
        for (int u = 0; u < 8; u++)
            out[8 * k + u] = t[0] * a[u] + t[1] * b[u] + t[2] * c[u] + t[3] * d[u] + t[4] * e[u] +
                             t[5] * f[u] + t[6] * g[u] + t[7] * h[u];
    }
    for (unsigned k = 0; axis->shift && k < first; k++)
        memcpy(out + 8 * k, out + 8 * (size_t)first, 8 * sizeof *out);
}

/* The nearest integers, like exn_quantizer's: adding 1.5 * 2^23 to a float of small magnitude
 * leaves no bits for a fraction, so the sum is rounded to the nearest integer, half to even (IEEE
 * 754), without a branch or a call. */
EXN_INLINE void quantize(const float in[restrict 64], const float inverse[restrict 64],
                         int16_t out[restrict 64])
{
    for (int k = 0; k < 64; k++) {
        float value = (float)(in[k] * inverse[k] + 12582912.0f) - 12582912.0f;
        out[k] = (int16_t)(int)value;
    }
}

typedef int16_t eight __attribute__((vector_size(16)));

/* Or's magnitudes together: the result exceeds 1023 if one of them does (LARGEST is all ones).
 * Instead of comparing, the sign is spread over all bits and used to negate where it is set. */
EXN_INLINE void add_magnitudes(const int16_t block[64], eight *all)
{
    for (int v = 0; v < 8; v++) {
        eight row;
        memcpy(&row, block + 8 * v, sizeof row);
        eight sign = row >> 15;
        *all |= (row ^ sign) - sign;
    }
}

/* Tested once per line instead of per coefficient. */
static bool fits(const eight *all)
{
    bool fits = true;
    for (int u = 0; u < 8; u++)
        fits = fits && (uint16_t)(*all)[u] <= LARGEST;
    return fits;
}

/* An array of row pointers, and how it advances from block to block: by eight rows along x, by one
 * block along y, which is the same distance. first: for the first block; every: for all others. */
typedef struct row_set {
    const float *rows[ROWS];
    unsigned first;
    bool every;
} row_set;

/* Codes a line of new blocks. Returns false if a value is too large. Only the first block of an
 * axis has rows from beyond the picture: its head is what the cut leaves. */
static EXN_HOT bool code_line(const exn_regrid *r, const exn_regrid_axis *axis, const row_set *set)
{
    eight all = {0};
    for (uint32_t n = 0; n < r->blocks_x; n++) {
        eight_rows samples, frequencies;
        new_rows(axis, set->rows, 64 * (size_t)n, n == 0 || set->every ? set->first : 0, samples);
        exn_dct_forward_columns(samples, frequencies);
        quantize(frequencies, r->inverse, r->made[n]);
        if (r->watch)
            add_magnitudes(r->made[n], &all);
    }
    return fits(&all);
}

/* Passes a line that is new along x to the rows along y. If both axes are cut, the blocks are then
 * on the grid along x, and are opened along y, for which rows and columns are swapped. */
static EXN_HOT void pass_line(const exn_regrid *r, const row_set *set, float *rows)
{
    for (uint32_t n = 0; n < r->blocks_x; n++) {
        eight_rows samples, frequencies, exchanged;
        new_rows(&r->x, set->rows, 64 * (size_t)n, n == 0 ? set->first : 0, samples);
        exn_dct_forward_columns(samples, frequencies);
        for (int v = 0; v < 8; v++)
            for (int u = 0; u < 8; u++)
                exchanged[8 * v + u] = frequencies[8 * u + v];
        exn_dct_inverse_columns(exchanged, rows + 64 * (size_t)n);
    }
}

static float *row_of_line(const exn_regrid *r, int row)
{
    return r->line + 8 * (ptrdiff_t)(FRONT + row);
}

static float *ring_line(const exn_regrid *r, uint32_t number)
{
    return r->ring + 64 * (size_t)r->blocks_x * (number % LINES);
}

/* The rows of the whole line. The filter needs rows beyond both of the picture's ends; the
 * outermost ones are repeated, so that no edge shows. */
static row_set rows_along_x(const exn_regrid *r)
{
    row_set set = {.first = 8 - r->x.head};
    for (int k = 1; k <= FRONT; k++)
        memcpy(row_of_line(r, -k), row_of_line(r, 0), 8 * sizeof(float));
    for (int k = 0; k < BACK; k++)
        memcpy(row_of_line(r, (int)r->x.samples + k), row_of_line(r, (int)r->x.samples - 1),
               8 * sizeof(float));
    for (int k = 0; k < ROWS; k++)
        set.rows[k] = row_of_line(r, (int)r->x.head - 8 - BEFORE + k);
    return set;
}

/* The rows of line `taken` of new blocks. The ring holds lines by their number modulo LINES;
 * is_ready() has checked that those needed are there. */
static row_set rows_along_y(const exn_regrid *r)
{
    int start = (int)r->y.head - 8 + 8 * (int)r->taken, last = (int)r->y.samples - 1;
    row_set set = {.first = r->taken ? 0 : 8 - r->y.head, .every = true};
    for (int k = 0; k < ROWS; k++) {
        int y = start - BEFORE + k;
        y = y < 0 ? 0 : y > last ? last : y;
        set.rows[k] = ring_line(r, (uint32_t)y / 8) + 8 * (y % 8);
    }
    return set;
}

/* head: the samples of the source's last block that are inside the picture; they are the first
 * block of the mirrored one. */
static exn_regrid_axis make_axis(bool reversed, uint32_t samples, double overhang)
{
    exn_regrid_axis axis = {.cut = reversed && (samples % 8 != 0 || overhang > 0),
                            .shift = reversed && overhang > 0,
                            .samples = samples,
                            .head = (samples + 7) % 8 + 1};
    exn_strip_filter(overhang, axis.taps);
    return axis;
}

/* Steps are the output's, in which whatever was transposed is transposed. */
static void make_steps(exn_regrid *r, const exn_component *from, exn_orientation o,
                       const uint16_t quant[64])
{
    uint16_t finest = quant[0];
    for (int k = 0; k < 64; k++) {
        int other = k % 8 * 8 + k / 8;
        /* What is fed has rows and columns swapped or not, and so has what is made, unless both
         * axes are cut. */
        int fed = r->exchanged ? other : k;
        int made = r->exchanged && !r->y.cut ? other : k;
        int place = o.transpose ? made % 8 * 8 + made / 8 : made;
        /* cos((2x+1)u pi/16) changes sign for odd u when x is mirrored. */
        bool negative = (o.flip_x && made % 2) != (o.flip_y && made / 8 % 2);
        r->steps[k] = from->quant[fed];
        r->place[k] = (uint8_t)place;
        r->inverse[k] = (negative ? -1.0f : 1.0f) / (float)quant[place];
        finest = quant[place] < finest ? quant[place] : finest;
    }
    /* Samples that are near have no frequency above eight times their magnitude, and a filter along
     * both axes multiplies it by less than three. */
    r->watch = 3 * 8 * NEAR > (float)LARGEST * (float)finest;
}

/* At most LINES of the whole width are held, whatever the picture's height. */
static exn_status open_rows(exn_regrid *r, exn_error *error)
{
    size_t line = 64 * (size_t)r->blocks_x;
    r->made = malloc(r->blocks_x * sizeof *r->made);
    if (r->x.cut)
        r->line = malloc((line + 8 * (FRONT + BACK)) * sizeof *r->line);
    if (r->y.cut)
        r->ring = malloc(LINES * line * sizeof *r->ring);
    bool good = r->made && (r->line || !r->x.cut) && (r->ring || !r->y.cut);
    return good ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "sample rows");
}

/* Overhang: if chroma is subsampled by 2 and the picture's side is odd, its last sample extends
 * beyond the picture. */
exn_status exn_regrid_open(exn_regrid *r, const exn_coefficients *source, uint32_t i,
                           exn_orientation o, const uint16_t quant[64], exn_error *error)
{
    const exn_component *from = &source->component[i];
    *r = (exn_regrid){.blocks_x = from->blocks_x, .blocks_y = from->blocks_y};
    r->x = make_axis(o.flip_x, from->width,
                     exn_strip_overhang(from->width, source->width, from->h, source->max_h));
    r->y = make_axis(o.flip_y, from->height,
                     exn_strip_overhang(from->height, source->height, from->v, source->max_v));
    r->exchanged = r->x.cut;
    make_steps(r, from, o, quant);
    return open_rows(r, error);
}

void exn_regrid_close(exn_regrid *r)
{
    free(r->made);
    free(r->line);
    free(r->ring);
    *r = (exn_regrid){0};
}

uint64_t exn_regrid_bytes(const exn_component *component)
{
    uint64_t line = 64 * (uint64_t)component->blocks_x;
    return line * sizeof(int16_t) + (line * (1 + LINES) + 8 * (FRONT + BACK)) * sizeof(float);
}

bool exn_regrid_feed(exn_regrid *r, exn_dct_block *line)
{
    float *to = r->x.cut ? row_of_line(r, 0) : ring_line(r, r->fed);
    bool near = open_line(r, line, to);
    if (r->x.cut && r->y.cut) {
        row_set set = rows_along_x(r);
        pass_line(r, &set, ring_line(r, r->fed));
    }
    r->fed++;
    return near;
}

/* Whether all rows for the next line of new blocks are there. The filter extends into the next
 * line, except for the last one. */
static bool is_ready(const exn_regrid *r)
{
    uint32_t needed = r->taken + 1;
    if (r->y.cut && r->y.shift && r->y.head + AFTER > 8)
        needed++;
    return r->taken < r->fed && r->fed >= (needed < r->blocks_y ? needed : r->blocks_y);
}

exn_regrid_verdict exn_regrid_take(exn_regrid *r)
{
    if (!is_ready(r))
        return EXN_REGRID_NONE;
    row_set set = r->y.cut ? rows_along_y(r) : rows_along_x(r);
    bool good = code_line(r, r->y.cut ? &r->y : &r->x, &set);
    r->taken++;
    return good ? EXN_REGRID_LINE : EXN_REGRID_LARGE;
}
