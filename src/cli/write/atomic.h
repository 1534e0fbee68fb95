/* SPDX-License-Identifier: MIT */
/* The way of most files to their names: written under a temporary one in their own folder, and
 * renamed when they are whole. */
#ifndef EXN_CLI_WRITE_ATOMIC_H
#define EXN_CLI_WRITE_ATOMIC_H

#include "target_kind.h"

extern const exn_target_kind exn_atomic_target;

/* As exn_target_seal(), but the file stays open. */
exn_status exn_atomic_complete(exn_target *target, int source, const struct stat *status,
                               bool durable, exn_error *error);

#endif
