/* SPDX-License-Identifier: MIT */
#include "numbers.h"

/* The text is copied: a reader's is borrowed until its next token. */
exn_status exn_numbers_add(exn_numbers *numbers, uint64_t offset, uint64_t size, exn_span text)
{
    exn_numbers_item item = {offset, size, numbers->texts.size, text.size};
    exn_status status = exn_buffer_append(&numbers->texts, text.data, text.size);
    return status == EXN_OK ? exn_buffer_append(&numbers->items, &item, sizeof item) : status;
}

size_t exn_numbers_count(const exn_numbers *numbers)
{
    return numbers->items.size / sizeof(exn_numbers_item);
}

const exn_numbers_item *exn_numbers_at(const exn_numbers *numbers, size_t index)
{
    /* The buffer's bytes are malloc()'s, and so are aligned for anything. */
    return (const exn_numbers_item *)(const void *)numbers->items.data + index;
}

exn_span exn_numbers_text(const exn_numbers *numbers, size_t index)
{
    const exn_numbers_item *item = exn_numbers_at(numbers, index);
    return exn_span_part(exn_buffer_span(&numbers->texts), item->text, item->text_size);
}

/* Millions of objects are read one after the other into the same memory. */
void exn_numbers_clear(exn_numbers *numbers)
{
    numbers->items.size = numbers->texts.size = 0;
}

void exn_numbers_free(exn_numbers *numbers)
{
    exn_buffer_free(&numbers->items);
    exn_buffer_free(&numbers->texts);
}
