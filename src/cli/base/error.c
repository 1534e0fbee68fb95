/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

/* Names in it come from outside, and the text goes to a terminal. */
static void mask(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

/* The first error stays: later ones are mostly its consequences. */
exn_status exn_error_set(exn_error *error, exn_status status, int sys_errno, const char *format,
                         ...)
{
    if (error->status == EXN_OK) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->detail, sizeof error->detail, format, arguments);
        mask(error->detail);
        va_end(arguments);
        error->status = status;
        error->sys_errno = sys_errno;
    }
    return status;
}

exn_status exn_error_need(exn_error *error, uint64_t size, uint64_t limit)
{
    char need[32], most[32];
    if (size <= limit)
        return EXN_OK;
    return exn_error_set(error, EXN_LIMIT, 0, "needs %s, limit %s",
                         exn_text_bytes(size, need, sizeof need),
                         exn_text_bytes(limit, most, sizeof most));
}
