/* SPDX-License-Identifier: MIT */
/* The state of a JSON reader (json.h): the window on its source, the current token, and failures
 * that name the place. */
#ifndef EXN_LABELS_JSON_WINDOW_H
#define EXN_LABELS_JSON_WINDOW_H

#include "account.h"
#include "decimal_scan.h"

enum {
    EXN_JSON_DEPTH = 256,       /* levels of nesting */
    EXN_JSON_WINDOW = 64 << 10, /* read at once by default */
    EXN_JSON_TEXT = 64 << 20    /* longest text kept by default */
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
    bool is_long;    /* the text was too long to be kept and is empty */
    uint64_t offset; /* of the first byte; for strings and keys that is the quote */
    uint64_t size;   /* in the file, quotes included */
    exn_span text;   /* of numbers and literals, all of it; of strings and keys, what is between the
                        quotes, with escapes. Borrowed until the next call */
} exn_json_token;

/* What may come next. */
enum exn_json_due {
    EXN_JSON_DUE_VALUE,        /* a value */
    EXN_JSON_DUE_VALUE_OR_END, /* after [ */
    EXN_JSON_DUE_KEY,          /* after a comma in an object */
    EXN_JSON_DUE_KEY_OR_END,   /* after { */
    EXN_JSON_DUE_COLON,        /* after a key */
    EXN_JSON_DUE_COMMA_OR_END, /* after a value inside an object or list */
    EXN_JSON_DUE_LINE_END,     /* after the outermost value, if more may follow */
    EXN_JSON_DUE_NOTHING       /* after the outermost value */
};

/* A reader. It lives on a caller's stack, begins with exn_json_open() and ends with
 * exn_json_close(), which has to be called even if opening failed. source is borrowed. */
typedef struct exn_json {
    const exn_source *source;
    uint8_t *window;           /* followed by EXN_DECIMAL_SCAN_SLACK bytes of 0 */
    size_t capacity, size, at; /* the window's capacity, its bytes, and the next one */
    uint64_t base;             /* the window's offset in the source */
    uint64_t line;             /* counted from 1 */
    size_t token;              /* where the current token begins in the window */
    exn_buffer held;           /* the part of it from earlier windows */
    bool in_token, is_long;
    size_t max_text;
    exn_account *account; /* for held; NULL until open, may then be set */
    bool is_lines;        /* JSON Lines: any number of values, separated by line ends */
    bool allows_nan;      /* accept NaN and Infinity, as Python writes them, for recognizing only */
    uint8_t expect;       /* exn_json_due */
    uint32_t depth;
    uint8_t objects[EXN_JSON_DEPTH / 8]; /* one bit per level: set for an object */
    exn_error *error;
} exn_json;

static inline bool exn_json_window_in_object(const exn_json *json)
{
    return json->depth > 0 && (json->objects[(json->depth - 1) / 8] >> (json->depth - 1) % 8 & 1);
}

/* Both return EXN_CORRUPT. byte: what stands there, -1 for the end of the text. */
exn_status exn_json_window_fail(exn_json *json, const char *what);
exn_status exn_json_window_unexpected(exn_json *json, int byte, const char *expected);

/* Reads the next window when this one is used up. *byte: what comes next, -1 at the end of the
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

/* Mark the next byte as the first of a token's text, and as the one after its last. */
void exn_json_window_begin(exn_json *json);
exn_status exn_json_window_finish(exn_json *json, exn_json_token *token);

#endif
