/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: ends the program at the Nth of the calls by which it changes files, before that
 * call, as a kill would: _exit() and nothing undone. EXN_KILL_AT=N; EXN_KILL_TORN=1: a write(2) is
 * half done first. Without N the calls are counted, and EXN_KILL_COUNT names the file for the
 * number. Only the process that was started counts, not what it forks. tests/cli/resume.sh uses it.
 */
#include "next.h"

#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static pid_t self;
static long count, at;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("EXN_KILL_AT");
    self = getpid();
    at = text ? atol(text) : 0;
}

__attribute__((destructor)) static void end(void)
{
    const char *name = getenv("EXN_KILL_COUNT");
    FILE *file = name && getpid() == self ? fopen(name, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%ld\n", count);
    fclose(file);
}

static int is_last(void)
{
    return getpid() == self && ++count == at;
}

static void step(void)
{
    if (is_last())
        _exit(99);
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = MODE_BEHIND(flags);
    if ((flags & O_CREAT) || MAKES_NAMELESS(flags))
        step();
    return NEXT(openat)(folder, path, flags, mode);
}

/* openat2(2), which makes outputs, and renameat2(2), which names them, come this way. */
long syscall(long number, ...)
{
    long a[6];
    TAKE_SIX(a, number);
    if (number == SYS_renameat2 ||
        (number == SYS_openat2 && ((const struct open_how *)a[2])->flags & O_CREAT))
        step();
    return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int open(const char *path, int flags, ...)
{
    mode_t mode = MODE_BEHIND(flags);
    if (flags & O_CREAT)
        step();
    return NEXT(open)(path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (is_last()) {
        if (getenv("EXN_KILL_TORN"))
            (void)!NEXT(write)(fd, bytes, size / 2);
        _exit(99);
    }
    return NEXT(write)(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    step();
    return NEXT(pwrite)(fd, bytes, size, offset);
}

ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags)
{
    step();
    return NEXT(copy_file_range)(in, from, out, to, size, flags);
}

int mkdir(const char *path, mode_t mode)
{
    step();
    return NEXT(mkdir)(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    step();
    return NEXT(mkdirat)(folder, path, mode);
}

int fchmod(int fd, mode_t mode)
{
    step();
    return NEXT(fchmod)(fd, mode);
}

int futimens(int fd, const struct timespec times[2])
{
    step();
    return NEXT(futimens)(fd, times);
}

int fsync(int fd)
{
    step();
    return NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    step();
    return NEXT(fdatasync)(fd);
}

int ftruncate(int fd, off_t size)
{
    step();
    return NEXT(ftruncate)(fd, size);
}

int close(int fd)
{
    step();
    return NEXT(close)(fd);
}

int renameat(int from, const char *old, int to, const char *new)
{
    step();
    return NEXT(renameat)(from, old, to, new);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    step();
    return NEXT(linkat)(from, old, to, new, flags);
}

int unlink(const char *path)
{
    step();
    return NEXT(unlink)(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    step();
    return NEXT(unlinkat)(folder, path, flags);
}
