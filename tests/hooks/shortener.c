/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: every call that reads or writes moves half of the bytes that it was asked for,
 * and at least one, in the program and in its workers: what disks over networks, pipes and signals
 * may do. Not what is appended to a log: there a short write is how a full disk looks, and ends the
 * run. The file that EXN_SHORT_CALLS names gets a letter for each kind of call that was shortened.
 * tests/cli/short.sh uses it. */
#undef _FORTIFY_SOURCE /* glibc's inline read(2) and the like would be redefined here */
#include "next.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t __pread_chk(int fd, void *to, size_t size, off_t at, size_t room);

enum { LETTERS = 26 };

static char *noted; /* shared with what is forked */

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("EXN_SHORT_CALLS");
    int file = name ? open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0 || ftruncate(file, LETTERS) != 0)
        return;
    void *page = mmap(NULL, LETTERS, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    noted = page == MAP_FAILED ? NULL : page;
    close(file);
}

static size_t half(size_t size, char letter)
{
    if (size > 1 && noted)
        noted[letter - 'a'] = letter;
    return size / 2 + size % 2;
}

ssize_t read(int fd, void *to, size_t size)
{
    return NEXT(read)(fd, to, half(size, 'r'));
}

ssize_t pread(int fd, void *to, size_t size, off_t at)
{
    return NEXT(pread)(fd, to, half(size, 'p'), at);
}

ssize_t __pread_chk(int fd, void *to, size_t size, off_t at, size_t room)
{
    (void)room;
    return pread(fd, to, size, at);
}

ssize_t write(int fd, const void *from, size_t size)
{
    int flags = fcntl(fd, F_GETFL);
    return NEXT(write)(fd, from, flags >= 0 && flags & O_APPEND ? size : half(size, 'w'));
}

ssize_t pwrite(int fd, const void *from, size_t size, off_t at)
{
    return NEXT(pwrite)(fd, from, half(size, 'q'), at);
}

ssize_t copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t size, unsigned flags)
{
    return NEXT(copy_file_range)(from, from_at, to, to_at, half(size, 'c'), flags);
}
