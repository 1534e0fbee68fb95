/* SPDX-License-Identifier: MIT */
#include "where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Reports are untrusted: their paths must not lead out of the folders that were named. A name that
 * merely begins with two dots is allowed. */
static bool stays_below(const char *path)
{
    if (*path == '/')
        return false;
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    }
    return true;
}

/* Joins both, without doubling a slash. NULL: out of memory. */
static char *join(const char *folder, const char *name)
{
    char *path = NULL;
    const size_t length = strlen(folder);
    const char *between = length > 0 && folder[length - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", folder, between, name) < 0 ? NULL : path;
}

/* Inputs may be given with or without "./" in front. */
static const char *undotted(const char *path)
{
    while (strncmp(path, "./", 2) == 0)
        path += 2 + strspn(path + 2, "/");
    return path;
}

/* If path is top or below it, the rest of it; "" for top itself. Whole names only: data2 is not
 * below data. */
static const char *below(const char *top, const char *path)
{
    top = undotted(top);
    path = undotted(path);
    size_t length = strlen(top);
    while (length > 1 && top[length - 1] == '/')
        length--;
    if (strncmp(path, top, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return NULL;
    return path + length + strspn(path + length, "/");
}

/* The last part of a path, without slashes after it. */
static char *last_part(const char *path)
{
    size_t end = strlen(path), start;
    while (end > 0 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--)
        ;
    return strndup(path + start, end - start);
}

/* With --in-place the original of a changed file is in the backup, under its whole path without the
 * slash in front. Without a backup the original is gone, and the page shows only the output. A path
 * that can no longer be resolved is left out. */
static char *before_in_place(const exn_page_run *run, const char *path, int outcome)
{
    struct stat status;
    const bool same = outcome == EXN_OUTCOME_UNTOUCHED || outcome == EXN_OUTCOME_COPIED ||
                      outcome == EXN_OUTCOME_UNSUPPORTED || outcome == EXN_OUTCOME_FAILED;
    if (same || run->dry_run)
        return strdup(path);
    char *real = run->backup ? realpath(path, NULL) : NULL;
    char *kept = real ? join(run->backup, real + 1) : NULL;
    free(real);
    if (kept && stat(kept, &status) == 0)
        return kept;
    free(kept);
    return NULL;
}

char *exn_page_where_before(const exn_page_run *run, const char *path, int outcome)
{
    if (run->in_place)
        return before_in_place(run, path, outcome);
    if (run->paths) /* --check and several inputs: paths in the report begin as given */
        return strdup(path);
    if (!is_folder(run->in))
        return strdup(run->in);
    return stays_below(path) ? join(run->in, path) : NULL;
}

/* OUT/NAME for the input that the path is in, and the rest of the path. */
static char *after_several(const exn_page_run *run, const char *path)
{
    for (const char *const *input = run->paths; *input; input++) {
        const char *rest = below(*input, path);
        char *name = rest ? last_part(*input) : NULL;
        char *top = name ? join(run->out, name) : NULL;
        char *whole = top && *rest && stays_below(rest) ? join(top, rest) : NULL;
        free(name);
        if (!rest)
            continue;
        if (*rest == '\0')
            return top;
        free(top);
        return whole;
    }
    return NULL;
}

/* File to file: the output has the name that was given or, if that is a folder, the source's own
 * name in it. Folder to folder: items have the same path below OUT as below IN. */
char *exn_page_where_after(const exn_page_run *run, const char *path, int outcome)
{
    if (run->check || run->dry_run || outcome == EXN_OUTCOME_FAILED || outcome == EXN_PAGE_SKIPPED)
        return NULL;
    if (run->in_place)
        return strdup(path);
    if (run->paths)
        return after_several(run, path);
    if (is_folder(run->in))
        return stays_below(path) ? join(run->out, path) : NULL;
    if (!is_folder(run->out))
        return strdup(run->out);
    char *name = last_part(run->in);
    char *whole = name ? join(run->out, name) : NULL;
    free(name);
    return whole;
}
