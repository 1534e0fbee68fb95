/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

static const int stop[] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t caught;

static void note(int number)
{
    caught = number;
}

void exn_signals_install(void)
{
    /* Without SA_RESTART, so that a blocking call (a FIFO as the report) fails with EINTR. */
    struct sigaction action = {.sa_handler = note}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof stop / sizeof stop[0]; i++)
        if (sigaction(stop[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(stop[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGIO, SIG_IGN); /* comes if somebody opens a file that has a lease (claim.h) */
}

/* The signals are blocked between checking the flag and waiting, so that none is missed. */
int exn_signals_poll(struct pollfd *polled, size_t count, int milliseconds)
{
    struct timespec time = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = milliseconds % 1000 * 1000000L};
    sigset_t held, before;
    sigemptyset(&held);
    for (size_t i = 0; i < sizeof stop / sizeof stop[0]; i++)
        sigaddset(&held, stop[i]);
    sigprocmask(SIG_BLOCK, &held, &before);
    int ready = caught ? 0 : ppoll(polled, count, &time, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return ready;
}

int exn_signals_caught(void)
{
    return caught;
}

void exn_signals_reraise(void)
{
    int number = caught;
    if (number == 0)
        return;
    signal(number, SIG_DFL);
    raise(number);
}
