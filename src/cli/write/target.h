/* SPDX-License-Identifier: MIT */
/* Puts one file in place, completely or not at all.
 *
 * Order: exn_target_check(), before any work; exn_target_begin(); exn_target_open(); the content,
 * by the worker, exn_target_link(), exn_target_clone() or exn_target_copy(); exn_target_claim(),
 * if it is to be read; exn_target_seal(), after which no descriptor is held, except of a file that
 * has no name; exn_target_make_way();
 * exn_target_place(); or exn_target_drop() whenever something fails. Until place() the content is
 * in a temporary file in the target's own folder, since a rename is atomic only within one file
 * system. In a dry run it is in memory, and place() leaves no trace. With --write=direct it is in
 * memory too, and the source has to stay open for place(), which writes the file. */
#ifndef EXN_CLI_WRITE_TARGET_H
#define EXN_CLI_WRITE_TARGET_H

#include "target_kind.h"

/* Whether name may be written. EXN_EXISTS: it is taken (without overwrite), is a folder, or is the
 * file `kept` (NULL: none). resume: the run has --resume, so the error does not suggest it. */
exn_status exn_target_check(int folder, const char *name, bool overwrite, bool resume,
                            const struct stat *kept, exn_error *error);

/* Chooses a temporary name, so that it can be noted before the file exists. A dry run and
 * --write=direct have none. */
exn_status exn_target_begin(exn_target *target, int folder, const char *name, bool replace,
                            const exn_cli_options *options, exn_error *error);

/* Makes a temporary file without a name at once, which can replace no other file (nameless.h).
 * False: it cannot be, and the target has to begin as above. */
bool exn_target_begin_nameless(exn_target *target, int folder, const char *name,
                               const exn_cli_options *options);

/* Whether place() writes the file itself, under its own name. */
bool exn_target_in_place(const exn_target *target);

/* Creates the temporary file, readable only if it will be verified. In a dry run, checks whether
 * one could be created, and opens a memory file. */
exn_status exn_target_open(exn_target *target, const exn_cli_options *options, exn_error *error);

/* Makes the temporary name a hard link to the source. False: that is impossible here (two file
 * systems, too many links, somebody else's file), and nothing has changed. */
bool exn_target_link(exn_target *target, int source);

/* Replaces the temporary file by a new, empty one, which nobody else has ever held. */
exn_status exn_target_renew(exn_target *target, const exn_cli_options *options, exn_error *error);

/* Takes the temporary file back from the worker that it was lent to: from now on fd is read-only.
 * EXN_CRASHED: somebody still has it open for writing (claim.h). Does nothing if it was not lent,
 * or is claimed already. */
exn_status exn_target_claim(exn_target *target, exn_error *error);

/* Called when a worker says that it could not write. True: about size bytes more can be written, so
 * the fault is that file's own; else the error, EXN_WRITE, says why not. The file must not be
 * claimed yet, and loses its content. */
bool exn_target_can_grow(const exn_target *target, uint64_t size, exn_error *error);

/* Lets the temporary file, which is empty, share the blocks of source. False: it cannot; *never: no
 * other can between these two file systems. */
bool exn_target_clone(const exn_target *target, int source, bool *never);

/* Copies size bytes of source; for outputs that are written in place, place() does that. */
exn_status exn_target_copy(exn_target *target, int source, uint64_t size, exn_error *error);

/* Reads a copy back and compares it with its source; for outputs that are written in place, place()
 * does that. */
exn_status exn_target_compare(const exn_target *target, int source, uint64_t size,
                              exn_error *error);

/* Gives the temporary file the source's mode and user attributes, and its times unless
 * target->changed is set, and closes it. A link already has them. source -1, status NULL: the
 * source was a stream, which has none; then the mode is that of any new file. */
exn_status exn_target_seal(exn_target *target, int source, const struct stat *status, bool durable,
                           exn_error *error);

/* Removes the file that is replaced, if place() cannot do both in one step. Call it before the
 * state says that a file of this name is being written: the old file is not ours. */
exn_status exn_target_make_way(const exn_target *target, exn_error *error);

/* Gives it its name. */
exn_status exn_target_place(exn_target *target, const exn_cli_options *options, exn_error *error);

/* Removes the temporary file, if there is one; target->left says if that fails. */
void exn_target_drop(exn_target *target);

/* Whether an error concerns the output as a whole (full, broken, read-only), so that a run must
 * stop, and not just a name that this file system does not accept. */
bool exn_target_error_stops(const exn_error *error);

#endif
