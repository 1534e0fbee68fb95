/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/usage.h"
#include "roots.h"
#include "shard.h"

/* The order of a walk: byte-wise by name, folder by folder. The slash sorts before every byte of a
 * name, so that a folder's files come right after it. */
static int by_walk(const void *a, const void *b)
{
    const unsigned char *p = *(const unsigned char *const *)a;
    const unsigned char *q = *(const unsigned char *const *)b;
    while (*p && *p == *q)
        p++, q++;
    int left = *p == '/' ? 1 : *p ? *p + 1 : 0;
    int right = *q == '/' ? 1 : *q ? *q + 1 : 0;
    return left - right;
}

/* Also true if the path comes back ("a/../b"): a could be a link. */
static bool goes_up(const char *name)
{
    size_t length = 0;
    for (const char *part = name; *part; part += length + (part[length] == '/')) {
        length = strcspn(part, "/");
        if (length == 2 && strncmp(part, "..", 2) == 0)
            return true;
    }
    return false;
}

/* "./a//b" becomes a/b: sorting, shards and the state need one name for one file. */
const char *exn_names_clean(char *name)
{
    if (*name == '/')
        return "not relative to IN";
    if (goes_up(name))
        return "leads out of IN";
    exn_text_shorten(name);
    return *name ? NULL : "names no file";
}

/* Takes a name over. False: out of memory. */
static bool add(exn_names *names, size_t *room, char *name)
{
    char **list = exn_array_reserve(names->list, names->count, room, sizeof *list, 1024);
    if (!list) {
        free(name);
        return false;
    }
    names->list = list;
    names->list[names->count++] = name;
    return true;
}

static void drop_duplicates(exn_names *names)
{
    size_t kept = 0;
    for (size_t i = 0; i < names->count; i++)
        if (kept > 0 && strcmp(names->list[kept - 1], names->list[i]) == 0)
            free(names->list[i]);
        else
            names->list[kept++] = names->list[i];
    names->count = kept;
}

/* Takes one entry over; its length reveals a NUL byte inside it. Names of other shards are not
 * kept, since each of a hundred shards may be given the whole list. */
static exn_exit take(exn_names *names, size_t *room, char *name, size_t length,
                     const exn_cli_options *options)
{
    const char *wrong = strlen(name) != length
                            ? "contains a NUL byte; use --null for NUL-separated lists"
                            : exn_names_clean(name);
    exn_exit exit = EXN_EXIT_OK;
    if (wrong)
        exit = exn_usage_error(name, "refused from --files-from: %s", wrong);
    else if (exn_shard_has(options, name))
        return add(names, room, name)
                   ? EXN_EXIT_OK
                   : exn_usage_error(NULL, "out of memory for the list of files");
    free(name);
    return exit;
}

/* A list from Windows may begin with a byte-order mark and end its lines in CR LF. Names that
 * really have these bytes need --null. Returns the name's new length. */
static size_t trim_line(char *line, size_t length, bool first)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (length > 0 && line[length - 1] == '\r')
        line[--length] = '\0';
    if (first && strncmp(line, mark, strlen(mark)) == 0) {
        length -= strlen(mark);
        memmove(line, line + strlen(mark), length + 1);
    }
    return length;
}

/* The last line need not end in a delimiter. Empty lines are ignored. */
static exn_exit read_all(exn_names *names, FILE *file, const exn_cli_options *options)
{
    char *line = NULL;
    size_t size = 0, room = 0;
    ssize_t length;
    int delimiter = options->null ? '\0' : '\n';
    bool first = true;
    exn_exit exit = EXN_EXIT_OK;
    while (exit == EXN_EXIT_OK && (length = getdelim(&line, &size, delimiter, file)) >= 0) {
        if (length > 0 && line[length - 1] == delimiter)
            line[--length] = '\0';
        if (!options->null)
            length = (ssize_t)trim_line(line, (size_t)length, first);
        first = false;
        if (length == 0)
            continue;
        char *name = malloc((size_t)length + 1);
        if (!name) {
            exit = exn_usage_error(NULL, "out of memory for the list of files");
            break;
        }
        memcpy(name, line, (size_t)length + 1);
        exit = take(names, &room, name, (size_t)length, options);
    }
    if (exit == EXN_EXIT_OK && ferror(file))
        exit = exn_usage_error(options->files_from, "cannot read the list of files: %s",
                               strerror(errno));
    free(line);
    return exit;
}

/* Reads the whole list before anything is done, so that a list with one bad line does nothing, and
 * so that sorted names enter each folder only once. */
exn_exit exn_names_read(exn_names *names, const exn_cli_options *options)
{
    *names = (exn_names){0};
    bool standard = strcmp(options->files_from, "-") == 0;
    FILE *file = standard ? stdin : fopen(options->files_from, "re");
    if (!file)
        return exn_usage_error(options->files_from, "cannot open the list of files: %s",
                               strerror(errno));
    exn_exit exit = exn_roots_check_list(file, "files", options);
    if (exit == EXN_EXIT_OK)
        exit = read_all(names, file, options);
    if (!standard)
        fclose(file);
    if (names->count > 0) /* qsort(3) takes no NULL, not even for nothing */
        qsort(names->list, names->count, sizeof *names->list, by_walk);
    drop_duplicates(names);
    return exit;
}

void exn_names_free(exn_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
    *names = (exn_names){0};
}
