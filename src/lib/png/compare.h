/* SPDX-License-Identifier: MIT */
/* Compares two pictures sample for sample, as libpng reads them (reader.h). */
#ifndef EXN_PNG_COMPARE_H
#define EXN_PNG_COMPARE_H

#include "grid.h"

/* The bytes that comparing two pictures with these grids may take. */
uint64_t exn_png_compare_memory(const exn_png_grid *source, const exn_png_grid *output,
                                bool interlaced);

/* Both have legal sizes, and one has the other's size rotated. Holds the source's samples; the
 * output is read a few rows at a time unless it is interlaced. Fails with MISMATCH, CORRUPT, LIMIT,
 * MEMORY. */
exn_status exn_png_compare_samples(const exn_png_frame *source, const exn_png_frame *product,
                                   exn_orientation o, exn_error *error);

#endif
