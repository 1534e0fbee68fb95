/* SPDX-License-Identifier: MIT */
/* A picture's components as arrays of quantized DCT coefficients, wherever those come from and go
 * to. */
#ifndef EXN_JPEG_COMPONENT_H
#define EXN_JPEG_COMPONENT_H

#include "buffer.h"
#include "dct_block.h"
#include "orientation.h"
#include "packed.h"
#include "segments.h"

/* The place in a block in natural order (row * 8 + column) of coefficient k in zigzag order. */
extern const uint8_t exn_component_natural_order[64];

typedef struct exn_component {
    uint32_t h, v;               /* sampling factors */
    uint32_t width, height;      /* in samples (T.81, A.1.1) */
    uint32_t blocks_x, blocks_y; /* blocks that hold samples */
    uint16_t quant[64];          /* natural order */
    const exn_cancel *cancel;    /* asked for each row by what goes over all; NULL: nobody is */
    exn_dct_block **rows;        /* rows[y][x]: block in column x of row y; owned. NULL: not held */
    exn_packed packed;           /* or here */
} exn_component;

typedef struct exn_coefficients {
    struct exn_libjpeg *libjpeg; /* owned; NULL: the blocks are not its */
    uint32_t width, height;      /* of the picture, in pixels */
    uint32_t max_h, max_v;
    uint32_t components;
    const exn_cancel *cancel; /* of the file that it was read from, for all components */
    exn_component component[EXN_JPEG_MAX_COMPONENTS];
} exn_coefficients;

/* Called with rows of blocks of component i, from row y on; the padding of MCUs counts in. */
typedef void exn_component_visitor(void *context, uint32_t i, uint32_t y, uint32_t count,
                                   exn_dct_block *const *rows);

static inline bool exn_component_is_held(const exn_component *c)
{
    return c->rows || c->packed.memory;
}

/* A block that is held, in place or in room. */
static inline const int16_t *exn_component_block(const exn_component *c, uint32_t x, uint32_t y,
                                                 int16_t room[64])
{
    if (c->rows)
        return c->rows[y][x];
    exn_packed_get(&c->packed, x, y, room);
    return room;
}

static inline uint32_t exn_divide_up(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

/* Size of component i in samples and blocks (T.81, A.1.1), from the picture's size and the
 * component's factors. The grid of blocks is the decoder's: in the only component of a picture
 * factors mean nothing. */
void exn_component_measure(exn_coefficients *picture, uint32_t i);

/* Makes target source rotated by o, but for the blocks: sizes, factors and quantization tables. */
void exn_component_frame(exn_coefficients *target, const exn_coefficients *source,
                         exn_orientation o);

/* Room for the blocks of a component that was measured; they are undefined. What it takes in bytes.
 * exn_component_close() frees it, and does nothing where there is none. */
exn_status exn_component_open(exn_component *component, exn_error *error);
uint64_t exn_component_bytes(const exn_component *component);
void exn_component_close(exn_component *component);

/* Which components of source, parsed as jpeg, keep their coefficients when it is rotated by o, as a
 * set of bits: those whose grid is whole along every reversed axis, and those that do not change
 * along an axis whose grid is cut, where reversing it comes to nothing. Components that hold no
 * blocks are judged by their grid alone. */
uint32_t exn_component_exact_set(const exn_coefficients *source, const exn_jpeg *jpeg,
                                 exn_orientation o);

/* Moves an exact component's blocks: block and coefficient permuted, odd frequencies of a reversed
 * axis negated. */
void exn_component_move(const exn_component *from, exn_component *to, exn_orientation o);

/* Compares to, read back, with from rotated by o: quantization table, factors and size. A component
 * that is not exact may have finer steps where quality is high. Fails with EXN_MISMATCH. */
exn_status exn_component_compare(const exn_component *from, const exn_component *to,
                                 exn_orientation o, bool exact, exn_quality quality,
                                 exn_error *error);

/* Row y of from rotated by o, straight from the definition: shared with nothing that rotates. */
void exn_component_turned_row(const exn_component *from, exn_orientation o, uint32_t y,
                              exn_dct_block *row);

/* Compares rows of blocks of the output, `count` from row y on, with from rotated by o: every
 * coefficient, by the same definition. Rows of padding are passed over. */
exn_status exn_component_compare_rows(const exn_component *from, exn_dct_block *const *rows,
                                      uint32_t y, uint32_t count, exn_orientation o,
                                      exn_error *error);

#endif
