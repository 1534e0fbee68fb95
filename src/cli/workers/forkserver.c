/* SPDX-License-Identifier: MIT */
#include "forkserver.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "decoder.h"
#include "sandbox.h"
#include "wire.h"
#include "worker.h"

/* The number of the only socket that a server or a worker has. */
#define OWN_SOCKET 3

/* pid 0: fork a worker, whose socket comes with the order. Otherwise: kill and reap that worker.
 * The server answers with an order too: the pid, or minus an errno; and how the worker ended. */
typedef struct order {
    pid_t pid;
    int ending;
    uint64_t room; /* for a new worker: see exn_forkserver_spawn() */
} order;

/* Makes this process die with its parent. The parent may have died before the call, which would
 * then be about the next parent; so it is checked. */
static void tie_to(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
}

/* Without /proc there is no list of open descriptors. The limit may be a billion, but nobody opens
 * that many. */
static void close_by_number(int first)
{
    enum { MOST = 1 << 20 };
    struct rlimit limit;
    bool known = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < MOST;
    int end = known ? (int)limit.rlim_max : MOST;
    for (int fd = first; fd < end; fd++)
        close(fd);
}

/* Linux before 5.9 has no close_range(2), and some containers forbid it. */
static void close_from(int first)
{
#ifdef SYS_close_range /* not every C library has a function for it */
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
        return;
#endif
    DIR *open_ones = opendir("/proc/self/fd");
    if (!open_ones) {
        close_by_number(first);
        return;
    }
    for (const struct dirent *entry; (entry = readdir(open_ones));) {
        int fd = (int)strtol(entry->d_name, NULL, 10); /* "." and ".." are 0 */
        if (fd >= first && fd != dirfd(open_ones))
            close(fd);
    }
    closedir(open_ones);
}

/* A bare chroot has no /dev/null; then the end of a pipe without a reader takes its place. */
static int open_null(void)
{
    int ends[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0 || pipe2(ends, O_CLOEXEC) != 0)
        return null;
    close(ends[0]);
    return ends[1];
}

/* Leaves this process only its socket, as descriptor OWN_SOCKET. The socket is moved before all
 * descriptors above it are closed, and dup2(2) replaces the standard descriptors, except standard
 * error under a sanitizer, whose reports go there. */
static void keep_only(int socket)
{
    if (socket != OWN_SOCKET && dup2(socket, OWN_SOCKET) < 0)
        _exit(1);
    close_from(OWN_SOCKET + 1);
    int null = open_null();
    for (int fd = 0; fd < (EXN_SANITIZER ? 2 : 3); fd++)
        if (dup2(null, fd) < 0)
            _exit(1);
    close(null);
}

/* The caller's soft limit for the stack may be less than libraries need (man page, CAVEATS); the
 * kernel checks it when the stack grows. */
static void widen_stack(void)
{
    const rlim_t enough = (rlim_t)1 << 20;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= enough)
        return;
    limit.rlim_cur = limit.rlim_max < enough ? limit.rlim_max : enough;
    setrlimit(RLIMIT_STACK, &limit);
}

static void run_worker(int socket, pid_t server, const exn_cli_options *options, uint64_t room)
{
    tie_to(server);
    keep_only(socket);
    widen_stack();
    exn_worker_serve(OWN_SOCKET, options, room);
    _exit(0);
}

static pid_t spawn(int socket, const exn_cli_options *options, uint64_t room)
{
    pid_t server = getpid();
    pid_t pid = fork();
    if (pid == 0)
        run_worker(socket, server, options, room);
    return pid < 0 ? -errno : pid;
}

/* Kills and reaps a worker. SIGKILL does not change the status of one that is already dead. kill(2)
 * cannot hit a stranger: the kernel does not reuse the number until waitpid(2) has taken the
 * status, and the parent asks only once for each worker. A process that hangs in a file system dies
 * later or never, so the wait ends after two seconds, in steps of a tenth of a millisecond. */
static int bury(pid_t pid)
{
    enum { TRIES = 20000 };
    static const struct timespec pause = {.tv_nsec = 100000};
    int ending = -1;
    kill(pid, SIGKILL);
    for (int i = 0; i < TRIES; i++) {
        pid_t found = waitpid(pid, &ending, WNOHANG);
        if (found == pid)
            return ending;
        if (found < 0)
            return -1;
        nanosleep(&pause, NULL);
    }
    return -1;
}

static void load_decoder(const exn_cli_options *options)
{
    if (exn_decoder_is_needed(options))
        exn_decoder_load();
}

static void serve(const exn_cli_options *options)
{
    order next;
    int sockets[EXN_WIRE_DESCRIPTORS];
    size_t count;
    load_decoder(options);
    while (exn_wire_receive(OWN_SOCKET, &next, sizeof next, sockets, &count, 0) == 1) {
        if (next.pid == 0 && count == 1)
            next.pid = spawn(sockets[0], options, next.room);
        else
            next.ending = bury(next.pid);
        while (count > 0)
            close(sockets[--count]);
        if (!exn_wire_send(OWN_SOCKET, &next, sizeof next, NULL, 0))
            break;
    }
    _exit(0);
}

/* Only the parent reacts to signals that ask to stop. A process group of its own, so that Ctrl-Z
 * does not stop a worker while its time runs. SIGPIPE and SIGXFSZ are already ignored. */
static void leave_terminal(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        signal(ignored[i], SIG_IGN);
    setpgid(0, 0);
}

/* If the caller ignores SIGCHLD, children are reaped automatically and their status is lost. */
static void want_endings(void)
{
    signal(SIGCHLD, SIG_DFL);
}

static bool start(exn_forkserver *server)
{
    int ends[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    server->pid = fork();
    if (server->pid == 0) {
        tie_to(parent);
        leave_terminal();
        want_endings();
        keep_only(ends[1]);
        serve(server->options);
    }
    int reason = errno;
    close(ends[1]);
    if (server->pid > 0) {
        server->socket = ends[0];
        return true;
    }
    close(ends[0]);
    errno = reason;
    return false;
}

bool exn_forkserver_start(exn_forkserver *server, const exn_cli_options *options, bool direct)
{
    enum { ITS_OWN = 5 }; /* seconds; reaping a worker takes at most two */
    *server = (exn_forkserver){
        .socket = -1, .seconds = options->timeout + ITS_OWN, .options = options, .direct = direct};
    return direct || start(server);
}

static int64_t milliseconds(void)
{
    return (int64_t)(exn_clock_now() / EXN_CLOCK_MILLISECOND);
}

/* A server that somebody has stopped never answers, so it is killed. The workers die with it. */
static bool answers(const exn_forkserver *server)
{
    struct pollfd polled = {.fd = server->socket, .events = POLLIN};
    const int64_t end = milliseconds() + (int64_t)server->seconds * 1000;
    int ready;
    do {
        int64_t left = end - milliseconds();
        ready = poll(&polled, 1, left > 0 ? (int)left : 0);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0)
        kill(server->pid, SIGKILL);
    errno = ready == 0 ? ETIMEDOUT : errno;
    return ready > 0;
}

/* Sends an order and puts the answer in its place. */
static bool ask(const exn_forkserver *server, order *what, const int *socket)
{
    int none[EXN_WIRE_DESCRIPTORS];
    size_t count;
    if (!exn_wire_send(server->socket, what, sizeof *what, socket, socket ? 1 : 0) ||
        !answers(server))
        return false;
    int got = exn_wire_receive(server->socket, what, sizeof *what, none, &count, 0);
    if (got == 0)
        errno = EPIPE;
    return got == 1;
}

/* Forks a worker like a server, but as a child of this process. */
static pid_t spawn_directly(exn_forkserver *server, int socket, uint64_t room)
{
    pid_t parent = getpid();
    want_endings();
    server->direct = false;
    server->worker = fork();
    if (server->worker == 0) {
        leave_terminal();
        load_decoder(server->options);
        run_worker(socket, parent, server->options, room);
    }
    return server->worker < 0 ? -errno : server->worker;
}

static pid_t spawn_by_server(exn_forkserver *server, int socket, uint64_t room)
{
    order what = {.room = room};
    if ((server->socket < 0 && !start(server)) || !ask(server, &what, &socket))
        return -errno;
    return what.pid;
}

pid_t exn_forkserver_spawn(exn_forkserver *server, uint64_t room, int *socket)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    pid_t pid = server->direct ? spawn_directly(server, ends[1], room)
                               : spawn_by_server(server, ends[1], room);
    close(ends[1]);
    if (pid > 0) {
        *socket = ends[0];
        return pid;
    }
    close(ends[0]);
    errno = -pid;
    return -1;
}

int exn_forkserver_reap(exn_forkserver *server, pid_t pid)
{
    order what = {.pid = pid};
    if (pid != server->worker)
        return ask(server, &what, NULL) ? what.ending : -1;
    server->worker = 0;
    return bury(pid);
}

void exn_forkserver_stop(exn_forkserver *server)
{
    if (server->socket < 0)
        return;
    close(server->socket);
    server->socket = -1;
    kill(server->pid, SIGKILL); /* it has nothing to clean up, and may be stopped (SIGSTOP) */
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}
