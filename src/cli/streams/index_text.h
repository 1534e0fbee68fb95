/* SPDX-License-Identifier: MIT */
/* The text of an index of archives, in memory. */
#ifndef EXN_CLI_STREAMS_INDEX_TEXT_H
#define EXN_CLI_STREAMS_INDEX_TEXT_H

#include <exifnorm.h>
#include <stddef.h>

typedef struct exn_index_text {
    const char *data; /* ends in a NUL; NULL: there is none */
    size_t size;
} exn_index_text;

/* Reads a file; one without data, with the error: it is too large, or there is no memory. */
exn_index_text exn_index_text_read(int source, exn_error *error);

void exn_index_text_free(exn_index_text *text);

#endif
