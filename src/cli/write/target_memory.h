/* SPDX-License-Identifier: MIT */
/* Outputs that stand in memory until they are placed; those of a dry run are not placed at all. */
#ifndef EXN_CLI_WRITE_TARGET_MEMORY_H
#define EXN_CLI_WRITE_TARGET_MEMORY_H

#include "target_kind.h"

/* Takes memory, if the folder is one that a file could be made in. */
exn_status exn_target_memory_open(exn_target *target, const exn_cli_options *options,
                                  exn_error *error);

/* --dry-run */
extern const exn_target_kind exn_target_memory_dry;

#endif
