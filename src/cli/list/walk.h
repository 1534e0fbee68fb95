/* SPDX-License-Identifier: MIT */
/* A tree of folders, depth first and byte-wise by name. It is read by readdir(3) and not
 * by fts(3), which takes a folder whose reading fails half way for one that ends there.
 *
 * Links are not followed, be it below the root or, where somebody plants one during the walk, on
 * the way. No descriptor stays open between two calls; of the folders on the way down the names are
 * held. */
#ifndef EXN_CLI_LIST_WALK_H
#define EXN_CLI_LIST_WALK_H

#include <sys/stat.h>

typedef struct exn_walk exn_walk;

typedef enum exn_walk_kind {
    EXN_WALK_END,
    EXN_WALK_FOLDER,     /* before what it holds; the root as "" */
    EXN_WALK_FOLDER_END, /* after it */
    EXN_WALK_BROKEN,     /* a folder that could not be read, or not to its end: reason. Comes before
                            what could be read */
    EXN_WALK_LOOP,       /* a folder that it lies in */
    EXN_WALK_ENTRY,      /* anything else: mode says of which type */
    EXN_WALK_UNKNOWN,    /* an entry that nobody can look at: reason */
    EXN_WALK_FAILED,     /* no memory; the walk is over */
} exn_walk_kind;

typedef struct exn_walk_step {
    exn_walk_kind kind;
    const char *path;   /* relative to the root; until the next call */
    struct stat status; /* of a FOLDER */
    mode_t mode;        /* of an ENTRY: its type alone */
    int reason;         /* errno */
} exn_walk_step;

/* root: a folder's descriptor, borrowed. NULL: no memory. */
exn_walk *exn_walk_open(int root);

/* The next step; after END and FAILED there is none. */
void exn_walk_next(exn_walk *walk, exn_walk_step *step);

/* After a FOLDER: leaves out what it holds; its FOLDER_END comes. */
void exn_walk_skip(exn_walk *walk);

void exn_walk_close(exn_walk *walk);

#endif
