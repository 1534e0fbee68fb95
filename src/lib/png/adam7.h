/* SPDX-License-Identifier: MIT */
/* The reduced pictures of an interlaced PNG (PNG 3rd edition, clause 8.2): the seven passes of
 * Adam7, or a single one if a picture is not interlaced. */
#ifndef EXN_PNG_ADAM7_H
#define EXN_PNG_ADAM7_H

#include "grid.h"

enum { EXN_PNG_MAX_PASSES = 7 };

/* Every step_x-th pixel from x on of every step_y-th row from y on. */
typedef struct exn_png_pass {
    uint32_t x, y, step_x, step_y;
    exn_png_grid grid; /* of the reduced picture; width or height 0: it has no rows at all */
} exn_png_pass;

/* Fills in the passes of a picture with this grid; returns how many there are. */
int exn_png_adam7_of(const exn_png_grid *grid, bool interlaced,
                     exn_png_pass passes[EXN_PNG_MAX_PASSES]);

/* The bytes of all filtered rows of a picture with this grid, including a filter byte each.
 * Saturates at UINT64_MAX / 8. */
uint64_t exn_png_adam7_size(const exn_png_grid *grid, bool interlaced);

/* Puts a row of a pass into the picture's row it belongs to, or takes it from there. A row that is
 * taken has zeros after its last pixel. */
void exn_png_adam7_put(const exn_png_pass *pass, const uint8_t *reduced, uint8_t *row);
void exn_png_adam7_take(const exn_png_pass *pass, const uint8_t *row, uint8_t *reduced);

#endif
