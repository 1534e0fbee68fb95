/* SPDX-License-Identifier: MIT */
/* --write=direct: a file that is written in sequence under its own name, for mounts of
 * object stores. Those can make a file, write it from its beginning to its end and close it; they
 * can neither rename nor seek nor cut, and what was closed cannot be written again.
 *
 * Nothing is there before all of it is known: an output waits in memory. So exn_target_begin() to
 * exn_target_seal() leave no trace in the folder. */
#ifndef EXN_CLI_WRITE_DIRECT_H
#define EXN_CLI_WRITE_DIRECT_H

#include "target_kind.h"

/* place(): the source's own bytes where target->carried, else what is in target->fd. What has its
 * name goes first where target->replace. With options->verify it is read again when it is closed.
 * On an error what was written is removed; target->left: it could not be, and the error is one of
 * the output. */
extern const exn_target_kind exn_direct_target;

#endif
