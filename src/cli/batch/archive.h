/* SPDX-License-Identifier: MIT */
/* An archive (streams/tar.h) as an item of a run. */
#ifndef EXN_CLI_BATCH_ARCHIVE_H
#define EXN_CLI_BATCH_ARCHIVE_H

#include "entry.h"

/* In a folder, archives are recognized by their names; if IN is a file, it is one. */
bool exn_batch_archive_is(const exn_batch *batch, const exn_item *item);

/* Notes what the indexes will need to know about it. known: it stays as an earlier run made it. */
void exn_batch_archive_note(exn_batch *batch, exn_item *item, bool known);

/* Identifies, for the state, the options that its output depends on; 0 if there are none. */
uint64_t exn_batch_archive_key(const exn_cli_options *options);

/* Processes all members; the caller then completes the entry. */
void exn_batch_archive_run(exn_batch *batch, exn_entry *entry);

/* Reports the members of one that an earlier run has done. */
void exn_batch_archive_tell_known(const exn_batch *batch, exn_entry *entry);

#endif
