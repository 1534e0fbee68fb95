/* SPDX-License-Identifier: MIT */
/* Lays out Exif blocks for tests of single bytes: any table anywhere, also where none may stand. To
 * be included behind cmocka.h. */
#ifndef EXN_TEST_EXIF_BUILD_H
#define EXN_TEST_EXIF_BUILD_H

#include <string.h>

#include "buffer.h"

enum { ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7, IFD = 13 };
enum { CAPACITY = 8192 };

typedef struct field {
    uint32_t tag, type, count, value;
} field;

typedef struct tiff {
    uint8_t bytes[CAPACITY];
    size_t size;
    bool be;
} tiff;

static inline void start(tiff *t, bool be)
{
    memset(t, 0, sizeof *t);
    t->be = be;
    t->size = 8;
    memcpy(t->bytes, be ? "MM" : "II", 2);
    exn_put16(t->bytes + 2, 42, be);
    exn_put32(t->bytes + 4, 8, be);
}

static inline void reach(tiff *t, size_t size)
{
    assert_true(size <= CAPACITY);
    if (t->size < size)
        t->size = size;
}

/* Entries in the order given; the end of the list is a zero tag. Returns the offset behind the last
 * entry. */
static inline size_t put_entries(tiff *t, size_t offset, const field *fields)
{
    uint32_t n = 0;
    for (; fields[n].tag; n++) {
        uint8_t *p = t->bytes + offset + 2 + 12 * n;
        exn_put16(p, fields[n].tag, t->be);
        exn_put16(p + 2, fields[n].type, t->be);
        exn_put32(p + 4, fields[n].count, t->be);
        memset(p + 8, 0, 4);
        if (fields[n].type == SHORT && fields[n].count == 1)
            exn_put16(p + 8, fields[n].value, t->be);
        else
            exn_put32(p + 8, fields[n].value, t->be);
    }
    exn_put16(t->bytes + offset, n, t->be);
    reach(t, offset + 2 + 12 * n);
    return offset + 2 + 12 * n;
}

static inline void put_table(tiff *t, size_t offset, uint32_t next, const field *fields)
{
    size_t end = put_entries(t, offset, fields);
    reach(t, end + 4);
    exn_put32(t->bytes + end, next, t->be);
}

#define FIELDS(...)                                                                                \
    (const field[])                                                                                \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

#endif
