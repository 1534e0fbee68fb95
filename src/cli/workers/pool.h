/* SPDX-License-Identifier: MIT */
/* The workers, as the parent sees them. It offers jobs, gets them back done in any order,
 * and need not know that a worker can crash, hang or lie: such a job comes back failed, another
 * worker takes the place, and no other job is lost.
 *
 * In order: exn_pool_start(), before anything is opened; exn_pool_offer() and exn_pool_next();
 * exn_pool_drop() where a run ends early; exn_pool_stop(). */
#ifndef EXN_CLI_WORKERS_POOL_H
#define EXN_CLI_WORKERS_POOL_H

#include "base/usage.h"
#include "forkserver.h"
#include "job.h"

/* Jobs at one worker: the one that it works on and the next, so that it need not wait for the
 * hand-over; and of small files more, which are sent several at once: to wake a worker for each
 * takes longer than the work. (8,000 files of 4 KB: 2,100 context switches with 8, 580 with 32.) */
#define EXN_POOL_DEPTH 32

typedef struct exn_workplace {
    int socket; /* -1: nobody there */
    pid_t pid;
    uint64_t room;                 /* that it has for outputs beyond the common limit; 0: none */
    uint64_t worker;               /* its number; no two processes have the same */
    exn_job *jobs[EXN_POOL_DEPTH]; /* [0] is being worked on */
    size_t count;
    size_t sent;    /* the first of them; the others are still here */
    uint64_t bytes; /* of the sources of all */
    int64_t begun;  /* with jobs[0], in milliseconds of the monotonic clock */
} exn_workplace;

typedef struct exn_pool {
    const exn_cli_options *options;
    exn_forkserver server;
    exn_workplace *places;
    unsigned workers; /* places: as many as --jobs, or two for --verify with one job */
    struct pollfd *polled;
    size_t descriptors; /* that this process may have open */
    size_t jobs, most;  /* at the workers, and not yet given back; how many may be */
    exn_job *done;      /* not yet given back */
    exn_job *again;     /* wait for another worker than the one that had them */
    uint64_t number, last_worker;
    bool broken; /* no worker could be had: the run must stop */
} exn_pool;

/* Starts the fork server and a first worker. EXN_EXIT_INTERNAL, with the reason on standard error:
 * there is none, or it could not be put behind its wall. Call exn_pool_stop() in any case. */
exn_exit exn_pool_start(exn_pool *pool, const exn_cli_options *options);

/* Gives a job to a worker; false: all have as many as they take, or as there are descriptors for.
 */
bool exn_pool_offer(exn_pool *pool, exn_job *job);

/* Takes a job that exn_pool_next() has given back once more, as one of kind VERIFY: another worker
 * than the one that did it gets it. */
void exn_pool_return(exn_pool *pool, exn_job *job);

/* The worker that made a job's output has lied, or keeps what it should not: another one takes its
 * place and does its other jobs. */
void exn_pool_dismiss(exn_pool *pool, const exn_job *job);

/* A job that is done, after a wait for it; NULL: there is none, or a signal asks to stop. */
exn_job *exn_pool_next(exn_pool *pool);

/* Takes all jobs from the workers; they are the caller's again, not done. */
void exn_pool_drop(exn_pool *pool);

/* Ends all processes. False: the run had to stop for lack of workers; that has been said. */
bool exn_pool_stop(exn_pool *pool);

#endif
