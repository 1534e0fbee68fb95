/* SPDX-License-Identifier: MIT */
/* Rows of samples as they are in the file, without any conversion: packed 1, 2 and 4 bit pixels,
 * big-endian 16 bit samples. */
#ifndef EXN_PNG_GRID_H
#define EXN_PNG_GRID_H

#include "frames.h"

/* The shape of a picture's rows. bits: of one pixel: 1, 2, 4, 8, 16, 24, 32, 48 or 64. */
typedef struct exn_png_grid {
    uint32_t width, height;
    uint32_t bits;
    size_t stride; /* bytes of a row */
} exn_png_grid;

/* The stored picture's grid, and the grid of the same picture rotated. */
exn_png_grid exn_png_grid_of(const exn_png_frame *frame);
exn_png_grid exn_png_grid_turned(const exn_png_grid *grid, exn_orientation o);

/* How far back filters look (PNG 3rd edition, 9.2): the bytes of a pixel, or one if several pixels
 * share it. */
size_t exn_png_grid_step(const exn_png_grid *grid);

/* The bytes of all rows; saturates at UINT64_MAX / 8. */
uint64_t exn_png_grid_size(const exn_png_grid *grid);

/* Makes rows first to first + count - 1 of the rotated picture. rows has all rows of the stored
 * one; band receives count rows of exn_png_grid_turned(). Bits after the last pixel of a row become
 * 0. */
void exn_png_grid_turn(const exn_png_grid *stored, const uint8_t *rows, exn_orientation o,
                       uint32_t first, uint32_t count, uint8_t *band);

/* Whether rows first to first + count - 1 of the rotated picture, whose grid is
 * exn_png_grid_turned(), show the pixels of rows that o puts there. Works pixel by pixel from the
 * definition of an orientation, and shares no code with exn_png_grid_turn(), which it checks. */
bool exn_png_grid_same_rows(const exn_png_grid *stored, const uint8_t *rows, exn_orientation o,
                            uint32_t first, uint32_t count, const uint8_t *band);

#endif
