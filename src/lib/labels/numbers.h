/* SPDX-License-Identifier: MIT */
/* A list of numbers from a label file: what each was in the file, and where. One polygon may have
 * millions, so each takes 24 bytes and its own text. */
#ifndef EXN_LABELS_NUMBERS_H
#define EXN_LABELS_NUMBERS_H

#include "account.h"
#include "decimal_short.h"

typedef struct exn_numbers_item {
    uint64_t offset : 59; /* of its first byte in the file */
    uint64_t scale : 5;   /* with digits, the number's value (exn_decimal_short) */
    int64_t digits;
    uint32_t size; /* how many bytes it takes in the file */
    uint32_t text; /* where its text begins; it ends where the next one begins */
} exn_numbers_item;

/* Initialize to zeros, which is an empty list in no account. Free with exn_numbers_free(). */
typedef struct exn_numbers {
    exn_buffer items, texts;
    exn_account *account; /* may be set while the list is empty */
} exn_numbers;

/* text: the value of the size bytes at offset. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_numbers_add(exn_numbers *numbers, uint64_t offset, uint64_t size, exn_span text);

/* Adds many numbers one after another, each as it stands in the file, keeping the state in the
 * caller's own variables. Nothing else may be done to numbers between exn_numbers_begin() and
 * exn_numbers_end(). */
typedef struct exn_numbers_series {
    exn_numbers_item *item;
    uint8_t *text;
    uint32_t at; /* the offset of text in all texts */
    size_t room; /* how many more numbers fit */
} exn_numbers_series;

enum { EXN_NUMBERS_SHORT = 16 /* the longest text in a series */ };

/* The series may have no room at all. */
static inline exn_numbers_series exn_numbers_begin(const exn_numbers *numbers)
{
    const exn_buffer *items = &numbers->items, *texts = &numbers->texts;
    const size_t of_items = (items->capacity - items->size) / sizeof(exn_numbers_item),
                 of_texts = (texts->capacity - texts->size) / EXN_NUMBERS_SHORT,
                 of_offsets = (UINT32_MAX - texts->size) / EXN_NUMBERS_SHORT,
                 less = of_items < of_texts ? of_items : of_texts;
    if (!items->data || !texts->data)
        return (exn_numbers_series){.room = 0};
    /* malloc() allocated the buffers, so they are aligned for anything. */
    return (exn_numbers_series){.item = (exn_numbers_item *)(void *)(items->data + items->size),
                                .text = texts->data + texts->size,
                                .at = (uint32_t)texts->size,
                                .room = less < of_offsets ? less : of_offsets};
}

/* Requires room. offset is below 2^59. text has EXN_NUMBERS_SHORT readable bytes, of which size are
 * its own, because a copy of fixed size is a single instruction. */
static inline void exn_numbers_append(exn_numbers_series *series, uint64_t offset,
                                      const uint8_t *text, uint32_t size, exn_decimal_short number)
{
    exn_numbers_item *item = series->item++;
    item->offset = offset;
    item->scale = number.scale & EXN_DECIMAL_SHORT_NONE;
    item->digits = number.digits;
    item->size = size;
    item->text = series->at;
    memcpy(series->text, text, EXN_NUMBERS_SHORT);
    series->text += size;
    series->at += size;
    series->room--;
}

/* Requires a series that had room. */
static inline void exn_numbers_end(exn_numbers *numbers, const exn_numbers_series *series)
{
    numbers->items.size = (size_t)((uint8_t *)series->item - numbers->items.data);
    numbers->texts.size = (size_t)(series->text - numbers->texts.data);
}

static inline size_t exn_numbers_count(const exn_numbers *numbers)
{
    return numbers->items.size / sizeof(exn_numbers_item);
}

static inline const exn_numbers_item *exn_numbers_at(const exn_numbers *numbers, size_t index)
{
    /* malloc() allocated the buffer, so it is aligned for anything. */
    return (const exn_numbers_item *)(const void *)numbers->items.data + index;
}

static inline exn_span exn_numbers_text(const exn_numbers *numbers, size_t index)
{
    const exn_numbers_item *item = exn_numbers_at(numbers, index);
    const size_t end = index + 1 < exn_numbers_count(numbers) ? item[1].text : numbers->texts.size;
    /* Where all texts are empty there is no buffer, and arithmetic with NULL is undefined. */
    return numbers->texts.data ? (exn_span){numbers->texts.data + item->text, end - item->text}
                               : (exn_span){(const uint8_t *)"", 0};
}

static inline exn_decimal_short exn_numbers_short(const exn_numbers *numbers, size_t index)
{
    const exn_numbers_item *item = exn_numbers_at(numbers, index);
    return (exn_decimal_short){item->digits, item->scale};
}

/* `count` numbers from `first` on, borrowed: not to be changed or freed, and valid until numbers
 * change. */
exn_numbers exn_numbers_part(const exn_numbers *numbers, size_t first, size_t count);

/* Empties it and keeps its memory. */
void exn_numbers_clear(exn_numbers *numbers);
void exn_numbers_free(exn_numbers *numbers);

#endif
