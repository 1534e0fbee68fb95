/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "inflate.h"

/* Keywords of ImageMagick's profiles, of XMP (XMP part 3, 1.1.5) and of plain properties, in any of
 * the three text chunks. */
static const struct {
    const char *keyword;
    exn_png_text_kind kind;
} keywords[] = {
    {"XML:com.adobe.xmp", EXN_PNG_TEXT_XMP},
    {"Raw profile type exif", EXN_PNG_TEXT_PROFILE},
    {"Raw profile type APP1", EXN_PNG_TEXT_PROFILE},
    {"Raw profile type xmp", EXN_PNG_TEXT_PROFILE},
    {"Raw profile type 8bim", EXN_PNG_TEXT_RESOURCES},
    {"Raw profile type iptc", EXN_PNG_TEXT_RESOURCES},
    {"Orientation", EXN_PNG_TEXT_ORIENTATION},
    {"exif:Orientation", EXN_PNG_TEXT_ORIENTATION},
};

/* keyword ends with a NUL inside data. The case is ignored, because readers differ about it. The
 * comparison stops at the keyword's NUL, which is known to be there. */
static exn_png_text_kind kind_of(exn_span data)
{
    const uint8_t *end = memchr(data.data, 0, data.size);
    for (size_t i = 0; end && i < sizeof keywords / sizeof keywords[0]; i++)
        if (strcasecmp((const char *)data.data, keywords[i].keyword) == 0)
            return keywords[i].kind;
    return EXN_PNG_TEXT_OTHER;
}

/* Advances past the NUL that ends a string at offset; false if there is none. */
static bool skip_string(exn_span data, size_t *offset)
{
    exn_span rest = exn_span_part(data, *offset, SIZE_MAX);
    const uint8_t *end = rest.size ? memchr(rest.data, 0, rest.size) : NULL;
    if (!end)
        return false;
    *offset = (size_t)(end - data.data) + 1;
    return true;
}

/* Finds where the text begins: after the keyword and its NUL, zTXt has a method, iTXt a flag, a
 * method and two more strings. Clauses 11.3.3.2 to 11.3.3.4. 0 is the only compression method; text
 * with another one is left alone, since no reader supports it. */
static bool find_text(exn_png_text *text, uint32_t type, exn_span data)
{
    size_t at = 0;
    if (!skip_string(data, &at))
        return false;
    if (type == EXN_PNG_ZTXT) {
        text->compressed = true;
        if (data.size <= at || data.data[at] != 0)
            return false;
        at += 1;
    } else if (type == EXN_PNG_ITXT) {
        if (data.size < at + 2 || data.data[at] > 1 || (data.data[at] == 1 && data.data[at + 1]))
            return false;
        text->compressed = data.data[at] == 1;
        at += 2;
        if (!skip_string(data, &at) || !skip_string(data, &at))
            return false;
    }
    text->head = at;
    return true;
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Removes a line from rest and returns it without its line end. */
static exn_span take_line(exn_span *rest)
{
    const uint8_t *end = rest->size ? memchr(rest->data, '\n', rest->size) : NULL;
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    exn_span line = exn_span_part(*rest, 0, size);
    *rest = exn_span_part(*rest, size + 1, SIZE_MAX);
    return line;
}

/* Removes a number of a few digits from the beginning of rest's line, if it is the first word
 * there; otherwise returns false and leaves rest unchanged. */
static bool take_number(exn_span *rest)
{
    enum { DIGITS = 10 };
    for (exn_span from = *rest, line; from.size > 0;) {
        exn_span before = from;
        line = take_line(&from);
        size_t at = 0;
        while (at < line.size && (line.data[at] == ' ' || line.data[at] == '\t'))
            at++;
        size_t end = at;
        while (end < line.size && line.data[end] >= '0' && line.data[end] <= '9')
            end++;
        bool ends = end == line.size || line.data[end] == ' ' || line.data[end] == '\r';
        if (end > at && end - at <= DIGITS && ends) {
            *rest = exn_span_part(before, end, SIZE_MAX);
            return true;
        }
    }
    return false;
}

/* "\n", the profile's name, the number of bytes in decimal, then lines of hexadecimal digits, as
 * ImageMagick writes them. Readers skip anything but digits, and lines before the number; some
 * count lines instead. This accepts both. */
static exn_status open_profile(exn_png_text *text, exn_span source, const exn_cancel *cancel)
{
    exn_span rest = source, line = take_line(&rest);
    if (line.size == 0)
        line = take_line(&rest);
    if (!line.data) { /* no text at all */
        text->readable = false;
        return EXN_OK;
    }
    exn_status status =
        exn_buffer_append(&text->label, source.data, (size_t)(line.data + line.size - source.data));
    if (!take_number(&rest)) /* the digits tell it, too */
        take_line(&rest);
    for (exn_span digits = rest; text->line == 0 && digits.size > 0;)
        text->line = take_line(&digits).size;
    if (status == EXN_OK)
        status = exn_buffer_reserve(&text->value, rest.size / 2 + 1);
    /* Two digits per byte, wherever lines end. */
    int high = -1;
    size_t asked = 0;
    for (size_t i = 0; i < rest.size && status == EXN_OK; i++) {
        status = exn_cancel_check_at(cancel, i, &asked);
        int value = digit(rest.data[i]);
        if (value >= 0 && high >= 0)
            text->value.data[text->value.size++] = (uint8_t)(high << 4 | value);
        if (value >= 0)
            high = high < 0 ? value : -1;
    }
    text->readable = text->value.size > 0; /* so there is a line, too */
    return status;
}

static bool is_profile(const exn_png_text *text)
{
    return text->kind == EXN_PNG_TEXT_PROFILE || text->kind == EXN_PNG_TEXT_RESOURCES;
}

bool exn_png_text_is(uint32_t type)
{
    return type == EXN_PNG_TEXT || type == EXN_PNG_ZTXT || type == EXN_PNG_ITXT ||
           type == EXN_PNG_TXMP;
}

exn_status exn_png_text_open(exn_png_text *text, uint32_t type, exn_span data,
                             const exn_cancel *cancel, exn_error *error)
{
    *text = (exn_png_text){0};
    if (!exn_png_text_is(type))
        return EXN_OK;
    if (type == EXN_PNG_TXMP) /* nothing but the packet */
        text->kind = EXN_PNG_TEXT_XMP;
    else if (data.size > 0)
        text->kind = kind_of(data);
    if (text->kind == EXN_PNG_TEXT_OTHER || (type != EXN_PNG_TXMP && !find_text(text, type, data)))
        return EXN_OK;
    exn_span raw = exn_span_part(data, text->head, SIZE_MAX);
    exn_buffer inflated = {0};
    exn_status status = EXN_OK;
    text->readable = true;
    if (text->compressed) {
        status = exn_png_inflate_value(raw, cancel, &inflated, &text->readable, error);
        text->inflated = inflated.size;
        raw = exn_buffer_span(&inflated);
    }
    if (status == EXN_OK && text->readable) {
        if (is_profile(text))
            status = open_profile(text, raw, cancel);
        else
            status = exn_buffer_append(&text->value, raw.data, raw.size);
    }
    exn_buffer_free(&inflated);
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "text chunk");
}

static bool contains(exn_span span, const char *word)
{
    return span.size > 0 && memmem(span.data, span.size, word, strlen(word));
}

/* Some writers omit the prefix of an APP1. TIFF may contain XMP. The body borrows text->value. */
exn_block exn_png_text_block(const exn_png_text *text)
{
    const exn_span value = {text->value.data, text->value.size};
    exn_block block = {EXN_BLOCK_OTHER, {NULL, 0}, value};
    if (text->kind == EXN_PNG_TEXT_RESOURCES || text->kind == EXN_PNG_TEXT_ORIENTATION)
        return block;
    if (exn_span_starts(value, "II*", 4) || exn_span_starts(value, "MM\0*", 4)) {
        block.kind = EXN_BLOCK_EXIF;
        return block;
    }
    block = exn_block_of(value);
    if (block.kind == EXN_BLOCK_OTHER &&
        (text->kind == EXN_PNG_TEXT_XMP || contains(value, "<x:xmpmeta") ||
         contains(value, "<rdf:RDF")))
        block.kind = EXN_BLOCK_XMP;
    return block;
}

/* Stops at four digits: no orientation has more, so nothing overflows. */
uint32_t exn_png_text_number(const exn_png_text *text)
{
    uint32_t number = 0;
    for (size_t i = 0; i < text->value.size && number < 1000; i++) {
        uint8_t c = text->value.data[i];
        if (c >= '0' && c <= '9')
            number = number * 10 + (uint32_t)(c - '0');
        else if (c != ' ' && c != '\n' && c != 0)
            return 0;
    }
    return number;
}

/* Label, number and digits, in the source's layout. text->line is not 0, because a profile is
 * readable only if one of its lines has digits. */
static exn_status make_profile(const exn_png_text *text, exn_span value, const exn_cancel *cancel,
                               exn_buffer *out)
{
    static const char digits[] = "0123456789abcdef";
    char number[32];
    int length = snprintf(number, sizeof number, "\n%8zu\n", value.size);
    exn_status status = exn_buffer_append(out, text->label.data, text->label.size);
    if (status == EXN_OK)
        status = exn_buffer_append(out, number, (size_t)length);
    if (status == EXN_OK)
        status = exn_buffer_reserve(out, value.size * 2 + value.size * 2 / text->line + 1);
    size_t asked = 0;
    for (size_t i = 0; i < value.size * 2 && status == EXN_OK; i++) {
        status = exn_cancel_check_at(cancel, i, &asked);
        uint8_t byte = value.data[i / 2];
        out->data[out->size++] = (uint8_t)digits[i % 2 ? byte & 15 : byte >> 4];
        if ((i + 1) % text->line == 0 || i + 1 == value.size * 2)
            out->data[out->size++] = '\n';
    }
    return status;
}

/* With this much space the only possible failure is memory. Pieces are small, because at this level
 * some text takes a microsecond per byte. */
static exn_status deflate_all(exn_span in, const exn_cancel *cancel, exn_buffer *out)
{
    enum { PIECE = 1 << 14 };
    const uLong bound = compressBound((uLong)in.size);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)in.data};
    exn_status status = exn_buffer_reserve(out, bound);
    if (status != EXN_OK)
        return status;
    if (deflateInit(&stream, 9) != Z_OK)
        return EXN_MEMORY;
    stream.next_out = out->data + out->size;
    stream.avail_out = (uInt)bound;
    int result = Z_OK;
    for (size_t left = in.size; result == Z_OK && status == EXN_OK;) {
        status = exn_cancel_check(cancel, NULL);
        stream.avail_in = (uInt)(left < PIECE ? left : PIECE);
        left -= stream.avail_in;
        if (status == EXN_OK)
            result = deflate(&stream, left > 0 ? Z_NO_FLUSH : Z_FINISH);
    }
    out->size += bound - stream.avail_out;
    deflateEnd(&stream);
    return status != EXN_OK || result == Z_STREAM_END ? status : EXN_MEMORY;
}

/* Keyword, language and translated keyword are copied from the source; compressed text is
 * compressed again. */
exn_status exn_png_text_put(const exn_png_text *text, uint32_t type, exn_span data, exn_span value,
                            const exn_cancel *cancel, exn_buffer *out)
{
    exn_buffer profile = {0};
    size_t start;
    exn_status status = exn_png_chunks_put_open(out, type, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(out, exn_span_part(data, 0, text->head));
    if (status == EXN_OK && is_profile(text)) {
        status = make_profile(text, value, cancel, &profile);
        value = exn_buffer_span(&profile);
    }
    if (status == EXN_OK)
        status = text->compressed ? deflate_all(value, cancel, out)
                                  : exn_png_chunks_put_span(out, value);
    if (status == EXN_OK)
        status = exn_png_chunks_put_close(out, start);
    exn_buffer_free(&profile);
    return status;
}

void exn_png_text_close(exn_png_text *text)
{
    exn_buffer_free(&text->value);
    exn_buffer_free(&text->label);
}
