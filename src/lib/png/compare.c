/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include <stdlib.h>

#include "reader.h"

/* What libpng holds beside the caller's rows: some rows, an inflater, buffers. */
static uint64_t libpng_memory(const exn_png_grid *grid)
{
    enum { ROWS = 4, REST = 1 << 20 };
    return (uint64_t)grid->stride * ROWS + REST;
}

uint64_t exn_png_compare_memory(const exn_png_grid *source, const exn_png_grid *output,
                                bool interlaced)
{
    const uint64_t most = UINT64_MAX / 16;
    uint64_t rows =
        exn_png_grid_size(source) + (interlaced ? exn_png_grid_size(output) : output->stride);
    uint64_t libpng = libpng_memory(source) + libpng_memory(output);
    return rows > most ? most : rows + libpng;
}

/* All samples of a picture; *rows is the caller's, also on failure. */
static exn_status load(const exn_png_frame *frame, uint8_t **rows, exn_error *error)
{
    exn_png_grid grid = exn_png_grid_of(frame);
    exn_png_reader *reader = NULL;
    bool warned; /* reported when the output was made */
    *rows = calloc(1, (size_t)exn_png_grid_size(&grid));
    if (!*rows)
        return exn_status_fail(error, EXN_MEMORY, "samples");
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

/* The output that is read, and where its rows go: to one row, or to all where passes are put
 * together. */
typedef struct output {
    exn_png_reader *reader;
    exn_png_grid grid;
    bool interlaced;
    uint8_t *rows;
} output;

static exn_status compare_rows(output *out, const exn_png_grid *stored, const uint8_t *before,
                               exn_orientation o, exn_error *error)
{
    exn_status status = EXN_OK;
    if (out->interlaced)
        status = exn_png_reader_all(out->reader, out->rows, error);
    for (uint32_t y = 0; status == EXN_OK && y < out->grid.height; y++) {
        uint8_t *row = out->rows + (out->interlaced ? y * out->grid.stride : 0);
        if (!out->interlaced)
            status = exn_png_reader_next(out->reader, row, error);
        if (status == EXN_OK && !exn_png_grid_same_row(stored, before, o, y, row))
            status = exn_status_fail(error, EXN_MISMATCH, "the samples differ from the source's");
    }
    return status;
}

/* An output that libpng has anything to say of is none of ours. */
static exn_status finish(exn_png_reader *reader, exn_error *error)
{
    bool warned = false;
    exn_status status = exn_png_reader_finish(reader, &warned, error);
    if (status == EXN_OK && warned)
        status = exn_status_fail(error, EXN_MISMATCH, "libpng warns about the output");
    return status;
}

/* The source is held whole, since any of its pixels may come next; the output is read row by row
 * where that can be. */
exn_status exn_png_compare_samples(const exn_png_frame *source, const exn_png_frame *product,
                                   exn_orientation o, exn_error *error)
{
    output out = {.grid = exn_png_grid_of(product), .interlaced = product->png->interlaced};
    exn_png_grid stored = exn_png_grid_of(source);
    uint8_t *before = NULL;
    out.rows = calloc(1, out.interlaced ? (size_t)exn_png_grid_size(&out.grid) : out.grid.stride);
    exn_status status =
        out.rows ? load(source, &before, error) : exn_status_fail(error, EXN_MEMORY, "sample row");
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
