/* SPDX-License-Identifier: MIT */
/* The names of members that were left out of the output, since a hard link to one of them would
 * lead nowhere. Names may be long and many, so hashes are kept. If two are equal by chance, a link
 * fails that need not, and is reported. All-zero is empty. */
#ifndef EXN_CLI_STREAMS_TAR_LINKS_H
#define EXN_CLI_STREAMS_TAR_LINKS_H

#include "base/error.h"
#include "base/siphash.h"

typedef struct exn_tar_links {
    void *left_out;      /* a tree of hashes; keyed, so that */
    exn_siphash_key key; /* nobody can choose names that collide */
} exn_tar_links;

/* Notes a member that is left out. */
void exn_tar_links_leave_out(exn_tar_links *l, const char *name, exn_error *error);

/* Notes a member that is written: links to its name lead to it, even if an earlier one was left
 * out.
 */
void exn_tar_links_put_back(exn_tar_links *l, const char *name, exn_error *error);
bool exn_tar_links_is_left_out(const exn_tar_links *l, const char *target, exn_error *error);
void exn_tar_links_free(exn_tar_links *l);

#endif
