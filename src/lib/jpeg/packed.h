/* SPDX-License-Identifier: MIT */
/* A component's blocks of quantized coefficients in half of their memory: nearly all coefficients
 * but DC fit in a byte. Rows come from the top down, blocks are read in any order. */
#ifndef EXN_JPEG_PACKED_H
#define EXN_JPEG_PACKED_H

#include "buffer.h"
#include "dct_block.h"

typedef int8_t exn_packed_bytes[64];

typedef struct exn_packed {
    uint32_t width;        /* blocks in a row */
    size_t count;          /* blocks so far */
    void *memory;          /* owned; NULL: nothing is held */
    exn_packed_bytes *all; /* in it, by number of block: what fits in bytes */
    int16_t *dc;           /* likewise */
    exn_buffer wide;       /* whole blocks that have a value beyond a byte */
} exn_packed;

/* Room for so many blocks. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_packed_open(exn_packed *packed, uint32_t blocks_x, uint32_t blocks_y);

/* The next row, of blocks_x blocks. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_packed_append(exn_packed *packed, exn_dct_block *row);

/* Block x of row y, which was appended. */
void exn_packed_get(const exn_packed *packed, uint32_t x, uint32_t y, int16_t block[64]);

/* The same in bytes, all but DC, for who can work on these: what stands in its place means nothing.
 * NULL: it has a value that needs more. */
const int8_t *exn_packed_small(const exn_packed *packed, uint32_t x, uint32_t y, int16_t *dc);

/* Has the processor fetch it meanwhile. */
static inline void exn_packed_ahead(const exn_packed *packed, uint32_t x, uint32_t y)
{
    __builtin_prefetch(packed->all[(size_t)y * packed->width + x]);
}

void exn_packed_close(exn_packed *packed);

#endif
