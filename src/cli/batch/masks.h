/* SPDX-License-Identifier: MIT */
/* Mask images in a run: with --labels=move they wait, like label files, until all images are done,
 * and are rotated as the labels on their image are moved. */
#ifndef EXN_CLI_BATCH_MASKS_H
#define EXN_CLI_BATCH_MASKS_H

#include "entry.h"

/* Whether an item is a mask. */
bool exn_batch_masks_has(const exn_batch *batch, const exn_item *item);

/* Begins with a mask, when all images are done. */
void exn_batch_masks_start(exn_batch *batch, exn_entry *entry);

/* Checks that what a worker made of a mask fits its image; sets the item's error if not. */
void exn_batch_masks_look(exn_entry *entry);

/* Notes that a mask is done, or has failed, for the label files that name it. */
void exn_batch_masks_note(const exn_batch *batch, const exn_item *item);

#endif
