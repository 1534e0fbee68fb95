/* SPDX-License-Identifier: MIT */
#include "nameless.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "atomic.h"
#include "base/error.h"
#include "base/io.h"

/* 0600: until seal() nobody else reads what may still be refused. As in atomic.c, it is read by the
 * same descriptor only with --verify. */
static int make(int folder, bool readable)
{
    int fd;
    do
        fd = openat(folder, ".", (readable ? O_RDWR : O_WRONLY) | O_TMPFILE | O_CLOEXEC, 0600);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Such a file is open until it has its name, and a thousand may wait for theirs. Descriptors are
 * numbered from the lowest that is free, so that one above a quarter of the limit says that there
 * are many; half is for the workers' jobs (pool.c). */
static bool is_one_too_many(int fd)
{
    static rlim_t limit;
    struct rlimit all;
    if (limit == 0)
        limit = getrlimit(RLIMIT_NOFILE, &all) == 0 ? all.rlim_cur : 1;
    return (rlim_t)fd >= limit / 4;
}

bool exn_nameless_begin(exn_target *target, const exn_cli_options *options)
{
    target->fd = make(target->folder, options->verify);
    if (target->fd >= 0 && is_one_too_many(target->fd)) {
        close(target->fd);
        target->fd = -1;
    }
    return target->fd >= 0;
}

/* After begin() there is one, after exn_target_renew() there is none. */
static exn_status open_nameless(exn_target *target, const exn_cli_options *options,
                                exn_error *error)
{
    if (target->fd < 0)
        target->fd = make(target->folder, options->verify);
    return target->fd >= 0
               ? EXN_OK
               : exn_error_set(error, EXN_WRITE, errno, "cannot create a temporary file");
}

static exn_status place(exn_target *target, const exn_cli_options *options, exn_error *error)
{
    (void)options;
    if (exn_io_link(target->fd, target->folder, target->name))
        return EXN_OK;
    return errno == EEXIST ? exn_error_set(error, EXN_EXISTS, 0, EXN_TARGET_APPEARED)
                           : exn_error_set(error, EXN_WRITE, errno, "cannot give it its name");
}

const exn_target_kind exn_nameless_target = {
    .open = open_nameless, .seal = exn_atomic_complete, .place = place};

/* Security modules and mounts may allow the file and forbid the link, and without /proc a file
 * without a name cannot be opened again (exn_target_claim()). */
exn_status exn_nameless_try(int folder, const char *temp, bool *works, exn_error *error)
{
    const int fd = make(folder, false);
    *works = false;
    if (fd < 0)
        return EXN_OK;
    const int reader = exn_io_reopen(fd);
    *works = reader >= 0 && exn_io_link(fd, folder, temp);
    if (*works && unlinkat(folder, temp, 0) != 0)
        exn_error_set(error, EXN_WRITE, errno, "cannot remove the temporary file");
    if (reader >= 0)
        close(reader);
    close(fd);
    return error->status;
}
