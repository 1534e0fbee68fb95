/* SPDX-License-Identifier: MIT */
#include "numbers.h"

/* The text is copied, because a reader's is borrowed until its next token. */
exn_status exn_numbers_add(exn_numbers *numbers, uint64_t offset, uint64_t size, exn_span text)
{
    if (size > UINT32_MAX || text.size > UINT32_MAX - numbers->texts.size || offset >> 59)
        return EXN_LIMIT;
    const exn_decimal_short number = exn_decimal_short_read(text);
    const exn_numbers_item item = {offset, number.scale, number.digits, (uint32_t)size,
                                   (uint32_t)numbers->texts.size};
    exn_status status = exn_account_append(numbers->account, &numbers->items, &item, sizeof item);
    if (status != EXN_OK)
        return status;
    status = exn_account_append(numbers->account, &numbers->texts, text.data, text.size);
    if (status != EXN_OK)
        numbers->items.size -= sizeof item;
    return status;
}

/* Its texts end where the text of the next number begins. An empty part has none. */
exn_numbers exn_numbers_part(const exn_numbers *numbers, size_t first, size_t count)
{
    exn_numbers part = {.account = NULL};
    if (count == 0)
        return part;
    part.texts = numbers->texts;
    if (first + count < exn_numbers_count(numbers))
        part.texts.size = exn_numbers_at(numbers, first + count)->text;
    part.items.data = numbers->items.data + first * sizeof(exn_numbers_item);
    part.items.size = count * sizeof(exn_numbers_item);
    return part;
}

/* Millions of objects are read one after another into the same memory. */
void exn_numbers_clear(exn_numbers *numbers)
{
    numbers->items.size = numbers->texts.size = 0;
}

void exn_numbers_free(exn_numbers *numbers)
{
    exn_account_free(numbers->account, &numbers->items);
    exn_account_free(numbers->account, &numbers->texts);
}
