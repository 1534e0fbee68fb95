/* SPDX-License-Identifier: MIT */
#include "atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attributes.h"
#include "base/below.h"
#include "base/error.h"
#include "base/io.h"

/* Where getrandom(2) is missing, the device gives the same bytes. getrandom(2) never returns fewer
 * than asked for up to 256 bytes; it fails with ENOSYS before Linux 3.17, and where a container
 * filters it. */
static bool choose_bytes(void *bytes, size_t size)
{
    if (getrandom(bytes, size, 0) == (ssize_t)size)
        return true;
    int device = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    bool chosen = device >= 0 && read(device, bytes, size) == (ssize_t)size;
    if (device >= 0)
        close(device);
    return chosen;
}

/* One call for as many numbers as it is sure to fill. Only this process chooses names: a child that
 * did so, too, would have the same numbers in store. */
static bool choose_number(uint64_t *number)
{
    static uint64_t store[256 / sizeof(uint64_t)];
    static size_t left;
    if (left == 0 && choose_bytes(store, sizeof store))
        left = sizeof store / sizeof store[0];
    if (left == 0)
        return false;
    *number = store[--left];
    return true;
}

/* A name that is taken is not tried again: 64 random bits do not come twice. state_clean.c removes
 * names of exactly this pattern and no others: both change together. */
static bool choose_name(char *temp, size_t size)
{
    uint64_t number;
    if (!choose_number(&number))
        return false;
    snprintf(temp, size, ".exifnorm-%016" PRIx64 EXN_TARGET_TEMP, number);
    return true;
}

static exn_status begin(exn_target *target, exn_error *error)
{
    if (choose_name(target->temp, sizeof target->temp))
        return EXN_OK;
    target->temp[0] = '\0';
    return exn_error_set(error, EXN_WRITE, errno, "cannot generate a temporary name");
}

/* O_EXCL: what has the name already is not ours, be it a link that somebody put there. 0600: until
 * seal() nobody else reads what may still be refused. The parent may have to read the output back
 * by the same descriptor, so it reads, too, with --verify. */
static exn_status open_temporary(exn_target *target, const exn_cli_options *options,
                                 exn_error *error)
{
    int flags = (options->verify ? O_RDWR : O_WRONLY) | O_CREAT | O_EXCL | O_CLOEXEC;
    do
        target->fd = exn_below_open(target->folder, target->temp, flags, 0600);
    while (target->fd < 0 && errno == EINTR);
    if (target->fd >= 0)
        return EXN_OK;
    target->temp[0] = '\0';
    return exn_error_set(error, EXN_WRITE, errno, "cannot create a temporary file");
}

/* Attributes come after the last byte, since a write sets the times anew, and before the sync,
 * which they need as well. The sync comes before the name: with delayed allocation a power failure
 * after the rename could leave the name with a file of no bytes. */
exn_status exn_atomic_complete(exn_target *target, int source, const struct stat *status,
                               bool durable, exn_error *error)
{
    exn_attributes_identity(target->fd, source, status, target->changed);
    return !durable || fsync(target->fd) == 0
               ? EXN_OK
               : exn_error_set(error, EXN_WRITE, errno, "cannot sync it to disk");
}

static exn_status seal(exn_target *target, int source, const struct stat *status, bool durable,
                       exn_error *error)
{
    if (exn_atomic_complete(target, source, status, durable, error) != EXN_OK)
        return error->status;
    int closed = close(target->fd);
    target->fd = -1;
    return closed == 0 ? EXN_OK : exn_error_set(error, EXN_WRITE, errno, "while closing it");
}

/* For file systems without RENAME_NOREPLACE (NFS, some FUSE), and kernels and containers without
 * renameat2(2): a link fails where the name is taken.
 * Where there are no links either, a file that holds the temporary name claims the final one and
 * the rename replaces it. vfat and exFAT refuse links with EPERM, rclone's mounts with EIO:
 * whatever it is, the claim finds out what can be done. A kill after the link leaves two names of
 * one whole file, of which the state knows both. One between the claim and the rename leaves the
 * claim, which a resumed run knows by its content and removes (state_clean.c); one before the claim
 * has its content leaves an empty file, which may be anybody's and stays. */
static int place_by_link(const exn_target *target)
{
    if (linkat(target->folder, target->temp, target->folder, target->name, 0) == 0)
        return unlinkat(target->folder, target->temp, 0);
    if (errno == EEXIST)
        return -1;
    int claim =
        exn_below_open(target->folder, target->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (claim < 0)
        return -1;
    bool claimed = exn_io_write_all(claim, target->temp, strlen(target->temp));
    claimed = close(claim) == 0 && claimed;
    if (claimed && renameat(target->folder, target->temp, target->folder, target->name) == 0)
        return 0;
    /* The claim is still the file made above; without it the name is free again. */
    int reason = errno;
    unlinkat(target->folder, target->name, 0);
    errno = reason;
    return -1;
}

/* Of two names of one file rename(2) says that all is well and does nothing. */
static int place_over(const exn_target *target)
{
    if (renameat(target->folder, target->temp, target->folder, target->name) != 0)
        return -1;
    /* ENOENT: they were two files after all, and the rename has moved this one. */
    bool left = target->linked && unlinkat(target->folder, target->temp, 0) != 0;
    return left && errno != ENOENT ? -1 : 0;
}

/* Not every C library has a function for it. */
static int rename_no_replace(int folder, const char *from, const char *to)
{
    return (int)syscall(SYS_renameat2, folder, from, folder, to, RENAME_NOREPLACE);
}

/* Gives it its name; what has that already is replaced only where that was asked for. EINVAL: this
 * file system does not know the flag (renameat2(2)). ENOSYS: the kernel is older than 3.15. A
 * container's filter says ENOSYS or EPERM. */
static int rename_it(const exn_target *target)
{
    if (target->replace)
        return place_over(target);
    int done = rename_no_replace(target->folder, target->temp, target->name);
    if (done != 0 && (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM))
        done = place_by_link(target);
    return done;
}

static exn_status place(exn_target *target, const exn_cli_options *options, exn_error *error)
{
    (void)options;
    if (rename_it(target) == 0)
        return EXN_OK;
    return errno == EEXIST
               ? exn_error_set(error, EXN_EXISTS, 0, EXN_TARGET_APPEARED)
               : exn_error_set(error, EXN_WRITE, errno, "cannot rename it to its final name");
}

const exn_target_kind exn_atomic_target = {
    .begin = begin, .open = open_temporary, .seal = seal, .place = place};
