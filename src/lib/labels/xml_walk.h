/* SPDX-License-Identifier: MIT */
/* What walks of XML formats share: Expat, whom to tell, and where it is. Expat reads: well kept,
 * exact byte offsets, limits to what entities may grow to. */
#ifndef EXN_LABELS_XML_WALK_H
#define EXN_LABELS_XML_WALK_H

#include <expat.h>

#include "label.h"

/* The handlers get the walk as their context; text may be NULL. */
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
    uint8_t names[8 << 10]; /* a bit for each name of elements and attributes, by its hash */
    size_t name_count, names_size, level;
    bool is_foreign; /* in an encoding that is not read here, but for its ASCII */
} exn_xml_walk;

/* Reads a whole file. Fails with EXN_CORRUPT (the line is named), EXN_UNSUPPORTED where the file
 * declares what would bring in text that does not stand in its place, EXN_READ, EXN_MEMORY, and
 * with what handlers stop it by. */
exn_status exn_xml_walk_parse(exn_xml_walk *walk, const exn_source *source);

/* For handlers: ends the walk with this status; the first one counts. */
void exn_xml_walk_stop(exn_xml_walk *walk, exn_status status);

/* Likewise, explained at the line that is being read. */
void exn_xml_walk_fail(exn_xml_walk *walk, exn_status status, const char *member, const char *what);

/* Where the file is being read: the offset and the size of what a handler was called for, and its
 * line. */
uint64_t exn_xml_walk_offset(const exn_xml_walk *walk);
uint64_t exn_xml_walk_size(const exn_xml_walk *walk);
uint64_t exn_xml_walk_line(const exn_xml_walk *walk);

/* Hands on a shape at the line that is being read, of this member. */
void exn_xml_walk_shape(exn_xml_walk *walk, exn_label_shape *shape, const char *member);

/* Whether the file's encoding lets this text be understood; a file's name has to be. */
bool exn_xml_walk_knows(const exn_xml_walk *walk, exn_span name);
#define EXN_XML_FOREIGN                                                                            \
    "it is not ASCII, in an encoding that is not read: convert the file to UTF-8"

/* Calls start and end for the elements that begin in the first bytes of a file, until start returns
 * false. What is not well formed ends it, too. */
void exn_xml_walk_glance(const exn_source *source,
                         bool (*start)(void *context, int depth, const char *name), void *context);

#endif
