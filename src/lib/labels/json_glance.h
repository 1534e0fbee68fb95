/* SPDX-License-Identifier: MIT */
/* Recognizes a JSON format by the members of its first objects. It reads small pieces and keeps no
 * long text, because most files it looks at are of another format. */
#ifndef EXN_LABELS_JSON_GLANCE_H
#define EXN_LABELS_JSON_GLANCE_H

#include "json.h"

/* A member that is a sign of a format. Lists of these end with one without a name. */
typedef struct exn_json_glance_member {
    const char *name;
    unsigned tells;    /* the bits to set if it is present */
    const char *value; /* if not NULL, it has to be this string */
    const struct exn_json_glance_member
        *object; /* if not NULL, it has to be an object with all of these */
    const struct exn_json_glance_member *first; /* likewise, the first object of a list */
} exn_json_glance_member;

/* Opens a reader that skips NaN, so that the walk can report it with its place. Returns what
 * exn_json_open() does; the caller closes it. */
exn_status exn_json_glance_open(exn_json *json, const exn_source *source);

/* Reads the members of an object whose brace has been read, until all bits of `enough` are set or
 * the object ends, and sets the bits of the members found. They are set even if it fails, as a
 * member may extend beyond what can be read (sniff.c). */
exn_status exn_json_glance_members(exn_json *json, const exn_json_glance_member *members,
                                   unsigned enough, unsigned *seen);

/* What a text begins with. */
typedef enum exn_json_glance_begin {
    EXN_JSON_GLANCE_OBJECT,
    EXN_JSON_GLANCE_LIST, /* a list of objects, of which the first counts */
    EXN_JSON_GLANCE_LINE  /* an object on one line */
} exn_json_glance_begin;

/* Whether the object that a text begins with has all of these bits. */
bool exn_json_glance_is(const exn_source *source, exn_json_glance_begin begin,
                        const exn_json_glance_member *members);

#endif
