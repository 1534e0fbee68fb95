/* SPDX-License-Identifier: MIT */
#include "xml_walk.h"

#include <string.h>

enum { CHUNK = 32 << 10, MAX_MARKUP = 1 << 20, MAX_DEPTH = 64 };

/* Expat 2.9 renames the functions whose numbers are 64 bits everywhere, and deprecates the old
 * names, as 2.8 does with that for the salt. */
#define EXPAT(minor) (XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= (minor))
#if EXPAT(9)
#define OFFSET XML_GetCurrentByteIndex64
#define SIZE   XML_GetCurrentByteCount64
#define LINE   XML_GetCurrentLineNumber64
#else
#define OFFSET XML_GetCurrentByteIndex
#define SIZE   XML_GetCurrentByteCount
#define LINE   XML_GetCurrentLineNumber
#endif

uint64_t exn_xml_walk_offset(const exn_xml_walk *walk)
{
    return (uint64_t)OFFSET(walk->parser);
}

uint64_t exn_xml_walk_size(const exn_xml_walk *walk)
{
    return (uint64_t)SIZE(walk->parser);
}

uint64_t exn_xml_walk_line(const exn_xml_walk *walk)
{
    return LINE(walk->parser);
}

/* Expat then returns XML_ERROR_ABORTED, which explain() ignores, as status has the reason. */
void exn_xml_walk_stop(exn_xml_walk *walk, exn_status status)
{
    if (walk->status == EXN_OK)
        walk->status = status;
    XML_StopParser(walk->parser, XML_FALSE);
}

void exn_xml_walk_fail(exn_xml_walk *walk, exn_status status, const char *member, const char *what)
{
    walk->place.member = member;
    walk->place.line = exn_xml_walk_line(walk);
    exn_xml_walk_stop(walk, exn_label_fail(walk->error, status, &walk->place, "%s", what));
}

void exn_xml_walk_shape(exn_xml_walk *walk, exn_label_shape *shape, const char *member)
{
    walk->place.member = member;
    walk->place.line = exn_xml_walk_line(walk);
    shape->place = walk->place;
    exn_status status = walk->events->shape(walk->events->context, shape);
    if (status != EXN_OK)
        exn_xml_walk_stop(walk, status);
}

/* Expat keeps one copy of each name it encounters for the whole file, and its tables of names are
 * all that grows with a file. Each name is charged to the account once, as far as a table of bits
 * can tell; making names that share a bit would require knowing the hash's start. */
static void note_name(exn_xml_walk *w, const char *name)
{
    enum { OF_A_NAME = 128, MOST = 8 * sizeof w->names / 2 };
    uint64_t hash = 14695981039346656037u ^ (uint64_t)(uintptr_t)w;
    size_t size = 0;
    for (; name[size]; size++) /* FNV-1a */
        hash = (hash ^ (uint8_t)name[size]) * 1099511628211u;
    hash = (hash ^ hash >> 29) % (8 * sizeof w->names);
    if (w->names[hash / 8] >> hash % 8 & 1)
        return;
    w->names[hash / 8] |= (uint8_t)(1u << hash % 8);
    if (++w->name_count > MOST)
        exn_xml_walk_fail(w, EXN_LIMIT, NULL, "too many names of elements and attributes");
    exn_status status = exn_account_take(w->events->account, OF_A_NAME + size);
    if (status != EXN_OK)
        exn_xml_walk_stop(w, exn_status_fail(w->error, status, "%s", ""));
    else
        w->names_size += OF_A_NAME + size;
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    exn_xml_walk *w = context;
    if (w->level++ == MAX_DEPTH) /* Expat keeps open elements */
        exn_xml_walk_fail(w, EXN_LIMIT, NULL, "nested too deep");
    note_name(w, name);
    for (size_t i = 0; attributes[i] && w->status == EXN_OK; i += 2)
        note_name(w, attributes[i]);
    if (w->status == EXN_OK)
        w->start(context, name, attributes);
}

static void on_end(void *context, const XML_Char *name)
{
    exn_xml_walk *w = context;
    w->level--;
    if (w->status == EXN_OK) /* called for an empty element even after a failure */
        w->end(context, name);
}

/* An entity's text has the place of its reference, so numbers in it could not be edited in place.
 * No tool writes one. */
static void on_entity(void *context, const XML_Char *name, int is_parameter, const XML_Char *value,
                      int size, const XML_Char *base, const XML_Char *system,
                      const XML_Char *public, const XML_Char *notation)
{
    (void)name, (void)is_parameter, (void)value, (void)size;
    (void)base, (void)system, (void)public, (void)notation;
    exn_xml_walk_fail(context, EXN_UNSUPPORTED, NULL, "an entity is declared");
}

/* An attribute's default value is not written in its element. */
static void on_attribute_list(void *context, const XML_Char *element, const XML_Char *name,
                              const XML_Char *type, const XML_Char *value, int is_required)
{
    (void)element, (void)name, (void)type, (void)is_required;
    if (value)
        exn_xml_walk_fail(context, EXN_UNSUPPORTED, NULL, "an attribute's default is declared");
}

/* Encodings that Expat does not know: windows-1252, GBK, Shift-JIS. In all encodings usable for
 * XML, a byte below 128 at the beginning of a character is ASCII, and "<" occurs inside no
 * character. So digits and tags can be read, and anything that is not ASCII becomes private-use
 * characters. */
static int on_encoding(void *context, const XML_Char *name, XML_Encoding *encoding)
{
    enum { PRIVATE = 0xE000 };
    exn_xml_walk *w = context;
    (void)name;
    for (int i = 0; i < 256; i++)
        encoding->map[i] = i < 128 ? i : PRIVATE + i;
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    w->is_foreign = true;
    return XML_STATUS_OK;
}

bool exn_xml_walk_knows(const exn_xml_walk *walk, exn_span name)
{
    bool is_ascii = true;
    for (size_t i = 0; i < name.size; i++)
        is_ascii &= name.data[i] < 0x80;
    return is_ascii || !walk->is_foreign;
}

/* Uses Expat's message if the XML is wrong; a callback's failure has its own. */
static exn_status explain(exn_xml_walk *w)
{
    if (w->status != EXN_OK)
        return w->status;
    w->place = (exn_label_place){.line = exn_xml_walk_line(w)};
    return exn_label_fail(
        w->error, XML_GetErrorCode(w->parser) == XML_ERROR_NO_MEMORY ? EXN_MEMORY : EXN_CORRUPT,
        &w->place, "%s", XML_ErrorString(XML_GetErrorCode(w->parser)));
}

/* A salt of our own for Expat's hash tables. Otherwise Expat calls getrandom(2) and, if a container
 * refuses that, opens a file and aborts if it cannot. An address in memory is something a file
 * cannot know (and names are counted in any case). */
static XML_Parser make_parser(const char *encoding)
{
    XML_Parser parser = XML_ParserCreate(encoding);
    if (!parser)
        return NULL;
    const uint64_t place = (uintptr_t)parser, salt = (place >> 4 ^ (uintptr_t)&parser << 7) | 1;
#if EXPAT(8)
    uint8_t bytes[16];
    memcpy(bytes, &salt, sizeof salt);
    memcpy(bytes + sizeof salt, &place, sizeof place);
    XML_SetHashSalt16Bytes(parser, bytes);
#else
    XML_SetHashSalt(parser, (unsigned long)salt);
#endif
    return parser;
}

/* Reads into Expat's own buffer, so nothing is copied. Expat limits how far entities may expand by
 * itself, and reads no external ones without a handler. */
exn_status exn_xml_walk_parse(exn_xml_walk *w, const exn_source *source)
{
    w->source = source;
    w->parser = make_parser(NULL);
    if (!w->parser)
        return exn_status_fail(w->error, EXN_MEMORY, "%s", "");
    XML_SetUserData(w->parser, w);
    XML_SetElementHandler(w->parser, on_start, on_end);
    XML_SetCharacterDataHandler(w->parser, w->text);
    XML_SetEntityDeclHandler(w->parser, on_entity);
    XML_SetAttlistDeclHandler(w->parser, on_attribute_list);
    XML_SetUnknownEncodingHandler(w->parser, on_encoding, w);
    exn_status status = EXN_OK;
    for (uint64_t at = 0; status == EXN_OK;) {
        uint64_t left = source->size - at;
        const size_t size = left < CHUNK ? (size_t)left : CHUNK;
        void *to = XML_GetBuffer(w->parser, CHUNK);
        int sys_errno = to && size ? source->read(source->context, to, size, at) : 0;
        if (!to || sys_errno != 0) {
            status = exn_status_fail_errno(w->error, to ? EXN_READ : EXN_MEMORY, sys_errno);
            break;
        }
        at += size;
        if (XML_ParseBuffer(w->parser, (int)size, at == source->size) != XML_STATUS_OK)
            status = explain(w);
        /* Expat keeps whatever is incomplete, and older versions parse it again from its beginning
         * with each piece. */
        if (status == EXN_OK && at - exn_xml_walk_offset(w) > MAX_MARKUP) {
            exn_xml_walk_fail(w, EXN_LIMIT, NULL, "a tag or comment is too long");
            status = w->status;
        }
        if (at == source->size)
            break;
    }
    XML_ParserFree(w->parser);
    w->parser = NULL;
    exn_account_give(w->events->account, w->names_size);
    memset(w->names, 0, sizeof w->names);
    w->names_size = w->name_count = w->level = 0;
    return status == EXN_OK ? w->status : status;
}

/* ---- recognizing */

typedef struct glance {
    XML_Parser parser;
    bool (*start)(void *context, int depth, const char *name);
    void *context;
    int depth;
} glance;

static void glance_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    glance *g = context;
    (void)attributes;
    if (!g->start(g->context, ++g->depth, name))
        XML_StopParser(g->parser, XML_FALSE);
}

static void glance_end(void *context, const XML_Char *name)
{
    glance *g = context;
    (void)name;
    g->depth--;
}

void exn_xml_walk_glance(const exn_source *source,
                         bool (*start)(void *context, int depth, const char *name), void *context)
{
    enum { ENOUGH = 16 << 10 };
    /* Ignores the declared encoding, because names of elements are ASCII. */
    glance g = {.parser = make_parser("ISO-8859-1"), .start = start, .context = context};
    const size_t size = source->size < ENOUGH ? (size_t)source->size : ENOUGH;
    void *to = g.parser ? XML_GetBuffer(g.parser, ENOUGH) : NULL;
    if (to && size && source->read(source->context, to, size, 0) == 0) {
        XML_SetUserData(g.parser, &g);
        XML_SetElementHandler(g.parser, glance_start, glance_end);
        XML_ParseBuffer(g.parser, (int)size, 0);
    }
    XML_ParserFree(g.parser);
}
