/* SPDX-License-Identifier: MIT */
/* Whether a requantized component is as close to its source as its table allows: a second opinion
 * on the output of requantize.h. It compares moved samples, and does not hold the output.
 *
 *   exn_judge_open()
 *   exn_judge_row()      for each row of the output's blocks, from the top down
 *   exn_judge_verdict()
 *   exn_judge_close()    in every case */
#ifndef EXN_JPEG_JUDGE_H
#define EXN_JPEG_JUDGE_H

#include "quantizer.h"
#include "strip.h"

typedef struct exn_judge {
    exn_strip strip;
    uint32_t width, height; /* of the output's component */
    uint32_t row;           /* the next one */
    exn_quantizer q;
    double best, found; /* the error of the best blocks, and of those found */
    float reach;        /* of the output's samples that might be out of range */
} exn_judge;

/* Component i of source, which stays open, rotated by o; `to` is the output's, with its table. */
exn_status exn_judge_open(exn_judge *judge, const exn_coefficients *source, uint32_t i,
                          exn_orientation o, const exn_component *to, exn_error *error);

void exn_judge_row(exn_judge *judge, exn_dct_block *row);

/* Called after all rows. Fails with EXN_MISMATCH if component i is more than 0.1 dB further from
 * the source's moved samples than the best its table allows, and with EXN_CORRUPT if decoders
 * disagree about its samples. */
exn_status exn_judge_verdict(const exn_judge *judge, uint32_t i, exn_error *error);

void exn_judge_close(exn_judge *judge);

#endif
