/* SPDX-License-Identifier: MIT */
/* An item is an image with its annotations, which come first. All coordinates are edges, since
 * Datumaro takes those of other formats as they are. An ellipse is given by the corners of the box
 * around it, and a box's angle is one of its attributes.
 *
 *   {"infos": {}, "categories": {}, "items": [{"id": "a", "annotations": [
 *        {"type": "bbox", "bbox": [x, y, width, height], "attributes": {"rotation": 12.5}},
 *        {"type": "polygon", "points": [x, y, ...]},
 *        {"type": "mask", "rle": {"counts": "...", "size": [height, width]}}],
 *      "image": {"path": "a.jpg", "size": [height, width]}}, ...]} */
#include "datumaro.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "drawn.h"
#include "json_glance.h"
#include "json_text.h"

/* How an annotation's type interprets its points. */
typedef enum type {
    UNKNOWN,
    PLACELESS, /* about the image or the scanned space as a whole */
    BOX,
    POLYGON, /* and lines */
    POINTS,
    MASK,
    ELLIPSE,
    CUBOID
} type;

typedef struct walk {
    exn_json_walk base;
    exn_drawn pieces;
    exn_numbers points, visibility, sides, sizes;
    exn_buffer id, path, member;
    char place[48];
    uint64_t path_end;
    char key[24];
    size_t annotations;         /* of the item, so far */
    bool has_shapes, has_image; /* likewise */
    bool is_foreign;            /* a point cloud or a video, not an image of this data set */
    bool has_items;
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(walk *w, const char *member, const char *what)
{
    return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, what);
}

static type type_of(const exn_json_token *value)
{
    static const struct {
        const char *name;
        type type;
    } types[] = {{"label", PLACELESS}, {"caption", PLACELESS}, {"cuboid_3d", PLACELESS},
                 {"bbox", BOX},        {"polygon", POLYGON},   {"polyline", POLYGON},
                 {"points", POINTS},   {"mask", MASK},         {"ellipse", ELLIPSE},
                 {"cuboid_2d", CUBOID}};
    for (size_t i = 0; i < sizeof types / sizeof *types && value->kind == EXN_JSON_STRING; i++)
        if (exn_json_text_is(value->text, types[i].name))
            return types[i].type;
    return UNKNOWN;
}

/* ---- annotations */

/* The parts of an annotation. Its points are kept separately until its type is known. */
typedef struct annotation {
    type type;
    int types, points, masks, boxes;
    bool is_odd; /* points is not a list of numbers */
} annotation;

static exn_status read_points(walk *w, annotation *a, const exn_json_token *value)
{
    a->points++;
    a->is_odd = value->kind != EXN_JSON_ARRAY;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_skip(&w->base, value);
    exn_numbers_clear(&w->points);
    exn_json_token token = {.kind = EXN_JSON_NUMBER};
    exn_status status = EXN_OK;
    size_t depth = 1; /* cuboids have pairs in their list */
    while (status == EXN_OK && depth > 0) {
        status = next(w, &token);
        if (status != EXN_OK)
            return status;
        if (exn_json_walk_is_number(&token) && depth == 1)
            status = exn_json_walk_add(&w->base, &w->points, &token);
        else if (token.kind == EXN_JSON_ARRAY_END)
            depth--;
        else {
            a->is_odd = true;
            depth += token.kind == EXN_JSON_ARRAY;
            if (token.kind == EXN_JSON_OBJECT)
                status = exn_json_walk_skip(&w->base, &token);
        }
    }
    return status;
}

static exn_status read_annotation_member(walk *w, annotation *a, const exn_json_token *key)
{
    static const char *const masks[] = {"rle.counts", "rle.size"};
    exn_json_token value;
    const bool is_type = exn_json_text_is(key->text, "type"),
               is_points = exn_json_text_is(key->text, "points"),
               is_box = exn_json_text_is(key->text, "bbox"),
               is_mask = exn_json_text_is(key->text, "rle"),
               is_visibility = exn_json_text_is(key->text, "visibility"),
               is_attributes = exn_json_text_is(key->text, "attributes");
    exn_status status = exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (is_type) {
        a->types++;
        a->type = type_of(&value);
        return exn_json_walk_skip(&w->base, &value);
    }
    if (is_points)
        return read_points(w, a, &value);
    if (is_visibility && value.kind == EXN_JSON_ARRAY) {
        exn_numbers_clear(&w->visibility);
        return exn_json_walk_numbers(&w->base, "visibility", &w->visibility);
    }
    if (is_attributes)
        return exn_drawn_rotation(&w->base, &w->pieces, &value);
    if (is_box) {
        a->boxes++;
        return exn_drawn_box(&w->base, &w->pieces, &value,
                             exn_drawn_begin(&w->pieces, EXN_LABEL_BOX, w->place));
    }
    if (is_mask && value.kind == EXN_JSON_OBJECT) {
        a->masks++;
        return exn_drawn_mask(&w->base, &w->pieces,
                              exn_drawn_begin(&w->pieces, EXN_LABEL_RUNS, w->place), masks);
    }
    return exn_drawn_pass(&w->base, &w->pieces, exn_buffer_span(&w->member), &value);
}

/* Like COCO's, an absent keypoint is (0, 0) and has a visibility of 0. */
static bool is_absent(const walk *w, size_t i)
{
    const exn_numbers *all[] = {&w->points, &w->points, &w->visibility};
    const size_t index[] = {2 * i, 2 * i + 1, i};
    for (size_t k = 0; k < 3; k++) {
        exn_decimal number;
        if (index[k] >= exn_numbers_count(all[k]) ||
            !exn_decimal_read(exn_numbers_text(all[k], index[k]), &number) || number.count != 0)
            return false;
    }
    return true;
}

static exn_status add_points(walk *w, const annotation *a)
{
    exn_drawn_piece p = exn_drawn_begin(
        &w->pieces, a->type == ELLIPSE ? EXN_LABEL_CORNERS : EXN_LABEL_POINTS, w->place);
    const size_t count = exn_numbers_count(&w->points);
    exn_status status = EXN_OK;
    if (a->is_odd || count % 2 || (a->type == ELLIPSE && count != 4))
        return exn_drawn_refuse(&w->base, &w->pieces, w->place,
                                "points that are not x, y, and so on");
    if (a->type == POINTS && exn_numbers_count(&w->visibility) != count / 2)
        exn_numbers_clear(&w->visibility);
    for (size_t i = 0; i < count / 2 && status == EXN_OK; i++)
        if (a->type != POINTS || !is_absent(w, i))
            status = exn_json_walk_copy(&w->base, &w->pieces.numbers, &w->points, 2 * i, 2);
    return status == EXN_OK ? exn_drawn_add(&w->base, &w->pieces, p) : status;
}

/* Anything unknown, or that two readers could interpret differently, is refused. */
static exn_status finish_annotation(walk *w, const annotation *a)
{
    const bool has_points = a->type == POLYGON || a->type == POINTS || a->type == ELLIPSE;
    if (a->types != 1)
        return fail(w, w->place, a->types ? "its type is there twice" : "it has no type");
    if (a->points > 1 || a->boxes > 1 || a->masks > 1)
        return fail(w, w->place, "its coordinates are there twice");
    if (a->type == PLACELESS && a->points + a->boxes + a->masks == 0)
        return EXN_OK;
    if (a->type == CUBOID)
        return exn_drawn_refuse(&w->base, &w->pieces, w->place,
                                "a cuboid, whose corners would not be in their order any more");
    if (a->type == UNKNOWN)
        return exn_drawn_refuse(&w->base, &w->pieces, w->place,
                                "an annotation of a type that is not known here");
    if (a->points != has_points || a->boxes != (a->type == BOX) || a->masks != (a->type == MASK))
        return exn_drawn_refuse(&w->base, &w->pieces, w->place,
                                "other coordinates than those of its type");
    return has_points ? add_points(w, a) : EXN_OK;
}

/* The item is identified only by its number, because id and image may come later. */
static exn_status hand_on_pieces(walk *w)
{
    const exn_span key = {(const uint8_t *)w->key, strlen(w->key)};
    w->has_shapes |= w->pieces.list.size > 0;
    exn_status status = exn_drawn_hand_on(&w->base, &w->pieces, key);
    exn_drawn_clear(&w->pieces);
    return status;
}

static exn_status read_annotation(void *context)
{
    walk *w = context;
    exn_json_token key;
    exn_status status;
    annotation a = {.type = UNKNOWN};
    snprintf(w->place, sizeof w->place, "annotations[%zu]", w->annotations++);
    exn_numbers_clear(&w->points);
    exn_numbers_clear(&w->visibility);
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        status = read_annotation_member(w, &a, &key);
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK)
        status = finish_annotation(w, &a);
    return status == EXN_OK ? hand_on_pieces(w) : status;
}

static exn_status read_annotations(walk *w, const exn_json_token *value)
{
    if (value->kind == EXN_JSON_NULL)
        return EXN_OK;
    return value->kind == EXN_JSON_ARRAY
               ? exn_json_walk_objects(&w->base, "annotations", read_annotation, w)
               : fail(w, "annotations", "it is no list");
}

/* ---- items */

/* size is height, then width. */
static exn_status read_image(walk *w, const exn_json_token *value)
{
    exn_json_token key, member;
    exn_status status;
    if (value->kind != EXN_JSON_OBJECT)
        return exn_json_walk_skip(&w->base, value);
    if (w->has_image)
        return fail(w, "image", "it is there twice");
    w->has_image = true;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_path = exn_json_text_is(key.text, "path"),
                   is_size = exn_json_text_is(key.text, "size");
        status = next(w, &member);
        if (status == EXN_OK && is_path && member.kind == EXN_JSON_STRING && member.size > 2) {
            w->path_end = exn_json_walk_end(&member);
            status = exn_json_walk_name(&w->base, "image.path", &member, &w->path);
        } else if (status == EXN_OK && is_size && member.kind == EXN_JSON_ARRAY)
            status = exn_json_walk_numbers(&w->base, "image.size", &w->sides);
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &member);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

static exn_status read_item_member(void *context, const exn_json_token *key)
{
    walk *w = context;
    static const char *const others[] = {"point_cloud", "video", "video_frame", "related_images"};
    exn_json_token value;
    const bool is_id = exn_json_text_is(key->text, "id"),
               is_list = exn_json_text_is(key->text, "annotations"),
               is_image = exn_json_text_is(key->text, "image"),
               is_media = exn_json_text_is(key->text, "media");
    bool is_other = false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        is_other |= exn_json_text_is(key->text, others[i]);
    exn_status status = exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (is_id)
        return exn_json_walk_name(&w->base, "id", &value, &w->id);
    if (is_list)
        return read_annotations(w, &value);
    if (is_image || is_media)
        return read_image(w, &value);
    w->is_foreign |= is_other;
    if (is_other)
        return exn_json_walk_skip(&w->base, &value);
    status = exn_drawn_pass(&w->base, &w->pieces, exn_buffer_span(&w->member), &value);
    return status == EXN_OK ? hand_on_pieces(w) : status;
}

/* The file has height first. An image without a path is called after its item. */
static exn_status hand_on(walk *w)
{
    if (w->id.size == 0)
        return fail(w, "id", "there is no name");
    if (w->is_foreign && !w->has_image && !w->has_shapes)
        return exn_json_walk_settle(&w->base);
    exn_numbers_clear(&w->sizes);
    exn_status status = EXN_OK;
    if (exn_numbers_count(&w->sides) == 2) {
        status = exn_json_walk_copy(&w->base, &w->sizes, &w->sides, 1, 1);
        if (status == EXN_OK)
            status = exn_json_walk_copy(&w->base, &w->sizes, &w->sides, 0, 1);
    } else if (exn_numbers_count(&w->sides) > 0) {
        return fail(w, "image.size", "it is not height and width");
    }
    w->base.place.member = NULL;
    const exn_label_image image = {.key = {(const uint8_t *)w->key, strlen(w->key)},
                                   .name = exn_buffer_span(w->path.size ? &w->path : &w->id),
                                   .is_stem = w->path.size == 0,
                                   .name_end = w->path.size ? w->path_end : 0,
                                   .sizes = exn_numbers_count(&w->sizes) ? &w->sizes : NULL,
                                   .place = w->base.place};
    if (status == EXN_OK)
        status = w->base.events->image(w->base.events->context, &image);
    return status == EXN_OK ? exn_json_walk_settle(&w->base) : status;
}

static exn_status read_item(void *context)
{
    walk *w = context;
    w->id.size = w->path.size = w->annotations = 0;
    w->has_image = w->has_shapes = w->is_foreign = false;
    snprintf(w->key, sizeof w->key, "%" PRIu64, w->base.place.index);
    exn_numbers_clear(&w->sides);
    exn_status status = exn_json_walk_members(&w->base, read_item_member, w);
    return status == EXN_OK ? hand_on(w) : status;
}

static exn_status read_top(void *context, const exn_json_token *key)
{
    walk *w = context;
    return exn_json_text_is(key->text, "items")
               ? exn_json_walk_list(&w->base, "items", &w->has_items, read_item, w)
               : exn_json_skip(&w->base.json, key);
}

static exn_status read_file(void *context)
{
    walk *w = context;
    return exn_json_walk_object(&w->base, read_top, w);
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    (void)settings;
    walk w = {.base = {.events = events, .error = error}};
    exn_status status = exn_json_walk_file(&w.base, source, read_file, &w);
    exn_drawn_free(&w.base, &w.pieces);
    exn_numbers *const numbers[] = {&w.points, &w.visibility, &w.sides, &w.sizes};
    exn_buffer *const buffers[] = {&w.id, &w.path, &w.member};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        exn_numbers_free(numbers[i]);
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        exn_account_free(events->account, buffers[i]);
    return status;
}

/* Recognized by items and categories, both of which Datumaro always writes. An item has an id and
 * annotations; if the readable part ends inside one, its beginning is enough. */
static bool recognize(const exn_source *source)
{
    static const exn_json_glance_member item[] = {
        {.name = "id", .tells = 1}, {.name = "annotations", .tells = 2}, {0}};
    static const exn_json_glance_member top[] = {{.name = "categories", .tells = 1},
                                                 {.name = "dm_format_version", .tells = 1},
                                                 {.name = "items", .tells = 2, .first = item},
                                                 {0}};
    return exn_json_glance_is(source, EXN_JSON_GLANCE_OBJECT, top);
}

const exn_label_format exn_datumaro_format = {
    .name = "datumaro", .recognize = recognize, .walk = walk_file};
