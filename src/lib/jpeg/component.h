/* SPDX-License-Identifier: MIT */
/* A picture's components as arrays of quantized DCT coefficients, wherever they come from or go to.
 */
#ifndef EXN_JPEG_COMPONENT_H
#define EXN_JPEG_COMPONENT_H

#include "buffer.h"
#include "dct_block.h"
#include "orientation.h"
#include "packed.h"
#include "segments.h"

/* The index in natural order (row * 8 + column) of coefficient k in zigzag order. */
extern const uint8_t exn_component_natural_order[64];

typedef struct exn_component {
    uint32_t h, v;               /* sampling factors */
    uint32_t width, height;      /* in samples (T.81, A.1.1) */
    uint32_t blocks_x, blocks_y; /* blocks that hold samples */
    uint16_t quant[64];          /* natural order */
    const exn_cancel
        *cancel; /* checked for each row by functions that process everything; NULL: never */
    exn_dct_block **rows; /* rows[y][x]: block in column x of row y; owned. NULL: not held */
    exn_packed packed;    /* or in this form */
} exn_component;

typedef struct exn_coefficients {
    struct exn_libjpeg *libjpeg; /* owned; NULL: the blocks are not libjpeg's */
    uint32_t width, height;      /* of the picture, in pixels */
    uint32_t max_h, max_v;
    uint32_t components;
    const exn_cancel *cancel; /* of the file that it was read from, for all components */
    exn_component component[EXN_JPEG_MAX_COMPONENTS];
} exn_coefficients;

/* Called with rows of blocks of component i, from row y on, including the padding of MCUs. */
typedef void exn_component_visitor(void *context, uint32_t i, uint32_t y, uint32_t count,
                                   exn_dct_block *const *rows);

static inline bool exn_component_is_held(const exn_component *c)
{
    return c->rows || c->packed.memory;
}

/* A block that is held; returned in place, or unpacked into room. */
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

/* Computes the size of component i in samples and blocks (T.81, A.1.1) from the picture's size and
 * the component's factors. The grid of blocks is the decoder's: factors have no meaning in a
 * picture of one component. */
void exn_component_measure(exn_coefficients *picture, uint32_t i);

/* Makes target like source rotated by o, except for the blocks: sizes, factors and quantization
 * tables. */
void exn_component_frame(exn_coefficients *target, const exn_coefficients *source,
                         exn_orientation o);

/* Allocates the blocks of a component whose size is known, uninitialized; and how many bytes that
 * takes. exn_component_close() frees them and does nothing if there are none. */
exn_status exn_component_open(exn_component *component, exn_error *error);
uint64_t exn_component_bytes(const exn_component *component);
void exn_component_close(exn_component *component);

/* Which components of source, parsed as jpeg, keep their coefficients when it is rotated by o, as a
 * set of bits: those whose grid is whole along every reversed axis, and those that do not change
 * along an axis whose grid is cut, so that reversing it has no effect. Components without blocks
 * are judged by their grid alone. */
uint32_t exn_component_exact_set(const exn_coefficients *source, const exn_jpeg *jpeg,
                                 exn_orientation o);

/* Moves an exact component's blocks: blocks and coefficients are permuted, odd frequencies along a
 * reversed axis negated. */
void exn_component_move(const exn_component *from, exn_component *to, exn_orientation o);

/* Compares `to`, which was read back, with from rotated by o: quantization table, factors and size.
 * With high quality an inexact component may have finer steps. Fails with EXN_MISMATCH. */
exn_status exn_component_compare(const exn_component *from, const exn_component *to,
                                 exn_orientation o, bool exact, exn_quality quality,
                                 exn_error *error);

/* Row y of from rotated by o, straight from the definition. It shares no code with anything that
 * rotates. */
void exn_component_turned_row(const exn_component *from, exn_orientation o, uint32_t y,
                              exn_dct_block *row);

/* Compares `count` rows of the output's blocks, from row y on, with from rotated by o: every
 * coefficient, by the same definition. Rows of padding are skipped. */
exn_status exn_component_compare_rows(const exn_component *from, exn_dct_block *const *rows,
                                      uint32_t y, uint32_t count, exn_orientation o,
                                      exn_error *error);

#endif
