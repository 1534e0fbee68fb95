/* SPDX-License-Identifier: MIT */
/* The originals of files that are changed in place: a folder that holds each under its whole path,
 * as a second name of the same file where that can be, and a log of what replaced it. */
#ifndef EXN_CLI_WRITE_BACKUP_H
#define EXN_CLI_WRITE_BACKUP_H

#include <sys/stat.h>

#include "options.h"

typedef struct exn_backup exn_backup;

/* Opens the folder options->backup, and makes it where it is not there. A usage error: it lies in
 * one of options->paths, or around it. */
exn_exit exn_backup_open(exn_backup **backup, const exn_cli_options *options);

/* Until the folder is closed: runs may share a backup, and undoing needs it alone, as it ends with
 * the log, which a run would go on to write to. False: it is in use. A file system that knows no
 * locks refuses nobody. */
bool exn_backup_lock(int folder, bool alone);

/* Keeps the file name of folder, whose whole path is path, before output takes its place; before
 * is what it was when it was read. What is kept already stays, if it is the same file or one of
 * the same bytes, as a kill leaves it. EXN_EXISTS: it is another one. EXN_READ: the file is no
 * longer what it was. EXN_WRITE: it cannot be kept. With an error path is cut off. */
exn_status exn_backup_keep(exn_backup *backup, char *path, int folder, const char *name,
                           const struct stat *before, const struct stat *output, exn_error *error);

void exn_backup_close(exn_backup *backup);

/* Removes the folders of path, which is cut off, that are empty now; one that is not stays. */
void exn_backup_remove_folders(int folder, char *path);

/* One line of the log: what took the place of the file at path. */
typedef struct exn_backup_line {
    char *path;         /* from the root, without the slash in front; owned */
    int64_t size, time; /* bytes; nanoseconds */
    size_t at;          /* which line it is */
} exn_backup_line;

/* The last line of each path, sorted by path. NULL with errno; an empty log gives one of no lines.
 * The caller frees it by exn_backup_free(). */
exn_backup_line *exn_backup_read(int folder, size_t *count);
void exn_backup_free(exn_backup_line *lines, size_t count);

/* The log's name in the folder. */
extern const char exn_backup_log[];

#endif
