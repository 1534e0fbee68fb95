/* SPDX-License-Identifier: MIT */
#include "json_string.h"

#include <string.h>

#include "json_scan.h"

/* Section 7, after the backslash. The grammar allows half a surrogate pair (8.2); json_text.c
 * judges it. A plain strchr() would also match the NUL. */
static exn_status read_escape(exn_json *json)
{
    int byte;
    exn_status status = exn_json_window_peek(json, &byte);
    if (status != EXN_OK)
        return status;
    if (byte < 0 || !strchr("\"\\/bfnrtu", byte) || byte == 0)
        return exn_json_window_unexpected(json, byte, "an escape");
    json->at++;
    for (int i = 0; byte == 'u' && i < 4; i++) {
        int digit;
        status = exn_json_window_peek(json, &digit);
        if (status != EXN_OK)
            return status;
        if (!exn_json_scan_is_digit(digit) && !(digit >= 'a' && digit <= 'f') &&
            !(digit >= 'A' && digit <= 'F'))
            return exn_json_window_unexpected(json, digit, "a hexadecimal digit");
        json->at++;
    }
    return EXN_OK;
}

/* One multibyte character by RFC 3629, section 4, which excludes overlong forms and surrogates. */
static exn_status read_utf8(exn_json *json, int first)
{
    int low = 0x80, high = 0xBF, more;
    if (first >= 0xC2 && first <= 0xDF)
        more = 1;
    else if (first >= 0xE0 && first <= 0xEF)
        more = 2;
    else if (first >= 0xF0 && first <= 0xF4)
        more = 3;
    else
        return exn_json_window_fail(json, "invalid UTF-8");
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    json->at++;
    for (; more > 0; more--) {
        int byte;
        exn_status status = exn_json_window_peek(json, &byte);
        if (status != EXN_OK)
            return status;
        if (byte < low || byte > high)
            return exn_json_window_fail(json, "invalid UTF-8");
        json->at++;
        low = 0x80;
        high = 0xBF;
    }
    return EXN_OK;
}

static bool is_plain(uint8_t byte)
{
    return byte >= ' ' && byte < 0x80 && byte != '"' && byte != '\\';
}

/* Section 7, from after the first quote to after the second. Most strings are plain to their end.
 */
exn_status exn_json_string_read(exn_json *json, exn_json_token *token)
{
    exn_json_window_begin(json);
    for (;;) {
        json->at =
            (size_t)(exn_json_scan_plain(json->window + json->at, json->window + json->size) -
                     json->window);
        int byte;
        exn_status status = exn_json_window_peek(json, &byte);
        if (status != EXN_OK)
            return status;
        if (byte >= 0 && is_plain((uint8_t)byte))
            continue;
        if (byte == '"') {
            status = exn_json_window_finish(json, token);
            json->at++;
            return status;
        }
        if (byte < ' ')
            return byte < 0 ? exn_json_window_unexpected(json, byte, "the end of a string")
                            : exn_json_window_fail(json, "a control character in a string");
        if (byte == '\\') {
            json->at++;
            status = read_escape(json);
        } else {
            status = read_utf8(json, byte);
        }
        if (status != EXN_OK)
            return status;
    }
}
