/* SPDX-License-Identifier: MIT */
/* Outputs that wait in memory until they are placed; those of a dry run are never placed. */
#ifndef EXN_CLI_WRITE_TARGET_MEMORY_H
#define EXN_CLI_WRITE_TARGET_MEMORY_H

#include "target_kind.h"

/* Opens a memory file, if a file could be created in the folder. */
exn_status exn_target_memory_open(exn_target *target, const exn_cli_options *options,
                                  exn_error *error);

/* --dry-run */
extern const exn_target_kind exn_target_memory_dry;

#endif
