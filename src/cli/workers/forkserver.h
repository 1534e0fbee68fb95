/* SPDX-License-Identifier: MIT */
/* The process that workers come from. It is started before anything is opened or listed and before
 * a library is used, has one thread and only a socket, and does two things on request: it forks a
 * worker, and it kills and reaps one.
 *
 * A run of one file needs one worker, which this process forks itself at once; a server is started
 * only if a second one is needed after all.
 *
 * In order: exn_forkserver_start(), before anything else; exn_forkserver_spawn() and
 * exn_forkserver_reap() for each worker; exn_forkserver_stop(). Each process dies with its parent,
 * so none outlives this one. */
#ifndef EXN_CLI_WORKERS_FORKSERVER_H
#define EXN_CLI_WORKERS_FORKSERVER_H

#include <stdint.h>
#include <sys/types.h>

#include "options.h"

typedef struct exn_forkserver {
    int socket; /* -1: none */
    pid_t pid;
    unsigned seconds; /* how long it may take to answer */
    const exn_cli_options *options;
    bool direct;  /* this process forks the first worker itself */
    pid_t worker; /* the worker that it has forked; 0: none, or reaped */
} exn_forkserver;

/* False, with errno. Workers see the options as they are now. direct: the first worker is spawned
 * next, is most likely the only one, and needs no server. */
bool exn_forkserver_start(exn_forkserver *server, const exn_cli_options *options, bool direct);

/* Starts a worker, and sets *socket to the caller's end of its socket. Its outputs may have room
 * bytes, or as many as the memory limit if that is more. It sends a reply with number 0 when it is
 * ready. -1 with errno. */
pid_t exn_forkserver_spawn(exn_forkserver *server, uint64_t room, int *socket);

/* Makes sure that a worker is dead. Returns its status from waitpid(2), or -1 if that is unknown.
 */
int exn_forkserver_reap(exn_forkserver *server, pid_t pid);

void exn_forkserver_stop(exn_forkserver *server);

#endif
