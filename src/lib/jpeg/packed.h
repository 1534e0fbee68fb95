/* SPDX-License-Identifier: MIT */
/* A component's blocks of quantized coefficients in half the memory: nearly all coefficients except
 * DC fit into a byte. Rows are appended from the top down; blocks are read in any order. */
#ifndef EXN_JPEG_PACKED_H
#define EXN_JPEG_PACKED_H

#include "buffer.h"
#include "dct_block.h"

typedef int8_t exn_packed_bytes[64];

typedef struct exn_packed {
    uint32_t width;        /* blocks in a row */
    size_t count;          /* blocks so far */
    void *memory;          /* owned; NULL: nothing is held */
    exn_packed_bytes *all; /* in memory, by number of block: those that fit into bytes */
    int16_t *dc;           /* likewise */
    exn_buffer wide;       /* whole blocks with values that exceed a byte */
} exn_packed;

/* Allocates that many blocks. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_packed_open(exn_packed *packed, uint32_t blocks_x, uint32_t blocks_y);

/* Appends the next row, of blocks_x blocks. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_packed_append(exn_packed *packed, exn_dct_block *row);

/* Block x of row y, which has been appended. */
void exn_packed_get(const exn_packed *packed, uint32_t x, uint32_t y, int16_t block[64]);

/* The same as bytes, for callers that can use them; the byte in DC's place is meaningless. NULL: it
 * has a value that does not fit. */
const int8_t *exn_packed_small(const exn_packed *packed, uint32_t x, uint32_t y, int16_t *dc);

/* Prefetches it. */
static inline void exn_packed_ahead(const exn_packed *packed, uint32_t x, uint32_t y)
{
    __builtin_prefetch(packed->all[(size_t)y * packed->width + x]);
}

void exn_packed_close(exn_packed *packed);

#endif
