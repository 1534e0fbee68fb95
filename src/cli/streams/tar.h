/* SPDX-License-Identifier: MIT */
/* A tar archive, plain or packed, as a stream of members. Images among them take the way
 * of all images, through memory files; everything else passes by. Nothing is extracted, so no name
 * can lead anywhere: absolute ones, "..", links and devices are carried as the members they are.
 *
 * Members come out in the order in which they came in. At most one image for each worker is held,
 * or a few small ones. */
#ifndef EXN_CLI_STREAMS_TAR_H
#define EXN_CLI_STREAMS_TAR_H

#include "tar_job.h"

/* Works on every member and reports it. EXN_OK: what out has is a whole archive; else it never
 * looks like one. Members of which nothing has been reported were not written. */
exn_status exn_tar_run(const exn_tar_job *job, exn_tar_end *end, exn_error *error);

/* Makes the item one that tells of an archive without an end marker; out: the output, -1: it is a
 * stream. */
void exn_tar_tell_unended(exn_item *archive, int out);

/* Reports the members of an archive that a run before has done, as its state has them. in and out
 * are not used. */
exn_status exn_tar_tell_again(const exn_tar_job *job, const exn_item *archive, exn_error *error);

#endif
