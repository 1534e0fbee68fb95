/* SPDX-License-Identifier: MIT */
/* A tree of folders, depth first and byte-wise by name. It is read by readdir(3), since fts(3)
 * does not tell a folder that fails half way from one that ends there.
 *
 * No link below the root is followed, not even one that somebody plants during the walk. No
 * descriptor stays open between two calls; memory holds the names in the folders on the way down.
 */
#ifndef EXN_CLI_LIST_WALK_H
#define EXN_CLI_LIST_WALK_H

#include <sys/stat.h>

typedef struct exn_walk exn_walk;

typedef enum exn_walk_kind {
    EXN_WALK_END,
    EXN_WALK_FOLDER,     /* before what it holds; the root as "" */
    EXN_WALK_FOLDER_END, /* after it */
    EXN_WALK_BROKEN,     /* the folder could not be read completely: reason. Comes before the
                            entries that could be read */
    EXN_WALK_LOOP,       /* a folder that is also one of its own parents */
    EXN_WALK_ENTRY,      /* anything else: mode has its type */
    EXN_WALK_UNKNOWN,    /* an entry that stat(2) fails for: reason */
    EXN_WALK_FAILED,     /* out of memory; the walk is over */
} exn_walk_kind;

typedef struct exn_walk_step {
    exn_walk_kind kind;
    const char *path;   /* relative to the root; until the next call */
    struct stat status; /* of a FOLDER */
    mode_t mode;        /* of an ENTRY: only its type */
    int reason;         /* errno */
} exn_walk_step;

/* root: a folder's descriptor, borrowed. NULL: out of memory. */
exn_walk *exn_walk_open(int root);

/* The next step. After END or FAILED every further call gives END. */
void exn_walk_next(exn_walk *walk, exn_walk_step *step);

/* After a FOLDER: leaves out what it holds; its FOLDER_END still comes. */
void exn_walk_skip(exn_walk *walk);

void exn_walk_close(exn_walk *walk);

#endif
