/* SPDX-License-Identifier: MIT */
#include "orientations.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/array.h"
#include "base/below.h"
#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "names.h"
#include "shard.h"

/* Messages give the line, since entries are sorted, but a user looks for them in the file. met: the
 * file exists, or an item has asked for it. */
typedef struct entry {
    char *path; /* owned */
    uint64_t line;
    uint8_t value;
    bool met;
} entry;

struct exn_orientations {
    entry *entries; /* by path */
    size_t count, room;
    bool any; /* the file has entries, for this shard or for others */
    uint64_t hash;
};

static int by_path(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->path, ((const entry *)b)->path);
}

static exn_exit refuse(const exn_cli_options *options, uint64_t line, const char *why)
{
    return exn_usage_error(options->orientations, "line %" PRIu64 ": %s", line, why);
}

static exn_exit out_of_memory(void)
{
    return exn_usage_error(NULL, "out of memory for the list of orientations");
}

/* Only on line 1. A second field with a digit may be meant as a value ("exif6"), and a first one
 * with an ending or a folder as a path: such a line is refused, not skipped. */
static bool is_header(const exn_csv *csv)
{
    const char *path = csv->fields[0].text, *value = csv->fields[1].text;
    return csv->line == 1 && (strcasestr(value, "orientation") || strcasestr(value, "exif")) &&
           !strpbrk(value, "0123456789") && !strpbrk(path, "./");
}

/* Takes a record over. Entries for other shards are dropped, but not with --tar, where a member's
 * shard is not known yet. The value has to be a single digit: "06" or " 6" may be a column with
 * another meaning, and a wrong orientation is worse than none. */
static exn_exit take(exn_orientations *list, const exn_csv *csv, const exn_cli_options *options)
{
    char *path = csv->fields[0].text;
    const char *value = csv->fields[1].text;
    const char *wrong = exn_names_clean(path);
    if (wrong)
        return refuse(options, csv->line, wrong);
    if (value[0] < '1' || value[0] > '8' || value[1])
        return refuse(options, csv->line, "an EXIF orientation is expected, 1 to 8");
    list->any = true;
    if (!options->tar && !exn_shard_has(options, path))
        return EXN_EXIT_OK;
    entry *entries =
        exn_array_reserve(list->entries, list->count, &list->room, sizeof *entries, 1024);
    if (!entries)
        return out_of_memory();
    list->entries = entries;
    char *copy = strdup(path);
    if (!copy)
        return out_of_memory();
    list->entries[list->count++] =
        (entry){.path = copy, .line = csv->line, .value = (uint8_t)(value[0] - '0')};
    return EXN_EXIT_OK;
}

static exn_exit read_all(exn_orientations *list, FILE *file, const exn_cli_options *options)
{
    exn_csv csv = {.file = file};
    exn_exit exit = EXN_EXIT_OK;
    while (exit == EXN_EXIT_OK && exn_csv_read(&csv))
        if (!is_header(&csv))
            exit = take(list, &csv, options);
    if (exit == EXN_EXIT_OK && csv.wrong)
        exit = refuse(options, csv.line, csv.wrong);
    if (exit == EXN_EXIT_OK && ferror(file))
        exit = exn_usage_error(options->orientations, "cannot read the list of orientations: %s",
                               strerror(errno));
    /* With a list that was cut off, or of another kind, all images would stay as they are. */
    if (exit == EXN_EXIT_OK && !list->any)
        exit = exn_usage_error(options->orientations,
                               "the list of orientations is empty: a line is a path, a comma and "
                               "a value from 1 to 8");
    exn_csv_close(&csv);
    return exit;
}

/* Sorts, refuses duplicates, and computes the hash. The hash depends on what the list says and not
 * on the order of its lines; --resume compares it with the state's. */
static exn_exit settle(exn_orientations *list, const exn_cli_options *options)
{
    if (list->count > 0) /* qsort(3) takes no NULL, not even for nothing */
        qsort(list->entries, list->count, sizeof *list->entries, by_path);
    list->hash = exn_shard_hash("", 0);
    for (size_t i = 0; i < list->count; i++) {
        const entry *e = &list->entries[i], *before = e - (i > 0);
        char text[64];
        if (i > 0 && strcmp(before->path, e->path) == 0) {
            const bool later = before->line < e->line;
            snprintf(text, sizeof text, "its path is on line %" PRIu64 ", too",
                     later ? before->line : e->line);
            return refuse(options, later ? e->line : before->line, text);
        }
        int size = snprintf(text, sizeof text, "%016" PRIx64 " %d %016" PRIx64, list->hash,
                            e->value, exn_shard_hash(e->path, strlen(e->path)));
        list->hash = exn_shard_hash(text, (size_t)size);
    }
    return EXN_EXIT_OK;
}

/* Called before OUT is created and before the report is opened: a wrong list changes nothing. */
exn_exit exn_orientations_read(exn_orientations **list, const exn_cli_options *options)
{
    *list = NULL;
    if (!options->orientations)
        return EXN_EXIT_OK;
    FILE *file = fopen(options->orientations, "re");
    if (!file)
        return exn_usage_error(options->orientations, "cannot open the list of orientations: %s",
                               strerror(errno));
    *list = calloc(1, sizeof **list);
    if (!*list) {
        fclose(file);
        return out_of_memory();
    }
    exn_exit exit = exn_roots_check_list(file, "orientations", options);
    if (exit == EXN_EXIT_OK)
        exit = read_all(*list, file, options);
    if (exit == EXN_EXIT_OK)
        exit = settle(*list, options);
    fclose(file);
    return exit;
}

/* As a walk would find it: a link to a file is an item, and a link to a folder is not followed. If
 * IN is a file, files beside it may be listed too. O_PATH, since a file without read permission
 * exists, and fails later with a better message. */
static bool is_there(const exn_roots *roots, const char *path)
{
    struct stat status;
    int fd = exn_below_open(roots->in, path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
    bool there =
        fd >= 0 && fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISLNK(status.st_mode));
    if (fd >= 0)
        close(fd);
    return there;
}

void exn_orientations_meet(exn_orientations *list, const exn_roots *roots)
{
    for (size_t i = 0; list && i < list->count; i++)
        list->entries[i].met = list->entries[i].met || is_there(roots, list->entries[i].path);
}

/* The first by line: entries are sorted by path, but a user reads the file from its top. */
static const entry *first_unmet(const exn_orientations *list)
{
    const entry *first = NULL;
    for (size_t i = 0; i < list->count; i++)
        if (!list->entries[i].met && (!first || list->entries[i].line < first->line))
            first = &list->entries[i];
    return first;
}

exn_exit exn_orientations_check(const exn_orientations *list, const exn_cli_options *options)
{
    const entry *unmet = list && !options->tar ? first_unmet(list) : NULL;
    return unmet ? refuse(options, unmet->line, "there is no such file in IN") : EXN_EXIT_OK;
}

/* Marks the entry as met: those that are left at the end name nothing. */
uint32_t exn_orientations_find(exn_orientations *list, const char *path)
{
    entry key = {.path = (char *)(uintptr_t)path};
    entry *found = list && list->count > 0 && path
                       ? bsearch(&key, list->entries, list->count, sizeof key, by_path)
                       : NULL;
    if (!found)
        return 0;
    found->met = true;
    return found->value;
}

/* ARCHIVE:MEMBER takes precedence over MEMBER, which stands for members of that name in any
 * archive. If the longer one is found, the shorter one is not marked as met. */
uint32_t exn_orientations_find_member(exn_orientations *list, const char *archive,
                                      const char *member, exn_error *error)
{
    if (!list)
        return 0;
    uint32_t value = 0;
    char *name = strdup(member), *whole = NULL;
    if (name)
        exn_text_shorten(name); /* "./a.jpg", as tar writes it, is a.jpg */
    const bool formed = name && (!archive || asprintf(&whole, "%s:%s", archive, name) >= 0);
    if (!formed) {
        exn_error_set(error, EXN_MEMORY, 0, "name of a member");
        free(name);
        return 0;
    }
    if (whole)
        value = exn_orientations_find(list, whole);
    if (value == 0)
        value = exn_orientations_find(list, name);
    free(whole);
    free(name);
    return value;
}

/* Whether members exist is known only at the end. Names of files are checked before anything is
 * written (exn_orientations_check()). */
uint64_t exn_orientations_tell_unmet(const exn_orientations *list, FILE *file,
                                     const exn_cli_options *options)
{
    uint64_t count = 0;
    for (size_t i = 0; list && i < list->count; i++) {
        const entry *e = &list->entries[i];
        if (e->met)
            continue;
        fputs("exifnorm: ", file);
        exn_text_quote(file, "", options->orientations);
        fprintf(file, ": line %" PRIu64 ": no file and no member is named ", e->line);
        exn_text_quote(file, "", e->path);
        fputc('\n', file);
        count++;
    }
    return count;
}

uint64_t exn_orientations_hash(const exn_orientations *list)
{
    return list ? list->hash : 0;
}

void exn_orientations_close(exn_orientations *list)
{
    for (size_t i = 0; list && i < list->count; i++)
        free(list->entries[i].path);
    if (list)
        free(list->entries);
    free(list);
}
