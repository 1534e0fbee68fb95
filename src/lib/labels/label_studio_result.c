/* SPDX-License-Identifier: MIT */
/* A result's shape is determined by its members, not by its type: the labels, choices and texts of
 * a region repeat its numbers and have to move with it.
 *
 *   x, y, width, height, rotation        a box, tilted about its corner
 *   x, y, radiusX, radiusY, rotation     an ellipse about its center
 *   x, y, width                          a keypoint with the size of its dot
 *   points, vertices                     a polygon, a curve
 *   rle                                  a brush's mask, run lengths (brush.h)
 *   imageDataURL                         the same as a PNG
 *
 * The shape is known only when all members are: they come in any order, in value or beside it. */
#include "label_studio_result.h"

#include <string.h>

#include "decimal.h"
#include "json_text.h"

static exn_status next(exn_label_studio_walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(exn_label_studio_walk *w, exn_status status, const char *member,
                       const char *what)
{
    return exn_json_walk_fail(&w->base, status, member, what);
}

/* In the order of enum exn_label_studio_number. */
static const char *const number_names[EXN_LABEL_STUDIO_NUMBERS] = {
    "x",       "y",        "width",          "height",         "radiusX",
    "radiusY", "rotation", "original_width", "original_height"};

/* Results are many and alike, so their memory is reused. */
static void clear(exn_label_studio_region *r)
{
    for (size_t i = 0; i < EXN_LABEL_STUDIO_NUMBERS; i++)
        exn_numbers_clear(&r->number[i]);
    exn_numbers_clear(&r->points);
    exn_numbers_clear(&r->runs);
    r->picture.size = r->to_name.size = 0;
    r->item = -1;
    r->has_points = r->has_runs = r->has_picture = r->is_video = false;
    r->refusal = NULL;
}

/* ---- members */

/* [[x, y], ...]: a polygon's points, in percents of the sides. A point of three numbers is
 * ambiguous, so it is refused if its image rotates. */
static exn_status read_points(exn_label_studio_walk *w)
{
    exn_json_token token;
    exn_status status;
    exn_label_studio_region *r = &w->region;
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_ARRAY) {
        const size_t before = exn_numbers_count(&r->points);
        status = exn_json_walk_numbers(&w->base, "points", &r->points);
        if (status != EXN_OK)
            return status;
        if (exn_numbers_count(&r->points) != before + 2)
            r->refusal = "a point that is not of two numbers";
    }
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return fail(w, EXN_CORRUPT, "points", "something else than a point in its list");
    return status;
}

/* {"x": 1, "y": 2}: a vertex with control points of the same form inside it, or one of those. They
 * are curves of Label Studio's vector tool. A rotation maps control points like points, so all of
 * them go into one list. Only the order of x and y within each has to be ensured, as members come
 * in any order. */
static exn_status read_vertex(exn_label_studio_walk *w, bool is_vertex)
{
    exn_json_token key, value;
    /* Not in any account: they hold one number each and are freed below. */
    exn_numbers pair[2] = {{.items = {0}}, {.items = {0}}};
    exn_label_studio_region *r = &w->region;
    exn_status status;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_y = exn_json_text_is(key.text, "y"),
                   is_number = is_y || exn_json_text_is(key.text, "x"),
                   is_control = exn_json_text_is(key.text, "controlPoint1") ||
                                exn_json_text_is(key.text, "controlPoint2");
        status = next(w, &value);
        if (status == EXN_OK && is_number && exn_json_walk_is_number(&value))
            status = exn_json_walk_add(&w->base, &pair[is_y], &value);
        else if (status == EXN_OK && is_control && is_vertex && value.kind == EXN_JSON_OBJECT)
            status = read_vertex(w, false);
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            break;
    }
    if (exn_numbers_count(&pair[0]) != 1 || exn_numbers_count(&pair[1]) != 1)
        r->refusal = "a vertex without x and y";
    for (size_t i = 0; i < 2 && status == EXN_OK && !r->refusal; i++)
        status = exn_json_walk_copy(&w->base, &r->points, &pair[i], 0, 1);
    exn_numbers_free(&pair[0]);
    exn_numbers_free(&pair[1]);
    return status;
}

static exn_status read_vertices(exn_label_studio_walk *w)
{
    exn_json_token token;
    exn_status status;
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_OBJECT) {
        status = read_vertex(w, true);
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return fail(w, EXN_CORRUPT, "vertices", "something else than a vertex in its list");
    return status;
}

/* data:image/png;base64,... Only what follows the comma is replaced, so a data URL (RFC 2397) keeps
 * its type and parameters as written. */
static exn_status read_picture(exn_label_studio_walk *w, const exn_json_token *value)
{
    static const char head[] = "base64,";
    exn_label_studio_region *r = &w->region;
    const uint8_t *comma =
        value->text.size ? memmem(value->text.data, value->text.size, head, sizeof head - 1) : NULL;
    if (value->is_long)
        return fail(w, EXN_LIMIT, "imageDataURL", "it is too long");
    if (!comma) {
        r->refusal = "a mask that is no base64";
        return EXN_OK;
    }
    const size_t before = (size_t)(comma - value->text.data) + sizeof head - 1;
    const exn_span text = exn_span_part(value->text, before, value->text.size - before);
    /* The token begins at its quote. */
    r->picture_offset = value->offset + 1 + before;
    r->picture_size = text.size;
    r->picture.size = 0;
    exn_status status = exn_json_text_unescape(text, &r->picture);
    return status == EXN_OK ? EXN_OK : fail(w, status, "imageDataURL", "it is no text");
}

/* The tag that a result is drawn on; if a task has several images, it tells which one. */
static exn_status read_to_name(exn_label_studio_walk *w, const exn_json_token *value)
{
    if (value->kind != EXN_JSON_STRING)
        return exn_json_walk_skip(&w->base, value);
    w->region.to_name.size = 0;
    exn_status status = exn_json_text_unescape(value->text, &w->region.to_name);
    return status == EXN_OK ? EXN_OK : fail(w, status, "to_name", "it is no text");
}

/* item_index: which image of a list the result is on. Anything but an index leaves -1, for a single
 * image. */
static exn_status read_item(exn_label_studio_walk *w, const exn_json_token *value)
{
    exn_decimal number;
    uint32_t item;
    if (value->kind == EXN_JSON_NUMBER && exn_decimal_read(value->text, &number) &&
        exn_decimal_is_size(&number, &item))
        w->region.item = item;
    return exn_json_walk_skip(&w->base, value);
}

/* The image was displayed rotated by Label Studio's own button, whose effect on the numbers is
 * unknown. Such results are refused, naming this member, and others in the file move. */
static exn_status read_rotated(exn_label_studio_walk *w, const exn_json_token *value)
{
    exn_decimal number;
    if (exn_json_walk_is_number(value) &&
        !(exn_decimal_read(value->text, &number) && number.count == 0))
        w->region.refusal = "image_rotation is not 0: drawn on an image that was shown rotated";
    return exn_json_walk_skip(&w->base, value);
}

/* polygonlabels and the like are names of classes. They are recognized by their ending, whatever
 * the tag is called: rectanglelabels, keypointlabels. */
static bool is_unknown_place(exn_span key)
{
    const bool is_labels = key.size >= 6 && memcmp(key.data + key.size - 6, "labels", 6) == 0;
    return exn_json_text_is(key, "touches") || (!is_labels && exn_label_is_place(key));
}

/* If the value of one of these members is not a number, it is something else. */
static exn_status read_number(exn_label_studio_walk *w, size_t role, const exn_json_token *value)
{
    exn_numbers *to = &w->region.number[role];
    if (!exn_json_walk_is_number(value))
        return exn_json_walk_skip(&w->base, value);
    if (exn_numbers_count(to))
        return fail(w, EXN_CORRUPT, number_names[role], "it is there twice");
    return exn_json_walk_add(&w->base, to, value);
}

/* If a list of places is repeated, some readers would see only one of them. */
static exn_status see(exn_label_studio_walk *w, bool *seen, const char *member)
{
    if (*seen)
        return fail(w, EXN_CORRUPT, member, "it is there twice");
    *seen = true;
    return EXN_OK;
}

static exn_status read_list(exn_label_studio_walk *w, exn_span key, const exn_json_token *value)
{
    exn_label_studio_region *r = &w->region;
    exn_status status;
    if (exn_json_text_is(key, "rle")) {
        status = see(w, &r->has_runs, "rle");
        return status == EXN_OK ? exn_json_walk_runs(&w->base, "rle", &r->runs) : status;
    }
    if (exn_json_text_is(key, "points") || exn_json_text_is(key, "vertices")) {
        status = see(w, &r->has_points, "points");
        if (status != EXN_OK)
            return status;
        return exn_json_text_is(key, "points") ? read_points(w) : read_vertices(w);
    }
    /* Key frames of a video's boxes, which are not on an image of this run. */
    r->is_video |= exn_json_text_is(key, "sequence");
    if (is_unknown_place(key))
        r->refusal = EXN_LABEL_UNKNOWN_PLACE;
    return exn_json_walk_skip(&w->base, value);
}

/* Unknown members are skipped if they cannot hold a place. If the name suggests one, the result is
 * refused: a coordinate that stayed where it was would be a wrong label that nobody notices. */
static exn_status read_member(exn_label_studio_walk *w, exn_span key, const exn_json_token *value)
{
    exn_label_studio_region *r = &w->region;
    size_t role = 0;
    while (role < EXN_LABEL_STUDIO_NUMBERS && !exn_json_text_is(key, number_names[role]))
        role++;
    if (role < EXN_LABEL_STUDIO_NUMBERS)
        return read_number(w, role, value);
    if (exn_json_text_is(key, "to_name"))
        return read_to_name(w, value);
    if (exn_json_text_is(key, "item_index"))
        return read_item(w, value);
    if (exn_json_text_is(key, "image_rotation"))
        return read_rotated(w, value);
    if (exn_json_text_is(key, "imageDataURL") && value->kind == EXN_JSON_STRING) {
        exn_status status = see(w, &r->has_picture, "imageDataURL");
        return status == EXN_OK ? read_picture(w, value) : status;
    }
    if (value->kind == EXN_JSON_ARRAY)
        return read_list(w, key, value);
    if (is_unknown_place(key) && (value->kind == EXN_JSON_OBJECT || value->kind == EXN_JSON_STRING))
        r->refusal = EXN_LABEL_UNKNOWN_PLACE;
    return exn_json_walk_skip(&w->base, value);
}

/* The members of value stand for those of the result; in JSON_MIN they are its own. The key is
 * compared before its value is read, because reading overwrites it. */
static exn_status read_members(exn_label_studio_walk *w)
{
    exn_json_token key, value;
    exn_buffer name = {0};
    bool in_value = false;
    exn_status status;
    while ((status = next(w, &key)) == EXN_OK && (key.kind == EXN_JSON_KEY || in_value)) {
        if (key.kind == EXN_JSON_OBJECT_END) {
            in_value = false;
            continue;
        }
        name.size = 0;
        status = exn_buffer_append(&name, key.text.data, key.text.size);
        if (status == EXN_OK)
            status = next(w, &value);
        if (status == EXN_OK && !in_value && value.kind == EXN_JSON_OBJECT &&
            exn_json_text_is(exn_buffer_span(&name), "value"))
            in_value = true;
        else if (status == EXN_OK)
            status = read_member(w, exn_buffer_span(&name), &value);
        if (status != EXN_OK)
            break;
    }
    exn_buffer_free(&name);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* ---- what it is on */

/* What grows with the file is in the walk's account. */
static exn_status append(exn_label_studio_walk *w, exn_buffer *to, const void *data, size_t size)
{
    exn_status status = exn_account_append(w->base.events->account, to, data, size);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* A task has one image, or a few, so a linear search will do; the limit keeps a hostile task from
 * making it quadratic. An image is identified by the tag and the item that its results name; which
 * file that is turns out at the task's end. */
static exn_status find_target(exn_label_studio_walk *w, size_t *target)
{
    enum { MOST = 1000 };
    const exn_span name = exn_buffer_span(&w->region.to_name);
    exn_label_studio_target t;
    const size_t count = w->targets.size / sizeof t;
    for (*target = 0; *target < count; ++*target) {
        memcpy(&t, w->targets.data + *target * sizeof t, sizeof t);
        if (t.item == w->region.item &&
            exn_span_equal(exn_span_part(exn_buffer_span(&w->texts), t.to_name, t.to_name_size),
                           name))
            return EXN_OK;
    }
    if (count == MOST)
        return fail(w, EXN_LIMIT, NULL, "more than 1000 images in one task");
    t = (exn_label_studio_target){
        .to_name = w->texts.size, .to_name_size = name.size, .item = w->region.item};
    exn_status status = append(w, &w->texts, name.data, name.size);
    return status == EXN_OK ? append(w, &w->targets, &t, sizeof t) : status;
}

/* original_width and original_height stand in every result, and exporters compute pixels from
 * percents with them. One that was left would stretch its shape. */
static exn_status note_sizes(exn_label_studio_walk *w, size_t target)
{
    exn_label_studio_target t;
    exn_status status = append(w, &w->sized, &target, sizeof target);
    for (size_t i = EXN_LABEL_STUDIO_IMAGE_WIDTH;
         i <= EXN_LABEL_STUDIO_IMAGE_HEIGHT && status == EXN_OK; i++)
        status = exn_json_walk_copy(&w->base, &w->sizes, &w->region.number[i], 0, 1);
    memcpy(&t, w->targets.data + target * sizeof t, sizeof t);
    t.has_sizes = true;
    memcpy(w->targets.data + target * sizeof t, &t, sizeof t);
    return status;
}

/* ---- shapes */

static bool has(const exn_label_studio_region *r, size_t role)
{
    return exn_numbers_count(&r->number[role]) > 0;
}

/* Every coordinate is in percents of the image's sides, whatever the shape. */
static exn_status hand_on(exn_label_studio_walk *w, exn_span image, exn_label_kind kind,
                          const char *member, const exn_numbers *numbers, double degrees)
{
    const exn_label_studio_region *r = &w->region;
    exn_label_shape shape = {.image = image,
                             .kind = kind,
                             .unit = EXN_LABEL_PERCENT,
                             .degrees = degrees,
                             .numbers = numbers,
                             .refusal = r->refusal,
                             .place = w->base.place};
    shape.place.member = member;
    if (kind == EXN_LABEL_PICTURE) {
        shape.coded = exn_buffer_span(&r->picture);
        shape.coded_offset = r->picture_offset;
        shape.coded_size = r->picture_size;
    }
    return w->base.events->shape(w->base.events->context, &shape);
}

/* Collects the numbers of these roles, in this order. */
static exn_status gather(exn_label_studio_walk *w, const size_t *roles, size_t count)
{
    exn_label_studio_region *r = &w->region;
    exn_status status = EXN_OK;
    exn_numbers_clear(&r->shape);
    for (size_t i = 0; i < count && status == EXN_OK; i++)
        status = exn_json_walk_copy(&w->base, &r->shape, &r->number[roles[i]], 0, 1);
    return status;
}

/* Most boxes that are not tilted say 0. A rotation that is not a number counts as tilted, so that
 * the move fails and names its place. */
static bool is_tilted(const exn_label_studio_region *r)
{
    exn_decimal angle;
    const exn_numbers *rotation = &r->number[EXN_LABEL_STUDIO_ROTATION];
    return has(r, EXN_LABEL_STUDIO_ROTATION) &&
           !(exn_decimal_read(exn_numbers_text(rotation, 0), &angle) && angle.count == 0);
}

/* rotation is about the corner x, y, which is the rotated box's top left one (label-studio#5274).
 * CVAT's, in contrast, is about the center. */
static exn_status hand_on_box(exn_label_studio_walk *w, exn_span image)
{
    static const size_t roles[] = {EXN_LABEL_STUDIO_X, EXN_LABEL_STUDIO_Y, EXN_LABEL_STUDIO_WIDTH,
                                   EXN_LABEL_STUDIO_HEIGHT, EXN_LABEL_STUDIO_ROTATION};
    const bool tilted = is_tilted(&w->region);
    exn_status status = gather(w, roles, tilted ? 5 : 4);
    return status == EXN_OK ? hand_on(w, image, tilted ? EXN_LABEL_TILTED : EXN_LABEL_BOX, "x",
                                      &w->region.shape, 0)
                            : status;
}

/* x and y are the center, which a rotation leaves in place, so the angle is a shape of its own. */
static exn_status hand_on_ellipse(exn_label_studio_walk *w, exn_span image)
{
    static const size_t roles[] = {EXN_LABEL_STUDIO_X, EXN_LABEL_STUDIO_Y,
                                   EXN_LABEL_STUDIO_RADIUS_X, EXN_LABEL_STUDIO_RADIUS_Y};
    const exn_numbers *rotation = &w->region.number[EXN_LABEL_STUDIO_ROTATION];
    const bool tilted = is_tilted(&w->region);
    exn_status status = gather(w, roles, 4);
    if (status == EXN_OK)
        status = hand_on(w, image, EXN_LABEL_ELLIPSE, "x", &w->region.shape,
                         tilted ? exn_label_degrees(exn_numbers_text(rotation, 0)) : 0);
    if (status == EXN_OK && tilted)
        status = hand_on(w, image, EXN_LABEL_ANGLE, "rotation", rotation, 0);
    return status;
}

/* A keypoint, whose width is that of its dot: one number for both sides, in percents of the image's
 * width, which changes if the image is transposed. */
static exn_status hand_on_point(exn_label_studio_walk *w, exn_span image)
{
    static const size_t roles[] = {EXN_LABEL_STUDIO_X, EXN_LABEL_STUDIO_Y};
    exn_status status = gather(w, roles, 2);
    if (status == EXN_OK)
        status = hand_on(w, image, EXN_LABEL_POINTS, "x", &w->region.shape, 0);
    if (status == EXN_OK && has(&w->region, EXN_LABEL_STUDIO_WIDTH))
        status =
            hand_on(w, image, EXN_LABEL_DOT, "width", &w->region.number[EXN_LABEL_STUDIO_WIDTH], 0);
    return status;
}

/* Whether any part of it has coordinates. Choices, ratings and texts about the whole image have
 * none. */
static bool is_placed(const exn_label_studio_region *r)
{
    return !r->is_video && (r->has_points || r->has_runs || r->has_picture || r->refusal ||
                            has(r, EXN_LABEL_STUDIO_X) || has(r, EXN_LABEL_STUDIO_Y));
}

static exn_status hand_on_shapes(exn_label_studio_walk *w, exn_span image)
{
    exn_label_studio_region *r = &w->region;
    const bool x = has(r, EXN_LABEL_STUDIO_X), y = has(r, EXN_LABEL_STUDIO_Y),
               width = has(r, EXN_LABEL_STUDIO_WIDTH), height = has(r, EXN_LABEL_STUDIO_HEIGHT),
               radii = has(r, EXN_LABEL_STUDIO_RADIUS_X) && has(r, EXN_LABEL_STUDIO_RADIUS_Y);
    /* If a result had two kinds of shapes, one of them would be left where it was. */
    if (r->has_points + r->has_runs + r->has_picture + (x || y) > 1)
        r->refusal = "several kinds of shapes in one result";
    else if (x != y || (height && !width))
        r->refusal = "a region that is not known here";
    if (r->refusal) {
        exn_numbers_clear(&r->shape);
        return hand_on(w, image, EXN_LABEL_POINTS, NULL, &r->shape, 0);
    }
    if (r->has_points)
        return hand_on(w, image, EXN_LABEL_POINTS, "points", &r->points, 0);
    if (r->has_runs)
        return hand_on(w, image, EXN_LABEL_BRUSH, "rle", &r->runs, 0);
    exn_numbers_clear(&r->shape);
    if (r->has_picture)
        return hand_on(w, image, EXN_LABEL_PICTURE, "imageDataURL", &r->shape, 0);
    return radii    ? hand_on_ellipse(w, image)
           : height ? hand_on_box(w, image)
                    : hand_on_point(w, image);
}

exn_status exn_label_studio_result_read(exn_label_studio_walk *w, bool is_loose)
{
    exn_label_studio_region *r = &w->region;
    size_t target;
    exn_span key;
    clear(r);
    exn_status status = read_members(w);
    if (status != EXN_OK)
        return status;
    const bool has_sizes =
        has(r, EXN_LABEL_STUDIO_IMAGE_WIDTH) && has(r, EXN_LABEL_STUDIO_IMAGE_HEIGHT);
    /* A loose list may hold anything, but an object with an image's size is a result. */
    if (!has_sizes && (is_loose || !is_placed(r)))
        return EXN_OK;
    status = find_target(w, &target);
    if (status == EXN_OK && has_sizes)
        status = note_sizes(w, target);
    if (status == EXN_OK)
        status = exn_label_studio_walk_key(w, target, &key);
    return status == EXN_OK && is_placed(r) ? hand_on_shapes(w, key) : status;
}
