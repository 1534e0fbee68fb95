/* SPDX-License-Identifier: MIT */
/* Tables of text (RFC 4180): records of fields, read one after another through a window, as files
 * may have gigabytes. Each field's place and bytes in the file are kept, because numbers are edited
 * in place. */
#ifndef EXN_LABELS_TABLE_H
#define EXN_LABELS_TABLE_H

#include "label.h"

enum {
    EXN_TABLE_COLUMNS = 256,
    EXN_TABLE_RECORD = 64 << 20, /* bytes of the longest record */
};

typedef struct exn_table_field {
    size_t at, size; /* in the window, without quotes */
    bool is_quoted;
} exn_table_field;

/* Initialize as {.source, .separator, .account, .error}; free with exn_table_free(). source is
 * borrowed. */
typedef struct exn_table {
    const exn_source *source;
    uint8_t separator;
    exn_account *account;
    exn_error *error;
    exn_buffer window;
    uint64_t base; /* the window's offset in the file */
    size_t next;   /* where the next record begins in the window */
    exn_table_field fields[EXN_TABLE_COLUMNS];
    size_t count;
    uint64_t line, next_line; /* of this record, since a quoted field may span several lines */
} exn_table;

/* Reads the next record that is not an empty line; *is_end: there is none. Ignores a byte order
 * mark. Fails with EXN_CORRUPT, EXN_LIMIT, EXN_READ or EXN_MEMORY. */
exn_status exn_table_next(exn_table *table, bool *is_end);

/* Calls record() for every remaining record, until one fails. */
exn_status exn_table_each(exn_table *table, exn_status (*record)(void *context), void *context);

/* The beginning of a file, for recognizing a table by its first line, which has to fit into it. */
exn_source exn_table_head(const exn_source *source);

/* Where the next record begins in the file. */
uint64_t exn_table_offset(const exn_table *table);

/* A field as it is in the file, without surrounding blanks; *offset: where. */
exn_span exn_table_field_text(const exn_table *table, size_t column, uint64_t *offset);

/* Where a field's value ends in the file. */
uint64_t exn_table_field_end(const exn_table *table, size_t column);

/* The first field with that name, ignoring case; EXN_TABLE_COLUMNS: there is none. */
size_t exn_table_find(const exn_table *table, const char *name);

/* Appends a field's value, with doubled quotes undone. Returns EXN_OK or EXN_MEMORY. */
exn_status exn_table_say(const exn_table *table, size_t column, exn_buffer *out);

/* Adds a field as a number. */
exn_status exn_table_add(const exn_table *table, size_t column, exn_numbers *numbers);

/* Fails at the record's line. */
exn_status exn_table_fail(const exn_table *table, exn_status status, const char *what);

void exn_table_free(exn_table *table);

#endif
