/* SPDX-License-Identifier: MIT */
#include "move.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "rle.h"

/* One call. */
typedef struct mover {
    const exn_move *move;
    const exn_label_shape *shape;
    exn_edits *edits;
    exn_error *error;
    exn_buffer text;
    bool is_outside;
} mover;

static exn_status fail(mover *m, exn_status status, const char *what)
{
    return exn_label_fail(m->error, status, &m->shape->place, "%s", what);
}

/* Number `slot` gets a new text. A number that stays what it was is no edit: an identity leaves the
 * file as it is, byte for byte. */
static exn_status put(mover *m, size_t slot, exn_span text)
{
    const exn_numbers_item *item = exn_numbers_at(m->shape->numbers, slot);
    if (exn_span_equal(text, exn_numbers_text(m->shape->numbers, slot)))
        return EXN_OK;
    return exn_edits_put(m->edits, item->offset, item->size, text, m->error);
}

/* As text, so that a number that only changes its place keeps its form. */
static exn_status copy(mover *m, size_t slot, size_t from)
{
    return put(m, slot, exn_numbers_text(m->shape->numbers, from));
}

static exn_status read(mover *m, size_t index, exn_decimal *number)
{
    return exn_measure_number(m->shape->numbers, index, &m->shape->place, number, m->error);
}

/* In the frame that the labels come from: a coordinate is mirrored there and then changes its
 * slot. */
static uint32_t side_of(const mover *m, bool is_y)
{
    switch (m->shape->unit) {
    case EXN_LABEL_PARTS:
        return 1;
    case EXN_LABEL_PERCENT:
        return 100;
    default:
        return is_y ? m->move->height : m->move->width;
    }
}

/* What a mirrored coordinate is subtracted from. Indices count the pixels: i of 0 to n-1 becomes
 * n-1-i, i of 1 to n becomes n+1-i; an edge e becomes n-e. */
static uint32_t end_of(const mover *m, bool is_y)
{
    const uint32_t side = side_of(m, is_y);
    switch (m->shape->coordinates) {
    case EXN_COORDINATES_PIXELS:
        return side - 1;
    case EXN_COORDINATES_PIXELS_FROM_1:
        return side + 1;
    default:
        return side;
    }
}

/* Number `slot` becomes end - number `at` - number `less`, in the form of number `at`. */
static exn_status mirror(mover *m, size_t slot, size_t at, const size_t *less, uint32_t end_at,
                         exn_decimal_zeros zeros)
{
    exn_decimal end, number, other;
    exn_status status = read(m, at, &number);
    if (status == EXN_OK && less)
        status = read(m, *less, &other);
    if (status != EXN_OK)
        return status;
    exn_decimal_set(&end, end_at);
    exn_decimal form = number;
    if (!exn_decimal_subtract(&end, &number, &number) ||
        (less && !exn_decimal_subtract(&number, &other, &number)))
        return fail(m, EXN_LIMIT, "a number has too many digits");
    m->text.size = 0;
    status = exn_decimal_write(&number, &form, zeros, &m->text);
    return status == EXN_OK ? put(m, slot, exn_buffer_span(&m->text))
                            : fail(m, status, "a number has too many digits");
}

/* The pair of numbers x, y and, of boxes, their lengths. A box's mirrored near corner is what was
 * its far one, so its length is subtracted, too; a transpose exchanges the slots of both axes. */
static exn_status move_pair(mover *m, size_t x, size_t y, const size_t *width, const size_t *height,
                            exn_decimal_zeros zeros)
{
    const exn_orientation o = m->move->o;
    const size_t to_x = o.transpose ? y : x, to_y = o.transpose ? x : y;
    exn_status status =
        o.flip_x ? mirror(m, to_x, x, width, end_of(m, false), zeros) : copy(m, to_x, x);
    if (status == EXN_OK)
        status = o.flip_y ? mirror(m, to_y, y, height, end_of(m, true), zeros) : copy(m, to_y, y);
    return status;
}

/* Both copies are of the old texts, since edits do not change the numbers. */
static exn_status swap_lengths(mover *m)
{
    if (!m->move->o.transpose)
        return EXN_OK;
    exn_status status = copy(m, 2, 3);
    return status == EXN_OK ? copy(m, 3, 2) : status;
}

static exn_status move_box(mover *m)
{
    const size_t width = 2, height = 3;
    exn_status status = move_pair(m, 0, 1, &width, &height, m->move->zeros);
    return status == EXN_OK ? swap_lengths(m) : status;
}

/* A center is a point: unlike a corner it is mirrored without its lengths. */
static exn_status move_center(mover *m)
{
    exn_status status = move_pair(m, 0, 1, NULL, NULL, EXN_DECIMAL_SAME);
    return status == EXN_OK ? swap_lengths(m) : status;
}

/* Points keep their order, also where a mirror changes the sense in which a polygon runs: formats
 * give it no meaning, and keypoints are known by it. */
static exn_status move_points(mover *m, size_t count)
{
    exn_status status = count % 2 ? fail(m, EXN_CORRUPT, "an odd count of coordinates") : EXN_OK;
    for (size_t i = 0; i < count && status == EXN_OK; i += 2)
        status = move_pair(m, i, i + 1, NULL, NULL, EXN_DECIMAL_SAME);
    return status;
}

/* A minimum stays one: where an axis is mirrored, the other corner's number comes. Slots are x, y,
 * x, y: i ^ 1 is the other axis of a corner, i ^ 2 the same axis of the other one. */
static exn_status move_corners(mover *m)
{
    const exn_orientation o = m->move->o;
    exn_status status = EXN_OK;
    for (size_t i = 0; i < 4 && status == EXN_OK; i++) {
        const bool is_y = i % 2;
        const size_t slot = o.transpose ? i ^ 1 : i, from = i ^ 2;
        if (is_y ? o.flip_y : o.flip_x)
            status = mirror(m, slot, from, NULL, end_of(m, is_y), EXN_DECIMAL_SAME);
        else
            status = copy(m, slot, i);
    }
    return status;
}

/* Turning does not change an angle against the sides that turn along; a mirror reverses it. It
 * stays within the circle that it is written in. An orientation mirrors where an odd number of
 * transpose, flip_x and flip_y are set. */
static exn_status move_angle(mover *m)
{
    const exn_orientation o = m->move->o;
    exn_decimal angle, circle;
    exn_status status = read(m, 0, &angle);
    if (status != EXN_OK || (o.transpose != o.flip_x) == o.flip_y || angle.count == 0)
        return status;
    exn_decimal form = angle;
    exn_decimal_set(&circle, angle.is_negative ? 0 : 360);
    if (!exn_decimal_subtract(&circle, &angle, &angle))
        return fail(m, EXN_LIMIT, "a number has too many digits");
    m->text.size = 0;
    status = exn_decimal_write(&angle, &form, EXN_DECIMAL_SAME, &m->text);
    return status == EXN_OK ? put(m, 0, exn_buffer_span(&m->text))
                            : fail(m, status, "a number has too many digits");
}

/* In a list they may be written as 12.0; what is no count of pixels is damage. */
static exn_status read_runs(mover *m, exn_rle *runs)
{
    const exn_numbers *numbers = m->shape->numbers;
    if (m->shape->coded_size)
        return exn_rle_decode(m->shape->coded, runs);
    exn_status status = EXN_OK;
    for (size_t i = 2; i < exn_numbers_count(numbers) && status == EXN_OK; i++) {
        exn_decimal number;
        uint32_t run;
        status = read(m, i, &number);
        if (status == EXN_OK)
            status = exn_decimal_is_size(&number, &run) ? exn_rle_add(runs, run) : EXN_CORRUPT;
    }
    return status;
}

/* In JSON a backslash is two. The letters are '0' to 'o': the backslash lies among them, the quote
 * does not. */
static exn_status write_letters(mover *m, const exn_rle *runs)
{
    exn_buffer letters = {0};
    exn_status status = exn_rle_encode(runs, &letters);
    for (size_t i = 0; i < letters.size && status == EXN_OK; i++) {
        if (letters.data[i] == '\\')
            status = exn_buffer_append(&m->text, "\\", 1);
        if (status == EXN_OK)
            status = exn_buffer_append(&m->text, &letters.data[i], 1);
    }
    exn_buffer_free(&letters);
    return status == EXN_OK ? exn_edits_put(m->edits, m->shape->coded_offset, m->shape->coded_size,
                                            exn_buffer_span(&m->text), m->error)
                            : status;
}

/* What separates the first two numbers of a list separates the new ones. It is read from the file
 * once more, so that a list with one run a line stays one; white space beyond an indentation is not
 * repeated for each run. The first two numbers are the mask's size. */
static exn_status read_separator(mover *m, exn_buffer *separator)
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
static exn_status write_list(mover *m, const exn_rle *runs)
{
    exn_buffer separator = {0};
    const exn_numbers *numbers = m->shape->numbers;
    const exn_numbers_item *first = exn_numbers_at(numbers, 2),
                           *last = exn_numbers_at(numbers, exn_numbers_count(numbers) - 1);
    exn_status status = read_separator(m, &separator);
    /* There may be as many as pixels, of 10 digits. */
    if (status == EXN_OK && exn_rle_count(runs) > m->move->max_memory / (10 + separator.size))
        status = EXN_LIMIT;
    for (size_t i = 0; i < exn_rle_count(runs) && status == EXN_OK; i++) {
        char text[16];
        int size = snprintf(text, sizeof text, "%" PRIu32, exn_rle_at(runs, i));
        if (i > 0)
            status = exn_buffer_append(&m->text, separator.data, separator.size);
        if (status == EXN_OK)
            status = exn_buffer_append(&m->text, text, (size_t)size);
    }
    exn_buffer_free(&separator);
    return status == EXN_OK
               ? exn_edits_put(m->edits, first->offset, last->offset + last->size - first->offset,
                               exn_buffer_span(&m->text), m->error)
               : status;
}

/* A mask of another size than its image belongs to another image, or frame. Two bytes for each
 * pixel while it is rotated (rle.c): the size is the file's word, and is held against the limit
 * first. */
static exn_status check_mask(mover *m)
{
    exn_decimal number;
    uint32_t height = 0, width = 0;
    exn_status status = read(m, 0, &number);
    if (status == EXN_OK && !exn_decimal_is_size(&number, &height))
        height = 0;
    if (status == EXN_OK)
        status = read(m, 1, &number);
    if (status == EXN_OK && !exn_decimal_is_size(&number, &width))
        width = 0;
    if (status != EXN_OK)
        return status;
    if (width != m->move->width || height != m->move->height)
        return exn_label_fail(m->error, EXN_CORRUPT, &m->shape->place,
                              "a mask of %" PRIu32 "x%" PRIu32 " on an image of %" PRIu32
                              "x%" PRIu32,
                              width, height, m->move->width, m->move->height);
    if ((uint64_t)width * height > m->move->max_memory / 2)
        return exn_label_fail(m->error, EXN_LIMIT, &m->shape->place,
                              "a mask of %" PRIu32 "x%" PRIu32 " needs more memory than is allowed",
                              width, height);
    return EXN_OK;
}

/* A mask is checked also where nothing is to be rotated: one of a wrong size shows that the labels
 * are another picture's. */
static exn_status move_runs(mover *m)
{
    exn_rle runs = {0}, moved = {0};
    exn_status status = check_mask(m);
    if (status == EXN_OK && !exn_orientation_is_identity(m->move->o)) {
        status = read_runs(m, &runs);
        if (status == EXN_OK)
            status = exn_rle_rotate(&runs, m->move->o, m->move->width, m->move->height, &moved);
        if (status == EXN_OK && m->move->o.transpose) {
            status = copy(m, 0, 1);
            if (status == EXN_OK)
                status = copy(m, 1, 0);
        }
        m->text.size = 0;
        if (status == EXN_OK)
            status = m->shape->coded_size ? write_letters(m, &moved) : write_list(m, &moved);
        if (status != EXN_OK)
            status = fail(m, status,
                          status == EXN_CORRUPT ? "runs that are not its mask's"
                          : status == EXN_LIMIT ? "its runs need more memory than is allowed"
                                                : "");
    }
    exn_rle_free(&runs);
    exn_rle_free(&moved);
    return status;
}

/* Parts and percents are measured as if they were pixels of a side of 1 or 100. */
static exn_status find_outside(mover *m)
{
    exn_measure measure;
    exn_label_shape in_pixels = *m->shape;
    exn_measure_init(&measure);
    in_pixels.unit = EXN_LABEL_PIXELS;
    exn_status status = exn_measure_add(&measure, &in_pixels, m->error);
    /* Sums of rounded numbers may be a little more than the side. */
    const double slack = m->shape->unit == EXN_LABEL_PIXELS ? 1e-6 : 1e-5;
    m->is_outside = measure.is_any && (measure.left < -slack || measure.top < -slack ||
                                       measure.right > side_of(m, false) + slack ||
                                       measure.bottom > side_of(m, true) + slack);
    return status;
}

static exn_status move_kind(mover *m)
{
    const size_t count = exn_numbers_count(m->shape->numbers);
    switch (m->shape->kind) {
    case EXN_LABEL_BOX:
        return move_box(m);
    case EXN_LABEL_CORNERS:
        return move_corners(m);
    case EXN_LABEL_CENTER:
        return move_center(m);
    case EXN_LABEL_POINTS:
        return move_points(m, count);
    case EXN_LABEL_ANGLE:
        return move_angle(m);
    case EXN_LABEL_RUNS:
        return move_runs(m);
    }
    return fail(m, EXN_INTERNAL, "a shape of no kind");
}

exn_status exn_move_shape(const exn_move *move, const exn_label_shape *shape, exn_edits *edits,
                          bool *is_outside, exn_error *error)
{
    mover m = {move, shape, edits, error, {0}, false};
    const bool stays = exn_orientation_is_identity(move->o);
    exn_status status = EXN_OK;
    if (!stays && shape->refusal)
        status = fail(&m, EXN_UNSUPPORTED, shape->refusal);
    if (status == EXN_OK)
        status = find_outside(&m);
    if (status == EXN_OK && (!stays || shape->kind == EXN_LABEL_RUNS))
        status = move_kind(&m);
    *is_outside = m.is_outside;
    exn_buffer_free(&m.text);
    return status;
}

exn_status exn_move_sizes(const exn_numbers *sizes, const exn_label_place *place, uint32_t width,
                          uint32_t height, exn_edits *edits, bool *is_set, exn_error *error)
{
    const uint32_t values[2] = {width, height};
    exn_status status = EXN_OK;
    *is_set = false;
    for (size_t i = 0; i < 2 && status == EXN_OK; i++) {
        exn_decimal number, value;
        uint32_t old;
        exn_buffer text = {0};
        status = exn_measure_number(sizes, i, place, &number, error);
        if (status != EXN_OK || (exn_decimal_is_size(&number, &old) && old == values[i]))
            continue;
        exn_decimal_set(&value, values[i]);
        status = exn_decimal_write(&value, &number, EXN_DECIMAL_SAME, &text);
        const exn_numbers_item *item = exn_numbers_at(sizes, i);
        if (status == EXN_OK)
            status = exn_edits_put(edits, item->offset, item->size, exn_buffer_span(&text), error);
        exn_buffer_free(&text);
        *is_set = true;
    }
    return status;
}
