/* SPDX-License-Identifier: MIT */
#include "move_tilted.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The only place that uses doubles, as an angle's sine has no finite decimal form. The slow way is
 * taken only to say what is wrong. */
static exn_status read_value(exn_mover *m, size_t index, double *value)
{
    exn_decimal number;
    if (exn_decimal_read_value(exn_numbers_text(m->shape->numbers, index), value))
        return EXN_OK;
    exn_status status = exn_mover_read(m, index, &number);
    *value = 0;
    return status;
}

/* Written as JavaScript and Python write a double, with the fewest digits that identify it. Done
 * with integers, because printf() would use the locale's decimal point. 17 digits tell any two
 * doubles apart (IEEE 754), and no percentage needs more decimals. */
static exn_status put_value(exn_mover *m, size_t slot, double value)
{
    enum { MOST = 17 };
    const double exact = 9007199254740992.0; /* 2^53: integers below it are exact */
    char digits[64];
    double scaled = rint(value), power = 1;
    int scale = 0;
    if (!(fabs(value) < exact))
        return exn_mover_fail(m, EXN_LIMIT, "a number has too many digits");
    while (scale < MOST && scaled / power != value && fabs(rint(value * power * 10)) < exact) {
        power *= 10;
        scale++;
        scaled = rint(value * power);
    }
    for (; scale > 0 && fmod(scaled, 10) == 0; scale--) /* close to a rounder number */
        scaled /= 10;
    const char *sign = scaled < 0 ? "-" : "";
    int size =
        snprintf(digits, sizeof digits, "%s%0*" PRId64, sign, scale + 1, (int64_t)fabs(scaled));
    memmove(digits + size - scale + 1, digits + size - scale, (size_t)scale);
    digits[size - scale] = '.';
    size += scale > 0;
    return exn_mover_put(m, slot, (exn_span){(const uint8_t *)digits, (size_t)size});
}

/* Exact for quarter turns, for which sin() and cos() are not. */
static void find_direction(double angle, double *c, double *s)
{
    const double pi = 3.14159265358979323846, quarters = fmod(angle, 360) / 90;
    static const double cosines[4] = {1, 0, -1, 0};
    *c = cos(quarters * pi / 2);
    *s = sin(quarters * pi / 2);
    if (quarters == rint(quarters)) {
        const int quarter = ((int)quarters + 4) % 4;
        *c = cosines[quarter];
        *s = cosines[(quarter + 3) % 4];
    }
}

/* How many pixels one unit of the shape's numbers is along a side: for percents, a hundredth of the
 * side. */
static double unit_of(const exn_mover *m, double side)
{
    return m->shape->unit == EXN_LABEL_PERCENT ? side / 100
           : m->shape->unit == EXN_LABEL_PARTS ? side
                                               : 1;
}

/* After mirroring, another corner is the top left one before tilting: the one across the mirrored
 * axes. Finding it takes both sides, in pixels, because an angle in pixels equals one in percents
 * only in a square. Without a mirror the corner stays the same, and its two numbers only swap
 * places. */
exn_status exn_move_tilted_corner(exn_mover *m)
{
    const exn_orientation o = m->move->o;
    const double per_x = unit_of(m, m->move->width), per_y = unit_of(m, m->move->height);
    double number[5], c, s;
    if (!o.flip_x && !o.flip_y) {
        exn_status status = exn_mover_copy(m, 0, 1);
        return status == EXN_OK ? exn_mover_copy(m, 1, 0) : status;
    }
    for (size_t i = 0; i < 5; i++) {
        exn_status status = read_value(m, i, &number[i]);
        if (status != EXN_OK)
            return status;
    }
    find_direction(number[4], &c, &s);
    const double along = o.flip_x ? number[2] * per_x : 0,
                 across = o.flip_y ? number[3] * per_y : 0;
    double x = number[0] + (along * c - across * s) / per_x,
           y = number[1] + (along * s + across * c) / per_y;
    x = o.flip_x ? m->move->width / per_x - x : x;
    y = o.flip_y ? m->move->height / per_y - y : y;
    exn_status status = put_value(m, o.transpose, x);
    return status == EXN_OK ? put_value(m, !o.transpose, y) : status;
}

/* The dot keeps its size, while its image's width becomes the former height. Its number is a
 * percentage of the width in either direction. */
exn_status exn_move_tilted_dot(exn_mover *m)
{
    double value;
    if (!m->move->o.transpose || m->move->width == m->move->height ||
        m->shape->unit == EXN_LABEL_PIXELS)
        return EXN_OK;
    exn_status status = read_value(m, 0, &value);
    return status == EXN_OK ? put_value(m, 0, value * m->move->width / m->move->height) : status;
}
