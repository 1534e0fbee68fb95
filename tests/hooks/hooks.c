/* SPDX-License-Identifier: MIT */
#include "hooks.h"

#include "forger.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/failure.h"

#define PAGE 4096

static void fail(exn_error *error, exn_status status, const char *detail)
{
    error->status = status;
    snprintf(error->detail, sizeof error->detail, "%s", detail);
}

static void crash(exn_error *error)
{
    (void)error;
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

static void give_up(exn_error *error)
{
    (void)error;
    abort();
}

static void leave(exn_error *error)
{
    (void)error;
    _exit(7);
}

/* Without work: tests beside this one need the processor. */
static void hang(exn_error *error)
{
    static int never;
    (void)error;
    for (;;)
        syscall(SYS_futex, &never, FUTEX_WAIT, 0, NULL);
}

static void spin(exn_error *error)
{
    (void)error;
    for (volatile int i = 0;; i = !i)
        continue;
}

/* Works for long enough to be seen at it, and hangs then: a spinning one takes a core from the
 * others. Each step waits for the one before it, so that no processor is much quicker. */
static void tire(exn_error *error)
{
    volatile uint32_t result;
    uint32_t x = 1;
    for (uint32_t i = 0; i < 1u << 27; i++)
        x = x * 2891336453u + 747796405u + (x >> 28);
    result = x;
    (void)result;
    hang(error);
}

/* Touches what it gets, so that a limit of addresses alone would not do. */
static void eat(exn_error *error)
{
    enum { BITE = 4 << 20 };
    char *bite;
    while ((bite = malloc(BITE)))
        for (size_t i = 0; i < BITE; i += PAGE)
            ((volatile char *)bite)[i] = 1;
    fail(error, EXN_MEMORY, "the hook has eaten all");
}

/* Writes far behind the end of whatever it holds. */
static void flood(exn_error *error)
{
    for (int fd = 3; fd < 16; fd++)
        if (pwrite(fd, "", 1, (off_t)1 << 40) == 1)
            fail(error, EXN_WRITE, "the hook may write anything");
}

/* What the hooks below are to do with the image under way. */
static enum {
    NOTHING,
    TWIST,    /* the product is another picture before it is written */
    SPOIL,    /* a byte of the output is another one than was written */
    GROW,     /* the output has more bytes than the answer says */
    MORE,     /* the answer says more bytes than the output has */
    STUFF,    /* both have one byte too many */
    RENUMBER, /* the answer is to another request */
    STASH,    /* the output is kept */
} later;
static int stashed = -1;

static void none(exn_error *error)
{
    (void)error;
}

/* Packets from now on are to be small. Only without the wall; 3: the socket (forkserver.c). */
static void narrow(exn_error *error)
{
    const int least = 1;
    if (setsockopt(3, SOL_SOCKET, SO_SNDBUF, &least, sizeof least) != 0)
        fail(error, EXN_REFUSED, "the socket cannot be narrowed");
}

/* Writes into the output that an answer before this one spoke of, when the parent has had a second
 * to take that. */
static void rob(exn_error *error)
{
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec < begin.tv_sec + 2);
    ssize_t written = pwrite(stashed, "robbed", 6, 40);
    error->status = EXN_REFUSED;
    if (stashed < 0)
        fail(error, EXN_REFUSED, "nothing to rob");
    else
        snprintf(error->detail, sizeof error->detail, "robbing: %d", written < 0 ? errno : 0);
}

/* A status that only the parent may find. */
static void lie(exn_error *error)
{
    fail(error, EXN_INTERRUPTED, "\033[2J");
}

static int outcome(int result)
{
    return result < 0 ? errno : 0;
}

static int try_mmap(int protection, int flags)
{
    return mmap(NULL, PAGE, protection, flags, -1, 0) == MAP_FAILED ? errno : 0;
}

static int try_mprotect(void)
{
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? -1 : outcome(mprotect(page, PAGE, PROT_READ | PROT_EXEC));
}

static int try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return outcome(pid);
}

/* The errno of each: EPERM is 1, and 0 means that it was done. The program to execute does not
 * exist, so that there is an answer in any case. */
static void reach_out(exn_error *error)
{
    static char *const none[] = {NULL};
    struct stat status;
    int private = MAP_PRIVATE | MAP_ANONYMOUS, shared = MAP_SHARED | MAP_ANONYMOUS;
    /* Fork comes before ptrace: a process that asked to be traced stops at a child's SIGCHLD. */
    const int forked = try_fork();
    const int traced = outcome((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    error->status = EXN_REFUSED;
    snprintf(error->detail, sizeof error->detail,
             "open %d stat %d unlink %d socket %d exec %d ptrace %d kill %d fork %d mmap %d "
             "mprotect %d shared %d dup %d",
             outcome(open("/", O_RDONLY)), outcome(stat("/", &status)),
             outcome(unlink("/no/such/file")), outcome(socket(AF_INET, SOCK_STREAM, 0)),
             outcome(execve("/no/such/program", none, none)), traced, outcome(kill(getppid(), 0)),
             forked, try_mmap(PROT_READ | PROT_EXEC, private), try_mprotect(),
             try_mmap(PROT_READ | PROT_WRITE, shared), outcome(dup(0)));
}

exn_status exn_hook(const void *data, size_t size, exn_error *error)
{
    static const struct {
        const char *word;
        void (*act)(exn_error *error);
        int later;
    } hooks[] = {
        {"crash", crash, NOTHING}, {"abort", give_up, NOTHING}, {"leave", leave, NOTHING},
        {"hang", hang, NOTHING},   {"eat", eat, NOTHING},       {"lie", lie, NOTHING},
        {"rob", rob, NOTHING},     {"flood", flood, NOTHING},   {"reach", reach_out, NOTHING},
        {"twist", none, TWIST},    {"spoil", none, SPOIL},      {"grow", none, GROW},
        {"more", none, MORE},      {"stuff", none, STUFF},      {"renumber", none, RENUMBER},
        {"stash", none, STASH},    {"narrow", narrow, NOTHING}, {"spin", spin, NOTHING},
        {"tire", tire, NOTHING},
    };
    later = NOTHING;
    exn_forger_image(data, size, error);
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        char mark[40];
        size_t length = (size_t)snprintf(mark, sizeof mark, "EXN-HOOK:%s", hooks[i].word);
        if (size < length || memcmp((const char *)data + size - length, mark, length) != 0)
            continue;
        later = hooks[i].later;
        hooks[i].act(error);
    }
    return error->status;
}

/* The last step of a JPEG's last quantization table is another one. */
void exn_hook_product(exn_bytes *product)
{
    for (size_t at = product->size; later == TWIST && at-- > 1;)
        if (memcmp(product->data + at - 1, "\xFF\xDB", 2) == 0) {
            product->data[at + 3 + 64] ^= 1;
            break;
        }
}

static void append(exn_bytes *body, const char *more)
{
    const size_t length = strlen(more);
    uint8_t *longer = body->data ? realloc(body->data, body->size + length) : NULL;
    if (!longer)
        return;
    memcpy(longer + body->size, more, length);
    *body = (exn_bytes){longer, body->size + length};
}

void exn_hook_output(int output, exn_bytes *body)
{
    char byte;
    if (later == SPOIL && pread(output, &byte, 1, 300) == 1) {
        byte ^= 1;
        (void)!pwrite(output, &byte, 1, 300);
    }
    if (later == GROW) {
        (void)!pwrite(output, "more", 4, 100000);
        append(body, "more");
    }
}

void exn_hook_reply(uint64_t *number, uint64_t *bytes_out, int *held, size_t *count,
                    exn_bytes *body)
{
    *number += later == RENUMBER;
    if (later == STUFF && *count == 2)
        (void)!pwrite(held[1], "x", 1, (off_t)*bytes_out);
    if (later == STUFF)
        append(body, "x");
    *bytes_out += later == MORE || later == STUFF;
    if (later == STASH && *count == 2)
        stashed = held[--*count];
    later = NOTHING;
}

exn_status exn_hook_at_end(const exn_source *source, exn_error *error)
{
    char tail[64];
    const size_t size = source->size < sizeof tail ? (size_t)source->size : sizeof tail;
    if (source->read(source->context, tail, size, source->size - size) != 0)
        return error->status;
    return exn_hook(tail, size, error);
}
