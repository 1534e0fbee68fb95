/* SPDX-License-Identifier: MIT */
/* A file on its way to its name (target.h), and the ways there are: a row for each. */
#ifndef EXN_CLI_WRITE_TARGET_KIND_H
#define EXN_CLI_WRITE_TARGET_KIND_H

#include <sys/stat.h>

#include "options.h"

/* How the names of temporary files end, and of links to a source that are to become outputs. */
#define EXN_TARGET_TEMP ".tmp"
#define EXN_TARGET_LINK ".lnk"

#define EXN_TARGET_TEMP_SIZE 40 /* room for such a name */

typedef struct exn_target {
    const struct exn_target_kind *kind; /* NULL: it was not begun */
    int folder;                         /* borrowed; -1, of a dry run: it is not there yet */
    const char *name;                   /* borrowed */
    int fd;                             /* of the temporary file; -1: none, or closed */
    char temp[EXN_TARGET_TEMP_SIZE];    /* its name; empty: there is none */
    bool linked;  /* temp is a name of the source, which nothing may change; fd is -1 */
    bool replace; /* what has the name already */
    bool changed; /* its bytes are not the source's: its time is that of now */
    bool lent;    /* a worker has had fd, and may still hold it */
    bool claimed; /* it was taken back: nobody can write to it, and fd only reads */
    /* What is written in place: fd is of memory. From seal() on: */
    bool carried;              /* the source's own bytes are to be written */
    bool left;                 /* part of it was, and could not be removed */
    int source;                /* borrowed; -1: none */
    const struct stat *status; /* borrowed, of the source; NULL: it is no file */
} exn_target;

/* What target.h says of each holds. There is no drop(): to close fd and to remove temp is all that
 * any kind needs. */
typedef struct exn_target_kind {
    bool in_place; /* place() copies and compares the source's own bytes */
    /* Thinks of a temporary name; NULL: there is none. */
    exn_status (*begin)(exn_target *target, exn_error *error);
    exn_status (*open)(exn_target *target, const exn_cli_options *options, exn_error *error);
    /* After exn_target_claim(); not of a link. */
    exn_status (*seal)(exn_target *target, int source, const struct stat *status, bool durable,
                       exn_error *error);
    /* Removes what is to be replaced; NULL: place() replaces it at once. */
    exn_status (*make_way)(const exn_target *target, exn_error *error);
    exn_status (*place)(exn_target *target, const exn_cli_options *options, exn_error *error);
} exn_target_kind;

#endif
