/* SPDX-License-Identifier: MIT */
#include "status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* A message may quote a file, whose control characters must not reach a terminal. */
void exn_status_copy_printable(char *to, size_t size, const char *text)
{
    size_t i = 0;
    for (; i + 1 < size && text[i]; i++)
        to[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    if (size)
        to[i] = '\0';
}

/* The first failure is kept, since those that follow from it say less. */
exn_status exn_status_fail(exn_error *error, exn_status status, const char *format, ...)
{
    if (!error || error->status != EXN_OK)
        return status;
    char text[sizeof error->detail];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error->status = status;
    exn_status_copy_printable(error->detail, sizeof error->detail, text);
    return status;
}

exn_status exn_status_fail_errno(exn_error *error, exn_status status, int sys_errno)
{
    exn_status_fail(error, status, "%s", "");
    if (error && error->status == status)
        error->sys_errno = sys_errno;
    return status;
}

exn_status exn_status_need_memory(exn_error *error, uint64_t need, uint64_t limit)
{
    const bool small = limit < 1 << 20;
    const uint64_t unit = small ? 1 << 10 : 1 << 20;
    const char *name = small ? "KiB" : "MiB";
    if (need <= limit)
        return EXN_OK;
    /* need is rounded up and limit down, so that no message says "needs 5, limit 5". */
    return exn_status_fail(error, EXN_LIMIT, "needs %" PRIu64 " %s, limit %" PRIu64 " %s",
                           (need + unit - 1) / unit, name, limit / unit, name);
}

exn_status exn_status_need_pixels(exn_error *error, uint32_t width, uint32_t height, uint64_t limit)
{
    if ((uint64_t)width * height <= limit)
        return EXN_OK;
    return exn_status_fail(error, EXN_LIMIT,
                           "%" PRIu32 "x%" PRIu32 " has more than %" PRIu64 " pixels", width,
                           height, limit);
}
