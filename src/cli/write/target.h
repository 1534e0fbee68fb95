/* SPDX-License-Identifier: MIT */
/* Puts one file in place, whole or not at all.
 *
 * Order: exn_target_check(), before any work; exn_target_begin(); exn_target_open(); the content,
 * by the worker, exn_target_link(), exn_target_clone() or exn_target_copy(); exn_target_claim(),
 * if it is to be read; exn_target_seal(), after which no descriptor is held; exn_target_make_way();
 * exn_target_place(); or exn_target_drop() wherever something fails. Until place() the content
 * stands under a temporary name in the target's own folder, since a rename is atomic within one
 * file system only. A dry run's stands in memory, and place() leaves no trace; so does that of
 * --write=direct, whose source has to stay open for place(), which writes it out. */
#ifndef EXN_CLI_WRITE_TARGET_H
#define EXN_CLI_WRITE_TARGET_H

#include "target_kind.h"

/* Whether name may be written: EXN_EXISTS where it is taken (without overwrite), is a folder, or is
 * the file kept (NULL: none). resume: it is a run with --resume, which the error need not advise.
 */
exn_status exn_target_check(int folder, const char *name, bool overwrite, bool resume,
                            const struct stat *kept, exn_error *error);

/* Thinks of a temporary name, so that it can be noted before there is a file. A dry run and
 * --write=direct have none. */
exn_status exn_target_begin(exn_target *target, int folder, const char *name, bool replace,
                            const exn_cli_options *options, exn_error *error);

/* Whether place() writes the file itself, under its own name. */
bool exn_target_in_place(const exn_target *target);

/* Makes the temporary file, readable only where it is to be verified; of a dry run, looks whether
 * one could be made, and takes memory for it. */
exn_status exn_target_open(exn_target *target, const exn_cli_options *options, exn_error *error);

/* Makes the temporary name one more of the source itself. False: it cannot be here (two file
 * systems, too many links, not one's own file), and all is as before. */
bool exn_target_link(exn_target *target, int source);

/* Another, empty one, which nobody else has ever held. */
exn_status exn_target_renew(exn_target *target, const exn_cli_options *options, exn_error *error);

/* Takes the temporary file back from the worker that it was lent to: fd only reads from now on.
 * EXN_CRASHED: somebody still holds it for writing (claim.h). Nothing where it was not lent, or
 * that was done already. */
exn_status exn_target_claim(exn_target *target, exn_error *error);

/* A worker says that it could not write. True: about size bytes more can be written, so that it is
 * that file's own fault; else the error, EXN_WRITE, says why not. It is not claimed yet, and its
 * content is lost. */
bool exn_target_can_grow(const exn_target *target, uint64_t size, exn_error *error);

/* Lets the temporary file, which is empty, share the blocks of source. False: it cannot; *never:
 * nor can any other between these two file systems. */
bool exn_target_clone(const exn_target *target, int source, bool *never);

/* Copies size bytes of source. What is written in place is copied by place(). */
exn_status exn_target_copy(exn_target *target, int source, uint64_t size, exn_error *error);

/* Reads a copy back and compares it with its source; place() does, of what is written in place. */
exn_status exn_target_compare(const exn_target *target, int source, uint64_t size,
                              exn_error *error);

/* Gives the temporary file the source's mode, user attributes and, unless target->changed says that
 * its bytes are others, times, which a link has already, and closes it. source -1, status NULL: it
 * was a stream, which has none; then the mode is that of any new file. */
exn_status exn_target_seal(exn_target *target, int source, const struct stat *status, bool durable,
                           exn_error *error);

/* Removes what has the name and is to be replaced, where place() cannot do both at once. Before the
 * state says that what stands there is being written: what was there before is not ours. */
exn_status exn_target_make_way(const exn_target *target, exn_error *error);

/* Gives it its name. */
exn_status exn_target_place(exn_target *target, const exn_cli_options *options, exn_error *error);

/* Removes the temporary file, if there is one. */
void exn_target_drop(exn_target *target);

/* Whether an error is one of the output as a whole (full, broken, read-only), so that a run must
 * stop, and not one of a single name that this file system does not take. */
bool exn_target_error_stops(const exn_error *error);

#endif
