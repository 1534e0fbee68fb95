/* SPDX-License-Identifier: MIT */
/* --files-from: the list of files in IN that a run takes. */
#ifndef EXN_CLI_LIST_NAMES_H
#define EXN_CLI_LIST_NAMES_H

#include <stddef.h>

#include "options.h"

/* Each name once, in the order in which a walk through IN would meet them. All are relative to IN,
 * without "." and "..". */
typedef struct exn_names {
    char **list; /* owned */
    size_t count;
} exn_names;

/* Normalizes a path relative to IN, in place. Returns NULL, or what is wrong with it. */
const char *exn_names_clean(char *name);

/* Reads the list and keeps the names of this run's shard. A name that leads out of IN, or that
 * cannot be a file's, is a usage error: then nothing is done. Call exn_names_free() in any case. */
exn_exit exn_names_read(exn_names *names, const exn_cli_options *options);

void exn_names_free(exn_names *names);

#endif
