/* SPDX-License-Identifier: MIT */
/* What goes into the output of an item: a worker's work, or the source's own bytes. */
#ifndef EXN_CLI_BATCH_OUTPUT_H
#define EXN_CLI_BATCH_OUTPUT_H

#include "entry.h"

/* Whether a worker is to give what needs nothing its bytes, too: several copy at the same time. */
bool exn_batch_output_may_fill(const exn_batch *batch, const exn_entry *entry);

/* Gives the output a temporary name. */
void exn_batch_output_open(const exn_batch *batch, exn_entry *entry);

/* Gives it the source's own bytes. */
void exn_batch_output_carry(exn_batch *batch, exn_entry *entry);

/* Makes the source's own bytes the output of an item that failed. False: its error says why that
 * failed, too. */
bool exn_batch_output_keep(exn_batch *batch, exn_entry *entry);

/* Ends what is written to it. False, with the item's error: it has none. */
bool exn_batch_output_seal(const exn_batch *batch, exn_entry *entry);

#endif
