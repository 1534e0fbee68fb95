/* SPDX-License-Identifier: MIT */
/* Where a run reads and where it writes: opened once, and proved to be separate before anything is
 * created. */
#ifndef EXN_CLI_LIST_ROOTS_H
#define EXN_CLI_LIST_ROOTS_H

#include <stdio.h>
#include <sys/stat.h>

#include "options.h"

typedef struct exn_roots {
    int in;      /* the folder that item paths are relative to; may be AT_FDCWD */
    int out;     /* the folder that outputs are relative to; -1: it does not exist */
    bool folder; /* folder to folder; else file to file */
    bool made;   /* OUT is a folder that this run created */
    const char
        *in_name; /* file to file: the names in those two folders; lie in the options or real */
    const char *out_name;
    char *real;                /* of --in-place: the folder's or file's path without links; owned */
    char *prefix;              /* in front of an item's path in messages; owned */
    struct stat in_id, out_id; /* identify IN (the folder or the file) and the output folder */
} exn_roots;

/* Opens IN and looks at OUT; exn_roots_make_out() opens that. Refused, as usage errors: OUT equal
 * to, inside or around IN, also through symbolic links; a folder and a file; a report that would
 * lie inside IN or has a second name. The reason is on standard error. Call exn_roots_close() in
 * any case. */
exn_exit exn_roots_open(exn_roots *roots, const exn_cli_options *options);

/* Folder to folder: creates the folder OUT if it does not exist, and opens it. A dry run does not
 * create it and leaves out at -1. EXN_EXIT_OUTPUT: it cannot be created or opened. */
exn_exit exn_roots_make_out(exn_roots *roots, const exn_cli_options *options);

/* Refuses, as a usage error, a --state that would lie inside IN or OUT. */
exn_exit exn_roots_check_state(const exn_roots *roots, const exn_cli_options *options);

/* Opens one PATH of --check, or one of several inputs, only for reading, with no output folder.
 * False, with the error, if it cannot be read. Call exn_roots_close() in any case. */
bool exn_roots_open_path(exn_roots *roots, const char *path, exn_error *error);

/* Opens one PATH of --in-place, which is both read and written. A usage error if it is neither a
 * folder nor a file, or cannot be opened. Call exn_roots_close() in any case. */
exn_exit exn_roots_open_in_place(exn_roots *roots, const char *path);

/* Whether the folder path is the folder top or lies in it. */
bool exn_roots_lies_in(const char *path, const struct stat *top);

/* Refuses, as a usage error, a report or page that would lie inside the folder path or replace the
 * file. */
exn_exit exn_roots_check_report(const char *path, const exn_cli_options *options);

/* Folder to folder: whether a link in IN leads into OUT, where its target could be replaced before
 * it is read, or because of it. If it cannot tell, it says yes, which is the careful answer. */
bool exn_roots_leads_out(const exn_roots *roots, const char *path);

void exn_roots_close(exn_roots *roots);

/* Whether something could be created in the folder; errno says why not. */
bool exn_roots_writable(int folder);

/* Whether the report would be written to that file. */
bool exn_roots_is_report(const exn_cli_options *options, const struct stat *file);

/* Refuses a list (of `what`, for the message) that is also the report: opening the report would
 * empty it. */
exn_exit exn_roots_check_list(FILE *list, const char *what, const exn_cli_options *options);

/* Whether both are the same file or folder. */
bool exn_roots_same(const struct stat *a, const struct stat *b);

#endif
