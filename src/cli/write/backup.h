/* SPDX-License-Identifier: MIT */
/* The originals of files that are changed in place: a folder that holds each under its whole path,
 * as a hard link if possible, and a log of what replaced it. */
#ifndef EXN_CLI_WRITE_BACKUP_H
#define EXN_CLI_WRITE_BACKUP_H

#include <sys/stat.h>

#include "options.h"

typedef struct exn_backup exn_backup;

/* Opens the folder options->backup, and creates it if it does not exist. A usage error if it lies
 * in one of options->paths, or contains one. */
exn_exit exn_backup_open(exn_backup **backup, const exn_cli_options *options);

/* Locks the folder until it is closed. Runs may share a backup; --undo needs it alone, since it
 * removes the log at its end, and a run would still write to that. False: it is in use. On a file
 * system without locks it always succeeds. */
bool exn_backup_lock(int folder, bool alone);

/* Keeps the file `name` in folder, whose whole path is `path`, before output takes its place.
 * before: its status when it was read. An original that is already kept stays, if it is the same
 * file or has the same bytes, as after a kill. EXN_EXISTS: another file is kept under that path.
 * EXN_READ: the file has changed. EXN_WRITE: it cannot be kept. After an error path is shortened.
 */
exn_status exn_backup_keep(exn_backup *backup, char *path, int folder, const char *name,
                           const struct stat *before, const struct stat *output, exn_error *error);

void exn_backup_close(exn_backup *backup);

/* Removes those folders of path that are empty now. path is shortened. */
void exn_backup_remove_folders(int folder, char *path);

/* One line of the log: what took the place of the file at path. */
typedef struct exn_backup_line {
    char *path;         /* from the root, without the slash in front; owned */
    int64_t size, time; /* bytes; nanoseconds */
    size_t at;          /* the line's number */
} exn_backup_line;

/* The last line of each path, sorted by path. NULL with errno; an empty log gives an empty list.
 * The caller frees it by exn_backup_free(). */
exn_backup_line *exn_backup_read(int folder, size_t *count);
void exn_backup_free(exn_backup_line *lines, size_t count);

/* The log's name in the folder. */
extern const char exn_backup_log[];

#endif
