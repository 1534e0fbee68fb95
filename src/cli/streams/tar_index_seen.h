/* SPDX-License-Identifier: MIT */
/* Floor 4: the archives of a run, found by what an index has of their names. */
#ifndef EXN_CLI_TAR_INDEX_SEEN_H
#define EXN_CLI_TAR_INDEX_SEEN_H

#include "tar_index.h"

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

#endif
