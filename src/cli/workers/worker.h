/* SPDX-License-Identifier: MIT */
/* The other side of the wall. A worker knows bytes: it gets descriptors and sizes, no
 * names, and answers with a record of fixed size. It has a process of its own, comes from the fork
 * server and is limited by the sandbox before it sees its first image. */
#ifndef EXN_CLI_WORKERS_WORKER_H
#define EXN_CLI_WORKERS_WORKER_H

#include "options.h"

/* Enters the sandbox, where it may write outputs of room bytes if that is more than its memory,
 * then answers one request of wire.h after another until the other end of the socket is closed. */
void exn_worker_serve(int socket, const exn_cli_options *options, uint64_t room);

#endif
