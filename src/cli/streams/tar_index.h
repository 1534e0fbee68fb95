/* SPDX-License-Identifier: MIT */
/* Files beside archives that hold offsets into them, sizes or sums of them: an index that
 * is carried over byte for byte reads other bytes of the output than its labels are of.
 *
 * Formats that are known are written again: DALI's (index_dali.h) and wids' (index_wids.h). Of what
 * an index says every number is held against the source first; one that is not true there is not
 * made true, nor is one of an unknown format: it is copied, and reported as stale.
 *
 * exn_tar_index_seen_add() of each archive of the run; when all of them have their names, each
 * index in turn by exn_tar_index_edit(). Both sides of an archive are read, by their heads, so that
 * it does not matter which run has made the output. */
#ifndef EXN_CLI_STREAMS_TAR_INDEX_H
#define EXN_CLI_STREAMS_TAR_INDEX_H

#include "tar_index_seen.h"

typedef enum exn_tar_verdict {
    EXN_TAR_INDEX_TRUE,   /* as it is */
    EXN_TAR_INDEX_EDITED, /* *product, a memory file, is to take its place */
    EXN_TAR_INDEX_STALE,  /* the error says why */
} exn_tar_verdict;

/* Whether a file may be such an index, by its name alone, */
bool exn_tar_index_named(const char *path);

/* and, of one so named, by what is in it. */
bool exn_tar_index_looks(const char *path, int source);

/* Judges an index; source is the file, whose path is relative to both roots. The output is the
 * caller's to close. */
exn_tar_verdict exn_tar_index_edit(exn_tar_index *index, const char *path, int source, int *product,
                                   exn_error *why);

#endif
