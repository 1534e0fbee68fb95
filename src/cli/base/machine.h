/* SPDX-License-Identifier: MIT */
/* The memory and processors of the machine or the container. */
#ifndef EXN_CLI_BASE_MACHINE_H
#define EXN_CLI_BASE_MACHINE_H

#include <stdint.h>

/* Bytes of memory that this process and its children may use together: the physical memory, or the
 * limit of a control group (memory.max, memory.limit_in_bytes) if that is less. UINT64_MAX: not
 * known. */
uint64_t exn_machine_memory(void);

/* The processors that this process may use; fewer in a container or under taskset(1). */
unsigned exn_machine_processors(void);

#endif
