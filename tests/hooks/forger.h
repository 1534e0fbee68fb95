/* SPDX-License-Identifier: MIT */
/* A worker that was taken over, in a test build: by an image whose last bytes are "EXN-FORGE:" and
 * the name of a field of the answer, which is forged then; or full   it says that the disk is full;
 *   crowd  its answer comes with more descriptors than there is room for, and then again without;
 *   keep   it keeps its outputs from now on, and writes to them while it is at later images;
 *   take   it writes over its outputs from now on, and answers as if it had not. */
#ifndef EXN_FORGER_H
#define EXN_FORGER_H

#include "workers/wire.h"

/* Takes note of what an image asks for. An error that it leaves is the worker's answer. */
void exn_forger_image(const void *data, size_t size, exn_error *error);

/* Before an answer is sent. held: the descriptors of the job, *count of them, which the worker
 * closes then; those that are kept are taken out. body: what goes with the answer. */
void exn_forger_answer(exn_reply *reply, const int *held, size_t *count, const exn_bytes *body);

#endif
