/* SPDX-License-Identifier: MIT */
/* Messages that say the same about one file after another: people need only the first few, and how
 * many there were. */
#ifndef EXN_CLI_REPORT_KINDS_H
#define EXN_CLI_REPORT_KINDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How many lines of a kind are printed. */
#define EXN_KINDS_SAID 10

typedef struct exn_kinds {
    struct {
        char text[96];
        uint64_t lines;
    } list[32];
    uint64_t others; /* lines of kinds that did not fit into the list: all are printed */
} exn_kinds;

/* Counts a line of the kind, whose text also sums up the rest at the end. False: enough of these
 * lines have been printed. */
bool exn_kinds_count(exn_kinds *kinds, const char *kind);

/* Prints one line for each kind of which some lines were not printed. */
void exn_kinds_print_rest(const exn_kinds *kinds, FILE *file);

#endif
