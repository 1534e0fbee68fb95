/* SPDX-License-Identifier: MIT */
#include "coco_annotation.h"

#include <string.h>

#include "decimal.h"
#include "json_text.h"

/* What one annotation has; shapes are kept until it is known which image they are on. */
typedef struct piece {
    exn_label_kind kind;
    exn_coordinates coordinates;
    const char *member, *refusal;
    size_t first, count; /* of numbers */
    size_t letters, letters_size;
    uint64_t letters_offset, letters_span;
} piece;

/* Its numbers are those that came since p.first was taken. */
static exn_status add_piece(exn_coco_walk *w, exn_buffer *pieces, piece p)
{
    p.count = exn_numbers_count(&w->numbers) - p.first;
    exn_status status = exn_account_append(w->base.events->account, pieces, &p, sizeof p);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* null and [] stand for no box in files of captions and keypoints alone. */
static exn_status read_box(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value,
                           const char *member)
{
    piece p = {.kind = EXN_LABEL_BOX, .member = member, .first = exn_numbers_count(&w->numbers)};
    if (value->kind == EXN_JSON_NULL)
        return EXN_OK;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, p.member, "it is no list");
    exn_status status = exn_json_walk_numbers(&w->base, p.member, &w->numbers);
    size_t count = exn_numbers_count(&w->numbers) - p.first;
    if (status != EXN_OK || count == 0)
        return status;
    if (count != 4)
        p.refusal = "a box that is not of four numbers";
    return add_piece(w, pieces, p);
}

/* x, y, width and height of edges, while keypoints of the same file are indices of pixels. */
static exn_status read_bbox(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value)
{
    return read_box(w, pieces, value, "bbox");
}

/* [x, y, v] and so on; one that is not labeled is (0, 0, 0), which is no place. Where v is 0 and a
 * place is given all the same, the place is moved: it may mean something to somebody. v itself
 * never changes. */
static exn_status read_keypoints(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value)
{
    piece p = {.kind = EXN_LABEL_POINTS,
               .member = "keypoints",
               .coordinates = EXN_COORDINATES_PIXELS,
               .first = exn_numbers_count(&w->numbers)};
    exn_numbers all = {.items = {0}};
    if (value->kind == EXN_JSON_NULL)
        return EXN_OK;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, p.member, "it is no list");
    exn_status status = exn_json_walk_numbers(&w->base, p.member, &all);
    const size_t count = exn_numbers_count(&all);
    if (status == EXN_OK && count % 3)
        p.refusal = "a list of keypoints that are not x, y, v";
    for (size_t i = 0; i + 2 < count && status == EXN_OK && !p.refusal; i += 3) {
        bool is_absent = true;
        for (size_t k = i; k < i + 3; k++) {
            exn_decimal number;
            is_absent &= exn_decimal_read(exn_numbers_text(&all, k), &number) && number.count == 0;
        }
        if (!is_absent)
            status = exn_json_walk_copy(&w->base, &w->numbers, &all, i, 2);
    }
    exn_numbers_free(&all);
    if (status != EXN_OK)
        return exn_status_fail(w->base.error, status, "%s", "");
    return p.refusal || exn_numbers_count(&w->numbers) > p.first ? add_piece(w, pieces, p) : EXN_OK;
}

/* pycocotools reads a segmentation of exactly four numbers as a box, others as two points
 * (frPyObjects() in _mask.pyx). */
static exn_status read_polygons(exn_coco_walk *w, exn_buffer *pieces)
{
    exn_json_token token;
    exn_status status;
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind != EXN_JSON_ARRAY_END) {
        piece p = {.kind = EXN_LABEL_POINTS,
                   .member = "segmentation",
                   .first = exn_numbers_count(&w->numbers)};
        if (token.kind == EXN_JSON_ARRAY) {
            status = exn_json_walk_numbers(&w->base, p.member, &w->numbers);
            size_t count = exn_numbers_count(&w->numbers) - p.first;
            if (count == 4)
                p.refusal = "a polygon of exactly four numbers, which some readers take as a box";
            else if (count % 2)
                p.refusal = "a polygon of an odd count of numbers";
        } else {
            p.refusal = "a list that is not of polygons";
            status = exn_json_walk_skip(&w->base, &token);
        }
        if (status == EXN_OK)
            status = add_piece(w, pieces, p);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* Without escapes a text is never longer. */
static exn_status read_letters(exn_coco_walk *w, const exn_json_token *value)
{
    exn_status status = exn_account_reserve(w->base.events->account, &w->letters, value->text.size);
    return status == EXN_OK ? exn_json_text_unescape(value->text, &w->letters) : status;
}

/* counts: a list, or letters. The letters are read without JSON's escapes, of which a backslash
 * needs one; their place in the file is between the quotes, escapes included. */
static exn_status read_counts(exn_coco_walk *w, const exn_json_token *value, piece *p,
                              exn_numbers *runs)
{
    if (value->kind == EXN_JSON_ARRAY)
        return exn_json_walk_numbers(&w->base, "segmentation.counts", runs);
    if (value->kind != EXN_JSON_STRING || value->is_long)
        return exn_json_walk_fail(
            &w->base, value->is_long ? EXN_LIMIT : EXN_CORRUPT, "segmentation.counts",
            value->is_long ? "it is too long" : "it is neither a list nor a string");
    p->letters_offset = value->offset + 1;
    p->letters_span = value->size - 2;
    p->letters = w->letters.size;
    exn_status status = read_letters(w, value);
    p->letters_size = w->letters.size - p->letters;
    return status == EXN_OK
               ? EXN_OK
               : exn_json_walk_fail(&w->base, status, "segmentation.counts", "it is no text");
}

/* counts may stand before size, and the shape has the size first: so runs are kept apart until the
 * object ends. */
static exn_status read_mask(exn_coco_walk *w, exn_buffer *pieces)
{
    piece p = {
        .kind = EXN_LABEL_RUNS, .member = "segmentation", .first = exn_numbers_count(&w->numbers)};
    exn_json_token token, value;
    exn_numbers runs = {.items = {0}};
    exn_status status;
    int seen_counts = 0, seen_size = 0;
    exn_numbers_clear(&w->mask);
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_KEY) {
        const bool is_counts = exn_json_text_is(token.text, "counts"),
                   is_size = exn_json_text_is(token.text, "size");
        seen_counts += is_counts;
        seen_size += is_size;
        status = exn_json_next(&w->base.json, &value);
        if (status == EXN_OK && is_counts)
            status = read_counts(w, &value, &p, &runs);
        else if (status == EXN_OK && is_size && value.kind == EXN_JSON_ARRAY)
            status = exn_json_walk_numbers(&w->base, "segmentation.size", &w->mask);
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            break;
    }
    if (status == EXN_OK &&
        (seen_counts != 1 || seen_size != 1 || exn_numbers_count(&w->mask) != 2 ||
         (exn_numbers_count(&runs) == 0 && p.letters_span == 0)))
        p.refusal = "a mask without counts and size";
    if (status == EXN_OK && !p.refusal)
        status = exn_json_walk_copy(&w->base, &w->numbers, &w->mask, 0, 2);
    if (status == EXN_OK && !p.refusal)
        status = exn_json_walk_copy(&w->base, &w->numbers, &runs, 0, exn_numbers_count(&runs));
    exn_numbers_free(&runs);
    return status == EXN_OK ? add_piece(w, pieces, p)
                            : exn_status_fail(w->base.error, status, "%s", "");
}

/* A list is one of polygons, an object is a mask; null is what tools write that have neither.
 */
static exn_status read_segmentation(exn_coco_walk *w, exn_buffer *pieces,
                                    const exn_json_token *value)
{
    if (value->kind == EXN_JSON_ARRAY)
        return read_polygons(w, pieces);
    if (value->kind == EXN_JSON_OBJECT)
        return read_mask(w, pieces);
    return value->kind == EXN_JSON_NULL ? EXN_OK
                                        : exn_json_walk_fail(&w->base, EXN_CORRUPT, "segmentation",
                                                             "it is neither a list nor an object");
}

/* attributes.rotation, where CVAT has the angle of a box that bbox has without it. */
static exn_status read_attributes(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value)
{
    exn_json_token token;
    exn_status status;
    if (value->kind != EXN_JSON_OBJECT)
        return exn_json_walk_skip(&w->base, value);
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_KEY) {
        const bool is_angle = exn_json_text_is(token.text, "rotation");
        exn_json_token member;
        status = exn_json_next(&w->base.json, &member);
        if (status == EXN_OK && is_angle && member.kind == EXN_JSON_NUMBER) {
            piece p = {.kind = EXN_LABEL_ANGLE,
                       .member = "attributes.rotation",
                       .first = exn_numbers_count(&w->numbers)};
            status = exn_json_walk_add(&w->base, &w->numbers, &member);
            if (status == EXN_OK)
                status = add_piece(w, pieces, p);
        } else if (status == EXN_OK) {
            status = exn_json_walk_skip(&w->base, &member);
        }
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* A list or object whose name says coordinates refuses the annotation: it would be left where it
 * was. */
static exn_status read_other(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value)
{
    piece p = {.kind = EXN_LABEL_POINTS,
               .refusal = EXN_LABEL_UNKNOWN_PLACE,
               .first = exn_numbers_count(&w->numbers)};
    bool has_more;
    exn_status status = exn_json_walk_pass(&w->base, value, &has_more);
    return status == EXN_OK && has_more && exn_label_is_place(exn_buffer_span(&w->member))
               ? add_piece(w, pieces, p)
               : status;
}

/* One segment of a panoptic PNG: its box is the only place in it. */
static exn_status read_segment(exn_coco_walk *w, exn_buffer *pieces)
{
    exn_json_token key, value;
    exn_status status;
    while ((status = exn_json_next(&w->base.json, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_box = exn_json_text_is(key.text, "bbox");
        status = exn_json_walk_keep(&w->base, &key, &w->member);
        if (status == EXN_OK)
            status = exn_json_next(&w->base.json, &value);
        if (status == EXN_OK)
            status = is_box ? read_box(w, pieces, &value, "segments_info.bbox")
                            : read_other(w, pieces, &value);
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* The segments of a PNG whose colors are their ids (COCO's panoptic task). */
static exn_status read_segments(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value)
{
    exn_json_token token;
    exn_status status;
    w->has_segments = true;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "segments_info", "it is no list");
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_OBJECT) {
        status = read_segment(w, pieces);
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "segments_info", "a segment is no object");
    return status;
}

/* The name of the panoptic PNG, in the annotation. */
static exn_status read_file_name(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value)
{
    piece p = {.kind = EXN_LABEL_FILE,
               .member = "file_name",
               .first = exn_numbers_count(&w->numbers),
               .letters = w->letters.size};
    if (w->has_file)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "file_name", "it is there twice");
    w->has_file = true;
    exn_status status =
        value->kind == EXN_JSON_STRING && !value->is_long ? read_letters(w, value) : EXN_CORRUPT;
    p.letters_size = w->letters.size - p.letters;
    if (status == EXN_OK &&
        (p.letters_size == 0 || memchr(w->letters.data + p.letters, 0, p.letters_size)))
        status = EXN_CORRUPT;
    return status == EXN_OK ? add_piece(w, pieces, p)
                            : exn_json_walk_fail(&w->base, status, "file_name", "it is no name");
}

/* Segments are of no use without their PNG, and a file name without segments is none of a mask that
 * is known here. */
static exn_status check_segments(exn_coco_walk *w, exn_buffer *pieces)
{
    piece p = {.kind = EXN_LABEL_POINTS,
               .member = "segments_info",
               .refusal = "panoptic labels without the file_name of their PNG",
               .first = exn_numbers_count(&w->numbers)};
    return w->has_segments && !w->has_file ? add_piece(w, pieces, p) : EXN_OK;
}

/* image_id may be the last member of all, so this comes at the object's end. piece is copied out of
 * the buffer, as a buffer promises no type. */
static exn_status hand_on_pieces(exn_coco_walk *w, const exn_buffer *pieces)
{
    exn_status status = EXN_OK;
    if (w->key.size == 0 && pieces->size)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, NULL, "it has no image_id");
    for (size_t at = 0; at < pieces->size && status == EXN_OK; at += sizeof(piece)) {
        piece p;
        memcpy(&p, pieces->data + at, sizeof p);
        if (p.kind == EXN_LABEL_FILE && !w->has_segments)
            continue;
        const exn_numbers part = exn_numbers_part(&w->numbers, p.first, p.count);
        w->base.place.member = p.member;
        const exn_label_shape shape = {
            .image = exn_buffer_span(&w->key),
            .kind = p.kind,
            .coordinates = p.coordinates,
            .numbers = &part,
            .coded = exn_span_part(exn_buffer_span(&w->letters), p.letters, p.letters_size),
            .coded_offset = p.letters_offset,
            .coded_size = p.letters_span,
            .refusal = p.refusal,
            .place = w->base.place};
        status = w->base.events->shape(w->base.events->context, &shape);
    }
    return status;
}

/* area and iscrowd do not depend on the frame. A member that is there twice is moved twice, each in
 * its place. */
static exn_status read_member(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *key)
{
    static const struct {
        const char *name;
        exn_status (*read)(exn_coco_walk *w, exn_buffer *pieces, const exn_json_token *value);
    } members[] = {
        {"bbox", read_bbox},
        {"segmentation", read_segmentation},
        {"keypoints", read_keypoints},
        {"attributes", read_attributes},
        {"segments_info", read_segments},
        {"file_name", read_file_name},
    };
    exn_json_token value;
    const bool is_id = exn_json_text_is(key->text, "image_id");
    size_t i = 0;
    while (i < sizeof members / sizeof *members && !exn_json_text_is(key->text, members[i].name))
        i++;
    const bool is_known = is_id || i < sizeof members / sizeof *members;
    exn_status status = is_known ? EXN_OK : exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = exn_json_next(&w->base.json, &value);
    if (status != EXN_OK)
        return status;
    if (is_id)
        return exn_coco_walk_id(w, "image_id", &value, &w->key);
    return i < sizeof members / sizeof *members ? members[i].read(w, pieces, &value)
                                                : read_other(w, pieces, &value);
}

/* Buffers keep their memory from one annotation to the next. */
exn_status exn_coco_annotation_read(exn_coco_walk *w)
{
    exn_json_token token;
    exn_status status;
    w->key.size = w->letters.size = w->pieces.size = 0;
    w->has_segments = w->has_file = false;
    exn_numbers_clear(&w->numbers);
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_KEY) {
        status = read_member(w, &w->pieces, &token);
        if (status != EXN_OK)
            break;
    }
    if (status == EXN_OK)
        status = check_segments(w, &w->pieces);
    if (status == EXN_OK)
        status = hand_on_pieces(w, &w->pieces);
    return status;
}
