/* SPDX-License-Identifier: MIT */
/* Indexes beside an archive that is the only input: they are not items of the run, so they are
 * neither copied nor rewritten, and hold only for the source. */
#ifndef EXN_CLI_STREAMS_TAR_INDEX_BESIDE_H
#define EXN_CLI_STREAMS_TAR_INDEX_BESIDE_H

#include "base/item.h"
#include "list/roots.h"

/* If there are such indexes, makes the item a report of them. Call it for an archive, with its path
 * below roots->in, whose output differs from its source. out: the output; -1: a stream. */
void exn_tar_index_beside_tell(const exn_roots *roots, exn_item *archive, int out);

#endif
