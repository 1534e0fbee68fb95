/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include <stdlib.h>

#include "pages.h"
#include "reader.h"

/* How many rows of an output are compared together. */
enum { BAND = 64 };

/* What libpng holds besides the caller's rows: a few rows, an inflater, buffers. */
static uint64_t libpng_memory(const exn_png_grid *grid)
{
    enum { ROWS = 4, REST = 1 << 20 };
    return (uint64_t)grid->stride * ROWS + REST;
}

/* How many rows of the output are held: all of them if passes have to be combined. */
static uint32_t rows_held(const exn_png_grid *output, bool interlaced)
{
    return interlaced || output->height < BAND ? output->height : BAND;
}

uint64_t exn_png_compare_memory(const exn_png_grid *source, const exn_png_grid *output,
                                bool interlaced)
{
    const uint64_t most = UINT64_MAX / 16;
    exn_png_grid held = *output;
    held.height = rows_held(output, interlaced);
    uint64_t rows = exn_png_grid_size(source) + exn_png_grid_size(&held);
    uint64_t libpng = libpng_memory(source) + libpng_memory(output);
    return rows > most ? most : rows + libpng;
}

/* Loads all samples of a picture; *rows is the caller's, also on failure. */
static exn_status load(const exn_png_frame *frame, uint8_t **rows, exn_error *error)
{
    exn_png_grid grid = exn_png_grid_of(frame);
    exn_png_reader *reader = NULL;
    bool warned; /* was reported when the output was made */
    *rows = calloc(1, (size_t)exn_png_grid_size(&grid));
    if (!*rows)
        return exn_status_fail(error, EXN_MEMORY, "samples");
    exn_pages_large(*rows, (size_t)exn_png_grid_size(&grid));
    exn_status status = exn_png_reader_open(&reader, frame, libpng_memory(&grid), error);
    if (status == EXN_OK) {
        exn_png_reader_forgive(reader);
        status = exn_png_reader_all(reader, *rows, error);
    }
    if (status == EXN_OK)
        status = exn_png_reader_finish(reader, &warned, error);
    exn_png_reader_close(reader);
    return status;
}

/* The output being read, and where its rows go. */
typedef struct output {
    exn_png_reader *reader;
    exn_png_grid grid;
    bool interlaced;
    uint32_t held;
    uint8_t *rows; /* held of them */
} output;

/* Reads the next count rows. */
static exn_status read_rows(const output *out, uint32_t count, exn_error *error)
{
    exn_status status = EXN_OK;
    if (out->interlaced)
        return exn_png_reader_all(out->reader, out->rows, error);
    for (uint32_t n = 0; status == EXN_OK && n < count; n++)
        status = exn_png_reader_next(out->reader, out->rows + n * out->grid.stride, error);
    return status;
}

static exn_status compare_rows(const output *out, const exn_png_grid *stored, const uint8_t *before,
                               exn_orientation o, exn_error *error)
{
    exn_status status = EXN_OK;
    for (uint32_t y = 0; status == EXN_OK && y < out->grid.height; y += out->held) {
        const uint32_t left = out->grid.height - y;
        const uint32_t count = left < out->held ? left : out->held;
        status = read_rows(out, count, error);
        if (status == EXN_OK && !exn_png_grid_same_rows(stored, before, o, y, count, out->rows))
            status = exn_status_fail(error, EXN_MISMATCH, "the samples differ from the source's");
    }
    return status;
}

/* Our outputs give libpng nothing to complain about. */
static exn_status finish(exn_png_reader *reader, exn_error *error)
{
    bool warned = false;
    exn_status status = exn_png_reader_finish(reader, &warned, error);
    if (status == EXN_OK && warned)
        status = exn_status_fail(error, EXN_MISMATCH, "libpng warns about the output");
    return status;
}

/* The source is held entirely, because any of its pixels may be needed next; the output is read a
 * few rows at a time if possible. */
exn_status exn_png_compare_samples(const exn_png_frame *source, const exn_png_frame *product,
                                   exn_orientation o, exn_error *error)
{
    output out = {.grid = exn_png_grid_of(product), .interlaced = product->png->interlaced};
    exn_png_grid stored = exn_png_grid_of(source);
    uint8_t *before = NULL;
    out.held = rows_held(&out.grid, out.interlaced);
    out.rows = calloc(out.held, out.grid.stride);
    exn_status status =
        out.rows ? load(source, &before, error) : exn_status_fail(error, EXN_MEMORY, "sample rows");
    if (status == EXN_OK)
        status = exn_png_reader_open(&out.reader, product, libpng_memory(&out.grid), error);
    if (status == EXN_OK)
        status = compare_rows(&out, &stored, before, o, error);
    if (status == EXN_OK)
        status = finish(out.reader, error);
    exn_png_reader_close(out.reader);
    free(out.rows);
    free(before);
    return status;
}
