/* SPDX-License-Identifier: MIT */
/* What walks of JSON formats share: a reader, the receiver of events, and the current place. */
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

/* Skips the rest of a value whose first token has been read. */
exn_status exn_json_walk_skip(exn_json_walk *walk, const exn_json_token *token);

/* The same. *has_more: it is a non-empty list or object, which may hold coordinates if the member's
 * name suggests so. */
exn_status exn_json_walk_pass(exn_json_walk *walk, const exn_json_token *token, bool *has_more);

/* Saves a member's name before its value is read. */
exn_status exn_json_walk_keep(exn_json_walk *walk, const exn_json_token *key, exn_buffer *name);

/* Whether it is a number, or one in quotes and nothing else: what some tools write for coordinates,
 * and what can mean nothing but the number. */
bool exn_json_walk_is_number(const exn_json_token *token);

/* Adds what is a number, quotes or not. */
exn_status exn_json_walk_add(exn_json_walk *walk, exn_numbers *to, const exn_json_token *token);

/* Adds a number, also one in quotes; skips null and the like. */
exn_status exn_json_walk_size(exn_json_walk *walk, exn_numbers *to, const exn_json_token *token);

/* Adds an object's height and width to sides[1] and sides[0]; skips anything that is not an object.
 */
exn_status exn_json_walk_size_of(exn_json_walk *walk, const exn_json_token *value,
                                 exn_numbers sides[2]);

/* Sets sizes to a width and a height, in this order, or to none if either is missing. names: of the
 * two members. Fails with EXN_CORRUPT if either is repeated. */
exn_status exn_json_walk_sides(exn_json_walk *walk, const char *const names[2],
                               const exn_numbers sides[2], exn_numbers *sizes);

/* Reads the only name of an image; name has to be empty. Fails with EXN_CORRUPT if it is repeated,
 * or is not a name. */
exn_status exn_json_walk_name(exn_json_walk *walk, const char *member, const exn_json_token *token,
                              exn_buffer *name);

/* Where a string's text ends in the file. */
uint64_t exn_json_walk_end(const exn_json_token *token);

/* Reads the numbers of a list whose opening has been read, to its end. Fails with EXN_CORRUPT if it
 * holds anything else. */
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

/* Declares that nothing before this point of the file will be handed on any more. */
exn_status exn_json_walk_settle(exn_json_walk *walk);

/* Reads an object whose brace has been read; reads the value of one of its members. */
typedef exn_status exn_json_walk_read(void *context);
typedef exn_status exn_json_walk_member(void *context, const exn_json_token *key);

/* Reads the members of an object whose brace has been read, to its end. */
exn_status exn_json_walk_members(exn_json_walk *walk, exn_json_walk_member *read, void *context);

/* Reads the objects of a list whose bracket has been read, to its end; it may hold nothing else. */
exn_status exn_json_walk_objects(exn_json_walk *walk, const char *member, exn_json_walk_read *read,
                                 void *context);

/* Reads a list of objects, which may occur only once (*seen). The walk's place is each of them in
 * turn, and none after the list. read settles what it has finished. */
exn_status exn_json_walk_list(exn_json_walk *walk, const char *name, bool *seen,
                              exn_json_walk_read *read, void *context);

/* Reads the members of a text that is a single object with nothing after it (RFC 8259, 2). */
exn_status exn_json_walk_object(exn_json_walk *walk, exn_json_walk_member *read, void *context);

/* Opens the file, calls read for the rest, and closes it. */
exn_status exn_json_walk_file(exn_json_walk *walk, const exn_source *source,
                              exn_json_walk_read *read, void *context);

/* The same for JSON Lines: calls read for each line, after its brace, with the line as the walk's
 * place, and settles after it. A file may have no lines. */
exn_status exn_json_walk_lines(exn_json_walk *walk, const exn_source *source,
                               exn_json_walk_read *read, void *context);

#endif
