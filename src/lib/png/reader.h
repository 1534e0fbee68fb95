/* SPDX-License-Identifier: MIT */
/* A picture's rows as libpng reads them, raw: packed as the file has them, no transform.
 * exn_verify() compares these, so that a fault of our own decoder cannot hide itself.
 *
 *     exn_png_reader_open(), then exn_png_reader_next() for each row, or exn_png_reader_all();
 * exn_png_reader_finish() exn_png_reader_close() in any case
 *
 * A frame of an animation is handed to libpng as a PNG of its own (PNG 3rd edition, 4.9). libpng's
 * longjmp never leaves reader.c. */
#ifndef EXN_PNG_READER_H
#define EXN_PNG_READER_H

#include "grid.h"

typedef struct exn_png_reader exn_png_reader;

/* *reader is NULL on failure. libpng may hold so much memory as max_memory says. Fails with
 * CORRUPT, LIMIT, MEMORY. */
exn_status exn_png_reader_open(exn_png_reader **reader, const exn_png_frame *frame,
                               uint64_t max_memory, exn_error *error);

/* For a source: what the stream lacks after the last row is no failure, as it is none to browsers
 * (harmless-noise). Should that row be missing itself, it does not compare equal. */
void exn_png_reader_forgive(exn_png_reader *reader);

/* The next row of a picture that is not interlaced. */
exn_status exn_png_reader_next(exn_png_reader *reader, uint8_t *row, exn_error *error);

/* All rows of any picture: exn_png_grid_size() bytes, all zero before. */
exn_status exn_png_reader_all(exn_png_reader *reader, uint8_t *rows, exn_error *error);

/* Reads what follows the last row. Whether libpng had anything to warn of, then and before. */
exn_status exn_png_reader_finish(exn_png_reader *reader, bool *warned, exn_error *error);

void exn_png_reader_close(exn_png_reader *reader);

#endif
