/* SPDX-License-Identifier: MIT */
/* The five filters of a PNG's rows (PNG 3rd edition, clause 9).
 *
 * A filtered row is a filter byte followed by as many bytes as the row has. step: the bytes of a
 * pixel, or 1 if it has less. above: the unfiltered row above, all zero for the first one of a
 * picture or pass. */
#ifndef EXN_PNG_FILTER_H
#define EXN_PNG_FILTER_H

#include "buffer.h"

enum { EXN_PNG_FILTERS = 5 }; /* none, sub, up, average, Paeth: filter bytes 0 to 4 */

/* Undoes the filter (0 to 4) on size bytes in place. */
void exn_png_filter_undo(uint32_t filter, uint8_t *row, const uint8_t *above, size_t size,
                         size_t step);

/* Writes 1 + size bytes to `to`: the row with the filter whose bytes, as signed numbers, have the
 * smallest sum of magnitudes (clause 12.7). spare: scratch space of size bytes. */
void exn_png_filter_apply(const uint8_t *row, const uint8_t *above, size_t size, size_t step,
                          uint8_t *to, uint8_t *spare);

#endif
