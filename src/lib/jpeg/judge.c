/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <math.h>

#include "float_dct.h"

exn_status exn_judge_open(exn_judge *j, const exn_coefficients *source, uint32_t i,
                          exn_orientation o, const exn_component *to, exn_error *error)
{
    *j = (exn_judge){.width = to->width, .height = to->height};
    exn_quantizer_make(to->quant, &j->q);
    return exn_strip_open(&j->strip, source, i, o, error);
}

/* Encoding the source's samples again gives the best result that the table allows. In a block at
 * the edge, padding does not count as loss. */
static void judge_edge(exn_judge *j, const float samples[64], const int16_t *theirs, uint32_t width,
                       uint32_t height)
{
    int16_t block[64];
    exn_quantizer_encode_like(&j->q, samples, theirs, block);
    double off = exn_quantizer_block_error(&j->q, samples, block, width, height);
    j->best += off;
    j->found += memcmp(block, theirs, sizeof block) == 0
                    ? off
                    : exn_quantizer_block_error(&j->q, samples, theirs, width, height);
}

/* The bound is a sum of floats; if it cannot decide, the samples themselves are examined. */
static void judge_block(exn_judge *j, const float samples[64], const int16_t *theirs,
                        uint32_t width, uint32_t height)
{
    const bool whole = width >= 8 && height >= 8;
    float decoded[64];
    if (!whole)
        judge_edge(j, samples, theirs, width, height);
    if (whole &&
        exn_quantizer_judge(&j->q, samples, theirs, &j->best, &j->found) < EXN_STRIP_REACH - 1)
        return;
    exn_float_dct_decode(theirs, j->q.steps, decoded);
    j->reach = exn_strip_reach(decoded, j->reach);
}

void exn_judge_row(exn_judge *j, exn_dct_block *row)
{
    const float *rows[8];
    const uint32_t y = 8 * j->row;
    exn_strip_line(&j->strip, j->row++, rows);
    for (uint32_t x = 0; x < j->width; x += 8) {
        float samples[64];
        exn_strip_cut(rows, x / 8, samples);
        judge_block(j, samples, row[x / 8], j->width - x, j->height - y);
    }
}

exn_status exn_judge_verdict(const exn_judge *j, uint32_t i, exn_error *error)
{
    exn_status status = exn_strip_check_reach(j->strip.reach, j->reach, i, error);
    if (status != EXN_OK)
        return status;
    /* A tenth of a decibel in power. The small term accepts pictures that are exact except for
     * float noise. */
    double count = (double)j->width * j->height;
    if (j->found > j->best * pow(10, 0.01) + 1e-6 * count)
        return exn_status_fail(error, EXN_MISMATCH,
                               "component %u is %.2f dB below what its table allows", i,
                               10 * log10(j->found / (j->best > 0 ? j->best : 1e-6 * count)));
    return EXN_OK;
}

void exn_judge_close(exn_judge *j)
{
    exn_strip_close(&j->strip);
}
