/* SPDX-License-Identifier: MIT */
/* The process that workers come from. It is started before anything is opened or listed
 * and before a library is touched, has one thread and nothing but a socket, and does two things on
 * request: fork a worker, and bury one.
 *
 * A run of one file needs one worker, and that one is forked at once, by this process itself; a
 * server is started only if, after all, a second one is asked for.
 *
 * In order: exn_forkserver_start(), first of all; exn_forkserver_spawn() and exn_forkserver_reap()
 * for each worker; exn_forkserver_stop(). No process outlives this one: each dies with its parent.
 */
#ifndef EXN_CLI_WORKERS_FORKSERVER_H
#define EXN_CLI_WORKERS_FORKSERVER_H

#include <stdint.h>
#include <sys/types.h>

#include "options.h"

typedef struct exn_forkserver {
    int socket; /* -1: none */
    pid_t pid;
    unsigned seconds; /* that it may take to answer */
    const exn_cli_options *options;
    bool direct;  /* the first worker is to come from this process */
    pid_t worker; /* the one that did; 0: none, or buried */
} exn_forkserver;

/* False, with errno. options are read by the workers, as they are now. direct: the first of them,
 * most likely the only one, is asked for next and needs no server. */
bool exn_forkserver_start(exn_forkserver *server, const exn_cli_options *options, bool direct);

/* A new worker, whose outputs may be of room bytes, or as large as memory may be, and in *socket
 * the end of its socket that is the caller's. It says by a reply of number 0 that it waits. -1 with
 * errno. */
pid_t exn_forkserver_spawn(exn_forkserver *server, uint64_t room, int *socket);

/* Makes sure that a worker is dead. Returns what waitpid(2) says of it, -1 where that stays
 * unknown. */
int exn_forkserver_reap(exn_forkserver *server, pid_t pid);

void exn_forkserver_stop(exn_forkserver *server);

#endif
