/* SPDX-License-Identifier: MIT */
/* What a worker may still do: read and write the descriptors that it holds, allocate memory up to a
 * limit, and exit. */
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

/* Limits this process permanently: memory and the files that it writes, to what images of
 * max_memory bytes need (files to room bytes if that is more); descriptors; no core dump; and, if
 * filter is set, its system calls. threads: calls that start threads stay allowed. EXN_INTERNAL: it
 * is not limited.
 *
 * AddressSanitizer reserves terabytes, so its builds have no memory limit, and it makes some
 * harmless calls of its own, which these builds allow. */
exn_status exn_sandbox_enter(uint64_t max_memory, uint64_t room, bool threads, bool filter,
                             exn_error *error);

#endif
