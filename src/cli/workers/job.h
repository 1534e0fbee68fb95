/* SPDX-License-Identifier: MIT */
/* One piece of work for a worker, and what it costs: what pool.c needs to know of it to hand it
 * out. */
#ifndef EXN_CLI_WORKERS_JOB_H
#define EXN_CLI_WORKERS_JOB_H

#include "options.h"
#include "wire.h"

/* What counts as a small file: several go to a worker at once. */
#define EXN_JOB_SMALL ((uint64_t)32 << 10)

/* The caller's, and where it is, from exn_pool_offer() until exn_pool_next() gives it back. */
typedef struct exn_job {
    exn_job_kind kind;
    int source, output; /* borrowed as long; output: unless kind is CHECK; -1: of a sidecar, none */
    int image;          /* likewise; only where beside.there */
    exn_beside beside;
    uint32_t orientation;  /* that the image, or the sidecar's, is to be rotated by; 0: its own */
    bool mask;             /* the image is one, and goes the way of another one's labels */
    uint64_t size;         /* of the source */
    exn_result made;       /* of kind VERIFY: what another worker says that it has made, */
    uint64_t made_size;    /* and the size of that in output, which is read only by now */
    exn_labels_job labels; /* of the kinds that are about labels */
    exn_answer answer;     /* valid: every field was looked at */
    uint64_t number;       /* the pool's, */
    bool large;            /* as this: the output does not fit in an answer */
    bool lent;             /* a worker has had the output, and may still hold it */
    uint64_t worker;       /* which of all that there were has made the output; 0: none */
    struct exn_job *next;
} exn_job;

/* What it costs, in bytes that are read. */
uint64_t exn_job_weight(const exn_job *job);

/* How many of the jobs that there may be it stands for, by its descriptors. */
size_t exn_job_share(const exn_job *job);

/* How long it may take, in milliseconds. */
int64_t exn_job_milliseconds(const exn_job *job, const exn_cli_options *options);

/* How large an output it may write, where that is more than the common limit may be; else 0. A
 * worker that was taken over could fill a disk by it, so that only such a job gets a worker with
 * it. */
uint64_t exn_job_room(const exn_job *job);

/* Whether its output comes with the answer, and the parent writes it. */
bool exn_job_has_body(const exn_job *job, const exn_cli_options *options);

/* Sends it to the worker at the other end of the socket. */
bool exn_job_send(exn_job *job, int socket, const exn_cli_options *options);

#endif
