/* SPDX-License-Identifier: MIT */
/* Buffers that own bytes and grow.
 *
 * A span never owns. A buffer owns its data (malloc); an all-zero buffer is empty and ready. */
#ifndef EXN_BUFFER_H
#define EXN_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* What it holds, borrowed until it changes. */
static inline exn_span exn_buffer_span(const exn_buffer *buffer)
{
    return (exn_span){buffer->data, buffer->size};
}

#endif
