/* SPDX-License-Identifier: MIT */
/* The items in flight: a ring of entries in the order of the list. Workers complete them in any
 * order, but each is finished only after all before it, so that outputs get their names, members
 * are written and items are reported in the order of the list.
 *
 * In order: exn_flight_open(); exn_flight_push() for each entry and, if it needs a worker,
 * exn_flight_hand_over(); exn_flight_finish_ready() after each; exn_flight_drain();
 * exn_flight_drop(), which does nothing if all are finished; exn_flight_close(). */
#ifndef EXN_CLI_WORKERS_FLIGHT_H
#define EXN_CLI_WORKERS_FLIGHT_H

#include "pool.h"

/* What the owner of a flight does with its entries. An entry begins with its exn_job. */
typedef struct exn_flight_ops {
    bool (*may_go_on)(const void *owner);      /* besides signals and a broken pool */
    bool (*is_ready)(const void *entry);       /* no worker has it any more */
    void (*collect)(void *owner, void *entry); /* a worker has answered */
    void (*finish)(void *owner, void *entry);  /* it is ready, and the first of all */
    void (*forget)(void *owner, void *entry);  /* frees what it holds, finished or not */
} exn_flight_ops;

typedef struct exn_flight {
    const exn_flight_ops *ops; /* borrowed */
    void *owner;               /* borrowed */
    exn_pool *pool;            /* borrowed */
    size_t size, window;       /* the size of an entry; how many there may be */
    unsigned char *entries;    /* the ring */
    size_t first, count;
} exn_flight;

/* A flight of up to window entries of size bytes. False: out of memory; closing it is harmless. */
bool exn_flight_open(exn_flight *flight, const exn_flight_ops *ops, void *owner, exn_pool *pool,
                     size_t size, size_t window);
void exn_flight_close(exn_flight *flight);

/* Whether the run may go on. */
bool exn_flight_may_go_on(const exn_flight *flight);

bool exn_flight_is_full(const exn_flight *flight);

/* The place for one more entry, which the caller fills at once. The flight must not be full. */
void *exn_flight_push(exn_flight *flight);

/* Forgets the entry that was pushed last. */
void exn_flight_retract(exn_flight *flight);

/* The i-th entry, 0 being the one that is finished next. */
void *exn_flight_at(const exn_flight *flight, size_t i);

/* Gives an entry's job to a worker; while all are busy, other entries are collected and finished.
 * If the run ends first, no worker gets it. */
void exn_flight_hand_over(exn_flight *flight, exn_job *job);

/* Finishes the entries that are ready, in order. */
void exn_flight_finish_ready(exn_flight *flight);

/* Waits until a worker has answered, and finishes the entries that are ready. */
void exn_flight_step(exn_flight *flight);

/* Steps until at most so many are left, or the run must end. */
void exn_flight_drain(exn_flight *flight, size_t left);

/* Takes all jobs back from the workers, and forgets the remaining entries. */
void exn_flight_drop(exn_flight *flight);

#endif
