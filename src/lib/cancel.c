/* SPDX-License-Identifier: MIT */
#include "cancel.h"

static int ask(void *context)
{
    exn_cancel_memory *memory = context;
    memory->yes = memory->yes || memory->caller.ask(memory->caller.context) != 0;
    return memory->yes;
}

exn_cancel exn_cancel_keep(exn_cancel_memory *memory, exn_cancel caller)
{
    *memory = (exn_cancel_memory){caller, false};
    return caller.ask ? (exn_cancel){ask, memory} : caller;
}

void exn_cancel_remember(exn_cancel_memory *memory, exn_options *own)
{
    const exn_cancel kept = exn_cancel_keep(memory, exn_cancel_of(own));
    own->cancelled = kept.ask;
    own->cancelled_context = kept.context;
}

exn_status exn_cancel_settle(const exn_cancel_memory *memory, exn_status status, exn_error *error)
{
    if (!memory->yes)
        return status;
    if (error)
        *error = (exn_error){0};
    return exn_status_fail(error, EXN_CANCELLED, "%s", "");
}
