/* SPDX-License-Identifier: MIT */
/* The names of outputs that are of another format than their source: a.jpg of a.heic. */
#ifndef EXN_CLI_BATCH_RENAME_H
#define EXN_CLI_BATCH_RENAME_H

#include "entry.h"

/* Gives the item's output its name, before anybody looks whether it is there: for that the source
 * is opened, as content decides. One whose output would have the name of another file's fails. Does
 * nothing where names are as they were given. */
void exn_batch_rename(exn_batch *batch, exn_item *item);

void exn_batch_rename_free(exn_batch *batch);

#endif
