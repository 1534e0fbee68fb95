/* SPDX-License-Identifier: MIT */
/* The steps of a file between its source and an output that waits for its name. */
#ifndef EXN_CLI_BATCH_STEPS_H
#define EXN_CLI_BATCH_STEPS_H

#include "entry.h"

/* Called when the work on an item is over, whether it succeeded or not: the rest needs no worker
 * and, unless it is written in place, no source. */
void exn_batch_steps_complete(exn_batch *batch, exn_entry *entry);

/* Takes over a worker's answer, and the file with its output. */
void exn_batch_steps_take(exn_entry *entry);

/* An item whose folder in OUT is gone fails. */
void exn_batch_steps_check_folder(const exn_batch *batch, exn_entry *entry);

/* Asks the state about a file. True: an earlier run has done it. */
bool exn_batch_steps_recall(exn_batch *batch, exn_entry *entry);

/* An item whose output may not be written fails. The state has been asked before. */
void exn_batch_steps_check_target(const exn_batch *batch, exn_entry *entry);

/* Opens the source of an item that has not failed, if its output may be written. */
void exn_batch_steps_open(const exn_batch *batch, exn_entry *entry);

/* Starts the work on an open source whose first bytes have this format. */
void exn_batch_steps_run_image(exn_batch *batch, exn_entry *entry, exn_format format);

#endif
