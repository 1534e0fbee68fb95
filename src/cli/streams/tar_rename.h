/* SPDX-License-Identifier: MIT */
/* The names of members that become files of another format: a.jpg for a.heic. */
#ifndef EXN_CLI_STREAMS_TAR_RENAME_H
#define EXN_CLI_STREAMS_TAR_RENAME_H

#include "tar_late.h"

/* Call it for each member before it is processed. If a member of this format is converted, its head
 * and the item get the output's new name. Sets the item's error if that name is taken, if the
 * member has the name of an earlier output, or if it is a link to a renamed member. Does nothing if
 * nothing is converted. */
void exn_tar_rename(exn_tar_archive *archive, exn_tar_head *head, exn_item *item,
                    exn_format format);

/* A member was written: later members that would take its name fail. */
void exn_tar_rename_settle(exn_tar_archive *archive, const exn_tar_member *member);

void exn_tar_rename_free(exn_tar_archive *archive);

#endif
