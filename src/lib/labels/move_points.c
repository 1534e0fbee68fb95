/* SPDX-License-Identifier: MIT */
/* Files of gigabytes are polygons of short numbers, so each number gets as little work as possible:
 * checks are made once for many numbers, and texts are built where they will stay. The results are
 * the same bytes as move.c's, which handles one number at a time. */
#include "move_points.h"

#include <string.h>

#include "decimal_print.h"

/* One number with its text. */
typedef struct coordinate {
    const exn_numbers_item *item;
    const uint8_t *text;
    size_t size;
} coordinate;

static inline coordinate coordinate_at(const exn_numbers *numbers, const exn_numbers_item *items,
                                       size_t index, size_t last)
{
    const size_t begin = items[index].text,
                 end = index < last ? items[index + 1].text : numbers->texts.size;
    return (coordinate){items + index, numbers->texts.data + begin, end - begin};
}

/* Puts end - number into the slot, with as many decimals as the number has. Returns false if this
 * number has to take the slow path. A text that does not change is no edit. The text written is the
 * shortest of its digits, so no other text of the same number has as many bytes. */
static inline bool put_mirrored(exn_edits_series *series, coordinate slot, coordinate from,
                                uint32_t end)
{
    static const int64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    const unsigned scale = from.item->scale;
    int64_t digits;
    if (scale >= sizeof tens / sizeof *tens ||
        __builtin_sub_overflow((int64_t)end * tens[scale], from.item->digits, &digits))
        return false;
    const size_t size = exn_decimal_print(digits, scale, series->text);
    if (size == 0)
        return false;
    if (digits == slot.item->digits && scale == slot.item->scale && size == slot.size)
        return true;
    return exn_edits_append(series, slot.item->offset, slot.item->size, (uint32_t)size);
}

/* Likewise puts the text of another number, or its own. The sizes of numbers are unpredictable, so
 * comparing them first would take longer. */
static inline bool put_copied(exn_edits_series *series, coordinate slot, coordinate from)
{
    if (from.size > EXN_NUMBERS_SHORT)
        return false;
    if (from.item->digits == slot.item->digits && from.size == slot.size &&
        memcmp(from.text, slot.text, from.size) == 0)
        return true;
    memcpy(series->text, from.text, EXN_NUMBERS_SHORT);
    return exn_edits_append(series, slot.item->offset, slot.item->size, (uint32_t)from.size);
}

/* Texts are copied in a fixed size, so the very last ones may not have enough bytes after them. */
size_t exn_move_points(exn_mover *m, const uint32_t ends[2], size_t first, size_t count)
{
    const exn_numbers *numbers = m->shape->numbers;
    if (first >= count)
        return first;
    const exn_numbers_item *const items = exn_numbers_at(numbers, 0);
    const size_t last = exn_numbers_count(numbers) - 1, across = m->move->o.transpose;
    const bool flips[2] = {m->move->o.flip_x, m->move->o.flip_y};
    const uint8_t *const end = numbers->texts.data + numbers->texts.capacity;
    exn_edits_series series;
    size_t i = first;
    if (!exn_edits_begin(m->edits, &series))
        return first;
    for (; i < count && series.room > 0; i++) {
        const size_t from = i ^ across, axis = from % 2;
        const coordinate slot = coordinate_at(numbers, items, i, last),
                         number = coordinate_at(numbers, items, from, last);
        if ((size_t)(end - number.text) < EXN_NUMBERS_SHORT)
            break;
        if (!(flips[axis] ? put_mirrored(&series, slot, number, ends[axis])
                          : put_copied(&series, slot, number)))
            break;
    }
    exn_edits_end(m->edits, &series);
    return i;
}
