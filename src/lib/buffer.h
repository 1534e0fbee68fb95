/* SPDX-License-Identifier: MIT */
/* Buffers that own bytes and grow.
 *
 * A span never owns its bytes. A buffer owns its data (malloc); a zeroed buffer is empty and ready
 * to use. */
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

/* Appends; data must not lie inside buffer. Returns EXN_OK or EXN_MEMORY (buffer unchanged). */
exn_status exn_buffer_append(exn_buffer *buffer, const void *data, size_t size);

/* Frees the bytes and empties the buffer. */
void exn_buffer_free(exn_buffer *buffer);

/* Like memcpy(), inline because mostly a few bytes are copied, for which a call would take longer.
 * Two copies of a fixed size overlap if size is in between. */
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

/* Its contents, borrowed until it changes. */
static inline exn_span exn_buffer_span(const exn_buffer *buffer)
{
    return (exn_span){buffer->data, buffer->size};
}

#endif
