/* SPDX-License-Identifier: MIT */
/* The loops over a row have the pixel's size as a constant, and carry nothing from byte to byte if
 * the filter allows that, so compilers vectorize them. */
#include "filter.h"

#include <string.h>

/* With a constant step, each call becomes a loop of its own without a test per pixel. */
#define INLINED static inline __attribute__((always_inline))

/* Clause 9.4: a is left, b above, c above left. 16-bit numbers can hold everything and give twice
 * as many lanes as int. Masks select the result, because no branch predictor can guess which of the
 * three it is. */
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

/* A pixel's bytes, one per lane; the compiler uses whatever vectors the machine has. A pixel
 * depends on the one to its left, so only its own bytes can be processed in parallel. */
typedef int16_t lanes __attribute__((vector_size(16)));
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint64_t words __attribute__((vector_size(16)));

/* Loads one to eight bytes in parts that fit a register: loading a vector from where three bytes
 * have just been stored would stall. Which byte goes into which lane depends on the machine, but is
 * the same for all pixels. */
INLINED uint64_t get_pixel(const uint8_t *from, size_t step)
{
    uint64_t word = 0;
    uint32_t four = 0;
    uint16_t two = 0;
    size_t at = step & 4;
    if (step == 8) {
        memcpy(&word, from, 8);
        return word;
    }
    if (step & 4)
        memcpy(&four, from, 4);
    if (step & 2)
        memcpy(&two, from + at, 2);
    word = four | (uint64_t)two << 8 * at;
    return step & 1 ? word | (uint64_t)from[step - 1] << 8 * (step - 1) : word;
}

INLINED void put_pixel(uint8_t *to, uint64_t word, size_t step)
{
    size_t at = step & 4;
    uint32_t four = (uint32_t)word;
    uint16_t two = (uint16_t)(word >> 8 * at);
    if (step == 8)
        memcpy(to, &word, 8);
    if (step & 4)
        memcpy(to, &four, 4);
    if (step & 2)
        memcpy(to + at, &two, 2);
    if (step & 1)
        to[step - 1] = (uint8_t)(word >> 8 * (step - 1));
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_AND_HIGH(low, high) low, high
#else
#define LOW_AND_HIGH(low, high) high, low
#endif

INLINED lanes load(const uint8_t *from, size_t step)
{
    bytes16 bytes = (bytes16)(words){get_pixel(from, step)}, zero = {0};
    return (lanes)__builtin_shufflevector(LOW_AND_HIGH(bytes, zero), 0, 16, 1, 17, 2, 18, 3, 19, 4,
                                          20, 5, 21, 6, 22, 7, 23);
}

/* Stores the low eight bits of each lane. */
INLINED void store(uint8_t *to, lanes pixel, size_t step)
{
    bytes8 bytes = __builtin_convertvector(pixel, bytes8);
    uint64_t word;
    memcpy(&word, &bytes, sizeof word);
    put_pixel(to, word, step);
}

INLINED lanes magnitudes(lanes a)
{
    lanes negative = a >> 15;
    return (a ^ negative) - negative;
}

/* The same as paeth() above. */
INLINED lanes paeth_lanes(lanes a, lanes b, lanes c)
{
    lanes to_a = b - c, to_b = a - c, to_c = magnitudes(to_a + to_b);
    to_a = magnitudes(to_a);
    to_b = magnitudes(to_b);
    lanes not_b = to_c < to_b;
    lanes nearer = b ^ ((b ^ c) & not_b);
    lanes nearest = to_b ^ ((to_b ^ to_c) & not_b);
    return a ^ ((a ^ nearer) & (nearest < to_a));
}

/* Clause 9.2. Bytes left of the row are zeros, and so are those above the first row, which the
 * caller passes. A row is a whole number of steps, since pixels of less than a byte have a step of
 * one. */
INLINED void undo_sub(uint8_t *row, size_t size, size_t step)
{
    lanes left = {0};
    for (size_t i = 0; i + step <= size; i += step) {
        left = (left + load(row + i, step)) & 255;
        store(row + i, left, step);
    }
}

/* No byte depends on another one in the row, so automatic vectorization is best. */
static void undo_up(uint8_t *row, const uint8_t *above, size_t size)
{
    for (size_t i = 0; i < size; i++)
        row[i] = (uint8_t)(row[i] + above[i]);
}

/* The sum of two bytes has nine bits and must not be truncated before it is halved (clause 9.2). */
INLINED void undo_average(uint8_t *row, const uint8_t *above, size_t size, size_t step)
{
    lanes left = {0};
    for (size_t i = 0; i + step <= size; i += step) {
        left = (((left + load(above + i, step)) >> 1) + load(row + i, step)) & 255;
        store(row + i, left, step);
    }
}

INLINED void undo_paeth(uint8_t *row, const uint8_t *above, size_t size, size_t step)
{
    lanes left = {0}, corner = {0};
    for (size_t i = 0; i + step <= size; i += step) {
        lanes up = load(above + i, step);
        left = (paeth_lanes(left, up, corner) + load(row + i, step)) & 255;
        store(row + i, left, step);
        corner = up;
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

/* The cases are the bytes per pixel that clause 11.2.1 allows, rounded up to at least one: 8 is
 * 16-bit RGBA. */
void exn_png_filter_undo(uint32_t filter, uint8_t *row, const uint8_t *above, size_t size,
                         size_t step)
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

/* Filters one byte. Filtering uses only original bytes, so any row can be filtered without the
 * others (clause 9.2). */
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

/* The magnitude of the byte as a signed number, since differences are positive or negative. */
INLINED uint32_t magnitude(uint8_t value)
{
    uint8_t negated = (uint8_t)(0 - value);
    return value < negated ? value : negated;
}

/* Filters a row and returns the sum of magnitudes. Works in blocks of constant size whose sum fits
 * into 16 bits. */
INLINED uint64_t try(uint32_t filter, const uint8_t *restrict row, const uint8_t *restrict above,
                     size_t size, size_t step, uint8_t *restrict to)
{
    /* 256 magnitudes of at most 128 add up to 32768. */
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

/* Of equal sums the first filter wins, so that the output does not depend on the machine. The best
 * row so far and the one being tried swap places, so at most one copy is made. */
void exn_png_filter_apply(const uint8_t *row, const uint8_t *above, size_t size, size_t step,
                          uint8_t *to, uint8_t *spare)
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
