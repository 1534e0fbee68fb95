/* SPDX-License-Identifier: MIT */
/* Exit statuses, and how a wrong command line is reported. */
#ifndef EXN_CLI_BASE_USAGE_H
#define EXN_CLI_BASE_USAGE_H

/* Exit statuses: name, number, text of --help, which the man page repeats. If several apply, the
 * first of 2, a signal's, 3, 4, 1, 0 is returned. No function returns a signal's status: the run
 * dies of the signal, and the shell derives the number from it. */
#define EXN_EXIT_MAP(X)                                                                            \
    X(OK, 0, "all well")                                                                           \
    X(FAILED, 1,                                                                                   \
      "some items failed or are unsupported, the others are in place;\n"                           \
      "     with --check: some need work")                                                         \
    X(USAGE, 2, "wrong usage, nothing was done")                                                   \
    X(OUTPUT, 3, "the output or the report could not be written, the run stopped")                 \
    X(INTERNAL, 4,                                                                                 \
      "a worker crashed, or no worker could be started; or, with --verify, an\n"                   \
      "     output did not match its source: that item was dropped")                               \
    X(HANGUP, 129, "stopped by SIGHUP, nothing half written is left")                              \
    X(INTERRUPTED, 130, "stopped by SIGINT, nothing half written is left")                         \
    X(TERMINATED, 143, "stopped by SIGTERM, nothing half written is left")

typedef enum exn_exit {
#define X(name, number, text) EXN_EXIT_##name = number,
    EXN_EXIT_MAP(X)
#undef X
} exn_exit;

/* Prints why nothing is done, in one line; returns EXN_EXIT_USAGE. name is quoted in front; NULL:
 * none. */
exn_exit exn_usage_error(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a malformed command line; the message also points to --help. */
exn_exit exn_usage_syntax(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
