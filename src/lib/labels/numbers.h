/* SPDX-License-Identifier: MIT */
/* A list of numbers of a label file: what each was in the file, and where. */
#ifndef EXN_LABELS_NUMBERS_H
#define EXN_LABELS_NUMBERS_H

#include "buffer.h"

typedef struct exn_numbers_item {
    uint64_t offset; /* of its first byte in the file */
    uint64_t size;   /* of what stands there */
    size_t text, text_size;
} exn_numbers_item;

/* All zeros: empty and ready. Ends with exn_numbers_free(). */
typedef struct exn_numbers {
    exn_buffer items, texts;
} exn_numbers;

/* text: what the size bytes at offset say. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_numbers_add(exn_numbers *numbers, uint64_t offset, uint64_t size, exn_span text);

size_t exn_numbers_count(const exn_numbers *numbers);
const exn_numbers_item *exn_numbers_at(const exn_numbers *numbers, size_t index);
exn_span exn_numbers_text(const exn_numbers *numbers, size_t index);

/* Empties it and keeps its memory. */
void exn_numbers_clear(exn_numbers *numbers);
void exn_numbers_free(exn_numbers *numbers);

#endif
