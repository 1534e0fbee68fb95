/* SPDX-License-Identifier: MIT */
/* Records of a CSV file (RFC 4180): fields between commas, quoted where they hold commas, quotes or
 * ends of lines; lines end in LF or CR LF. A byte-order mark and empty lines are passed over. */
#ifndef EXN_CLI_BASE_CSV_H
#define EXN_CLI_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { EXN_CSV_FIELDS = 2 };

typedef struct exn_csv_field {
    char *text; /* NUL-terminated; owned by the reader */
    size_t size, room;
} exn_csv_field;

/* Begins as {.file = file}; ends with exn_csv_close(), which leaves the file open. */
typedef struct exn_csv {
    FILE *file;
    uint64_t line;   /* of the record's first byte, counted from 1 */
    uint64_t passed; /* ends of lines before what is read next */
    exn_csv_field fields[EXN_CSV_FIELDS];
    const char *wrong; /* why there is no next record; NULL: the file is at its end */
} exn_csv;

/* Reads the next record, which must have EXN_CSV_FIELDS fields, into fields. False: there is none,
 * or it is wrong. */
bool exn_csv_read(exn_csv *csv);

void exn_csv_close(exn_csv *csv);

#endif
