/* SPDX-License-Identifier: MIT */
/* Signals. A handler sets a flag and nothing else; a run looks at it between steps, undoes
 * what is half done, and dies of the signal at the end, so that the caller's shell sees what
 * happened. */
#ifndef EXN_CLI_BASE_SIGNALS_H
#define EXN_CLI_BASE_SIGNALS_H

#include <poll.h>
#include <stddef.h>

/* SIGINT, SIGTERM and SIGHUP set the flag (unless the caller had them ignored, as nohup does);
 * SIGPIPE and SIGXFSZ become the EPIPE and EFBIG of the call that met them. */
void exn_signals_install(void);

/* The signal that asks to stop; 0: none. */
int exn_signals_caught(void);

/* poll(2) that such a signal ends, also one that was caught before. */
int exn_signals_poll(struct pollfd *polled, size_t count, int milliseconds);

/* Dies of the caught signal; returns where there is none. */
void exn_signals_reraise(void);

#endif
