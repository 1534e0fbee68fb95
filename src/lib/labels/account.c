/* SPDX-License-Identifier: MIT */
#include "account.h"

uint64_t exn_account_left(const exn_account *account)
{
    return account ? account->limit - account->used : UINT64_MAX;
}

/* needed is the limit that would have sufficed, for the message. If the sum overflows, it
 * saturates. */
exn_status exn_account_take(exn_account *account, uint64_t size)
{
    if (!account)
        return EXN_OK;
    if (size > exn_account_left(account)) {
        account->needed = size < UINT64_MAX - account->used ? account->used + size : UINT64_MAX;
        return EXN_LIMIT;
    }
    account->used += size;
    return EXN_OK;
}

/* An error that already has a detail says more, since it names the place. */
void exn_account_explain(const exn_account *account, exn_status status, exn_error *error)
{
    if (status != EXN_LIMIT || account->needed == 0 || !error || error->detail[0])
        return;
    *error = (exn_error){0};
    exn_status_need_memory(error, account->needed, account->limit);
}

/* Callers give back only what they took, so this cannot exceed what is used. */
void exn_account_give(exn_account *account, uint64_t size)
{
    if (account)
        account->used -= size;
}

/* While a buffer grows, the old and the new memory exist at once. So the new size is taken in full
 * before the old one is given back. */
exn_status exn_account_reserve(exn_account *account, exn_buffer *buffer, size_t extra)
{
    const size_t before = buffer->capacity;
    if (before - buffer->size >= extra)
        return EXN_OK;
    /* The same growth as exn_buffer_reserve(). */
    const uint64_t half = before + (uint64_t)before / 2, least = buffer->size + (uint64_t)extra;
    const uint64_t taken = half > least ? half : least;
    exn_status status = exn_account_take(account, taken);
    if (status != EXN_OK)
        return status;
    status = exn_buffer_reserve(buffer, extra);
    exn_account_give(account, status == EXN_OK ? before : taken);
    return status;
}

/* On failure the buffer is unchanged: the bytes are appended in full or not at all. */
exn_status exn_account_append_more(exn_account *account, exn_buffer *buffer, const void *data,
                                   size_t size)
{
    exn_status status = exn_account_reserve(account, buffer, size);
    return status == EXN_OK ? exn_buffer_append(buffer, data, size) : status;
}

void exn_account_free(exn_account *account, exn_buffer *buffer)
{
    exn_account_give(account, buffer->capacity);
    exn_buffer_free(buffer);
}
