/* SPDX-License-Identifier: MIT */
/* Memory files (memfd_create(2)), for bytes that come from a stream or must not go to a file yet. A
 * worker gets them like any descriptor. */
#ifndef EXN_CLI_BASE_MEMORY_H
#define EXN_CLI_BASE_MEMORY_H

#include "item.h"

/* Opens an empty memory file. The caller closes it. -1, with the error. */
int exn_memory_open(exn_error *error);

/* From now on nobody who holds it, not even a worker that was taken over, can change its bytes. */
exn_status exn_memory_seal(int memory, exn_error *error);

/* Appends size bytes. */
exn_status exn_memory_write(int memory, const void *data, size_t size, exn_error *error);

#endif
