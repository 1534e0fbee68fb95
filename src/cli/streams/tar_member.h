/* SPDX-License-Identifier: MIT */
/* One member of an archive, from its head until it is reported. */
#ifndef EXN_CLI_STREAMS_TAR_MEMBER_H
#define EXN_CLI_STREAMS_TAR_MEMBER_H

#include "tar_archive.h"

/* Opens the flight of members. False: out of memory; closing it is harmless. */
bool exn_tar_member_open_flight(exn_tar_archive *t);

/* Takes the next member of the input: hands it to a worker, or passes it through. Takes over head.
 */
void exn_tar_member_run(exn_tar_archive *t, exn_tar_head *head);

#endif
