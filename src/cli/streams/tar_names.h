/* SPDX-License-Identifier: MIT */
/* Which files are taken for archives, by their names. */
#ifndef EXN_CLI_STREAMS_TAR_NAMES_H
#define EXN_CLI_STREAMS_TAR_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a file in a folder of shards is taken for one, by its name: .tar, and what is packed:
 * .tar.gz, .tgz, .tar.bz2 and the like. */
bool exn_tar_name_is(const char *path);

/* Whether it is one, by its name, in a packing that cannot be read. */
bool exn_tar_name_is_unknown(const char *path);

/* The length of a path without such an ending; of others, its whole length. */
size_t exn_tar_name_stem(const char *path);

#endif
