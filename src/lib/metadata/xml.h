/* SPDX-License-Identifier: MIT */
/* A tokenizer of XML 1.0 (fifth edition) for metadata packets: elements, attributes and character
 * data, as spans of the input, with limited depth.
 *
 * It guarantees what an editor of bytes relies on: tags are whole and nested, and every byte of the
 * input lies in one token. It accepts more than XML: non-ASCII characters are not examined, so text
 * passes in any encoding that extends ASCII; references may be to anything; an attribute may be
 * repeated; and there may be text around the root, since portions and chunks are padded. It rejects
 * a DOCTYPE that declares anything, because entities and default attributes could add invisible
 * content. */
#ifndef EXN_METADATA_XML_H
#define EXN_METADATA_XML_H

#include "cancel.h"
#include "span.h"

enum { EXN_XML_DEPTH_MAX = 64 };

typedef enum exn_xml_kind {
    EXN_XML_BAD,       /* not well formed, or too deep */
    EXN_XML_FINISHED,  /* the input has ended, and no element is open */
    EXN_XML_START,     /* a start tag; its attributes are whole, and follow */
    EXN_XML_ATTRIBUTE, /* of the last START */
    EXN_XML_END,       /* an element, at its end tag or its empty-element tag */
    EXN_XML_TEXT,      /* character data including references */
    EXN_XML_CDATA,     /* literal character data */
    EXN_XML_OTHER,     /* a comment, a processing instruction or a DOCTYPE */
} exn_xml_kind;

typedef struct exn_xml_event {
    exn_xml_kind kind;
    size_t at, end;    /* of the attribute, the text, the markup; END: of the whole element */
    exn_span name;     /* START, END, ATTRIBUTE */
    exn_span value;    /* ATTRIBUTE: without the quotes; TEXT, CDATA; END: the element's content */
    bool is_text;      /* END: it contains nothing but TEXT */
    bool declares;     /* START: some attribute's name begins with xmlns */
    size_t attributes; /* START: where they begin, for exn_xml_next_attribute() */
} exn_xml_event;

typedef struct exn_xml_element {
    size_t at, content; /* of the start tag, and of what follows it */
    exn_span name;
    bool is_text; /* so far */
} exn_xml_element;

typedef enum exn_xml_place {
    EXN_XML_IN_CONTENT,
    EXN_XML_IN_TAG,
    EXN_XML_IN_NOTHING, /* after BAD or FINISHED */
} exn_xml_place;

typedef struct exn_xml {
    exn_span in;
    const exn_cancel
        *cancel;  /* checked every so many bytes; if it says so, the result is BAD; NULL: never */
    size_t asked; /* where it was last checked */
    size_t at;
    exn_xml_place place;
    exn_xml_kind over; /* IN_NOTHING: how it ended */
    uint32_t depth;    /* how many elements are open */
    exn_xml_element open[EXN_XML_DEPTH_MAX];
} exn_xml;

void exn_xml_open(exn_xml *x, exn_span in);

/* The next token; after BAD and FINISHED the same again. */
exn_xml_kind exn_xml_next(exn_xml *x, exn_xml_event *e);

/* The attribute at or after *at in a START's tag; advances *at past it; false at the tag's end. */
bool exn_xml_next_attribute(const exn_xml *x, size_t *at, exn_xml_event *e);

/* White space (XML 1.0, section 2.3, S). */
static inline bool exn_xml_is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The byte at `at`. A zero is not a character of XML (section 2.2), so it may stand for the end. */
static inline uint8_t exn_xml_peek(exn_span in, size_t at)
{
    return at < in.size ? in.data[at] : 0;
}

/* The offset of the first byte from `at` on that is not white space. */
static inline size_t exn_xml_skip_space(exn_span in, size_t at)
{
    while (exn_xml_is_space(exn_xml_peek(in, at)))
        at++;
    return at;
}

/* Splits a qualified name into prefix, which may be empty, and local part (Namespaces in XML 1.0,
 * section 4). */
void exn_xml_split_name(exn_span name, exn_span *prefix, exn_span *local);

#endif
