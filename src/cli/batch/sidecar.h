/* SPDX-License-Identifier: MIT */
/* Sidecars (list/sidecar.h) in a run: each follows its image. */
#ifndef EXN_CLI_BATCH_SIDECAR_H
#define EXN_CLI_BATCH_SIDECAR_H

#include "entry.h"

/* Finds the image that a file belongs to, if it is a sidecar. */
void exn_batch_sidecar_pair(exn_batch *batch, exn_item *item);

/* Opens the image for the worker that edits its sidecar. */
void exn_batch_sidecar_open_image(const exn_batch *batch, exn_entry *entry);

/* If its image failed, and so is missing or unchanged in OUT, the sidecar is left out or kept
 * unchanged too. */
void exn_batch_sidecar_follow_image(exn_batch *batch, exn_entry *entry);

#endif
