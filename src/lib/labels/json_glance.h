/* SPDX-License-Identifier: MIT */
/* What a JSON format is recognized by: the members of its first objects. A little is read at once
 * and no long text is kept, as most files that are asked about are none of the format's. */
#ifndef EXN_LABELS_JSON_GLANCE_H
#define EXN_LABELS_JSON_GLANCE_H

#include "json.h"

/* A member that tells something. Lists of these end with one without a name. */
typedef struct exn_json_glance_member {
    const char *name;
    unsigned tells;                              /* the bits that are set where it is there */
    const char *value;                           /* if not NULL, it has to be this string */
    const struct exn_json_glance_member *object; /* if not NULL, an object that has all of these */
    const struct exn_json_glance_member *first;  /* likewise, the first object of a list */
} exn_json_glance_member;

/* Opens a reader that passes by NaN: whoever only looks leaves it to the walk to name the place.
 * Returns what exn_json_open() does; the caller closes it. */
exn_status exn_json_glance_open(exn_json *json, const exn_source *source);

/* Reads the members of an object whose brace has been read, until all bits of enough are set or to
 * its end, and sets the bits of those that are there, also where it fails, as a member may reach
 * beyond what can be read (sniff.c). */
exn_status exn_json_glance_members(exn_json *json, const exn_json_glance_member *members,
                                   unsigned enough, unsigned *seen);

/* What a text begins with. */
typedef enum exn_json_glance_begin {
    EXN_JSON_GLANCE_OBJECT,
    EXN_JSON_GLANCE_LIST, /* of objects: the first of them counts */
    EXN_JSON_GLANCE_LINE  /* an object on one line */
} exn_json_glance_begin;

/* Whether the object that a text begins with has all of these bits. */
bool exn_json_glance_is(const exn_source *source, exn_json_glance_begin begin,
                        const exn_json_glance_member *members);

#endif
