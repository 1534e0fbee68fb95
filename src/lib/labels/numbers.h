/* SPDX-License-Identifier: MIT */
/* A list of numbers of a label file: what each was in the file, and where. There may be millions of
 * them in one polygon, so each takes 24 bytes and its own text. */
#ifndef EXN_LABELS_NUMBERS_H
#define EXN_LABELS_NUMBERS_H

#include "account.h"
#include "decimal_short.h"

typedef struct exn_numbers_item {
    uint64_t offset : 59; /* of its first byte in the file */
    uint64_t scale : 5;   /* with digits: the number (exn_decimal_short) */
    int64_t digits;
    uint32_t size; /* of what stands there */
    uint32_t text; /* where its text begins; it ends where the next one's does */
} exn_numbers_item;

/* All zeros: empty and ready, and in no account. Ends with exn_numbers_free(). */
typedef struct exn_numbers {
    exn_buffer items, texts;
    exn_account *account; /* may be set while it is empty */
} exn_numbers;

/* text: what the size bytes at offset say. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_numbers_add(exn_numbers *numbers, uint64_t offset, uint64_t size, exn_span text);

/* Adds one that stands in the file as its text says it, which is number, with SLACK readable bytes
 * behind it (decimal_scan.h). There is room for nearly every one, and a copy of a fixed size is one
 * instruction. */
static inline exn_status exn_numbers_add_plain(exn_numbers *numbers, uint64_t offset, exn_span text,
                                               exn_decimal_short number)
{
    enum { SHORT = 16 };
    exn_buffer *items = &numbers->items, *texts = &numbers->texts;
    if (text.size > SHORT || texts->size > UINT32_MAX - SHORT || offset >> 59 ||
        items->capacity - items->size < sizeof(exn_numbers_item) ||
        texts->capacity - texts->size < SHORT)
        return exn_numbers_add(numbers, offset, text.size, text);
    /* Field by field, in its place: a copy of the whole would wait for its parts. The buffer's
     * bytes are malloc()'s, and so are aligned for anything. */
    exn_numbers_item *item = (exn_numbers_item *)(void *)(items->data + items->size);
    item->offset = offset;
    item->scale = number.scale & EXN_DECIMAL_SHORT_NONE;
    item->digits = number.digits;
    item->size = (uint32_t)text.size;
    item->text = (uint32_t)texts->size;
    memcpy(texts->data + texts->size, text.data, SHORT);
    items->size += sizeof *item;
    texts->size += text.size;
    return EXN_OK;
}

static inline size_t exn_numbers_count(const exn_numbers *numbers)
{
    return numbers->items.size / sizeof(exn_numbers_item);
}

static inline const exn_numbers_item *exn_numbers_at(const exn_numbers *numbers, size_t index)
{
    /* The buffer's bytes are malloc()'s, and so are aligned for anything. */
    return (const exn_numbers_item *)(const void *)numbers->items.data + index;
}

static inline exn_span exn_numbers_text(const exn_numbers *numbers, size_t index)
{
    const exn_numbers_item *item = exn_numbers_at(numbers, index);
    const size_t end = index + 1 < exn_numbers_count(numbers) ? item[1].text : numbers->texts.size;
    return (exn_span){numbers->texts.data + item->text, end - item->text};
}

static inline exn_decimal_short exn_numbers_short(const exn_numbers *numbers, size_t index)
{
    const exn_numbers_item *item = exn_numbers_at(numbers, index);
    return (exn_decimal_short){item->digits, item->scale};
}

/* count of them from first on, borrowed: neither to be changed nor freed, and valid until numbers
 * change. */
exn_numbers exn_numbers_part(const exn_numbers *numbers, size_t first, size_t count);

/* Empties it and keeps its memory. */
void exn_numbers_clear(exn_numbers *numbers);
void exn_numbers_free(exn_numbers *numbers);

#endif
