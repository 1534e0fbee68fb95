/* SPDX-License-Identifier: MIT */
/* What walks of JSON formats share: a reader, whom to tell, and where it is. */
#ifndef EXN_LABELS_JSON_WALK_H
#define EXN_LABELS_JSON_WALK_H

#include "json.h"
#include "label.h"

typedef struct exn_json_walk {
    exn_json json;
    const exn_label_events *events;
    exn_error *error;
    exn_label_place place;
} exn_json_walk;

/* Fails at the walk's place. */
exn_status exn_json_walk_fail(exn_json_walk *walk, exn_status status, const char *member,
                              const char *what);

/* Passes by the rest of a value whose first token has been read. */
exn_status exn_json_walk_skip(exn_json_walk *walk, const exn_json_token *token);

/* The same. *has_more: it is a list or object with something in it, so that it may hold
 * coordinates, if the member's name says so. */
exn_status exn_json_walk_pass(exn_json_walk *walk, const exn_json_token *token, bool *has_more);

/* Keeps the name of a member, before its value is read. */
exn_status exn_json_walk_keep(exn_json_walk *walk, const exn_json_token *key, exn_buffer *name);

/* Whether it is a number, or one in quotes and nothing else: what some tools write for coordinates,
 * and what can mean nothing but the number. */
bool exn_json_walk_is_number(const exn_json_token *token);

/* Adds what is a number, quotes or not. */
exn_status exn_json_walk_add(exn_json_walk *walk, exn_numbers *to, const exn_json_token *token);

/* Adds what is a number, or one in quotes; passes by null and its like. */
exn_status exn_json_walk_size(exn_json_walk *walk, exn_numbers *to, const exn_json_token *token);

/* Adds those of an object's height and width to sides[1] and sides[0]; passes by what is no object.
 */
exn_status exn_json_walk_size_of(exn_json_walk *walk, const exn_json_token *value,
                                 exn_numbers sides[2]);

/* Sets sizes to the numbers of a width and of a height, in this order; to none where either is not
 * there. names: of both members. Fails with EXN_CORRUPT where one is there twice. */
exn_status exn_json_walk_sides(exn_json_walk *walk, const char *const names[2],
                               const exn_numbers sides[2], exn_numbers *sizes);

/* Reads the one name of an image, which is empty before. Fails with EXN_CORRUPT where it is there
 * twice, or is no name. */
exn_status exn_json_walk_name(exn_json_walk *walk, const char *member, const exn_json_token *token,
                              exn_buffer *name);

/* Where the text of a string ends in the file. */
uint64_t exn_json_walk_end(const exn_json_token *token);

/* The numbers of a list whose opening has been read, up to its end. Fails with EXN_CORRUPT where
 * something else is in it. */
exn_status exn_json_walk_numbers(exn_json_walk *walk, const char *member, exn_numbers *to);

/* The same of run lengths, of which a move makes more or fewer: none is in quotes. */
exn_status exn_json_walk_runs(exn_json_walk *walk, const char *member, exn_numbers *to);

/* The same of a list that may have objects instead: *token is its end, or the first object's brace.
 */
exn_status exn_json_walk_numbers_or(exn_json_walk *walk, const char *member, exn_numbers *to,
                                    exn_json_token *token);

/* Copies count numbers of a list from first on. */
exn_status exn_json_walk_copy(exn_json_walk *walk, exn_numbers *to, const exn_numbers *from,
                              size_t first, size_t count);

/* Nothing before this point of the file will be handed on any more. */
exn_status exn_json_walk_settle(exn_json_walk *walk);

/* What reads an object, of which the brace has been read; and the value of one of its members. */
typedef exn_status exn_json_walk_read(void *context);
typedef exn_status exn_json_walk_member(void *context, const exn_json_token *key);

/* The members of an object whose brace has been read, up to its end. */
exn_status exn_json_walk_members(exn_json_walk *walk, exn_json_walk_member *read, void *context);

/* The objects of a list whose bracket has been read, up to its end; nothing else may be in it. */
exn_status exn_json_walk_objects(exn_json_walk *walk, const char *member, exn_json_walk_read *read,
                                 void *context);

/* A list of objects, which is to come, and to come once: *seen. The walk's place is each of them in
 * turn, and that of nothing behind it. read settles what it is done with. */
exn_status exn_json_walk_list(exn_json_walk *walk, const char *name, bool *seen,
                              exn_json_walk_read *read, void *context);

/* A text that is one object, with nothing behind it (RFC 8259, 2): its members. */
exn_status exn_json_walk_object(exn_json_walk *walk, exn_json_walk_member *read, void *context);

/* Opens the file, has read do the rest, and closes it. */
exn_status exn_json_walk_file(exn_json_walk *walk, const exn_source *source,
                              exn_json_walk_read *read, void *context);

/* The same of JSON Lines: calls read for each line, behind its brace, with the line as the walk's
 * place, and settles behind it. A file may have no line. */
exn_status exn_json_walk_lines(exn_json_walk *walk, const exn_source *source,
                               exn_json_walk_read *read, void *context);

#endif
