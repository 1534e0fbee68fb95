/* SPDX-License-Identifier: MIT */
#include "json_window.h"

#include <inttypes.h>

exn_status exn_json_window_fail(exn_json *json, const char *what)
{
    return exn_status_fail(json->error, EXN_CORRUPT, "line %" PRIu64 ", byte %" PRIu64 ": %s",
                           json->line, json->base + json->at, what);
}

exn_status exn_json_window_unexpected(exn_json *json, int byte, const char *expected)
{
    if (byte < 0)
        return exn_status_fail(json->error, EXN_CORRUPT,
                               "line %" PRIu64 ", byte %" PRIu64 ": the text ends where %s is due",
                               json->line, json->base + json->at, expected);
    if (byte >= ' ' && byte <= '~')
        return exn_status_fail(json->error, EXN_CORRUPT,
                               "line %" PRIu64 ", byte %" PRIu64 ": '%c' where %s is due",
                               json->line, json->base + json->at, byte, expected);
    return exn_status_fail(json->error, EXN_CORRUPT,
                           "line %" PRIu64 ", byte %" PRIu64 ": byte 0x%02x where %s is due",
                           json->line, json->base + json->at, (unsigned)byte, expected);
}

/* Saves the part of the current token that is in the window. A token that is too long is still
 * read, to find its end, but no longer saved. */
static exn_status hold(exn_json *json)
{
    if (!json->in_token || json->is_long)
        return EXN_OK;
    size_t size = json->at - json->token;
    if (size > json->max_text - json->held.size) {
        json->is_long = true;
        return EXN_OK;
    }
    exn_status status =
        exn_account_append(json->account, &json->held, json->window + json->token, size);
    if (status != EXN_OK)
        return exn_status_fail(json->error, status, "%s", "");
    json->token = json->at;
    return EXN_OK;
}

exn_status exn_json_window_refill(exn_json *json, int *byte)
{
    *byte = -1;
    uint64_t left = json->source->size - (json->base + json->at);
    exn_status status = left ? hold(json) : EXN_OK;
    if (left == 0 || status != EXN_OK)
        return status;
    size_t size = left < json->capacity ? (size_t)left : json->capacity;
    json->base += json->at;
    json->at = json->size = json->token = 0;
    int sys_errno = json->source->read(json->source->context, json->window, size, json->base);
    if (sys_errno != 0)
        return exn_status_fail_errno(json->error, EXN_READ, sys_errno);
    json->size = size;
    memset(json->window + size, 0, EXN_DECIMAL_SCAN_SLACK);
    *byte = json->window[0];
    return EXN_OK;
}

void exn_json_window_begin(exn_json *json)
{
    json->held.size = 0;
    json->token = json->at;
    json->in_token = true;
    json->is_long = false;
}

/* The token's text is what was read since exn_json_window_begin(). Most tokens lie in one window
 * and are not copied. */
exn_status exn_json_window_finish(exn_json *json, exn_json_token *token)
{
    exn_status status = EXN_OK;
    if (json->held.size == 0 && !json->is_long) {
        token->text = (exn_span){json->window + json->token, json->at - json->token};
        if (token->text.size > json->max_text)
            json->is_long = true;
    } else {
        status = hold(json);
        token->text = exn_buffer_span(&json->held);
    }
    json->in_token = false;
    token->is_long = json->is_long;
    if (token->is_long)
        token->text = (exn_span){NULL, 0};
    return status;
}
