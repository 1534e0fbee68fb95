/* SPDX-License-Identifier: MIT */
#include "move_masks.h"

#include <inttypes.h>
#include <stdio.h>

#include "brush.h"
#include "mask.h"

/* Letters are written as letters, lists as lists. */
static exn_status read_runs(exn_mover *m, size_t first, exn_rle *runs)
{
    return exn_mask_runs(m->shape, first, runs, m->error);
}

/* COCO's letters are '0' to 'o', which includes the backslash but not the quote. In JSON a
 * backslash has to be doubled, and no other letter needs an escape (RFC 8259, 7). */
static exn_status write_letters(exn_mover *m, const exn_rle *runs)
{
    exn_buffer letters = {0}, text = {0};
    exn_status status = exn_rle_encode(runs, &letters);
    for (size_t i = 0; i < letters.size && status == EXN_OK; i++) {
        if (letters.data[i] == '\\')
            status = exn_account_append(m->edits->account, &text, "\\", 1);
        if (status == EXN_OK)
            status = exn_account_append(m->edits->account, &text, &letters.data[i], 1);
    }
    exn_account_free(m->edits->account, &letters);
    if (status == EXN_OK)
        status = exn_edits_put(m->edits, m->shape->coded_offset, m->shape->coded_size,
                               exn_buffer_span(&text), m->error);
    exn_account_free(m->edits->account, &text);
    return status;
}

/* The new runs are separated like the first two of the list. The separator is read from the file
 * again, so that a list with one run per line stays one. Separators of more than 64 bytes, deeper
 * than any sensible indentation, are not repeated, because there may be a million runs. */
static exn_status read_separator(exn_mover *m, size_t first, exn_buffer *separator)
{
    const exn_numbers *numbers = m->shape->numbers;
    if (exn_numbers_count(numbers) < first + 2)
        return exn_buffer_append(separator, ", ", 2);
    const exn_numbers_item *a = exn_numbers_at(numbers, first),
                           *b = exn_numbers_at(numbers, first + 1);
    uint64_t from = a->offset + a->size, size = b->offset - from;
    if (size > 64)
        return exn_buffer_append(separator, ", ", 2);
    exn_status status = exn_buffer_reserve(separator, (size_t)size);
    const exn_source *source = m->edits->source;
    if (status == EXN_OK && source->read(source->context, separator->data, (size_t)size, from) != 0)
        status = EXN_READ;
    separator->size = (size_t)size;
    return status;
}

/* All runs are one edit, since rotating may change their number. An empty list has failed before,
 * because it would not fill its mask. */
static exn_status put_list(exn_mover *m, size_t first, exn_span text)
{
    const exn_numbers *numbers = m->shape->numbers;
    const exn_numbers_item *from = exn_numbers_at(numbers, first),
                           *last = exn_numbers_at(numbers, exn_numbers_count(numbers) - 1);
    return exn_edits_put(m->edits, from->offset, last->offset + last->size - from->offset, text,
                         m->error);
}

/* run_at returns number i of count. It is a function because brushes have bytes and masks have
 * runs, while separators work the same. */
static exn_status write_list(exn_mover *m, size_t first, size_t count,
                             uint32_t (*run_at)(const void *runs, size_t i), const void *runs)
{
    exn_buffer separator = {0}, text = {0};
    exn_status status = read_separator(m, first, &separator);
    for (size_t i = 0; i < count && status == EXN_OK; i++) {
        char run[16];
        int size = snprintf(run, sizeof run, "%" PRIu32, run_at(runs, i));
        if (i > 0)
            status = exn_account_append(m->edits->account, &text, separator.data, separator.size);
        if (status == EXN_OK)
            status = exn_account_append(m->edits->account, &text, run, (size_t)size);
    }
    exn_buffer_free(&separator);
    if (status == EXN_OK)
        status = put_list(m, first, exn_buffer_span(&text));
    exn_account_free(m->edits->account, &text);
    return status;
}

static uint32_t run_at(const void *runs, size_t i)
{
    return exn_rle_at(runs, i);
}

static exn_status write_runs(exn_mover *m, size_t first, const exn_rle *runs)
{
    return write_list(m, first, exn_rle_count(runs), run_at, runs);
}

static uint32_t byte_at(const void *bytes, size_t i)
{
    return ((const exn_buffer *)bytes)->data[i];
}

/* A mask whose size differs from its image's belongs to another image or frame. COCO has height
 * before width. */
static exn_status check_mask(exn_mover *m)
{
    exn_decimal number;
    uint32_t height = 0, width = 0;
    exn_status status = exn_mover_read(m, 0, &number);
    if (status == EXN_OK && !exn_decimal_is_size(&number, &height))
        height = 0;
    if (status == EXN_OK)
        status = exn_mover_read(m, 1, &number);
    if (status == EXN_OK && !exn_decimal_is_size(&number, &width))
        width = 0;
    if (status != EXN_OK)
        return status;
    if (width != m->move->width || height != m->move->height)
        return exn_label_fail(m->error, EXN_CORRUPT, &m->shape->place,
                              "a mask of %" PRIu32 "x%" PRIu32 " on an image of %" PRIu32
                              "x%" PRIu32,
                              width, height, m->move->width, m->move->height);
    return EXN_OK;
}

static exn_status explain(exn_mover *m, exn_status status)
{
    return exn_mover_fail(m, status,
                          status == EXN_CORRUPT
                              ? "runs that are damaged, or are not those of its size"
                          : status == EXN_LIMIT ? "it needs more memory than is allowed"
                                                : "");
}

/* A mask is checked even if nothing rotates: a wrong size shows that the labels belong to another
 * picture. */
exn_status exn_move_masks_runs(exn_mover *m)
{
    exn_rle runs = {.account = m->edits->account}, moved = {.account = m->edits->account};
    exn_status status = check_mask(m);
    if (status == EXN_OK && !exn_orientation_is_identity(m->move->o)) {
        status = read_runs(m, 2, &runs);
        if (status == EXN_OK)
            status = exn_rle_rotate(&runs, m->move->o, m->move->width, m->move->height, &moved);
        if (status == EXN_OK && m->move->o.transpose) {
            status = exn_mover_copy(m, 0, 1);
            if (status == EXN_OK)
                status = exn_mover_copy(m, 1, 0);
        }
        if (status == EXN_OK)
            status = m->shape->coded_size ? write_letters(m, &moved) : write_runs(m, 2, &moved);
        if (status != EXN_OK)
            status = explain(m, status);
    }
    exn_rle_free(&runs);
    exn_rle_free(&moved);
    return status;
}

/* The patch's sides come from the file, but no patch is larger than its image, wherever it lies. So
 * a hostile file cannot ask for more memory than its picture's. */
static exn_status read_sides(exn_mover *m, uint32_t sides[2])
{
    for (size_t i = 0; i < 2; i++) {
        exn_decimal number;
        exn_status status = exn_mover_read(m, 2 + i, &number);
        if (status != EXN_OK)
            return status;
        if (!exn_decimal_is_size(&number, &sides[i]) || sides[i] == 0 ||
            sides[i] > (i ? m->move->height : m->move->width))
            return exn_mover_fail(m, EXN_CORRUPT, "a mask without a size that its image can have");
    }
    return EXN_OK;
}

/* Row by row is column by column of the transposed mask, in which x and y are swapped. */
exn_status exn_move_masks_patch(exn_mover *m)
{
    enum { FIRST = 4 };
    const exn_orientation o = m->move->o, by_rows = {o.transpose, o.flip_y, o.flip_x};
    exn_rle runs = {.account = m->edits->account}, moved = {.account = m->edits->account};
    uint32_t sides[2];
    exn_status status = read_sides(m, sides);
    if (status != EXN_OK)
        return status;
    status =
        exn_numbers_count(m->shape->numbers) > FIRST ? read_runs(m, FIRST, &runs) : EXN_CORRUPT;
    if (status == EXN_OK)
        status = exn_rle_rotate(&runs, by_rows, sides[1], sides[0], &moved);
    if (status == EXN_OK)
        status = write_runs(m, FIRST, &moved);
    exn_rle_free(&runs);
    exn_rle_free(&moved);
    return status == EXN_OK ? EXN_OK : explain(m, status);
}

/* A brush's runs are bytes, written as numbers. It covers the whole image and has its size. */
exn_status exn_move_masks_brush(exn_mover *m)
{
    exn_account *account = m->edits->account;
    exn_buffer bytes = {0}, moved = {0};
    exn_status status = exn_numbers_count(m->shape->numbers) ? EXN_OK : EXN_CORRUPT;
    if (status == EXN_OK)
        status = exn_mask_brush(m->shape, account, &bytes, m->error);
    if (status == EXN_OK)
        status = exn_brush_rotate(exn_buffer_span(&bytes), m->move->o, m->move->width,
                                  m->move->height, account, &moved);
    if (status == EXN_OK)
        status = write_list(m, 0, moved.size, byte_at, &moved);
    exn_account_free(account, &bytes);
    exn_account_free(account, &moved);
    return status == EXN_OK ? EXN_OK : explain(m, status);
}
