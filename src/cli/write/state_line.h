/* SPDX-License-Identifier: MIT */
/* The lines of a state (state.h): a letter for the kind, a path and more fields after one
 * space each, and a checksum of eight digits. What a kill has torn, or somebody has changed, is no
 * line. */
#ifndef EXN_CLI_WRITE_STATE_LINE_H
#define EXN_CLI_WRITE_STATE_LINE_H

#include <stdio.h>

#include "workers/wire.h"

/* A full line has a result from this field on, and so many fields. No line has as many as the last.
 */
enum { EXN_LINE_RESULT = 8, EXN_LINE_FULL = 32, EXN_LINE_FIELDS = 40 };

/* A space and the text, with %XX for what would end a field or a line. */
void exn_state_line_put_text(FILE *line, const char *text);

/* The fields of a result, from EXN_LINE_RESULT on. */
void exn_state_line_put_result(FILE *line, const exn_result *result);

/* Takes the text of a stream over (NULL: that failed) and makes a line of it, with checksum and
 * newline; the caller frees it. NULL: out of memory. */
char *exn_state_line_close(char *text, size_t *size);

/* Reads the line at offset of the file, without its newline, into *line, which the caller frees.
 * False: there is no whole line, or no memory for it. */
bool exn_state_line_read(int state, uint64_t offset, char **line);

/* Divides a line, without its newline, into fields; the checksum is none of them. Returns how many,
 * 0: it is no whole line. fields has room for EXN_LINE_FIELDS. */
size_t exn_state_line_split(char *line, char **fields);

/* Each reads a field. False: it is none of that kind. The text is changed in place. */
bool exn_state_line_get_text(char *text);
bool exn_state_line_get_number(const char *text, uint64_t most, uint64_t *number);

/* Reads the result of a full line; it is as hostile as a worker's. */
bool exn_state_line_get_result(char **fields, exn_answer *answer);

#endif
