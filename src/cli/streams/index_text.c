/* SPDX-License-Identifier: MIT */
#include "index_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"

/* A line of DALI's index has some hundred bytes, so this is one of millions of files. */
#define MOST_TEXT ((uint64_t)256 << 20)

/* Who shortens a file while it is mapped ends the run (SIGBUS); so it is read. The NUL behind it is
 * for callers that look one byte ahead; the text may hold others. */
exn_index_text exn_index_text_read(int source, exn_error *error)
{
    struct stat status;
    exn_index_text t = {0};
    if (fstat(source, &status) != 0 || (uint64_t)status.st_size > MOST_TEXT) {
        exn_error_set(error, EXN_LIMIT, 0, "larger than %" PRIu64 " MiB", MOST_TEXT >> 20);
        return t;
    }
    char *data = malloc((size_t)status.st_size + 1);
    ssize_t n = data ? exn_io_read_at(source, data, (size_t)status.st_size, 0) : 0;
    if (!data)
        exn_error_set(error, EXN_MEMORY, 0, "out of memory");
    if (n < 0) {
        exn_error_set(error, EXN_READ, errno, "it cannot be read");
        free(data);
        return t;
    }
    t.size = (size_t)n;
    if (data)
        data[n] = '\0';
    t.data = data;
    return t;
}

/* RFC 8259, 7: any character may be written as \uXXXX, its digits in either case. */
static size_t length_of(const char *at, char c)
{
    char escape[8];
    if (*at == c)
        return 1;
    if (*at != '\\')
        return 0;
    snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)c);
    return strncasecmp(at, escape, 6) == 0 ? 6 : 0;
}

const char *exn_index_text_behind(const char *at, const char *begin)
{
    size_t length = 1;
    for (; *begin && length > 0; begin++) {
        length = length_of(at, *begin);
        at += length;
    }
    return length > 0 ? at : NULL;
}

bool exn_index_text_has(const exn_index_text *text, const char *begin)
{
    const char *end = text->data + text->size;
    for (const char *p = text->data; p < end && (p = memchr(p, '"', (size_t)(end - p)));)
        if (exn_index_text_behind(++p, begin))
            return true;
    return false;
}

void exn_index_text_free(exn_index_text *text)
{
    free((void *)(uintptr_t)text->data);
    *text = (exn_index_text){0};
}
