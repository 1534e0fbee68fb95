/* SPDX-License-Identifier: MIT */
/* Spans that borrow bytes, and integers in either byte order. */
#ifndef EXN_SPAN_H
#define EXN_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct exn_span {
    const uint8_t *data;
    size_t size;
} exn_span;

/* The part of span from offset on, at most size bytes; empty if it lies outside. */
exn_span exn_span_part(exn_span span, size_t offset, size_t size);

/* Whether span begins with the given bytes. */
bool exn_span_starts(exn_span span, const void *prefix, size_t size);

/* Whether both have the same bytes. */
static inline bool exn_span_equal(exn_span a, exn_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
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
