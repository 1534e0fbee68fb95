/* SPDX-License-Identifier: MIT */
/* One component of a scan while entropy_decode.c reads it: its tables, and where its blocks go. */
#ifndef EXN_JPEG_ENTROPY_LANE_H
#define EXN_JPEG_ENTROPY_LANE_H

#include "component.h"
#include "entropy_plan.h"
#include "entropy_strings.h"
#include "entropy_tokens.h"

/* One component of the scan under way. It becomes strings, or its blocks are kept as they are. */
typedef struct exn_entropy_lane {
    exn_dc_decoder dc;
    exn_ac_decoder ac;
    exn_token_coder coder; /* where symbols are copied, what it counts is kinds of those read */
    exn_string_plane *plane;
    exn_dct_block **kept;             /* rows of blocks; NULL: strings */
    uint32_t h, v;                    /* blocks of an MCU */
    uint32_t blocks_x, blocks_y;      /* of the source */
    ptrdiff_t origin, step_x, step_y; /* where the source's first block and its neighbours go */
    int last_dc;
} exn_entropy_lane;

/* A rotation in the terms of the inner loops, by the number of a coefficient; no number is larger
 * than 62 and a step. */
typedef struct exn_entropy_lane_turn {
    uint8_t place[64 + EXN_STEP_EOB];         /* after the last one: 0, which is no AC's */
    uint16_t negative[64 + EXN_STEP_UNUSUAL]; /* all ones, or 0 */
    uint16_t entry_base[64]; /* by place: what an encoder's entry begins at, but for run and size */
} exn_entropy_lane_turn;

void exn_entropy_lane_make_turn(exn_orientation o, exn_entropy_lane_turn *t);

/* For blocks that are kept as they are. */
void exn_entropy_lane_make_keep(exn_entropy_lane_turn *t);

/* Opens component n of scan, its plane, and its tables. Returns EXN_OK, EXN_MEMORY, or
 * EXN_UNSUPPORTED (without a text) where libjpeg is to judge the tables. */
exn_status exn_entropy_lane_open(exn_entropy_lane *l, exn_strings *strings, const exn_jpeg *jpeg,
                                 const exn_plan_scan *scan, unsigned n,
                                 const exn_string_manner *manner, exn_error *error);

/* Brings what was counted into the terms of AC symbols. */
void exn_entropy_lane_take_counts(const exn_entropy_lane *l, bool transpose);

#endif
