/* SPDX-License-Identifier: MIT */
/* Which files are taken for archives, by their names. */
#ifndef EXN_CLI_STREAMS_TAR_NAMES_H
#define EXN_CLI_STREAMS_TAR_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a file in a folder is taken for an archive, by its name: .tar, .tar.gz, .tgz, .tar.bz2
 * and the like. */
bool exn_tar_name_is(const char *path);

/* Whether its name is that of an archive with a compression that cannot be read. */
bool exn_tar_name_is_unknown(const char *path);

/* The length of a path without such an ending; without one, its whole length. */
size_t exn_tar_name_stem(const char *path);

#endif
