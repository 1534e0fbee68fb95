/* SPDX-License-Identifier: MIT */
/* without CALL ERROR PROGRAM ARGUMENT...: runs the program where that system call fails with
 * ENOSYS, as on a kernel that does not have it, or EPERM, as in a container that forbids it.
 * tests/cli/calls.sh uses it. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 4)
        return 120;
    const int call = seccomp_syscall_resolve_name(argv[1]);
    const int error = strcmp(argv[2], "EPERM") == 0 ? EPERM : ENOSYS;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter || call == __NR_SCMP_ERROR ||
        seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint32_t)error), call, 0) != 0 ||
        seccomp_load(filter) != 0) {
        fprintf(stderr, "without: %s cannot be taken away\n", argv[1]);
        return 121;
    }
    seccomp_release(filter);
    execv(argv[3], argv + 3);
    perror(argv[3]);
    return 122;
}
