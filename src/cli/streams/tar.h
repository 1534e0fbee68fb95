/* SPDX-License-Identifier: MIT */
/* A tar archive, plain or packed, as a stream of members. Images among them are processed like all
 * images, through memory files; everything else is passed through. Nothing is extracted, so no name
 * can lead anywhere: absolute names, "..", links and devices are carried over as members.
 *
 * Members keep their order. At most one image for each worker is held in memory, or a few small
 * ones. */
#ifndef EXN_CLI_STREAMS_TAR_H
#define EXN_CLI_STREAMS_TAR_H

#include "tar_job.h"

/* Processes every member and reports it. EXN_OK: the output is a complete archive; else it never
 * looks like one. Members that were not reported were not written. */
exn_status exn_tar_run(const exn_tar_job *job, exn_tar_end *end, exn_error *error);

/* Makes the item the report of an archive that had no end marker. out: the output; -1: a stream. */
void exn_tar_tell_unended(exn_item *archive, int out);

/* Reports the members of an archive that an earlier run has done, from its state. in and out are
 * not used. */
exn_status exn_tar_tell_again(const exn_tar_job *job, const exn_item *archive, exn_error *error);

#endif
