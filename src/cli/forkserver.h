/* Floor 4: the process that workers come from. It is started before anything is opened or listed
 * and before a library is touched, has one thread and nothing but a socket, and does two things on
 * request: fork a worker, and bury one.
 *
 * In order: exn_server_start(), first of all; exn_server_spawn() and exn_server_bury() for each
 * worker; exn_server_stop(). No process outlives this one: each dies with its parent. */
#ifndef EXN_CLI_FORKSERVER_H
#define EXN_CLI_FORKSERVER_H

#include <sys/types.h>

#include "options.h"

typedef struct exn_server {
    int socket; /* -1: none */
    pid_t pid;
} exn_server;

/* False, with errno. options are read by the workers, as they are now. */
bool exn_server_start(exn_server *server, const exn_cli_options *options);

/* A new worker, and in *socket the end of its socket that is the caller's. It says by a reply of
 * number 0 that it waits. -1 with errno. */
pid_t exn_server_spawn(const exn_server *server, int *socket);

/* Makes sure that a worker is dead. Returns what waitpid(2) says of it, -1 where that stays
 * unknown. */
int exn_server_bury(const exn_server *server, pid_t pid);

void exn_server_stop(exn_server *server);

#endif
