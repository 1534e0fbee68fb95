/* SPDX-License-Identifier: MIT */
#include "xmp_suspect.h"

#include <string.h>
#include <strings.h>

#include "xml.h"

static const char word[] = "orientation";
enum { WORD_SIZE = sizeof word - 1 };

/* Part of a local name: the ASCII part of XML 1.0, section 2.3, and anything that is not ASCII. */
static bool is_name(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c == '-' || c == '.' || c >= 0x80;
}

/* XML 1.0, appendix F: a byte-order mark, or zeros among the first four bytes, means UTF-16 or
 * UTF-32. */
bool exn_xmp_suspect_is_wide(exn_span packet)
{
    const exn_span head = exn_span_part(packet, 0, 4);

    return exn_span_starts(packet, "\xFE\xFF", 2) || exn_span_starts(packet, "\xFF\xFE", 2) ||
           (head.size > 0 && memchr(head.data, 0, head.size));
}

/* --- The search --- */

/* The next nonzero byte, so that ASCII reads alike in 8, 16 and 32 bits; 0: the end. */
static uint8_t next_byte(exn_span in, size_t *at)
{
    while (*at < in.size)
        if (in.data[(*at)++] != 0)
            return in.data[*at - 1];
    return 0;
}

static uint8_t next_solid(exn_span in, size_t *at)
{
    uint8_t c;

    do
        c = next_byte(in, at);
    while (exn_xml_is_space(c));
    return c;
}

/* Whether what surrounds the word says 1 and nothing else (="1" or >1<), or whether it is not a
 * name: a longer word, or part of a text. */
static bool is_harmless(exn_span in, uint8_t before, size_t at)
{
    size_t solid = at;
    const uint8_t first = next_byte(in, &at);
    uint8_t close = '<', c;

    if (is_name(before) || ((first | 0x20) >= 'a' && (first | 0x20) <= 'z'))
        return true;
    c = next_solid(in, &solid);
    if (before != '<' && before != ':' && c != '=')
        return true;
    if (c == '=') {
        close = next_solid(in, &solid);
        if (close != '"' && close != '\'')
            return false;
    } else if (c != '>') {
        return false;
    }
    return next_solid(in, &solid) == '1' && next_solid(in, &solid) == close;
}

/* Any "Orientation" counts, in either case, even in text and comments, unless it is in an end tag
 * or harmless. No part of the word repeats its beginning. */
bool exn_xmp_suspect_orients(exn_span packet, const exn_cancel *cancel)
{
    size_t at = 0, asked = 0, matched = 0;
    bool end_tag = false;
    uint8_t c, last = 0, before = 0; /* the previous byte; the byte before the word */

    while ((c = next_byte(packet, &at)) != 0) {
        if (exn_cancel_check_at(cancel, at, &asked) != EXN_OK)
            return true;
        if (c == '<' || c == '>')
            end_tag = false;
        else if (c == '/' && last == '<')
            end_tag = true;
        if ((c | 0x20) != word[matched])
            matched = 0;
        if ((c | 0x20) == word[matched] && matched++ == 0)
            before = last;
        last = c;
        if (matched < WORD_SIZE)
            continue;
        matched = 0;
        if (!end_tag && !is_harmless(packet, before, at))
            return true;
    }
    return false;
}

/* --- The cut --- */

/* Where the attribute ends whose name ends at `at`; 0: it is not an attribute. */
static size_t attribute_end(exn_span in, size_t at)
{
    at = exn_xml_skip_space(in, at);
    if (exn_xml_peek(in, at) != '=')
        return 0;
    at = exn_xml_skip_space(in, at + 1);
    const uint8_t quote = exn_xml_peek(in, at);
    if (quote != '"' && quote != '\'')
        return 0;
    for (at++; exn_xml_peek(in, at) != quote; at++)
        if (at >= in.size || in.data[at] == '<')
            return 0;
    return at + 1;
}

/* Where the plain-text element ends whose name lies in name..at; 0: it is not one. */
static size_t element_end(exn_span in, size_t name, size_t at)
{
    const size_t size = at - name;
    uint8_t quote = 0;

    for (; at < in.size && (quote || in.data[at] != '>'); at++) {
        const uint8_t c = in.data[at];
        if (c == '<')
            return 0;
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
    }
    if (exn_xml_peek(in, at - 1) == '/')
        return at < in.size ? at + 1 : 0;
    while (at < in.size && in.data[at] != '<')
        at++;
    const exn_span rest = exn_span_part(in, at, in.size);
    if (!exn_span_starts(rest, "</", 2) || rest.size < 2 + size ||
        memcmp(rest.data + 2, in.data + name, size) != 0)
        return 0;
    at = exn_xml_skip_space(in, at + 2 + size);
    return exn_xml_peek(in, at) == '>' ? at + 1 : 0;
}

/* Blanks the property whose local name is at `at`, if it can be cut out. Returns where to continue.
 */
static size_t cut_one(exn_span in, uint8_t *to, size_t at)
{
    size_t from = at, end = at + WORD_SIZE;

    if (is_name(exn_xml_peek(in, end)) || (at > 0 && is_name(in.data[at - 1])))
        return end;
    while (from > 0 && (is_name(in.data[from - 1]) || in.data[from - 1] == ':'))
        from--;
    const uint8_t before = from > 0 ? in.data[from - 1] : 0;
    const size_t next = before == '<'              ? element_end(in, from, end)
                        : exn_xml_is_space(before) ? attribute_end(in, end)
                                                   : 0;
    if (next == 0)
        return end;
    from -= before == '<';
    memset(to + from, ' ', next - from);
    return next;
}

/* Blanks replace what is cut out, so the packet keeps its size. The same search then judges whether
 * that was enough. */
exn_status exn_xmp_suspect_cut(exn_span packet, const exn_cancel *cancel, exn_buffer *out,
                               bool *done)
{
    const size_t start = out->size;
    size_t asked = 0;
    exn_status status = EXN_OK;

    *done = false;
    if (exn_xmp_suspect_is_wide(packet))
        return EXN_OK;
    status = exn_buffer_append(out, packet.data, packet.size);
    if (status != EXN_OK)
        return status;
    for (size_t at = 0; at + WORD_SIZE <= packet.size && status == EXN_OK;) {
        status = exn_cancel_check_at(cancel, at, &asked);
        const bool hit = strncasecmp((const char *)packet.data + at, word, WORD_SIZE) == 0;
        at = hit ? cut_one(packet, out->data + start, at) : at + 1;
    }
    *done = status == EXN_OK &&
            !exn_xmp_suspect_orients(exn_span_part(exn_buffer_span(out), start, out->size), cancel);
    if (!*done)
        out->size = start;
    return status;
}
