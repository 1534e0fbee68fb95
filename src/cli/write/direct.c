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

/* A store cannot rename, so the old file goes before the new one is there, and a kill between the
 * two calls leaves neither: for the state it is not done, and the next run makes it. */
static exn_status make_way(const exn_target *target, exn_error *error)
{
    return unlinkat(target->folder, target->name, 0) == 0 || errno == ENOENT
               ? EXN_OK
               : exn_error_set(error, EXN_WRITE, errno, "cannot remove the existing file");
}

/* EEXIST is of whoever has made a file meanwhile: what was to be replaced is gone by now. */
static int make(const exn_target *target, exn_error *error)
{
    int fd;
    do
        fd = exn_below_open(target->folder, target->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                            0600);
    while (fd < 0 && errno == EINTR);
    if (fd < 0 && errno == EEXIST)
        exn_error_set(error, EXN_EXISTS, 0,
                      "it appeared during the run; use --overwrite to replace it");
    else if (fd < 0)
        exn_error_set(error, EXN_WRITE, errno, "cannot create the file");
    return fd;
}

/* An output is small and is written to its end, whatever the signal; a copy may be of any size. The
 * source's bytes are read only here, long after the worker looked at it: its size and times are
 * held against what they were then. */
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

/* Some mounts send the file by fsync(2), all others by close(2): both tell what became of it.
 * Attributes come after the last write, which would set the times anew. */
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

/* Opened anew: such a mount does not read from a file that is open for writing, and what is to be
 * seen is what it has stored. */
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
        errno == ENOENT) /* a mount may have forgotten what it could not store */
        return error->status;
    /* Part of an output stands under its name. With target->left the caller stops the run; the W
     * line tells the next one that any size up to the whole is ours. */
    int reason = errno;
    target->left = true;
    *error = (exn_error){0};
    return exn_error_set(error, EXN_WRITE, reason, "incomplete output cannot be removed");
}

/* Claimed, the memory can no longer be changed; it is written out, and so are the source's bytes,
 * when it is its turn. */
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
