/* Floor 4: the command line. One table in options.c is the truth for what is understood, for --help
 * and for exit statuses. */
#ifndef EXN_CLI_OPTIONS_H
#define EXN_CLI_OPTIONS_H

#include <exifnorm.h>

/* Exit statuses: name, number, text of --help, which the man page repeats. Where several fit, the
 * first of 2, a signal's, 3, 4, 1, 0 is returned. Nobody returns a signal's: the run dies of it,
 * and that is what shells make of it. */
#define EXN_EXIT_MAP(X)                                                                            \
    X(OK, 0, "all well")                                                                           \
    X(FAILED, 1,                                                                                   \
      "some items failed or are unsupported, the others are in place;\n"                           \
      "     with --check: some need work")                                                         \
    X(USAGE, 2, "wrong usage, nothing was done")                                                   \
    X(OUTPUT, 3, "the output or the report could not be written, the run stopped")                 \
    X(INTERNAL, 4,                                                                                 \
      "a worker crashed, or no worker could be had; or, with --verify, a\n"                        \
      "     product did not match its source: that item was dropped")                              \
    X(HANGUP, 129, "stopped by SIGHUP, nothing half written stays")                                \
    X(INTERRUPTED, 130, "stopped by SIGINT, nothing half written stays")                           \
    X(TERMINATED, 143, "stopped by SIGTERM, nothing half written stays")

typedef enum exn_exit {
#define X(name, number, text) EXN_EXIT_##name = number,
    EXN_EXIT_MAP(X)
#undef X
} exn_exit;

/* What becomes of an item that failed. */
typedef enum exn_on_error {
    EXN_ON_ERROR_SKIP, /* it has no product */
    EXN_ON_ERROR_KEEP, /* its source's bytes are carried over as they are */
    EXN_ON_ERROR_STOP, /* the run ends */
} exn_on_error;

/* All strings are borrowed from argv. */
typedef struct exn_cli_options {
    const char *in, *out;
    char **paths;           /* of --check: NULL-terminated; IN and OUT are then NULL */
    const char *report;     /* "-": standard output; NULL: none */
    const char *files_from; /* "-": standard input; NULL: all that IN holds */
    bool null;              /* its names end in NUL bytes */
    const char *state;      /* where the state is kept; NULL: beside OUT */
    bool resume;            /* go on with what it says */
    unsigned shard, shards; /* which of how many; 0 shards: the whole */
    bool overwrite;
    bool verify;
    bool durable;
    bool direct;  /* outputs are written in sequence, under their own names */
    bool dry_run; /* decide and tell, make nothing */
    bool link;    /* what needs nothing gets a second name instead of a copy */
    bool check;
    bool quiet;
    bool verbose;
    bool allow_unsupported;
    bool no_sandbox;
    bool tar;
    bool from_stdin, to_stdout; /* IN, OUT is - */
    exn_on_error on_error;
    unsigned jobs;    /* workers at once */
    unsigned timeout; /* seconds for one image */
    bool done;        /* --help or --version was answered: nothing is left to do */
    exn_options work; /* what the worker hands to the library */
} exn_cli_options;

/* Reads the command line. Returns EXN_EXIT_OK, or, with the reason and a hint on standard error,
 * EXN_EXIT_USAGE. EXN_EXIT_OUTPUT:
 * --help or --version could not be written. */
exn_exit exn_cli_options_parse(exn_cli_options *options, int argc, char **argv);

/* A one-line usage error with a hint; returns EXN_EXIT_USAGE. name is quoted in front; NULL: none.
 */
exn_exit exn_cli_usage(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
