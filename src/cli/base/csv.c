/* SPDX-License-Identifier: MIT */
#include "csv.h"

#include <stdlib.h>

/* What a field ends in. */
typedef enum ending { COMMA, LINE, FILE_END, WRONG } ending;

static int next(exn_csv *csv)
{
    int c = getc(csv->file);
    csv->passed += c == '\n';
    return c;
}

static ending fail(exn_csv *csv, const char *wrong)
{
    csv->wrong = wrong;
    return WRONG;
}

/* Appends one byte, and keeps space for a final NUL. A NUL inside would truncate a path into
 * another one. */
static bool add(exn_csv *csv, exn_csv_field *field, int c)
{
    if (field->size + 2 > field->room) {
        size_t room = field->room ? 2 * field->room : 256;
        char *text = realloc(field->text, room);
        if (!text)
            return fail(csv, "out of memory"), false;
        field->text = text;
        field->room = room;
    }
    field->text[field->size++] = (char)c;
    return c != '\0' || (fail(csv, "it contains a NUL byte"), false);
}

/* c comes after a field. A CR counts only with its LF (RFC 4180, 2.1). */
static ending end_with(exn_csv *csv, int c, const char *wrong)
{
    if (c == '\r')
        c = next(csv) == '\n' ? '\n' : 0;
    return c == ',' ? COMMA : c == '\n' ? LINE : c == EOF ? FILE_END : fail(csv, wrong);
}

/* Two quotes stand for one (RFC 4180, 2.7); line ends belong to the field (2.6). */
static ending read_quoted(exn_csv *csv, exn_csv_field *field)
{
    for (;;) {
        int c = next(csv);
        if (c == EOF)
            return fail(csv, "its quote is not closed");
        if (c == '"' && (c = next(csv)) != '"')
            return end_with(csv, c, "a comma or the end of the line is expected after a quote");
        if (!add(csv, field, c))
            return WRONG;
    }
}

static ending read_plain(exn_csv *csv, exn_csv_field *field, int c)
{
    for (; c != ',' && c != '\n' && c != '\r' && c != EOF; c = next(csv)) {
        if (c == '"')
            return fail(csv, "a field with a quote in it has to be quoted");
        if (!add(csv, field, c))
            return WRONG;
    }
    return end_with(csv, c, "a field with a carriage return in it has to be quoted");
}

static ending read_field(exn_csv *csv, exn_csv_field *field, int c)
{
    field->size = 0;
    if (!add(csv, field, ' ')) /* allocates the text, even of an empty field */
        return WRONG;
    field->size = 0;
    ending end = c == '"' ? read_quoted(csv, field) : read_plain(csv, field, c);
    field->text[field->size] = '\0';
    return end;
}

/* The first byte of the next record. Part of a byte-order mark is not valid UTF-8, and would go
 * unnoticed in the first name. */
static int begin(exn_csv *csv)
{
    static const unsigned char mark[] = {0xEF, 0xBB, 0xBF};
    size_t i = 0;
    int c;
    for (bool first = csv->line == 0; (c = next(csv)) != EOF && first && i < sizeof mark; i++)
        if (c != mark[i])
            break;
    if (i > 0 && i < sizeof mark)
        csv->wrong = "its first bytes are no text";
    while (c == '\n' || c == '\r') {
        if (c == '\r' && next(csv) != '\n')
            return fail(csv, "a field with a carriage return in it has to be quoted"), EOF;
        csv->line = csv->passed + 1;
        c = next(csv);
    }
    return c;
}

/* Exactly two fields: there is no telling what a third column would mean. */
bool exn_csv_read(exn_csv *csv)
{
    csv->wrong = NULL;
    const uint64_t line = csv->passed + 1;
    int c = begin(csv);
    csv->line = csv->line > line ? csv->line : line;
    if (csv->wrong || c == EOF)
        return false;
    ending end = COMMA;
    size_t count = 0;
    for (; end == COMMA && count < EXN_CSV_FIELDS; count++)
        end = read_field(csv, &csv->fields[count], count == 0 ? c : next(csv));
    if (end == COMMA || (end != WRONG && count < EXN_CSV_FIELDS))
        end = fail(csv, "two fields are expected");
    return end != WRONG;
}

void exn_csv_close(exn_csv *csv)
{
    for (size_t i = 0; i < EXN_CSV_FIELDS; i++)
        free(csv->fields[i].text);
}
