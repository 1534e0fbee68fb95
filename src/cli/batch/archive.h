/* SPDX-License-Identifier: MIT */
/* An archive (streams/tar.h) as an item of a run. */
#ifndef EXN_CLI_BATCH_ARCHIVE_H
#define EXN_CLI_BATCH_ARCHIVE_H

#include "entry.h"

/* A folder's archives are recognized by their names; a file that is IN is one. */
bool exn_batch_archive_is(const exn_batch *batch, const exn_item *item);

/* Notes what the indexes will need to know of it. known: it is left as a run before has made it. */
void exn_batch_archive_note(exn_batch *batch, exn_item *item, bool known);

/* What its output depends on beside itself, for the state; 0: nothing that may differ. */
uint64_t exn_batch_archive_key(const exn_cli_options *options);

/* Works on all members; what is left is to complete the entry. */
void exn_batch_archive_run(exn_batch *batch, exn_entry *entry);

/* Reports the members of one that is known. */
void exn_batch_archive_tell_known(const exn_batch *batch, exn_entry *entry);

#endif
