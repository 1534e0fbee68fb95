/* SPDX-License-Identifier: MIT */
/* Writes an output as a file without a name (O_TMPFILE, open(2)), which gets its own by a link.
 * That takes a quarter less time than a temporary name and a rename (ext4), and a kill leaves
 * nothing behind. It can replace no file, and not every file system can do it. */
#ifndef EXN_CLI_WRITE_NAMELESS_H
#define EXN_CLI_WRITE_NAMELESS_H

#include <stdbool.h>

#include "target_kind.h"

extern const exn_target_kind exn_nameless_target;

/* Makes such a file in the folder. False: it cannot be, or too many are open already. */
bool exn_nameless_begin(exn_target *target, const exn_cli_options *options);

/* Whether such files can be made in the folder, named, and taken back from a worker. It makes and
 * removes one of the name temp. EXN_WRITE, with the error: that one could not be removed. */
exn_status exn_nameless_try(int folder, const char *temp, bool *works, exn_error *error);

#endif
