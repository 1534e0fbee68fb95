/* SPDX-License-Identifier: MIT */
/* Moves a component whose picture ends inside a block onto the grid that begins at that end. Only
 * an axis that is reversed and cut in this way is off its grid. Along it, this does a
 * one-dimensional inverse DCT, the move, and a forward DCT, for each frequency of the other axis,
 * which is not transformed at all: its frequencies, including its padding, move along as they do
 * when a whole component moves.
 *
 *   exn_regrid_open()
 *   exn_regrid_feed()      the next line of the source's blocks, from the top down
 *   exn_regrid_take()      after each: lines of new blocks, until there is none
 *   exn_regrid_close()     in every case
 *
 * So only a few lines of blocks are held. The results do not depend on the machine: sums have the
 * same order for vectors of any width, and none is fused with a product (-ffp-contract=off).
 *
 * It handles pictures whose samples stay near black and white, and leaves all others to
 * requantize.h. */
#ifndef EXN_JPEG_REGRID_H
#define EXN_JPEG_REGRID_H

#include "coefficients.h"
#include "strip.h"

/* One axis that is off its grid. */
typedef struct exn_regrid_axis {
    bool cut;
    bool shift; /* the mirrored samples are off the grid by part of a sample */
    float taps[EXN_STRIP_TAPS];
    uint32_t samples;
    uint32_t head; /* samples in the first new block, in the source's order: 1 to 8 */
} exn_regrid_axis;

typedef struct exn_regrid {
    exn_regrid_axis x, y;        /* of the source */
    uint32_t blocks_x, blocks_y; /* of the source; the new grid has equally many */
    bool exchanged;              /* blocks have to be fed with rows and columns swapped */
    uint8_t place[64];           /* index of a new block's coefficient k in the output's */
    float steps[64];             /* for what is fed */
    float inverse[64];           /* 1 / step for what is made, negative where a flip negates */
    bool watch;                  /* values may exceed what Huffman codes hold */
    uint32_t fed, taken;         /* numbers of lines */
    float *line, *ring;          /* owned: the rows of a line along x; lines along y */
    exn_dct_block
        *made; /* owned: the line that was taken; its coefficients are ordered by `place` */
} exn_regrid;

/* Component i of source, which will be rotated by o and coded with steps `quant` (the output's, in
 * natural order). Returns EXN_OK or EXN_MEMORY. */
exn_status exn_regrid_open(exn_regrid *r, const exn_coefficients *source, uint32_t i,
                           exn_orientation o, const uint16_t quant[64], exn_error *error);
void exn_regrid_close(exn_regrid *r);

/* The bytes of memory that component i takes at most. */
uint64_t exn_regrid_bytes(const exn_component *component);

/* Feeds blocks_x blocks. Returns false if samples are out of range. */
bool exn_regrid_feed(exn_regrid *r, exn_dct_block *line);

typedef enum exn_regrid_verdict {
    EXN_REGRID_NONE,  /* feed more, unless nothing is left */
    EXN_REGRID_LINE,  /* r->made has the next line of new blocks, in the source's order */
    EXN_REGRID_LARGE, /* a value is too large to be coded */
} exn_regrid_verdict;

exn_regrid_verdict exn_regrid_take(exn_regrid *r);

#endif
