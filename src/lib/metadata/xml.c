/* SPDX-License-Identifier: MIT */
#include "xml.h"

#include <string.h>

void exn_xml_open(exn_xml *x, exn_span in)
{
    x->in = in;
    x->cancel = NULL;
    x->asked = 0;
    x->at = 0;
    x->depth = 0;
    x->place = EXN_XML_IN_CONTENT;
}

/* Namespaces in XML 1.0, section 4: the first colon splits a name. */
void exn_xml_split_name(exn_span name, exn_span *prefix, exn_span *local)
{
    const uint8_t *const colon = name.size > 0 ? memchr(name.data, ':', name.size) : NULL;
    const size_t size = colon ? (size_t)(colon - name.data) : 0;

    *prefix = exn_span_part(name, 0, size);
    *local = colon ? exn_span_part(name, size + 1, name.size) : name;
}

/* --- Characters --- */

/* White space, a markup character, or a zero byte, which occurs in no name or markup. All are below
 * 64, so a word has a bit for each, as every byte of a name is tested. */
static bool ends_name(uint8_t c)
{
#define BIT(c) (UINT64_C(1) << (c))
    static const uint64_t ends = BIT(0) | BIT('\t') | BIT('\n') | BIT('\r') | BIT(' ') | BIT('<') |
                                 BIT('>') | BIT('/') | BIT('=') | BIT('"') | BIT('\'') | BIT('?') |
                                 BIT('!') | BIT('&');
#undef BIT
    return c < 64 && (ends >> c & 1);
}

static exn_span read_name(exn_span in, size_t at)
{
    size_t end = at;

    while (!ends_name(exn_xml_peek(in, end)))
        end++;
    return exn_span_part(in, at, end - at);
}

/* The offset after the next `word` from `at` on; 0: none. Words end with the only '>' they contain.
 * memmem() is avoided: under AddressSanitizer each call examines everything that follows, however
 * near the hit is, so thousands of short comments take minutes. */
static size_t find_end(exn_span in, size_t at, const char *word)
{
    const exn_span rest = exn_span_part(in, at, in.size);
    const size_t length = strlen(word);
    for (size_t from = 0; from < rest.size;) {
        const uint8_t *const hit = memchr(rest.data + from, '>', rest.size - from);
        if (!hit)
            return 0;
        from = (size_t)(hit - rest.data) + 1;
        if (from >= length && memcmp(hit + 1 - length, word, length) == 0)
            return (size_t)(hit - in.data) + 1;
    }
    return 0;
}

/* --- Tags --- */

typedef enum step { STEP_BAD, STEP_ATTRIBUTE, STEP_TAG_END } step;

/* Reads the attribute at *at (section 3.1, Attribute), or the end of the tag, and advances *at past
 * it. */
static step next_attribute(exn_span in, size_t *at, exn_xml_event *e)
{
    size_t p = exn_xml_skip_space(in, *at);

    if (exn_xml_peek(in, p) == '>' ||
        (exn_xml_peek(in, p) == '/' && exn_xml_peek(in, p + 1) == '>')) {
        *at = p;
        return STEP_TAG_END;
    }
    *e = (exn_xml_event){.kind = EXN_XML_ATTRIBUTE, .at = p, .name = read_name(in, p)};
    p = exn_xml_skip_space(in, p + e->name.size);
    if (e->name.size == 0 || exn_xml_peek(in, p) != '=')
        return STEP_BAD;
    p = exn_xml_skip_space(in, p + 1);
    const uint8_t quote = exn_xml_peek(in, p);
    if (quote != '"' && quote != '\'')
        return STEP_BAD;
    const exn_span rest = exn_span_part(in, p + 1, in.size);
    const uint8_t *const end = rest.size > 0 ? memchr(rest.data, quote, rest.size) : NULL;
    if (!end)
        return STEP_BAD;
    e->value = exn_span_part(rest, 0, (size_t)(end - rest.data));
    e->end = *at = p + 2 + e->value.size;
    return e->value.size > 0 && memchr(e->value.data, '<', e->value.size) ? STEP_BAD
                                                                          : STEP_ATTRIBUTE;
}

bool exn_xml_next_attribute(const exn_xml *x, size_t *at, exn_xml_event *e)
{
    return next_attribute(x->in, at, e) == STEP_ATTRIBUTE;
}

/* Section 3.1, STag and EmptyElemTag. The whole tag is read before anything is reported. A
 * namespace declaration also applies to earlier attributes, hence declares. The stack of open
 * elements is fixed, since XMP is never nested more deeply. */
static exn_xml_kind start_tag(exn_xml *x, exn_xml_event *e)
{
    const exn_span name = read_name(x->in, x->at + 1);
    const size_t attributes = x->at + 1 + name.size;
    size_t at = attributes;
    bool declares = false;
    exn_xml_event a;
    step s;

    if (name.size == 0 || x->depth == EXN_XML_DEPTH_MAX)
        return EXN_XML_BAD;
    while ((s = next_attribute(x->in, &at, &a)) == STEP_ATTRIBUTE) {
        declares = declares || exn_span_starts(a.name, "xmlns", 5);
        if (exn_cancel_check_at(x->cancel, at, &x->asked) != EXN_OK)
            return EXN_XML_BAD;
    }
    if (s == STEP_BAD)
        return EXN_XML_BAD;
    if (x->depth > 0)
        x->open[x->depth - 1].is_text = false;
    x->open[x->depth++] = (exn_xml_element){.at = x->at, .name = name, .is_text = true};
    *e = (exn_xml_event){.at = x->at,
                         .end = attributes,
                         .name = name,
                         .declares = declares,
                         .attributes = attributes};
    x->at = attributes;
    x->place = EXN_XML_IN_TAG;
    return EXN_XML_START;
}

/* Ends the innermost element: its content ends at content_end, and the element where the tokenizer
 * is. */
static exn_xml_kind close_element(exn_xml *x, size_t content_end, exn_xml_event *e)
{
    const exn_xml_element *const closed = &x->open[--x->depth];

    *e = (exn_xml_event){.at = closed->at,
                         .end = x->at,
                         .name = closed->name,
                         .value =
                             exn_span_part(x->in, closed->content, content_end - closed->content),
                         .is_text = closed->is_text};
    x->place = EXN_XML_IN_CONTENT;
    return EXN_XML_END;
}

/* Section 3, well-formedness constraint "element type match". */
static exn_xml_kind end_tag(exn_xml *x, exn_xml_event *e)
{
    const size_t at = x->at;
    const exn_span name = read_name(x->in, at + 2);
    const size_t close = exn_xml_skip_space(x->in, at + 2 + name.size);

    if (x->depth == 0 || exn_xml_peek(x->in, close) != '>' ||
        !exn_span_equal(name, x->open[x->depth - 1].name))
        return EXN_XML_BAD;
    x->at = close + 1;
    return close_element(x, at, e);
}

/* --- Other markup --- */

/* The offset after a DOCTYPE without declarations of its own; 0: it is none. A quoted literal may
 * contain anything (sections 2.3 and 2.8). An internal subset might define entities, so that other
 * readers see a different text: such a packet is not read. */
static size_t find_doctype_end(exn_span in, size_t at)
{
    uint8_t quote = 0;

    for (; at < in.size; at++) {
        const uint8_t c = in.data[at];
        if (c == '[' && !quote)
            return 0;
        if (c == '>' && !quote)
            return at + 1;
        if (quote ? c == quote : c == '"' || c == '\'')
            quote = quote ? 0 : c;
    }
    return 0;
}

/* Sections 2.5, 2.6, 2.7 and 2.8: comments, processing instructions, CDATA and a DOCTYPE. They
 * split an element's text, which then is not a plain value any more. */
static exn_xml_kind other_markup(exn_xml *x, exn_span rest, exn_xml_event *e)
{
    const size_t at = x->at;
    exn_xml_kind kind = EXN_XML_OTHER;
    size_t end = 0;

    if (x->depth > 0)
        x->open[x->depth - 1].is_text = false;
    if (exn_span_starts(rest, "<!--", 4)) {
        end = find_end(x->in, at + 4, "-->");
    } else if (exn_span_starts(rest, "<![CDATA[", 9) && x->depth > 0) {
        end = find_end(x->in, at + 9, "]]>");
        kind = EXN_XML_CDATA;
    } else if (exn_span_starts(rest, "<?", 2)) {
        end = find_end(x->in, at + 2, "?>");
    } else if (exn_span_starts(rest, "<!DOCTYPE", 9) && x->depth == 0) {
        end = find_doctype_end(x->in, at);
    }
    if (end == 0)
        return EXN_XML_BAD;
    *e = (exn_xml_event){.at = at, .end = end};
    if (kind == EXN_XML_CDATA)
        e->value = exn_span_part(x->in, at + 9, end - 3 - (at + 9));
    x->at = end;
    return kind;
}

/* --- Tokens --- */

static exn_xml_kind next_in_content(exn_xml *x, exn_xml_event *e)
{
    const exn_span rest = exn_span_part(x->in, x->at, x->in.size);

    if (rest.size == 0)
        return x->depth == 0 ? EXN_XML_FINISHED : EXN_XML_BAD;
    /* Section 2.4: character data end at the next <, whatever they contain. */
    const uint8_t *const hit = memchr(rest.data, '<', rest.size);
    const size_t size = hit ? (size_t)(hit - rest.data) : rest.size;
    if (size > 0) {
        *e = (exn_xml_event){
            .at = x->at, .end = x->at + size, .value = exn_span_part(rest, 0, size)};
        x->at += size;
        return EXN_XML_TEXT;
    }
    const uint8_t next = exn_xml_peek(rest, 1);
    return next == '/'                  ? end_tag(x, e)
           : next == '!' || next == '?' ? other_markup(x, rest, e)
                                        : start_tag(x, e);
}

/* An attribute, or what follows the tag. */
static exn_xml_kind next_in_tag(exn_xml *x, exn_xml_event *e)
{
    if (exn_xml_next_attribute(x, &x->at, e))
        return EXN_XML_ATTRIBUTE;
    const bool is_empty = exn_xml_peek(x->in, x->at) == '/';
    x->at += 1U + is_empty;
    x->open[x->depth - 1].content = x->at;
    x->place = EXN_XML_IN_CONTENT;
    return is_empty ? close_element(x, x->at, e) : next_in_content(x, e);
}

/* After the end, or the first error, the answer stays the same. */
exn_xml_kind exn_xml_next(exn_xml *x, exn_xml_event *e)
{
    /* The attributes of a tag are read again, before the point of the last check. */
    if (x->at < x->asked)
        x->asked = x->at;
    const exn_status status = exn_cancel_check_at(x->cancel, x->at, &x->asked);
    const exn_xml_kind kind = status != EXN_OK                 ? EXN_XML_BAD
                              : x->place == EXN_XML_IN_TAG     ? next_in_tag(x, e)
                              : x->place == EXN_XML_IN_CONTENT ? next_in_content(x, e)
                                                               : x->over;

    if (kind == EXN_XML_BAD || kind == EXN_XML_FINISHED) {
        *e = (exn_xml_event){.kind = kind};
        x->place = EXN_XML_IN_NOTHING;
        x->over = kind;
    }
    return e->kind = kind;
}
