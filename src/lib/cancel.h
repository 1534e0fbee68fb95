/* SPDX-License-Identifier: MIT */
/* exn_options.cancelled, as loops ask it: where a line of the picture begins, a piece of a stream,
 * whatever takes a few milliseconds at most. Whoever is told to stop fails with EXN_CANCELLED; what
 * becomes of that on the way up does not matter, since the call ends with it anyway. */
#ifndef EXN_CANCEL_H
#define EXN_CANCEL_H

#include "status.h"

typedef struct exn_cancel {
    int (*ask)(void *context); /* NULL: nobody is to be asked */
    void *context;
} exn_cancel;

/* What a call asks, so that yes stays yes. */
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

enum { EXN_CANCEL_STEP = 1 << 16 }; /* bytes that are gone through between two asks */

/* For loops that go byte by byte or token by token: asks where `at` has come EXN_CANCEL_STEP bytes
 * past the last ask, which *asked keeps. */
static inline exn_status exn_cancel_check_at(const exn_cancel *cancel, size_t at, size_t *asked)
{
    if (at - *asked < EXN_CANCEL_STEP)
        return EXN_OK;
    *asked = at;
    return exn_cancel_check(cancel, NULL);
}

/* What asks memory, which asks the caller, who may be nobody. */
exn_cancel exn_cancel_keep(exn_cancel_memory *memory, exn_cancel caller);

/* Has own's loops ask memory, which asks the caller. */
void exn_cancel_remember(exn_cancel_memory *memory, exn_options *own);

/* What the call returns. */
exn_status exn_cancel_settle(const exn_cancel_memory *memory, exn_status status, exn_error *error);

#endif
