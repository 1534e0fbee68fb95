/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What may come next. */
enum {
    VALUE,        /* a value */
    VALUE_OR_END, /* behind [ */
    KEY,          /* behind a comma in an object */
    KEY_OR_END,   /* behind { */
    COLON,        /* behind a key */
    COMMA_OR_END, /* behind a value that something holds */
    LINE_END,     /* behind the outermost value, where more may follow */
    NOTHING       /* behind the outermost value */
};

static exn_status fail(exn_json *json, const char *what)
{
    return exn_status_fail(json->error, EXN_CORRUPT, "line %" PRIu64 ", byte %" PRIu64 ": %s",
                           json->line, json->base + json->at, what);
}

static exn_status unexpected(exn_json *json, int byte, const char *expected)
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

exn_status exn_json_open(exn_json *json, const exn_source *source, size_t window, exn_error *error)
{
    *json = (exn_json){.source = source,
                       .capacity = window ? window : EXN_JSON_WINDOW,
                       .line = 1,
                       .max_text = EXN_JSON_TEXT,
                       .error = error};
    json->window = malloc(json->capacity);
    return json->window ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "%s", "");
}

void exn_json_close(exn_json *json)
{
    free(json->window);
    exn_account_free(json->account, &json->held);
    json->window = NULL;
}

/* Keeps what the window has of the token that is being read. A token that is too long goes on being
 * read, as its end has to be found, and is no longer kept. */
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

/* Reads the next window where this one is at its end. *byte: what comes next, -1 at the end of the
 * text. */
static exn_status refill(exn_json *json, int *byte)
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
    *byte = json->window[0];
    return EXN_OK;
}

static inline exn_status peek(exn_json *json, int *byte)
{
    if (json->at < json->size) {
        *byte = json->window[json->at];
        return EXN_OK;
    }
    return refill(json, byte);
}

static void begin(exn_json *json)
{
    json->held.size = 0;
    json->token = json->at;
    json->in_token = true;
    json->is_long = false;
}

/* The token's text is what was read since begin(), up to here. Most tokens lie in one window and
 * are not copied. */
static exn_status finish(exn_json *json, exn_json_token *token)
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

static exn_status skip_space(exn_json *json, int *byte)
{
    for (;;) {
        exn_status status = peek(json, byte);
        if (status != EXN_OK)
            return status;
        if (*byte != ' ' && *byte != '\n' && *byte != '\r' && *byte != '\t')
            return EXN_OK;
        json->line += *byte == '\n';
        json->at++;
    }
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

/* One digit or more; *byte is what follows. */
static exn_status read_digits(exn_json *json, int *byte)
{
    exn_status status = peek(json, byte);
    if (status != EXN_OK)
        return status;
    if (!is_digit(*byte))
        return unexpected(json, *byte, "a digit");
    while (status == EXN_OK && is_digit(*byte)) {
        while (json->at < json->size && is_digit(json->window[json->at]))
            json->at++;
        status = peek(json, byte);
    }
    return status;
}

/* What follows it is the next token's matter: "trueish" fails there, since a comma or an end is
 * due. */
static exn_status read_literal(exn_json *json, const char *word)
{
    exn_status status = EXN_OK;
    for (; *word && status == EXN_OK; word++) {
        int byte;
        status = peek(json, &byte);
        if (status == EXN_OK && byte != *word)
            return unexpected(json, byte, "the rest of a literal");
        json->at++;
    }
    return status;
}

/* Section 6. "01" is two tokens by this, and so fails where a comma or line end is due; "-", "1."
 * and "1e" lack a digit. */
static exn_status read_number(exn_json *json, int byte)
{
    exn_status status = EXN_OK;
    if (byte == '-') {
        json->at++;
        status = peek(json, &byte);
        if (status == EXN_OK && byte == 'I' && json->allows_nan)
            return read_literal(json, "Infinity");
    }
    if (status == EXN_OK && byte == '0') { /* nothing but a point or exponent may follow */
        json->at++;
        status = peek(json, &byte);
    } else if (status == EXN_OK) {
        status = read_digits(json, &byte);
    }
    if (status == EXN_OK && byte == '.') {
        json->at++;
        status = read_digits(json, &byte);
    }
    if (status == EXN_OK && (byte == 'e' || byte == 'E')) {
        json->at++;
        status = peek(json, &byte);
        if (status == EXN_OK && (byte == '+' || byte == '-'))
            json->at++;
        if (status == EXN_OK)
            status = read_digits(json, &byte);
    }
    return status;
}

/* Behind the backslash. Section 7. Half a surrogate pair is in the grammar (8.2), and json_text.c's
 * to judge. strchr() would also find the NUL. */
static exn_status read_escape(exn_json *json)
{
    int byte;
    exn_status status = peek(json, &byte);
    if (status != EXN_OK)
        return status;
    if (byte < 0 || !strchr("\"\\/bfnrtu", byte) || byte == 0)
        return unexpected(json, byte, "an escape");
    json->at++;
    for (int i = 0; byte == 'u' && i < 4; i++) {
        int digit;
        status = peek(json, &digit);
        if (status != EXN_OK)
            return status;
        if (!is_digit(digit) && !(digit >= 'a' && digit <= 'f') && !(digit >= 'A' && digit <= 'F'))
            return unexpected(json, digit, "a hexadecimal digit");
        json->at++;
    }
    return EXN_OK;
}

/* One character of more than one byte: RFC 3629, section 4, which leaves out overlong forms and
 * surrogates. */
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
        return fail(json, "invalid UTF-8");
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
        exn_status status = peek(json, &byte);
        if (status != EXN_OK)
            return status;
        if (byte < low || byte > high)
            return fail(json, "invalid UTF-8");
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

/* Section 7, behind the first quote and past the second. The inner loop takes what most strings
 * consist of without a call for each byte. */
static exn_status read_string(exn_json *json, exn_json_token *token)
{
    begin(json);
    for (;;) {
        while (json->at < json->size && is_plain(json->window[json->at]))
            json->at++;
        int byte;
        exn_status status = peek(json, &byte);
        if (status != EXN_OK)
            return status;
        if (byte >= 0 && is_plain((uint8_t)byte))
            continue;
        if (byte == '"') {
            status = finish(json, token);
            json->at++;
            return status;
        }
        if (byte < ' ')
            return byte < 0 ? unexpected(json, byte, "the end of a string")
                            : fail(json, "a control character in a string");
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

/* Section 9 lets a reader limit the depth; a level is one bit here, and the limit keeps their
 * number fixed. */
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
    json->expect = is_object ? KEY_OR_END : VALUE_OR_END;
    return EXN_OK;
}

static void after_value(exn_json *json)
{
    json->expect = json->depth ? COMMA_OR_END : json->is_lines ? LINE_END : NOTHING;
}

static bool in_object(const exn_json *json)
{
    return json->depth > 0 && (json->objects[(json->depth - 1) / 8] >> (json->depth - 1) % 8 & 1);
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
        status = read_string(json, token);
        after_value(json);
        return status;
    }
    begin(json);
    if (json->allows_nan && (byte == 'N' || byte == 'I')) {
        token->kind = EXN_JSON_NULL;
        status = read_literal(json, byte == 'N' ? "NaN" : "Infinity");
    } else if (byte == '-' || is_digit(byte)) {
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
        return unexpected(json, byte, "a value");
    }
    after_value(json);
    return status == EXN_OK ? finish(json, token) : status;
}

/* Section 4 asks for unique names and does not demand them; what a name that is there twice means
 * is the caller's to decide. */
static exn_status read_key(exn_json *json, int byte, exn_json_token *token)
{
    if (byte != '"')
        return unexpected(json, byte, "a key");
    token->kind = EXN_JSON_KEY;
    json->at++;
    json->expect = COLON;
    return read_string(json, token);
}

static void close_level(exn_json *json, exn_json_token *token)
{
    token->kind = in_object(json) ? EXN_JSON_OBJECT_END : EXN_JSON_ARRAY_END;
    json->depth--;
    json->at++;
    after_value(json);
}

/* Passes by what only separates; *byte is the first of a token. After a comma in an object only a
 * key may come, in a list only a value: so a comma in front of a closing bracket fails. */
static exn_status read_separator(exn_json *json, int *byte)
{
    const uint64_t line = json->line;
    exn_status status = skip_space(json, byte);
    if (status == EXN_OK && json->expect == LINE_END && *byte >= 0) {
        json->expect = VALUE;
        return json->line > line ? EXN_OK : unexpected(json, *byte, "a line end");
    }
    if (status != EXN_OK || (json->expect != COLON && json->expect != COMMA_OR_END))
        return status;
    const bool is_colon = json->expect == COLON;
    if (!is_colon && *byte == (in_object(json) ? '}' : ']'))
        return EXN_OK;
    if (*byte != (is_colon ? ':' : ','))
        return unexpected(json, *byte,
                          is_colon          ? "a colon"
                          : in_object(json) ? "a comma or }"
                                            : "a comma or ]");
    json->at++;
    json->expect = !is_colon && in_object(json) ? KEY : VALUE;
    return skip_space(json, byte);
}

static exn_status read_token(exn_json *json, int byte, exn_json_token *token)
{
    switch (json->expect) {
    case VALUE_OR_END:
        if (byte != ']')
            break;
        close_level(json, token);
        return EXN_OK;
    case KEY_OR_END:
        if (byte != '}')
            return read_key(json, byte, token);
        close_level(json, token);
        return EXN_OK;
    case KEY:
        return read_key(json, byte, token);
    case COMMA_OR_END: /* read_separator() has seen that it is one */
        close_level(json, token);
        return EXN_OK;
    case NOTHING:
        return unexpected(json, byte, "the end");
    default:
        break;
    }
    return read_value(json, byte, token);
}

/* Section 8.1: nobody must write one, and whoever reads may pass by it. Editors do write it. */
static exn_status skip_mark(exn_json *json)
{
    static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
    int byte;
    exn_status status = peek(json, &byte);
    if (status != EXN_OK || byte != mark[0])
        return status;
    for (size_t i = 0; i < sizeof mark && status == EXN_OK; i++) {
        status = peek(json, &byte);
        if (status == EXN_OK && byte != mark[i])
            return unexpected(json, byte, "a value");
        json->at++;
    }
    return status;
}

exn_status exn_json_next(exn_json *json, exn_json_token *token)
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
        (json->expect == NOTHING || json->expect == LINE_END ||
         (json->is_lines && json->expect == VALUE)))
        return EXN_OK;
    status = read_token(json, byte, token);
    token->size = json->base + json->at - token->offset;
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
    const uint32_t outside = json->depth - 1;
    while (status == EXN_OK && json->depth > outside)
        status = exn_json_next(json, &next);
    return status;
}
