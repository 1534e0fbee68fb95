/* SPDX-License-Identifier: MIT */
/* One component of a scan while entropy_decode.c reads it: its tables, and where its blocks go. */
#ifndef EXN_JPEG_ENTROPY_LANE_H
#define EXN_JPEG_ENTROPY_LANE_H

#include "component.h"
#include "entropy_plan.h"
#include "entropy_strings.h"
#include "entropy_tokens.h"
#include "regrid.h"

/* A component whose blocks are moved to another grid, one row of MCUs at a time. */
typedef struct exn_entropy_lane_regrid {
    exn_regrid regrid;
    exn_string_places places;
    exn_dct_block *blocks; /* owned: v lines, and a copy of the very first */
    bool even_x, even_y;   /* nothing has changed along that axis so far */
} exn_entropy_lane_regrid;

/* The tables that a component's codes are looked up in. */
typedef struct exn_entropy_lane_tables {
    exn_dc_decoder dc;
    exn_ac_decoder ac;
} exn_entropy_lane_tables;

/* One component of the current scan. Its blocks become strings at once, or on another grid, or are
 * kept as they are. */
typedef struct exn_entropy_lane {
    const exn_entropy_lane_tables *tables;
    exn_entropy_lane_tables *own; /* owned; NULL: tables is an earlier lane's */
    exn_token_coder *coder;       /* owned; if symbols are copied, it counts kinds of those read */
    exn_string_plane *plane;
    exn_dct_block **kept;            /* rows of blocks; NULL: they become strings at once */
    exn_dct_block *rows[4];          /* what kept points to if there is a regrid */
    uint32_t first;                  /* the row of blocks in kept[0] */
    bool exchanged;                  /* kept with rows and columns swapped */
    exn_entropy_lane_regrid *regrid; /* owned; NULL: none */
    uint32_t number;                 /* of the component */
    uint32_t h, v;                   /* blocks of an MCU */
    uint32_t blocks_x, blocks_y;     /* of the source */
    exn_string_path path;            /* where the source's blocks go */
    exn_string *row; /* where the first block of the current row of MCUs goes, and how many rows */
    uint32_t rows_left; /* rows of blocks left from there on */
    int last_dc;
} exn_entropy_lane;

/* A rotation as the inner loops need it, by the number of a coefficient. No number exceeds 62 plus
 * a step. */
typedef struct exn_entropy_lane_turn {
    uint8_t place[64 + EXN_STEP_EOB]; /* after the last one: 0, which no AC coefficient has */
    uint64_t bit[64 + EXN_STEP_EOB];  /* that place as a bit; after the last one: none */
    uint16_t negative[64 + EXN_STEP_UNUSUAL]; /* all ones, or 0 */
    uint32_t entry_base[64];                  /* by place, for exn_tokens_encode() */
} exn_entropy_lane_turn;

void exn_entropy_lane_make_turn(exn_orientation o, exn_entropy_lane_turn *t);

/* For blocks that are kept as they are, or with rows and columns swapped. */
void exn_entropy_lane_make_keep(bool exchanged, exn_entropy_lane_turn *t);

/* Opens component n of scan as lanes[n], which has to be zeroed; earlier ones have to be open.
 * Opens its plane and tables, too. Returns EXN_OK, EXN_MEMORY, or EXN_UNSUPPORTED (without a text)
 * if libjpeg has to judge the tables. */
exn_status exn_entropy_lane_open(exn_entropy_lane *lanes, exn_strings *strings,
                                 const exn_jpeg *jpeg, const exn_plan_scan *scan, unsigned n,
                                 const exn_string_manner *manner, exn_error *error);

/* Called before row my of MCUs. */
void exn_entropy_lane_begin_row(exn_entropy_lane *l, uint32_t my);

/* The memory that moving a component to another grid takes. */
uint64_t exn_entropy_lane_bytes(const exn_component *c);

void exn_entropy_lane_close(exn_entropy_lane *l);

/* Moves row my of MCUs, of a lane with a regrid, to its new grid, as strings. Returns the same as
 * exn_entropy_strings_grow(), or EXN_UNSUPPORTED with strings->extreme set if regrid.h does not
 * accept the picture. */
exn_status exn_entropy_lane_move(exn_entropy_lane *l, exn_strings *strings, uint32_t my,
                                 exn_error *error);

/* Converts what was counted into counts of AC symbols. */
void exn_entropy_lane_take_counts(const exn_entropy_lane *l, bool transpose);

#endif
