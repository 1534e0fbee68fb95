/* SPDX-License-Identifier: MIT */
#include "pixels.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "idat.h"

#define BAND 128 /* rows rotated at a time; two rows of tiles in samples.c */

uint64_t exn_png_pixels_filtered_size(const exn_png_frame *frame)
{
    exn_png_grid grid = exn_png_grid_of(frame);
    return exn_png_adam7_size(&grid, frame->png->interlaced);
}

/* A pass takes rows from all over the rotated picture, so then all of it is made at once. */
static uint32_t band_height(const exn_png_grid *grid, bool interlaced)
{
    return interlaced || grid->height < BAND ? grid->height : BAND;
}

uint64_t exn_png_pixels_codec_memory(const exn_png_grid *grid, bool interlaced)
{
    uint64_t rows = (uint64_t)4 + band_height(grid, interlaced);
    const uint64_t most = UINT64_MAX / 16;
    return (grid->stride > most / rows ? most : grid->stride * rows) + (1 << 20);
}

static size_t step_of(const exn_png_grid *grid)
{
    return grid->bits < 8 ? 1 : grid->bits / 8;
}

/* --- Reading --------------------------------------------------------------------------------- */

/* Puts rows together from the bytes that inflating gives. */
typedef struct reader {
    exn_png_sink sink; /* first */
    const exn_png_frame *frame;
    size_t stride;
    exn_png_pass passes[EXN_PNG_MAX_PASSES];
    int pass;
    uint32_t y;     /* of the row in the pass */
    bool in_row;    /* its filter byte is known */
    uint8_t filter; /* 0 to 4 */
    size_t filled;  /* bytes of the row that are there */
    uint8_t *rows;  /* the whole picture, or NULL */
    uint8_t *row, *above;
    uint8_t *spare; /* two rows, all zero at first: above the first row, and for the passes */
} reader;

/* Where the row that begins goes: into the picture, or where a pass has it put together. Rows of a
 * pass alternate between two, so that each finds the one above it. */
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

static void end_row(reader *r)
{
    const exn_png_pass *pass = &r->passes[r->pass];
    if (r->rows) {
        exn_png_filter_undo(r->filter, r->row, r->above, pass->grid.stride, step_of(&pass->grid));
        if (r->row == r->spare || r->row == r->spare + r->stride)
            exn_png_adam7_put(pass, r->row,
                              r->rows + (pass->y + (size_t)r->y * pass->step_y) * r->stride);
    }
    r->in_row = false;
    r->y++;
}

/* Goes on to a pass that has rows left; expected bytes end with the last row, so there is one. */
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

/* Pieces end where the inflater's buffer does, in the middle of a row or after a filter byte.
 * Without rows the filter bytes alone are checked. */
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

/* --- Writing --------------------------------------------------------------------------------- */

/* libpng's rule, and clause 12.7's: filters help samples that are numbers of whole bytes. */
static bool worth_filtering(const exn_png *png)
{
    return png->colour_type != EXN_PNG_PALETTE && png->depth >= 8;
}

/* Appends rows to what is filtered. */
typedef struct filterer {
    bool filters;
    exn_buffer *out; /* has room for all */
    uint8_t *above;  /* the row before, or zeros */
    uint8_t *spare;
} filterer;

static void put_row(filterer *f, const exn_png_grid *grid, const uint8_t *row)
{
    uint8_t *to = f->out->data + f->out->size;
    if (f->filters) {
        exn_png_filter_apply(row, f->above, grid->stride, step_of(grid), to, f->spare);
        memcpy(f->above, row, grid->stride);
    } else {
        to[0] = 0;
        memcpy(to + 1, row, grid->stride);
    }
    f->out->size += 1 + grid->stride;
}

static exn_status put_passes(filterer *f, const exn_cancel *cancel, const exn_png_grid *turned,
                             const uint8_t *picture, uint8_t *row)
{
    exn_png_pass passes[EXN_PNG_MAX_PASSES];
    int count = exn_png_adam7_of(turned, true, passes);
    for (int i = 0; i < count; i++) {
        const exn_png_pass *pass = &passes[i];
        memset(f->above, 0, turned->stride);
        for (uint32_t y = 0; pass->grid.width && y < pass->grid.height; y++) {
            if (exn_cancel_check(cancel, NULL) != EXN_OK)
                return EXN_CANCELLED;
            exn_png_adam7_take(
                pass, picture + (pass->y + (size_t)y * pass->step_y) * turned->stride, row);
            put_row(f, &pass->grid, row);
        }
    }
    return EXN_OK;
}

static exn_status put_bands(filterer *f, const exn_cancel *cancel, const exn_png_grid *stored,
                            const exn_png_grid *turned, const uint8_t *rows, exn_orientation o,
                            uint8_t *band)
{
    for (uint32_t y = 0; y < turned->height; y += BAND) {
        uint32_t count = turned->height - y < BAND ? turned->height - y : BAND;
        if (exn_cancel_check(cancel, NULL) != EXN_OK)
            return EXN_CANCELLED;
        exn_png_grid_turn(stored, rows, o, y, count, band);
        for (uint32_t i = 0; i < count; i++)
            put_row(f, turned, band + i * turned->stride);
    }
    return EXN_OK;
}

exn_status exn_png_pixels_filter_turned(const exn_png_frame *frame, const uint8_t *rows,
                                        exn_orientation o, exn_buffer *filtered, exn_error *error)
{
    exn_png_grid stored = exn_png_grid_of(frame);
    exn_png_grid turned = exn_png_grid_turned(&stored, o);
    bool interlaced = frame->png->interlaced;
    size_t height = band_height(&turned, interlaced);
    uint8_t *band = malloc(turned.stride * height);
    uint8_t *spare = calloc(3, turned.stride);
    exn_status status = exn_buffer_reserve(filtered, exn_png_adam7_size(&turned, interlaced));
    if (!band || !spare || status != EXN_OK) {
        status = exn_status_fail(error, EXN_MEMORY, "sample rows");
    } else {
        filterer f = {worth_filtering(frame->png), filtered, spare, spare + turned.stride};
        if (interlaced) {
            exn_png_grid_turn(&stored, rows, o, 0, turned.height, band);
            status = put_passes(&f, &frame->png->cancel, &turned, band, spare + 2 * turned.stride);
        } else {
            status = put_bands(&f, &frame->png->cancel, &stored, &turned, rows, o, band);
        }
    }
    free(spare);
    free(band);
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
