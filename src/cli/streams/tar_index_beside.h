/* SPDX-License-Identifier: MIT */
/* Indexes beside an archive that is all of a run: no item of it, so they are neither copied nor
 * rewritten, and hold for the source alone. */
#ifndef EXN_CLI_STREAMS_TAR_INDEX_BESIDE_H
#define EXN_CLI_STREAMS_TAR_INDEX_BESIDE_H

#include "base/item.h"
#include "list/roots.h"

/* Makes the item one that tells of such indexes, if there are any. It is an archive, by its path
 * below roots->in, whose output, of which this is the descriptor (-1: it is a stream), is not its
 * source byte for byte. */
void exn_tar_index_beside_tell(const exn_roots *roots, exn_item *archive, int out);

#endif
