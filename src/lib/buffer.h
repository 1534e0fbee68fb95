/* SPDX-License-Identifier: MIT */
/* Buffers that own bytes and grow.
 *
 * A span never owns. A buffer owns its data (malloc); an all-zero buffer is empty and ready. */
#ifndef EXN_BUFFER_H
#define EXN_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "span.h"
#include "status.h"

typedef struct exn_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
} exn_buffer;

/* Makes room for at least extra more bytes. Returns EXN_OK or EXN_MEMORY (buffer unchanged). */
exn_status exn_buffer_reserve(exn_buffer *buffer, size_t extra);

/* Appends; data may not lie inside buffer. Returns EXN_OK or EXN_MEMORY (buffer unchanged). */
exn_status exn_buffer_append(exn_buffer *buffer, const void *data, size_t size);

/* Frees and empties. */
void exn_buffer_free(exn_buffer *buffer);

/* memcpy(), of what is mostly a few bytes: a call would take longer than the copy. Two copies of a
 * fixed size overlap where size is between them. */
static inline void exn_buffer_copy(uint8_t *to, const uint8_t *from, size_t size)
{
    if (size > 16) {
        memcpy(to, from, size);
    } else if (size >= 8) {
        memcpy(to, from, 8);
        memcpy(to + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        memcpy(to, from, 4);
        memcpy(to + size - 4, from + size - 4, 4);
    } else if (size > 0) {
        to[0] = from[0];
        to[size / 2] = from[size / 2];
        to[size - 1] = from[size - 1];
    }
}

/* What it holds, borrowed until it changes. */
static inline exn_span exn_buffer_span(const exn_buffer *buffer)
{
    return (exn_span){buffer->data, buffer->size};
}

#endif
