/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <math.h>

#include "decimal.h"

void exn_measure_init(exn_measure *measure)
{
    *measure = (exn_measure){false, INFINITY, INFINITY, -INFINITY, -INFINITY};
}

exn_status exn_measure_number(const exn_numbers *numbers, size_t index,
                              const exn_label_place *place, exn_decimal *number, exn_error *error)
{
    exn_span text = exn_numbers_text(numbers, index);
    if (exn_decimal_read(text, number))
        return EXN_OK;
    return exn_label_fail(error, EXN_CORRUPT, place, "'%.*s' cannot be read as a number",
                          text.size < 40 ? (int)text.size : 40, (const char *)text.data);
}

static void extend(double *low, double *high, double from, double to)
{
    *low = fmin(*low, fmin(from, to));
    *high = fmax(*high, fmax(from, to));
}

exn_status exn_measure_add(exn_measure *measure, const exn_label_shape *shape, exn_error *error)
{
    /* Indices are of pixels, which have two edges. */
    const double before = shape->coordinates == EXN_COORDINATES_PIXELS_FROM_1,
                 after = shape->coordinates == EXN_COORDINATES_PIXELS;
    const size_t count = exn_numbers_count(shape->numbers);
    if (shape->unit != EXN_LABEL_PIXELS || shape->kind == EXN_LABEL_ANGLE ||
        shape->kind == EXN_LABEL_RUNS || shape->refusal)
        return EXN_OK;
    for (size_t i = 0; i + 1 < count; i += 2) {
        exn_decimal x, y;
        exn_status status = exn_measure_number(shape->numbers, i, &shape->place, &x, error);
        if (status == EXN_OK)
            status = exn_measure_number(shape->numbers, i + 1, &shape->place, &y, error);
        if (status != EXN_OK)
            return status;
        double u = exn_decimal_value(&x), v = exn_decimal_value(&y), w = 0, h = 0;
        if (shape->kind == EXN_LABEL_BOX || shape->kind == EXN_LABEL_CENTER) {
            exn_decimal width, height;
            status = exn_measure_number(shape->numbers, 2, &shape->place, &width, error);
            if (status == EXN_OK)
                status = exn_measure_number(shape->numbers, 3, &shape->place, &height, error);
            if (status != EXN_OK)
                return status;
            w = exn_decimal_value(&width);
            h = exn_decimal_value(&height);
            u -= shape->kind == EXN_LABEL_CENTER ? w / 2 : 0;
            v -= shape->kind == EXN_LABEL_CENTER ? h / 2 : 0;
            i = count;
        }
        extend(&measure->left, &measure->right, u - before, u + w + after);
        extend(&measure->top, &measure->bottom, v - before, v + h + after);
        measure->is_any = true;
    }
    return EXN_OK;
}
