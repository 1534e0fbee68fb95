/* The loops over a row know the pixel's size as a constant and carry nothing from byte to byte
 * where the filter allows it: so compilers turn them into vector instructions. */
#include "filter.h"

#include <string.h>

#define INLINED static inline __attribute__((always_inline))

/* Clause 9.4: a is left, b above, c above left. Numbers of 16 bits hold all, and make for twice as
 * many lanes as int would. Chosen by masks: which of the three it is no branch predictor can know.
 */
INLINED uint8_t paeth(int16_t a, int16_t b, int16_t c)
{
    int16_t to_a = (int16_t)(b - c), to_b = (int16_t)(a - c), to_c = (int16_t)(to_a + to_b);
    to_a = (int16_t)(to_a < 0 ? -to_a : to_a);
    to_b = (int16_t)(to_b < 0 ? -to_b : to_b);
    to_c = (int16_t)(to_c < 0 ? -to_c : to_c);
    int16_t not_b = (int16_t) - (to_c < to_b);
    int16_t nearer = (int16_t)(b ^ ((b ^ c) & not_b));
    int16_t nearest = (int16_t)(to_b ^ ((to_b ^ to_c) & not_b));
    int16_t not_a = (int16_t) - (nearest < to_a);
    return (uint8_t)(a ^ ((a ^ nearer) & not_a));
}

/* --- Reading --------------------------------------------------------------------------------- */

INLINED void undo_sub(uint8_t *row, size_t size, size_t step)
{
    uint8_t left[8] = {0};
    for (size_t i = 0; i + step <= size; i += step) {
        for (size_t k = 0; k < step; k++)
            row[i + k] = left[k] = (uint8_t)(row[i + k] + left[k]);
    }
}

static void undo_up(uint8_t *row, const uint8_t *above, size_t size)
{
    for (size_t i = 0; i < size; i++)
        row[i] = (uint8_t)(row[i] + above[i]);
}

INLINED void undo_average(uint8_t *row, const uint8_t *above, size_t size, size_t step)
{
    uint8_t left[8] = {0};
    for (size_t i = 0; i + step <= size; i += step) {
        for (size_t k = 0; k < step; k++)
            row[i + k] = left[k] = (uint8_t)(row[i + k] + (left[k] + above[i + k]) / 2);
    }
}

INLINED void undo_paeth(uint8_t *row, const uint8_t *above, size_t size, size_t step)
{
    uint8_t left[8] = {0}, corner[8] = {0};
    for (size_t i = 0; i + step <= size; i += step) {
        for (size_t k = 0; k < step; k++) {
            row[i + k] = left[k] = (uint8_t)(row[i + k] + paeth(left[k], above[i + k], corner[k]));
            corner[k] = above[i + k];
        }
    }
}

INLINED void undo(uint32_t filter, uint8_t *row, const uint8_t *above, size_t size, size_t step)
{
    if (filter == 1)
        undo_sub(row, size, step);
    else if (filter == 3)
        undo_average(row, above, size, step);
    else if (filter == 4)
        undo_paeth(row, above, size, step);
}

void exn_png_unfilter(uint32_t filter, uint8_t *row, const uint8_t *above, size_t size, size_t step)
{
    if (filter == 2) {
        undo_up(row, above, size);
        return;
    }
    switch (step) {
    case 1:
        undo(filter, row, above, size, 1);
        break;
    case 2:
        undo(filter, row, above, size, 2);
        break;
    case 3:
        undo(filter, row, above, size, 3);
        break;
    case 4:
        undo(filter, row, above, size, 4);
        break;
    case 6:
        undo(filter, row, above, size, 6);
        break;
    default:
        undo(filter, row, above, size, 8);
        break;
    }
}

/* --- Writing --------------------------------------------------------------------------------- */

/* One byte by one filter. */
INLINED uint8_t apply(uint32_t filter, uint8_t x, uint8_t a, uint8_t b, uint8_t c)
{
    switch (filter) {
    case 0:
        return x;
    case 1:
        return (uint8_t)(x - a);
    case 2:
        return (uint8_t)(x - b);
    case 3:
        return (uint8_t)(x - (a + b) / 2);
    default:
        return (uint8_t)(x - paeth(a, b, c));
    }
}

INLINED uint32_t magnitude(uint8_t value)
{
    uint8_t negated = (uint8_t)(0 - value);
    return value < negated ? value : negated;
}

/* Filters a row and returns the sum of magnitudes. In blocks of a constant size, whose sum fits 16
 * bits. */
INLINED uint64_t try(uint32_t filter, const uint8_t *restrict row, const uint8_t *restrict above,
                     size_t size, size_t step, uint8_t *restrict to)
{
    enum { BLOCK = 256 };
    uint64_t sum = 0;
    size_t i = 0;
    for (; i < step && i < size; i++) {
        to[i] = apply(filter, row[i], 0, above[i], 0);
        sum += magnitude(to[i]);
    }
    for (; i + BLOCK <= size; i += BLOCK) {
        const uint8_t *x = row + i, *b = above + i, *a = x - step, *c = b - step;
        uint16_t part = 0;
        for (size_t k = 0; k < BLOCK; k++) {
            uint8_t value = apply(filter, x[k], a[k], b[k], c[k]);
            to[i + k] = value;
            part = (uint16_t)(part + magnitude(value));
        }
        sum += part;
    }
    for (; i < size; i++) {
        to[i] = apply(filter, row[i], row[i - step], above[i], above[i - step]);
        sum += magnitude(to[i]);
    }
    return sum;
}

static uint64_t try_filter(uint32_t filter, const uint8_t *row, const uint8_t *above, size_t size,
                           size_t step, uint8_t *to)
{
    switch (filter) {
    case 0:
        return try(0, row, above, size, step, to);
    case 1:
        return try(1, row, above, size, step, to);
    case 2:
        return try(2, row, above, size, step, to);
    case 3:
        return try(3, row, above, size, step, to);
    default:
        return try(4, row, above, size, step, to);
    }
}

void exn_png_filter(const uint8_t *row, const uint8_t *above, size_t size, size_t step, uint8_t *to,
                    uint8_t *spare)
{
    uint8_t *best = to + 1, *next = spare;
    uint64_t least = try_filter(0, row, above, size, step, best);
    to[0] = 0;
    for (uint32_t filter = 1; filter < EXN_PNG_FILTERS; filter++) {
        uint64_t sum = try_filter(filter, row, above, size, step, next);
        if (sum >= least)
            continue;
        least = sum;
        to[0] = (uint8_t)filter;
        uint8_t *swap = best;
        best = next;
        next = swap;
    }
    if (best != to + 1)
        memcpy(to + 1, best, size);
}
