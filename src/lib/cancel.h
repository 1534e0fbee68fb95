/* SPDX-License-Identifier: MIT */
/* Lets loops check exn_options.cancelled: at each line of the picture, each piece of a stream, or
 * anything else that takes at most a few milliseconds. If it says so, they fail with EXN_CANCELLED;
 * callers need not preserve that status, since the call ends with it anyway. */
#ifndef EXN_CANCEL_H
#define EXN_CANCEL_H

#include "status.h"

typedef struct exn_cancel {
    int (*ask)(void *context); /* NULL: nothing to check */
    void *context;
} exn_cancel;

/* Remembers the answer for a call, so that yes stays yes. */
typedef struct exn_cancel_memory {
    exn_cancel caller;
    bool yes;
} exn_cancel_memory;

static inline exn_cancel exn_cancel_of(const exn_options *options)
{
    return (exn_cancel){options->cancelled, options->cancelled_context};
}

/* cancel may be NULL. Returns EXN_OK or EXN_CANCELLED. */
static inline exn_status exn_cancel_check(const exn_cancel *cancel, exn_error *error)
{
    if (!cancel || !cancel->ask || !cancel->ask(cancel->context))
        return EXN_OK;
    return exn_status_fail(error, EXN_CANCELLED, "%s", "");
}

enum { EXN_CANCEL_STEP = 1 << 16 }; /* bytes to process between two checks */

/* For loops that go byte by byte or token by token: checks once `at` is EXN_CANCEL_STEP bytes past
 * the last check, which *asked records. */
static inline exn_status exn_cancel_check_at(const exn_cancel *cancel, size_t at, size_t *asked)
{
    if (at - *asked < EXN_CANCEL_STEP)
        return EXN_OK;
    *asked = at;
    return exn_cancel_check(cancel, NULL);
}

/* Returns a check that asks memory, which asks the caller, whose function may be NULL. */
exn_cancel exn_cancel_keep(exn_cancel_memory *memory, exn_cancel caller);

/* Makes own's loops ask memory, which asks the caller. */
void exn_cancel_remember(exn_cancel_memory *memory, exn_options *own);

/* The status that the call has to return. */
exn_status exn_cancel_settle(const exn_cancel_memory *memory, exn_status status, exn_error *error);

#endif
