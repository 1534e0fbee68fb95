/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/item.h"

/* Enough for standard streams, the socket, the descriptors of a request, and some to spare. */
#define DESCRIPTORS 16

/* Allowed with any arguments: these calls only affect the process itself and what it holds. None of
 * them takes the name of a file, except newfstatat, which glibc's fstat() uses. */
static const int allowed[] = {
    SCMP_SYS(recvmsg),       SCMP_SYS(sendmsg),         SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),      SCMP_SYS(copy_file_range), SCMP_SYS(close),
    SCMP_SYS(brk),           SCMP_SYS(munmap),          SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(futex),           SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),    SCMP_SYS(time),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),          SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#if EXN_SANITIZER
    SCMP_SYS(write),         SCMP_SYS(sched_yield),     SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
#endif
};

/* Allows threads of this process, but no other processes: decoders of HEIC and AVIF start threads
 * whatever they are told. The flags of clone3(2) are in memory, which a filter cannot see; if that
 * call does not exist, libraries use clone(2). */
static int add_threads(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
                                SCMP_SYS(sched_getaffinity)};
    int status = seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM));
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0] && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    return status;
}

/* Allows memory, but none that is executable, and none that the limit for private memory would not
 * count; and abort()'s raise(), if it is aimed at this process. */
static int add_conditions(scmp_filter_ctx filter)
{
    int status = seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
        SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE | MAP_ANONYMOUS, MAP_PRIVATE | MAP_ANONYMOUS));
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (status == 0)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    return status;
}

/* Calls that are not allowed fail with EPERM, so a library that tries something unnecessary (a
 * message catalogue, the number of CPUs) continues without it. seccomp_load also sets no_new_privs.
 */
static exn_status filter_calls(bool threads, exn_error *error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int status = filter ? 0 : -ENOMEM;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0] && status == 0; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    if (status == 0)
        status = add_conditions(filter);
    if (status == 0 && threads)
        status = add_threads(filter);
    if (status == 0)
        status = seccomp_load(filter);
    seccomp_release(filter);
    return status == 0
               ? EXN_OK
               : exn_error_set(
                     error, EXN_INTERNAL, -status,
                     "cannot sandbox the workers on this system; use --no-sandbox to run without");
}

static exn_status limit(int what, rlim_t most, exn_error *error)
{
    struct rlimit now;
    if (getrlimit(what, &now) == 0) {
        now.rlim_max = now.rlim_max < most ? now.rlim_max : most;
        now.rlim_cur = now.rlim_cur < now.rlim_max ? now.rlim_cur : now.rlim_max;
        if (setrlimit(what, &now) == 0)
            return EXN_OK;
    }
    return exn_error_set(error, EXN_INTERNAL, errno, "cannot set a resource limit");
}

/* RLIMIT_DATA counts all private writable memory (since Linux 4.7). The library keeps to max_memory
 * by its own computation; this limit is for the case that it is wrong. It has to include the
 * allocator's overhead, and an output together with the memory for verifying it. */
static rlim_t memory_limit(uint64_t max_memory)
{
    const rlim_t base = (rlim_t)64 << 20;
    return max_memory < RLIM_INFINITY / 2 - base ? max_memory + max_memory / 2 + base
                                                 : RLIM_INFINITY;
}

/* Limits come before the filter, which forbids setrlimit(2), so they cannot be raised again.
 * Writing beyond RLIMIT_FSIZE fails with EFBIG, since SIGXFSZ is ignored. */
exn_status exn_sandbox_enter(uint64_t max_memory, uint64_t room, bool threads, bool filter,
                             exn_error *error)
{
    const rlim_t most = memory_limit(max_memory);
    exn_status status = limit(RLIMIT_CORE, 0, error);
    if (status == EXN_OK)
        status = limit(RLIMIT_NOFILE, DESCRIPTORS, error);
    if (status == EXN_OK && !EXN_SANITIZER)
        status = limit(RLIMIT_DATA, memory_limit(max_memory), error);
    /* An image's output fits in memory, and a label file's, which is not held in memory, is not
     * much larger than the file (exn_job_room()). A worker that was taken over must not fill the
     * disk, or memory, where an archive's outputs are. */
    if (status == EXN_OK)
        status = limit(RLIMIT_FSIZE, room > most ? room : most, error);
    if (status == EXN_OK && filter)
        status = filter_calls(threads, error);
    return status;
}
