/* SPDX-License-Identifier: MIT */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "atomic.h"
#include "base/below.h"
#include "base/claim.h"
#include "base/error.h"
#include "base/io.h"
#include "base/item.h"
#include "base/memory.h"
#include "direct.h"
#include "list/roots.h"
#include "nameless.h"
#include "target_memory.h"

#define CHUNK_SIZE ((size_t)1 << 16)

bool exn_target_error_stops(const exn_error *error)
{
    if (error->status != EXN_WRITE)
        return false;
    /* ENOSPC, EDQUOT, EROFS and EIO would meet every later file as well; to go on would fail them
     * one by one. */
    switch (error->sys_errno) {
    case ENAMETOOLONG:
    case EINVAL: /* vfat, of a name with ':' */
    case EFBIG:  /* the file system's limit, or the caller's: this file is too large for it */
    case EILSEQ:
    case EISDIR:
    case ENOTDIR:
        return false;
    default:
        return true;
    }
}

/* Only a look, which spares the work on a file that cannot be placed. Whoever takes the name after
 * it is met by place(), which replaces nothing that it was not asked to. A link counts as what it
 * is: a rename replaces the link and never what it leads to. */
exn_status exn_target_check(int folder, const char *name, bool overwrite, bool resume,
                            const struct stat *kept, exn_error *error)
{
    struct stat status;
    if (folder < 0)
        return EXN_OK;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT
                   ? EXN_OK
                   : exn_error_set(error, EXN_WRITE, errno, "cannot access the output path");
    if (S_ISDIR(status.st_mode))
        return exn_error_set(error, EXN_EXISTS, 0, "it is a folder");
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
        return exn_error_set(error, EXN_EXISTS, 0, "it is not a regular file");
    if (kept && exn_roots_same(&status, kept))
        return exn_error_set(error, EXN_EXISTS, 0, "it is the report");
    if (overwrite)
        return EXN_OK;
    return exn_error_set(error, EXN_EXISTS, 0,
                         resume ? "it is not in the state of an earlier run as it is now; "
                                  "use --overwrite to replace it"
                                : "use --overwrite to replace it, or --resume");
}

exn_status exn_target_begin(exn_target *target, int folder, const char *name, bool replace,
                            const exn_cli_options *options, exn_error *error)
{
    *target = (exn_target){.folder = folder, .name = name, .fd = -1, .replace = replace};
    target->kind = options->dry_run  ? &exn_target_memory_dry
                   : options->direct ? &exn_direct_target
                                     : &exn_atomic_target;
    return target->kind->begin ? target->kind->begin(target, error) : EXN_OK;
}

bool exn_target_begin_nameless(exn_target *target, int folder, const char *name,
                               const exn_cli_options *options)
{
    *target = (exn_target){.kind = &exn_nameless_target, .folder = folder, .name = name, .fd = -1};
    return exn_nameless_begin(target, options);
}

bool exn_target_in_place(const exn_target *target)
{
    return target->kind && target->kind->in_place;
}

exn_status exn_target_open(exn_target *target, const exn_cli_options *options, exn_error *error)
{
    return target->kind->open(target, options, error);
}

/* The second name is the first one's with another ending, so that the state knows of it, too. The
 * link comes before the empty file goes: a kill in between leaves both names, and exn_state_clean()
 * removes both for the one that the state has. */
bool exn_target_link(exn_target *target, int source)
{
    char temp[sizeof target->temp];
    memcpy(temp, target->temp, sizeof temp);
    memcpy(temp + strlen(temp) - strlen(EXN_TARGET_LINK), EXN_TARGET_LINK, strlen(EXN_TARGET_LINK));
    if (!exn_io_link(source, target->folder, temp))
        return false;
    if (unlinkat(target->folder, target->temp, 0) != 0) { /* it would stay, and nobody would know */
        unlinkat(target->folder, temp, 0);
        return false;
    }
    target->temp[0] = '\0';
    exn_target_drop(target);
    memcpy(target->temp, temp, sizeof temp);
    target->linked = true;
    return true;
}

void exn_target_drop(exn_target *target)
{
    if (target->fd >= 0)
        close(target->fd);
    if (target->temp[0] && unlinkat(target->folder, target->temp, 0) != 0 && errno != ENOENT)
        target->left = errno;
    target->fd = -1;
    target->temp[0] = '\0';
}

/* Not by ftruncate(2): a worker may still hold the old file, and what it writes there is nobody's
 * once the name is gone. The new file has the old one's name, so the state's try line holds for it,
 * too. */
exn_status exn_target_renew(exn_target *target, const exn_cli_options *options, exn_error *error)
{
    close(target->fd);
    target->fd = -1;
    target->carried = target->lent = target->claimed = false;
    if (target->temp[0] && unlinkat(target->folder, target->temp, 0) != 0)
        return exn_error_set(error, EXN_WRITE, errno, "cannot remove the temporary file");
    return exn_target_open(target, options, error);
}

/* What is in memory is sealed, and needs no other descriptor. */
exn_status exn_target_claim(exn_target *target, exn_error *error)
{
    if (!target->lent || target->claimed || target->fd < 0 || target->carried)
        return EXN_OK;
    target->claimed = true;
    if (!target->temp[0])
        return exn_memory_seal(target->fd, error);
    /* Not dup(2): that would be the same open file, which is one for writing, and no lease is
     * granted on it. */
    int reader = exn_below_open(target->folder, target->temp, O_RDONLY | O_CLOEXEC, 0);
    if (reader < 0)
        return exn_error_set(error, EXN_WRITE, errno, "cannot reopen the temporary file");
    int closed = close(target->fd); /* where NFS and quotas tell of their errors */
    target->fd = reader;
    return closed == 0 ? exn_claim_check(reader, error)
                       : exn_error_set(error, EXN_WRITE, errno, "while closing it");
}

/* What the worker has got written is still there: a disk that is full has no room for more. Some
 * file systems tell by fsync(2) only. A probe of 64 KiB to 1 MiB and no reservation: a worker that
 * lies about a full disk must not end the run. EINVAL and EROFS of fsync(2) say that there is
 * nothing to sync here, not that it failed. */
bool exn_target_can_grow(const exn_target *target, uint64_t size, exn_error *error)
{
    static const char zeros[CHUNK_SIZE];
    const uint64_t most = (uint64_t)1 << 20;
    struct stat status;
    bool well = fstat(target->fd, &status) == 0;
    for (uint64_t done = 0; well && done < most && (done == 0 || done < size);) {
        ssize_t n = pwrite(target->fd, zeros, sizeof zeros, status.st_size + (off_t)done);
        well = n >= 0 || errno == EINTR;
        done += n > 0 ? (uint64_t)n : 0;
    }
    well = well && (fsync(target->fd) == 0 || errno == EINVAL || errno == EROFS);
    if (!well) {
        *error = (exn_error){0};
        exn_error_set(error, EXN_WRITE, errno, "while writing");
    }
    return well;
}

bool exn_target_clone(const exn_target *target, int source, bool *never)
{
    if (ioctl(target->fd, FICLONE, source) == 0)
        return true;
    /* Of ioctl_ficlone(2)'s errors EINVAL, EPERM and ETXTBSY are about this one file. */
    *never = errno == EOPNOTSUPP || errno == EXDEV || errno == ENOTTY || errno == ENOSYS;
    return false;
}

exn_status exn_target_copy(exn_target *target, int source, uint64_t size, exn_error *error)
{
    if (exn_target_in_place(target)) {
        target->carried = true;
        return EXN_OK;
    }
    return exn_io_copy(target->fd, source, size, error);
}

exn_status exn_target_compare(const exn_target *target, int source, uint64_t size, exn_error *error)
{
    return exn_target_in_place(target) ? EXN_OK : exn_io_compare(target->fd, source, size, error);
}

exn_status exn_target_seal(exn_target *target, int source, const struct stat *status, bool durable,
                           exn_error *error)
{
    /* A link is the source's own inode: mode, times and attributes are there already, and a sync by
     * the source's descriptor is one of the output. */
    if (target->linked)
        return !durable || fsync(source) == 0
                   ? EXN_OK
                   : exn_error_set(error, EXN_WRITE, errno, "cannot sync it to disk");
    if (exn_target_claim(target, error) != EXN_OK)
        return error->status;
    return target->kind->seal(target, source, status, durable, error);
}

exn_status exn_target_make_way(const exn_target *target, exn_error *error)
{
    return target->replace && target->kind->make_way ? target->kind->make_way(target, error)
                                                     : EXN_OK;
}

exn_status exn_target_place(exn_target *target, const exn_cli_options *options, exn_error *error)
{
    if (target->kind->place(target, options, error) != EXN_OK)
        return error->status;
    target->temp[0] = '\0';
    exn_target_drop(target);
    /* The sync of the file in seal() does not cover its entry in the folder (fsync(2)). Where this
     * fails the output stands whole under its name; only a power failure may lose it. The state
     * keeps its line, so that --resume knows whose it is. */
    if (options->durable && !options->dry_run && fsync(target->folder) != 0) {
        target->left = errno;
        return exn_error_set(error, EXN_WRITE, errno, "cannot sync its folder to disk");
    }
    return EXN_OK;
}
