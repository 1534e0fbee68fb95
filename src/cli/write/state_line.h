/* SPDX-License-Identifier: MIT */
/* The lines of a state (state.h): a letter for the kind, a path and more fields after one
 * space each, and a checksum of eight digits. What a kill has torn, or somebody has changed, is no
 * line. */
#ifndef EXN_CLI_WRITE_STATE_LINE_H
#define EXN_CLI_WRITE_STATE_LINE_H

#include "workers/wire.h"

/* A full line has a result from this field on, and so many fields. No line has as many as the last.
 */
enum { EXN_LINE_RESULT = 8, EXN_LINE_FULL = 32, EXN_LINE_FIELDS = 40 };

/* A line that is being written; all zero at first. One after another can be written in the same
 * memory, since there are two or three for each file. The caller frees text. */
typedef struct exn_state_line {
    char *text; /* without a NUL */
    size_t size, room;
    bool failed; /* there was no memory for a part of it */
} exn_state_line;

/* Begins anew, with the kind and the path. */
void exn_state_line_begin(exn_state_line *line, char kind, const char *path);

/* A space and the text, with %XX for what would end a field or a line. */
void exn_state_line_put_text(exn_state_line *line, const char *text);

/* A space and the number, in decimal, or as 16 hexadecimal digits. */
void exn_state_line_put_number(exn_state_line *line, uint64_t number);
void exn_state_line_put_hash(exn_state_line *line, uint64_t hash);

/* The fields of a result, from EXN_LINE_RESULT on. */
void exn_state_line_put_result(exn_state_line *line, const exn_result *result);

/* Ends it with checksum and newline. False: out of memory; it is no whole line. */
bool exn_state_line_close(exn_state_line *line);

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
