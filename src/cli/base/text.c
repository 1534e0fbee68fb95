/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* RFC 3629, 3 and 4: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
size_t exn_text_utf8(const char *text, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)text;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC0 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (length == 0 || p[0] >= 0xF8)
        return 0;
    uint32_t value = length == 1 ? p[0] : p[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) /* the closing NUL ends the loop too */
            return 0;
        value = value << 6 | (p[i] & 0x3Fu);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code = value;
    return length;
}

/* Whether a terminal may get the character as it is. Neither controls nor zero-width and direction
 * marks, which would make a name look like another one (Unicode Technical Report 36, section 2). */
static bool showable(uint32_t code)
{
    return (code >= 0x20 && code < 0x7F) ||
           (code >= 0xA0 && !(code >= 0x200B && code <= 0x200F) &&
            !(code >= 0x2028 && code <= 0x202E) && !(code >= 0x2060 && code <= 0x206F) &&
            code != 0xAD && code != 0x61C && code != 0xFEFF &&
            !(code >= 0xFFF0 && code <= 0xFFFB) && code < 0xE0000);
}

/* Names are untrusted: an escape sequence in one could rewrite what the terminal shows. */
static void quote_part(FILE *file, const char *text, bool quotes)
{
    while (*text) {
        uint32_t code = 0;
        size_t length = exn_text_utf8(text, &code);
        if (length > 0 && showable(code)) {
            if ((code == '\'' && quotes) || code == '\\')
                fputc('\\', file);
            fwrite(text, 1, length, file);
        } else if (*text == '\n' || *text == '\t') {
            fputs(*text == '\n' ? "\\n" : "\\t", file);
        } else {
            length = length > 0 ? length : 1;
            for (size_t i = 0; i < length; i++)
                fprintf(file, "\\x%02X", (unsigned char)text[i]);
        }
        text += length > 0 ? length : 1;
    }
}

void exn_text_quote(FILE *file, const char *prefix, const char *name)
{
    fputc('\'', file);
    quote_part(file, prefix, true);
    quote_part(file, name, true);
    fputc('\'', file);
}

char *exn_text_visible(const char *name)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    if (!file)
        return NULL;
    quote_part(file, name, false);
    const bool failed = ferror(file) != 0;
    if (fclose(file) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

static bool begins_with_word(const char *text, size_t size, const char *const *words)
{
    for (; *words; words++)
        if (size >= strlen(*words) && strncasecmp(text, *words, strlen(*words)) == 0)
            return true;
    return false;
}

bool exn_text_has_word(const char *text, size_t size, const char *const *anywhere,
                       const char *const *in_front)
{
    bool has = begins_with_word(text, size, in_front);
    for (size_t at = 0; at < size && !has; at++)
        has = begins_with_word(text + at, size - at, anywhere);
    return has;
}

/* U+FFFD for each invalid byte, as lenient readers show it. */
char *exn_text_to_utf8(const char *name, bool *exact)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    char *copy = calloc(strlen(name) + 1, 3); /* one byte becomes at most three */
    if (!copy)
        return NULL;
    *exact = true;
    char *end = copy;
    while (*name) {
        uint32_t code;
        size_t length = exn_text_utf8(name, &code);
        if (length > 0) {
            memcpy(end, name, length);
            end += length;
            name += length;
        } else {
            memcpy(end, replacement, 3);
            end += 3;
            name++;
            *exact = false;
        }
    }
    return copy;
}

/* RFC 4648, 4, with padding. */
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *exn_text_base64(const char *name)
{
    return exn_text_base64_of(name, strlen(name));
}

char *exn_text_base64_of(const void *data, size_t size)
{
    const unsigned char *p = data;
    char *text = calloc(size / 3 + 2, 4);
    if (!text)
        return NULL;
    char *end = text;
    for (size_t i = 0; i < size; i += 3) {
        size_t have = size - i < 3 ? size - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < have ? p[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            *end++ = (char)(k <= have ? base64[group >> (18 - 6 * k) & 63] : '=');
    }
    return text;
}

/* Each digit of four but the first completes a byte. Older digits in the upper bits of group are
 * shifted out, or removed by the mask. */
char *exn_text_from_base64(const char *text)
{
    char *bytes = calloc(strlen(text) / 4 + 1, 3), *end = bytes;
    uint32_t group = 0;
    size_t have = 0;
    for (; bytes && *text && *text != '='; text++) {
        const char *digit = strchr(base64, *text);
        if (!digit) {
            free(bytes);
            return NULL;
        }
        group = group << 6 | (uint32_t)(digit - base64);
        if (++have % 4 != 1)
            *end++ = (char)(group >> (6 - 2 * ((have - 1) % 4)) & 0xFF);
    }
    if (bytes && strlen(bytes) == (size_t)(end - bytes))
        return bytes;
    free(bytes);
    return NULL;
}

/* ".." stays: where it leads depends on links. */
void exn_text_shorten(char *path)
{
    char *end = path;
    for (const char *part = path; *part;) {
        size_t length = strcspn(part, "/");
        size_t next = length + (part[length] == '/');
        if (length > 0 && !(length == 1 && *part == '.')) {
            if (end > path)
                *end++ = '/';
            memmove(end, part, length);
            end += length;
        }
        part += next;
    }
    *end = '\0';
}

const char *exn_text_bytes(uint64_t bytes, char *text, size_t size)
{
    static const char units[] = "KMGTPE";
    double value = (double)bytes;
    size_t unit = 0;
    if (bytes < 1024) {
        snprintf(text, size, "%" PRIu64 " bytes", bytes);
        return text;
    }
    for (value /= 1024; value >= 1024 && units[unit + 1]; unit++)
        value /= 1024;
    snprintf(text, size, "%.1f %ciB", value, units[unit]);
    return text;
}
