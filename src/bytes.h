/* Floor 0: spans that borrow bytes, buffers that own and grow them, and integers in either byte order.
 *
 * A span never owns. A buffer owns its data (malloc); an all-zero buffer is empty and ready. */
#ifndef EXN_BYTES_H
#define EXN_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

typedef struct exn_span {
    const uint8_t *data;
    size_t size;
} exn_span;

typedef struct exn_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
} exn_buffer;

/* The part of span from offset on, at most size bytes; empty where it lies outside. */
exn_span exn_span_part(exn_span span, size_t offset, size_t size);

/* Whether span begins with the given bytes. */
bool exn_span_starts(exn_span span, const void *prefix, size_t size);

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

static inline uint32_t exn_get16be(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t exn_get32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void exn_put16be(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void exn_put32be(uint8_t *p, uint32_t value)
{
    exn_put16be(p, value >> 16);
    exn_put16be(p + 2, value);
}

static inline uint32_t exn_get16(const uint8_t *p, bool big_endian)
{
    return big_endian ? exn_get16be(p) : (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t exn_get32(const uint8_t *p, bool big_endian)
{
    return big_endian ? exn_get32be(p)
                      : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline void exn_put16(uint8_t *p, uint32_t value, bool big_endian)
{
    p[big_endian ? 0 : 1] = (uint8_t)(value >> 8);
    p[big_endian ? 1 : 0] = (uint8_t)value;
}

static inline void exn_put32(uint8_t *p, uint32_t value, bool big_endian)
{
    exn_put16(p + (big_endian ? 0 : 2), value >> 16, big_endian);
    exn_put16(p + (big_endian ? 2 : 0), value, big_endian);
}

#endif
