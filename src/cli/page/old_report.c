/* SPDX-License-Identifier: MIT */
#include "old_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include "base/array.h"
#include "base/text.h"
#include "page_words.h"

/* Reads one report. The page borrows names until it is closed, so they are freed last. */
typedef struct reader {
    const exn_cli_options *options;
    FILE *file;
    uint64_t line;
    exn_page *page;
    char **names;       /* the page borrows them; owned */
    size_t count, room; /* of names */
    exn_page_run run;
    bool started, ended;
} reader;

static exn_exit fail(const reader *r, const char *why)
{
    return exn_usage_error(r->options->from_report, "line %" PRIu64 ": %s", r->line, why);
}

/* A name's exact bytes; NULL: the key is missing. The caller frees. */
static char *name_of(const json_t *object, const char *key)
{
    char exact[40];
    snprintf(exact, sizeof exact, "%s_base64", key);
    const char *coded = json_string_value(json_object_get(object, exact)),
               *plain = json_string_value(json_object_get(object, key));
    return coded ? exn_text_from_base64(coded) : plain ? strdup(plain) : NULL;
}

/* Keeps a name as long as the page. Accepts NULL and returns it, so that callers need not check. */
static const char *keep(reader *r, char *name)
{
    char **names = exn_array_reserve(r->names, r->count, &r->room, sizeof *names, 16);
    if (!names) {
        free(name);
        return NULL;
    }
    r->names = names;
    r->names[r->count++] = name;
    return name;
}

static bool flag(const json_t *options, const char *name)
{
    return json_is_true(json_object_get(options, name));
}

/* The paths in the first line, NULL-terminated. The array is kept like a name. */
static const char *const *paths_of(reader *r, const json_t *list)
{
    const size_t count = json_array_size(list);
    const char **paths = calloc(count + 1, sizeof *paths);
    for (size_t i = 0; paths && i < count; i++) {
        const char *path = keep(r, name_of(json_array_get(list, i), "path"));
        paths[i] = path ? path : "";
    }
    return (const char *const *)(const void *)keep(r, (char *)paths);
}

/* The values of a list option, NULL-terminated; NULL if there are none. */
static const char *const *words_of(reader *r, const json_t *list)
{
    const size_t count = json_array_size(list);
    const char **words =
        count && count <= EXN_OPTIONS_LIST ? calloc(count + 1, sizeof *words) : NULL;
    size_t i;
    for (i = 0; words && i < count; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        words[i] = keep(r, strdup(word ? word : ""));
    }
    return (const char *const *)(const void *)keep(r, (char *)words);
}

/* Names on the command line replace those in the report, since files may have moved. Reads only the
 * options that say where files are (where.c) and what outcomes are called. */
static exn_exit read_first(reader *r, const json_t *line)
{
    const exn_cli_options *o = r->options;
    const json_t *options = json_object_get(line, "options");
    const char *version = json_string_value(json_object_get(line, "exifnorm"));
    if (!version || !json_is_object(options))
        return fail(r, "not a report of exifnorm");
    const json_t *list = json_object_get(options, "paths");
    r->run =
        (exn_page_run){.version = keep(r, strdup(version)),
                       .check = flag(options, "check"),
                       .in_place = flag(options, "in_place"),
                       .dry_run = flag(options, "dry_run"),
                       .backup = keep(r, name_of(options, "backup")),
                       .label_formats = words_of(r, json_object_get(options, "labels_format"))};
    if (list && o->in)
        return fail(r, "its run had no single IN and OUT; leave both names out");
    if (list)
        r->run.paths = paths_of(r, list);
    else
        r->run.in = o->in ? o->in : keep(r, name_of(options, "in"));
    r->run.out = o->out ? o->out : keep(r, name_of(options, "out"));
    if (!r->run.version || (!r->run.paths && (!r->run.in || !r->run.out)))
        return fail(r, "its first line lacks a name");
    r->started = true;
    return EXN_EXIT_OK;
}

/* -1: an unknown word. */
static int outcome_of(const char *word, bool check)
{
    for (int i = 0; word && i < EXN_PAGE_OUTCOMES; i++) {
        const char *known = exn_page_words_outcome(i, check);
        if (known && strcmp(known, word) == 0)
            return i;
    }
    return -1;
}

static exn_format format_of(const char *word)
{
    for (int i = EXN_FORMAT_UNKNOWN; word && i <= EXN_FORMAT_JXL; i++)
        if (strcmp(exn_format_word((exn_format)i), word) == 0)
            return (exn_format)i;
    return EXN_FORMAT_UNKNOWN;
}

static exn_labels_format labels_format_of(const json_t *labels)
{
    const char *word = json_string_value(json_object_get(labels, "format"));
    const char *const none = exn_labels_format_word(EXN_LABELS_UNKNOWN);
    /* The word of what comes after the last one is that of none. */
    for (int i = EXN_LABELS_COCO; word; i++) {
        const char *const known = exn_labels_format_word((exn_labels_format)i);
        if (strcmp(known, word) == 0)
            return (exn_labels_format)i;
        if (strcmp(known, none) == 0)
            break;
    }
    return EXN_LABELS_UNKNOWN;
}

/* Ignores warnings of later versions. */
static uint32_t warnings_of(const json_t *list)
{
    uint32_t warnings = 0;
    for (size_t k = 0; k < json_array_size(list); k++) {
        const char *word = json_string_value(json_array_get(list, k));
        for (int i = 0; word && i < EXN_WARNING_COUNT; i++)
            if (strcmp(exn_warning_word((exn_warning)i), word) == 0)
                warnings |= 1u << i;
    }
    return warnings;
}

/* Reports are untrusted, and an orientation is an index into the page's counts: values out of range
 * count as missing. */
static uint32_t number_of(const json_t *value, uint32_t most)
{
    const json_int_t number = json_integer_value(value);
    return number >= 0 && number <= (json_int_t)most ? (uint32_t)number : 0;
}

/* As the library's set. */
static uint32_t transform_of(const json_t *transform)
{
    return (flag(transform, "transpose") ? EXN_TRANSFORM_TRANSPOSE : 0u) |
           (flag(transform, "flip_x") ? EXN_TRANSFORM_FLIP_X : 0u) |
           (flag(transform, "flip_y") ? EXN_TRANSFORM_FLIP_Y : 0u);
}

/* Missing fields count as empty, but without a path and an outcome the line is not an item. */
static exn_exit read_item(reader *r, const json_t *line)
{
    const json_t *size = json_object_get(line, "size_before");
    char *path = name_of(line, "path"), *archive = name_of(line, "archive");
    const exn_page_seen seen = {
        .path = path,
        .archive = archive,
        .outcome = outcome_of(json_string_value(json_object_get(line, "outcome")), r->run.check),
        .format = format_of(json_string_value(json_object_get(line, "format"))),
        .labels = labels_format_of(json_object_get(line, "labels")),
        .orientation = number_of(json_object_get(line, "orientation"), 8),
        .given = number_of(json_object_get(line, "orientation_given"), 8),
        .transform = transform_of(json_object_get(line, "transform")),
        .warnings = warnings_of(json_object_get(line, "warnings")),
        .width_in = number_of(json_array_get(size, 0), UINT32_MAX),
        .height_in = number_of(json_array_get(size, 1), UINT32_MAX),
        .error = json_string_value(json_object_get(line, "error"))};
    const bool known = path && seen.outcome >= 0;
    if (known)
        exn_page_item(r->page, &seen);
    free(path);
    free(archive);
    return known ? EXN_EXIT_OK : fail(r, "neither an item nor another line of a report");
}

/* The line of a label file, as exn_json_labels() writes it. It has to give the same words as in the
 * run, or the two pages would differ. */
static void read_labels(reader *r, const json_t *said)
{
    char text[160];
    uint64_t counts[EXN_LABELS_VERDICT_CONTRADICTORY + 2] = {0};
    const json_t *verdicts = json_object_get(said, "verdicts");
    for (int i = EXN_LABELS_VERDICT_STORED; i <= EXN_LABELS_VERDICT_CONTRADICTORY; i++)
        counts[i] = (uint64_t)json_integer_value(
            json_object_get(verdicts, exn_labels_verdict_word((exn_labels_verdict)i)));
    counts[EXN_LABELS_VERDICT_CONTRADICTORY + 1] =
        (uint64_t)json_integer_value(json_object_get(verdicts, "unknown"));
    exn_page_words_verdicts(
        json_is_object(verdicts) ? counts : NULL, json_is_null(json_object_get(said, "shapes")),
        (uint64_t)json_integer_value(json_object_get(said, "rotated")),
        (uint64_t)json_integer_value(json_object_get(said, "renamed")), text, sizeof text);
    const char *format = json_string_value(json_object_get(said, "format"));
    char *path = name_of(said, "path"), *archive = name_of(said, "archive");
    exn_page_labels(r->page, archive, path ? path : "", format ? format : "",
                    (uint64_t)json_integer_value(json_object_get(said, "shapes")), text);
    free(path);
    free(archive);
}

static void read_verdict(reader *r, const json_t *said)
{
    char witnesses[200] = "";
    size_t used = 0;
    const json_t *list = json_object_get(said, "witnesses");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        used = exn_page_words_add(witnesses, sizeof witnesses, used, word ? word : "");
    }
    const char *verdict = json_string_value(json_object_get(said, "verdict"));
    char *path = name_of(said, "path"), *image = name_of(said, "image"),
         *archive = name_of(said, "archive");
    exn_page_verdict(r->page, archive, path ? path : "", image ? image : "", verdict ? verdict : "",
                     witnesses);
    free(path);
    free(image);
    free(archive);
}

/* Lines that are not items have a single key, which says what they are. */
static exn_exit read_line(reader *r, const json_t *line)
{
    const json_t *totals = json_object_get(line, "totals"),
                 *verdict = json_object_get(line, "verdict"),
                 *labels = json_object_get(line, "labels");
    if (!r->started)
        return read_first(r, line);
    if (totals)
        r->ended = json_is_null(json_object_get(totals, "stopped"));
    else if (verdict)
        read_verdict(r, verdict);
    else if (labels && !json_object_get(line, "path")) /* an item's line may have labels too */
        read_labels(r, labels);
    else
        return read_item(r, line);
    return EXN_EXIT_OK;
}

/* Line by line, so that memory does not grow with the report, beyond what the page keeps. The last
 * line may be incomplete, if the run was killed. */
static exn_exit read_all(reader *r)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t size;
    exn_exit exit = EXN_EXIT_OK;
    while (exit == EXN_EXIT_OK && (size = getline(&text, &room, r->file)) > 0) {
        json_t *line = json_loadb(text, (size_t)size, 0, NULL);
        r->line++;
        if (json_is_object(line))
            exit = read_line(r, line);
        else if (!r->started || text[size - 1] == '\n')
            exit = fail(r, r->started ? "not JSON" : "not a report of exifnorm");
        json_decref(line);
    }
    if (exit == EXN_EXIT_OK && ferror(r->file))
        exit = fail(r, "cannot read the rest of it");
    if (exit == EXN_EXIT_OK && !r->started)
        exit = fail(r, "not a report of exifnorm");
    free(text);
    return exit;
}

/* Refuses to write the page over its own report, also by another name. */
static exn_exit check_same(const exn_cli_options *options, FILE *file)
{
    struct stat report, page;
    if (fstat(fileno(file), &report) == 0 && stat(options->html, &page) == 0 &&
        report.st_dev == page.st_dev && report.st_ino == page.st_ino)
        return exn_usage_error(options->html, "the page would replace the report");
    return EXN_EXIT_OK;
}

exn_exit exn_old_report_run(const exn_cli_options *options, exn_pool *pool)
{
    reader r = {.options = options, .page = options->page};
    const bool is_stdin = strcmp(options->from_report, "-") == 0;
    r.file = is_stdin ? stdin : fopen(options->from_report, "re");
    if (!r.file)
        return exn_usage_error(options->from_report, "cannot read the report: %s", strerror(errno));
    exn_exit exit = check_same(options, r.file);
    if (exit == EXN_EXIT_OK)
        exit = read_all(&r);
    if (r.ended)
        exn_page_end(r.page);
    if (exit == EXN_EXIT_OK) /* only now, so that a refused command leaves an older page alone */
        exit = exn_page_start(r.page, &r.run);
    const exn_exit closed = exn_page_close(r.page, pool);
    for (size_t i = 0; i < r.count; i++)
        free(r.names[i]);
    free(r.names);
    if (!is_stdin)
        fclose(r.file);
    return exit == EXN_EXIT_OK ? closed : exit;
}
