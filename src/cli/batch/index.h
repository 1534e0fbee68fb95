/* SPDX-License-Identifier: MIT */
/* Indexes of archives (streams/tar_index.h) in a run: they wait until all archives are done. */
#ifndef EXN_CLI_BATCH_INDEX_H
#define EXN_CLI_BATCH_INDEX_H

#include "entry.h"

/* Takes an index over, to be run when all archives are done. False: it is not an index, or its
 * error says why it cannot be put off. */
bool exn_batch_index_put_off(exn_batch *batch, exn_item *item);

/* Edits an index, or copies it with a warning if that is impossible; the caller then completes the
 * entry. */
void exn_batch_index_run(exn_batch *batch, exn_entry *entry);

#endif
