/* SPDX-License-Identifier: MIT */
#include "roots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/item.h"
#include "base/text.h"
#include "base/usage.h"

/* Device and inode identify a file, whatever the path. */
bool exn_roots_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool exn_roots_is_report(const exn_cli_options *options, const struct stat *file)
{
    struct stat report;
    return options->report && strcmp(options->report, "-") != 0 &&
           stat(options->report, &report) == 0 && exn_roots_same(file, &report);
}

exn_exit exn_roots_check_list(FILE *list, const char *what, const exn_cli_options *options)
{
    struct stat status;
    if (fstat(fileno(list), &status) == 0 && S_ISREG(status.st_mode) &&
        exn_roots_is_report(options, &status))
        return exn_usage_error(options->report, "the list of %s and the report are the same file",
                               what);
    return EXN_EXIT_OK;
}

bool exn_roots_writable(int folder)
{
    if (faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0)
        return true;
    /* A container that forbids faccessat2(2) answers EPERM, and glibc passes that on as if it were
     * about the folder. The older call checks for the real user, which is the same one here. */
    return errno == EPERM && syscall(SYS_faccessat, folder, ".", W_OK | X_OK) == 0;
}

/* The last component of path, with the slashes after it; "" for "/". They matter: to the kernel
 * "a/" is a folder, and "a" may be a link to one. */
static const char *last_part(const char *path)
{
    const char *end = path + strlen(path);
    while (end > path && end[-1] == '/')
        end--;
    while (end > path && end[-1] != '/')
        end--;
    return *end == '/' ? end + strlen(end) : end;
}

static bool ends_in_slash(const char *path)
{
    size_t length = strlen(path);
    return length > 0 && path[length - 1] == '/';
}

/* O_PATH needs no permission to read the folder: users may not be allowed to read /home. */
#define LOOK (O_PATH | O_DIRECTORY | O_CLOEXEC)
#define USE  (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* Opens the folder that holds path's last component. -1 with errno. Not by dirname(3), which may
 * change its argument or return static memory. */
static int open_parent(const char *path, int flags)
{
    const char *part = last_part(path);
    if (part == path)
        return open(".", flags);
    char *parent = strndup(path, (size_t)(part - path));
    if (!parent)
        return -1;
    int folder = open(parent, flags);
    free(parent);
    return folder;
}

/* Whether folder is the folder top or lies in it. Climbs by "..", which no link can fool, up to the
 * root, whose parent is itself. If it cannot climb further it says yes, the careful answer. Takes
 * folder over and closes it. */
static bool lies_in(int folder, const struct stat *top)
{
    for (;;) {
        struct stat here, above;
        int parent = -1;
        if (fstat(folder, &here) == 0 && !exn_roots_same(&here, top))
            parent = openat(folder, "..", LOOK);
        close(folder);
        if (parent < 0 || fstat(parent, &above) != 0) {
            if (parent >= 0)
                close(parent);
            return true;
        }
        if (exn_roots_same(&here, &above)) {
            close(parent);
            return false;
        }
        folder = parent;
    }
}

bool exn_roots_lies_in(const char *path, const struct stat *top)
{
    int folder = open(path, LOOK);
    return folder >= 0 && lies_in(folder, top);
}

bool exn_roots_leads_out(const exn_roots *roots, const char *path)
{
    char *name = NULL, *real = NULL;
    if (!roots->folder || roots->out < 0)
        return false;
    if (asprintf(&name, "%s%s", roots->prefix, path) < 0)
        return true;
    real = realpath(name, NULL);
    int parent = real ? open_parent(real, LOOK) : -1;
    free(real);
    free(name);
    return parent < 0 || lies_in(parent, &roots->out_id);
}

/* A report must not be created in IN, and opening it must not empty a file of IN, not even through
 * a link. Hard links are refused, since there is no telling where the other name is. Pipes and
 * terminals have no content to lose. */
static exn_exit check_report(const exn_roots *roots, const char *report, const char *what)
{
    struct stat status;
    char *real = NULL;
    if (stat(report, &status) == 0) {
        if (!S_ISREG(status.st_mode))
            return EXN_EXIT_OK;
        if (exn_roots_same(&status, &roots->in_id))
            return exn_usage_error(report, "%s would replace IN", what);
        if (!(real = realpath(report, NULL)))
            return exn_usage_error(report, "cannot find the folder of %s: %s", what,
                                   strerror(errno));
    } else if (lstat(report, &status) == 0) {
        return exn_usage_error(report, "%s would be written through a dangling link", what);
    } else {
        /* Checked before OUT is created: a run that cannot begin leaves nothing behind. */
        int parent = open_parent(report, LOOK);
        if (parent < 0) {
            const int reason = errno;
            fputs("exifnorm: ", stderr);
            exn_text_quote(stderr, "", report);
            fprintf(stderr, ": cannot write %s: %s\n", what, strerror(reason));
            return EXN_EXIT_OUTPUT;
        }
        close(parent);
    }
    exn_exit exit = EXN_EXIT_OK;
    if (roots->folder) {
        int parent = open_parent(real ? real : report, LOOK);
        if (parent >= 0 && lies_in(parent, &roots->in_id))
            exit = exn_usage_error(report, "%s would be inside IN", what);
    }
    if (exit == EXN_EXIT_OK && real && status.st_nlink > 1)
        exit = exn_usage_error(
            report, "%s has another hard link and would be written to that file, too", what);
    free(real);
    return exit;
}

/* Whether two paths lead to one file, or would once it is made: "r" and "./r". A terminal or a pipe
 * may be both. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;
    if (stat(a, &first) == 0)
        return stat(b, &second) == 0 && S_ISREG(first.st_mode) && exn_roots_same(&first, &second);
    if (strcmp(last_part(a), last_part(b)) != 0)
        return false;
    int left = open_parent(a, LOOK), right = open_parent(b, LOOK);
    bool same = left >= 0 && right >= 0 && fstat(left, &first) == 0 && fstat(right, &second) == 0 &&
                exn_roots_same(&first, &second);
    if (left >= 0)
        close(left);
    if (right >= 0)
        close(right);
    return same;
}

/* The run writes the page, the report, the state and the outputs: whichever comes last would
 * replace the other. */
static exn_exit check_page(const exn_roots *roots, const exn_cli_options *options)
{
    struct stat out;
    if (!options->html)
        return EXN_EXIT_OK;
    exn_exit exit = check_report(roots, options->html, "the page");
    if (exit != EXN_EXIT_OK)
        return exit;
    if (options->report && is_same_file(options->html, options->report))
        return exn_usage_error(options->html, "the page and the report are the same file");
    if (options->state && is_same_file(options->html, options->state))
        return exn_usage_error(options->html, "the page and the state are the same file");
    if (!options->out)
        return EXN_EXIT_OK;
    if (is_same_file(options->html, options->out))
        return exn_usage_error(options->html, "the page would replace OUT");
    if (stat(options->out, &out) != 0)
        return EXN_EXIT_OK;
    int parent = roots->folder ? open_parent(options->html, LOOK) : -1;
    return parent >= 0 && lies_in(parent, &out)
               ? exn_usage_error(options->html, "the page would be inside OUT")
               : EXN_EXIT_OK;
}

static exn_exit check_reports(const exn_roots *roots, const exn_cli_options *options)
{
    exn_exit exit = EXN_EXIT_OK;
    if (options->report && strcmp(options->report, "-") != 0)
        exit = check_report(roots, options->report, "the report");
    return exit == EXN_EXIT_OK ? check_page(roots, options) : exit;
}

/* Whether the folder path, which does not exist, could be created; errno says why not, as
 * mkdir(2) would. */
static bool could_make(const char *path)
{
    struct stat status;
    int folder = open_parent(path, LOOK);
    bool could = folder >= 0 && exn_roots_writable(folder);
    int reason = errno;
    if (could && fstatat(folder, last_part(path), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        could = false;
        reason = EEXIST; /* a dangling link */
    }
    if (folder >= 0)
        close(folder);
    errno = reason;
    return could;
}

/* 0700 until everything is in it: it gets the mode of IN's folder at the end (folders.c). */
exn_exit exn_roots_make_out(exn_roots *roots, const exn_cli_options *options)
{
    struct stat status;
    if (!roots->folder)
        return EXN_EXIT_OK;
    bool exists = stat(options->out, &status) == 0;
    bool made =
        exists || (options->dry_run ? could_make(options->out) : mkdir(options->out, 0700) == 0);
    if (made && !exists && options->dry_run)
        return EXN_EXIT_OK;
    roots->made = made && !exists;
    if (made || (errno == EEXIST && !options->dry_run)) /* another run may have just created it */
        roots->out = open(options->out, USE);
    if (roots->out >= 0 && fstat(roots->out, &roots->out_id) == 0)
        return EXN_EXIT_OK;
    int reason = errno;
    fputs("exifnorm: ", stderr);
    exn_text_quote(stderr, "", options->out);
    fprintf(stderr, ": cannot %s the folder: %s\n", exists ? "open" : "create", strerror(reason));
    return EXN_EXIT_OUTPUT;
}

/* Opens the folder OUT, or its parent if OUT does not exist, and proves that it is separate from IN
 * before it is created. By descriptors and "..", never by comparing paths: with links and bind
 * mounts a folder has more than one. */
static exn_exit open_out_folder(exn_roots *roots, const exn_cli_options *options)
{
    struct stat status;
    bool exists = stat(options->out, &status) == 0;
    if (!exists && errno != ENOENT)
        return exn_usage_error(options->out, "cannot open OUT: %s", strerror(errno));
    if (exists && !S_ISDIR(status.st_mode))
        return exn_usage_error(options->out, "IN is a folder, but OUT is not");
    if (exists && exn_roots_lies_in(options->in, &status))
        return exn_usage_error(options->in, exn_roots_same(&status, &roots->in_id)
                                                ? "IN and OUT are the same folder"
                                                : "IN is inside OUT");
    int near = exists ? open(options->out, LOOK) : open_parent(options->out, LOOK);
    if (near < 0)
        return exn_usage_error(options->out, "cannot open %s: %s",
                               exists ? "OUT" : "the parent folder of OUT", strerror(errno));
    if (lies_in(near, &roots->in_id))
        return exn_usage_error(options->out, "OUT is inside IN");
    return check_reports(roots, options);
}

exn_exit exn_roots_check_state(const exn_roots *roots, const exn_cli_options *options)
{
    struct stat out;
    int parent = open_parent(options->state, LOOK);
    if (parent >= 0 && lies_in(parent, &roots->in_id))
        return exn_usage_error(options->state, "the state would be inside IN");
    parent = stat(options->out, &out) == 0 ? open_parent(options->state, LOOK) : -1;
    if (parent >= 0 && lies_in(parent, &out))
        return exn_usage_error(options->state, "the state would be inside OUT");
    return EXN_EXIT_OK;
}

static exn_exit open_folders(exn_roots *roots, const exn_cli_options *options)
{
    roots->folder = true;
    roots->in = open(options->in, USE);
    if (roots->in < 0)
        return exn_usage_error(options->in, "cannot open IN: %s", strerror(errno));
    /* If several inputs are one run, each was checked against its own output. What else lies in
     * their folder is not part of the run, and may be OUT or the report. Messages show the paths as
     * given. */
    const char *first = options->joined ? options->inputs[0] : NULL;
    if (first)
        roots->prefix = strndup(first, (size_t)(last_part(first) - first));
    else if (asprintf(&roots->prefix, "%s%s", options->in, ends_in_slash(options->in) ? "" : "/") <
             0)
        roots->prefix = NULL;
    if (!roots->prefix)
        return exn_usage_error(NULL, "out of memory");
    return first ? EXN_EXIT_OK : open_out_folder(roots, options);
}

/* A file goes into a folder under its own name, as with cp(1). */
static exn_exit check_out_file(exn_roots *roots, const exn_cli_options *options)
{
    struct stat status;
    bool exists = stat(options->out, &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        if (options->from_stdin)
            return exn_usage_error(options->out, "OUT is a folder, and standard input has no name; "
                                                 "name the output file");
        roots->out = open(options->out, USE);
        if (roots->out < 0)
            return exn_usage_error(options->out, "cannot open OUT: %s", strerror(errno));
        roots->out_name = roots->in_name;
        exists = fstatat(roots->out, roots->out_name, &status, 0) == 0;
        if (exists && S_ISDIR(status.st_mode))
            return exn_usage_error(options->out, "a folder in OUT has the name of the file IN");
    } else if (ends_in_slash(options->out) || *roots->out_name == '\0') {
        return exn_usage_error(options->out,
                               "OUT is a folder that does not exist; create it first");
    }
    if (exists && exn_roots_same(&status, &roots->in_id))
        return exn_usage_error(options->out, "IN and OUT are the same file");
    return EXN_EXIT_OK;
}

/* Refuses a terminal, where nobody could read the bytes, and an archive that would eat itself. */
static exn_exit check_stdout(const exn_roots *roots, const exn_cli_options *options)
{
    struct stat status;
    if (options->report && strcmp(options->report, "-") == 0)
        return exn_usage_error(NULL, "OUT and the report cannot both be standard output");
    if (isatty(STDOUT_FILENO))
        return exn_usage_error(NULL,
                               "standard output is a terminal; redirect it to a file or a pipe");
    if (fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode) &&
        exn_roots_same(&status, &roots->in_id))
        return exn_usage_error(NULL, "IN and standard output are the same file");
    return EXN_EXIT_OK;
}

/* File to file; each may be a standard stream, which has no folder and no name. Opens the folders
 * and keeps the names; the files are opened relative to these later, so that the folder that is
 * checked here is the one that is used. */
static exn_exit open_files(exn_roots *roots, const exn_cli_options *options)
{
    roots->in_name = last_part(options->in);
    roots->out_name = last_part(options->out);
    exn_exit exit =
        options->to_stdout ? check_stdout(roots, options) : check_out_file(roots, options);
    if (exit != EXN_EXIT_OK)
        return exit;
    exit = check_reports(roots, options);
    if (exit != EXN_EXIT_OK)
        return exit;
    roots->in = options->from_stdin ? -1 : open_parent(options->in, LOOK);
    if (roots->in < 0 && !options->from_stdin)
        return exn_usage_error(options->in, "cannot open IN's folder: %s", strerror(errno));
    if (!options->to_stdout && roots->out < 0)
        roots->out = open_parent(options->out, USE);
    if (!options->to_stdout && (roots->out < 0 || fstat(roots->out, &roots->out_id) != 0))
        return exn_usage_error(options->out, "cannot open the parent folder of OUT: %s",
                               strerror(errno));
    roots->prefix = strndup(options->in, (size_t)(roots->in_name - options->in));
    return roots->prefix ? EXN_EXIT_OK : exn_usage_error(NULL, "out of memory");
}

exn_exit exn_roots_open(exn_roots *roots, const exn_cli_options *options)
{
    *roots = (exn_roots){.in = -1, .out = -1};
    if (!*options->in || !*options->out)
        return exn_usage_error(NULL, "%s is empty", *options->in ? "OUT" : "IN");
    if (options->from_stdin) {
        if (fstat(STDIN_FILENO, &roots->in_id) != 0)
            return exn_usage_error(NULL, "cannot read standard input: %s", strerror(errno));
        return open_files(roots, options);
    }
    if (stat(options->in, &roots->in_id) != 0)
        return exn_usage_error(options->in, "cannot open IN: %s", strerror(errno));
    if (S_ISDIR(roots->in_id.st_mode) && options->to_stdout)
        return exn_usage_error(options->in, "a folder cannot go to standard output");
    if (S_ISDIR(roots->in_id.st_mode))
        return open_folders(roots, options);
    if (S_ISREG(roots->in_id.st_mode))
        return open_files(roots, options);
    return exn_usage_error(options->in, "IN is neither a folder nor a regular file");
}

exn_exit exn_roots_check_report(const char *path, const exn_cli_options *options)
{
    exn_roots roots = {0};
    if (stat(path, &roots.in_id) != 0)
        return EXN_EXIT_OK;
    roots.folder = S_ISDIR(roots.in_id.st_mode);
    return check_reports(&roots, options);
}

/* Keeps the folder and the file's name in it, as in a run. */
static bool open_file(exn_roots *roots, const char *path, exn_error *error)
{
    roots->in_name = roots->out_name = last_part(path);
    roots->in = open_parent(path, LOOK);
    if (roots->in < 0)
        exn_error_set(error, EXN_READ, errno, "cannot open its folder");
    else if (!(roots->prefix = strndup(path, (size_t)(roots->in_name - path))))
        exn_error_set(error, EXN_MEMORY, 0, "file name");
    return error->status == EXN_OK;
}

bool exn_roots_open_path(exn_roots *roots, const char *path, exn_error *error)
{
    *roots = (exn_roots){.in = -1, .out = -1};
    if (stat(path, &roots->in_id) != 0) {
        exn_error_set(error, EXN_READ, errno, "cannot access it");
        return false;
    }
    if (S_ISREG(roots->in_id.st_mode))
        return open_file(roots, path, error);
    if (!S_ISDIR(roots->in_id.st_mode)) {
        exn_error_set(error, EXN_READ, 0, "neither a folder nor a regular file");
        return false;
    }
    roots->folder = true;
    roots->in = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (roots->in < 0) {
        exn_error_set(error, EXN_READ, errno, "cannot open the folder");
        return false;
    }
    if (asprintf(&roots->prefix, "%s%s", path, ends_in_slash(path) ? "" : "/") >= 0)
        return true;
    roots->prefix = NULL;
    exn_error_set(error, EXN_MEMORY, 0, "file name");
    return false;
}

/* By its real path: renaming an output over a link would replace the link. */
exn_exit exn_roots_open_in_place(exn_roots *roots, const char *path)
{
    *roots = (exn_roots){.in = -1, .out = -1, .real = realpath(path, NULL)};
    if (!roots->real || stat(roots->real, &roots->in_id) != 0)
        return exn_usage_error(path, "%s", strerror(errno));
    roots->folder = S_ISDIR(roots->in_id.st_mode);
    if (!roots->folder && !S_ISREG(roots->in_id.st_mode))
        return exn_usage_error(path, "neither a folder nor a regular file");
    roots->in_name = roots->out_name = last_part(roots->real);
    roots->in = roots->folder ? open(roots->real, USE) : open_parent(roots->real, USE);
    roots->out = roots->in < 0 ? -1 : fcntl(roots->in, F_DUPFD_CLOEXEC, 0);
    if (roots->out < 0)
        return exn_usage_error(path, "cannot open %s: %s", roots->folder ? "it" : "its folder",
                               strerror(errno));
    const char *name = last_part(path);
    if (roots->folder ? asprintf(&roots->prefix, "%s%s", path, ends_in_slash(path) ? "" : "/") < 0
                      : !(roots->prefix = strndup(path, (size_t)(name - path)))) {
        roots->prefix = NULL;
        return exn_usage_error(NULL, "out of memory");
    }
    return EXN_EXIT_OK;
}

void exn_roots_close(exn_roots *roots)
{
    if (roots->in >= 0)
        close(roots->in);
    if (roots->out >= 0)
        close(roots->out);
    free(roots->prefix);
    free(roots->real);
    *roots = (exn_roots){.in = -1, .out = -1};
}
