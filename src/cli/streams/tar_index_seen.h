/* SPDX-License-Identifier: MIT */
/* The archives of a run, found by what an index has of their names. */
#ifndef EXN_CLI_STREAMS_TAR_INDEX_SEEN_H
#define EXN_CLI_STREAMS_TAR_INDEX_SEEN_H

#include "base/item.h"
#include "list/roots.h"

typedef struct exn_tar_seen {
    char *path;   /* relative to both roots; owned */
    size_t key;   /* what of it an index has in its name, up to the first dot of the last part */
    bool changed; /* by this run */
} exn_tar_seen;

typedef struct exn_tar_index {
    const exn_roots *roots;
    bool dry_run;    /* there are no outputs to look at */
    exn_format made; /* what members are converted to; UNKNOWN: none are */
    bool redone;     /* an archive of the run was not left as a run before has made it */
    exn_tar_seen *seen;
    size_t count, room;
    bool sorted;
} exn_tar_index;

/* Remembers an archive. NULL: out of memory. Valid until the next call. */
exn_tar_seen *exn_tar_index_seen_add(exn_tar_index *index, const char *path);

/* Where the last part of a path begins. */
size_t exn_tar_index_seen_base(const char *path);

/* The archives whose key is that of the path: the number of the first of them, and how many. Their
 * order changes at the first call. */
size_t exn_tar_index_seen_find(exn_tar_index *index, const char *path, size_t *count);

/* Whether both lie in one folder. */
bool exn_tar_index_seen_beside(const char *a, const char *b);

/* Whether the name of an index is all of the archive's, with or without its ending, and an ending
 * of its own. */
bool exn_tar_index_seen_named(const char *index, const char *archive);

/* Forgets the archives. */
void exn_tar_index_seen_free(exn_tar_index *index);

#endif
