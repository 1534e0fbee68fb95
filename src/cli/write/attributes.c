/* SPDX-License-Identifier: MIT */
#include "attributes.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

/* Carries over the attributes in the user namespace; the others belong to the system. Errors are
 * ignored, since not every file system has attributes. XATTR_LIST_MAX and XATTR_SIZE_MAX are both
 * 64 KiB. */
static void carry_attributes(int source, int output)
{
    static char names[XATTR_LIST_MAX]; /* a stack may be small */
    ssize_t size = flistxattr(source, names, sizeof names);
    char *value = size > 0 ? malloc(XATTR_SIZE_MAX) : NULL;
    if (!value)
        return;
    for (const char *name = names; name < names + size; name += strlen(name) + 1) {
        if (strncmp(name, "user.", 5) != 0)
            continue;
        ssize_t length = fgetxattr(source, name, value, XATTR_SIZE_MAX);
        if (length >= 0 && fsetxattr(output, name, value, (size_t)length, 0) != 0 &&
            errno == ENOTSUP)
            break;
    }
    free(value);
}

/* Errors are ignored, as everywhere here: a store that keeps no times is no reason to refuse an
 * output. The change time (st_ctim) is the kernel's own. */
void exn_attributes_times(int fd, const struct stat *status)
{
    const struct timespec times[] = {status->st_atim, status->st_mtim};
    (void)!futimens(fd, times);
}

/* A folder may have inherited its setgid bit from the one that it was made in, so that a group
 * shares everything below; that stays. Setuid, setgid and sticky bits of a source are not carried
 * over: the output belongs to whoever runs the program. */
void exn_attributes_mode(int fd, mode_t mode)
{
    struct stat now;
    bool inherits = S_ISDIR(mode) && fstat(fd, &now) == 0;
    (void)!fchmod(fd, (mode & 0777) | (inherits ? now.st_mode & S_ISGID : 0));
}

void exn_attributes_put(int fd, const struct stat *status)
{
    exn_attributes_mode(fd, status->st_mode);
    exn_attributes_times(fd, status);
}

/* The program has one thread, so nobody creates a file in between. */
static mode_t file_mask(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return mask;
}

void exn_attributes_identity(int fd, int source, const struct stat *status, bool changed)
{
    if (source >= 0)
        carry_attributes(source, fd); /* before a mode that may forbid it */
    if (status)
        exn_attributes_mode(fd, status->st_mode);
    if (status && !changed)
        exn_attributes_times(fd, status);
    if (!status)
        (void)!fchmod(fd, 0666 & ~file_mask());
}
