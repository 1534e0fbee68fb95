/* SPDX-License-Identifier: MIT */
#include "target_memory.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "list/roots.h"

/* A dry run should fail where a real one would, so the folder is checked. One that the run has not
 * created (-1) counts as writable. */
exn_status exn_target_memory_open(exn_target *target, const exn_cli_options *options,
                                  exn_error *error)
{
    (void)options;
    if (target->folder >= 0 && !exn_roots_writable(target->folder))
        return exn_error_set(error, EXN_WRITE, errno, "cannot create a temporary file");
    target->fd = exn_memory_open(error);
    return error->status;
}

static exn_status seal_dry(exn_target *target, int source, const struct stat *status, bool durable,
                           exn_error *error)
{
    (void)source;
    (void)status;
    (void)durable;
    int closed = close(target->fd);
    target->fd = -1;
    return closed == 0 ? EXN_OK : exn_error_set(error, EXN_WRITE, errno, "while closing it");
}

/* Nothing to do: exn_target_check() has found all that a dry run can. */
static exn_status place_dry(exn_target *target, const exn_cli_options *options, exn_error *error)
{
    (void)target;
    (void)options;
    (void)error;
    return EXN_OK;
}

const exn_target_kind exn_target_memory_dry = {
    .open = exn_target_memory_open, .seal = seal_dry, .place = place_dry};
