/* SPDX-License-Identifier: MIT */
/* What lies in the window whole: by one pointer, up to end, which is the window's. */
#ifndef EXN_LABELS_JSON_SCAN_H
#define EXN_LABELS_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
