/* SPDX-License-Identifier: MIT */
/* Several inputs and the folder that they go to, each under the last part of its name. */
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
    char *folder;    /* of exn_several_join(); owned */
    char **names;    /* likewise: of the inputs in it, sorted; each owned */
} exn_several;

/* Finds where options->inputs go. A usage error, with the reason on standard error: OUT is no
 * folder, or two of them would go to one name. Call exn_several_close() in any case. */
exn_exit exn_several_open(exn_several *several, const exn_cli_options *options);

/* Makes the input the options' IN, and its output their OUT. */
void exn_several_take(const exn_several *several, size_t input, exn_cli_options *options);

/* Whether that input could be run: as exn_roots_open(). */
exn_exit exn_several_check(const exn_several *several, size_t input, exn_cli_options *options);

/* Makes all of them one run, for what is about several of them: the folder that has all becomes the
 * options' IN, and its list has these names alone. A usage error: they are not in one folder, or
 * one is a link to a folder. Each has to be checked before. */
exn_exit exn_several_join(exn_several *several, exn_cli_options *options);

/* Of such a run: whether the folder's list has this entry. */
bool exn_several_has(const exn_several *several, const char *name);

void exn_several_close(exn_several *several);

#endif
