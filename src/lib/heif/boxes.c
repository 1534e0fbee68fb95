/* SPDX-License-Identifier: MIT */
#include "boxes.h"

/* A 32-bit size, a type, and a 64-bit size if the first one is 1. */
bool exn_heif_boxes_next(exn_span *rest, exn_heif_box *box)
{
    if (rest->size < 8)
        return false;
    /* If a size of 1 has no 64-bit size after it, it stays 1, which is less than the header and
     * fails below. */
    uint64_t size = exn_get32be(rest->data), header = 8;
    box->type = exn_get32be(rest->data + 4);
    if (size == 1 && rest->size >= 16) {
        size = (uint64_t)exn_get32be(rest->data + 8) << 32 | exn_get32be(rest->data + 12);
        header = 16;
    }
    /* To the end of the enclosing box (ISO 14496-12, 4.2). */
    if (size == 0)
        size = rest->size;
    if (size < header || size > rest->size)
        return false;
    box->data = exn_span_part(*rest, (size_t)header, (size_t)(size - header));
    *rest = exn_span_part(*rest, (size_t)size, SIZE_MAX);
    return true;
}

exn_span exn_heif_boxes_find(exn_span rest, uint32_t type)
{
    exn_heif_box box;
    while (exn_heif_boxes_next(&rest, &box))
        if (box.type == type)
            return box.data;
    return (exn_span){NULL, 0};
}

uint64_t exn_heif_boxes_take(exn_span *span, size_t size)
{
    uint64_t value = 0;
    if (size == 0)
        return 0; /* also for a span that was exceeded before, which has no data */
    if (span->size < size) {
        *span = (exn_span){NULL, 0};
        return 0;
    }
    for (size_t i = 0; i < size; i++)
        value = value << 8 | span->data[i];
    /* exn_span_part() is not used, because reaching the end is not the same as exceeding it. */
    *span = (exn_span){span->data + size, span->size - size};
    return value;
}
