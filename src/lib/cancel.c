/* SPDX-License-Identifier: MIT */
#include "cancel.h"

static int ask(void *context)
{
    exn_cancel_memory *memory = context;
    memory->yes = memory->yes || memory->caller.ask(memory->caller.context) != 0;
    return memory->yes;
}

void exn_cancel_remember(exn_cancel_memory *memory, exn_options *own)
{
    *memory = (exn_cancel_memory){exn_cancel_of(own), false};
    if (!own->cancelled)
        return;
    own->cancelled = ask;
    own->cancelled_context = memory;
}

exn_status exn_cancel_settle(const exn_cancel_memory *memory, exn_status status, exn_error *error)
{
    if (!memory->yes)
        return status;
    if (error)
        *error = (exn_error){0};
    return exn_status_fail(error, EXN_CANCELLED, "%s", "");
}
