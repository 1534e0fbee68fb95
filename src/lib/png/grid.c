/* SPDX-License-Identifier: MIT */
#include "grid.h"

#include <string.h>

/* A tile of 64 x 64 pixels of 8 bytes is 32 KiB and stays in the first-level cache in whichever
 * direction it is read. */
#define TILE 64

/* A row may have up to 2^34 bytes, if max_pixels allows it. */
_Static_assert(sizeof(size_t) >= 8, "rows are addressed with 64 bits");

static exn_png_grid make_grid(uint32_t width, uint32_t height, uint32_t bits)
{
    return (exn_png_grid){width, height, bits, (size_t)(((uint64_t)width * bits + 7) / 8)};
}

exn_png_grid exn_png_grid_of(const exn_png_frame *frame)
{
    uint32_t bits = exn_png_chunks_channels(frame->png->colour_type) * frame->png->depth;
    return make_grid(frame->width, frame->height, bits);
}

exn_png_grid exn_png_grid_turned(const exn_png_grid *grid, exn_orientation o)
{
    uint32_t width = grid->width, height = grid->height;
    exn_orientation_size(o, &width, &height);
    return make_grid(width, height, grid->bits);
}

size_t exn_png_grid_step(const exn_png_grid *grid)
{
    return grid->bits < 8 ? 1 : grid->bits / 8;
}

uint64_t exn_png_grid_size(const exn_png_grid *grid)
{
    const uint64_t most = UINT64_MAX / 8;
    return grid->stride > most / grid->height ? most : (uint64_t)grid->stride * grid->height;
}

/* One tile of the rotated picture. The inverse's three bits say where its pixel (x, y) is in the
 * stored one: the flips are relative to the rotated axes and give (u, v); the transpose decides
 * which of the two counts stored rows. */
typedef struct tile {
    const uint8_t *rows;
    size_t stride;
    bool transpose;
    size_t u, v;      /* of the tile's first pixel */
    ptrdiff_t du, dv; /* +1 or -1: the direction in which they advance */
    uint8_t *to;      /* the row of the band with the tile's first pixel */
    size_t to_stride;
    uint32_t x, width, height; /* x: the first pixel's place in that row */
} tile;

/* For whole bytes. Inlined for each constant size, so that memcpy becomes one or two moves. */
static inline __attribute__((always_inline)) void move_bytes(const tile *t, size_t size)
{
    ptrdiff_t step_u = (ptrdiff_t)(t->transpose ? t->stride : size);
    ptrdiff_t step_v = (ptrdiff_t)(t->transpose ? size : t->stride);
    for (uint32_t y = 0; y < t->height; y++) {
        ptrdiff_t at = (ptrdiff_t)t->u * step_u + ((ptrdiff_t)t->v + t->dv * y) * step_v;
        uint8_t *to = t->to + y * t->to_stride + t->x * size;
        for (uint32_t x = 0; x < t->width; x++) {
            memcpy(to, t->rows + at, size);
            to += size;
            at += t->du * step_u;
        }
    }
}

/* Pixels of 1, 2 or 4 bits, the leftmost in the high bits (clause 7.2). The band has to be zeroed.
 */
static void move_bits(const tile *t, uint32_t bits)
{
    const uint32_t per_byte = 8 / bits, mask = (1u << bits) - 1;
    for (uint32_t y = 0; y < t->height; y++) {
        uint8_t *to = t->to + y * t->to_stride;
        size_t v = (size_t)((ptrdiff_t)t->v + t->dv * y);
        for (uint32_t x = 0; x < t->width; x++) {
            size_t u = (size_t)((ptrdiff_t)t->u + t->du * x);
            size_t column = t->transpose ? v : u, row = t->transpose ? u : v;
            uint32_t byte = t->rows[row * t->stride + column / per_byte];
            uint32_t pixel = byte >> (8 - bits * (column % per_byte + 1)) & mask;
            uint32_t at = t->x + x;
            to[at / per_byte] |= (uint8_t)(pixel << (8 - bits * (at % per_byte + 1)));
        }
    }
}

static void move_tile(const tile *t, uint32_t bits)
{
    switch (bits) {
    case 8:
        move_bytes(t, 1);
        break;
    case 16:
        move_bytes(t, 2);
        break;
    case 24:
        move_bytes(t, 3);
        break;
    case 32:
        move_bytes(t, 4);
        break;
    case 48:
        move_bytes(t, 6);
        break;
    case 64:
        move_bytes(t, 8);
        break;
    default:
        move_bits(t, bits);
        break;
    }
}

/* Tile by tile: with a transpose one side is traversed across rows, and only a tile of it fits into
 * the cache. */
void exn_png_grid_turn(const exn_png_grid *stored, const uint8_t *rows, exn_orientation o,
                       uint32_t first, uint32_t count, uint8_t *band)
{
    exn_png_grid turned = exn_png_grid_turned(stored, o);
    exn_orientation back = exn_orientation_inverse(o);
    tile t = {.rows = rows,
              .stride = stored->stride,
              .transpose = back.transpose,
              .du = back.flip_x ? -1 : 1,
              .dv = back.flip_y ? -1 : 1,
              .to_stride = turned.stride};
    memset(band, 0, count * turned.stride);
    for (uint32_t y = 0; y < count; y += TILE) {
        t.v = back.flip_y ? turned.height - 1 - (first + y) : first + y;
        t.to = band + y * turned.stride;
        t.height = count - y < TILE ? count - y : TILE;
        for (uint32_t x = 0; x < turned.width; x += t.width) {
            t.u = back.flip_x ? turned.width - 1 - x : x;
            t.x = x;
            t.width = turned.width - x < TILE ? turned.width - x : TILE;
            move_tile(&t, stored->bits);
        }
    }
}

/* Pixel (x, y), which has less than a byte. */
static unsigned bits_at(const exn_png_grid *grid, const uint8_t *rows, uint32_t x, uint32_t y)
{
    const uint64_t bit = (uint64_t)x * grid->bits;
    return (unsigned)(rows[y * grid->stride + bit / 8] << (bit % 8) & 0xff) >> (8 - grid->bits);
}

/* A rotated picture and its source. */
typedef struct comparison {
    const exn_png_grid *stored;
    const uint8_t *rows;
    exn_png_grid turned;
    exn_orientation back;
} comparison;

/* Where pixel (x, y) of the rotated picture comes from. */
static const uint8_t *pixel_behind(const comparison *c, uint32_t x, uint32_t y)
{
    exn_orientation_point(c->back, c->turned.width, c->turned.height, &x, &y);
    return c->rows + y * c->stored->stride + (size_t)x * (c->stored->bits / 8);
}

/* `count` adjacent pixels of `size` bytes; the ones that they come from are step apart. */
static inline bool same_bytes(const uint8_t *row, const uint8_t *from, ptrdiff_t step,
                              uint32_t count, size_t size)
{
    for (uint32_t x = 0; x < count; x++)
        if (memcmp(row + x * size, from + (ptrdiff_t)x * step, size) != 0)
            return false;
    return true;
}

/* Dispatches on the possible sizes, so that each comparison is one of numbers. */
static bool same_pixels(const uint8_t *row, const uint8_t *from, ptrdiff_t step, uint32_t count,
                        size_t size)
{
    switch (size) {
    case 1:
        return same_bytes(row, from, step, count, 1);
    case 2:
        return same_bytes(row, from, step, count, 2);
    case 3:
        return same_bytes(row, from, step, count, 3);
    case 4:
        return same_bytes(row, from, step, count, 4);
    case 6:
        return same_bytes(row, from, step, count, 6);
    case 8:
        return same_bytes(row, from, step, count, 8);
    default:
        return same_bytes(row, from, step, count, size);
    }
}

/* `count` pixels of row y, from x on. */
static bool same_part(const comparison *c, const uint8_t *row, uint32_t x, uint32_t y,
                      uint32_t count)
{
    const size_t size = c->stored->bits / 8;
    if (size > 0) {
        const uint8_t *first = pixel_behind(c, x, y);
        const ptrdiff_t step = count > 1 ? pixel_behind(c, x + 1, y) - first : 0;
        return same_pixels(row + x * size, first, step, count, size);
    }
    for (uint32_t n = 0; n < count; n++) {
        uint32_t u = x + n, v = y;
        exn_orientation_point(c->back, c->turned.width, c->turned.height, &u, &v);
        if (bits_at(&c->turned, row, x + n, 0) != bits_at(c->stored, c->rows, u, v))
            return false;
    }
    return true;
}

/* If axes are swapped, a row comes from a column, which takes a cache line per pixel. So several
 * rows are compared together, as many columns at a time as stay in the cache. */
bool exn_png_grid_same_rows(const exn_png_grid *stored, const uint8_t *rows, exn_orientation o,
                            uint32_t first, uint32_t count, const uint8_t *band)
{
    const comparison c = {.stored = stored,
                          .rows = rows,
                          .turned = exn_png_grid_turned(stored, o),
                          .back = exn_orientation_inverse(o)};
    for (uint32_t x = 0; x < c.turned.width; x += TILE) {
        const uint32_t left = c.turned.width - x;
        for (uint32_t y = 0; y < count; y++)
            if (!same_part(&c, band + y * c.turned.stride, x, first + y, left < TILE ? left : TILE))
                return false;
    }
    return true;
}
