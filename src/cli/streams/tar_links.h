/* SPDX-License-Identifier: MIT */
/* The names of members that are not in the output: a hard link to one of them would lead nowhere.
 * Names may be long and many, so hashes are kept: two that are the same by chance cost a link,
 * which is reported. All zero: none. */
#ifndef EXN_CLI_STREAMS_TAR_LINKS_H
#define EXN_CLI_STREAMS_TAR_LINKS_H

#include "base/error.h"
#include "base/siphash.h"

typedef struct exn_tar_links {
    void *left_out;      /* a tree of hashes, */
    exn_siphash_key key; /* for which nobody can choose names */
} exn_tar_links;

/* A member that is not in the output. */
void exn_tar_links_leave_out(exn_tar_links *l, const char *name, exn_error *error);

/* A later member of the same name is what a link to it leads to. */
void exn_tar_links_put_back(exn_tar_links *l, const char *name, exn_error *error);
bool exn_tar_links_is_left_out(const exn_tar_links *l, const char *target, exn_error *error);
void exn_tar_links_free(exn_tar_links *l);

#endif
