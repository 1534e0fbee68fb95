/* SPDX-License-Identifier: MIT */
/* Names and sizes of files as text. A name is any bytes but NUL and '/'; a terminal and
 * JSON allow less. */
#ifndef EXN_CLI_BASE_TEXT_H
#define EXN_CLI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Reads one well-formed UTF-8 sequence (RFC 3629: shortest form, no surrogates, up to U+10FFFF)
 * from a NUL-terminated string. Returns its length, 1..4, and sets *code; 0 where there is none. */
size_t exn_text_utf8(const char *text, uint32_t *code);

/* Prints 'prefix + name' so that a terminal shows it and obeys nothing in it: control bytes,
 * malformed UTF-8 and invisible or direction-changing characters become \n, \t or \xHH, a quote and
 * a backslash get a backslash. */
void exn_text_quote(FILE *file, const char *prefix, const char *name);

/* A copy with U+FFFD in place of each byte that is not UTF-8; *exact tells that there was none.
 * NULL: out of memory. The caller frees. */
char *exn_text_to_utf8(const char *name, bool *exact);

/* The same as UTF-8 for a page: what exn_text_quote() makes visible is so here, but quotes are
 * themselves. NULL: out of memory. The caller frees. */
char *exn_text_visible(const char *name);

/* Base64 of size bytes. NULL: out of memory. The caller frees. */
char *exn_text_base64_of(const void *data, size_t size);

/* Base64 (RFC 4648, section 4) of the bytes before the NUL. NULL: out of memory. The caller frees.
 */
char *exn_text_base64(const char *name);

/* The name that this is the Base64 of. NULL: it is none, or has a NUL in it, which no name has; or
 * out of memory. The caller frees. */
char *exn_text_from_base64(const char *text);

/* Takes the parts out of a path that mean nothing: "." and empty ones, also the one before a
 * leading slash. In place. */
void exn_text_shorten(char *path);

/* How many bytes of a path its folders are, with the last slash; and where its last part begins. */
static inline size_t exn_text_folder_size(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash + 1 - path) : 0;
}

static inline const char *exn_text_base(const char *path)
{
    return path + exn_text_folder_size(path);
}

/* How many bytes of a path come before its ending. A dot in a folder's name is none. */
static inline size_t exn_text_stem_size(const char *path)
{
    const char *dot = strrchr(exn_text_base(path), '.');
    return dot ? (size_t)(dot - path) : strlen(path);
}

/* "512 bytes", "12.3 MiB". Returns text, which has room for size bytes. */
const char *exn_text_bytes(uint64_t bytes, char *text, size_t size);

#endif
