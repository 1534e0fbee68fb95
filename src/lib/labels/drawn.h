/* SPDX-License-Identifier: MIT */
/* The shapes of one object in a JSON file, kept until it is known which image they are on, as
 * members come in any order. */
#ifndef EXN_LABELS_DRAWN_H
#define EXN_LABELS_DRAWN_H

#include "json_walk.h"

/* A shape whose numbers are `count` numbers of the list, from `first` on. */
typedef struct exn_drawn_piece {
    exn_label_kind kind;
    exn_label_unit unit;
    exn_coordinates coordinates;
    bool is_part;
    const char *member, *refusal;
    size_t first, count;
    size_t letters, letters_size; /* encoded data, with JSON's escapes undone */
    uint64_t letters_offset, letters_span;
    exn_label_place place; /* the walk's place when it was added */
} exn_drawn_piece;

/* All zeros: empty and ready. Ends with exn_drawn_free(). */
typedef struct exn_drawn {
    exn_numbers numbers;
    exn_buffer letters, list;
} exn_drawn;

/* Empties it and keeps its memory. */
void exn_drawn_clear(exn_drawn *pieces);

/* Begins a piece whose numbers are read next. */
exn_drawn_piece exn_drawn_begin(const exn_drawn *pieces, exn_label_kind kind, const char *member);

/* Adds it with the numbers read since it began. If it claims to be in fractions of a side and its
 * numbers are not, it is refused. */
exn_status exn_drawn_add(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece piece);

/* Adds one that cannot be moved. */
exn_status exn_drawn_refuse(exn_json_walk *walk, exn_drawn *pieces, const char *member,
                            const char *refusal);

/* Skips a member that the format does not know. If its name suggests coordinates, it is refused,
 * since it would be left where it was. */
exn_status exn_drawn_pass(exn_json_walk *walk, exn_drawn *pieces, exn_span name,
                          const exn_json_token *value);

/* [x, y, width, height], of which the first token has been read; null and [] mean none. */
exn_status exn_drawn_box(exn_json_walk *walk, exn_drawn *pieces, const exn_json_token *value,
                         exn_drawn_piece piece);

/* A string that holds the encoded data. */
exn_status exn_drawn_letters(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece *piece,
                             const exn_json_token *value);

/* COCO's {"counts": ..., "size": [height, width]}, after its brace. names: of counts and size, for
 * messages. */
exn_status exn_drawn_mask(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece piece,
                          const char *const names[2]);

/* The same after its first token, a key or the end. */
exn_status exn_drawn_mask_from(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece piece,
                               const char *const names[2], exn_json_token token);

/* attributes, of which the first token has been read: its rotation is a box's angle in CVAT and
 * Datumaro. */
exn_status exn_drawn_rotation(exn_json_walk *walk, exn_drawn *pieces, const exn_json_token *value);

/* Hands all of them on, for the image of that key. */
exn_status exn_drawn_hand_on(exn_json_walk *walk, const exn_drawn *pieces, exn_span key);

/* The same, after handing on the image. */
exn_status exn_drawn_hand_on_image(exn_json_walk *walk, const exn_drawn *pieces,
                                   const exn_label_image *image);

void exn_drawn_free(exn_json_walk *walk, exn_drawn *pieces);

#endif
