/* SPDX-License-Identifier: MIT */
#include "flight.h"

#include <assert.h>
#include <stdlib.h>

#include "base/signals.h"

/* The ring never grows, so an entry stays where it is: the pool points to its job until
 * exn_pool_next() gives that back. */
bool exn_flight_open(exn_flight *flight, const exn_flight_ops *ops, void *owner, exn_pool *pool,
                     size_t size, size_t window)
{
    *flight =
        (exn_flight){.ops = ops, .owner = owner, .pool = pool, .size = size, .window = window};
    flight->entries = calloc(window, size);
    return flight->entries != NULL;
}

void exn_flight_close(exn_flight *flight)
{
    free(flight->entries);
    flight->entries = NULL;
}

bool exn_flight_may_go_on(const exn_flight *flight)
{
    return flight->ops->may_go_on(flight->owner) && !flight->pool->broken && !exn_signals_caught();
}

bool exn_flight_is_full(const exn_flight *flight)
{
    return flight->count == flight->window;
}

void *exn_flight_at(const exn_flight *flight, size_t i)
{
    return flight->entries + (flight->first + i) % flight->window * flight->size;
}

void *exn_flight_push(exn_flight *flight)
{
    assert(!exn_flight_is_full(flight));
    return exn_flight_at(flight, flight->count++);
}

/* No worker may have its job: it is the last one pushed, and was not handed over. */
void exn_flight_retract(exn_flight *flight)
{
    assert(flight->count > 0);
    flight->ops->forget(flight->owner, exn_flight_at(flight, --flight->count));
}

static void forget_first(exn_flight *flight)
{
    flight->ops->forget(flight->owner, exn_flight_at(flight, 0));
    flight->first = (flight->first + 1) % flight->window;
    flight->count--;
}

/* Checks each time whether the run continues: finishing an entry may end it (--on-error=stop, a
 * full disk), and then nothing after it is written. */
void exn_flight_finish_ready(exn_flight *flight)
{
    while (flight->count > 0 && flight->ops->is_ready(exn_flight_at(flight, 0)) &&
           exn_flight_may_go_on(flight)) {
        flight->ops->finish(flight->owner, exn_flight_at(flight, 0));
        forget_first(flight);
    }
}

void exn_flight_step(exn_flight *flight)
{
    /* The job is the entry's first member, so this is also a pointer to the entry (C11 6.7.2.1,
     * 15). NULL is not a failure: a signal has come, which the callers' loops check for. */
    exn_job *job = exn_pool_next(flight->pool);
    if (job)
        flight->ops->collect(flight->owner, job);
    exn_flight_finish_ready(flight);
}

/* Does not wait idly for a free worker: collects answers meanwhile, so that outputs do not pile up.
 */
void exn_flight_hand_over(exn_flight *flight, exn_job *job)
{
    while (exn_flight_may_go_on(flight) && !exn_pool_offer(flight->pool, job))
        exn_flight_step(flight);
}

void exn_flight_drain(exn_flight *flight, size_t left)
{
    while (flight->count > left && exn_flight_may_go_on(flight))
        exn_flight_step(flight);
}

/* Takes the jobs from the workers first, since forget() closes their descriptors. */
void exn_flight_drop(exn_flight *flight)
{
    exn_pool_drop(flight->pool);
    while (flight->count > 0)
        forget_first(flight);
}
