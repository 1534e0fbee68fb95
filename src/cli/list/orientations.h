/* SPDX-License-Identifier: MIT */
/* --orientations: how images are to be rotated whose orientation is kept outside of them.
 *
 * A CSV file (RFC 4180) of two fields, a path and an EXIF value, 1 to 8. It may begin with a
 * byte-order mark and a header, whose second field has "orientation" or "exif" in it. Paths are
 * relative to IN, names of members in an archive; of an archive in a folder, ARCHIVE:MEMBER counts
 * before MEMBER. */
#ifndef EXN_CLI_LIST_ORIENTATIONS_H
#define EXN_CLI_LIST_ORIENTATIONS_H

#include <stdio.h>

#include "roots.h"

typedef struct exn_orientations exn_orientations;

/* Reads the list of the options into *list, NULL where none is given. A line that is none, a path
 * that leads out of IN, or one that is there twice, is a usage error: then nothing is done. Call
 * exn_orientations_close() in any case. */
exn_exit exn_orientations_read(exn_orientations **list, const exn_cli_options *options);

/* Marks what is in this IN. */
void exn_orientations_meet(exn_orientations *list, const exn_roots *roots);

/* After that of every IN: a path that none of them has is a usage error. Members of archives
 * (--tar) show only as they are read, and items of other shards are not asked for. */
exn_exit exn_orientations_check(const exn_orientations *list, const exn_cli_options *options);

/* The EXIF value for a path; 0: it is not listed. */
uint32_t exn_orientations_find(exn_orientations *list, const char *path);

/* The same of a member; archive: its path in IN, NULL: IN is the archive. EXN_MEMORY, with the
 * error: it is not known whether it is listed. */
uint32_t exn_orientations_find_member(exn_orientations *list, const char *archive,
                                      const char *member, exn_error *error);

/* Says of each path that no file and no member had it; returns how many there were. */
uint64_t exn_orientations_tell_unmet(const exn_orientations *list, FILE *file,
                                     const exn_cli_options *options);

/* A number that no other list has. */
uint64_t exn_orientations_hash(const exn_orientations *list);

void exn_orientations_close(exn_orientations *list);

#endif
