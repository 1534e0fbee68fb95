/* SPDX-License-Identifier: MIT */
#include "item.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "text.h"

uint64_t exn_item_clock(void)
{
    return exn_clock_now() / EXN_CLOCK_MICROSECOND;
}

void exn_item_start(exn_item *item)
{
    item->opened = exn_item_clock();
}

void exn_item_add_time(exn_item *item, uint64_t since)
{
    uint64_t now = exn_item_clock();
    item->microseconds += now > since ? now - since : 1; /* 0 would be: not known */
}

/* The worker measures by itself, so the parent does not accept more than has passed. */
void exn_item_take_time(exn_item *item, uint64_t microseconds)
{
    uint64_t passed = exn_item_clock() - item->opened;
    item->microseconds = microseconds < passed ? microseconds : passed;
    item->microseconds += item->microseconds == 0;
}

uint64_t exn_item_microseconds(const exn_item *item)
{
    if (item->opened == 0 || item->microseconds > 0)
        return item->microseconds;
    return exn_item_clock() - item->opened;
}

/* The list has seen a file of that name; by now it may be a FIFO (O_NONBLOCK), a terminal
 * (O_NOCTTY) or a link. So the descriptor is checked again, and only that counts. */
int exn_item_open(exn_item *item, int folder, struct stat *status)
{
    int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    if (item->kind == EXN_ITEM_FILE)
        flags |= O_NOFOLLOW;
    exn_item_start(item);
    int source = openat(folder, item->path, flags);
    if (source < 0 || fstat(source, status) != 0) {
        exn_error_set(&item->error, EXN_READ, errno, "cannot open it");
    } else if (!S_ISREG(status->st_mode)) {
        exn_error_set(&item->error, EXN_READ, 0, "no longer a regular file");
    } else {
        item->bytes_in = (uint64_t)status->st_size;
        return source;
    }
    if (source >= 0)
        close(source);
    return -1;
}

bool exn_item_same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && exn_clock_same(&a->st_mtim, &b->st_mtim);
}

/* Adding or removing a name of the file also changes its ctime; if it has a single name, that was
 * not this run. */
bool exn_item_as_before(const struct stat *now, const struct stat *before, bool relinks)
{
    return exn_item_same(now, before) && (exn_clock_same(&now->st_ctim, &before->st_ctim) ||
                                          (relinks && (now->st_nlink > 1 || before->st_nlink > 1)));
}

bool exn_item_unchanged(int source, const struct stat *before, bool relinks)
{
    struct stat now;
    return fstat(source, &now) == 0 && exn_item_as_before(&now, before, relinks);
}

bool exn_item_named_as_image(const exn_item *item)
{
    return exn_format_named(item->path) != EXN_FORMAT_UNKNOWN;
}

static bool is_without_orientation(const exn_item *item)
{
    static const char *const endings[] = {".bmp", ".gif", ".pgm", ".ppm"};
    const char *dot = strrchr(item->path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

bool exn_item_may_have_labels(const exn_item *item)
{
    const exn_format format = item->result.format;
    return (format != EXN_FORMAT_UNKNOWN && format != EXN_FORMAT_XMP) ||
           exn_item_named_as_image(item) || is_without_orientation(item);
}

void exn_item_misnamed(const exn_item *item, uint64_t size, exn_error *error)
{
    const char *dot = strrchr(item->path, '.');
    if (size == 0)
        exn_error_set(error, EXN_NOT_AN_IMAGE, 0, "the file is empty");
    else
        exn_error_set(error, EXN_NOT_AN_IMAGE, 0, "named %.5s, but its content is something else",
                      dot ? dot : "");
}

void exn_item_free(exn_item *item)
{
    free(item->path);
    free(item->renamed);
    free(item->image);
    *item = (exn_item){0};
}

/* Raw files of all makers, and DNG; videos as cameras and phones write them, and as data sets have
 * them. Some raw files are TIFFs and are read as such: their orientation is that of a preview. */
exn_uncovered exn_item_uncovered(const exn_item *item)
{
    static const char *const endings[EXN_UNCOVERED_COUNT][32] = {
        [EXN_UNCOVERED_RAW] = {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng",
                               ".erf", ".fff", ".gpr", ".iiq", ".kdc", ".mef", ".mos",
                               ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw",
                               ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"},
        [EXN_UNCOVERED_VIDEO] = {".3g2", ".3gp", ".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4",
                                 ".mpeg", ".mpg", ".mts", ".webm", ".wmv"},
    };
    const char *dot = item->path ? strrchr(item->path, '.') : NULL;
    for (exn_uncovered kind = EXN_UNCOVERED_RAW; dot && kind < EXN_UNCOVERED_COUNT; kind++)
        for (size_t i = 0; endings[kind][i]; i++)
            if (strcasecmp(dot, endings[kind][i]) == 0)
                return kind;
    return EXN_UNCOVERED_NONE;
}
