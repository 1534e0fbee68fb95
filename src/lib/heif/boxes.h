/* SPDX-License-Identifier: MIT */
/* Boxes of the ISO base media file format (ISO 14496-12, 4.2) in memory, and integers in them. */
#ifndef EXN_HEIF_BOXES_H
#define EXN_HEIF_BOXES_H

#include "span.h"

#define EXN_HEIF_TYPE(a, b, c, d)                                                                  \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

typedef struct exn_heif_box {
    uint32_t type;
    exn_span data; /* what it holds */
} exn_heif_box;

/* Takes the next box off rest; false at the end or where the size makes no sense. */
bool exn_heif_boxes_next(exn_span *rest, exn_heif_box *box);

/* What the first of its type holds: the boxes that are looked for here are allowed once in what
 * holds them. */
exn_span exn_heif_boxes_find(exn_span rest, uint32_t type);

/* Reads an integer of 0 to 8 bytes off span. Where that ends before, it is 0, and span is empty,
 * with data NULL. */
uint64_t exn_heif_boxes_take(exn_span *span, size_t size);

#endif
