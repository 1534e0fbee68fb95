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

/* Reads a file; one without data, with the error: it is too large, or there is no memory. */
exn_index_text exn_index_text_read(int source, exn_error *error);

/* Behind those characters of a string of JSON that are as in begin, which is ASCII; NULL: others
 * are there. at is in a text that ends in a NUL. */
const char *exn_index_text_behind(const char *at, const char *begin);

/* Whether a string of JSON in it begins so, be its characters written as they are or as escapes. */
bool exn_index_text_has(const exn_index_text *text, const char *begin);

void exn_index_text_free(exn_index_text *text);

#endif
