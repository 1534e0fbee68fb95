/* SPDX-License-Identifier: MIT */
/* The archives of a run, found by the part of their names that an index has. */
#ifndef EXN_CLI_STREAMS_TAR_INDEX_SEEN_H
#define EXN_CLI_STREAMS_TAR_INDEX_SEEN_H

#include "base/item.h"
#include "list/roots.h"

typedef struct exn_tar_seen {
    char *path;   /* relative to both roots; owned */
    size_t key;   /* size of its last part up to the first dot, which an index has in its name */
    bool changed; /* by this run */
} exn_tar_seen;

typedef struct exn_tar_index {
    const exn_roots *roots;
    bool dry_run;    /* there are no outputs */
    exn_format made; /* the format that members are converted to; UNKNOWN: none are */
    bool redone;     /* this run has processed an archive, not only kept an earlier run's */
    exn_tar_seen *seen;
    size_t count, room;
    bool sorted;
} exn_tar_index;

/* Remembers an archive. NULL: out of memory. Valid until the next call. */
exn_tar_seen *exn_tar_index_seen_add(exn_tar_index *index, const char *path);

/* Finds the archives that have the path's key: returns the index of the first one, and sets *count.
 * The first call sorts the archives. */
size_t exn_tar_index_seen_find(exn_tar_index *index, const char *path, size_t *count);

/* Whether both lie in one folder. */
bool exn_tar_index_seen_beside(const char *a, const char *b);

/* Whether the name of an index is the archive's whole name, with or without its ending, plus an
 * ending of its own. */
bool exn_tar_index_seen_named(const char *index, const char *archive);

/* Forgets the archives. */
void exn_tar_index_seen_free(exn_tar_index *index);

#endif
