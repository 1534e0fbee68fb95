/* SPDX-License-Identifier: MIT */
/* A block that does not fit is stored whole; its DC is WIDE, and its bytes hold its index among
 * those. */
#include "packed.h"

#include <stdlib.h>

#include "entropy_bits.h"
#include "pages.h"

/* Two rows of a block. */
typedef int16_t rows __attribute__((vector_size(32)));
typedef uint16_t row_bits __attribute__((vector_size(32)));
typedef int8_t small_rows __attribute__((vector_size(16)));

/* 8-bit JPEG has no such DC; a block that has it all the same is stored whole. */
enum { WIDE = INT16_MIN };

exn_status exn_packed_open(exn_packed *packed, uint32_t blocks_x, uint32_t blocks_y)
{
    enum { LINE = sizeof *packed->all };
    const size_t count = (size_t)blocks_x * blocks_y;
    const size_t size = count * (LINE + sizeof *packed->dc) + LINE;
    *packed = (exn_packed){.width = blocks_x, .memory = malloc(size)};
    if (!packed->memory)
        return EXN_MEMORY;
    exn_pages_large(packed->memory, size);
    /* A block is a cache line. */
    uint8_t *start = packed->memory;
    start += (LINE - (uintptr_t)start % LINE) % LINE;
    packed->all = (exn_packed_bytes *)(void *)start;
    packed->dc = (int16_t *)(void *)(start + count * LINE);
    return EXN_OK;
}

void exn_packed_close(exn_packed *packed)
{
    exn_buffer_free(&packed->wide);
    free(packed->memory);
    *packed = (exn_packed){0};
}

/* Sets bits in *lost if a value does not fit, without a branch for each: adding 128 maps -128 to
 * 127 to 0 to 255. */
EXN_INLINE void put_rows(const int16_t block[16], int8_t bytes[16], row_bits *lost)
{
    rows two;
    memcpy(&two, block, sizeof two);
    const small_rows small = __builtin_convertvector(two, small_rows);
    memcpy(bytes, &small, sizeof small);
    *lost |= ((row_bits)two + 128) & 0xFF00;
}

/* Whether everything but DC fits. */
EXN_INLINE bool put_bytes(const int16_t block[64], int8_t bytes[64])
{
    row_bits lost = {0};
    uint64_t parts[4];
    put_rows(block, bytes, &lost);
    lost[0] = 0;
    for (int n = 16; n < 64; n += 16)
        put_rows(block + n, bytes + n, &lost);
    memcpy(parts, &lost, sizeof parts);
    return (parts[0] | parts[1] | parts[2] | parts[3]) == 0 && block[0] != WIDE;
}

static exn_status put_wide(exn_packed *packed, const int16_t block[64], size_t number)
{
    const size_t at = packed->wide.size / sizeof(exn_dct_block);
    packed->dc[number] = WIDE;
    memcpy(packed->all[number], &at, sizeof at);
    return exn_buffer_append(&packed->wide, block, sizeof(exn_dct_block));
}

EXN_HOT exn_status exn_packed_append(exn_packed *packed, exn_dct_block *row)
{
    exn_status status = EXN_OK;
    for (uint32_t x = 0; x < packed->width && status == EXN_OK; x++) {
        const size_t number = packed->count++;
        packed->dc[number] = row[x][0];
        if (EXN_SELDOM(!put_bytes(row[x], packed->all[number])))
            status = put_wide(packed, row[x], number);
    }
    return status;
}

const int8_t *exn_packed_small(const exn_packed *packed, uint32_t x, uint32_t y, int16_t *dc)
{
    const size_t number = (size_t)y * packed->width + x;
    *dc = packed->dc[number];
    return *dc == WIDE ? NULL : packed->all[number];
}

void exn_packed_get(const exn_packed *packed, uint32_t x, uint32_t y, int16_t block[64])
{
    const size_t number = (size_t)y * packed->width + x;
    const int8_t *bytes = packed->all[number];
    if (EXN_SELDOM(packed->dc[number] == WIDE)) {
        size_t at;
        memcpy(&at, bytes, sizeof at);
        memcpy(block, packed->wide.data + at * sizeof(exn_dct_block), sizeof(exn_dct_block));
        return;
    }
    for (int n = 0; n < 64; n += 16) {
        small_rows small;
        memcpy(&small, bytes + n, sizeof small);
        const rows two = __builtin_convertvector(small, rows);
        memcpy(block + n, &two, sizeof two);
    }
    block[0] = packed->dc[number];
}
