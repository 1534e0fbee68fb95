/* SPDX-License-Identifier: MIT */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "attributes.h"
#include "base/below.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/failure.h"
#include "base/io.h"
#include "base/item.h"
#include "list/list.h"
#include "list/roots.h"

const char exn_backup_log[] = EXN_LIST_BACKUP_LOG;

/* The name of an incomplete copy, where a hard link is impossible. */
static const char part[] = ".exifnorm-backup-part";

/* The log stays open during the run and is only appended to, so that lines of several runs do not
 * mix. */
struct exn_backup {
    int folder, log;
    bool durable;
};

/* Called only before the first file is changed. */
static exn_exit refuse(const exn_cli_options *options, const char *why)
{
    return exn_usage_error(options->backup, "--backup: %s", why);
}

/* By device and inode, since a path may lead there through links. If there is no real path it says
 * yes, the careful answer. */
static bool contains(const struct stat *folder, const char *path, bool is_folder)
{
    char *real = realpath(path, NULL);
    char *slash = real ? strrchr(real, '/') : NULL;
    if (slash && !is_folder)
        slash[slash == real] = '\0';
    bool is = !slash || exn_roots_lies_in(real, folder);
    free(real);
    return is;
}

/* A backup inside a folder that is changed would be changed too, and one that contains a path would
 * mix with it. Checks every path. */
static exn_exit check_apart(const exn_backup *backup, const exn_cli_options *options)
{
    struct stat kept, own;
    if (fstat(backup->folder, &kept) != 0)
        return refuse(options, strerror(errno));
    for (char **path = options->paths; *path; path++) {
        if (stat(*path, &own) != 0)
            return exn_usage_error(*path, "%s", strerror(errno));
        if (S_ISDIR(own.st_mode) && exn_roots_lies_in(options->backup, &own))
            return refuse(options, "it lies in a folder that is to be changed");
        if (contains(&kept, *path, S_ISDIR(own.st_mode)))
            return refuse(options, "it contains what is to be changed");
    }
    return EXN_EXIT_OK;
}

bool exn_backup_lock(int folder, bool alone)
{
    return flock(folder, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

exn_exit exn_backup_open(exn_backup **out, const exn_cli_options *options)
{
    exn_backup *backup = calloc(1, sizeof *backup);
    *out = backup;
    if (!backup)
        return exn_usage_error(NULL, "out of memory");
    *backup = (exn_backup){.log = -1, .durable = options->durable};
    bool made = mkdir(options->backup, 0700) == 0;
    backup->folder = open(options->backup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (backup->folder < 0)
        return refuse(options, strerror(errno));
    exn_exit exit = exn_backup_lock(backup->folder, false)
                        ? check_apart(backup, options)
                        : refuse(options, "--undo is bringing it back");
    if (exit != EXN_EXIT_OK) {
        /* A refused command leaves no new folder behind. */
        if (made)
            rmdir(options->backup);
        return exit;
    }
    if (options->dry_run) { /* everything that could be refused has been checked */
        if (made)
            rmdir(options->backup);
        return EXN_EXIT_OK;
    }
    backup->log = exn_below_open(backup->folder, exn_backup_log,
                                 O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0600);
    bool opened = backup->log >= 0;
    if (opened && options->durable) /* the names of the log and of a new folder */
        opened = fsync(backup->folder) == 0 && (!made || exn_io_sync_above(backup->folder));
    return opened ? EXN_EXIT_OK : refuse(options, strerror(errno));
}

/* Also after exn_backup_open() has failed half way: descriptors that were not opened are -1. */
void exn_backup_close(exn_backup *backup)
{
    if (!backup)
        return;
    if (backup->log >= 0)
        close(backup->log);
    if (backup->folder >= 0)
        close(backup->folder);
    free(backup);
}

static int open_folder(const exn_backup *backup, const char *path)
{
    return exn_below_open(backup->folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

/* Makes one folder of the backup, or takes one that is there. False with errno. */
static bool make_folder(const exn_backup *backup, const char *path)
{
    if (mkdirat(backup->folder, path, 0700) != 0)
        return errno == EEXIST;
    if (!backup->durable)
        return true;
    int folder = open_folder(backup, path);
    const bool synced = folder >= 0 && exn_io_sync_above(folder);
    const int reason = errno;
    if (folder >= 0)
        close(folder);
    errno = reason;
    return synced;
}

/* Makes the folders of path and opens the last one. -1 with errno: an original that was kept in
 * another folder could not be found again. Folders keep their whole path, so that two files of one
 * name in different folders cannot clash. */
static int make_parents(const exn_backup *backup, const char *path)
{
    char *copy = strdup(path), *last = copy ? strrchr(copy, '/') : NULL;
    bool made = copy != NULL;
    for (char *slash = copy; made && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        made = make_folder(backup, copy);
        *slash = '/';
    }
    if (last)
        *last = '\0';
    int folder = made ? open_folder(backup, last ? copy : ".") : -1;
    const int reason = errno;
    free(copy);
    errno = reason;
    return folder;
}

/* The same file, and unchanged since it was read: the original that is kept has to be the one that
 * the output was made from. */
static bool is_source(const struct stat *now, const struct stat *before)
{
    return exn_roots_same(now, before) && exn_item_same(now, before);
}

/* Checks what an earlier run has left under the name. A kill between keeping and replacing leaves
 * the same file or the same bytes; anything else is another original, which must never be
 * overwritten. */
static exn_status compare_kept(int kept, const char *name, int source, const struct stat *before,
                               exn_error *error)
{
    struct stat status;
    exn_error differs = {0};
    int fd = exn_below_open(kept, name, O_RDONLY | O_CLOEXEC, 0);
    bool same = fd >= 0 && fstat(fd, &status) == 0 &&
                (is_source(&status, before) ||
                 (status.st_size == before->st_size &&
                  exn_io_compare(fd, source, (uint64_t)before->st_size, &differs) == EXN_OK));
    if (fd >= 0)
        close(fd);
    return same ? EXN_OK
                : exn_error_set(error, EXN_EXISTS, 0,
                                "--backup has another file of that name; use a new folder");
}

/* Copies under another name first, so that a file with the final name is complete. With --durable
 * its bytes have to be on disk before the source is replaced; the caller syncs the folder. */
static exn_status copy_as(int kept, const char *name, int source, const struct stat *before,
                          bool durable, exn_error *error)
{
    if (unlinkat(kept, part, 0) != 0 && errno != ENOENT)
        return exn_error_set(error, EXN_WRITE, errno, "cannot write the backup");
    int fd = exn_below_open(kept, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return exn_error_set(error, EXN_WRITE, errno, "cannot write the backup");
    if (exn_io_copy(fd, source, (uint64_t)before->st_size, error) == EXN_WRITE) {
        int reason = error->sys_errno;
        *error = (exn_error){0};
        exn_error_set(error, EXN_WRITE, reason, "cannot write the backup");
    }
    exn_attributes_identity(fd, source, before, false);
    if (error->status == EXN_OK && durable && fsync(fd) != 0)
        exn_error_set(error, EXN_WRITE, errno, "cannot sync the backup to disk");
    if (close(fd) != 0 || (error->status == EXN_OK && renameat(kept, part, kept, name) != 0))
        exn_error_set(error, EXN_WRITE, errno, "cannot write the backup");
    if (error->status != EXN_OK) /* it may be what has filled the disk */
        (void)!unlinkat(kept, part, 0);
    return error->status;
}

/* Locked, since runs that share a backup (xargs -P) use the same temporary name. Without locks in
 * the file system there is no such protection. */
static exn_status copy(const exn_backup *backup, int kept, const char *name, int source,
                       const struct stat *before, exn_error *error)
{
    while (flock(backup->log, LOCK_EX) != 0 && errno == EINTR)
        ;
    copy_as(kept, name, source, before, backup->durable, error);
    (void)flock(backup->log, LOCK_UN);
    return error->status;
}

static exn_status keep(const exn_backup *backup, int kept, const char *kept_name, int folder,
                       const char *name, const struct stat *before, exn_error *error)
{
    struct stat now;
    int source = exn_below_open(folder, name, O_RDONLY | O_CLOEXEC, 0);
    if (source < 0)
        return exn_error_set(error, EXN_READ, errno, "cannot open it");
    if (fstat(source, &now) != 0 || !is_source(&now, before))
        exn_error_set(error, EXN_READ, 0, "the source changed while it was read");
    else if (linkat(folder, name, kept, kept_name, 0) == 0 || errno == EEXIST)
        compare_kept(kept, kept_name, source, before, error);
    else
        copy(backup, kept, kept_name, source, before, error);
    close(source);
    return error->status;
}

/* Writes "SIZE TIME PATH" between two NULs, in one write(2), so that lines of several runs do not
 * mix. The first NUL ends a line that a kill or a full disk may have cut off. */
static bool note(const exn_backup *backup, const char *path, const struct stat *output)
{
    char *line = NULL;
    int length = asprintf(&line, "%c%" PRId64 " %" PRId64 " %s", '\0', (int64_t)output->st_size,
                          exn_clock_of(&output->st_mtim), path);
    bool noted = length >= 0 && exn_io_write_all(backup->log, line, (size_t)length + 1);
    free(length >= 0 ? line : NULL);
    return noted && (!backup->durable || fsync(backup->log) == 0);
}

/* ENOENT: an earlier --undo was killed after it had removed the folder. */
void exn_backup_remove_folders(int folder, char *path)
{
    for (char *slash; (slash = strrchr(path, '/')) != NULL;) {
        *slash = '\0';
        if (unlinkat(folder, path, AT_REMOVEDIR) != 0 && errno != ENOENT)
            return;
    }
}

exn_status exn_backup_keep(exn_backup *backup, char *path, int folder, const char *name,
                           const struct stat *before, const struct stat *output, exn_error *error)
{
    const char *slash = strrchr(path, '/');
    int kept = make_parents(backup, path);
    if (kept < 0)
        return exn_error_set(error, EXN_WRITE, errno, "cannot make a folder of the backup");
    keep(backup, kept, slash ? slash + 1 : path, folder, name, before, error);
    if (error->status == EXN_OK && backup->durable && fsync(kept) != 0)
        exn_error_set(error, EXN_WRITE, errno, "cannot sync the backup to disk");
    close(kept);
    if (error->status == EXN_OK && !note(backup, path, output))
        exn_error_set(error, EXN_WRITE, errno, "cannot write the backup's log");
    if (error->status != EXN_OK)
        exn_backup_remove_folders(backup->folder, path);
    return error->status;
}

/* ---- the log */

/* Lines of one path keep their order, so that its last line comes last. */
static int by_path(const void *a, const void *b)
{
    const exn_backup_line *p = a, *q = b;
    int order = strcmp(p->path, q->path);
    return order ? order : p->at < q->at ? -1 : 1;
}

/* text ends in a NUL. A malformed line was cut off by a kill, before anything was replaced, and is
 * ignored. So is an absolute path: we write none, and it would lead out of the backup. False: out
 * of memory. */
static bool take(exn_backup_line *lines, size_t *count, const char *text)
{
    exn_backup_line line = {.at = *count};
    char *end;
    line.size = strtoll(text, &end, 10);
    if (end == text || *end != ' ')
        return true;
    text = end + 1;
    line.time = strtoll(text, &end, 10);
    if (end == text || *end != ' ' || end[1] == '\0' || end[1] == '/')
        return true;
    line.path = strdup(end + 1); /* which may begin with a space */
    if (!line.path)
        return false;
    lines[(*count)++] = line;
    return true;
}

/* A file that was changed twice has one original, the first one, but its present state is that of
 * the last line. */
static size_t keep_last(exn_backup_line *lines, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && strcmp(lines[kept - 1].path, lines[i].path) == 0)
            free(lines[--kept].path);
        lines[kept++] = lines[i];
    }
    return kept;
}

/* Reads the whole log and appends a NUL. NULL with errno: half a log would leave originals where
 * they are, and be removed as if all were back. It has about a hundred bytes for each file. */
static char *read_log(int folder, size_t *size)
{
    struct stat status;
    char *text = NULL;
    int reason = 0;
    int fd = exn_below_open(folder, exn_backup_log, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd >= 0 && fstat(fd, &status) == 0 && (text = malloc((size_t)status.st_size + 1))) {
        const ssize_t n = exn_io_read_at(fd, text, (size_t)status.st_size, 0);
        *size = (size_t)status.st_size;
        text[*size] = '\0';
        if (n != (ssize_t)*size) {
            reason = n < 0 ? errno : EIO;
            free(text);
            text = NULL;
        }
    }
    if (!reason)
        reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return text;
}

/* Lines end in NULs, since a path may have any other byte. */
exn_backup_line *exn_backup_read(int folder, size_t *count)
{
    size_t size = 0, most = 1;
    char *text = read_log(folder, &size);
    if (!text)
        return NULL;
    for (size_t i = 0; i < size; i++)
        most += text[i] == '\0';
    exn_backup_line *lines = calloc(most, sizeof *lines);
    bool well = lines != NULL;
    *count = 0;
    for (size_t i = 0; well && i < size; i += strlen(text + i) + 1)
        if (i + strlen(text + i) < size) /* else it is cut off */
            well = take(lines, count, text + i);
    free(text);
    if (!well) {
        exn_backup_free(lines, lines ? *count : 0);
        errno = ENOMEM;
        return NULL;
    }
    if (*count > 0)
        qsort(lines, *count, sizeof *lines, by_path);
    *count = keep_last(lines, *count);
    return lines;
}

/* Also takes NULL with no lines. */
void exn_backup_free(exn_backup_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lines[i].path);
    free(lines);
}
