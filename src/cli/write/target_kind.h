/* SPDX-License-Identifier: MIT */
/* A file on its way to its name (target.h), and a table of functions for each way to write it. */
#ifndef EXN_CLI_WRITE_TARGET_KIND_H
#define EXN_CLI_WRITE_TARGET_KIND_H

#include <sys/stat.h>

#include "options.h"

/* The endings of temporary files, and of links to a source that become outputs. */
#define EXN_TARGET_TEMP ".tmp"
#define EXN_TARGET_LINK ".lnk"

#define EXN_TARGET_TEMP_SIZE 40 /* bytes for such a name */

/* Says that somebody else has taken the name since exn_target_check(). */
#define EXN_TARGET_APPEARED "it appeared during the run; use --overwrite to replace it"

typedef struct exn_target {
    const struct exn_target_kind *kind; /* NULL: not begun */
    int folder;                         /* borrowed; -1 in a dry run: it does not exist yet */
    const char *name;                   /* borrowed */
    int fd;                             /* of the temporary file; -1: none, or closed */
    char temp[EXN_TARGET_TEMP_SIZE];    /* its name; empty if there is none */
    bool linked;  /* temp is a name of the source, which nothing may change; fd is -1 */
    bool replace; /* replace an existing file */
    bool changed; /* its bytes are not the source's: it gets the present time */
    bool lent;    /* a worker has had fd, and may still hold it */
    bool claimed; /* it was taken back: nobody can write to it, and fd is read-only */
    int left; /* why what was written could not be removed or synced, and is there still; 0: it is
                 not */
    /* For outputs that are written in place; fd is a memory file. From seal() on: */
    bool carried;              /* the source's own bytes have to be written */
    int source;                /* borrowed; -1: none */
    const struct stat *status; /* borrowed, of the source; NULL: it is not a file */
} exn_target;

/* target.h has the contract of each. There is no drop(): closing fd and removing temp is all that
 * any kind needs. */
typedef struct exn_target_kind {
    bool in_place; /* place() copies and compares the source's own bytes */
    /* Chooses a temporary name; NULL: there is none. */
    exn_status (*begin)(exn_target *target, exn_error *error);
    exn_status (*open)(exn_target *target, const exn_cli_options *options, exn_error *error);
    /* After exn_target_claim(); not called for a link. */
    exn_status (*seal)(exn_target *target, int source, const struct stat *status, bool durable,
                       exn_error *error);
    /* Removes the file that is replaced; NULL: place() replaces it in one step. */
    exn_status (*make_way)(const exn_target *target, exn_error *error);
    exn_status (*place)(exn_target *target, const exn_cli_options *options, exn_error *error);
} exn_target_kind;

#endif
