/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>
#include <strings.h>

/* How much to read at once: enough that system calls do not matter for a table of gigabytes. */
enum { PIECE = 256 << 10 };

exn_status exn_table_fail(const exn_table *table, exn_status status, const char *what)
{
    const exn_label_place place = {.line = table->line};
    return exn_label_fail(table->error, status, &place, "%s", what);
}

exn_status exn_table_each(exn_table *table, exn_status (*record)(void *context), void *context)
{
    bool is_end = false;
    exn_status status = EXN_OK;
    while (status == EXN_OK && (status = exn_table_next(table, &is_end)) == EXN_OK && !is_end)
        status = record(context);
    return status;
}

exn_source exn_table_head(const exn_source *source)
{
    enum { ENOUGH = 4096 };
    exn_source head = *source;
    head.size = source->size < ENOUGH ? source->size : ENOUGH;
    return head;
}

uint64_t exn_table_offset(const exn_table *table)
{
    return table->base + table->next;
}

/* Reads on after the window's contents. Whatever precedes the current record leaves the window
 * first. */
static exn_status fill(exn_table *table)
{
    exn_buffer *window = &table->window;
    if (table->next > 0) {
        memmove(window->data, window->data + table->next, window->size - table->next);
        window->size -= table->next;
        table->base += table->next;
        table->next = 0;
    }
    if (window->size > EXN_TABLE_RECORD)
        return exn_table_fail(table, EXN_LIMIT, "a record is too long");
    const uint64_t at = table->base + window->size, left = table->source->size - at;
    /* A long record is parsed again each time, so each time twice as much of it is read. */
    const size_t more = window->size > PIECE ? window->size : PIECE,
                 size = left < more ? (size_t)left : more;
    exn_status status = exn_account_reserve(table->account, window, size);
    if (status != EXN_OK)
        return exn_table_fail(table, status, "its record needs more memory than is allowed");
    /* An empty file has no window. */
    int sys_errno =
        size ? table->source->read(table->source->context, window->data + window->size, size, at)
             : 0;
    if (sys_errno != 0)
        return exn_status_fail_errno(table->error, EXN_READ, sys_errno);
    window->size += size;
    return EXN_OK;
}

/* One field from *at on; advances *at past it. Within quotes, a doubled quote is one and a line may
 * end. Quoted text is not interpreted here; exn_table_say() does that (RFC 4180, 2.5 to 2.7). */
static bool read_field(exn_table *table, size_t *at, exn_table_field *field)
{
    const uint8_t *text = table->window.data;
    const size_t end = table->window.size;
    size_t i = *at;
    field->is_quoted = i < end && text[i] == '"';
    if (!field->is_quoted) {
        field->at = i;
        while (i < end && text[i] != table->separator && text[i] != '\n' && text[i] != '\r')
            i++;
        field->size = i - field->at;
        *at = i;
        return true;
    }
    for (field->at = ++i; i < end && (text[i] != '"' || (i + 1 < end && text[i + 1] == '"')); i++) {
        i += text[i] == '"';
        table->next_line += text[i] == '\n';
    }
    field->size = i - field->at;
    *at = i + 1;
    return i < end;
}

/* A record within the window; advances *at to its end. Returns false if it is malformed or not
 * entirely in the window. Lines end with CR LF by RFC 4180, 2.1, and with LF in most files; a CR
 * alone ends nothing. The last line need not have an end (2.2). */
static bool read_record(exn_table *table, size_t *at)
{
    const uint8_t *text = table->window.data;
    const size_t end = table->window.size;
    size_t i = table->next;
    table->count = 0;
    table->next_line = table->line + 1;
    for (;; i++) {
        if (table->count == EXN_TABLE_COLUMNS ||
            !read_field(table, &i, &table->fields[table->count]))
            return false;
        table->count++;
        if (i >= end || text[i] != table->separator)
            break;
    }
    if (i < end && text[i] == '\r')
        i++;
    if (i < end && text[i] != '\n')
        return false;
    *at = i < end ? i + 1 : end;
    return true;
}

/* A record that reaches the window's end may continue, so unless the file ends there it is read
 * again with more data. A truncated field looks malformed, so only the end of the file tells. */
static exn_status read_whole(exn_table *table)
{
    for (;;) {
        size_t end = table->next;
        const bool is_read = read_record(table, &end),
                   is_all = table->base + table->window.size == table->source->size;
        if (is_read && (is_all || end < table->window.size)) {
            table->next = end;
            return EXN_OK;
        }
        if (is_all || (!is_read && table->count == EXN_TABLE_COLUMNS))
            return exn_table_fail(table, EXN_CORRUPT, "its fields are not well formed");
        exn_status status = fill(table);
        if (status != EXN_OK)
            return status;
    }
}

/* next is the record's beginning while it is read, so that fill() keeps it. Fields are offsets in
 * the window, which does not change until the next call. Spreadsheets write a byte order mark
 * before UTF-8, which would become part of the first column's name. */
exn_status exn_table_next(exn_table *table, bool *is_end)
{
    exn_status status = EXN_OK;
    *is_end = false;
    if (table->base == 0 && table->window.size == 0) {
        table->next_line = 1;
        status = fill(table);
        if (status == EXN_OK && exn_span_starts(exn_buffer_span(&table->window), "\xEF\xBB\xBF", 3))
            table->next = 3;
    }
    while (status == EXN_OK) {
        table->line = table->next_line;
        *is_end = exn_table_offset(table) == table->source->size;
        if (*is_end)
            return EXN_OK;
        status = read_whole(table);
        if (status == EXN_OK &&
            (table->count > 1 || table->fields[0].size || table->fields[0].is_quoted))
            return EXN_OK;
    }
    return status;
}

/* By RFC 4180, 2.4, blanks belong to the field, but tools write them after commas, and numbers
 * contain none. */
exn_span exn_table_field_text(const exn_table *table, size_t column, uint64_t *offset)
{
    const exn_table_field *field = &table->fields[column];
    const uint8_t *text = table->window.data + field->at;
    size_t from = 0, to = field->size;
    while (from < to && (text[from] == ' ' || text[from] == '\t'))
        from++;
    while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t'))
        to--;
    *offset = table->base + field->at + from;
    return (exn_span){text + from, to - from};
}

uint64_t exn_table_field_end(const exn_table *table, size_t column)
{
    const exn_table_field *field = &table->fields[column];
    return table->base + field->at + field->size;
}

/* Searches backwards, so that the first of two columns with the same name is found. Tools differ in
 * the case of their headers, not in the words. */
size_t exn_table_find(const exn_table *table, const char *name)
{
    size_t found = EXN_TABLE_COLUMNS;
    for (size_t i = table->count; i-- > 0;) {
        uint64_t offset;
        const exn_span text = exn_table_field_text(table, i, &offset);
        if (text.size == strlen(name) && strncasecmp((const char *)text.data, name, text.size) == 0)
            found = i;
    }
    return found;
}

/* Byte by byte: fields with quotes are short and rare. */
exn_status exn_table_say(const exn_table *table, size_t column, exn_buffer *out)
{
    const exn_table_field *field = &table->fields[column];
    const uint8_t *text = table->window.data + field->at;
    exn_status status = EXN_OK;
    for (size_t i = 0; i < field->size && status == EXN_OK; i++) {
        status = exn_account_append(table->account, out, text + i, 1);
        i += field->is_quoted && text[i] == '"';
    }
    return status == EXN_OK ? EXN_OK : exn_table_fail(table, status, "");
}

exn_status exn_table_add(const exn_table *table, size_t column, exn_numbers *numbers)
{
    uint64_t offset;
    const exn_span text = exn_table_field_text(table, column, &offset);
    exn_status status = exn_numbers_add(numbers, offset, text.size, text);
    return status == EXN_OK ? EXN_OK : exn_table_fail(table, status, "");
}

void exn_table_free(exn_table *table)
{
    exn_account_free(table->account, &table->window);
}
