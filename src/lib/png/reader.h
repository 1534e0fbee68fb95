/* SPDX-License-Identifier: MIT */
/* A picture's rows as libpng reads them, raw: packed as in the file, without conversions.
 * exn_verify() compares these, so that a fault in our own decoder cannot hide itself.
 *
 *   exn_png_reader_open(), then
 *   exn_png_reader_next() for each row, or exn_png_reader_all(); exn_png_reader_finish()
 *   exn_png_reader_close() in any case
 *
 * A frame of an animation is presented to libpng as a PNG of its own (PNG 3rd edition, 4.9).
 * libpng's longjmp never leaves reader.c. */
#ifndef EXN_PNG_READER_H
#define EXN_PNG_READER_H

#include "grid.h"

typedef struct exn_png_reader exn_png_reader;

/* *reader is NULL on failure. libpng may hold at most max_memory. Fails with CORRUPT, LIMIT,
 * MEMORY. */
exn_status exn_png_reader_open(exn_png_reader **reader, const exn_png_frame *frame,
                               uint64_t max_memory, exn_error *error);

/* For a source: anything missing in the stream after the last row is no failure, as in browsers
 * (harmless-noise). If that row itself is missing, it will not compare equal. */
void exn_png_reader_forgive(exn_png_reader *reader);

/* Reads the next row of a picture that is not interlaced. */
exn_status exn_png_reader_next(exn_png_reader *reader, uint8_t *row, exn_error *error);

/* Reads all rows of any picture: exn_png_grid_size() zeroed bytes. */
exn_status exn_png_reader_all(exn_png_reader *reader, uint8_t *rows, exn_error *error);

/* Reads what follows the last row. *warned: whether libpng warned of anything so far. */
exn_status exn_png_reader_finish(exn_png_reader *reader, bool *warned, exn_error *error);

void exn_png_reader_close(exn_png_reader *reader);

#endif
