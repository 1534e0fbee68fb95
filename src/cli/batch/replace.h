/* SPDX-License-Identifier: MIT */
/* What --in-place checks before a file is changed, and how it keeps the original. */
#ifndef EXN_CLI_BATCH_REPLACE_H
#define EXN_CLI_BATCH_REPLACE_H

#include "entry.h"

/* Whether the source may be replaced by its output; if not, the item's error says why. */
bool exn_batch_replace_may(const exn_batch *batch, exn_entry *entry);

/* Keeps the original, right before the output takes its name. */
exn_status exn_batch_replace_keep(const exn_batch *batch, exn_entry *entry, exn_error *error);

#endif
