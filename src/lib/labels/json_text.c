/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <stdio.h>
#include <string.h>

/* The reader (json.c) has checked that there are four digits; 0x20 makes a letter lower case. */
static uint32_t hex4(const uint8_t *p)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (p[i] <= '9' ? p[i] - (uint32_t)'0' : (p[i] | 0x20u) - 'a' + 10u);
    return value;
}

/* What one escape stands for; *size: its length in bytes. -1: half a surrogate pair that cannot be
 * part of a name. RFC 8259, 7: characters beyond U+FFFF are two escapes, a UTF-16 surrogate pair;
 * 8.2 leaves open what a single one means. Python writes a non-UTF-8 byte in a file name as U+DC80
 * to U+DCFF (PEP 383), and such names have to be found, too. */
static int64_t escaped(exn_span text, size_t at, size_t *size)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const uint8_t kind = text.data[at + 1];
    *size = 2;
    if (kind != 'u') {
        const char *found = strchr(from, kind);
        return found ? to[found - from] : kind;
    }
    *size = 6;
    uint32_t code = hex4(text.data + at + 2);
    if (code < 0xD800 || code > 0xDFFF)
        return code;
    if (code < 0xDC00 && text.size - at >= 12 && text.data[at + 6] == '\\' &&
        text.data[at + 7] == 'u') {
        uint32_t low = hex4(text.data + at + 8);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *size = 12;
            return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return code >= 0xDC80 && code <= 0xDCFF ? (int64_t)code : -1;
}

/* RFC 3629, 3; for PEP 383 it is the byte itself.
 *
 *   below 0x80       0xxxxxxx
 *   below 0x800      110xxxxx 10xxxxxx
 *   below 0x10000    1110xxxx 10xxxxxx 10xxxxxx
 *   others           11110xxx 10xxxxxx 10xxxxxx 10xxxxxx */
static size_t put_utf8(uint32_t code, uint8_t to[4])
{
    if (code >= 0xDC80 && code <= 0xDCFF) {
        to[0] = (uint8_t)(code - 0xDC00);
        return 1;
    }
    if (code < 0x80) {
        to[0] = (uint8_t)code;
        return 1;
    }
    const size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t lead[4] = {0, 0xC0, 0xE0, 0xF0};
    for (size_t i = more; i > 0; i--, code >>= 6)
        to[i] = (uint8_t)(0x80 | (code & 0x3F));
    to[0] = (uint8_t)(lead[more] | code);
    return more + 1;
}

/* The text is a token of the reader's, so no escape is truncated at its end. */
exn_status exn_json_text_unescape(exn_span text, exn_buffer *out)
{
    size_t at = 0;
    while (at < text.size) {
        const uint8_t *escape = memchr(text.data + at, '\\', text.size - at);
        size_t plain = escape ? (size_t)(escape - text.data) - at : text.size - at, size;
        exn_status status = exn_buffer_append(out, text.data + at, plain);
        if (status != EXN_OK)
            return status;
        at += plain;
        if (!escape)
            break;
        int64_t code = escaped(text, at, &size);
        uint8_t utf8[4];
        if (code < 0)
            return EXN_CORRUPT;
        status = exn_buffer_append(out, utf8, put_utf8((uint32_t)code, utf8));
        if (status != EXN_OK)
            return status;
        at += size;
    }
    return EXN_OK;
}

/* A key may be written with escapes ("\u0062box"). Other readers accept that, so labels under such
 * a key must not be left behind. The word is ASCII, so code points and bytes are the same. */
bool exn_json_text_is_escaped(exn_span text, const char *word)
{
    size_t at = 0;
    for (; at < text.size; word++) {
        size_t size = 1;
        int64_t code = text.data[at] == '\\' ? escaped(text, at, &size) : text.data[at];
        if (*word == '\0' || code != (unsigned char)*word)
            return false;
        at += size;
    }
    return *word == '\0';
}

/* Allocates nothing, as it is called for each address in a file. Half a surrogate pair is no
 * character, so no prefix matches it. */
bool exn_json_text_starts(exn_span text, exn_span prefix, size_t *size)
{
    size_t at = 0, said = 0;
    while (at < text.size && said < prefix.size) {
        size_t bytes = 1, count = 1;
        uint8_t utf8[4] = {text.data[at]};
        if (utf8[0] == '\\') {
            const int64_t code = escaped(text, at, &bytes);
            count = code < 0 ? 0 : put_utf8((uint32_t)code, utf8);
        }
        if (count == 0 || count > prefix.size - said ||
            memcmp(utf8, prefix.data + said, count) != 0)
            return false;
        at += bytes;
        said += count;
    }
    *size = at;
    return said == prefix.size;
}

/* Escapes what has to be escaped and nothing else (RFC 8259, 7). */
exn_status exn_json_text_escape(exn_span utf8, exn_buffer *out)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < utf8.size && status == EXN_OK; i++) {
        const uint8_t byte = utf8.data[i];
        char escape[8];
        if (byte < 0x20)
            status = exn_buffer_append(out, escape,
                                       (size_t)snprintf(escape, sizeof escape, "\\u%04x", byte));
        else if (byte == '"' || byte == '\\')
            status = exn_buffer_append(out, "\\", 1);
        if (status == EXN_OK && byte >= 0x20)
            status = exn_buffer_append(out, &byte, 1);
    }
    return status;
}
