/* SPDX-License-Identifier: MIT */
/* Takes files back from the worker that has written them.
 *
 * A worker that was taken over might not close an output when its work is done, and could write to
 * it after it has its name. So the parent closes its own descriptor, which is the same open file,
 * keeps a read-only one, and asks for a lease (F_SETLEASE in fcntl(2)). The kernel grants a lease
 * only if nobody has the file open for writing, and later nobody can, since a worker cannot open
 * anything.
 *
 * Network file systems have no leases, or their own rules for them. There the only cure is a worker
 * that is dead before its output gets its name (--isolate). */
#ifndef EXN_CLI_BASE_CLAIM_H
#define EXN_CLI_BASE_CLAIM_H

#include <exifnorm.h>

/* fd: a read-only descriptor. EXN_CRASHED: somebody can still write to the file. EXN_OK: nobody
 * can, or this file system does not tell. */
exn_status exn_claim_check(int fd, exn_error *error);

#endif
