/* SPDX-License-Identifier: MIT */
#include "coco_annotation.h"

#include <string.h>

#include "decimal.h"
#include "json_text.h"

/* x, y, width and height in edges, although keypoints in the same file are pixel indices. */
static exn_status read_bbox(exn_coco_walk *w, const exn_json_token *value)
{
    return exn_drawn_box(&w->base, &w->pieces, value,
                         exn_drawn_begin(&w->pieces, EXN_LABEL_BOX, "bbox"));
}

static bool is_zero(const exn_numbers *numbers, size_t i)
{
    exn_decimal number;
    return exn_decimal_read(exn_numbers_text(numbers, i), &number) && number.count == 0;
}

/* One that is not labeled is (0, 0, 0), which is no place. Where v is 0 and a place is given all
 * the same, the place is moved: it may mean something to somebody. v itself never changes. */
static exn_status keep_keypoint(exn_coco_walk *w, const exn_numbers *from, size_t first,
                                bool is_hidden)
{
    return is_hidden && is_zero(from, first) && is_zero(from, first + 1)
               ? EXN_OK
               : exn_json_walk_copy(&w->base, &w->pieces.numbers, from, first, 2);
}

/* kwcoco's {"xy": [x, y], "visible": v, "keypoint_category_id": ...}, behind its brace. Without
 * `visible` it is a place. kwimage writes the same numbers in both forms, so they count alike. */
static exn_status read_keypoint(exn_coco_walk *w, exn_numbers *all, exn_drawn_piece *p)
{
    exn_json_token key, value;
    exn_status status;
    bool is_hidden = false;
    exn_numbers_clear(all);
    while ((status = exn_json_next(&w->base.json, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_place = exn_json_text_is(key.text, "xy"),
                   is_visible = exn_json_text_is(key.text, "visible");
        status = exn_json_walk_keep(&w->base, &key, &w->member);
        if (status == EXN_OK)
            status = exn_json_next(&w->base.json, &value);
        if (status == EXN_OK && is_place && value.kind == EXN_JSON_ARRAY)
            status = exn_json_walk_numbers(&w->base, "keypoints.xy", all);
        else if (status == EXN_OK)
            status = exn_drawn_pass(&w->base, &w->pieces, exn_buffer_span(&w->member), &value);
        if (status == EXN_OK && is_visible && exn_json_walk_is_number(&value))
            is_hidden = exn_json_text_is(value.text, "0");
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK && exn_numbers_count(all) != 2)
        p->refusal = "a keypoint that is not xy of two numbers";
    return status == EXN_OK && !p->refusal ? keep_keypoint(w, all, 0, is_hidden) : status;
}

/* A list of which the first token has been read, an object. */
static exn_status read_keypoint_objects(exn_coco_walk *w, exn_json_token token, exn_numbers *all,
                                        exn_drawn_piece *p)
{
    exn_status status = EXN_OK;
    while (status == EXN_OK && token.kind == EXN_JSON_OBJECT) {
        status = read_keypoint(w, all, p);
        if (status == EXN_OK)
            status = exn_json_next(&w->base.json, &token);
    }
    return status == EXN_OK && token.kind != EXN_JSON_ARRAY_END
               ? exn_json_walk_fail(&w->base, EXN_CORRUPT, p->member,
                                    "something else than a keypoint in its list")
               : status;
}

/* [x, y, v] and so on. */
static exn_status read_keypoint_numbers(exn_coco_walk *w, const exn_numbers *all,
                                        exn_drawn_piece *p)
{
    const size_t count = exn_numbers_count(all);
    exn_status status = EXN_OK;
    if (count % 3)
        p->refusal = "a list of keypoints that are not x, y, v";
    for (size_t i = 0; i + 2 < count && status == EXN_OK && !p->refusal; i += 3)
        status = keep_keypoint(w, all, i, is_zero(all, i + 2));
    return status;
}

static exn_status read_keypoints(exn_coco_walk *w, const exn_json_token *value)
{
    exn_drawn_piece p = exn_drawn_begin(&w->pieces, EXN_LABEL_POINTS, "keypoints");
    exn_numbers all = {.items = {0}};
    exn_json_token token;
    p.coordinates = EXN_COORDINATES_PIXELS;
    if (value->kind == EXN_JSON_NULL)
        return EXN_OK;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, p.member, "it is no list");
    exn_status status = exn_json_walk_numbers_or(&w->base, p.member, &all, &token);
    if (status == EXN_OK)
        status = token.kind == EXN_JSON_OBJECT ? read_keypoint_objects(w, token, &all, &p)
                                               : read_keypoint_numbers(w, &all, &p);
    exn_numbers_free(&all);
    if (status != EXN_OK)
        return exn_status_fail(w->base.error, status, "%s", "");
    return p.refusal || exn_numbers_count(&w->pieces.numbers) > p.first
               ? exn_drawn_add(&w->base, &w->pieces, p)
               : EXN_OK;
}

/* A ring, [[x, y], ...], or a list of rings, of which the first token has been read. */
static exn_status read_rings(exn_coco_walk *w, exn_json_token token, exn_drawn_piece *p)
{
    static const char odd[] = "a ring that is not of points of two numbers";
    size_t level = 0, count = 0;
    exn_status status = EXN_OK;
    for (;;) {
        if (token.kind == EXN_JSON_ARRAY || token.kind == EXN_JSON_ARRAY_END) {
            level += token.kind == EXN_JSON_ARRAY ? 1 : (size_t)-1;
            if (count != 0 && (count != 2 || token.kind == EXN_JSON_ARRAY))
                p->refusal = odd;
            count = 0;
        } else if (level > 0 && exn_json_walk_is_number(&token)) {
            status = exn_json_walk_add(&w->base, &w->pieces.numbers, &token);
            count++;
        } else {
            p->refusal = odd;
            status = exn_json_walk_skip(&w->base, &token);
        }
        if (status != EXN_OK || level == 0)
            return status;
        status = exn_json_next(&w->base.json, &token);
        if (status != EXN_OK)
            return status;
    }
}

/* kwcoco's polygon, {"exterior": ring, "interiors": [ring, ...]}, after its first token. All of it
 * is one shape, since it is no matter to a point which ring it is in. */
static exn_status read_polygon_object(exn_coco_walk *w, exn_json_token token)
{
    exn_drawn_piece p = exn_drawn_begin(&w->pieces, EXN_LABEL_POINTS, "segmentation");
    exn_status status = EXN_OK;
    while (status == EXN_OK && token.kind == EXN_JSON_KEY) {
        const bool are_rings =
            exn_json_text_is(token.text, "exterior") || exn_json_text_is(token.text, "interiors");
        bool has_more = false;
        status = exn_json_next(&w->base.json, &token);
        if (status == EXN_OK)
            status = are_rings ? read_rings(w, token, &p)
                               : exn_json_walk_pass(&w->base, &token, &has_more);
        if (has_more)
            p.refusal = "a polygon with more than its rings";
        if (status == EXN_OK)
            status = exn_json_next(&w->base.json, &token);
    }
    return status == EXN_OK && (p.refusal || exn_numbers_count(&w->pieces.numbers) > p.first)
               ? exn_drawn_add(&w->base, &w->pieces, p)
               : status;
}

static bool is_polygon_object(const exn_json_token *token)
{
    return token->kind == EXN_JSON_KEY && (exn_json_text_is(token->text, "exterior") ||
                                           exn_json_text_is(token->text, "interiors"));
}

/* After its brace: a mask, or kwcoco's polygon; {} is none. */
static exn_status read_segmentation_object(exn_coco_walk *w)
{
    exn_json_token token;
    exn_status status = exn_json_next(&w->base.json, &token);
    if (status != EXN_OK || token.kind == EXN_JSON_OBJECT_END)
        return status;
    if (is_polygon_object(&token))
        return read_polygon_object(w, token);
    return exn_drawn_mask_from(
        &w->base, &w->pieces, exn_drawn_begin(&w->pieces, EXN_LABEL_RUNS, "segmentation"),
        (const char *const[]){"segmentation.counts", "segmentation.size"}, token);
}

/* An entry of a list of polygons that is an object. */
static exn_status read_listed_object(exn_coco_walk *w)
{
    exn_json_token token;
    exn_status status = exn_json_next(&w->base.json, &token);
    if (status != EXN_OK || is_polygon_object(&token))
        return status == EXN_OK ? read_polygon_object(w, token) : status;
    const uint32_t depth = w->base.json.depth - (token.kind != EXN_JSON_OBJECT_END);
    status = exn_json_leave(&w->base.json, depth);
    return status == EXN_OK ? exn_drawn_refuse(&w->base, &w->pieces, "segmentation",
                                               "a list that is not of polygons")
                            : status;
}

/* pycocotools reads a segmentation of exactly four numbers as a box, others as two points
 * (frPyObjects() in _mask.pyx). */
static exn_status read_polygons(exn_coco_walk *w)
{
    exn_json_token token;
    exn_status status;
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind != EXN_JSON_ARRAY_END) {
        exn_drawn_piece p = exn_drawn_begin(&w->pieces, EXN_LABEL_POINTS, "segmentation");
        if (token.kind == EXN_JSON_OBJECT) {
            status = read_listed_object(w);
            if (status != EXN_OK)
                return status;
            continue;
        }
        if (token.kind == EXN_JSON_ARRAY) {
            status = exn_json_walk_numbers(&w->base, p.member, &w->pieces.numbers);
            size_t count = exn_numbers_count(&w->pieces.numbers) - p.first;
            if (count == 4)
                p.refusal = "a polygon of exactly four numbers, which some readers take as a box";
            else if (count % 2)
                p.refusal = "a polygon of an odd count of numbers";
        } else {
            p.refusal = "a list that is not of polygons";
            status = exn_json_walk_skip(&w->base, &token);
        }
        if (status == EXN_OK)
            status = exn_drawn_add(&w->base, &w->pieces, p);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* A list holds polygons, an object is a mask, and tools that have neither write null. */
static exn_status read_segmentation(exn_coco_walk *w, const exn_json_token *value)
{
    if (value->kind == EXN_JSON_ARRAY)
        return read_polygons(w);
    if (value->kind == EXN_JSON_OBJECT)
        return read_segmentation_object(w);
    return value->kind == EXN_JSON_NULL ? EXN_OK
                                        : exn_json_walk_fail(&w->base, EXN_CORRUPT, "segmentation",
                                                             "it is neither a list nor an object");
}

/* CVAT puts a box's angle here and leaves bbox unrotated. */
static exn_status read_attributes(exn_coco_walk *w, const exn_json_token *value)
{
    return exn_drawn_rotation(&w->base, &w->pieces, value);
}

/* One segment of a panoptic PNG, whose only coordinates are its box. */
static exn_status read_segment(exn_coco_walk *w)
{
    exn_json_token key, value;
    exn_status status;
    while ((status = exn_json_next(&w->base.json, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_box = exn_json_text_is(key.text, "bbox");
        status = exn_json_walk_keep(&w->base, &key, &w->member);
        if (status == EXN_OK)
            status = exn_json_next(&w->base.json, &value);
        if (status == EXN_OK)
            status =
                is_box ? exn_drawn_box(
                             &w->base, &w->pieces, &value,
                             exn_drawn_begin(&w->pieces, EXN_LABEL_BOX, "segments_info.bbox"))
                       : exn_drawn_pass(&w->base, &w->pieces, exn_buffer_span(&w->member), &value);
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* The segments of a PNG whose colors are their ids (COCO's panoptic task). */
static exn_status read_segments(exn_coco_walk *w, const exn_json_token *value)
{
    exn_json_token token;
    exn_status status;
    w->has_segments = true;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "segments_info", "it is no list");
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_OBJECT) {
        status = read_segment(w);
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "segments_info", "a segment is no object");
    return status;
}

/* The name of the panoptic PNG, in the annotation. Without segments, a file name is not that of a
 * mask we know. */
static exn_status read_file_name(exn_coco_walk *w, const exn_json_token *value)
{
    if (w->has_file)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "file_name", "it is there twice");
    w->has_file = true;
    w->file = exn_drawn_begin(&w->pieces, EXN_LABEL_FILE, "file_name");
    exn_status status = value->kind == EXN_JSON_STRING && !value->is_long
                            ? exn_drawn_letters(&w->base, &w->pieces, &w->file, value)
                            : EXN_CORRUPT;
    if (status == EXN_OK &&
        (w->file.letters_size == 0 ||
         memchr(w->pieces.letters.data + w->file.letters, 0, w->file.letters_size)))
        status = EXN_CORRUPT;
    w->file.letters_span = 0; /* never edited */
    return status == EXN_OK ? EXN_OK
                            : exn_json_walk_fail(&w->base, status, "file_name", "it is no name");
}

/* Segments are useless without their PNG. */
static exn_status check_segments(exn_coco_walk *w)
{
    if (!w->has_segments)
        return EXN_OK;
    w->file.first = exn_numbers_count(&w->pieces.numbers);
    return w->has_file ? exn_drawn_add(&w->base, &w->pieces, w->file)
                       : exn_drawn_refuse(&w->base, &w->pieces, "segments_info",
                                          "panoptic labels without the file_name of their PNG");
}

static exn_status read_image_id(exn_coco_walk *w, const exn_json_token *value)
{
    return exn_coco_walk_id(w, "image_id", value, &w->key);
}

/* image_id may be the last member, so this is called at the object's end. */
static exn_status hand_on_pieces(exn_coco_walk *w)
{
    if (w->key.size == 0 && w->pieces.list.size)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, NULL, "it has no image_id");
    return exn_drawn_hand_on(&w->base, &w->pieces, exn_buffer_span(&w->key));
}

/* Detectron2's way to say what the numbers of bbox are: 1 is x, y, width and height, as everywhere
 * else in COCO; 0 is two corners; other values mean fractions of the sides, or a box with an angle.
 */
static exn_status read_mode(exn_coco_walk *w, const exn_json_token *value)
{
    bool has_more;
    const bool is_usual = value->kind == EXN_JSON_NULL ||
                          (value->kind == EXN_JSON_NUMBER && exn_json_text_is(value->text, "1"));
    exn_status status = exn_json_walk_pass(&w->base, value, &has_more);
    return status != EXN_OK || is_usual
               ? status
               : exn_drawn_refuse(&w->base, &w->pieces, "bbox_mode",
                                  "boxes that are not x, y, width and height");
}

typedef exn_status read_value(exn_coco_walk *w, const exn_json_token *value);

/* Comparisons instead of a table: the compiler then knows the words' lengths, and there are
 * millions of members. */
static read_value *reader_of(exn_span key)
{
    if (exn_json_text_is(key, "bbox"))
        return read_bbox;
    if (exn_json_text_is(key, "segmentation"))
        return read_segmentation;
    if (exn_json_text_is(key, "image_id"))
        return read_image_id;
    if (exn_json_text_is(key, "keypoints"))
        return read_keypoints;
    if (exn_json_text_is(key, "attributes"))
        return read_attributes;
    if (exn_json_text_is(key, "bbox_mode"))
        return read_mode;
    if (exn_json_text_is(key, "segments_info"))
        return read_segments;
    return exn_json_text_is(key, "file_name") ? read_file_name : NULL;
}

/* area and iscrowd do not depend on the frame. A repeated member is moved each time, in its place.
 */
static exn_status read_member(exn_coco_walk *w, const exn_json_token *key)
{
    read_value *const read = reader_of(key->text);
    exn_json_token value;
    exn_status status = read ? EXN_OK : exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = exn_json_next(&w->base.json, &value);
    if (status != EXN_OK)
        return status;
    return read ? read(w, &value)
                : exn_drawn_pass(&w->base, &w->pieces, exn_buffer_span(&w->member), &value);
}

/* Buffers keep their memory from one annotation to the next. This annotation gets no edits after
 * this. */
exn_status exn_coco_annotation_read(void *walk)
{
    exn_coco_walk *w = walk;
    exn_json_token token;
    exn_status status;
    w->key.size = 0;
    w->has_segments = w->has_file = false;
    exn_drawn_clear(&w->pieces);
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_KEY) {
        status = read_member(w, &token);
        if (status != EXN_OK)
            break;
    }
    if (status == EXN_OK)
        status = check_segments(w);
    if (status == EXN_OK)
        status = hand_on_pieces(w);
    return status == EXN_OK ? exn_json_walk_settle(&w->base) : status;
}
