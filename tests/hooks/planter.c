/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: lets somebody else change files at one moment of a run: right before the program
 * opens or makes what is named by the pattern EXN_PLANT_AT (fnmatch(3), of a path's last part), for
 * the Nth time, EXN_PLANT_WHEN=N or 1, it runs the shell command EXN_PLANT and waits for it. A file
 * that is made without a name counts as one of a temporary name.
 * EXN_PLANT_OLD=1: the kernel does not know openat2(2). Only the process that was started does so.
 */
#include "next.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t self;
static long left;

__attribute__((constructor)) static void begin(void)
{
    const char *when = getenv("EXN_PLANT_WHEN");
    self = getpid();
    left = when ? atol(when) : 1;
}

static void plant(void)
{
    const char *command = getenv("EXN_PLANT");
    pid_t child = fork();
    if (child == 0) {
        unsetenv("LD_PRELOAD");
        execl("/bin/sh", "sh", "-ec", command, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        abort();
}

static void look(const char *path)
{
    const char *pattern = getenv("EXN_PLANT_AT"), *slash = strrchr(path, '/');
    if (getpid() != self || !pattern || fnmatch(pattern, slash ? slash + 1 : path, 0) != 0)
        return;
    if (--left == 0)
        plant();
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = MODE_BEHIND(flags);
    look(MAKES_NAMELESS(flags) ? ".exifnorm-" : path);
    return NEXT(openat)(folder, path, flags, mode);
}

/* What a fortified openat() of three arguments is. */
int __openat_2(int folder, const char *path, int flags);
int __openat_2(int folder, const char *path, int flags)
{
    look(path);
    return NEXT(__openat_2)(folder, path, flags);
}

/* Of those that the program calls so, openat2(2) and renameat2(2) have paths. */
long syscall(long number, ...)
{
    long a[6];
    TAKE_SIX(a, number);
    if (number == SYS_openat2 && getenv("EXN_PLANT_OLD")) {
        errno = ENOSYS;
        return -1;
    }
    if (number == SYS_openat2)
        look((const char *)a[1]);
    if (number == SYS_renameat2)
        look((const char *)a[3]);
    return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    look(new);
    return NEXT(linkat)(from, old, to, new, flags);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    look(path);
    return NEXT(mkdirat)(folder, path, mode);
}
