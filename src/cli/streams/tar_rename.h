/* SPDX-License-Identifier: MIT */
/* The names of members that become files of another format: a.jpg of a.heic. */
#ifndef EXN_CLI_STREAMS_TAR_RENAME_H
#define EXN_CLI_STREAMS_TAR_RENAME_H

#include "tar_late.h"

/* Of each member that comes next in the archive, before it is worked on: one of this format that is
 * converted gets its output's name in its head, and the item has it. It fails where its output
 * would have the name of another's, and so does one that has the name of an output before it, and a
 * link to what has another name now. Does nothing where nothing is converted. */
void exn_tar_rename(exn_tar_archive *archive, exn_tar_head *head, exn_item *item,
                    exn_format format);

/* A member is written: whatever would take its name away fails from here on. */
void exn_tar_rename_settle(exn_tar_archive *archive, const exn_tar_member *member);

void exn_tar_rename_free(exn_tar_archive *archive);

#endif
