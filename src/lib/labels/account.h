/* SPDX-License-Identifier: MIT */
/* The memory of one call. Everything that grows with a file is taken from it, so that the total
 * stays below the caller's limit. */
#ifndef EXN_LABELS_ACCOUNT_H
#define EXN_LABELS_ACCOUNT_H

#include "buffer.h"

typedef struct exn_account {
    uint64_t used, limit; /* bytes */
    uint64_t needed;      /* the limit that would have sufficed; 0: nothing was refused */
} exn_account;

/* In all of these, account may be NULL: then there is no limit. Returns EXN_OK or EXN_LIMIT. */
exn_status exn_account_take(exn_account *account, uint64_t size);
void exn_account_give(exn_account *account, uint64_t size);

/* A buffer belongs to the same account for its whole life. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY
 * (buffer unchanged). */
exn_status exn_account_reserve(exn_account *account, exn_buffer *buffer, size_t extra);
exn_status exn_account_append_more(exn_account *account, exn_buffer *buffer, const void *data,
                                   size_t size);
void exn_account_free(exn_account *account, exn_buffer *buffer);

/* Most appends are the few bytes of a number, and there is room for them. */
static inline exn_status exn_account_append(exn_account *account, exn_buffer *buffer,
                                            const void *data, size_t size)
{
    if (!buffer->data || size > buffer->capacity - buffer->size || size == 0)
        return exn_account_append_more(account, buffer, data, size);
    exn_buffer_copy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return EXN_OK;
}

/* If a call failed for lack of memory and nobody has said where, says how much was needed. */
void exn_account_explain(const exn_account *account, exn_status status, exn_error *error);

/* How much can still be taken. */
uint64_t exn_account_left(const exn_account *account);

#endif
