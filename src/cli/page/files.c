/* SPDX-License-Identifier: MIT */
#include "files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "markup.h"

/* Bytes for the rows; pictures and everything else have the rest of 5 MB. */
#define BUDGET ((size_t)2400 << 10)

/* Bytes of a row besides its path and error: a digit for what it shares with the row before,
 * quotes, a comma, and a letter or two in each other column. */
enum { ROW_BYTES = 8 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Sets of warnings have two digits. Real files have a handful of sets. */
#define SETS_MOST ((size_t)64 * 64 - 1)

typedef struct sets {
    uint32_t list[SETS_MOST + 1];
    size_t count;
} sets;

/* How many UTF-16 code units (which scripts count) both have in common at their beginning, up to
 * 63, which is one digit; *bytes: the same in bytes. A character beyond U+FFFF has two units, which
 * must not be separated. */
static size_t shared(const char *a, const char *b, size_t *bytes)
{
    size_t units = 0;
    *bytes = 0;
    for (;;) {
        uint32_t code = 0, other = 0;
        const size_t length = exn_text_utf8(a + *bytes, &code),
                     same = exn_text_utf8(b + *bytes, &other);
        const size_t more = code > UINT16_MAX ? 2 : 1;
        if (code == 0 || code != other || length != same || units + more > 63)
            return units;
        units += more;
        *bytes += length;
    }
}

/* The size in JSON: quotes, backslashes and HTML's special characters take more than one byte. */
static size_t json_size(const char *text)
{
    size_t size = 0;
    for (; *text; text++)
        size += strchr("<>&", *text) ? 6 : strchr("\"\\", *text) ? 2 : 1;
    return size;
}

/* The size of all rows together. */
static size_t whole_size(const exn_page *page)
{
    size_t size = 0;
    const char *last = "";
    for (size_t i = 0; i < page->count; i++) {
        size_t bytes;
        const char *path = exn_page_data_text(page, page->rows[i].path);
        shared(last, path, &bytes);
        size += json_size(path + bytes) + ROW_BYTES;
        if (page->rows[i].error)
            size += json_size(exn_page_data_text(page, page->rows[i].error)) + 12;
        last = path;
    }
    return size;
}

/* How much there is to say about a row: 0 is most. */
static int rank(const exn_page_row *row)
{
    if (row->outcome == EXN_OUTCOME_FAILED || row->outcome == EXN_OUTCOME_UNSUPPORTED ||
        row->outcome == EXN_PAGE_PARTLY)
        return 0;
    if (row->warnings)
        return 1;
    return row->outcome == EXN_OUTCOME_UNTOUCHED || row->outcome == EXN_OUTCOME_COPIED ? 3 : 2;
}

/* Marks the rows that are listed. A row may share its folders with one that is left out, so each
 * path counts as a whole here. The first row that does not fit ends the list: shorter ones of a
 * later rank do not take its place, so the rows left out are always those about which there is
 * least to say. */
static size_t choose(const exn_page *page, bool *listed)
{
    enum { RANKS = 4 };
    size_t left = BUDGET, count = 0;
    if (whole_size(page) <= BUDGET) {
        memset(listed, true, page->count);
        return page->count;
    }
    for (int r = 0; r < RANKS; r++)
        for (size_t i = 0; i < page->count; i++) {
            const exn_page_row *row = &page->rows[i];
            if (rank(row) != r)
                continue;
            size_t size = json_size(exn_page_data_text(page, row->path)) + ROW_BYTES;
            if (row->error)
                size += json_size(exn_page_data_text(page, row->error)) + 12;
            if (size > left)
                return count;
            left -= size;
            listed[i] = true;
            count++;
        }
    return count;
}

/* Paths are in the order of the run, by folders, so most begin like the one before. The common part
 * is left out, which cuts the list to about a third of its size. */
static void write_paths(const exn_page *page, const bool *listed, FILE *file)
{
    const char *last = "", *gap = "";
    fputs("\"paths\":[", file);
    for (size_t i = 0; i < page->count; i++) {
        size_t bytes;
        const char *path = exn_page_data_text(page, page->rows[i].path);
        if (!listed[i])
            continue;
        /* The digit goes into the string, in front of what is left of the path. */
        fprintf(file, "%s\"%c", gap, digits[shared(last, path, &bytes)]);
        exn_markup_json_inside(file, path + bytes);
        fputc('"', file);
        last = path;
        gap = ",";
    }
    fputs("],\n", file);
}

/* Keyed by the row's number among those listed, since few files have an error. The 12 bytes above
 * are for the key, quotes, colon and comma. */
static void write_errors(const exn_page *page, const bool *listed, FILE *file)
{
    const char *gap = "";
    size_t number = 0;
    fputs("\"errors\":{", file);
    for (size_t i = 0; i < page->count; i++) {
        if (!listed[i])
            continue;
        if (page->rows[i].error) {
            fprintf(file, "%s\"%zu\":", gap, number);
            exn_markup_json(file, exn_page_data_text(page, page->rows[i].error));
            gap = ",";
        }
        number++;
    }
    fputs("},\n", file);
}

/* The number of a set; if the list is full, that of the last one. */
static size_t find_set(sets *s, uint32_t warnings)
{
    size_t i = 0;
    while (i < s->count && s->list[i] != warnings)
        i++;
    if (i == s->count && s->count < SETS_MOST)
        s->list[s->count++] = warnings;
    return i < SETS_MOST ? i : SETS_MOST - 1;
}

/* Outcomes and orientations are a letter each, sets of warnings two digits. */
static void write_columns(const exn_page *page, const bool *listed, sets *s, FILE *file)
{
    fputs("\"outcome\":\"", file);
    for (size_t i = 0; i < page->count; i++)
        if (listed[i])
            fputc('a' + page->rows[i].outcome, file);
    fputs("\",\n\"orientation\":\"", file);
    for (size_t i = 0; i < page->count; i++)
        if (listed[i])
            fputc('0' + page->rows[i].orientation, file);
    fputs("\",\n\"set\":\"", file);
    for (size_t i = 0; i < page->count; i++) {
        const size_t set = listed[i] ? find_set(s, page->rows[i].warnings) : 0;
        if (listed[i])
            fprintf(file, "%c%c", digits[set / 64], digits[set % 64]);
    }
    fputs("\",\n\"sets\":[", file);
    for (size_t i = 0; i < s->count; i++)
        fprintf(file, "%s%" PRIu32, i ? "," : "", s->list[i]);
    fputs("],\n", file);
}

/* The script has none of the words itself, so that there is only one table of them. */
static void write_words(const exn_page *page, FILE *file)
{
    fputs("\"outcomes\":[", file);
    for (int i = 0; i < EXN_PAGE_OUTCOMES; i++) {
        const char *word = exn_page_words_outcome(i, page->run.check);
        fputs(i ? "," : "", file);
        exn_markup_json(file, word ? word : "");
    }
    fputs("],\n\"warnings\":[", file);
    for (int i = 0; i < EXN_WARNING_COUNT; i++) {
        fputs(i ? "," : "", file);
        exn_markup_json(file, exn_warning_word((exn_warning)i));
    }
    fprintf(file, "],\n\"ambiguous\":%u,\n", EXN_WARNINGS_AMBIGUOUS);
}

/* Rows about labels have less space; the report has those that do not fit. */
#define LABELS_BUDGET ((size_t)150 << 10)

static void write_labels(const exn_page *page, const char *name, const exn_page_label *lines,
                         size_t count, FILE *file)
{
    size_t size = 0;
    fprintf(file, "\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        size += strlen(exn_page_data_text(page, lines[i].path)) +
                strlen(exn_page_data_text(page, lines[i].what)) +
                strlen(exn_page_data_text(page, lines[i].verdict));
        if (size > LABELS_BUDGET)
            break;
        fputs(i ? ",\n[" : "[", file);
        exn_markup_json(file, exn_page_data_text(page, lines[i].path));
        fputc(',', file);
        exn_markup_json(file, exn_page_data_text(page, lines[i].what));
        fprintf(file, ",%" PRIu64 ",", lines[i].shapes);
        exn_markup_json(file, exn_page_data_text(page, lines[i].verdict));
        fputc(']', file);
    }
    fputs("]", file);
}

/* Columns instead of an object for each row, whose keys would make up most of the page.
 *
 *   items, listed             how many there were, and how many are here
 *   outcomes, warnings        the words, by their numbers
 *   ambiguous                 the set of warnings that make a source ambiguous
 *   paths                     ["Aa/1.jpg", "C2.jpg"]: a digit for what is shared, and the rest
 *   outcome, orientation      "bbd", "116": a letter a row
 *   set, sets                 "AAAAAB", [0, 4]: two digits a row, into the list
 *   errors                    {"7": text}: by the row's number
 *   labels, verdicts          [[path, what, shapes, verdict]] */
bool exn_page_files_write(const exn_page *page, FILE *file)
{
    bool *listed = calloc(page->count + 1, sizeof *listed);
    sets *s = calloc(1, sizeof *s);
    const bool made = listed && s;
    if (made) {
        const size_t count = choose(page, listed);
        fprintf(file, "{\"items\":%zu,\"listed\":%zu,\n", page->count, count);
        write_words(page, file);
        write_paths(page, listed, file);
        write_columns(page, listed, s, file);
        write_errors(page, listed, file);
        write_labels(page, "labels", page->labels, page->label_count, file);
        fputs(",\n", file);
        write_labels(page, "verdicts", page->verdicts, page->verdict_count, file);
        fputs("}\n", file);
    }
    free(listed);
    free(s);
    return made;
}
