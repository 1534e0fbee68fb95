/* SPDX-License-Identifier: MIT */
#include "direct.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "attributes.h"
#include "base/below.h"
#include "base/error.h"
#include "base/io.h"
#include "base/item.h"
#include "base/signals.h"
#include "target_memory.h"
#include "workers/work.h"

#define CHUNK_SIZE ((size_t)1 << 17)

static int content_of(const exn_target *target)
{
    return target->carried ? target->source : target->fd;
}

/* A store cannot rename, so the old file is removed before the new one exists. A kill in between
 * leaves neither; the state does not count the item as done, and the next run makes it. */
static exn_status make_way(const exn_target *target, exn_error *error)
{
    return unlinkat(target->folder, target->name, 0) == 0 || errno == ENOENT
               ? EXN_OK
               : exn_error_set(error, EXN_WRITE, errno, "cannot remove the existing file");
}

/* EEXIST: somebody has just created a file, since one that was to be replaced is gone by now. */
static int make(const exn_target *target, exn_error *error)
{
    int fd;
    do
        fd = exn_below_open(target->folder, target->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                            0600);
    while (fd < 0 && errno == EINTR);
    if (fd < 0 && errno == EEXIST)
        exn_error_set(error, EXN_EXISTS, 0, EXN_TARGET_APPEARED);
    else if (fd < 0)
        exn_error_set(error, EXN_WRITE, errno, "cannot create the file");
    return fd;
}

/* An output is small and is written to its end despite a signal; a copy may have any size. The
 * source of a copy is read only here, long after the worker looked at it, so its size and times are
 * compared with what they were then. */
static exn_status fill(const exn_target *target, int fd, uint64_t *size, bool relinks,
                       exn_error *error)
{
    static char chunk[CHUNK_SIZE];
    for (*size = 0;;) {
        ssize_t n = exn_io_read_at(content_of(target), chunk, sizeof chunk, *size);
        if (target->carried && exn_signals_caught())
            return exn_error_set(error, EXN_INTERRUPTED, 0, "dropped");
        if (n < 0)
            return exn_error_set(error, EXN_READ, errno, "while copying");
        if (n == 0)
            break;
        if (!exn_io_write_all(fd, chunk, (size_t)n))
            return exn_error_set(error, EXN_WRITE, errno, "while writing");
        *size += (uint64_t)n;
    }
    if (target->carried && target->status &&
        (*size != (uint64_t)target->status->st_size ||
         !exn_item_unchanged(target->source, target->status, relinks)))
        return exn_error_set(error, EXN_READ, 0, "the source changed while it was read");
    return EXN_OK;
}

/* Some mounts store the file at fsync(2), the others at close(2), so both results count. Attributes
 * come after the last write, which would change the times. */
static exn_status write_file(const exn_target *target, int fd, uint64_t *size,
                             const exn_cli_options *options, exn_error *error)
{
    exn_status status = fill(target, fd, size, exn_work_relinks(options), error);
    if (status == EXN_OK) {
        exn_attributes_identity(fd, target->source, target->status, target->changed);
        if (options->durable && fsync(fd) != 0)
            status = exn_error_set(error, EXN_WRITE, errno, "cannot sync it to disk");
    }
    if (close(fd) != 0 && status == EXN_OK)
        status = exn_error_set(error, EXN_WRITE, errno, "while closing it");
    return status;
}

/* Opens the file again: such a mount cannot read a file that is open for writing, and what counts
 * is what it has stored. */
static exn_status read_back(const exn_target *target, uint64_t size, exn_error *error)
{
    int fd = exn_below_open(target->folder, target->name, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return exn_error_set(error, EXN_WRITE, errno, "cannot read the output back");
    exn_io_compare(fd, content_of(target), size, error);
    close(fd);
    return error->status;
}

static exn_status place(exn_target *target, const exn_cli_options *options, exn_error *error)
{
    uint64_t size;
    int fd = make(target, error);
    if (fd < 0)
        return error->status;
    if (write_file(target, fd, &size, options, error) == EXN_OK && options->verify)
        read_back(target, size, error);
    if (error->status == EXN_OK || unlinkat(target->folder, target->name, 0) == 0 ||
        errno == ENOENT) /* a mount may drop a file that it could not store */
        return error->status;
    /* Part of an output is left under its name. target->left makes the caller stop the run; the W
     * line tells the next run that any size up to the full one is ours. */
    int reason = errno;
    target->left = reason;
    *error = (exn_error){0};
    return exn_error_set(error, EXN_WRITE, reason, "incomplete output cannot be removed");
}

/* Memory that was claimed can no longer change. It, or the source's bytes, is written when it is
 * its turn. */
static exn_status seal(exn_target *target, int source, const struct stat *status, bool durable,
                       exn_error *error)
{
    (void)durable;
    (void)error;
    target->source = source;
    target->status = status;
    return EXN_OK;
}

const exn_target_kind exn_direct_target = {.in_place = true,
                                           .open = exn_target_memory_open,
                                           .seal = seal,
                                           .make_way = make_way,
                                           .place = place};
