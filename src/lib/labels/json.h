/* SPDX-License-Identifier: MIT */
/* The tokens of a JSON text (RFC 8259), pulled one at a time from a source that is read in pieces.
 *
 * Labels are edited where they stand, so what a token was in the file has to survive: where its
 * first byte is, how many there are, and a number as its own digits. Every duplicate key is a token
 * as well, in its place. A text is never held: memory is one window and the longest token that
 * somebody looks at, and nesting is a bit for each level, without recursion.
 *
 * Why not a library: jansson, json-c and cJSON build a document and make doubles of numbers, which
 * loses 12.50 and 1e-05; yyjson and simdjson need the whole text in memory, and the first is not in
 * Debian 12. yajl gives exact text and exact offsets as it streams, but it calls back where a
 * format's reader would rather ask, does not say on which line an error is, has no limit of
 * nesting, and its upstream has rested since 2014, so that mending it would fall to us anyway. The
 * grammar is one page of RFC 8259; tests/test_label_json.c holds these lines of it against
 * Python's reader and jansson.
 *
 * Strict: no comment, no trailing comma, no NaN, no invalid UTF-8, nothing after the value. A byte
 * order mark in front is passed by, which RFC 8259, 8.1, allows a reader to do. */
#ifndef EXN_LABELS_JSON_H
#define EXN_LABELS_JSON_H

#include "account.h"

enum {
    EXN_JSON_DEPTH = 256,       /* levels of nesting */
    EXN_JSON_WINDOW = 64 << 10, /* read at once by default */
    EXN_JSON_TEXT = 64 << 20    /* longest text that is kept by default */
};

typedef enum exn_json_kind {
    EXN_JSON_END, /* of the whole text */
    EXN_JSON_OBJECT,
    EXN_JSON_OBJECT_END,
    EXN_JSON_ARRAY,
    EXN_JSON_ARRAY_END,
    EXN_JSON_KEY, /* its value follows */
    EXN_JSON_STRING,
    EXN_JSON_NUMBER,
    EXN_JSON_TRUE,
    EXN_JSON_FALSE,
    EXN_JSON_NULL
} exn_json_kind;

typedef struct exn_json_token {
    exn_json_kind kind;
    bool is_long;    /* the text was too long to be kept; it is empty then */
    uint64_t offset; /* of the first byte, of strings and keys the quote */
    uint64_t size;   /* in the file, quotes included */
    exn_span text;   /* of numbers and literals all of it; of strings and keys what stands between
                        the quotes, escapes as they are. Borrowed until the next call */
} exn_json_token;

/* A reader. Lives on a caller's stack; begins with exn_json_open(), ends with exn_json_close(),
 * which is due even where opening failed. source is borrowed. */
typedef struct exn_json {
    const exn_source *source;
    uint8_t *window;
    size_t capacity, size, at; /* of the window: what it can hold, what it holds, what comes next */
    uint64_t base;             /* the window's first byte in the source */
    uint64_t line;             /* counted from 1 */
    size_t token;              /* where the token begins in the window */
    exn_buffer held;           /* what windows before this one had of it */
    bool in_token, is_long;
    size_t max_text;
    exn_account *account; /* of held; may be set once it is open, NULL before */
    bool is_lines;   /* JSON Lines: any number of values, with a line end between two of them */
    bool allows_nan; /* NaN and Infinity are literals, as Python writes them: for who only looks */
    uint8_t expect;
    uint32_t depth;
    uint8_t objects[EXN_JSON_DEPTH / 8]; /* of each level: a set bit for an object */
    exn_error *error;
} exn_json;

/* window: bytes that are read at once, 0 for the default. error: where every failure of this reader
 * is explained; may be NULL. */
exn_status exn_json_open(exn_json *json, const exn_source *source, size_t window, exn_error *error);

/* The next token. Fails with EXN_CORRUPT (line and byte are named), EXN_LIMIT (nesting),
 * EXN_READ or EXN_MEMORY; do not call it after a failure, or after EXN_JSON_END. */
exn_status exn_json_next(exn_json *json, exn_json_token *token);

/* Where token opens an object or array: passes by all of it; of a key, by its value. */
exn_status exn_json_skip(exn_json *json, const exn_json_token *token);

void exn_json_close(exn_json *json);

#endif
