/* SPDX-License-Identifier: MIT */
#include "move_masks.h"

#include <inttypes.h>
#include <stdio.h>

#include "rle.h"

/* In a list they may be written as 12.0; what is no count of pixels is damage. */
static exn_status read_runs(exn_mover *m, exn_rle *runs)
{
    const exn_numbers *numbers = m->shape->numbers;
    if (m->shape->coded_size)
        return exn_rle_decode(m->shape->coded, runs);
    exn_status status = EXN_OK;
    for (size_t i = 2; i < exn_numbers_count(numbers) && status == EXN_OK; i++) {
        exn_decimal number;
        uint32_t run;
        status = exn_mover_read(m, i, &number);
        if (status == EXN_OK)
            status = exn_decimal_is_size(&number, &run) ? exn_rle_add(runs, run) : EXN_CORRUPT;
    }
    return status;
}

/* In JSON a backslash is two. The letters are '0' to 'o': the backslash lies among them, the quote
 * does not. */
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

/* What separates the first two numbers of a list separates the new ones. It is read from the file
 * once more, so that a list with one run a line stays one; white space beyond an indentation is not
 * repeated for each run. The first two numbers are the mask's size. */
static exn_status read_separator(exn_mover *m, exn_buffer *separator)
{
    const exn_numbers *numbers = m->shape->numbers;
    if (exn_numbers_count(numbers) < 4)
        return exn_buffer_append(separator, ", ", 2);
    const exn_numbers_item *a = exn_numbers_at(numbers, 2), *b = exn_numbers_at(numbers, 3);
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

/* All runs are one edit, since there may be more or fewer of them after the rotation. A list of
 * none has failed before, as it would not fill its mask. */
static exn_status write_list(exn_mover *m, const exn_rle *runs)
{
    exn_buffer separator = {0}, text = {0};
    const exn_numbers *numbers = m->shape->numbers;
    const exn_numbers_item *first = exn_numbers_at(numbers, 2),
                           *last = exn_numbers_at(numbers, exn_numbers_count(numbers) - 1);
    exn_status status = read_separator(m, &separator);
    for (size_t i = 0; i < exn_rle_count(runs) && status == EXN_OK; i++) {
        char run[16];
        int size = snprintf(run, sizeof run, "%" PRIu32, exn_rle_at(runs, i));
        if (i > 0)
            status = exn_account_append(m->edits->account, &text, separator.data, separator.size);
        if (status == EXN_OK)
            status = exn_account_append(m->edits->account, &text, run, (size_t)size);
    }
    exn_buffer_free(&separator);
    if (status == EXN_OK)
        status = exn_edits_put(m->edits, first->offset, last->offset + last->size - first->offset,
                               exn_buffer_span(&text), m->error);
    exn_account_free(m->edits->account, &text);
    return status;
}

/* A mask of another size than its image belongs to another image, or frame. */
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

/* A mask is checked also where nothing is to be rotated: one of a wrong size shows that the labels
 * are another picture's. */
exn_status exn_move_masks_runs(exn_mover *m)
{
    exn_rle runs = {.account = m->edits->account}, moved = {.account = m->edits->account};
    exn_status status = check_mask(m);
    if (status == EXN_OK && !exn_orientation_is_identity(m->move->o)) {
        status = read_runs(m, &runs);
        if (status == EXN_OK)
            status = exn_rle_rotate(&runs, m->move->o, m->move->width, m->move->height, &moved);
        if (status == EXN_OK && m->move->o.transpose) {
            status = exn_mover_copy(m, 0, 1);
            if (status == EXN_OK)
                status = exn_mover_copy(m, 1, 0);
        }
        if (status == EXN_OK)
            status = m->shape->coded_size ? write_letters(m, &moved) : write_list(m, &moved);
        if (status != EXN_OK)
            status = exn_mover_fail(m, status,
                                    status == EXN_CORRUPT ? "runs that are not its mask's"
                                    : status == EXN_LIMIT ? "it needs more memory than is allowed"
                                                          : "");
    }
    exn_rle_free(&runs);
    exn_rle_free(&moved);
    return status;
}
