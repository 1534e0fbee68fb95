/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

/* PAUSE: milliseconds between two updates. WARM_UP: milliseconds before speeds mean something. */
enum { PAUSE = 200, WARM_UP = 1000, BAR = 20, COLUMNS = 80, LINE_SIZE = 256 };

static uint64_t milliseconds_now(void)
{
    return exn_clock_now() / EXN_CLOCK_MILLISECOND;
}

/* Off if lines are listed on the same terminal: bar and lines would run into each other. */
void exn_progress_start(exn_progress *progress, bool wanted, bool listing)
{
    *progress = (exn_progress){.start = milliseconds_now()};
    progress->on = wanted && isatty(STDERR_FILENO) && !(listing && isatty(STDOUT_FILENO));
}

/* A job in the background must not write over what people type. */
static bool in_foreground(void)
{
    return tcgetpgrp(STDERR_FILENO) == getpgrp();
}

static size_t columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return COLUMNS;
    return size.ws_col;
}

/* "[#####...............]  25 %  " of the expected items; there may be more than were counted. */
static int put_bar(const exn_progress *p, char *text, size_t size)
{
    uint64_t done = p->items < p->total ? p->items : p->total;
    char bar[BAR + 1];
    if (p->total == 0)
        return 0;
    size_t full = (size_t)(done * BAR / p->total);
    memset(bar, '.', BAR);
    memset(bar, '#', full);
    bar[BAR] = '\0';
    return snprintf(text, size, "[%s] %3u %%  ", bar, (unsigned)(done * 100 / p->total));
}

/* This run's speed, and the time left at that speed. MB are 10^6 bytes, as for disks and networks;
 * sizes elsewhere are in KiB and MiB. */
static int put_speed(const exn_progress *p, uint64_t elapsed, int less, char *text, size_t size)
{
    double seconds = (double)elapsed / 1000;
    uint64_t done = p->items - p->known;
    int n = less > 2 ? 0 : snprintf(text, size, ", %.0f/s", (double)done / seconds);
    if (less < 2)
        n += snprintf(text + n, size - (size_t)n, ", %.1f MB/s", (double)p->bytes / 1e6 / seconds);
    if (p->total <= p->items || done == 0)
        return n;
    uint64_t left = (uint64_t)(seconds * (double)(p->total - p->items) / (double)done);
    return n + snprintf(text + n, size - (size_t)n, ", %" PRIu64 ":%02u left", left / 60,
                        (unsigned)(left % 60));
}

/* On a narrow terminal the least important parts are left out first: the bar, bytes, then files a
 * second. */
static size_t put_line(const exn_progress *p, uint64_t elapsed, int less, char *line, size_t size)
{
    int n = less > 0 ? 0 : put_bar(p, line, size);
    n += snprintf(line + n, size - (size_t)n, "%" PRIu64, p->items);
    if (p->total > p->items)
        n += snprintf(line + n, size - (size_t)n, " of %" PRIu64, p->total);
    n += snprintf(line + n, size - (size_t)n, " file%s",
                  p->items == 1 && p->total <= p->items ? "" : "s");
    if (elapsed >= WARM_UP)
        n += put_speed(p, elapsed, less, line + n, size - (size_t)n);
    if (p->failed > 0)
        n += snprintf(line + n, size - (size_t)n, ", %" PRIu64 " failed", p->failed);
    return (size_t)n;
}

/* Clears to the end of the line after it is written and not before, so that nothing flickers. */
static void draw(exn_progress *p, uint64_t now)
{
    char line[LINE_SIZE];
    size_t width = columns();
    for (int less = 0; put_line(p, now - p->start, less, line, sizeof line) >= width && less < 3;)
        less++;
    /* A line that reaches the edge would wrap, and the next one would be drawn below it. */
    fprintf(stderr, "\r%.*s\033[K", (int)(width - 1), line);
    fflush(stderr);
    p->drawn = true;
    p->last = now;
}

/* The foreground is checked each time, since Ctrl-Z and "bg" change it during the run. */
void exn_progress_item(exn_progress *progress, uint64_t bytes, bool known, bool failed)
{
    if (!progress->on)
        return;
    progress->items++;
    progress->known += known;
    progress->bytes += known ? 0 : bytes;
    progress->failed += failed;
    uint64_t now = milliseconds_now();
    if ((progress->last == 0 || now - progress->last >= PAUSE) && in_foreground())
        draw(progress, now);
}

void exn_progress_clear(exn_progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->drawn = false;
}
