/* SPDX-License-Identifier: MIT */
/* without CALL ERROR PROGRAM ARGUMENT...: runs the program where that system call fails with
 * ENOSYS, as on a kernel that does not have it, or EPERM, as in a container that forbids it. CALL
 * is O_TMPFILE for openat(2) with that flag. tests/cli/calls.sh uses it. */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 4)
        return 120;
    const bool is_flag = strcmp(argv[1], "O_TMPFILE") == 0;
    const struct scmp_arg_cmp flag = SCMP_A2(SCMP_CMP_MASKED_EQ, O_TMPFILE, O_TMPFILE);
    const int call = seccomp_syscall_resolve_name(is_flag ? "openat" : argv[1]);
    const int error = strcmp(argv[2], "EPERM") == 0 ? EPERM : ENOSYS;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter || call == __NR_SCMP_ERROR ||
        seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((uint32_t)error), call, is_flag, &flag) !=
            0 ||
        seccomp_load(filter) != 0) {
        fprintf(stderr, "without: %s cannot be taken away\n", argv[1]);
        return 121;
    }
    seccomp_release(filter);
    execv(argv[3], argv + 3);
    perror(argv[3]);
    return 122;
}
