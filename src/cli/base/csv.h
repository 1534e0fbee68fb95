/* SPDX-License-Identifier: MIT */
/* Records of a CSV file (RFC 4180): fields between commas, quoted if they hold commas, quotes or
 * line ends; lines end in LF or CR LF. A byte-order mark and empty lines are skipped. */
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

/* Initialize as {.file = file}; exn_csv_close() frees it and leaves the file open. */
typedef struct exn_csv {
    FILE *file;
    uint64_t line;   /* of the record's first byte, counted from 1 */
    uint64_t passed; /* line ends before the next byte */
    exn_csv_field fields[EXN_CSV_FIELDS];
    const char *wrong; /* why there is no next record; NULL at the end of the file */
} exn_csv;

/* Reads the next record, which must have EXN_CSV_FIELDS fields, into fields. False: there is none,
 * or it is malformed. */
bool exn_csv_read(exn_csv *csv);

void exn_csv_close(exn_csv *csv);

#endif
