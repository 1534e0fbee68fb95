/* SPDX-License-Identifier: MIT */
/* What the machine, or the container, has. */
#ifndef EXN_CLI_BASE_MACHINE_H
#define EXN_CLI_BASE_MACHINE_H

#include <stdint.h>

/* Bytes of memory that this process and those that it starts may use in all: the physical memory,
 * or what a control group allows (memory.max, memory.limit_in_bytes) where that is less.
 * UINT64_MAX: nobody says. */
uint64_t exn_machine_memory(void);

/* The processors that this process may use, which in a container or under taskset(1) are fewer. */
unsigned exn_machine_processors(void);

#endif
