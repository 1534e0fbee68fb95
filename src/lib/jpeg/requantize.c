/* SPDX-License-Identifier: MIT */
#include "requantize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "float_dct.h"
#include "quantizer.h"
#include "regrid.h"
#include "strip.h"

/* T.81, B.2.4.1: no element may be 0, which would lose a frequency that the source may have. */
static bool quant_is_whole(const uint16_t quant[64])
{
    for (int k = 0; k < 64; k++)
        if (quant[k] == 0)
            return false;
    return true;
}

/* Finer tables to choose from, found by measurement. Of all tables with the same loss, the fewest
 * bytes are taken by one whose steps are the square roots of the source's, times a constant: equal
 * steps lose least, while the source's are made for the eye. Each table's steps are a sixth smaller
 * than the previous one's. */
enum { FINER = 20 };

/* mean is the logarithm of the geometric mean of the steps, which number 0 of the family shares; no
 * step gets coarser than it was. */
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

/* In a large picture only every eighth block is examined, across and down. */
enum { ALL_BELOW = 1 << 14, EACH = 8 };

/* The tables to choose from, the component's own first, and the loss with each. */
typedef struct choice {
    uint16_t tables[FINER + 1][64];
    exn_quantizer quantizers[FINER + 1];
    double losses[FINER + 1];
} choice;

/* One DCT serves all tables, since only the rounding differs. */
static void measure_losses(void *context, uint32_t bx, uint32_t by, const float samples[64])
{
    choice *c = context;
    float frequencies[64];
    (void)bx;
    (void)by;
    exn_float_dct_encode_transposed(samples, frequencies);
    for (int n = 0; n <= FINER; n++)
        c->losses[n] += exn_quantizer_rounding_error(&c->quantizers[n], frequencies);
}

/* Replaces the table of target's component i by the coarsest that loses 3 dB less. This is
 * measured, not calculated, because the loss of a table depends on how much of the picture lies
 * between its steps. */
static exn_status refine(const exn_coefficients *source, exn_component *to, uint32_t i,
                         exn_orientation o, exn_error *error)
{
    uint32_t each = (uint64_t)to->blocks_x * to->blocks_y < ALL_BELOW ? 1 : EACH;
    choice c = {.losses = {0}};
    float reach;
    /* The reference is what the picture's own table would lose, not an absolute value: a coarse
     * picture is not made a fine one. */
    memcpy(c.tables[0], to->quant, sizeof c.tables[0]);
    for (int n = 0; n <= FINER; n++) {
        if (n > 0)
            make_finer(to->quant, n - 1, c.tables[n]);
        exn_quantizer_make(c.tables[n], &c.quantizers[n]);
    }
    exn_status status = exn_strip_visit(source, i, o, to, each, measure_losses, &c, &reach, error);
    int chosen = 1;
    /* Slightly more than 3 dB, since only part of the blocks were examined. */
    while (chosen < FINER && c.losses[chosen] > c.losses[0] * pow(10, -0.31))
        chosen++;
    memcpy(to->quant, c.tables[chosen], sizeof to->quant);
    return status;
}

/* The same for a whole component. */
static float reach_of_component(const exn_component *c, const exn_quantizer *q)
{
    float reach = 0;
    for (uint32_t y = 0; y < c->blocks_y; y++) {
        if (exn_cancel_check(c->cancel, NULL) != EXN_OK)
            break;
        for (uint32_t x = 0; x < c->blocks_x; x++) {
            float samples[64];
            exn_float_dct_decode(c->rows[y][x], q->steps, samples);
            reach = exn_strip_reach(samples, reach);
        }
    }
    return reach;
}

static exn_status check_reach(float reach, const exn_component *to, const exn_quantizer *q,
                              uint32_t i, exn_error *error)
{
    return exn_strip_check_reach(reach, reach > EXN_STRIP_FAR ? reach_of_component(to, q) : 0, i,
                                 error);
}

/* A line of the source's blocks as r has to be fed with it. line: room for one that has to be
 * changed. */
static exn_dct_block *fed_line(const exn_regrid *r, exn_dct_block *row, exn_dct_block *line)
{
    for (uint32_t x = 0; r->exchanged && x < r->blocks_x; x++)
        exn_dct_block_transpose(row[x], line[x]);
    return r->exchanged ? line : row;
}

/* Copies r's line to target's blocks. */
static void place_line(const exn_regrid *r, exn_component *to, exn_orientation o)
{
    for (uint32_t n = 0; n < r->blocks_x; n++) {
        uint32_t x = n, y = r->taken - 1;
        exn_orientation_point(o, r->blocks_x, r->blocks_y, &x, &y);
        for (int k = 0; k < 64; k++)
            to->rows[y][x][r->place[k]] = r->made[n][k];
    }
}

/* Requantizes with regrid.h. EXN_UNSUPPORTED without a text: this picture is not suitable. */
static exn_status regrid(const exn_coefficients *source, exn_component *to, uint32_t i,
                         exn_orientation o, exn_error *error)
{
    const exn_component *from = &source->component[i];
    exn_regrid r;
    exn_status status = exn_regrid_open(&r, source, i, o, to->quant, error);
    exn_dct_block *line = malloc(from->blocks_x * sizeof *line);
    if (!line && status == EXN_OK)
        status = exn_status_fail(error, EXN_MEMORY, "sample rows");
    for (uint32_t y = 0; y < from->blocks_y && status == EXN_OK; y++) {
        exn_regrid_verdict verdict = EXN_REGRID_NONE;
        status = exn_cancel_check(source->cancel, error);
        if (status == EXN_OK && !exn_regrid_feed(&r, fed_line(&r, from->rows[y], line)))
            status = EXN_UNSUPPORTED;
        while (status == EXN_OK && (verdict = exn_regrid_take(&r)) == EXN_REGRID_LINE)
            place_line(&r, to, o);
        if (verdict == EXN_REGRID_LARGE)
            status = EXN_UNSUPPORTED;
    }
    free(line);
    exn_regrid_close(&r);
    return status;
}

/* Where quantized blocks go, and by which table. */
typedef struct quantizing {
    const exn_component *to;
    exn_quantizer q;
} quantizing;

static void quantize(void *context, uint32_t bx, uint32_t by, const float samples[64])
{
    const quantizing *z = context;
    exn_quantizer_encode(&z->q, samples, z->to->rows[by][bx]);
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
    if (status == EXN_OK)
        status = regrid(source, to, i, o, error);
    if (status != EXN_UNSUPPORTED)
        return status;
    quantizing z = {.to = to};
    float reach;
    exn_quantizer_make(to->quant, &z.q);
    /* How far samples reach is known only after decoding all of them. If they go too far, the
     * output is discarded with what was quantized so far. */
    status = exn_strip_visit(source, i, o, to, 1, quantize, &z, &reach, error);
    return status == EXN_OK ? check_reach(reach, to, &z.q, i, error) : status;
}
