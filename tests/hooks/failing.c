/* SPDX-License-Identifier: MIT */
/* failing COUNTS GENERATION CALL[,CALL...] NUMBER ERROR PROGRAM ARGUMENT...: runs the program, in
 * which the NUMBERth of each of these system calls fails with this error (EIO, or a number): of the
 * process itself (GENERATION 0), of each that it starts (1), or of each that these start (2), which
 * are the workers. The file COUNTS gets a line for each call: its name, how often a process of each
 * generation made it at most, and how many have failed.
 *
 * strace fails all processes alike, so that those which are started later are often not reached at
 * all; and where a call does not matter this one does not stop the program. A close(2) that fails
 * has closed, as Linux does it. tests/long/modes.sh uses it. */
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <sys/reg.h>
#include <sys/user.h>

#define REGISTER(name) ((void *)(offsetof(struct user_regs_struct, name)))

enum { CALLS = 64, PROCESSES = 256, GENERATIONS = 3 };

static struct {
    int number;
    const char *name;
    long most[GENERATIONS];
    long failed;
} calls[CALLS];
static int n_calls;

static struct process {
    pid_t pid;
    int generation; /* -1: stopped, and nobody has said yet whose child it is */
    bool stopped;
    bool late; /* the result of the call that it is in is to be replaced */
    long made[CALLS];
} processes[PROCESSES];

static struct process *process_of(pid_t pid)
{
    struct process *p = processes;
    while (p->pid && p->pid != pid)
        if (++p == processes + PROCESSES) {
            fprintf(stderr, "failing: too many processes\n");
            exit(121);
        }
    if (!p->pid) {
        p->pid = pid;
        p->generation = -1;
    }
    return p;
}

static void go_on(struct process *p, enum __ptrace_request how, int signal)
{
    ptrace(how, p->pid, NULL, (void *)(long)signal);
}

static void named(char *list)
{
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR || n_calls == CALLS) {
            fprintf(stderr, "failing: %s: no such call\n", name);
            exit(120);
        }
        calls[n_calls].number = number;
        calls[n_calls++].name = name;
    }
}

static int error_of(const char *text)
{
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"EINTR", EINTR}, {"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EROFS", EROFS},
                  {"EPERM", EPERM}, {"EDQUOT", EDQUOT}, {"ESTALE", ESTALE}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, text) == 0)
            return errors[i].error;
    return (int)strtol(text, NULL, 10);
}

static void start(char **arguments)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool well = filter != NULL;
    for (int i = 0; well && i < n_calls; i++)
        well = seccomp_rule_add(filter, SCMP_ACT_TRACE(1), calls[i].number, 0) == 0;
    if (!well || ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0 ||
        seccomp_load(filter) != 0)
        _exit(121);
    execv(arguments[0], arguments);
    perror(arguments[0]);
    _exit(122);
}

/* What is behind a call that is to fail: its number is no call's, so that nothing is done. */
static void called(struct process *p, int generation, long number, int error)
{
    const long call = ptrace(PTRACE_PEEKUSER, p->pid, REGISTER(orig_rax), NULL);
    int i = 0;
    while (i < n_calls - 1 && calls[i].number != call)
        i++;
    const int whose = p->generation < GENERATIONS ? p->generation : GENERATIONS - 1;
    if (++p->made[i] > calls[i].most[whose])
        calls[i].most[whose] = p->made[i];
    if (whose != generation || p->made[i] != number) {
        go_on(p, PTRACE_CONT, 0);
        return;
    }
    calls[i].failed++;
    p->late = call == seccomp_syscall_resolve_name("close");
    if (!p->late) {
        ptrace(PTRACE_POKEUSER, p->pid, REGISTER(orig_rax), (void *)-1L);
        ptrace(PTRACE_POKEUSER, p->pid, REGISTER(rax), (void *)(long)-error);
    }
    go_on(p, p->late ? PTRACE_SYSCALL : PTRACE_CONT, 0);
}

/* A child may stop before its parent says that it has one. */
static void is_born(const struct process *parent)
{
    unsigned long pid = 0;
    ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid);
    struct process *child = process_of((pid_t)pid);
    child->generation = parent->generation + 1;
    if (child->stopped)
        go_on(child, PTRACE_CONT, 0);
}

/* A parent that was killed never says so. Its child goes on as one of the last generation, until
 * somebody says better. */
static void let_orphans_go_on(void)
{
    for (struct process *p = processes; p < processes + PROCESSES && p->pid; p++)
        if (p->stopped && p->generation < 0) {
            p->generation = GENERATIONS - 1;
            go_on(p, PTRACE_CONT, 0);
        }
}

static void stopped(struct process *p, int status, int generation, long number, int error)
{
    const int signal = WSTOPSIG(status);
    switch (status >> 16) {
    case PTRACE_EVENT_SECCOMP:
        called(p, generation, number, error);
        return;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        is_born(p);
        go_on(p, PTRACE_CONT, 0);
        return;
    default:
        break;
    }
    if (signal == (SIGTRAP | 0x80)) {
        if (p->late)
            ptrace(PTRACE_POKEUSER, p->pid, REGISTER(rax), (void *)(long)-error);
        p->late = false;
        go_on(p, PTRACE_CONT, 0);
    } else if (!p->stopped && signal == SIGSTOP) {
        p->stopped = true; /* the first stop of all is ptrace's */
        if (p->generation >= 0)
            go_on(p, PTRACE_CONT, 0);
    } else {
        go_on(p, PTRACE_CONT, status >> 16 ? 0 : signal);
    }
}

static void tell(const char *name)
{
    FILE *file = fopen(name, "w");
    for (int i = 0; file && i < n_calls; i++)
        fprintf(file, "%s %ld %ld %ld %ld\n", calls[i].name, calls[i].most[0], calls[i].most[1],
                calls[i].most[2], calls[i].failed);
    if (!file || fclose(file) != 0) {
        perror(name);
        exit(121);
    }
}

int main(int argc, char **argv)
{
    if (argc < 7)
        return 120;
    const int generation = (int)strtol(argv[2], NULL, 10);
    const long number = strtol(argv[4], NULL, 10);
    const int error = error_of(argv[5]);
    named(argv[3]);
    if (error <= 0 || n_calls == 0)
        return 120;
    const pid_t first = fork();
    if (first == 0)
        start(argv + 6);
    int status = 0;
    struct process *program = process_of(first);
    if (first < 0 || waitpid(first, &status, 0) != first || !WIFSTOPPED(status))
        return 121;
    program->generation = 0;
    program->stopped = true;
    ptrace(PTRACE_SETOPTIONS, first, NULL,
           (void *)(long)(PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD |
                          PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                          PTRACE_O_TRACECLONE));
    go_on(program, PTRACE_CONT, 0);
    int ended = 121;
    for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFSTOPPED(status))
            stopped(process_of(pid), status, generation, number, error);
        else
            let_orphans_go_on();
        if (pid == first && !WIFSTOPPED(status))
            ended = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    tell(argv[1]);
    return ended;
}
#else
int main(void)
{
    fprintf(stderr, "failing: not for this machine\n");
    return 121;
}
#endif
