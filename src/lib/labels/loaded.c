/* SPDX-License-Identifier: MIT */
#include "loaded.h"

/* The limit is checked first: the size is the file's, and a hostile file must not cause any
 * allocation. */
exn_status exn_loaded_read(const exn_source *source, exn_account *account, exn_buffer *to,
                           exn_error *error)
{
    exn_status status = source->size > SIZE_MAX / 2
                            ? EXN_MEMORY
                            : exn_account_reserve(account, to, (size_t)source->size);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", "");
    const size_t size = (size_t)source->size;
    int sys_errno = size ? source->read(source->context, to->data, size, 0) : 0;
    if (sys_errno != 0)
        return exn_status_fail_errno(error, EXN_READ, sys_errno);
    to->size = size;
    return EXN_OK;
}
