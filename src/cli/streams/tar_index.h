/* SPDX-License-Identifier: MIT */
/* Files beside archives that hold offsets into them, or their sizes or checksums. If such an index
 * were carried over unchanged, readers would get the wrong bytes of the output.
 *
 * Known formats are rewritten: DALI's (index_dali.h) and wids' (index_wids.h). First every number
 * in an index is compared with the source. An index that does not match it, or has an unknown
 * format, is copied and reported as stale.
 *
 * Call exn_tar_index_seen_add() for each archive of the run and, when all of them have their names,
 * exn_tar_index_edit() for each index. Both sides of an archive are read, by their heads, so it
 * does not matter which run has made the output. */
#ifndef EXN_CLI_STREAMS_TAR_INDEX_H
#define EXN_CLI_STREAMS_TAR_INDEX_H

#include "tar_index_seen.h"

typedef enum exn_tar_verdict {
    EXN_TAR_INDEX_TRUE,   /* it is correct as it is */
    EXN_TAR_INDEX_EDITED, /* *product, a memory file, has to replace it */
    EXN_TAR_INDEX_STALE,  /* the error says why */
} exn_tar_verdict;

/* Whether a file may be such an index, by its name. */
bool exn_tar_index_named(const char *path);

/* Whether a file with such a name may be an index, by its content. */
bool exn_tar_index_looks(const char *path, int source);

/* Judges an index; source is the file, whose path is relative to both roots. The caller closes
 * *product. */
exn_tar_verdict exn_tar_index_edit(exn_tar_index *index, const char *path, int source, int *product,
                                   exn_error *why);

#endif
