/* SPDX-License-Identifier: MIT */
/* Files that a worker has written, taken back from it.
 *
 * A worker that was taken over need not close an output when its work is done, and could write to
 * it when it has its name already. The parent closes its own descriptor, which is the same open
 * file, keeps one that only reads, and asks for a lease (F_SETLEASE in fcntl(2)): the kernel grants
 * that only where nobody has the file open for writing. From then on nobody can: a worker cannot
 * open anything.
 *
 * Network file systems know of no leases, or grant them by rules of their own. There the only cure
 * is a worker that is dead before its output gets its name (--isolate). */
#ifndef EXN_CLI_BASE_CLAIM_H
#define EXN_CLI_BASE_CLAIM_H

#include <exifnorm.h>

/* fd: of a file, for reading only. EXN_CRASHED: somebody can still write to the file. EXN_OK:
 * nobody can, or this file system does not say. */
exn_status exn_claim_check(int fd, exn_error *error);

#endif
