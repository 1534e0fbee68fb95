/* SPDX-License-Identifier: MIT */
/* Mask images in a run: with --labels=move they wait, like label files, until all images are done,
 * and go the way of the labels on their image. */
#ifndef EXN_CLI_BATCH_MASKS_H
#define EXN_CLI_BATCH_MASKS_H

#include "entry.h"

/* Whether an item is one. */
bool exn_batch_masks_has(const exn_batch *batch, const exn_item *item);

/* Begins with one, when all images are done. */
void exn_batch_masks_start(exn_batch *batch, exn_entry *entry);

/* Whether what a worker has made of it belongs to its image; else the item's error. */
void exn_batch_masks_look(exn_entry *entry);

/* Notes that one is done, or has failed, for the label files that name it. */
void exn_batch_masks_note(const exn_batch *batch, const exn_item *item);

#endif
