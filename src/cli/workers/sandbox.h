/* SPDX-License-Identifier: MIT */
/* What a worker may still do. It reads and writes the descriptors that it holds, allocates
 * memory up to a limit, and ends. */
#ifndef EXN_CLI_WORKERS_SANDBOX_H
#define EXN_CLI_WORKERS_SANDBOX_H

#include <exifnorm.h>

#if defined(__SANITIZE_ADDRESS__)
#define EXN_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EXN_SANITIZER 1
#endif
#endif
#ifndef EXN_SANITIZER
#define EXN_SANITIZER 0
#endif

/* Limits this process, for good: memory, and files that it writes, to what images of max_memory
 * bytes need, files to room bytes where that is more; descriptors; no core dump; and, where filter
 * is set, its system calls; threads: but those that start threads. EXN_INTERNAL: it is not limited.
 *
 * AddressSanitizer reserves terabytes, so that its builds have no limit of memory, and it makes
 * some harmless calls of its own, which those builds allow. */
exn_status exn_sandbox_enter(uint64_t max_memory, uint64_t room, bool threads, bool filter,
                             exn_error *error);

#endif
