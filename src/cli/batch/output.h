/* SPDX-License-Identifier: MIT */
/* What goes into an item's output: what a worker makes, or the source's own bytes. */
#ifndef EXN_CLI_BATCH_OUTPUT_H
#define EXN_CLI_BATCH_OUTPUT_H

#include "entry.h"

/* Whether a worker should also copy a file that needs no change, since several can copy at once. */
bool exn_batch_output_may_fill(const exn_batch *batch, const exn_entry *entry);

/* Gives the output a temporary name. */
void exn_batch_output_open(exn_batch *batch, exn_entry *entry);

/* Gives it the source's own bytes. */
void exn_batch_output_carry(exn_batch *batch, exn_entry *entry);

/* Makes the source's own bytes the output of an item that failed. False if that fails too, with the
 * new reason as its error. */
bool exn_batch_output_keep(exn_batch *batch, exn_entry *entry);

/* Seals the output: nothing more is written to it. False, with the item's error: it has none. */
bool exn_batch_output_seal(const exn_batch *batch, exn_entry *entry);

#endif
