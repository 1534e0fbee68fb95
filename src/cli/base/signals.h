/* SPDX-License-Identifier: MIT */
/* Signals. The handler only sets a flag. A run checks it between steps, undoes what is half done,
 * and finally dies of the signal, so that the caller's shell sees what happened. */
#ifndef EXN_CLI_BASE_SIGNALS_H
#define EXN_CLI_BASE_SIGNALS_H

#include <poll.h>
#include <stddef.h>

/* SIGINT, SIGTERM and SIGHUP set the flag (unless the caller had them ignored, as nohup does);
 * instead of SIGPIPE and SIGXFSZ calls fail with EPIPE and EFBIG. */
void exn_signals_install(void);

/* The signal that asked to stop; 0: none. */
int exn_signals_caught(void);

/* poll(2), which such a signal ends, even one that was caught before the call. */
int exn_signals_poll(struct pollfd *polled, size_t count, int milliseconds);

/* Dies of the caught signal; returns if there is none. */
void exn_signals_reraise(void);

#endif
