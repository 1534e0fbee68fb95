/* SPDX-License-Identifier: MIT */
/* Whether two pictures show the same, sample for sample, as libpng reads them (reader.h). */
#ifndef EXN_PNG_COMPARE_H
#define EXN_PNG_COMPARE_H

#include "grid.h"

/* Bytes that comparing two pictures of these grids may take. */
uint64_t exn_png_compare_memory(const exn_png_grid *source, const exn_png_grid *output,
                                bool interlaced);

/* Both of legal sizes, one the other's rotated. Holds the source's samples; the output is read
 * some rows at a time unless it is interlaced. Fails with MISMATCH, CORRUPT, LIMIT, MEMORY. */
exn_status exn_png_compare_samples(const exn_png_frame *source, const exn_png_frame *product,
                                   exn_orientation o, exn_error *error);

#endif
