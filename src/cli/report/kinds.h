/* SPDX-License-Identifier: MIT */
/* Lines for people that say the same of one file after another: the first few are enough, and how
 * many there were. */
#ifndef EXN_CLI_REPORT_KINDS_H
#define EXN_CLI_REPORT_KINDS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How many lines of a kind are said. */
#define EXN_KINDS_SAID 10

typedef struct exn_kinds {
    struct {
        char text[96];
        uint64_t lines;
    } list[32];
    uint64_t others; /* of kinds for which there was no room: all are said */
} exn_kinds;

/* Counts a line of the kind, which is what is said of the rest at the end. False: enough of them
 * have been said. */
bool exn_kinds_count(exn_kinds *kinds, const char *kind);

/* One line for each kind that had more than were said. */
void exn_kinds_print_rest(const exn_kinds *kinds, FILE *file);

#endif
