/* SPDX-License-Identifier: MIT */
/* Members that are links to images. They have no pixels of their own, and whatever happened to the
 * image holds for them too, since labels may name either. */
#ifndef EXN_CLI_STREAMS_TAR_ALIASES_H
#define EXN_CLI_STREAMS_TAR_ALIASES_H

#include "labels/pictures.h"

/* All zeros: none. Ends with exn_tar_aliases_free(). */
typedef struct exn_tar_aliases {
    struct exn_tar_alias *list;
    size_t count, room;
    size_t asked; /* how many links and pictures there were when they were last resolved */
} exn_tar_aliases;

/* The member that a link at `path` leads to; "": it leads out of the archive. NULL: out of memory.
 */
char *exn_tar_aliases_target(const char *path, const char *link, bool is_symbolic);

/* Adds the member at `path`, which is a link: a hard link names a member, a symbolic one a path
 * from its folder. False: out of memory. */
bool exn_tar_aliases_add(exn_tar_aliases *aliases, const char *path, const char *target,
                         bool is_symbolic);

/* The i-th of them. */
void exn_tar_aliases_get(const exn_tar_aliases *aliases, size_t i, const char **path,
                         const char **target);

/* Adds to pictures the links that lead to one of them and were not added before. The pictures have
 * to be settled, and are settled afterwards. Other links lead to no known image. False: out of
 * memory.
 */
bool exn_tar_aliases_resolve(exn_tar_aliases *aliases, exn_pictures *pictures);

void exn_tar_aliases_free(exn_tar_aliases *aliases);

#endif
