/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <math.h>

#include "decimal.h"

/* Empty: any first number extends it in both directions. */
void exn_measure_init(exn_measure *measure)
{
    *measure = (exn_measure){false, INFINITY, INFINITY, -INFINITY, -INFINITY, false};
}

/* The message shows at most 40 bytes of it, as a number may have any length. */
exn_status exn_measure_number(const exn_numbers *numbers, size_t index,
                              const exn_label_place *place, exn_decimal *number, exn_error *error)
{
    exn_span text = exn_numbers_text(numbers, index);
    if (exn_decimal_read(text, number))
        return EXN_OK;
    return exn_label_fail(error, EXN_CORRUPT, place, "'%.*s' cannot be read as a number",
                          text.size < 40 ? (int)text.size : 40, (const char *)text.data);
}

/* The fast path first, as there are millions of these; the slow one also says what is wrong. */
static exn_status read(const exn_label_shape *shape, size_t index, double *value, exn_error *error)
{
    exn_decimal number;
    if (exn_decimal_short_value(exn_numbers_short(shape->numbers, index), value) ||
        exn_decimal_read_value(exn_numbers_text(shape->numbers, index), value))
        return EXN_OK;
    return exn_measure_number(shape->numbers, index, &shape->place, &number, error);
}

static void widen(double *low, double *high, double from, double to)
{
    const double less = from < to ? from : to, more = from < to ? to : from;
    *low = less < *low ? less : *low;
    *high = more > *high ? more : *high;
}

/* Some tools write negative lengths; the box then extends the other way. */
void exn_measure_extend(exn_measure *measure, double left, double top, double right, double bottom)
{
    widen(&measure->left, &measure->right, left, right);
    widen(&measure->top, &measure->bottom, top, bottom);
    measure->is_any = true;
    if (measure->right > EXN_MEASURE_PARTS || measure->bottom > EXN_MEASURE_PARTS)
        measure->is_in_parts = false;
    else
        measure->is_in_parts |= left != floor(left) || top != floor(top) || right != floor(right) ||
                                bottom != floor(bottom);
}

/* Whether its numbers are places. */
static bool is_placed(exn_label_kind kind)
{
    switch (kind) {
    case EXN_LABEL_ANGLE:
    case EXN_LABEL_RADIANS:
    case EXN_LABEL_DOT:
    case EXN_LABEL_RUNS:
    case EXN_LABEL_BRUSH:
    case EXN_LABEL_FILE:
    case EXN_LABEL_PICTURE:
    case EXN_LABEL_BITMAP:
        return false;
    default:
        return true;
    }
}

/* How far a box extends that is tilted about its center. Tools write corners with two decimals, so
 * each end is shortened by as much as those and the angle's rounding may be off. */
static void extend_tilted(exn_measure *measure, double x, double y, double width, double height,
                          double degrees)
{
    const double slack = 0.02, angle = degrees * 3.14159265358979323846 / 180;
    const double c = fabs(cos(angle)), s = fabs(sin(angle));
    const double across = fmax((fabs(width) * c + fabs(height) * s) / 2 - slack, 0),
                 down = fmax((fabs(width) * s + fabs(height) * c) / 2 - slack, 0);
    exn_measure_extend(measure, x - across, y - down, x + across, y + down);
}

/* A tilted shape may extend farther than its numbers in one direction and less far in the other.
 * Its center is inside however it is tilted, and so is the corner that it is tilted about, so only
 * that counts. For a box given by two corners it is the center, and its full extent if its angle is
 * known. */
static exn_status measure_center(exn_measure *measure, const exn_label_shape *shape,
                                 exn_error *error)
{
    double number[4] = {0};
    exn_status status = EXN_OK;
    for (size_t i = 0; i < 4 && i < exn_numbers_count(shape->numbers) && status == EXN_OK; i++)
        status = read(shape, i, &number[i], error);
    if (status != EXN_OK)
        return status;
    double x = number[0], y = number[1];
    if (shape->kind == EXN_LABEL_BOX) {
        x += number[2] / 2;
        y += number[3] / 2;
    } else if (shape->kind == EXN_LABEL_CORNERS) {
        x = (x + number[2]) / 2;
        y = (y + number[3]) / 2;
    }
    if (shape->kind == EXN_LABEL_CORNERS && shape->is_tilted_box)
        extend_tilted(measure, x, y, number[2] - number[0], number[3] - number[1], shape->degrees);
    else
        exn_measure_extend(measure, x, y, x, y);
    return EXN_OK;
}

/* With this few digits and decimals, a number of millionths is exact as a double, and dividing it
 * by a million rounds once. So the result is the same double as exn_decimal_short_value()'s. */
static inline bool is_in_millionths(const exn_numbers_item *item)
{
    const int64_t most = 1000000000;
    return item->scale <= 6 && item->digits <= most && item->digits >= -most;
}

static inline int64_t millionths(const exn_numbers_item *item)
{
    static const int64_t tens[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    return item->digits * tens[item->scale];
}

/* Points are by far the most numerous, and nearly all are short: dividing each of them would take
 * longer than everything else. */
static exn_status measure_points(exn_measure *measure, const exn_label_shape *shape, double before,
                                 double after, exn_error *error)
{
    const size_t count = exn_numbers_count(shape->numbers) / 2 * 2;
    if (count == 0)
        return EXN_OK;
    const exn_numbers_item *items = exn_numbers_at(shape->numbers, 0);
    int64_t left = INT64_MAX, top = INT64_MAX, right = INT64_MIN, bottom = INT64_MIN;
    for (size_t i = 0; i < count; i += 2) {
        if (!is_in_millionths(items + i) || !is_in_millionths(items + i + 1)) {
            double x, y;
            exn_status status = read(shape, i, &x, error);
            if (status == EXN_OK)
                status = read(shape, i + 1, &y, error);
            if (status != EXN_OK)
                return status;
            exn_measure_extend(measure, x - before, y - before, x + after, y + after);
            continue;
        }
        const int64_t x = millionths(items + i), y = millionths(items + i + 1);
        left = x < left ? x : left;
        right = x > right ? x : right;
        top = y < top ? y : top;
        bottom = y > bottom ? y : bottom;
    }
    if (left <= right)
        exn_measure_extend(measure, (double)left / 1e6 - before, (double)top / 1e6 - before,
                           (double)right / 1e6 + after, (double)bottom / 1e6 + after);
    return EXN_OK;
}

exn_status exn_measure_add(exn_measure *measure, const exn_label_shape *shape, exn_error *error)
{
    /* Indices denote pixels, which have two edges. */
    const double before = shape->coordinates == EXN_COORDINATES_PIXELS_FROM_1,
                 after = shape->coordinates == EXN_COORDINATES_PIXELS;
    const bool has_center = shape->kind == EXN_LABEL_CENTER || shape->kind == EXN_LABEL_ELLIPSE,
               has_lengths =
                   has_center || shape->kind == EXN_LABEL_BOX || shape->kind == EXN_LABEL_PATCH;
    const size_t all = exn_numbers_count(shape->numbers),
                 count = has_lengths && all > 4 ? 4 : all; /* runs are no places */
    if (shape->unit != EXN_LABEL_PIXELS || !is_placed(shape->kind) || shape->refusal)
        return EXN_OK;
    if (shape->degrees != 0 || shape->kind == EXN_LABEL_TILTED)
        return measure_center(measure, shape, error);
    if (shape->kind == EXN_LABEL_POINTS)
        return measure_points(measure, shape, before, after, error);
    for (size_t i = 0; i + 1 < count; i += has_lengths ? 4 : 2) {
        double x, y, w = 0, h = 0;
        exn_status status = read(shape, i, &x, error);
        if (status == EXN_OK)
            status = read(shape, i + 1, &y, error);
        if (status == EXN_OK && has_lengths)
            status = read(shape, 2, &w, error);
        if (status == EXN_OK && has_lengths)
            status = read(shape, 3, &h, error);
        if (status != EXN_OK)
            return status;
        if (shape->kind == EXN_LABEL_ELLIPSE) {
            w *= 2;
            h *= 2;
        }
        if (has_center) {
            x -= w / 2;
            y -= h / 2;
        }
        /* Lengths count pixels, from the first one's near edge. */
        exn_measure_extend(measure, x - before, y - before,
                           has_lengths ? x - before + w : x + after,
                           has_lengths ? y - before + h : y + after);
    }
    return EXN_OK;
}

/* The corners of a tilted box are those of its untilted box, rotated, so the untilted box is
 * measured like any other. */
exn_status exn_measure_box(exn_measure *measure, const exn_label_shape *shape, exn_error *error)
{
    exn_label_shape own = *shape;
    own.unit = EXN_LABEL_PIXELS;
    own.degrees = 0;
    if (own.kind == EXN_LABEL_TILTED)
        own.kind = EXN_LABEL_BOX;
    exn_measure_init(measure);
    return exn_measure_add(measure, &own, error);
}

/* An empty measure extends nowhere. */
bool exn_measure_is_outside(const exn_measure *measure, double width, double height, double slack)
{
    return measure->is_any && (measure->left < -slack || measure->top < -slack ||
                               measure->right > width + slack || measure->bottom > height + slack);
}
