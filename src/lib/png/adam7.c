/* SPDX-License-Identifier: MIT */
#include "adam7.h"

#include <string.h>

/* Seven passes of 2^31 rows by 2^34 bytes exceed 64 bits, so each is capped at a size that no limit
 * allows. */
#define SATURATED (UINT64_MAX / 8)

/* Every step_x-th pixel from pass->x on, rounded up: x is less than the step, so nothing wraps. If
 * a side is 0 the pass has no pixels, and then no rows or filter bytes either (clause 8.2). */
static exn_png_grid reduce(const exn_png_grid *grid, const exn_png_pass *pass)
{
    exn_png_grid reduced = {.bits = grid->bits};
    uint64_t width = (uint64_t)grid->width + pass->step_x - 1 - pass->x;
    uint64_t height = (uint64_t)grid->height + pass->step_y - 1 - pass->y;
    reduced.width = (uint32_t)(width / pass->step_x);
    reduced.height = (uint32_t)(height / pass->step_y);
    reduced.stride = (size_t)(((uint64_t)reduced.width * grid->bits + 7) / 8);
    return reduced;
}

int exn_png_adam7_of(const exn_png_grid *grid, bool interlaced,
                     exn_png_pass passes[EXN_PNG_MAX_PASSES])
{
    /* Clause 8.2: where each pass begins and how far apart its pixels are. */
    static const struct {
        uint8_t x, y, step_x, step_y;
    } adam7[EXN_PNG_MAX_PASSES] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                   {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    if (!interlaced) {
        passes[0] = (exn_png_pass){0, 0, 1, 1, *grid};
        return 1;
    }
    for (int i = 0; i < EXN_PNG_MAX_PASSES; i++) {
        passes[i] = (exn_png_pass){
            .x = adam7[i].x, .y = adam7[i].y, .step_x = adam7[i].step_x, .step_y = adam7[i].step_y};
        passes[i].grid = reduce(grid, &passes[i]);
    }
    return EXN_PNG_MAX_PASSES;
}

uint64_t exn_png_adam7_size(const exn_png_grid *grid, bool interlaced)
{
    exn_png_pass passes[EXN_PNG_MAX_PASSES];
    int count = exn_png_adam7_of(grid, interlaced, passes);
    uint64_t total = 0;
    for (int i = 0; i < count; i++) {
        const exn_png_grid *reduced = &passes[i].grid;
        uint64_t row = 1 + (uint64_t)reduced->stride;
        if (reduced->width == 0 || reduced->height == 0)
            continue;
        total += row > SATURATED / 8 / reduced->height ? SATURATED / 8 : row * reduced->height;
    }
    return total;
}

/* Copies count pixels: in `from` they start at from_at and are from_step apart; in `to` likewise.
 */
static void move(const uint8_t *from, size_t from_at, size_t from_step, uint8_t *to, size_t to_at,
                 size_t to_step, const exn_png_grid *grid)
{
    const size_t bits = grid->bits, bytes = bits / 8;
    for (size_t i = 0; i < grid->width; i++, from_at += from_step, to_at += to_step) {
        if (bytes > 0) {
            memcpy(to + to_at * bytes, from + from_at * bytes, bytes);
            continue;
        }
        /* The leftmost pixel of a byte is in its high bits (clause 7.2). */
        const size_t per_byte = 8 / bits, mask = ((size_t)1 << bits) - 1;
        size_t pixel = from[from_at / per_byte] >> (8 - bits * (from_at % per_byte + 1)) & mask;
        size_t shift = 8 - bits * (to_at % per_byte + 1);
        uint8_t *byte = &to[to_at / per_byte];
        *byte = (uint8_t)((*byte & ~(mask << shift)) | pixel << shift);
    }
}

void exn_png_adam7_put(const exn_png_pass *pass, const uint8_t *reduced, uint8_t *row)
{
    move(reduced, 0, 1, row, pass->x, pass->step_x, &pass->grid);
}

/* Bits after the last pixel of a row have no meaning (clause 7.2); zeros make the output
 * reproducible. */
void exn_png_adam7_take(const exn_png_pass *pass, const uint8_t *row, uint8_t *reduced)
{
    memset(reduced, 0, pass->grid.stride);
    move(row, pass->x, pass->step_x, reduced, 0, 1, &pass->grid);
}
