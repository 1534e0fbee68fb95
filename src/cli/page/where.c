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

/* A report may come from anywhere: none of its paths leads out of the folders that were named. A
 * name that merely begins with two dots is a name. */
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

/* A slash that is there is not doubled. NULL: out of memory. */
static char *join(const char *folder, const char *name)
{
    char *path = NULL;
    const size_t length = strlen(folder);
    const char *between = length > 0 && folder[length - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", folder, between, name) < 0 ? NULL : path;
}

/* Of several inputs each may be given with "./" in front, or without. */
static const char *undotted(const char *path)
{
    while (strncmp(path, "./", 2) == 0)
        path += 2 + strspn(path + 2, "/");
    return path;
}

/* What is below path in the file or folder top, where it is; "" is top itself. At the border of a
 * name: data2 is not below data. */
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

/* The last part of a path, slashes after it left out. */
static char *last_part(const char *path)
{
    size_t end = strlen(path), start;
    while (end > 0 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--)
        ;
    return strndup(path + start, end - start);
}

/* --in-place has the original in its backup, under its whole path, where the file was changed. The
 * slash in front goes, as the backup has the path below itself. Without a backup the original is
 * gone, and the page shows the output alone. A path that cannot be resolved any more is left out.
 */
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
    if (run->paths) /* of --check, and several inputs: as given, and below it */
        return strdup(path);
    if (!is_folder(run->in))
        return strdup(run->in);
    return stays_below(path) ? join(run->in, path) : NULL;
}

/* OUT/NAME of the input that the path is in, and what follows. */
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

/* Of two files the output has the very name that was given, unless that is a folder: then the
 * source's own name in it. A folder's items are below OUT as they are below IN. */
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
