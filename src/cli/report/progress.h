/* SPDX-License-Identifier: MIT */
/* The line on the terminal: a bar, files and bytes per second, the time left, failures so
 * far. It is for people who wait, so it is drawn only where standard error is a terminal and this
 * program is in its foreground, and a few times a second. */
#ifndef EXN_CLI_REPORT_PROGRESS_H
#define EXN_CLI_REPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct exn_progress {
    bool on;
    bool drawn;     /* there is a line to take away before anything else is said */
    uint64_t total; /* items that are expected; 0: not known, no bar */
    uint64_t items, failed;
    uint64_t known; /* of these items, by an earlier run: they say nothing of this one's speed */
    uint64_t bytes; /* of the others */
    uint64_t start, last; /* the clock, in milliseconds: of the run, of the last drawing */
} exn_progress;

/* wanted: the run may show it. listing: standard output gets lines of its own, which on the same
 * terminal would run into this one. */
void exn_progress_start(exn_progress *progress, bool wanted, bool listing);

/* One item is done; known: by an earlier run. */
void exn_progress_item(exn_progress *progress, uint64_t bytes, bool known, bool failed);

/* Takes the line away. */
void exn_progress_clear(exn_progress *progress);

#endif
