/* SPDX-License-Identifier: MIT */
#include "several.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "roots.h"

/* The last part of a path, without the slashes after it; NULL with errno. EINVAL if it would be no
 * name for an output: it is empty or ".", or "..", which would lead out of OUT. */
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

/* OUT may already end in a slash. It is not doubled, since the report shows these paths. */
static exn_exit set_output(exn_several *s, size_t i)
{
    char *name = name_of(s->inputs[i]);
    const char *between = s->out[strlen(s->out) - 1] == '/' ? "" : "/";
    if (!name && errno == EINVAL)
        return exn_usage_error(s->inputs[i], "its output in OUT would have no name; "
                                             "name the folder itself");
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

/* Checked before anything is written: otherwise the second input would find the first one's output
 * in its place. Sorted, since a shell's * may give thousands. */
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

/* OUT has to exist, as for cp(1) and mv(1). If OUT was forgotten, the last input is taken for it,
 * and is refused at least if it is a file. */
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

/* All inputs are checked before the first is run, so that a slip in the last one does not cost
 * hours. What earlier inputs will have created by then cannot be known here. */
exn_exit exn_several_check(const exn_several *several, size_t input, exn_cli_options *options)
{
    exn_roots roots;
    exn_several_take(several, input, options);
    exn_exit exit = exn_roots_open(&roots, options);
    exn_roots_close(&roots);
    return exit;
}

/* The folder that an input is in, as it was given. NULL: out of memory. */
static char *folder_of(const char *path, const char *name)
{
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    end -= strlen(name);
    return end > 0 ? strndup(path, end) : strdup(".");
}

/* A link to a folder is refused: the images in it do not lie in the common folder. */
static exn_exit join_one(exn_several *s, size_t i, struct stat *first)
{
    struct stat folder, linked, status;
    char *path = NULL;
    exn_exit exit = EXN_EXIT_OK;
    s->names[i] = name_of(s->inputs[i]);
    char *in = s->names[i] ? folder_of(s->inputs[i], s->names[i]) : NULL;
    if (!in || asprintf(&path, "%s/%s", in, s->names[i]) < 0) {
        free(in);
        return exn_usage_error(NULL, "out of memory");
    }
    if (stat(in, &folder) != 0 || lstat(path, &linked) != 0 || stat(path, &status) != 0)
        exit = exn_usage_error(s->inputs[i], "cannot open IN: %s", strerror(errno));
    else if (S_ISLNK(linked.st_mode) && S_ISDIR(status.st_mode))
        exit = exn_usage_error(s->inputs[i], "a link to a folder; to move labels of several "
                                             "inputs, name the folder itself");
    else if (i > 0 && !exn_roots_same(&folder, first))
        exit = exn_usage_error(s->inputs[i],
                               "lies in another folder than the inputs before it; labels are moved "
                               "with the images of all inputs where these are side by side: give a "
                               "folder that has all, or run each by itself");
    free(path);
    if (i > 0)
        free(in);
    else
        s->folder = in;
    *first = i > 0 ? *first : folder;
    return exit;
}

exn_exit exn_several_join(exn_several *several, exn_cli_options *options)
{
    struct stat first;
    exn_exit exit = EXN_EXIT_OK;
    several->names = calloc(several->count + 1, sizeof *several->names);
    if (!several->names)
        return exn_usage_error(NULL, "out of memory");
    for (size_t i = 0; i < several->count && exit == EXN_EXIT_OK; i++)
        exit = join_one(several, i, &first);
    if (exit != EXN_EXIT_OK)
        return exit;
    qsort(several->names, several->count, sizeof *several->names, by_output);
    options->in = several->folder;
    options->out = several->out;
    options->joined = several;
    return EXN_EXIT_OK;
}

bool exn_several_has(const exn_several *several, const char *name)
{
    return bsearch(&name, several->names, several->count, sizeof name, by_output) != NULL;
}

void exn_several_close(exn_several *several)
{
    for (size_t i = 0; several->outputs && i < several->count; i++)
        free(several->outputs[i]);
    for (size_t i = 0; several->names && i < several->count; i++)
        free(several->names[i]);
    free(several->outputs);
    free(several->names);
    free(several->folder);
    *several = (exn_several){0};
}
