/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/io.h"
#include "base/item.h"
#include "base/signals.h"

/* All that a worker may have of small files, in bytes, and how many go at once. */
#define SMALL_FILES (8 * EXN_JOB_SMALL)
#define BURST       (EXN_POOL_DEPTH / 2)

static int64_t now(void)
{
    return (int64_t)(exn_clock_now() / EXN_CLOCK_MILLISECOND);
}

/* Removes whoever is there; returns how that process ended, see exn_forkserver_reap(). */
static int clear(exn_pool *pool, exn_workplace *place)
{
    if (place->socket < 0)
        return -1;
    close(place->socket);
    place->socket = -1;
    return exn_forkserver_reap(&pool->server, place->pid);
}

/* Waits until a new worker says that it stands behind its wall. */
static bool is_ready(const exn_workplace *place, int seconds, exn_error *error)
{
    enum { SECOND = 1000 };
    exn_reply reply;
    int none[EXN_WIRE_DESCRIPTORS];
    size_t count;
    struct pollfd polled = {.fd = place->socket, .events = POLLIN};
    int ready;
    do
        ready = poll(&polled, 1, seconds * SECOND);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0 ||
        exn_wire_receive(place->socket, &reply, sizeof reply, none, &count, MSG_DONTWAIT) != 1 ||
        reply.number != 0)
        exn_error_set(error, EXN_INTERNAL, 0, "a new worker did not start");
    else
        *error = reply.answer.error; /* it has seen no image yet and is trusted */
    return error->status == EXN_OK;
}

/* Numbers of workers are never used again, unlike pids: a job remembers by them who has made its
 * output. */
static bool fill(exn_pool *pool, exn_workplace *place, exn_error *error)
{
    enum { START_SECONDS = 30 };
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a pool has as many places as jobs */
    place->pid = exn_forkserver_spawn(&pool->server, place->room, &place->socket);
    place->worker = ++pool->last_worker;
    if (place->pid < 0) {
        place->socket = -1;
        exn_error_set(error, EXN_INTERNAL, errno, "cannot start a worker");
        return false;
    }
    if (is_ready(place, START_SECONDS, error))
        return true;
    clear(pool, place);
    return false;
}

static void say_why(const exn_error *error)
{
    fprintf(stderr, "exifnorm: %s%s%s\n", error->detail, error->sys_errno ? ": " : "",
            error->sys_errno ? strerror(error->sys_errno) : "");
}

/* Every job that waits at a worker holds two descriptors, and so does every worker's beginning.
 * Half of what there is, less the workers' sockets, is theirs; the rest is for folders and
 * outputs. */
static void allow_descriptors(exn_pool *pool)
{
    struct rlimit limit;
    pool->descriptors = 1024;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        pool->descriptors = limit.rlim_max < SIZE_MAX ? (size_t)limit.rlim_max : SIZE_MAX;
    }
    const size_t share = pool->descriptors / 2, sockets = pool->workers;
    pool->most = share >= sockets + 2 ? (share - sockets) / 2 : 1;
}

/* What one worker does. A second look and labels take more of them. */
static bool is_one_file(const exn_cli_options *options)
{
    struct stat status;
    const char *in = options->in;
    if (options->paths)
        in = options->paths[0] && !options->paths[1] ? options->paths[0] : NULL;
    if (options->verify || options->isolate || options->tar || options->inputs || options->html ||
        options->from_report)
        return false;
    return options->from_stdin || (in && stat(in, &status) == 0 && S_ISREG(status.st_mode));
}

exn_exit exn_pool_start(exn_pool *pool, const exn_cli_options *options)
{
    exn_error error = {0};
    *pool = (exn_pool){.options = options, .workers = options->jobs};
    /* One worker cannot look at its own outputs. */
    pool->workers += options->jobs == 1 && options->verify && !options->isolate;
    if (!exn_forkserver_start(&pool->server, options, is_one_file(options)))
        exn_error_set(&error, EXN_INTERNAL, errno, "cannot start the fork server");
    allow_descriptors(pool);
    pool->places = calloc(pool->workers, sizeof *pool->places);
    pool->polled = calloc(pool->workers, sizeof *pool->polled);
    if (!pool->places || !pool->polled)
        exn_error_set(&error, EXN_MEMORY, 0, "out of memory for the workers");
    for (unsigned i = 0; pool->places && i < pool->workers; i++)
        pool->places[i].socket = -1;
    if (error.status == EXN_OK && fill(pool, &pool->places[0], &error))
        return EXN_EXIT_OK;
    say_why(&error);
    return EXN_EXIT_INTERNAL;
}

static void give_back(exn_pool *pool, exn_job *job)
{
    job->next = pool->done;
    pool->done = job;
}

/* sent counts from the first: where nothing was sent yet it stays at 0. */
static exn_job *take_first(exn_workplace *place)
{
    exn_job *job = place->jobs[0];
    place->bytes -= exn_job_weight(job);
    place->sent -= place->sent > 0;
    place->count--;
    for (size_t i = 0; i < place->count; i++)
        place->jobs[i] = place->jobs[i + 1];
    return job;
}

static void start_clock(exn_workplace *place)
{
    place->begun = now();
}

/* Until when jobs[0] may take. */
static int64_t deadline(const exn_pool *pool, const exn_workplace *place)
{
    return place->begun + exn_job_milliseconds(place->jobs[0], pool->options);
}

/* Sends what a worker has not got yet; false: it has got nothing at all. One that dies while it is
 * at work is seen by settle(), which knows whom to blame. */
static bool send_rest(const exn_pool *pool, exn_workplace *place)
{
    while (place->sent < place->count &&
           exn_job_send(place->jobs[place->sent], place->socket, pool->options))
        place->sent++;
    return place->sent > 0;
}

/* One that was taken over may have written to what it was not at yet. */
static void empty_outputs(const exn_workplace *place)
{
    for (size_t i = 0; i < place->sent && i < place->count; i++)
        if (place->jobs[i]->lent && place->jobs[i]->kind != EXN_JOB_VERIFY)
            (void)!ftruncate(place->jobs[i]->output, 0); /* else its size will not fit */
}

/* Puts a new worker in place and gives it the jobs that the last one had left. The old one is dead
 * before outputs are emptied, which it could fill again. */
static void renew(exn_pool *pool, exn_workplace *place)
{
    exn_error error = {0};
    clear(pool, place);
    empty_outputs(place);
    bool filled = fill(pool, place, &error);
    place->sent = 0;
    if (filled && !send_rest(pool, place)) {
        exn_error_set(&error, EXN_INTERNAL, errno, "cannot connect to a new worker");
        filled = false;
    }
    start_clock(place);
    if (filled)
        return;
    pool->broken = true;
    say_why(&error);
    while (place->count > 0) {
        exn_job *job = take_first(place);
        job->answer = (exn_answer){.error = error};
        give_back(pool, job);
    }
    clear(pool, place);
}

/* The job that a worker was at is the one to blame; those after it have another try. */
static void fail_first(exn_pool *pool, exn_workplace *place, exn_status status, const char *why,
                       int number)
{
    exn_job *job = take_first(place);
    int64_t took = now() - place->begun;
    job->answer = (exn_answer){.microseconds = took > 0 ? (uint64_t)took * 1000 : 0};
    exn_error_set(&job->answer.error, status, 0, why, number);
    give_back(pool, job);
    if (place->count > 0)
        renew(pool, place);
}

static void fail_by_ending(exn_pool *pool, exn_workplace *place)
{
    int ending = clear(pool, place);
    if (ending != -1 && WIFSIGNALED(ending))
        fail_first(pool, place, EXN_CRASHED, "signal %d", WTERMSIG(ending));
    else
        fail_first(pool, place, EXN_CRASHED, "status %d", ending == -1 ? -1 : WEXITSTATUS(ending));
}

static void assign(exn_pool *pool, exn_workplace *place, exn_job *job);

/* Whether an answer has as many bytes behind it as it says. */
static bool body_fits(const exn_pool *pool, const exn_job *job, const exn_answer *answer,
                      size_t length)
{
    const bool made = exn_job_has_body(job, pool->options) && answer->error.status == EXN_OK;
    return length == (made ? answer->bytes_out : 0) || (made && length == 0);
}

/* Takes the first job from a worker that has answered. What did not fit in the answer it does once
 * more, into the output itself. */
static void take_answer(exn_pool *pool, exn_workplace *place, const exn_answer *answer,
                        const void *body, size_t length)
{
    exn_job *job = take_first(place);
    job->answer = *answer;
    if (job->kind != EXN_JOB_VERIFY) /* else the one that made it is of interest */
        job->worker = place->worker;
    if (length > 0 && job->returns)
        exn_job_set_output(job, body, length, &job->answer.error);
    else if (length > 0 && !exn_io_write_at(job->output, body, length, 0))
        exn_error_set(&job->answer.error, EXN_WRITE, errno, "while writing");
    if (pool->options->isolate && clear(pool, place) == -1) {
        job->answer = (exn_answer){0};
        exn_error_set(&job->answer.error, EXN_CRASHED, 0, "it cannot be terminated");
    }
    start_clock(place);
    if (exn_job_has_body(job, pool->options) && length == 0 && job->answer.error.status == EXN_OK &&
        job->answer.bytes_out > 0) {
        job->large = true;
        assign(pool, place, job);
    } else {
        give_back(pool, job);
    }
}

/* What is no answer to the first job, or not one that an honest worker gives, is answered by the
 * worker's end. */
static void settle(exn_pool *pool, exn_workplace *place)
{
    static uint8_t body[EXN_WIRE_BODY];
    exn_reply reply;
    int none[EXN_WIRE_DESCRIPTORS];
    size_t count, length;
    int got = exn_wire_receive_body(place->socket, &reply, sizeof reply, body, &length, none,
                                    &count, MSG_DONTWAIT);
    while (count > 0)
        close(none[--count]);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        if (now() < deadline(pool, place))
            return;
        const int64_t milliseconds = exn_job_milliseconds(place->jobs[0], pool->options);
        clear(pool, place);
        fail_first(pool, place, EXN_TIMEOUT, "after %d s", (int)(milliseconds / 1000));
    } else if (got == 0 || (got < 0 && errno != EPROTO)) {
        fail_by_ending(pool, place);
    } else if (got < 0 || reply.number != place->jobs[0]->number ||
               !exn_wire_valid(place->jobs[0]->kind, &reply.answer)) {
        clear(pool, place);
        fail_first(pool, place, EXN_CRASHED, "its reply is invalid", 0);
    } else if (!body_fits(pool, place->jobs[0], &reply.answer, length)) {
        clear(pool, place);
        fail_first(pool, place, EXN_CRASHED, "its reply does not match its output", 0);
    } else {
        take_answer(pool, place, &reply.answer, body, length);
    }
}

static bool has_room(const exn_pool *pool, const exn_workplace *place, const exn_job *job)
{
    if (pool->options->isolate || exn_job_room(job) > 0 || place->room > 0)
        return place->count == 0;
    return place->count < 2 ||
           (place->count < EXN_POOL_DEPTH && place->bytes + exn_job_weight(job) <= SMALL_FILES);
}

/* Who has least to do: nobody's place counts between a free worker and one at work. */
static exn_workplace *choose(const exn_pool *pool, const exn_job *job)
{
    exn_workplace *best = NULL;
    for (unsigned i = 0; i < pool->options->jobs; i++) {
        exn_workplace *place = &pool->places[i];
        if (place->socket >= 0 && place->count == 0)
            return place;
        if (has_room(pool, place, job) && (!best || place->count < best->count))
            best = place;
    }
    return best;
}

/* The same, but not the worker that had the job already. */
static exn_workplace *choose_other(const exn_pool *pool, const exn_job *job)
{
    exn_workplace *best = NULL;
    for (unsigned i = 0; i < pool->workers; i++) {
        exn_workplace *place = &pool->places[i];
        bool other = place->socket < 0 || place->worker != job->worker;
        if (other && has_room(pool, place, job) && (!best || place->count < best->count))
            best = place;
    }
    return best;
}

/* Sends what a worker has not got yet. One that died at rest is replaced. */
static void flush(exn_pool *pool, exn_workplace *place)
{
    bool rested = place->sent == 0;
    if (place->socket < 0 || !send_rest(pool, place))
        renew(pool, place);
    else if (rested)
        start_clock(place);
}

static void assign(exn_pool *pool, exn_workplace *place, exn_job *job)
{
    const uint64_t room = exn_job_room(job);
    exn_error error = {0};
    if (!exn_job_open_output(job, pool->options, &error)) {
        job->answer = (exn_answer){.error = error};
        give_back(pool, job);
        return;
    }
    if (room != place->room) { /* and it has no other job: has_room() */
        clear(pool, place);
        place->room = room;
    }
    job->number = ++pool->number;
    place->jobs[place->count++] = job;
    place->bytes += exn_job_weight(job);
    if (place->socket < 0 || exn_job_weight(job) > EXN_JOB_SMALL ||
        place->count - place->sent >= BURST)
        flush(pool, place);
}

/* These come first: their images are done but for a second look. */
static void assign_again(exn_pool *pool)
{
    for (exn_job **at = &pool->again; *at;) {
        exn_job *job = *at;
        exn_workplace *place = choose_other(pool, job);
        if (!place) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        assign(pool, place, job);
    }
}

bool exn_pool_offer(exn_pool *pool, exn_job *job)
{
    assign_again(pool);
    exn_workplace *place = pool->jobs < pool->most ? choose(pool, job) : NULL;
    if (!place)
        return false;
    pool->jobs += exn_job_share(job);
    job->worker = 0;
    assign(pool, place, job);
    return true;
}

void exn_pool_return(exn_pool *pool, exn_job *job)
{
    exn_job **end = &pool->again;
    while (*end)
        end = &(*end)->next;
    job->next = NULL;
    *end = job;
    pool->jobs += exn_job_share(job);
}

void exn_pool_dismiss(exn_pool *pool, const exn_job *job)
{
    for (unsigned i = 0; job->worker && i < pool->workers; i++) {
        exn_workplace *place = &pool->places[i];
        if (place->socket < 0 || place->worker != job->worker)
            continue;
        if (place->count > 0)
            renew(pool, place);
        else
            clear(pool, place);
    }
}

/* Waits for the first answer, end or deadline. poll(2) passes over a place that has no job. */
static void wait_for(exn_pool *pool)
{
    int64_t first = INT64_MAX;
    for (unsigned i = 0; i < pool->workers; i++) {
        const exn_workplace *place = &pool->places[i];
        pool->polled[i] =
            (struct pollfd){.fd = place->count > 0 ? place->socket : -1, .events = POLLIN};
        if (place->count > 0 && deadline(pool, place) < first)
            first = deadline(pool, place);
    }
    int64_t left = first - now();
    int ready = exn_signals_poll(pool->polled, pool->workers, left > 0 ? (int)left + 1 : 0);
    int64_t time = now();
    for (unsigned i = 0; i < pool->workers; i++) {
        exn_workplace *place = &pool->places[i];
        if (place->count > 0 &&
            ((ready > 0 && pool->polled[i].revents) || time >= deadline(pool, place)))
            settle(pool, place);
    }
}

/* Takes what is there already; most often it is, and the wait with all around it is saved. */
static bool look_round(exn_pool *pool)
{
    bool busy = false;
    for (unsigned i = 0; i < pool->workers && !pool->done; i++) {
        exn_workplace *place = &pool->places[i];
        busy = busy || place->count > 0;
        if (place->sent > 0)
            settle(pool, place);
    }
    return busy;
}

exn_job *exn_pool_next(exn_pool *pool)
{
    assign_again(pool);
    while (!pool->done && !exn_signals_caught() && look_round(pool)) {
        for (unsigned i = 0; i < pool->workers && !pool->done; i++)
            if (pool->places[i].count > pool->places[i].sent)
                flush(pool, &pool->places[i]);
        if (!pool->done)
            wait_for(pool);
    }
    exn_job *job = pool->done;
    if (job) {
        pool->done = job->next;
        pool->jobs -= exn_job_share(job);
    }
    return job;
}

/* Outputs are the caller's from here on, so whoever is at one has to end. */
void exn_pool_drop(exn_pool *pool)
{
    pool->done = pool->again = NULL;
    pool->jobs = 0;
    for (unsigned i = 0; i < pool->workers; i++) {
        exn_workplace *place = &pool->places[i];
        if (place->count > 0)
            clear(pool, place);
        place->count = place->sent = 0;
        place->bytes = 0;
    }
}

bool exn_pool_stop(exn_pool *pool)
{
    bool broken = pool->broken;
    for (unsigned i = 0; pool->places && i < pool->workers; i++)
        clear(pool, &pool->places[i]); /* waited for, its time counts as the program's */
    exn_forkserver_stop(&pool->server);
    free(pool->places);
    free(pool->polled);
    *pool = (exn_pool){.server = {.socket = -1}};
    return !broken;
}
