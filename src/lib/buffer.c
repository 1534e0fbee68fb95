/* SPDX-License-Identifier: MIT */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

/* On failure the buffer is unchanged, and its owner frees it. */
exn_status exn_buffer_reserve(exn_buffer *buffer, size_t extra)
{
    if (buffer->capacity - buffer->size >= extra)
        return EXN_OK;
    /* No buffer exceeds half of the address space, so no sum here wraps. */
    if (extra > SIZE_MAX / 2 - buffer->size)
        return EXN_MEMORY;
    /* Growing by half takes few copies and little slack for an output of unknown size. */
    size_t capacity = buffer->capacity + buffer->capacity / 2;
    if (capacity < buffer->size + extra)
        capacity = buffer->size + extra;
    uint8_t *data = realloc(buffer->data, capacity);
    if (!data)
        return EXN_MEMORY;
    buffer->data = data;
    buffer->capacity = capacity;
    return EXN_OK;
}

exn_status exn_buffer_append(exn_buffer *buffer, const void *data, size_t size)
{
    if (size == 0)
        return EXN_OK;
    exn_status status = exn_buffer_reserve(buffer, size);
    if (status != EXN_OK)
        return status;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return EXN_OK;
}

void exn_buffer_free(exn_buffer *buffer)
{
    free(buffer->data);
    *buffer = (exn_buffer){0};
}
