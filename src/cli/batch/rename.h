/* SPDX-License-Identifier: MIT */
/* The names of outputs in another format than their source's: a.jpg for a.heic. */
#ifndef EXN_CLI_BATCH_RENAME_H
#define EXN_CLI_BATCH_RENAME_H

#include "entry.h"

/* Gives the item's output its new name, before anybody looks whether it exists. Opens the source,
 * since its content decides. Sets the item's error if the output would get the name of another one.
 * Does nothing if outputs keep the names of their sources. */
void exn_batch_rename(exn_batch *batch, exn_item *item);

void exn_batch_rename_free(exn_batch *batch);

#endif
