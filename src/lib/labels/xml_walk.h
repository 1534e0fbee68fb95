/* SPDX-License-Identifier: MIT */
/* What walks of XML formats share: Expat, the receiver of events, and the current place. Expat is
 * well maintained, gives exact byte offsets, and limits entity expansion. */
#ifndef EXN_LABELS_XML_WALK_H
#define EXN_LABELS_XML_WALK_H

#include <expat.h>

#include "label.h"

/* Handlers get the walk as their context; text may be NULL. */
typedef struct exn_xml_walk {
    XML_StartElementHandler start;
    XML_EndElementHandler end;
    XML_CharacterDataHandler text;
    const exn_label_events *events;
    exn_error *error;

    const exn_source *source;
    XML_Parser parser;
    exn_status status;
    exn_label_place place;
    uint8_t names[8 << 10]; /* one bit per name of elements and attributes, by its hash */
    size_t name_count, names_size, level;
    bool is_foreign; /* in an encoding of which only ASCII is understood */
} exn_xml_walk;

/* Reads a whole file. Fails with EXN_CORRUPT (naming the line), EXN_UNSUPPORTED if the file
 * declares something that would insert text from elsewhere, EXN_READ, EXN_MEMORY, and whatever
 * status a handler stops it with. */
exn_status exn_xml_walk_parse(exn_xml_walk *walk, const exn_source *source);

/* For handlers: ends the walk with this status; the first one counts. */
void exn_xml_walk_stop(exn_xml_walk *walk, exn_status status);

/* The same, with a message that names the current line. */
void exn_xml_walk_fail(exn_xml_walk *walk, exn_status status, const char *member, const char *what);

/* The current place: the offset and size of what a handler was called for, and its line. */
uint64_t exn_xml_walk_offset(const exn_xml_walk *walk);
uint64_t exn_xml_walk_size(const exn_xml_walk *walk);
uint64_t exn_xml_walk_line(const exn_xml_walk *walk);

/* Hands on a shape of this member at the current line. */
void exn_xml_walk_shape(exn_xml_walk *walk, exn_label_shape *shape, const char *member);

/* Whether the file's encoding is understood well enough for this text, which a file's name
 * requires. */
bool exn_xml_walk_knows(const exn_xml_walk *walk, exn_span name);
#define EXN_XML_FOREIGN                                                                            \
    "it is not ASCII, in an encoding that is not read: convert the file to UTF-8"

/* Calls start for the elements that begin in the first bytes of a file, until it returns false or
 * the XML is malformed. */
void exn_xml_walk_glance(const exn_source *source,
                         bool (*start)(void *context, int depth, const char *name), void *context);

#endif
