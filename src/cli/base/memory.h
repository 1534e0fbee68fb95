/* SPDX-License-Identifier: MIT */
/* Memory files (memfd_create(2)), in which bytes travel that come from a stream or must
 * not go to a file yet. A worker gets them as it gets any descriptor. */
#ifndef EXN_CLI_BASE_MEMORY_H
#define EXN_CLI_BASE_MEMORY_H

#include "item.h"

/* An empty one. The caller closes it. -1, with the error. */
int exn_memory_open(exn_error *error);

/* Nobody who holds it, be it a worker that was taken over, can change its bytes from now on. */
exn_status exn_memory_seal(int memory, exn_error *error);

/* Appends size bytes. */
exn_status exn_memory_write(int memory, const void *data, size_t size, exn_error *error);

#endif
