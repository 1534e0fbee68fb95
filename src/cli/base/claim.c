/* SPDX-License-Identifier: MIT */
#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "error.h"
#include "item.h"

#define ZFS_SUPER_MAGIC 0x2fc12fc1 /* not the kernel's own, so not in its header */

/* Whether this kernel alone knows who has a file open, so that a refused lease means a writer.
 * NFSv4 and CIFS refuse one whenever the server has not delegated the file. */
static bool is_local(int fd)
{
    static const unsigned long local[] = {EXT4_SUPER_MAGIC,      XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
                                          TMPFS_MAGIC,           RAMFS_MAGIC,     F2FS_SUPER_MAGIC,
                                          OVERLAYFS_SUPER_MAGIC, ZFS_SUPER_MAGIC};
    struct statfs status;
    if (fstatfs(fd, &status) != 0)
        return false;
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        if ((unsigned long)status.f_type == local[i])
            return true;
    return false;
}

/* EAGAIN means that there is a writer. EACCES (somebody else's file, and no CAP_LEASE) and EINVAL
 * (no leases here) say nothing about writers. */
exn_status exn_claim_check(int fd, exn_error *error)
{
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(fd, F_SETLEASE, F_UNLCK); /* a lease would block whoever opens it for writing */
        return EXN_OK;
    }
    if (errno != EAGAIN || !is_local(fd))
        return EXN_OK;
    return exn_error_set(error, EXN_CRASHED, 0, "its worker keeps the output open");
}
