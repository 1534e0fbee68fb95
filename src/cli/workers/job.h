/* SPDX-License-Identifier: MIT */
/* One piece of work for a worker, and what it costs, which pool.c needs to know to hand it out. */
#ifndef EXN_CLI_WORKERS_JOB_H
#define EXN_CLI_WORKERS_JOB_H

#include "options.h"
#include "wire.h"

/* Files up to this size are small: several go to a worker at once. */
#define EXN_JOB_SMALL ((uint64_t)32 << 10)

/* Owned by the caller, who must not move it from exn_pool_offer() until exn_pool_next() gives it
 * back. */
typedef struct exn_job {
    exn_job_kind kind;
    int source, output; /* borrowed until then; output: not used by CHECK; -1: none (a sidecar) */
    bool returns;       /* the output is for the caller's eyes: exn_job_take_output() has it. The
                           job's own, as are returned and, for a large one, output */
    void *returned;
    int image; /* likewise; only if beside.there */
    exn_beside beside;
    uint32_t orientation;  /* to rotate the image, or the sidecar's image, by; 0: its own */
    bool mask;             /* the image is a mask, rotated as the labels of its image are moved */
    uint64_t size;         /* of the source */
    exn_result made;       /* for VERIFY: what another worker says that it has made */
    uint64_t made_size;    /* for VERIFY: the size of output, which is read-only by then */
    exn_labels_job labels; /* for the kinds that are about labels */
    exn_answer answer;     /* validated: every field was checked */
    uint64_t number;       /* for the pool */
    bool large;            /* for the pool: the output does not fit in an answer */
    bool lent;             /* a worker has had the output, and may still hold it */
    uint64_t worker;       /* number of the worker that has made the output; 0: none */
    struct exn_job *next;
} exn_job;

/* Its cost, in bytes to read. */
uint64_t exn_job_weight(const exn_job *job);

/* How many jobs it counts as, by its descriptors. */
size_t exn_job_share(const exn_job *job);

/* How long it may take, in milliseconds. */
int64_t exn_job_milliseconds(const exn_job *job, const exn_cli_options *options);

/* The size of its output, if that may exceed the common limit; else 0. A worker that was taken over
 * could fill a disk with a higher limit, so only a worker for such a job gets one. */
uint64_t exn_job_room(const exn_job *job);

/* Of one that returns its output, if that cannot come with the answer: opens a memory file for it.
 * False: error says why not. */
bool exn_job_open_output(exn_job *job, const exn_cli_options *options, exn_error *error);

/* Keeps a copy of what came with the answer, or was known before, as the output. */
bool exn_job_set_output(exn_job *job, const void *bytes, size_t size, exn_error *error);

/* The answer.bytes_out bytes of output that a job returns, which the caller frees; and one byte
 * more, so that there is a pointer to none. NULL: error says why. */
void *exn_job_take_output(exn_job *job, exn_error *error);

/* Frees what is left of it, whether it was taken or not. No worker may be at the job. */
void exn_job_drop_output(exn_job *job);

/* Whether its output comes with the answer, and the parent writes it. */
bool exn_job_has_body(const exn_job *job, const exn_cli_options *options);

/* Sends the job to the worker at the other end of the socket. */
bool exn_job_send(exn_job *job, int socket, const exn_cli_options *options);

#endif
