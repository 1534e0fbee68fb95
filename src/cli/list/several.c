/* SPDX-License-Identifier: MIT */
#include "several.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "roots.h"

/* The last part of a path, without the slashes after it; NULL: it has none that is a name. "." and
 * ".." are no names to be found by, and OUT/.. lies outside of OUT. */
static char *name_of(const char *path)
{
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    char *name = strndup(path + start, end - start);
    if (name && (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)) {
        free(name);
        errno = EINVAL;
        return NULL;
    }
    return name;
}

/* A slash that is there is not doubled: paths are shown in the report as they are here. */
static exn_exit set_output(exn_several *s, size_t i)
{
    char *name = name_of(s->inputs[i]);
    const char *between = s->out[strlen(s->out) - 1] == '/' ? "" : "/";
    if (!name && errno == EINVAL)
        return exn_usage_error(s->inputs[i], "has no name to go to OUT by");
    if (!name || asprintf(&s->outputs[i], "%s%s%s", s->out, between, name) < 0) {
        free(name);
        s->outputs[i] = NULL;
        return exn_usage_error(NULL, "out of memory");
    }
    free(name);
    return EXN_EXIT_OK;
}

static int by_output(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Before anything is written: the second would find the first one's output in its place. Sorted,
 * since a shell's * may be thousands. */
static exn_exit check_clashes(const exn_several *s)
{
    exn_exit exit = EXN_EXIT_OK;
    char **sorted = malloc((s->count + 1) * sizeof *sorted);
    if (!sorted)
        return exn_usage_error(NULL, "out of memory");
    memcpy(sorted, s->outputs, s->count * sizeof *sorted);
    qsort(sorted, s->count, sizeof *sorted, by_output);
    for (size_t i = 1; i < s->count && exit == EXN_EXIT_OK; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            exit = exn_usage_error(sorted[i], "two inputs would go there");
    free(sorted);
    return exit;
}

/* OUT has to exist, as for cp(1) and mv(1): where OUT was forgotten, the last input is taken for
 * it, and is refused at least if it is a file. */
exn_exit exn_several_open(exn_several *several, const exn_cli_options *options)
{
    struct stat status;
    size_t count = 0;
    while (options->inputs[count])
        count++;
    *several = (exn_several){.inputs = options->inputs, .out = options->out};
    if (stat(options->out, &status) != 0 || !S_ISDIR(status.st_mode))
        return exn_usage_error(
            options->out, "with several inputs OUT must be a folder that exists; create it first");
    several->outputs = calloc(count + 1, sizeof *several->outputs);
    if (!several->outputs)
        return exn_usage_error(NULL, "out of memory");
    several->count = count;
    for (size_t i = 0; i < count; i++) {
        exn_exit exit = set_output(several, i);
        if (exit != EXN_EXIT_OK)
            return exit;
    }
    return check_clashes(several);
}

/* The rest of the program knows one IN and one OUT. */
void exn_several_take(const exn_several *several, size_t input, exn_cli_options *options)
{
    options->in = several->inputs[input];
    options->out = several->outputs[input];
}

/* What another input has made by then cannot be known here. All of them are checked before the
 * first is run, so a slip in the last one costs no hours. */
exn_exit exn_several_check(const exn_several *several, size_t input, exn_cli_options *options)
{
    exn_roots roots;
    exn_several_take(several, input, options);
    exn_exit exit = exn_roots_open(&roots, options);
    exn_roots_close(&roots);
    return exit;
}

void exn_several_close(exn_several *several)
{
    for (size_t i = 0; several->outputs && i < several->count; i++)
        free(several->outputs[i]);
    free(several->outputs);
    *several = (exn_several){0};
}
