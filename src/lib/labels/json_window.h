/* SPDX-License-Identifier: MIT */
/* Where a JSON reader (json.h) is: the window on its source, the token that is read from it, and
 * failures that name the place. */
#ifndef EXN_LABELS_JSON_WINDOW_H
#define EXN_LABELS_JSON_WINDOW_H

#include "account.h"
#include "decimal_scan.h"

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

/* What may come next. */
enum exn_json_due {
    EXN_JSON_DUE_VALUE,        /* a value */
    EXN_JSON_DUE_VALUE_OR_END, /* behind [ */
    EXN_JSON_DUE_KEY,          /* behind a comma in an object */
    EXN_JSON_DUE_KEY_OR_END,   /* behind { */
    EXN_JSON_DUE_COLON,        /* behind a key */
    EXN_JSON_DUE_COMMA_OR_END, /* behind a value that something holds */
    EXN_JSON_DUE_LINE_END,     /* behind the outermost value, where more may follow */
    EXN_JSON_DUE_NOTHING       /* behind the outermost value */
};

/* A reader. Lives on a caller's stack; begins with exn_json_open(), ends with exn_json_close(),
 * which is due even where opening failed. source is borrowed. */
typedef struct exn_json {
    const exn_source *source;
    uint8_t *window;           /* and EXN_DECIMAL_SCAN_SLACK bytes of 0 behind what it holds */
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
    uint8_t expect;  /* exn_json_due */
    uint32_t depth;
    uint8_t objects[EXN_JSON_DEPTH / 8]; /* of each level: a set bit for an object */
    exn_error *error;
} exn_json;

static inline bool exn_json_window_in_object(const exn_json *json)
{
    return json->depth > 0 && (json->objects[(json->depth - 1) / 8] >> (json->depth - 1) % 8 & 1);
}

/* Both return EXN_CORRUPT. byte: what stands there, -1 for the end of the text. */
exn_status exn_json_window_fail(exn_json *json, const char *what);
exn_status exn_json_window_unexpected(exn_json *json, int byte, const char *expected);

/* Reads the next window where this one is at its end. *byte: what comes next, -1 at the end of the
 * text. */
exn_status exn_json_window_refill(exn_json *json, int *byte);

static inline exn_status exn_json_window_peek(exn_json *json, int *byte)
{
    if (json->at < json->size) {
        *byte = json->window[json->at];
        return EXN_OK;
    }
    return exn_json_window_refill(json, byte);
}

/* A token's text begins with the next byte, and ends before it. */
void exn_json_window_begin(exn_json *json);
exn_status exn_json_window_finish(exn_json *json, exn_json_token *token);

#endif
