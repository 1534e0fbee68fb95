/* SPDX-License-Identifier: MIT */
#include "pixels.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "idat.h"

uint64_t exn_png_pixels_filtered_size(const exn_png_frame *frame)
{
    exn_png_grid grid = exn_png_grid_of(frame);
    return exn_png_adam7_size(&grid, frame->png->interlaced);
}

uint64_t exn_png_pixels_codec_memory(const exn_png_grid *grid)
{
    return (grid->stride > UINT64_MAX / 32 ? UINT64_MAX / 32 : grid->stride) * 2 + (1 << 20);
}

/* Assembles rows from the inflated bytes. */
typedef struct reader {
    exn_png_sink sink; /* first */
    const exn_png_frame *frame;
    size_t stride;
    exn_png_pass passes[EXN_PNG_MAX_PASSES];
    int pass;
    uint32_t y;     /* the row's number in the pass */
    bool in_row;    /* its filter byte has been read */
    uint8_t filter; /* 0 to 4 */
    size_t filled;  /* how many bytes of the row are there */
    uint8_t *rows;  /* the whole picture, or NULL */
    uint8_t *row, *above;
    uint8_t
        *spare; /* two rows, zeroed at first: the one above the first row, and those of passes */
} reader;

/* Where the next row goes: into the picture, or into a buffer if it belongs to a pass. Rows of a
 * pass alternate between two buffers, so that each finds the one above it. */
static void begin_row(reader *r)
{
    bool whole = r->passes[r->pass].step_x == 1 && r->passes[r->pass].step_y == 1;
    r->filled = 0;
    r->in_row = true;
    if (whole) {
        r->row = r->rows + r->y * r->stride;
        r->above = r->y ? r->row - r->stride : r->spare;
        return;
    }
    bool odd = r->y % 2;
    r->row = r->spare + (odd ? r->stride : 0);
    r->above = r->spare + (odd ? 0 : r->stride);
    if (r->y == 0)
        memset(r->above, 0, r->stride);
}

/* A row of a picture without passes is already in place; the pixels of one in a pass are spread out
 * (clause 8.2), which is possible only after unfiltering. */
static void end_row(reader *r)
{
    const exn_png_pass *pass = &r->passes[r->pass];
    if (r->rows) {
        exn_png_filter_undo(r->filter, r->row, r->above, pass->grid.stride,
                            exn_png_grid_step(&pass->grid));
        if (r->row == r->spare || r->row == r->spare + r->stride)
            exn_png_adam7_put(pass, r->row,
                              r->rows + (pass->y + (size_t)r->y * pass->step_y) * r->stride);
    }
    r->in_row = false;
    r->y++;
}

/* Advances to a pass that has rows left. There is one, because expected bytes end with the last
 * row. In a small picture, passes may have no columns: they take no bytes, not even for filters. */
static void next_pass(reader *r)
{
    while (r->passes[r->pass].grid.width == 0 || r->y >= r->passes[r->pass].grid.height) {
        r->pass++;
        r->y = 0;
    }
}

static exn_status take_filter(reader *r, uint8_t filter, exn_error *error)
{
    if (filter >= EXN_PNG_FILTERS)
        return exn_status_fail(error, EXN_CORRUPT, "%s: illegal filter %u",
                               exn_png_frames_name_of(r->frame).text, (unsigned)filter);
    next_pass(r);
    r->filter = filter;
    r->filled = 0;
    r->in_row = true;
    if (r->rows)
        begin_row(r);
    return EXN_OK;
}

/* Pieces end with the inflater's buffer, in the middle of a row or after a filter byte. Without
 * rows, only the filter bytes are checked. */
static exn_status take_bytes(exn_png_sink *sink, exn_span bytes, exn_error *error)
{
    reader *r = (reader *)sink;
    while (bytes.size > 0) {
        if (!r->in_row) {
            exn_status status = take_filter(r, bytes.data[0], error);
            if (status != EXN_OK)
                return status;
            bytes = exn_span_part(bytes, 1, SIZE_MAX);
        }
        size_t size = r->passes[r->pass].grid.stride;
        exn_span piece = exn_span_part(bytes, 0, size - r->filled);
        if (r->rows && piece.size > 0)
            memcpy(r->row + r->filled, piece.data, piece.size);
        r->filled += piece.size;
        bytes = exn_span_part(bytes, piece.size, SIZE_MAX);
        if (r->filled == size)
            end_row(r);
    }
    return EXN_OK;
}

exn_status exn_png_pixels_read(const exn_png_frame *frame, uint8_t *rows, uint32_t *warnings,
                               exn_error *error)
{
    exn_png_grid grid = exn_png_grid_of(frame);
    reader r = {.sink = {take_bytes}, .frame = frame, .stride = grid.stride, .rows = rows};
    exn_png_adam7_of(&grid, frame->png->interlaced, r.passes);
    r.spare = rows ? calloc(2, grid.stride) : NULL;
    if (rows && !r.spare)
        return exn_status_fail(error, EXN_MEMORY, "sample rows");
    exn_status status =
        exn_png_idat_inflate(frame, exn_png_pixels_filtered_size(frame), &r.sink, warnings, error);
    free(r.spare);
    return status;
}

exn_status exn_png_pixels_load(const exn_png_frame *frame, uint8_t **rows, uint32_t *warnings,
                               exn_error *error)
{
    exn_png_grid grid = exn_png_grid_of(frame);
    *rows = calloc(1, (size_t)exn_png_grid_size(&grid));
    if (!*rows)
        return exn_status_fail(error, EXN_MEMORY, "samples");
    return exn_png_pixels_read(frame, *rows, warnings, error);
}
