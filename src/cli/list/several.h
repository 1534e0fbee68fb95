/* SPDX-License-Identifier: MIT */
/* Several inputs and the folder that they go into, each under the last part of its name. */
#ifndef EXN_CLI_LIST_SEVERAL_H
#define EXN_CLI_LIST_SEVERAL_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

typedef struct exn_several {
    size_t count;
    char **inputs;   /* borrowed */
    char **outputs;  /* owned: OUT/NAME of each */
    const char *out; /* borrowed */
    char *folder;    /* set by exn_several_join(); owned */
    char **names;    /* likewise: the inputs' names in it, sorted; each owned */
} exn_several;

/* Finds where options->inputs go. A usage error, with the reason on standard error, if OUT is not a
 * folder, or if two inputs would get the same name. Call exn_several_close() in any case. */
exn_exit exn_several_open(exn_several *several, const exn_cli_options *options);

/* Makes the input the options' IN, and its output their OUT. */
void exn_several_take(const exn_several *several, size_t input, exn_cli_options *options);

/* Whether that input could be run; fails as exn_roots_open() does. */
exn_exit exn_several_check(const exn_several *several, size_t input, exn_cli_options *options);

/* Makes all of them one run, since labels of one may be about images of another: the folder that
 * holds them becomes the options' IN, and only these names of it are listed. A usage error if they
 * are not in one folder, or if one is a link to a folder. Check each of them before. */
exn_exit exn_several_join(exn_several *several, exn_cli_options *options);

/* In such a run: whether the folder's list has this entry. */
bool exn_several_has(const exn_several *several, const char *name);

void exn_several_close(exn_several *several);

#endif
