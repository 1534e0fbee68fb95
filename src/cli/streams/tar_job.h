/* SPDX-License-Identifier: MIT */
/* What tar.h has to do, and how it ended. */
#ifndef EXN_CLI_STREAMS_TAR_JOB_H
#define EXN_CLI_STREAMS_TAR_JOB_H

#include "report/report.h"
#include "workers/pool.h"
#include "write/state.h"

typedef struct exn_tar_job {
    const exn_cli_options *options;
    exn_pool *pool; /* idle */
    exn_report *report;
    exn_state *state;    /* NULL: none is kept */
    const char *archive; /* in front of a member's name in the report; NULL: nothing */
    int in, out;         /* borrowed; read and written in sequence from where they are */
    const char *told;    /* the archive's name in the report, if it is another one (--check) */
    /* For --check: nothing is written, and members are only checked and given to this function
     * before they are reported. NULL: a run. */
    void (*judge)(void *context, const exn_item *item);
    void *context;
    bool readable; /* out can be read back, which --verify does */
} exn_tar_job;

/* How it ended. */
typedef struct exn_tar_end {
    bool stopped;  /* by --on-error=stop */
    bool changed;  /* the output is not the source byte for byte */
    bool unended;  /* there was no end marker, and now there is one */
    bool failures; /* members failed */
    bool chance; /* some failed for reasons that another run may not meet (exn_totals_may_pass()) */
} exn_tar_end;

#endif
