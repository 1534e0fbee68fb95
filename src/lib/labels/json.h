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

#include "json_window.h"

/* window: bytes that are read at once, 0 for the default. error: where every failure of this reader
 * is explained; may be NULL. */
exn_status exn_json_open(exn_json *json, const exn_source *source, size_t window, exn_error *error);

/* The next token. Fails with EXN_CORRUPT (line and byte are named), EXN_LIMIT (nesting),
 * EXN_READ or EXN_MEMORY; do not call it after a failure, or after EXN_JSON_END. */
exn_status exn_json_next(exn_json *json, exn_json_token *token);

/* Where token opens an object or array: passes by all of it; of a key, by its value. */
exn_status exn_json_skip(exn_json *json, const exn_json_token *token);

/* Passes by the rest of what is open deeper than that. */
exn_status exn_json_leave(exn_json *json, uint32_t depth);

void exn_json_close(exn_json *json);

#endif
