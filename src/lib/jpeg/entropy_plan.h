/* SPDX-License-Identifier: MIT */
/* What the entropy-domain rotation needs to know from a JPEG's headers, and whether it accepts the
 * file. It takes sequential and progressive Huffman JPEGs without anything unusual, which libjpeg
 * would read without a warning; all others are left to libjpeg. */
#ifndef EXN_JPEG_ENTROPY_PLAN_H
#define EXN_JPEG_ENTROPY_PLAN_H

#include "segments.h"

enum {
    EXN_TABLE_SLOTS = 4,
    EXN_PLAN_SCANS = 64, /* per progressive file; libjpeg and mozjpeg write up to 12 */
};

/* A scan of the source; arrays are indexed by the component's place in it. */
typedef struct exn_plan_scan {
    exn_jpeg_scan header;
    exn_span data;                              /* entropy-coded, restart markers included */
    uint8_t slot[2][EXN_JPEG_MAX_COMPONENTS];   /* of the DC and the AC table */
    exn_span table[2][EXN_JPEG_MAX_COMPONENTS]; /* the tables in force: 16 counts, values; empty:
                                                   the scan has no such codes */
} exn_plan_scan;

typedef struct exn_plan {
    exn_plan_scan scan[EXN_PLAN_SCANS];
    uint32_t scans;
    struct {
        uint8_t quant_slot;
        uint16_t quant[64]; /* in zigzag order */
    } component[EXN_JPEG_MAX_COMPONENTS];
} exn_plan;

/* Returns false if the file is not for the entropy-domain rotation. Spans point into the file. */
bool exn_entropy_plan_make(const exn_jpeg *jpeg, exn_plan *plan);

#endif
