/* SPDX-License-Identifier: MIT */
/* The tokenizer of XML: every byte of the input lies in one token, tokens are spans of the input,
 * elements nest, and attributes are those of their tag.
 *
 * libexpat is the oracle: of what it reads as a well-formed document the tokenizer has the same
 * elements, attributes and text in the same order. It may read more. */
#include "fuzz.h"

#include <expat.h>

#include "buffer.h"
#include "metadata/xml.h"

const unsigned exn_fuzz_choices = 1;

enum { DOCUMENT, ATTRIBUTE, CHARACTERS, COMMENT, DOCTYPE, AGREED, REFUSED, DEEP };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"whole input", 0}, {"attribute", 0},         {"CDATA", 0},
    {"comment", 0},     {"DOCTYPE", 0},           {"document of libexpat's", 0},
    {"not whole", 0},   {"as deep as may be", 0}, {NULL, 0},
};

/* What a reader saw, to be compared. libexpat decodes references and ends of line, the tokenizer
 * leaves them: values that have any are left out of both. */
typedef struct record {
    exn_buffer log, text; /* text: since the last tag */
    size_t texts, values; /* how many so far */
    uint32_t depth, deepest;
} record;

/* Of each text and each attribute's value: 1 where both readers have the same bytes. */
typedef struct alike {
    exn_buffer texts, values;
    bool text; /* all of the text since the last tag */
} alike;

static void add(exn_buffer *to, const void *data, size_t size)
{
    FACT(exn_buffer_append(to, data, size) == EXN_OK);
}

static bool is_verbatim(const void *data, size_t size)
{
    return size == 0 || (!memchr(data, '&', size) && !memchr(data, '\r', size) &&
                         !memchr(data, '\n', size) && !memchr(data, '\t', size));
}

static bool is_alike(const exn_buffer *flags, size_t i)
{
    return i < flags->size && flags->data[i] == 1;
}

/* Text goes before the tag that ends it. */
static void flush_text(record *r, const alike *same)
{
    if (is_alike(&same->texts, r->texts++))
        add(&r->log, r->text.data, r->text.size);
    add(&r->log, "\n", 1);
    r->text.size = 0;
}

static void start(record *r, const alike *same, const void *name, size_t size)
{
    flush_text(r, same);
    add(&r->log, "<", 1);
    add(&r->log, name, size);
    r->depth++;
    if (r->deepest < r->depth)
        r->deepest = r->depth;
}

static void end(record *r, const alike *same, const void *name, size_t size)
{
    flush_text(r, same);
    add(&r->log, "/", 1);
    add(&r->log, name, size);
    r->depth--;
}

static void attribute(record *r, const alike *same, exn_span name, exn_span value)
{
    add(&r->log, " ", 1);
    add(&r->log, name.data, name.size);
    add(&r->log, "=", 1);
    if (is_alike(&same->values, r->values++))
        add(&r->log, value.data, value.size);
}

static void free_record(record *r)
{
    exn_buffer_free(&r->log);
    exn_buffer_free(&r->text);
}

/* --- The tokenizer --- */

typedef struct reader {
    exn_xml xml;
    exn_span in;
    size_t at; /* up to here every byte was in a token */
    size_t starts[EXN_XML_DEPTH_MAX];
    bool declares; /* what the last start tag said, and what its attributes say */
    bool declared;
    alike same;
    record seen;
} reader;

/* The tokenizer reads first, and says what can be compared. */
static void end_text(reader *r)
{
    add(&r->same.texts, r->same.text ? "\1" : "\0", 1);
    r->same.text = true;
}

static size_t skip_space(exn_span in, size_t at)
{
    while (at < in.size && memchr(" \t\r\n", in.data[at], 4))
        at++;
    return at;
}

static void check_span(const reader *r, exn_span part, size_t from, size_t to)
{
    if (part.size > 0)
        FACT(part.data >= r->in.data + from && part.data + part.size <= r->in.data + to);
}

/* Between a tag's last attribute and what follows there is the tag's end and nothing else. */
static void close_tag(reader *r)
{
    FACT(r->declared == r->declares);
    r->at = skip_space(r->in, r->at);
    if (r->at < r->in.size && r->in.data[r->at] == '/')
        r->at++;
    FACT(r->at < r->in.size && r->in.data[r->at] == '>');
    r->at++;
}

static void see_start(reader *r, const exn_xml_event *e)
{
    FACT(e->at == r->at && r->in.data[e->at] == '<' && e->name.size > 0);
    FACT(e->name.data == r->in.data + e->at + 1 && e->attributes == e->at + 1 + e->name.size);
    FACT(r->seen.depth < EXN_XML_DEPTH_MAX && r->xml.depth == r->seen.depth + 1);
    r->starts[r->seen.depth] = e->at;
    end_text(r);
    start(&r->seen, &r->same, e->name.data, e->name.size);
    exn_fuzz_kinds[DEEP].count += r->xml.depth == EXN_XML_DEPTH_MAX;
    r->at = e->attributes;
    r->declares = e->declares;
    r->declared = false;
}

static void see_attribute(reader *r, const exn_xml_event *e)
{
    FACT(e->at >= r->at && skip_space(r->in, r->at) == e->at && e->end <= r->in.size);
    FACT(e->name.size > 0 && e->name.data == r->in.data + e->at);
    FACT(e->end - e->at >= e->name.size + e->value.size + 3);
    FACT(r->in.data[e->end - 1] == '"' || r->in.data[e->end - 1] == '\'');
    FACT(e->value.size == 0 || e->value.data + e->value.size == r->in.data + e->end - 1);
    r->declared = r->declared || exn_span_starts(e->name, "xmlns", 5);
    add(&r->same.values, is_verbatim(e->value.data, e->value.size) ? "\1" : "\0", 1);
    attribute(&r->seen, &r->same, e->name, e->value);
    exn_fuzz_kinds[ATTRIBUTE].count++;
    r->at = e->end;
}

static void see_end(reader *r, const exn_xml_event *e)
{
    const uint8_t *const in = r->in.data;
    const bool is_empty = in[e->end - 2] == '/' && e->value.size == 0 && r->at == e->end;

    FACT(r->seen.depth > 0 && e->at == r->starts[r->seen.depth - 1]);
    FACT(e->end > e->at && e->end <= r->in.size && in[e->end - 1] == '>');
    FACT(exn_span_equal(e->name, exn_span_part(r->in, e->at + 1, e->name.size)));
    if (!is_empty) {
        FACT(exn_span_starts(exn_span_part(r->in, r->at, SIZE_MAX), "</", 2));
        FACT(exn_span_equal(e->name, exn_span_part(r->in, r->at + 2, e->name.size)));
        FACT(skip_space(r->in, r->at + 2 + e->name.size) + 1 == e->end);
        FACT(e->value.size == 0 || e->value.data + e->value.size == in + r->at);
    }
    check_span(r, e->value, e->at, e->end);
    FACT(!e->is_text || e->value.size == 0 || !memchr(e->value.data, '<', e->value.size));
    r->at = e->end;
    end_text(r);
    end(&r->seen, &r->same, e->name.data, e->name.size);
    FACT(r->xml.depth == r->seen.depth);
}

static void see_text(reader *r, const exn_xml_event *e)
{
    const size_t around = e->kind == EXN_XML_CDATA ? 12 : 0;

    FACT(e->at == r->at && e->end > e->at && e->end <= r->in.size);
    FACT(e->value.size == e->end - e->at - around);
    check_span(r, e->value, e->at, e->end);
    FACT(e->kind == EXN_XML_CDATA || !memchr(e->value.data, '<', e->value.size));
    exn_fuzz_kinds[CHARACTERS].count += e->kind == EXN_XML_CDATA;
    if (r->seen.depth > 0) {
        r->same.text = r->same.text && is_verbatim(e->value.data, e->value.size);
        add(&r->seen.text, e->value.data, e->value.size);
    }
    r->at = e->end;
}

static void see_other(reader *r, const exn_xml_event *e)
{
    const exn_span markup = exn_span_part(r->in, e->at, e->end - e->at);

    FACT(e->at == r->at && e->end <= r->in.size && markup.size > 3);
    FACT(markup.data[0] == '<' && markup.data[markup.size - 1] == '>');
    exn_fuzz_kinds[COMMENT].count += exn_span_starts(markup, "<!--", 4);
    exn_fuzz_kinds[DOCTYPE].count += exn_span_starts(markup, "<!DOCTYPE", 9);
    r->at = e->end;
}

static bool read_all(reader *r)
{
    bool in_tag = false;

    for (;;) {
        exn_xml_event e, again;
        const exn_xml_kind kind = exn_xml_next(&r->xml, &e);
        FACT(kind == e.kind);
        if (kind == EXN_XML_BAD || kind == EXN_XML_FINISHED) {
            FACT(exn_xml_next(&r->xml, &again) == kind);
            if (kind == EXN_XML_FINISHED)
                FACT(!in_tag && r->at == r->in.size && r->seen.depth == 0);
            return kind == EXN_XML_FINISHED;
        }
        if (in_tag && kind != EXN_XML_ATTRIBUTE)
            close_tag(r);
        FACT(in_tag || kind != EXN_XML_ATTRIBUTE);
        in_tag = kind == EXN_XML_START || kind == EXN_XML_ATTRIBUTE;
        if (kind == EXN_XML_START)
            see_start(r, &e);
        else if (kind == EXN_XML_ATTRIBUTE)
            see_attribute(r, &e);
        else if (kind == EXN_XML_END)
            see_end(r, &e);
        else if (kind == EXN_XML_OTHER)
            see_other(r, &e);
        else
            see_text(r, &e);
    }
}

/* --- libexpat --- */

typedef struct oracle {
    record seen;
    const alike *same;
    bool declares; /* a DOCTYPE with an internal subset, which the tokenizer does not read */
} oracle;

static void expat_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    oracle *const o = context;

    start(&o->seen, o->same, name, strlen(name));
    for (; *attributes; attributes += 2) {
        const exn_span key = {(const uint8_t *)attributes[0], strlen(attributes[0])},
                       value = {(const uint8_t *)attributes[1], strlen(attributes[1])};
        attribute(&o->seen, o->same, key, value);
    }
}

static void expat_end(void *context, const XML_Char *name)
{
    oracle *const o = context;

    end(&o->seen, o->same, name, strlen(name));
}

static void expat_text(void *context, const XML_Char *text, int size)
{
    oracle *const o = context;

    add(&o->seen.text, text, (size_t)size);
}

static void expat_doctype(void *context, const XML_Char *name, const XML_Char *system,
                          const XML_Char *public, int has_internal_subset)
{
    oracle *const o = context;

    (void)name;
    (void)system;
    (void)public;
    o->declares = o->declares || has_internal_subset;
}

/* Whether libexpat takes it for a document. Its own idea of the encoding is overruled: the
 * tokenizer knows bytes. */
static bool ask_expat(exn_span in, oracle *o)
{
    XML_Parser const parser = XML_ParserCreate("UTF-8");

    FACT(parser);
    XML_SetUserData(parser, o);
    XML_SetElementHandler(parser, expat_start, expat_end);
    XML_SetCharacterDataHandler(parser, expat_text);
    XML_SetStartDoctypeDeclHandler(parser, expat_doctype);
    const bool whole = XML_Parse(parser, (const char *)in.data, (int)in.size, 1) == XML_STATUS_OK;
    XML_ParserFree(parser);
    return whole;
}

/* Without a byte order mark expat takes a NUL as half of a character of UTF-16. Such a file breaks
 * the rule of XML 1.0, 4.3.3, and is none to us. */
static bool is_unmarked_utf16(exn_span in)
{
    return in.size >= 2 && (!in.data[0] || !in.data[1]);
}

static void compare(exn_span in)
{
    reader r = {.in = in, .same = {.text = true}};
    oracle o = {.same = &r.same};

    exn_xml_open(&r.xml, in);
    const bool whole = read_all(&r);
    exn_fuzz_kinds[whole ? DOCUMENT : REFUSED].count++;
    if (ask_expat(in, &o) && !is_unmarked_utf16(in) && !o.declares &&
        o.seen.deepest <= EXN_XML_DEPTH_MAX) {
        exn_fuzz_kinds[AGREED].count++;
        FACT(whole);
        FACT(exn_span_equal(exn_buffer_span(&r.seen.log), exn_buffer_span(&o.seen.log)));
    }
    exn_buffer_free(&r.same.texts);
    exn_buffer_free(&r.same.values);
    free_record(&r.seen);
    free_record(&o.seen);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    uint8_t *const copy = fuzz_copy(data, size);

    (void)choice;
    compare((exn_span){copy, size});
    free(copy);
}
