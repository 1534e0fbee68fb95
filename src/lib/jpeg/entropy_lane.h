/* SPDX-License-Identifier: MIT */
/* One component of a scan while entropy_decode.c reads it: its tables, and where its blocks go. */
#ifndef EXN_JPEG_ENTROPY_LANE_H
#define EXN_JPEG_ENTROPY_LANE_H

#include "component.h"
#include "entropy_plan.h"
#include "entropy_strings.h"
#include "entropy_tokens.h"
#include "regrid.h"

/* Blocks of a component that go to another grid, a row of MCUs at a time. */
typedef struct exn_entropy_lane_regrid {
    exn_regrid regrid;
    exn_string_places places;
    exn_dct_block *blocks; /* owned: v lines, and a copy of the first of all */
    bool even_x, even_y;   /* so far nothing has changed along that axis */
} exn_entropy_lane_regrid;

/* What a component's codes are looked up in. */
typedef struct exn_entropy_lane_tables {
    exn_dc_decoder dc;
    exn_ac_decoder ac;
} exn_entropy_lane_tables;

/* One component of the scan under way. It becomes strings at once, or on another grid, or its
 * blocks are kept as they are. */
typedef struct exn_entropy_lane {
    const exn_entropy_lane_tables *tables;
    exn_entropy_lane_tables *own; /* owned; NULL: they are an earlier lane's */
    exn_token_coder *coder; /* owned; where symbols are copied, it counts kinds of those read */
    exn_string_plane *plane;
    exn_dct_block **kept;            /* rows of blocks; NULL: strings at once */
    exn_dct_block *rows[4];          /* kept, where there is a regrid */
    uint32_t first;                  /* row of blocks that is kept[0] */
    bool exchanged;                  /* kept with rows and columns exchanged */
    exn_entropy_lane_regrid *regrid; /* owned; NULL: none */
    uint32_t number;                 /* of the component */
    uint32_t h, v;                   /* blocks of an MCU */
    uint32_t blocks_x, blocks_y;     /* of the source */
    exn_string_path path;            /* where the source's blocks go */
    exn_string
        *row; /* where the first block of the row of MCUs under way goes, and how many rows */
    uint32_t rows_left; /* of blocks there are from there on */
    int last_dc;
} exn_entropy_lane;

/* A rotation in the terms of the inner loops, by the number of a coefficient; no number is larger
 * than 62 and a step. */
typedef struct exn_entropy_lane_turn {
    uint8_t place[64 + EXN_STEP_EOB]; /* after the last one: 0, which is no AC's */
    uint64_t bit[64 + EXN_STEP_EOB];  /* of that place in a mask; after the last one: none */
    uint16_t negative[64 + EXN_STEP_UNUSUAL]; /* all ones, or 0 */
    uint32_t entry_base[64];                  /* by place: as exn_tokens_encode() wants it */
} exn_entropy_lane_turn;

void exn_entropy_lane_make_turn(exn_orientation o, exn_entropy_lane_turn *t);

/* For blocks that are kept as they are, or with rows and columns exchanged. */
void exn_entropy_lane_make_keep(bool exchanged, exn_entropy_lane_turn *t);

/* Opens component n of scan as lanes[n], which is zero; those before it are open. Its plane and its
 * tables are opened, too. Returns EXN_OK, EXN_MEMORY, or EXN_UNSUPPORTED (without a text) where
 * libjpeg is to judge the tables. */
exn_status exn_entropy_lane_open(exn_entropy_lane *lanes, exn_strings *strings,
                                 const exn_jpeg *jpeg, const exn_plan_scan *scan, unsigned n,
                                 const exn_string_manner *manner, exn_error *error);

/* Before row my of MCUs. */
void exn_entropy_lane_begin_row(exn_entropy_lane *l, uint32_t my);

/* What moving a component to another grid takes in memory. */
uint64_t exn_entropy_lane_bytes(const exn_component *c);

void exn_entropy_lane_close(exn_entropy_lane *l);

/* Moves row my of MCUs, of a lane with a regrid, to its new grid, as strings. Returns as
 * exn_entropy_strings_grow() does; EXN_UNSUPPORTED with strings->extreme set where regrid.h does
 * not take the picture. */
exn_status exn_entropy_lane_move(exn_entropy_lane *l, exn_strings *strings, uint32_t my,
                                 exn_error *error);

/* Brings what was counted into the terms of AC symbols. */
void exn_entropy_lane_take_counts(const exn_entropy_lane *l, bool transpose);

#endif
