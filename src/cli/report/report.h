/* SPDX-License-Identifier: MIT */
/* What became of every item: a line on standard error for what failed or was skipped, a
 * line of JSON for each where
 * --report asks for it, and the closing summary. */
#ifndef EXN_CLI_REPORT_REPORT_H
#define EXN_CLI_REPORT_REPORT_H

#include <stdio.h>
#include <time.h>

#include "base/item.h"
#include "options.h"
#include "progress.h"

typedef struct exn_report {
    FILE *file;       /* JSON Lines; NULL: none */
    const char *name; /* of the report, for messages; borrowed */
    const char
        *archive;       /* that items are members of, in a run over several; borrowed; NULL: none */
    const char *prefix; /* in front of paths in messages; borrowed; NULL: nothing */
    bool quiet, verbose;
    exn_progress progress;
    bool check;             /* nothing is written: outcomes are what is to be done */
    bool dry_run;           /* nor here */
    bool allow_unsupported; /* those make no failure */
    struct stat id;         /* who the report's file is */
    bool broken;            /* it could not be written */
    bool output_failed;     /* nor could an output */
    bool to_stdout;         /* the output goes where people would read */
    bool gave_up;           /* --on-error=stop ended the run */
    struct timespec start;
    uint64_t outcomes[EXN_OUTCOME_COUNT];
    uint64_t skipped, internal, warnings, linked;
    uint64_t stale;  /* indexes of archives that could not be made true */
    uint64_t known;  /* of these: done by a run before, as its state says */
    bool unlisted;   /* the input could not be listed */
    uint64_t listed; /* by --check: files that are not unambiguous */
    uint64_t bytes_in, bytes_out;
} exn_report;

/* Opens --report and writes its first line. EXN_EXIT_OUTPUT, with a line on standard error, where
 * that cannot be; then nothing is to be closed. */
exn_exit exn_report_open(exn_report *report, const exn_cli_options *options);

/* Where people read: standard output, or standard error where the report has taken that. */
FILE *exn_report_stream(const exn_report *report);

/* Counts and tells one item. */
void exn_report_item(exn_report *report, const exn_item *item);

/* Closes the report, prints the summary and returns the exit status. stopped: the signal that ended
 * the run early; 0: none. */
exn_exit exn_report_close(exn_report *report, int stopped);

/* For json.c: what failed, as one line of text. */
void exn_report_error_text(const exn_item *item, char *text, size_t size);

/* For json.c: the report's word for an outcome. With --check outcomes are what is to be done; NULL:
 * none of those. */
const char *exn_report_outcome_word(const exn_report *report, exn_outcome outcome);

/* For check.c: why a sidecar stays as it is, as the end of a line of text. */
const char *exn_report_owner_text(const exn_item *item);

/* Since exn_report_open(). */
double exn_report_seconds(const exn_report *report);

#endif
