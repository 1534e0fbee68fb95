/* SPDX-License-Identifier: MIT */
#include "xmp_text.h"

#include <string.h>

#include "xml.h"

enum { SCALE_MAX = 18 }; /* decimals; a double printed in full rarely has more */

/* Two values and an extent within these limits can be added in 64 bits. */
#define MANTISSA_MAX INT64_C(3000000000000000000)
#define EXTENT_MAX   INT64_C(1000000000000000000)

/* --- Characters and values --- */

bool exn_xmp_text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool exn_xmp_text_span_is(exn_span span, const char *word)
{
    return span.size == strlen(word) && (span.size == 0 || memcmp(span.data, word, span.size) == 0);
}

bool exn_xmp_text_is(const exn_xmp_text *t, const char *word)
{
    return !t->over && t->size == strlen(word) && memcmp(t->bytes, word, t->size) == 0;
}

exn_span exn_xmp_text_strip(exn_span span)
{
    while (span.size > 0 && exn_xml_is_space(span.data[0])) {
        span.data++;
        span.size--;
    }
    while (span.size > 0 && exn_xml_is_space(span.data[span.size - 1]))
        span.size--;
    return span;
}

/* White space at the beginning is skipped and at the end it may be truncated, so only other
 * characters make a text too long. */
static void add_char(exn_xmp_text *t, char c)
{
    if (t->size == 0 && exn_xml_is_space((uint8_t)c))
        return;
    if (t->size < EXN_XMP_TEXT_MAX)
        t->bytes[t->size++] = c;
    else if (!exn_xml_is_space((uint8_t)c))
        t->over = true;
}

/* The character of &name; or &#number; at the start of raw, and the reference's length; if it is
 * unknown, the ampersand itself and length 1. Not ASCII: '?'. XML 1.0, sections 4.1 and 4.6. The
 * limit on code is Unicode's, and prevents overflow. */
static char reference(exn_span raw, size_t *size)
{
    static const struct {
        const char *name;
        char c;
    } named[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (exn_span_starts(raw, named[i].name, *size = strlen(named[i].name)))
            return named[i].c;
    *size = 1;
    if (!exn_span_starts(raw, "&#", 2))
        return '&';
    const bool hex = raw.size > 2 && raw.data[2] == 'x';
    uint32_t code = 0;
    for (size_t i = 2 + hex; i < raw.size && code < 0x110000; i++) {
        const uint8_t c = raw.data[i], lower = c | 0x20;
        if (c == ';' && i > 2U + hex) {
            *size = i + 1;
            return (char)(code > 0 && code < 0x80 ? code : '?');
        }
        if (exn_xmp_text_is_digit((char)c))
            code = code * (hex ? 16 : 10) + (c - '0');
        else if (hex && lower >= 'a' && lower <= 'f')
            code = code * 16 + (lower - 'a' + 10);
        else
            break;
    }
    return '&';
}

void exn_xmp_text_add(exn_xmp_text *t, exn_span raw, bool references)
{
    for (size_t i = 0; i < raw.size;) {
        size_t size = 1;
        char c = (char)raw.data[i];
        if (c == '&' && references)
            c = reference(exn_span_part(raw, i, raw.size), &size);
        add_char(t, c);
        i += size;
    }
}

void exn_xmp_text_trim(exn_xmp_text *t)
{
    while (t->size > 0 && exn_xml_is_space((uint8_t)t->bytes[t->size - 1]))
        t->size--;
}

void exn_xmp_text_decode(exn_xmp_text *t, exn_span raw)
{
    t->size = 0;
    t->over = false;
    exn_xmp_text_add(t, raw, true);
    exn_xmp_text_trim(t);
}

/* A repeated field has no reliable value. */
bool exn_xmp_text_put_field(exn_xmp_text_field *f, const exn_span *raw)
{
    if (f->present || !raw)
        return false;
    f->present = true;
    f->raw = exn_xmp_text_strip(*raw);
    exn_xmp_text_decode(&f->text, *raw);
    return true;
}

/* --- Decimal numbers --- */

/* Fails if there are too many digits before the point; decimals beyond SCALE_MAX are dropped,
 * rounding half up. */
bool exn_xmp_text_scale_number(exn_xmp_number *n, uint32_t scale)
{
    for (; n->scale < scale; n->scale++) {
        if (n->mantissa > MANTISSA_MAX / 10 || n->mantissa < -MANTISSA_MAX / 10)
            return false;
        n->mantissa *= 10;
    }
    /* Ends up as the first of the dropped digits, which is all that rounding needs. */
    int64_t last = 0;
    for (; n->scale > scale; n->scale--) {
        last = n->mantissa % 10;
        n->mantissa /= 10;
    }
    n->mantissa += last >= 5 ? 1 : last <= -5 ? -1 : 0;
    return true;
}

/* Reads e or E and an exponent of at most two digits, up to the end of the text. */
static bool read_exponent(const char *p, const char *end, int32_t *exponent)
{
    bool negative = false;

    *exponent = 0;
    if (p == end)
        return true;
    if (*p != 'e' && *p != 'E')
        return false;
    if (++p < end && (*p == '+' || *p == '-'))
        negative = *p++ == '-';
    if (p == end || end - p > 2)
        return false;
    for (; p < end && exn_xmp_text_is_digit(*p); p++)
        *exponent = *exponent * 10 + (*p - '0');
    if (negative)
        *exponent = -*exponent;
    return p == end;
}

/* Read as a decimal rather than a double, so that a mirrored number has the digits that its writer
 * would have chosen. Decimals that do not fit into the mantissa are dropped; digits of the whole
 * part must not be. */
bool exn_xmp_text_read_number(const char *p, size_t size, exn_xmp_number *n)
{
    const char *const end = p + size;
    bool negative = false, point = false;
    uint32_t digits = 0;
    int32_t exponent;

    *n = (exn_xmp_number){0};
    if (size == 0 || size > EXN_XMP_NUMBER_MAX)
        return false;
    if (*p == '+' || *p == '-')
        negative = *p++ == '-';
    for (; p < end && (exn_xmp_text_is_digit(*p) || (*p == '.' && !point)); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        digits++;
        if (n->mantissa > (MANTISSA_MAX - 9) / 10) {
            if (!point)
                return false;
            continue;
        }
        n->mantissa = n->mantissa * 10 + (*p - '0');
        n->scale += point;
    }
    if (digits == 0 || !read_exponent(p, end, &exponent))
        return false;
    if (negative)
        n->mantissa = -n->mantissa;
    if (exponent < 0) {
        n->scale += (uint32_t)-exponent;
    } else if ((uint32_t)exponent <= n->scale) {
        n->scale -= (uint32_t)exponent;
    } else {
        const uint32_t zeros = (uint32_t)exponent - n->scale;
        n->scale = 0;
        if (!exn_xmp_text_scale_number(n, zeros))
            return false;
        n->scale = 0;
    }
    return exn_xmp_text_scale_number(n, n->scale < SCALE_MAX ? n->scale : SCALE_MAX);
}

/* There is a digit before the point, even if it is a zero. */
void exn_xmp_text_write_number(exn_xmp_number n, exn_xmp_text *t)
{
    char reversed[EXN_XMP_NUMBER_MAX];
    size_t size = 0;
    uint64_t rest = n.mantissa < 0 ? 0 - (uint64_t)n.mantissa : (uint64_t)n.mantissa;

    for (; rest > 0 || size < n.scale + (n.scale > 0) + 1; rest /= 10) {
        if (n.scale > 0 && size == n.scale)
            reversed[size++] = '.';
        reversed[size++] = (char)('0' + rest % 10);
    }
    t->size = 0;
    t->over = false;
    if (n.mantissa < 0)
        add_char(t, '-');
    while (size > 0)
        add_char(t, reversed[--size]);
}

/* Writes extent - a - b, with the decimals of the more precise one. */
bool exn_xmp_text_mirror_number(uint32_t extent, exn_xmp_number a, exn_xmp_number b,
                                exn_xmp_text *t)
{
    uint32_t scale = a.scale > b.scale ? a.scale : b.scale;
    int64_t whole = extent;

    for (uint32_t i = 0; i < scale; i++) {
        /* Decimals that do not fit into 64 bits together with this extent are rounded away. */
        if (whole > EXTENT_MAX / 10)
            scale = i;
        else
            whole *= 10;
    }
    if (!exn_xmp_text_scale_number(&a, scale) || !exn_xmp_text_scale_number(&b, scale))
        return false;
    exn_xmp_text_write_number((exn_xmp_number){whole - a.mantissa - b.mantissa, scale}, t);
    return true;
}
