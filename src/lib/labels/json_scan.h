/* SPDX-License-Identifier: MIT */
/* What lies in the window whole: by one pointer, up to end, which is the window's. */
#ifndef EXN_LABELS_JSON_SCAN_H
#define EXN_LABELS_JSON_SCAN_H

#include "json_window.h"

static inline bool exn_json_scan_is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool exn_json_scan_is_space(int byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static inline const uint8_t *exn_json_scan_digits(const uint8_t *at, const uint8_t *end)
{
    while (at < end && exn_json_scan_is_digit(*at))
        at++;
    return at;
}

/* The end of the number that begins here (section 6). NULL: not one to be taken here. */
static inline const uint8_t *exn_json_scan_number(const uint8_t *at, const uint8_t *end)
{
    at += at < end && *at == '-';
    const uint8_t *digits = at;
    at = at < end && *at == '0' ? at + 1 : exn_json_scan_digits(at, end);
    if (at == digits)
        return NULL;
    if (at < end && *at == '.') {
        digits = at + 1;
        at = exn_json_scan_digits(digits, end);
        if (at == digits)
            return NULL;
    }
    return at < end && *at != 'e' && *at != 'E' ? at : NULL;
}

static inline const uint8_t *exn_json_scan_space(const uint8_t *at, const uint8_t *end,
                                                 uint64_t *line)
{
    for (; at < end && *at <= ' ' && exn_json_scan_is_space(*at); at++)
        *line += *at == '\n';
    return at;
}

/* What is due before a number: a colon, in a list a comma or, behind its bracket, 0; -1: something
 * else than a number is due, or may be. */
static inline int exn_json_scan_due(const exn_json *json)
{
    if (json->expect == EXN_JSON_DUE_COLON)
        return ':';
    if (json->expect == EXN_JSON_DUE_COMMA_OR_END && !exn_json_window_in_object(json))
        return ',';
    return json->expect == EXN_JSON_DUE_VALUE_OR_END ? 0 : -1;
}

/* The end of the number that comes next. *begin: where it begins, *line: on which line. NULL: not
 * one to be taken here. Nothing has been read yet. */
static inline const uint8_t *exn_json_scan_next(const exn_json *json, int due,
                                                const uint8_t **begin, uint64_t *line)
{
    const uint8_t *const end = json->window + json->size;
    const uint8_t *at = json->window + json->at;
    *line = json->line;
    if (due > 0) {
        at = exn_json_scan_space(at, end, line);
        if (at == end || *at != due)
            return NULL;
        at++;
    }
    *begin = exn_json_scan_space(at, end, line);
    at = exn_json_scan_number(*begin, end);
    return at && (size_t)(at - *begin) <= json->max_text ? at : NULL;
}

/* It has been read. */
static inline void exn_json_scan_take(exn_json *json, const uint8_t *at, uint64_t line)
{
    json->line = line;
    json->at = (size_t)(at - json->window);
    json->expect = EXN_JSON_DUE_COMMA_OR_END;
}

#endif
