/* SPDX-License-Identifier: MIT */
/* Files beside archives that hold offsets into them, sizes or sums of them: an index that
 * is carried over byte for byte reads other bytes of the output than its labels are of.
 *
 * Formats that are known are written anew: DALI's (index_dali.h) and wids' (index_wids.h). Of what
 * an index says every number is held against the source first; one that is not true there is not
 * made true, nor is one of an unknown format: it is copied, and reported as stale.
 *
 * exn_tar_index_seen_add() of each archive of the run; when all of them have their names, each
 * index in turn by exn_tar_index_edit(). Both sides of an archive are read, by their heads, so that
 * it does not matter which run has made the output. */
#ifndef EXN_CLI_STREAMS_TAR_INDEX_H
#define EXN_CLI_STREAMS_TAR_INDEX_H

#include "base/item.h"
#include "list/roots.h"

typedef struct exn_tar_seen {
    char *path;   /* relative to both roots; owned */
    size_t key;   /* what of it an index has in its name, up to the first dot of the last part */
    bool changed; /* by this run */
} exn_tar_seen;

typedef struct exn_tar_index {
    const exn_roots *roots;
    bool dry_run; /* there are no outputs to look at */
    bool redone;  /* an archive of the run was not left as a run before has made it */
    exn_tar_seen *seen;
    size_t count, room;
    bool sorted;
} exn_tar_index;

typedef enum exn_tar_verdict {
    EXN_TAR_INDEX_TRUE,   /* as it is */
    EXN_TAR_INDEX_EDITED, /* *product, a memory file, is to take its place */
    EXN_TAR_INDEX_STALE,  /* the error says why */
} exn_tar_verdict;

/* Remembers an archive. NULL: out of memory. Valid until the next call. */
exn_tar_seen *exn_tar_index_seen_add(exn_tar_index *index, const char *path);

/* Whether a file may be such an index, by its name alone, */
bool exn_tar_index_named(const char *path);

/* and, of one so named, by what is in it. */
bool exn_tar_index_looks(const char *path, int source);

/* Judges an index; source is the file, whose path is relative to both roots. The product is the
 * caller's to close. */
exn_tar_verdict exn_tar_index_edit(exn_tar_index *index, const char *path, int source, int *product,
                                   exn_error *why);

/* Forgets the archives. */
void exn_tar_index_seen_free(exn_tar_index *index);

#endif
