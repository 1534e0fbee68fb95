/* SPDX-License-Identifier: MIT */
/* --write=direct: a file that is written in sequence under its own name, for mounts of
 * object stores. These can create a file, write it from beginning to end and close it; they can
 * neither rename nor seek nor truncate, and a closed file cannot be written again.
 *
 * An output waits in memory until it is complete, so exn_target_begin() to exn_target_seal() leave
 * no trace in the folder. */
#ifndef EXN_CLI_WRITE_DIRECT_H
#define EXN_CLI_WRITE_DIRECT_H

#include "target_kind.h"

/* place() writes the source's own bytes if target->carried, else those in target->fd. make_way()
 * removes an existing file first. With options->verify the file is read again after it is closed.
 * After an error the file is removed; if that fails too, target->left is set and the error is one
 * of the output. */
extern const exn_target_kind exn_direct_target;

#endif
