/* SPDX-License-Identifier: MIT */
/* A component whose picture ends inside of a block, moved onto the grid that begins at that end.
 * Only an axis that is reversed and cut so is off its grid: along it a one-dimensional inverse DCT,
 * the move, and a forward DCT, for each frequency of the other axis, which is not transformed at
 * all. Its frequencies, its padding too, go along as they do where a whole component moves.
 *
 *     exn_regrid_open()
 *     exn_regrid_feed()      the next line of the source's blocks, from the top down
 *     exn_regrid_take()      after each: lines of new blocks, until there is none
 *     exn_regrid_close()     in every case
 *
 * So what is held is a few lines of blocks. Bytes do not depend on the machine: sums have one order
 * for vectors of every width, and none is fused with a product (-ffp-contract=off).
 *
 * It is for pictures whose samples stay near black and white; whatever else there is it leaves, and
 * requantize.h takes it. */
#ifndef EXN_JPEG_REGRID_H
#define EXN_JPEG_REGRID_H

#include "coefficients.h"
#include "strip.h"

/* One axis that is off its grid. */
typedef struct exn_regrid_axis {
    bool cut;
    bool shift; /* the mirrored samples lie off the grid by part of one */
    float taps[EXN_STRIP_TAPS];
    uint32_t samples;
    uint32_t head; /* samples of the first new block, in the source's order: 1 to 8 */
} exn_regrid_axis;

typedef struct exn_regrid {
    exn_regrid_axis x, y;        /* of the source */
    uint32_t blocks_x, blocks_y; /* of the source; the new grid has as many */
    bool exchanged;              /* blocks are to be fed with rows and columns exchanged */
    uint8_t place[64];           /* where coefficient k of a new block stands in the output's */
    float steps[64];             /* of what is fed */
    float inverse[64];           /* 1 / step of what is made, negative where a flip negates */
    bool watch;                  /* values may be too large for Huffman codes */
    uint32_t fed, taken;         /* lines */
    float *line, *ring;          /* owned: rows of a line along x; lines along y */
    exn_dct_block *made;         /* owned: the line that was taken; in places of its own */
} exn_regrid;

/* Component i of source, which is to be rotated by o and coded with steps `quant` (in natural
 * order, of the output). EXN_MEMORY: there is none. */
exn_status exn_regrid_open(exn_regrid *r, const exn_coefficients *source, uint32_t i,
                           exn_orientation o, const uint16_t quant[64], exn_error *error);
void exn_regrid_close(exn_regrid *r);

/* Bytes of memory that component i takes at most. */
uint64_t exn_regrid_bytes(const exn_component *component);

/* blocks_x blocks. False: samples reach too far. */
bool exn_regrid_feed(exn_regrid *r, exn_dct_block *line);

typedef enum exn_regrid_verdict {
    EXN_REGRID_NONE,  /* feed more, or nothing is left */
    EXN_REGRID_LINE,  /* r->made has the new blocks of the next line, in the source's order */
    EXN_REGRID_LARGE, /* a value is too large to be coded */
} exn_regrid_verdict;

exn_regrid_verdict exn_regrid_take(exn_regrid *r);

#endif
