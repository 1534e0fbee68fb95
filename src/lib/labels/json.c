/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <inttypes.h>
#include <stdlib.h>

#include "json_scan.h"
#include "json_string.h"

exn_status exn_json_open(exn_json *json, const exn_source *source, size_t window, exn_error *error)
{
    *json = (exn_json){.source = source,
                       .capacity = window ? window : EXN_JSON_WINDOW,
                       .line = 1,
                       .max_text = EXN_JSON_TEXT,
                       .error = error};
    json->window = malloc(json->capacity + EXN_DECIMAL_SCAN_SLACK);
    if (json->window)
        memset(json->window, 0, EXN_DECIMAL_SCAN_SLACK);
    return json->window ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "%s", "");
}

void exn_json_close(exn_json *json)
{
    free(json->window);
    exn_account_free(json->account, &json->held);
    json->window = NULL;
}

/* White space is four characters (section 2), and no other of Unicode's. Lines are counted by line
 * feeds, which Windows' line ends also have. */
static exn_status skip_space(exn_json *json, int *byte)
{
    for (;;) {
        exn_status status = exn_json_window_peek(json, byte);
        if (status != EXN_OK)
            return status;
        if (!exn_json_scan_is_space(*byte))
            return EXN_OK;
        json->line += *byte == '\n';
        json->at++;
    }
}

/* Reads one digit or more; *byte is what follows. */
static exn_status read_digits(exn_json *json, int *byte)
{
    exn_status status = exn_json_window_peek(json, byte);
    if (status != EXN_OK)
        return status;
    if (!exn_json_scan_is_digit(*byte))
        return exn_json_window_unexpected(json, *byte, "a digit");
    while (status == EXN_OK && exn_json_scan_is_digit(*byte)) {
        while (json->at < json->size && exn_json_scan_is_digit(json->window[json->at]))
            json->at++;
        status = exn_json_window_peek(json, byte);
    }
    return status;
}

/* Whatever follows is the next token: "trueish" fails there, since a comma or an end is due. */
static exn_status read_literal(exn_json *json, const char *word)
{
    exn_status status = EXN_OK;
    for (; *word && status == EXN_OK; word++) {
        int byte;
        status = exn_json_window_peek(json, &byte);
        if (status == EXN_OK && byte != *word)
            return exn_json_window_unexpected(json, byte, "the rest of a literal");
        json->at++;
    }
    return status;
}

/* Section 6. "01" reads as two tokens and so fails where a comma or line end is due; "-", "1." and
 * "1e" lack a digit. */
static exn_status read_number(exn_json *json, int byte)
{
    exn_status status = EXN_OK;
    if (byte == '-') {
        json->at++;
        status = exn_json_window_peek(json, &byte);
        if (status == EXN_OK && byte == 'I' && json->allows_nan)
            return read_literal(json, "Infinity");
    }
    if (status == EXN_OK && byte == '0') { /* only a point or an exponent may follow */
        json->at++;
        status = exn_json_window_peek(json, &byte);
    } else if (status == EXN_OK) {
        status = read_digits(json, &byte);
    }
    if (status == EXN_OK && byte == '.') {
        json->at++;
        status = read_digits(json, &byte);
    }
    if (status == EXN_OK && (byte == 'e' || byte == 'E')) {
        json->at++;
        status = exn_json_window_peek(json, &byte);
        if (status == EXN_OK && (byte == '+' || byte == '-'))
            json->at++;
        if (status == EXN_OK)
            status = read_digits(json, &byte);
    }
    return status;
}

/* Section 9 allows a reader to limit the depth. A level takes one bit here, in an array of fixed
 * size. */
static exn_status open_level(exn_json *json, bool is_object)
{
    if (json->depth == EXN_JSON_DEPTH)
        return exn_status_fail(json->error, EXN_LIMIT,
                               "line %" PRIu64 ", byte %" PRIu64 ": nested more than %d deep",
                               json->line, json->base + json->at, EXN_JSON_DEPTH);
    const uint8_t bit = (uint8_t)(1u << json->depth % 8);
    uint8_t *bits = &json->objects[json->depth / 8];
    *bits = (uint8_t)(is_object ? *bits | bit : *bits & ~bit);
    json->depth++;
    json->at++;
    json->expect = is_object ? EXN_JSON_DUE_KEY_OR_END : EXN_JSON_DUE_VALUE_OR_END;
    return EXN_OK;
}

/* What may come next is one of eight states (json->expect):
 *
 *     {           a key or }                  [        a value or ]
 *     a key       a colon, then a value       a value  a comma, or what closes its level
 *     a comma     a key in an object, a value in a list
 *     a value outside of all levels           nothing; in JSON Lines a line end, then a value
 *
 * Whether a level is an object is the bit that open_level() has set for it. */
static void after_value(exn_json *json)
{
    json->expect = json->depth      ? EXN_JSON_DUE_COMMA_OR_END
                   : json->is_lines ? EXN_JSON_DUE_LINE_END
                                    : EXN_JSON_DUE_NOTHING;
}

static exn_status read_value(exn_json *json, int byte, exn_json_token *token)
{
    exn_status status;
    if (byte == '{' || byte == '[') {
        token->kind = byte == '{' ? EXN_JSON_OBJECT : EXN_JSON_ARRAY;
        return open_level(json, byte == '{');
    }
    if (byte == '"') {
        token->kind = EXN_JSON_STRING;
        json->at++;
        status = exn_json_string_read(json, token);
        after_value(json);
        return status;
    }
    exn_json_window_begin(json);
    if (json->allows_nan && (byte == 'N' || byte == 'I')) {
        token->kind = EXN_JSON_NULL;
        status = read_literal(json, byte == 'N' ? "NaN" : "Infinity");
    } else if (byte == '-' || exn_json_scan_is_digit(byte)) {
        token->kind = EXN_JSON_NUMBER;
        status = read_number(json, byte);
    } else if (byte == 't') {
        token->kind = EXN_JSON_TRUE;
        status = read_literal(json, "true");
    } else if (byte == 'f') {
        token->kind = EXN_JSON_FALSE;
        status = read_literal(json, "false");
    } else if (byte == 'n') {
        token->kind = EXN_JSON_NULL;
        status = read_literal(json, "null");
    } else {
        return exn_json_window_unexpected(json, byte, "a value");
    }
    after_value(json);
    return status == EXN_OK ? exn_json_window_finish(json, token) : status;
}

/* Section 4 recommends unique names but does not require them; the caller decides what a repeated
 * name means. */
static exn_status read_key(exn_json *json, int byte, exn_json_token *token)
{
    if (byte != '"')
        return exn_json_window_unexpected(json, byte, "a key");
    token->kind = EXN_JSON_KEY;
    json->at++;
    json->expect = EXN_JSON_DUE_COLON;
    return exn_json_string_read(json, token);
}

static void close_level(exn_json *json, exn_json_token *token)
{
    token->kind = exn_json_window_in_object(json) ? EXN_JSON_OBJECT_END : EXN_JSON_ARRAY_END;
    json->depth--;
    json->at++;
    after_value(json);
}

/* Skips separators; *byte is the first of a token. After a comma only a key may come in an object
 * and only a value in a list, so a comma before a closing bracket fails. */
static exn_status read_separator(exn_json *json, int *byte)
{
    const uint64_t line = json->line;
    exn_status status = skip_space(json, byte);
    if (status == EXN_OK && json->expect == EXN_JSON_DUE_LINE_END && *byte >= 0) {
        json->expect = EXN_JSON_DUE_VALUE;
        return json->line > line ? EXN_OK : exn_json_window_unexpected(json, *byte, "a line end");
    }
    if (status != EXN_OK ||
        (json->expect != EXN_JSON_DUE_COLON && json->expect != EXN_JSON_DUE_COMMA_OR_END))
        return status;
    const bool is_colon = json->expect == EXN_JSON_DUE_COLON;
    if (!is_colon && *byte == (exn_json_window_in_object(json) ? '}' : ']'))
        return EXN_OK;
    if (*byte != (is_colon ? ':' : ','))
        return exn_json_window_unexpected(json, *byte,
                                          is_colon                          ? "a colon"
                                          : exn_json_window_in_object(json) ? "a comma or }"
                                                                            : "a comma or ]");
    json->at++;
    json->expect =
        !is_colon && exn_json_window_in_object(json) ? EXN_JSON_DUE_KEY : EXN_JSON_DUE_VALUE;
    return skip_space(json, byte);
}

static exn_status read_token(exn_json *json, int byte, exn_json_token *token)
{
    switch (json->expect) {
    case EXN_JSON_DUE_VALUE_OR_END:
        if (byte != ']')
            break;
        close_level(json, token);
        return EXN_OK;
    case EXN_JSON_DUE_KEY_OR_END:
        if (byte != '}')
            return read_key(json, byte, token);
        close_level(json, token);
        return EXN_OK;
    case EXN_JSON_DUE_KEY:
        return read_key(json, byte, token);
    case EXN_JSON_DUE_COMMA_OR_END: /* read_separator() has checked this */
        close_level(json, token);
        return EXN_OK;
    case EXN_JSON_DUE_NOTHING:
        return exn_json_window_unexpected(json, byte, "the end");
    default:
        break;
    }
    return read_value(json, byte, token);
}

/* ---- the fast path
 *
 * Nearly every token lies in the window together with everything before it and one byte after it,
 * and has a plain form. Such tokens are read here with a single pointer. For any other, and for
 * anything that is wrong, these functions return false without having read anything, and the
 * grammar above starts over from the first byte. */

/* Consumes the token up to at, which is on line. */
static bool take(exn_json *json, exn_json_token *token, exn_json_kind kind, const uint8_t *begin,
                 const uint8_t *at, uint64_t line)
{
    *token = (exn_json_token){.kind = kind,
                              .offset = json->base + (uint64_t)(begin - json->window),
                              .size = (size_t)(at - begin),
                              .text = {begin, (size_t)(at - begin)}};
    exn_json_scan_take(json, at, line);
    return true;
}

/* A key is followed by a colon; otherwise it is like any value. */
static bool take_string(exn_json *json, exn_json_token *token, bool is_key, const uint8_t *begin,
                        uint64_t line)
{
    const uint8_t *const end = json->window + json->size, *at = exn_json_scan_plain(begin + 1, end);
    const size_t size = (size_t)(at - begin) - 1;
    if (at == end || *at != '"' || size > json->max_text)
        return false;
    take(json, token, is_key ? EXN_JSON_KEY : EXN_JSON_STRING, begin, at + 1, line);
    token->text = (exn_span){begin + 1, size};
    if (is_key)
        json->expect = EXN_JSON_DUE_COLON;
    return true;
}

static bool take_level(exn_json *json, exn_json_token *token, const uint8_t *begin, uint64_t line)
{
    const bool is_object = *begin == '{';
    if (json->depth == EXN_JSON_DEPTH)
        return false;
    take(json, token, is_object ? EXN_JSON_OBJECT : EXN_JSON_ARRAY, begin, begin, line);
    token->size = 1;
    return open_level(json, is_object) == EXN_OK;
}

static bool take_end(exn_json *json, exn_json_token *token, const uint8_t *begin, uint64_t line)
{
    take(json, token, EXN_JSON_END, begin, begin, line);
    token->size = 1;
    close_level(json, token);
    return true;
}

/* Skips the colon or comma that is due. Returns NULL if it is missing. */
static const uint8_t *take_separator(const exn_json *json, uint8_t *due, uint64_t *line)
{
    const uint8_t *at = exn_json_scan_space(json->window + json->at, line);
    if (*due == EXN_JSON_DUE_COLON && *at != ':')
        return NULL;
    if ((*due != EXN_JSON_DUE_COLON && *due != EXN_JSON_DUE_COMMA_OR_END) ||
        (*due == EXN_JSON_DUE_COMMA_OR_END && *at != ',')) /* perhaps the end of the level */
        return at;
    *due = *at == ',' && exn_json_window_in_object(json) ? EXN_JSON_DUE_KEY : EXN_JSON_DUE_VALUE;
    return exn_json_scan_space(at + 1, line);
}

static bool take_token(exn_json *json, exn_json_token *token)
{
    uint64_t line = json->line;
    uint8_t due = json->expect;
    exn_decimal_short number;
    if (json->depth == 0) /* the beginning and end are left to the grammar */
        return false;
    const uint8_t *const begin = take_separator(json, &due, &line), *at;
    if (!begin)
        return false;
    const bool is_value = due == EXN_JSON_DUE_VALUE || due == EXN_JSON_DUE_VALUE_OR_END,
               is_key = due == EXN_JSON_DUE_KEY || due == EXN_JSON_DUE_KEY_OR_END,
               may_end = due == EXN_JSON_DUE_COMMA_OR_END || due == EXN_JSON_DUE_KEY_OR_END ||
                         due == EXN_JSON_DUE_VALUE_OR_END;
    switch (*begin) {
    case '"':
        return (is_value || is_key) && take_string(json, token, is_key, begin, line);
    case '{':
    case '[':
        return is_value && take_level(json, token, begin, line);
    case '}':
        return may_end && exn_json_window_in_object(json) && take_end(json, token, begin, line);
    case ']':
        return may_end && !exn_json_window_in_object(json) && take_end(json, token, begin, line);
    default:
        at = is_value ? exn_json_scan_number(begin, json->window + json->size, &number) : NULL;
        return at && (size_t)(at - begin) <= json->max_text &&
               take(json, token, EXN_JSON_NUMBER, begin, at, line);
    }
}

/* ---- tokens */

/* Section 8.1: a byte order mark must not be written, but readers may ignore it, and some editors
 * write it. */
static exn_status skip_mark(exn_json *json)
{
    static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
    int byte;
    exn_status status = exn_json_window_peek(json, &byte);
    if (status != EXN_OK || byte != mark[0])
        return status;
    for (size_t i = 0; i < sizeof mark && status == EXN_OK; i++) {
        status = exn_json_window_peek(json, &byte);
        if (status == EXN_OK && byte != mark[i])
            return exn_json_window_unexpected(json, byte, "a value");
        json->at++;
    }
    return status;
}

/* Reads a token by the grammar, byte by byte. */
static exn_status read_next(exn_json *json, exn_json_token *token)
{
    int byte;
    exn_status status = json->base + json->at == 0 ? skip_mark(json) : EXN_OK;
    if (status == EXN_OK)
        status = read_separator(json, &byte);
    *token = (exn_json_token){.offset = json->base + json->at};
    if (status != EXN_OK)
        return status;
    /* The kind is EXN_JSON_END, which is 0. */
    if (byte < 0 && json->depth == 0 &&
        (json->expect == EXN_JSON_DUE_NOTHING || json->expect == EXN_JSON_DUE_LINE_END ||
         (json->is_lines && json->expect == EXN_JSON_DUE_VALUE)))
        return EXN_OK;
    status = read_token(json, byte, token);
    token->size = json->base + json->at - token->offset;
    return status;
}

exn_status exn_json_next(exn_json *json, exn_json_token *token)
{
    return take_token(json, token) ? EXN_OK : read_next(json, token);
}

/* Reads token by token, so that everything skipped is checked like the rest. Depth is a counter, so
 * nesting takes no stack. */
exn_status exn_json_leave(exn_json *json, uint32_t depth)
{
    exn_json_token token;
    exn_status status = EXN_OK;
    while (status == EXN_OK && json->depth > depth)
        status = exn_json_next(json, &token);
    return status;
}

exn_status exn_json_skip(exn_json *json, const exn_json_token *token)
{
    exn_json_token next = *token;
    exn_status status = EXN_OK;
    if (token->kind == EXN_JSON_KEY)
        status = exn_json_next(json, &next);
    if (status != EXN_OK || (next.kind != EXN_JSON_OBJECT && next.kind != EXN_JSON_ARRAY))
        return status;
    /* The opening was read, so its level is open already. */
    return exn_json_leave(json, json->depth - 1);
}
