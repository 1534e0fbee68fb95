/* SPDX-License-Identifier: MIT */
/* The bytes that a JSON reader is at: the window on its source, the token that is read from it, and
 * failures that name the place. */
#ifndef EXN_LABELS_JSON_WINDOW_H
#define EXN_LABELS_JSON_WINDOW_H

#include "json.h"

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
