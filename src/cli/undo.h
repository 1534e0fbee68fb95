/* SPDX-License-Identifier: MIT */
/* --undo: the originals of a backup go back to where they were. */
#ifndef EXN_CLI_UNDO_H
#define EXN_CLI_UNDO_H

#include "options.h"

/* Brings back the originals in the folder options->undo. A file that has changed since it was
 * replaced stays, and so does its original. */
exn_exit exn_undo_run(const exn_cli_options *options);

#endif
