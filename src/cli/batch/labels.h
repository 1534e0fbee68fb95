/* SPDX-License-Identifier: MIT */
/* Label files in a run: with --labels=move they wait until all images are done, since labels follow
 * what happened to these. */
#ifndef EXN_CLI_BATCH_LABELS_H
#define EXN_CLI_BATCH_LABELS_H

#include "entry.h"

/* Notes what happened to an item, if labels may be about it. */
void exn_batch_labels_note(exn_batch *batch, const exn_item *item);

/* Takes over an item that may be a label file, or is a mask, until all images are done. False: it
 * is neither, and has to be done now. */
bool exn_batch_labels_put_off(exn_batch *batch, exn_item *item);

/* The next of the items that wait; *at is 0 at first. False: there are no more, or out of memory.
 */
bool exn_batch_labels_next(exn_batch *batch, const exn_batch_waiting *waiting, size_t *at,
                           exn_item *item);

/* Begins with a file that may be a label file. */
void exn_batch_labels_start(exn_batch *batch, exn_entry *entry);

/* Continues with it when a worker has answered. */
void exn_batch_labels_collect(exn_batch *batch, exn_entry *entry);

/* Closes what only label files have open. */
void exn_batch_labels_close(exn_entry *entry);

#endif
