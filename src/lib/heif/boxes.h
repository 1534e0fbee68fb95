/* SPDX-License-Identifier: MIT */
/* Boxes of the ISO base media file format (ISO 14496-12, 4.2) in memory, and integers in them. */
#ifndef EXN_HEIF_BOXES_H
#define EXN_HEIF_BOXES_H

#include "span.h"

#define EXN_HEIF_TYPE(a, b, c, d)                                                                  \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

typedef struct exn_heif_box {
    uint32_t type;
    exn_span data; /* its contents */
} exn_heif_box;

/* Removes the next box from rest; returns false at the end or if its size makes no sense. */
bool exn_heif_boxes_next(exn_span *rest, exn_heif_box *box);

/* The contents of the first box of that type; the types looked up here may occur only once in their
 * container. */
exn_span exn_heif_boxes_find(exn_span rest, uint32_t type);

/* Reads an integer of 0 to 8 bytes from the beginning of span. If span is too short, returns 0, and
 * span becomes empty with data NULL. */
uint64_t exn_heif_boxes_take(exn_span *span, size_t size);

#endif
