/* SPDX-License-Identifier: MIT */
/* --orientations: how to rotate images whose orientation is kept outside of them.
 *
 * A CSV file (RFC 4180) of two fields, a path and an EXIF value, 1 to 8. It may begin with a
 * byte-order mark and a header, whose second field has "orientation" or "exif" in it. Paths are
 * relative to IN; in an archive they are names of members. For archives in a folder, ARCHIVE:MEMBER
 * takes precedence over MEMBER. */
#ifndef EXN_CLI_LIST_ORIENTATIONS_H
#define EXN_CLI_LIST_ORIENTATIONS_H

#include <stdio.h>

#include "roots.h"

typedef struct exn_orientations exn_orientations;

/* Reads the list that the options name into *list; NULL if they name none. An invalid line, a path
 * that leads out of IN, or one that occurs twice, is a usage error: then nothing is done. Call
 * exn_orientations_close() in any case. */
exn_exit exn_orientations_read(exn_orientations **list, const exn_cli_options *options);

/* Marks the paths that exist in this IN. */
void exn_orientations_meet(exn_orientations *list, const exn_roots *roots);

/* Call it after exn_orientations_meet() for every IN: a path that none of them has is a usage
 * error. With --tar nothing is checked here, since members are known only as they are read; nor are
 * items of other shards. */
exn_exit exn_orientations_check(const exn_orientations *list, const exn_cli_options *options);

/* The EXIF value for a path; 0 if it is not listed. */
uint32_t exn_orientations_find(exn_orientations *list, const char *path);

/* The same for a member. archive: its path in IN; NULL if IN is the archive. Sets the error to
 * EXN_MEMORY if it cannot tell whether the member is listed. */
uint32_t exn_orientations_find_member(exn_orientations *list, const char *archive,
                                      const char *member, exn_error *error);

/* Prints a message for each path that no file and no member had; returns how many there were. */
uint64_t exn_orientations_tell_unmet(const exn_orientations *list, FILE *file,
                                     const exn_cli_options *options);

/* Identifies the list's content. */
uint64_t exn_orientations_hash(const exn_orientations *list);

void exn_orientations_close(exn_orientations *list);

#endif
