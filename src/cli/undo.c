/* SPDX-License-Identifier: MIT */
#include "undo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/below.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/failure.h"
#include "base/io.h"
#include "base/signals.h"
#include "base/text.h"
#include "list/roots.h"
#include "write/attributes.h"
#include "write/backup.h"

/* A file on its way back. Folders are held open and names are looked up in them without following
 * links, so that nobody who can write to one of them can lead a file elsewhere in between. */
typedef struct original {
    const char *path, *name; /* whole, without the slash in front; its last part */
    int from, to;            /* the folders in the backup, and where it came from */
    struct stat kept, now;   /* of the original, and of the file that has its name now */
    bool gone;               /* no file has its name now */
} original;

/* If somebody has restored the same bytes by other means, that is as good. */
static bool same_bytes(const original *o)
{
    exn_error differs = {0};
    int a = exn_below_open(o->from, o->name, O_RDONLY | O_CLOEXEC, 0);
    int b = exn_below_open(o->to, o->name, O_RDONLY | O_CLOEXEC, 0);
    bool same = a >= 0 && b >= 0 && o->kept.st_size == o->now.st_size &&
                exn_io_compare(a, b, (uint64_t)o->kept.st_size, &differs) == EXN_OK;
    if (a >= 0)
        close(a);
    if (b >= 0)
        close(b);
    return same;
}

/* By size and time to the nanosecond: any later change to the file has changed its time. */
static bool is_output(const struct stat *now, const exn_backup_line *line)
{
    return S_ISREG(now->st_mode) && now->st_size == line->size &&
           exn_clock_of(&now->st_mtim) == line->time;
}

/* To another file system: copied completely under another name first, and synced to disk before the
 * original in the backup is removed, since a crash must not cost both. */
static bool copy_back(const original *o)
{
    static const char part[] = ".exifnorm-undo-part";
    exn_error error = {0};
    int source = exn_below_open(o->from, o->name, O_RDONLY | O_CLOEXEC, 0);
    (void)!unlinkat(o->to, part, 0);
    int fd = exn_below_open(o->to, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool well = source >= 0 && fd >= 0 &&
                exn_io_copy(fd, source, (uint64_t)o->kept.st_size, &error) == EXN_OK;
    if (well)
        exn_attributes_identity(fd, source, &o->kept, false);
    if (fd >= 0) {
        well = fsync(fd) == 0 && well;
        well = close(fd) == 0 && well;
    }
    if (source >= 0)
        close(source);
    well = well && renameat(o->to, part, o->to, o->name) == 0;
    if (!well && fd >= 0) {
        int reason = errno;
        (void)!unlinkat(o->to, part, 0);
        errno = reason;
    }
    /* The two changes may reach their disks in any order, and the name has to be there first. */
    return well && (fsync(o->to) == 0 || errno == EINVAL) && unlinkat(o->from, o->name, 0) == 0;
}

/* A run that was killed may have kept a file without replacing it. So: if the same file or the same
 * bytes are there, it is back already, and only the backup's name is removed; our own output is
 * replaced; anything else is somebody's later work, and stays. What a kill leaves, and what the
 * same command does then:
 *
 *   before renameat(2)               nothing has happened
 *   after it                         the original is back; restore() finds none in the backup
 *   copy_back(), before its rename   a part beside the file, which the next copy_back() removes
 *   after its rename                 two files of the same bytes; the backup's is removed
 *   before the log is removed        all are back; each line is skipped, and the log is removed
 *
 * The original is in at least one of the two places at any time. */
static const char *bring_back(const original *o, const exn_backup_line *line)
{
    bool replaced = o->gone || is_output(&o->now, line);
    if (!o->gone && (exn_roots_same(&o->now, &o->kept) || (!replaced && same_bytes(o))))
        return unlinkat(o->from, o->name, 0) == 0 ? NULL : strerror(errno);
    if (!replaced)
        return "it has changed since; its original stays in the backup";
    if (renameat(o->from, o->name, o->to, o->name) == 0 || (errno == EXDEV && copy_back(o)))
        return NULL;
    return strerror(errno);
}

/* The root counts as a folder like any other, so no component of the path may be a link. */
static int open_parent(int root, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
    int folder = parent ? exn_below_open(root, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) : -1;
    int reason = errno;
    free(parent);
    errno = reason;
    return folder;
}

/* NULL: it is back, or already was. If there is no original, an earlier --undo that was interrupted
 * has brought it back. */
static const char *restore(int backup, int root, const exn_backup_line *line, uint64_t *restored)
{
    const char *why = NULL;
    original o = {.path = line->path, .name = exn_text_base(line->path), .to = -1};
    o.from = open_parent(backup, line->path);
    if (o.from < 0 || fstatat(o.from, o.name, &o.kept, AT_SYMLINK_NOFOLLOW) != 0) {
        why = errno == ENOENT ? NULL : strerror(errno);
    } else if (!S_ISREG(o.kept.st_mode)) {
        why = NULL; /* a line that was cut off may name a folder */
    } else if ((o.to = open_parent(root, line->path)) < 0) {
        why = strerror(errno);
    } else {
        o.gone = fstatat(o.to, o.name, &o.now, AT_SYMLINK_NOFOLLOW) != 0;
        why = o.gone && errno != ENOENT ? strerror(errno) : bring_back(&o, line);
        *restored += why == NULL;
    }
    if (o.from >= 0)
        close(o.from);
    if (o.to >= 0)
        close(o.to);
    return why;
}

/* The log may be damaged, and no longer name everything. Originals that it does not name are no
 * failure of this command: they stay, and their path says where they came from. */
static void finish(int backup, const char *name)
{
    if (unlinkat(backup, exn_backup_log, 0) != 0 || rmdir(name) == 0)
        return;
    if (errno != ENOTEMPTY && errno != EEXIST)
        return;
    fputs("exifnorm: ", stderr);
    exn_text_quote(stderr, "", name);
    fputs(": what its log does not name stays there, under its path\n", stderr);
}

/* The log is removed last, and only when all is back: until then the same command continues where
 * it stopped. A signal ends it between two files, so no file is half restored. Folders of the
 * backup are removed as soon as they are empty; those that hold a file that failed stay. */
static exn_exit run(int backup, int root, const exn_cli_options *options)
{
    size_t count = 0, i = 0;
    uint64_t restored = 0, failed = 0;
    exn_backup_line *lines = exn_backup_read(backup, &count);
    if (!lines)
        return exn_usage_error(options->undo, errno == ENOENT ? "not a backup of --in-place" : "%s",
                               strerror(errno));
    for (; i < count && !exn_signals_caught(); i++) {
        const char *why = restore(backup, root, &lines[i], &restored);
        if (why) {
            failed++;
            fputs("exifnorm: ", stderr);
            exn_text_quote(stderr, "/", lines[i].path);
            fprintf(stderr, ": not restored: %s\n", why);
        } else {
            exn_backup_remove_folders(backup, lines[i].path);
        }
    }
    if (!options->quiet)
        printf("%9" PRIu64 "  restored\n", restored);
    if (failed && !options->quiet)
        printf("%9" PRIu64 "  failed\n", failed);
    if (i == count && failed == 0)
        finish(backup, options->undo);
    exn_backup_free(lines, count);
    return failed ? EXN_EXIT_FAILED : EXN_EXIT_OK;
}

/* Needs no worker, since nothing is parsed here. */
exn_exit exn_undo_run(const exn_cli_options *options)
{
    int backup = open(options->undo, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (backup < 0)
        return exn_usage_error(options->undo, "%s", strerror(errno));
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    exn_exit exit = root < 0 ? exn_usage_error("/", "%s", strerror(errno))
                    : exn_backup_lock(backup, true)
                        ? run(backup, root, options)
                        : exn_usage_error(options->undo, "the backup is used by another run");
    if (root >= 0)
        close(root);
    close(backup);
    return exit;
}
