/* SPDX-License-Identifier: MIT */
/* Label files in a run: with --labels=move they wait until all images are done, since they go where
 * these went. */
#ifndef EXN_CLI_BATCH_LABELS_H
#define EXN_CLI_BATCH_LABELS_H

#include "entry.h"

/* Notes what became of an item, where labels may be of it. */
void exn_batch_labels_note(exn_batch *batch, const exn_item *item);

/* Takes over what may be a label file, or is a mask, until all images are done. False: it is none,
 * and is to be done now. */
bool exn_batch_labels_put_off(exn_batch *batch, exn_item *item);

/* The next one of these; *at is 0 at first. False: there are no more, or no memory. */
bool exn_batch_labels_next(exn_batch *batch, const exn_batch_waiting *waiting, size_t *at,
                           exn_item *item);

/* Begins with one of these. */
void exn_batch_labels_start(exn_batch *batch, exn_entry *entry);

/* Goes on with one, as a worker has answered. */
void exn_batch_labels_collect(exn_batch *batch, exn_entry *entry);

/* Closes what only label files have open. */
void exn_batch_labels_close(exn_entry *entry);

#endif
