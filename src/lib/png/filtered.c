/* SPDX-License-Identifier: MIT */
/* f->above is three rows in one block:
 *
 *   | the row above | where filters are tried | a row of a pass, being assembled |
 *
 * Filters predict from the row above in the output, so rows are rotated first and then filtered
 * (PNG 3rd edition, 9). */
#include "filtered.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "pixels.h"

enum {
    BAND = 128,           /* rows rotated at a time; two rows of tiles in grid.c */
    LEAST_STEP = 1 << 18, /* bytes: each step ends a block when compressing in pieces */
    BYTES_STEP = 1 << 16, /* the same for bytes that already exist */
};

/* A pass takes rows from all over the rotated picture, which therefore is made at once. */
static uint32_t band_height(const exn_png_grid *grid, bool interlaced)
{
    return interlaced || grid->height < BAND ? grid->height : BAND;
}

/* Whole bands, at least LEAST_STEP. */
static uint64_t step_of(const exn_png_grid *turned)
{
    const uint64_t band = (uint64_t)BAND * (1 + turned->stride);
    return (LEAST_STEP + band - 1) / band * band;
}

uint64_t exn_png_filtered_memory(const exn_png_grid *turned, bool interlaced)
{
    const uint64_t rows = (uint64_t)3 + band_height(turned, interlaced);
    const uint64_t most = UINT64_MAX / 16;
    return turned->stride > most / rows ? most : turned->stride * rows + step_of(turned);
}

exn_status exn_png_filtered_open(exn_png_filtered *f, const exn_png_frame *frame, exn_orientation o,
                                 uint32_t *warnings, exn_error *error)
{
    const bool interlaced = frame->png->interlaced;
    *f = (exn_png_filtered){
        .frame = frame, .cancel = &frame->png->cancel, .o = o, .stored = exn_png_grid_of(frame)};
    f->turned = exn_png_grid_turned(&f->stored, o);
    f->size = exn_png_adam7_size(&f->turned, interlaced);
    f->step = (size_t)step_of(&f->turned);
    exn_status status = exn_png_pixels_load(frame, &f->rows, warnings, error);
    if (status != EXN_OK)
        return status;
    f->band = malloc(f->turned.stride * band_height(&f->turned, interlaced));
    f->above = calloc(3, f->turned.stride);
    return f->band && f->above ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "sample rows");
}

/* Without stored rows, everything is in f->bytes, which take() only reads. */
exn_png_filtered exn_png_filtered_of(exn_span bytes, const exn_cancel *cancel)
{
    return (exn_png_filtered){.cancel = cancel,
                              .size = bytes.size,
                              .step = BYTES_STEP,
                              .bytes = {(uint8_t *)(uintptr_t)bytes.data, bytes.size, bytes.size}};
}

/* libpng's rule, and clause 12.7's: filters help if samples are numbers of whole bytes. */
static bool worth_filtering(const exn_png *png)
{
    return png->colour_type != EXN_PNG_PALETTE && png->depth >= 8;
}

/* Appends a row of that grid, for which there has to be room. */
static void put_row(exn_png_filtered *f, const exn_png_grid *grid, const uint8_t *row)
{
    uint8_t *to = f->bytes.data + f->bytes.size;
    if (worth_filtering(f->frame->png)) {
        exn_png_filter_apply(row, f->above, grid->stride, exn_png_grid_step(grid), to,
                             f->above + f->turned.stride);
        memcpy(f->above, row, grid->stride);
    } else {
        to[0] = 0;
        memcpy(to + 1, row, grid->stride);
    }
    f->bytes.size += 1 + grid->stride;
}

/* Filters all passes of a picture that is entirely in the band. Each pass is filtered like a
 * picture of its own, with zeros above its first row; one without pixels has no bytes at all
 * (clause 8). */
static exn_status put_passes(exn_png_filtered *f)
{
    uint8_t *row = f->above + 2 * f->turned.stride;
    exn_png_pass passes[EXN_PNG_MAX_PASSES];
    const int count = exn_png_adam7_of(&f->turned, true, passes);
    for (int i = 0; i < count; i++) {
        const exn_png_pass *pass = &passes[i];
        memset(f->above, 0, f->turned.stride);
        for (uint32_t y = 0; pass->grid.width && y < pass->grid.height; y++) {
            if (exn_cancel_check(f->cancel, NULL) != EXN_OK)
                return EXN_CANCELLED;
            exn_png_adam7_take(
                pass, f->band + (pass->y + (size_t)y * pass->step_y) * f->turned.stride, row);
            put_row(f, &pass->grid, row);
        }
    }
    return EXN_OK;
}

/* Filters rows from y on, each against the one above it. Callers that request parts in order find
 * that row still there; after a jump it is rotated again. */
static exn_status put_rows(exn_png_filtered *f, uint32_t y, uint32_t end)
{
    if (y == 0)
        memset(f->above, 0, f->turned.stride);
    else if (y != f->next)
        exn_png_grid_turn(&f->stored, f->rows, f->o, y - 1, 1, f->above);
    for (uint32_t count; y < end; y += count) {
        count = end - y < BAND ? end - y : BAND;
        if (exn_cancel_check(f->cancel, NULL) != EXN_OK)
            return EXN_CANCELLED;
        exn_png_grid_turn(&f->stored, f->rows, f->o, y, count, f->band);
        for (uint32_t i = 0; i < count; i++)
            put_row(f, &f->turned, f->band + i * f->turned.stride);
    }
    f->next = end;
    return EXN_OK;
}

/* Filters all rows; nothing else is requested of the picture then. So the stored rows are freed
 * here, and in the end only one picture is held instead of two. */
static exn_status put_all(exn_png_filtered *f)
{
    exn_status status;
    if (f->frame->png->interlaced) {
        exn_png_grid_turn(&f->stored, f->rows, f->o, 0, f->turned.height, f->band);
        status = put_passes(f);
    } else {
        status = put_rows(f, 0, f->turned.height);
    }
    free(f->rows);
    f->rows = NULL;
    return status;
}

/* Parts may begin and end anywhere, but rows are made whole: f->bytes begins with the first one
 * needed or, if the picture was made at once, with row 0. f->rows is tested twice, because
 * put_all() frees it. */
exn_status exn_png_filtered_take(exn_png_filtered *f, uint64_t at, size_t size, exn_span *part)
{
    const uint64_t row = 1 + f->turned.stride;
    uint64_t first = at / row, end = (at + size + row - 1) / row;
    if (f->rows) {
        const bool all = size == f->size || f->frame->png->interlaced;
        f->bytes.size = 0;
        if (exn_buffer_reserve(&f->bytes, (size_t)(all ? f->size : (end - first) * row)) != EXN_OK)
            return EXN_MEMORY;
        exn_status status = all ? put_all(f) : put_rows(f, (uint32_t)first, (uint32_t)end);
        if (status != EXN_OK)
            return status;
    }
    if (f->rows)
        at -= first * row;
    *part = exn_span_part(exn_buffer_span(&f->bytes), (size_t)at, size);
    return EXN_OK;
}

void exn_png_filtered_close(exn_png_filtered *f)
{
    free(f->rows);
    free(f->band);
    free(f->above);
    exn_buffer_free(&f->bytes);
    *f = (exn_png_filtered){.rows = NULL};
}
