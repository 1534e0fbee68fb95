/* SPDX-License-Identifier: MIT */
/* The tokens of a JSON text (RFC 8259), pulled one at a time from a source that is read in pieces.
 *
 * Labels are edited in place, so a token's position, its length in bytes and a number's own digits
 * have to survive. Duplicate keys are tokens too, each in its place. The text is never held as a
 * whole: memory is one window and the longest token that somebody looks at, and nesting takes one
 * bit per level, without recursion.
 *
 * Why not a library: jansson, json-c and cJSON build a document and turn numbers into doubles,
 * which loses 12.50 and 1e-05. yyjson and simdjson need the whole text in memory, and yyjson is not
 * in Debian 12. yajl streams with exact text and offsets, but it calls back where a format's reader
 * would rather pull, does not report an error's line and has no nesting limit; its upstream has
 * been dormant since 2014, so we would have to maintain it anyway. The grammar is one page of RFC
 * 8259, and tests/test_label_json.c compares this reader with Python's and jansson.
 *
 * Strict: no comments, no trailing commas, no NaN, no invalid UTF-8, nothing after the value. A
 * leading byte order mark is ignored, as RFC 8259, 8.1, allows. */
#ifndef EXN_LABELS_JSON_H
#define EXN_LABELS_JSON_H

#include "json_window.h"

/* window: how many bytes to read at once, 0 for the default. error: receives every failure of this
 * reader; may be NULL. */
exn_status exn_json_open(exn_json *json, const exn_source *source, size_t window, exn_error *error);

/* Reads the next token. Fails with EXN_CORRUPT (naming line and byte), EXN_LIMIT (nesting),
 * EXN_READ or EXN_MEMORY; do not call it after a failure, or after EXN_JSON_END. */
exn_status exn_json_next(exn_json *json, exn_json_token *token);

/* If token opens an object or array, skips all of it; if it is a key, skips its value. */
exn_status exn_json_skip(exn_json *json, const exn_json_token *token);

/* Skips the rest of everything open at a greater depth. */
exn_status exn_json_leave(exn_json *json, uint32_t depth);

void exn_json_close(exn_json *json);

#endif
