/* SPDX-License-Identifier: MIT */
/* The text of an index of archives, in memory. */
#ifndef EXN_CLI_STREAMS_INDEX_TEXT_H
#define EXN_CLI_STREAMS_INDEX_TEXT_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct exn_index_text {
    const char *data; /* ends in a NUL; NULL: there is none */
    size_t size;
} exn_index_text;

/* Reads a file. Without data, with the error: it is too large, cannot be read (EXN_READ), or out of
 * memory. */
exn_index_text exn_index_text_read(int source, exn_error *error);

/* If the characters of a JSON string at `at` are those of begin (ASCII), returns what follows them;
 * else NULL. The text has to end in a NUL. */
const char *exn_index_text_behind(const char *at, const char *begin);

/* Whether a JSON string in the text begins like this, plainly or in escapes. */
bool exn_index_text_has(const exn_index_text *text, const char *begin);

void exn_index_text_free(exn_index_text *text);

#endif
