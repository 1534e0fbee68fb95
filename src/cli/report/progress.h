/* SPDX-License-Identifier: MIT */
/* The line on the terminal: a bar, files and bytes per second, the time left, failures so
 * far. It is for people who wait, so it is drawn only if standard error is a terminal and this
 * program is in its foreground, and only a few times a second. */
#ifndef EXN_CLI_REPORT_PROGRESS_H
#define EXN_CLI_REPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct exn_progress {
    bool on;
    bool drawn;     /* there is a line to clear before anything else is printed */
    uint64_t total; /* expected items; 0: not known, no bar */
    uint64_t items, failed;
    uint64_t known;       /* items done by an earlier run, which do not count for the speed */
    uint64_t bytes;       /* of the others */
    uint64_t start, last; /* in milliseconds: when the run began, and when it was last drawn */
} exn_progress;

/* wanted: the run may show it. listing: standard output gets lines too, which would run into this
 * one on the same terminal. */
void exn_progress_start(exn_progress *progress, bool wanted, bool listing);

/* One item is done; known: by an earlier run. */
void exn_progress_item(exn_progress *progress, uint64_t bytes, bool known, bool failed);

/* Clears the line. */
void exn_progress_clear(exn_progress *progress);

#endif
