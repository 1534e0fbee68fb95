/* SPDX-License-Identifier: MIT */
#include "below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc has no function for it yet. RESOLVE_BENEATH: EXDEV if ".." or an absolute path would leave
 * folder. RESOLVE_NO_SYMLINKS: ELOOP at any link on the way, including the magic ones of /proc.
 * Without O_CREAT mode must be 0, or it is EINVAL (openat2(2)). */
static int open_at_once(int folder, const char *path, int flags, mode_t mode)
{
    struct open_how how = {.flags = (uint64_t)flags,
                           .mode = flags & O_CREAT ? mode : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

/* Linux before 5.6 does not have the call, some containers forbid it, and it takes no path longer
 * than PATH_MAX. Any other error would occur step by step as well. */
static bool is_worth_steps(int reason)
{
    return reason == ENOSYS || reason == EPERM || reason == ENAMETOOLONG;
}

/* Closes folder and returns the next one. */
static int step(int folder, const char *name)
{
    int next = openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int reason = errno;
    close(folder);
    errno = reason;
    return next;
}

/* Opens each folder on the way, so that one that is replaced by a link meanwhile is not followed.
 */
static int open_by_steps(int folder, const char *path, int flags, mode_t mode)
{
    char *copy = strdup(path), *rest = copy, *name;
    int here = copy ? fcntl(folder, F_DUPFD_CLOEXEC, 0) : -1, fd = -1;
    while (here >= 0 && (name = strsep(&rest, "/"))) {
        if (strcmp(name, "..") == 0 || *name == '\0') {
            errno = EXDEV;
            break;
        }
        if (!rest)
            fd = openat(here, name, flags | O_NOFOLLOW, mode);
        else
            here = step(here, name);
        if (!rest)
            break;
    }
    int reason = errno;
    if (here >= 0)
        close(here);
    free(copy);
    errno = reason;
    return fd;
}

int exn_below_open(int folder, const char *path, int flags, mode_t mode)
{
    int fd = open_at_once(folder, path, flags | O_NOFOLLOW, mode);
    return fd >= 0 || !is_worth_steps(errno) ? fd : open_by_steps(folder, path, flags, mode);
}
