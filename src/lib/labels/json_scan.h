/* SPDX-License-Identifier: MIT */
/* Scans what lies entirely in the window, with one pointer, up to the window's end. */
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

/* The end of the number that begins here (section 6). NULL: it cannot be read here. */
static inline const uint8_t *exn_json_scan_long_number(const uint8_t *at, const uint8_t *end)
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

/* The same; *number: its value, if it is short. */
static inline const uint8_t *exn_json_scan_number(const uint8_t *begin, const uint8_t *end,
                                                  exn_decimal_short *number)
{
    const uint8_t *at = exn_decimal_scan_read(begin, end, number);
    if (at)
        return at;
    at = exn_json_scan_long_number(begin, end);
    if (at)
        *number = exn_decimal_short_read((exn_span){begin, (size_t)(at - begin)});
    return at;
}

/* The end of the plain part of a string, or the window's. It looks at eight bytes at once. The
 * subtractions set a byte's highest bit if the byte was below a space, or became 0 because it was a
 * quote or a backslash; a non-ASCII byte sets it in at least one of the last two. A borrow may set
 * one bit too many, but only above one that is rightly set. */
static inline const uint8_t *exn_json_scan_plain(const uint8_t *at, const uint8_t *end)
{
    const uint64_t ones = UINT64_MAX / 255, high = ones << 7;
    for (; at < end; at += sizeof ones) {
        const uint64_t eight = exn_decimal_scan_load(at),
                       found = ((eight - ones * ' ') | ((eight ^ ones * '"') - ones) |
                                ((eight ^ ones * '\\') - ones)) &
                               high;
        if (found) {
            at += __builtin_ctzll(found) / 8;
            break;
        }
    }
    return at < end ? at : end;
}

/* A 0 follows the window (json_window.h), so no end has to be checked. Most files have one space or
 * none, always in the same places, which branch prediction makes free. */
static inline const uint8_t *exn_json_scan_space(const uint8_t *at, uint64_t *line)
{
    if (*at > ' ')
        return at;
    if (__builtin_expect(*at == ' ' && at[1] > ' ', 1))
        return at + 1;
    for (; exn_json_scan_is_space(*at); at++)
        *line += *at == '\n';
    return at;
}

/* What is due before a number: a colon; in a list a comma or, right after its bracket, 0. -1:
 * something other than a number is due, or may be. */
static inline int exn_json_scan_due(const exn_json *json)
{
    if (json->expect == EXN_JSON_DUE_COLON)
        return ':';
    if (json->expect == EXN_JSON_DUE_COMMA_OR_END && !exn_json_window_in_object(json))
        return ',';
    return json->expect == EXN_JSON_DUE_VALUE_OR_END ? 0 : -1;
}

/* The end of the next number. *begin: where it begins, *line: on which line, *number: its value.
 * NULL: it cannot be read here. Consumes nothing. */
static inline const uint8_t *exn_json_scan_next(const exn_json *json, int due,
                                                const uint8_t **begin, uint64_t *line,
                                                exn_decimal_short *number)
{
    const uint8_t *const end = json->window + json->size;
    const uint8_t *at = json->window + json->at;
    *line = json->line;
    if (due > 0) {
        at = exn_json_scan_space(at, line);
        if (*at != due)
            return NULL;
        at++;
    }
    *begin = exn_json_scan_space(at, line);
    at = exn_json_scan_number(*begin, end, number);
    return at && (size_t)(at - *begin) <= json->max_text ? at : NULL;
}

/* Consumes it. */
static inline void exn_json_scan_take(exn_json *json, const uint8_t *at, uint64_t line)
{
    json->line = line;
    json->at = (size_t)(at - json->window);
    json->expect = EXN_JSON_DUE_COMMA_OR_END;
}

#endif
