/* SPDX-License-Identifier: MIT */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "error.h"
#include "item.h"
#include "signals.h"

/* Bytes for one call of copy_file_range; signals are checked between two calls. */
#define COPY_STEP  ((uint64_t)16 << 20)
#define CHUNK_SIZE ((size_t)1 << 16)

/* A worker's filter allows pread(2) and pwrite(2), and they leave the position alone, which parent
 * and worker share. */
ssize_t exn_io_read_at(int fd, void *to, size_t size, uint64_t offset)
{
    size_t have = 0;
    while (have < size) {
        ssize_t n = pread(fd, (char *)to + have, size - have, (off_t)(offset + have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

/* Asks for one byte more, but does not insist on it: a file of the right size takes one call. */
ssize_t exn_io_read_whole(int fd, void *to, size_t size)
{
    size_t have = 0;
    do {
        ssize_t n = pread(fd, (char *)to + have, size + 1 - have, (off_t)have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -1 : (ssize_t)have;
        have += (size_t)n;
    } while (have < size);
    return (ssize_t)have;
}

/* A short write is not an error: a disk that is nearly full writes a part first, and fails at the
 * next call. */
bool exn_io_write_at(int fd, const void *data, size_t size, uint64_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(fd, (const char *)data + done, size - done, (off_t)(offset + done));
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

bool exn_io_write_all(int fd, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t n = write(fd, from, size);
        if (n < 0 && errno != EINTR)
            return false;
        from += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Copies from *done to end by reading and writing. If the source ends early, it was truncated
 * meanwhile. */
static exn_status copy_by_hand(int output, int source, uint64_t *done, uint64_t end,
                               exn_error *error)
{
    static char chunk[CHUNK_SIZE]; /* a stack may be small */
    while (*done < end) {
        size_t want = end - *done < CHUNK_SIZE ? (size_t)(end - *done) : CHUNK_SIZE;
        ssize_t have = exn_io_read_at(source, chunk, want, *done);
        if (exn_signals_caught())
            return exn_error_set(error, EXN_INTERRUPTED, 0, "dropped");
        if (have < 0)
            return exn_error_set(error, EXN_READ, errno, "while copying");
        if (have == 0)
            return exn_error_set(error, EXN_READ, 0, "the source changed while it was read");
        if (!exn_io_write_at(output, chunk, (size_t)have, *done))
            return exn_error_set(error, EXN_WRITE, errno, "while copying");
        *done += (uint64_t)have;
    }
    return EXN_OK;
}

/* Uses explicit offsets, so neither file's position moves. 0 does not mean the end: on some virtual
 * file systems the call has reported success and copied nothing (copy_file_range(2), BUGS). */
static exn_status copy_part(int output, int source, uint64_t done, uint64_t end, exn_error *error)
{
    /* Whatever stops copy_file_range, be it another file system, an old kernel or a full disk,
     * reading and writing by hand from there on either works or says which side is at fault. */
    while (done < end && !exn_signals_caught()) {
        off_t from = (off_t)done, to = (off_t)done;
        uint64_t step = end - done < COPY_STEP ? end - done : COPY_STEP;
        ssize_t n = copy_file_range(source, &from, output, &to, (size_t)step, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (uint64_t)n;
    }
    return copy_by_hand(output, source, &done, end, error);
}

/* Returns where data begins at or after `at` (size: there is none), and sets *end to where it ends.
 * If the file system cannot tell, or in a worker, everything counts as data. ENXIO: only a hole is
 * left. Any other error (EINVAL of an old file system, EPERM of a worker's filter) means: unknown.
 */
static uint64_t find_data(int source, uint64_t at, uint64_t size, uint64_t *end)
{
    *end = size;
    off_t data = lseek(source, (off_t)at, SEEK_DATA);
    if (data < 0)
        return errno == ENXIO ? size : at;
    if ((uint64_t)data >= size)
        return size;
    off_t hole = lseek(source, data, SEEK_HOLE);
    if (hole > data && (uint64_t)hole < size)
        *end = (uint64_t)hole;
    return (uint64_t)data;
}

/* Holes of less than a block do not matter; a file with all its blocks on disk has none. */
static bool has_holes(int source, uint64_t size)
{
    enum { UNIT = 512, BLOCK = 4096 }; /* unit of st_blocks; usual block size */
    struct stat status;
    return size > BLOCK && fstat(source, &status) == 0 && (uint64_t)status.st_blocks * UNIT < size;
}

/* In as few calls as possible, since there may be millions of such files. */
static exn_status copy_small(int output, int source, uint64_t size, exn_error *error)
{
    static char all[CHUNK_SIZE]; /* a stack may be small */
    ssize_t n = exn_io_read_whole(source, all, (size_t)size);
    if (n < 0)
        return exn_error_set(error, EXN_READ, errno, "while copying");
    if ((uint64_t)n != size)
        return exn_error_set(error, EXN_READ, 0, "the source changed while it was read");
    return exn_io_write_at(output, all, (size_t)size, 0)
               ? EXN_OK
               : exn_error_set(error, EXN_WRITE, errno, "while copying");
}

/* Holes are not written; one at the end is made by setting the size. */
exn_status exn_io_copy(int output, int source, uint64_t size, exn_error *error)
{
    uint64_t at = 0, end = 0, written = 0;
    char more;
    if (size < CHUNK_SIZE && !has_holes(source, size))
        return copy_small(output, source, size, error);
    for (; (at = find_data(source, end, size, &end)) < size; written = end)
        if (copy_part(output, source, at, end, error) != EXN_OK)
            return error->status;
    const ssize_t grown = exn_io_read_at(source, &more, 1, size);
    if (grown < 0)
        return exn_error_set(error, EXN_READ, errno, "while copying");
    if (grown > 0)
        return exn_error_set(error, EXN_READ, 0, "the source changed while it was read");
    if (written < size && ftruncate(output, (off_t)size) != 0) /* it ends in a hole */
        return exn_error_set(error, EXN_WRITE, errno, "while copying");
    return EXN_OK;
}

/* The name of an open file, whether it has another one or not. */
static void name_by_descriptor(int fd, char name[40])
{
    snprintf(name, 40, "/proc/self/fd/%d", fd);
}

int exn_io_reopen(int fd)
{
    char name[40];
    name_by_descriptor(fd, name);
    return open(name, O_RDONLY | O_CLOEXEC);
}

/* AT_EMPTY_PATH is for CAP_DAC_READ_SEARCH (linkat(2)) and, since Linux 6.10, for whoever has
 * opened the file; /proc is for all who have it mounted. Links of other people's files may be
 * forbidden by fs.protected_hardlinks (EPERM), and are impossible across mounts (EXDEV) and at a
 * file system's limit (EMLINK). */
bool exn_io_link(int fd, int folder, const char *name)
{
    char path[40];
    if (linkat(fd, "", folder, name, AT_EMPTY_PATH) == 0)
        return true;
    if (errno == EEXIST)
        return false;
    name_by_descriptor(fd, path);
    return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW) == 0;
}

bool exn_io_sync_above(int folder)
{
    int above = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = above >= 0 && fsync(above) == 0;
    const int reason = errno;
    if (above >= 0)
        close(above);
    errno = reason;
    return synced;
}

exn_status exn_io_compare(int output, int source, uint64_t size, exn_error *error)
{
    static char wanted[CHUNK_SIZE / 2], found[CHUNK_SIZE / 2]; /* a stack may be small */
    for (uint64_t done = 0; done < size;) {
        ssize_t a = exn_io_read_at(source, wanted, sizeof wanted, done);
        ssize_t b = exn_io_read_at(output, found, sizeof found, done);
        if (a < 0)
            return exn_error_set(error, EXN_READ, errno, "while comparing");
        if (b < 0)
            return exn_error_set(error, EXN_WRITE, errno, "cannot read the output back");
        if (a == 0 || a != b || memcmp(wanted, found, (size_t)a) != 0)
            return exn_error_set(error, EXN_MISMATCH, 0, "the copy reads back differently");
        done += (uint64_t)a;
    }
    return EXN_OK;
}
