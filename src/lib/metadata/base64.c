/* SPDX-License-Identifier: MIT */
#include "base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The size of the white-space character, or reference to a line end, that rest begins with; 0:
 * none. strchr() would also find its own NUL. */
static size_t gap_size(exn_span rest)
{
    static const char *const references[] = {"&#xA;", "&#xa;", "&#10;", "&#xD;", "&#xd;", "&#13;"};
    if (rest.size && strchr(" \t\r\n", rest.data[0]) && rest.data[0])
        return 1;
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
        if (exn_span_starts(rest, references[i], strlen(references[i])))
            return strlen(references[i]);
    return 0;
}

/* The run of gaps at the beginning of rest. */
static exn_span take_gaps(exn_span rest)
{
    size_t size = 0;
    for (size_t one; (one = gap_size(exn_span_part(rest, size, SIZE_MAX))) > 0;)
        size += one;
    return exn_span_part(rest, 0, size);
}

exn_status exn_base64_decode(exn_span text, exn_base64_layout *layout, exn_buffer *out, bool *valid)
{
    uint32_t bits = 0;
    size_t count = 0, padding = 0;
    *layout = (exn_base64_layout){.line = 0};
    *valid = true;
    if (exn_buffer_reserve(out, text.size / 4 * 3 + 3) != EXN_OK)
        return EXN_MEMORY;
    for (size_t at = 0; at < text.size && *valid;) {
        int value = value_of(text.data[at]);
        exn_span gap = {NULL, 0};
        if (value < 0)
            gap = take_gaps(exn_span_part(text, at, SIZE_MAX));
        if (gap.size > 0) {
            at += gap.size;
            if (count > 0 && layout->line == 0 && at < text.size)
                *layout = (exn_base64_layout){gap, count + padding};
            continue;
        }
        padding += text.data[at] == '=';
        *valid = text.data[at] == '=' || (value >= 0 && padding == 0);
        at++;
        if (value < 0)
            continue;
        bits = bits << 6 | (uint32_t)value;
        /* Every digit except the first of four completes a byte. */
        if (++count % 4 != 1)
            out->data[out->size++] = (uint8_t)(bits >> (6 - 2 * ((count - 1) % 4)));
    }
    *valid =
        *valid && count % 4 != 1 && padding < 3 && (padding == 0 || (count + padding) % 4 == 0);
    return EXN_OK;
}

exn_status exn_base64_encode(exn_span data, const exn_base64_layout *layout, exn_buffer *out)
{
    size_t total = (data.size + 2) / 3 * 4;
    size_t lines = layout->line ? total / layout->line + 1 : 0;
    if (exn_buffer_reserve(out, total + lines * layout->gap.size) != EXN_OK)
        return EXN_MEMORY;
    for (size_t i = 0; i < total; i++) {
        size_t at = i / 4 * 3, left = data.size - at;
        const uint8_t *p = data.data + at;
        uint32_t bits =
            (uint32_t)p[0] << 16 | (left > 1 ? (uint32_t)p[1] << 8 : 0) | (left > 2 ? p[2] : 0);
        if (layout->line && i > 0 && i % layout->line == 0) {
            memcpy(out->data + out->size, layout->gap.data, layout->gap.size);
            out->size += layout->gap.size;
        }
        out->data[out->size++] =
            i % 4 > left ? '=' : (uint8_t)digits[bits >> (18 - 6 * (i % 4)) & 63];
    }
    return EXN_OK;
}
