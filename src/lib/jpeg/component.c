/* SPDX-License-Identifier: MIT */
#include "component.h"

#include <stdlib.h>
#include <string.h>

#include "mcus.h"

const uint8_t exn_component_natural_order[64] = {/* T.81, figure A.6 */
                                                 0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18,
                                                 11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
                                                 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43,
                                                 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45,
                                                 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

void exn_component_measure(exn_coefficients *picture, uint32_t i)
{
    exn_component *c = &picture->component[i];
    c->cancel = picture->cancel;
    c->width = exn_divide_up(picture->width * c->h, picture->max_h);
    c->height = exn_divide_up(picture->height * c->v, picture->max_v);
    /* T.81, A.1.1 and A.2.4: samples that complete a block are the encoder's padding. */
    c->blocks_x = exn_divide_up(c->width, 8);
    c->blocks_y = exn_divide_up(c->height, 8);
}

void exn_component_frame(exn_coefficients *target, const exn_coefficients *source,
                         exn_orientation o)
{
    *target = *source;
    target->libjpeg = NULL;
    exn_orientation_size(o, &target->width, &target->height);
    exn_orientation_size(o, &target->max_h, &target->max_v);
    for (uint32_t i = 0; i < target->components; i++) {
        const uint16_t *quant = source->component[i].quant;
        exn_component *c = &target->component[i];
        c->rows = NULL;
        c->packed = (exn_packed){0};
        exn_orientation_size(o, &c->h, &c->v);
        exn_component_measure(target, i);
        for (int k = 0; k < 64; k++)
            /* When axes are swapped, a coefficient takes its step along. */
            c->quant[k] = quant[o.transpose ? (k % 8) * 8 + k / 8 : k];
    }
}

uint64_t exn_component_bytes(const exn_component *c)
{
    return c->blocks_y * (sizeof *c->rows + c->blocks_x * (uint64_t)sizeof **c->rows);
}

/* One allocation: row pointers, followed by the blocks. */
exn_status exn_component_open(exn_component *c, exn_error *error)
{
    c->rows = malloc(exn_component_bytes(c));
    if (!c->rows)
        return exn_status_fail(error, EXN_MEMORY, "coefficient arrays");
    exn_dct_block *blocks = (exn_dct_block *)(c->rows + c->blocks_y);
    for (uint32_t y = 0; y < c->blocks_y; y++)
        c->rows[y] = blocks + (size_t)y * c->blocks_x;
    return EXN_OK;
}

void exn_component_close(exn_component *c)
{
    free(c->rows);
    c->rows = NULL;
    exn_packed_close(&c->packed);
}

/* Whether nothing changes along an axis, not even in samples that are never shown. A flip moves
 * blocks along the axis and negates odd frequencies, so it does nothing if blocks are equal along
 * the axis and have no frequency but zero along it. */
static bool is_even(const exn_component *c, bool along_y)
{
    for (uint32_t y = 0; y < c->blocks_y; y++) {
        if (exn_cancel_check(c->cancel, NULL) != EXN_OK)
            return false;
        for (uint32_t x = 0; x < c->blocks_x; x++) {
            exn_dct_block room, first_room;
            const bool is_first = along_y ? y == 0 : x == 0;
            const int16_t *block = exn_component_block(c, x, y, room);
            const int16_t *first =
                exn_component_block(c, along_y ? x : 0, along_y ? 0 : y, first_room);
            if (memcmp(block, first, sizeof(exn_dct_block)) != 0)
                return false;
            for (int k = 0; is_first && k < 64; k++)
                if (block[k] != 0 && (along_y ? k / 8 : k % 8) != 0)
                    return false;
        }
    }
    return true;
}

uint32_t exn_component_exact_set(const exn_coefficients *source, const exn_jpeg *jpeg,
                                 exn_orientation o)
{
    uint32_t set = 0;
    for (uint32_t i = 0; i < source->components; i++) {
        const exn_component *c = &source->component[i];
        bool exact = exn_mcus_component_is_exact(jpeg, i, o);
        if (!exact && exn_component_is_held(c)) {
            exn_orientation rest = o;
            rest.flip_x = o.flip_x && !is_even(c, false);
            rest.flip_y = o.flip_y && !is_even(c, true);
            exact = exn_mcus_component_is_exact(jpeg, i, rest);
        }
        set |= (uint32_t)exact << i;
    }
    return set;
}

void exn_component_move(const exn_component *from, exn_component *to, exn_orientation o)
{
    enum {
        TILE = 16
    }; /* blocks: when axes are swapped, a tile of source and target rows stays in the cache */
    exn_dct_block_turn turn;
    exn_dct_block_turn_make(o, &turn);
    for (uint32_t tile = 0; tile < from->blocks_x; tile += TILE) {
        uint32_t end = tile + TILE < from->blocks_x ? tile + TILE : from->blocks_x;
        if (exn_cancel_check(from->cancel, NULL) != EXN_OK)
            return;
        for (uint32_t sy = 0; sy < from->blocks_y; sy++) {
            for (uint32_t sx = tile; sx < end; sx++) {
                uint32_t x = sx, y = sy;
                exn_orientation_point(o, from->blocks_x, from->blocks_y, &x, &y);
                exn_dct_block_turn_one(&turn, from->rows[sy][sx], to->rows[y][x]);
            }
        }
    }
}

exn_status exn_component_compare(const exn_component *from, const exn_component *to,
                                 exn_orientation o, bool exact, exn_quality quality,
                                 exn_error *error)
{
    bool finer = quality == EXN_QUALITY_HIGH && !exact;
    bool t = o.transpose;
    if (to->h != (t ? from->v : from->h) || to->v != (t ? from->h : from->v) ||
        to->width != (t ? from->height : from->width) ||
        to->height != (t ? from->width : from->height))
        return exn_status_fail(error, EXN_MISMATCH, "component geometry differs");
    for (int k = 0; k < 64; k++) {
        uint16_t step = from->quant[t ? (k % 8) * 8 + k / 8 : k];
        if (finer ? to->quant[k] > step || to->quant[k] == 0 : to->quant[k] != step)
            return exn_status_fail(error, EXN_MISMATCH, "quantization table differs");
    }
    return EXN_OK;
}

/* Where each coefficient of a rotated block comes from and whether its sign changes, straight from
 * the definition, since this judges what exn_dct_block_turn_one() has done. */
typedef struct definition {
    bool transpose;
    uint8_t from[64];
    int16_t negate[64]; /* 0, or -1: all bits */
} definition;

/* T.81, A.3.3: in mirrored samples the cosines of odd frequencies change sign. */
static definition define(exn_orientation o)
{
    definition d = {.transpose = o.transpose};
    for (int k = 0; k < 64; k++) {
        int u = o.transpose ? k / 8 : k % 8, v = o.transpose ? k % 8 : k / 8;
        d.from[k] = (uint8_t)(v * 8 + u);
        d.negate[k] = (o.flip_x && u % 2) != (o.flip_y && v % 2) ? -1 : 0;
    }
    return d;
}

typedef int16_t eight __attribute__((vector_size(16)));

/* Merges pairs of rows by ones, twos and fours. */
static void exchange_axes(eight r[8])
{
    eight t[8];
    for (int n = 0; n < 8; n += 2) {
        t[n] = __builtin_shufflevector(r[n], r[n + 1], 0, 8, 1, 9, 2, 10, 3, 11);
        t[n + 1] = __builtin_shufflevector(r[n], r[n + 1], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    for (int n = 0; n < 8; n += 4)
        for (int half = 0; half < 2; half++) {
            const eight a = t[n + half], b = t[n + half + 2];
            r[n + 2 * half] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 2, 3, 10, 11);
            r[n + 2 * half + 1] = __builtin_shufflevector(a, b, 4, 5, 12, 13, 6, 7, 14, 15);
        }
    for (int n = 0; n < 4; n++) {
        t[2 * n] = __builtin_shufflevector(r[n], r[n + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        t[2 * n + 1] = __builtin_shufflevector(r[n], r[n + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    memcpy(r, t, sizeof t);
}

static void negate(const definition *d, eight rows[8])
{
    for (int n = 0; n < 8; n++) {
        eight negative;
        memcpy(&negative, d->negate + 8 * n, sizeof negative);
        rows[n] = (rows[n] ^ negative) - negative;
    }
}

/* Rotates a whole block at once. */
static void turn_block(const definition *d, const int16_t from[64], eight rows[8])
{
    for (int n = 0; n < 8; n++)
        memcpy(&rows[n], from + 8 * n, sizeof rows[n]);
    if (d->transpose)
        exchange_axes(rows);
    negate(d, rows);
}

typedef int8_t sixteen __attribute__((vector_size(16)));

/* With bytes, two rows are one vector, and rows that are four apart are merged. */
static void exchange_axes_of_bytes(sixteen r[4])
{
    for (int n = 0; n < 3; n++) {
        const sixteen a = r[0], b = r[1], c = r[2], d = r[3];
        r[0] =
            __builtin_shufflevector(a, c, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        r[1] = __builtin_shufflevector(a, c, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
                                       15, 31);
        r[2] =
            __builtin_shufflevector(b, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        r[3] = __builtin_shufflevector(b, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
                                       15, 31);
    }
}

/* The same for a packed block. */
static void turn_bytes(const definition *d, const int8_t from[64], int16_t dc, eight rows[8])
{
    typedef int16_t sixteen_wide __attribute__((vector_size(32)));
    sixteen r[4];
    memcpy(r, from, sizeof r);
    if (d->transpose)
        exchange_axes_of_bytes(r);
    for (int n = 0; n < 4; n++) {
        const sixteen_wide two = __builtin_convertvector(r[n], sixteen_wide);
        memcpy(rows + 2 * (size_t)n, &two, sizeof two);
    }
    negate(d, rows);
    rows[0][0] = dc;
}

/* Whether a block is as it should be. If not, first_difference() finds where. */
static bool is_same(const eight rows[8], const int16_t to[64])
{
    eight other = {0};
    uint64_t halves[2];
    for (int n = 0; n < 8; n++) {
        eight found;
        memcpy(&found, to + 8 * n, sizeof found);
        other |= rows[n] ^ found;
    }
    memcpy(halves, &other, sizeof halves);
    return (halves[0] | halves[1]) == 0;
}

/* A rotated component, walked in the output's order, so that every block of it is accounted for. */
typedef struct turned {
    const exn_component *from;
    exn_orientation back;
    definition d;
    uint32_t width, height; /* in blocks */
} turned;

static turned turn_component(const exn_component *from, exn_orientation o)
{
    turned t = {.from = from,
                .back = exn_orientation_inverse(o),
                .d = define(o),
                .width = from->blocks_x,
                .height = from->blocks_y};
    exn_orientation_size(o, &t.width, &t.height);
    return t;
}

/* When axes are swapped, each block is in another row of the source, which no cache predicts. */
static void look_ahead(const turned *t, uint32_t x, uint32_t y)
{
    enum { AHEAD = 8 };
    if (x + AHEAD >= t->width)
        return;
    x += AHEAD;
    exn_orientation_point(t->back, t->width, t->height, &x, &y);
    if (t->from->rows) {
        __builtin_prefetch(t->from->rows[y][x]);
        __builtin_prefetch(t->from->rows[y][x] + 32);
    } else {
        exn_packed_ahead(&t->from->packed, x, y);
    }
}

/* Rotates the source's block that becomes block x,y. */
static void turned_block(const turned *t, uint32_t x, uint32_t y, eight rows[8])
{
    exn_dct_block room;
    int16_t dc;
    look_ahead(t, x, y);
    exn_orientation_point(t->back, t->width, t->height, &x, &y);
    const int8_t *bytes =
        t->from->packed.memory ? exn_packed_small(&t->from->packed, x, y, &dc) : NULL;
    if (bytes)
        turn_bytes(&t->d, bytes, dc, rows);
    else
        turn_block(&t->d, exn_component_block(t->from, x, y, room), rows);
}

/* The first coefficient of block x,y that is not as it should be; 64: all are. Compares one number
 * at a time. */
static int first_difference(const turned *t, uint32_t x, uint32_t y, const int16_t to[64])
{
    const definition *d = &t->d;
    exn_dct_block room;
    int k = 0;
    exn_orientation_point(t->back, t->width, t->height, &x, &y);
    const int16_t *from = exn_component_block(t->from, x, y, room);
    while (k < 64 && to[k] == (from[d->from[k]] ^ d->negate[k]) - d->negate[k])
        k++;
    return k;
}

void exn_component_turned_row(const exn_component *from, exn_orientation o, uint32_t y,
                              exn_dct_block *row)
{
    const turned t = turn_component(from, o);
    for (uint32_t x = 0; x < t.width; x++) {
        eight rows[8];
        turned_block(&t, x, y, rows);
        memcpy(row[x], rows, sizeof row[x]);
    }
}

exn_status exn_component_compare_rows(const exn_component *from, exn_dct_block *const *rows,
                                      uint32_t y, uint32_t count, exn_orientation o,
                                      exn_error *error)
{
    const turned t = turn_component(from, o);
    if (exn_cancel_check(from->cancel, error) != EXN_OK)
        return EXN_CANCELLED;
    for (uint32_t n = 0; n < count && y + n < t.height; n++)
        for (uint32_t x = 0; x < t.width; x++) {
            eight turned_rows[8];
            turned_block(&t, x, y + n, turned_rows);
            if (!is_same(turned_rows, rows[n][x]))
                return exn_status_fail(error, EXN_MISMATCH, "coefficient %d of block %u,%u differs",
                                       first_difference(&t, x, y + n, rows[n][x]), x, y + n);
        }
    return EXN_OK;
}
