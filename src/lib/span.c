/* SPDX-License-Identifier: MIT */
#include "span.h"

#include <string.h>

/* A part of a span never extends beyond it, whatever offset and size a file gives: SIZE_MAX means
 * the rest. */
exn_span exn_span_part(exn_span span, size_t offset, size_t size)
{
    if (!span.data || offset > span.size)
        return (exn_span){NULL, 0};
    size_t left = span.size - offset;
    return (exn_span){span.data + offset, size < left ? size : left};
}

bool exn_span_starts(exn_span span, const void *prefix, size_t size)
{
    return span.size >= size && memcmp(span.data, prefix, size) == 0;
}
