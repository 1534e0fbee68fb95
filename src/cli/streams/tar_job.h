/* SPDX-License-Identifier: MIT */
/* What is asked of tar.h, and how it ended. */
#ifndef EXN_CLI_STREAMS_TAR_JOB_H
#define EXN_CLI_STREAMS_TAR_JOB_H

#include "report/report.h"
#include "workers/pool.h"
#include "write/state.h"

typedef struct exn_tar_job {
    const exn_cli_options *options;
    exn_pool *pool; /* has no jobs */
    exn_report *report;
    exn_state *state;    /* NULL: none is kept */
    const char *archive; /* in front of a member's name in the report; NULL: nothing */
    int in, out;         /* borrowed; read and written in sequence from where they are */
    const char *told;    /* the archive's name in the report, where that is another one (--check) */
    /* --check: nothing is written, members are only looked at, and handed to it before they are
     * reported. NULL: a run. */
    void (*judge)(void *context, const exn_item *item);
    void *context;
    bool readable; /* out can be read back, and is where --verify is given */
} exn_tar_job;

/* How it ended. */
typedef struct exn_tar_end {
    bool stopped;  /* by --on-error=stop */
    bool changed;  /* the output is not the source byte for byte */
    bool unended;  /* there was no end marker, and now there is one */
    bool failures; /* members failed, */
    bool
        chance; /* some of them for a reason that another run may not meet: time, memory, a crash */
} exn_tar_end;

#endif
