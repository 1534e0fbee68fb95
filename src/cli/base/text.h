/* SPDX-License-Identifier: MIT */
/* Names and sizes of files as text. A name may have any bytes but NUL and '/'; a terminal and
 * JSON allow less. */
#ifndef EXN_CLI_BASE_TEXT_H
#define EXN_CLI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Reads one well-formed UTF-8 sequence (RFC 3629: shortest form, no surrogates, up to U+10FFFF)
 * from a NUL-terminated string. Returns its length, 1..4, and sets *code; 0 if there is none. */
size_t exn_text_utf8(const char *text, uint32_t *code);

/* Prints 'prefix + name' so that a terminal shows it and nothing in it acts on the terminal:
 * control bytes, malformed UTF-8 and invisible or direction-changing characters become \n, \t or
 * \xHH, and a quote or a backslash gets a backslash. */
void exn_text_quote(FILE *file, const char *prefix, const char *name);

/* A copy with U+FFFD in place of each byte that is not UTF-8; *exact is true if there was none.
 * NULL: out of memory. The caller frees. */
char *exn_text_to_utf8(const char *name, bool *exact);

/* UTF-8 for a page: as exn_text_quote() prints it, but without the quotes around it, and quotes are
 * not escaped. NULL: out of memory. The caller frees. */
char *exn_text_visible(const char *name);

/* Base64 of size bytes. NULL: out of memory. The caller frees. */
char *exn_text_base64_of(const void *data, size_t size);

/* Base64 (RFC 4648, section 4) of the bytes before the NUL. NULL: out of memory. The caller frees.
 */
char *exn_text_base64(const char *name);

/* Decodes a name from Base64. NULL: it is not Base64, or the name has a NUL in it; or out of
 * memory. The caller frees. */
char *exn_text_from_base64(const char *text);

/* Whether size bytes have one of these words in them, or begin with one of those, in upper or lower
 * case. Both lists end with NULL. */
bool exn_text_has_word(const char *text, size_t size, const char *const *anywhere,
                       const char *const *in_front);

/* Removes the parts of a path that mean nothing: "." and empty ones, also a leading slash. In
 * place.
 */
void exn_text_shorten(char *path);

/* The size of a path's folders, with the last slash, which is where its last part begins. */
static inline size_t exn_text_folder_size(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash + 1 - path) : 0;
}

static inline const char *exn_text_base(const char *path)
{
    return path + exn_text_folder_size(path);
}

/* The size of a path without its ending. A dot in a folder's name does not count. */
static inline size_t exn_text_stem_size(const char *path)
{
    const char *dot = strrchr(exn_text_base(path), '.');
    return dot ? (size_t)(dot - path) : strlen(path);
}

/* "512 bytes", "12.3 MiB". Returns text, which has space for size bytes. */
const char *exn_text_bytes(uint64_t bytes, char *text, size_t size);

#endif
