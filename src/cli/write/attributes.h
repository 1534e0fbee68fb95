/* SPDX-License-Identifier: MIT */
/* What a file or folder takes over from its source besides its bytes: mode, times and user
 * attributes. */
#ifndef EXN_CLI_WRITE_ATTRIBUTES_H
#define EXN_CLI_WRITE_ATTRIBUTES_H

#include <stdbool.h>
#include <sys/stat.h>

/* Gives a file the attributes that exn_target_seal() describes. changed: it keeps its own times. */
void exn_attributes_identity(int fd, int source, const struct stat *status, bool changed);

/* Mode bits and times, for folders too. Errors are not reported: a copy without them is still
 * complete. */
void exn_attributes_mode(int fd, mode_t mode);
void exn_attributes_put(int fd, const struct stat *status);
void exn_attributes_times(int fd, const struct stat *status);

#endif
