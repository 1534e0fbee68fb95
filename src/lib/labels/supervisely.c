/* SPDX-License-Identifier: MIT */
/* One file per image, ann/a.jpg.json for img/a.jpg, which it does not name. The SDK writes pixel
 * indices, all integers, even for a rectangle's corners; the labeling tool itself writes fractions
 * of pixels, which are edges. So a file with a fraction anywhere is in edges. A bitmap is a PNG of
 * its own size, in zlib, in base64, and the pixel where it begins.
 *
 *   {"size": {"height": 480, "width": 640}, "tags": [], "objects": [
 *     {"classTitle": "a", "geometryType": "polygon",
 *      "points": {"exterior": [[x, y], ...], "interior": [[[x, y], ...], ...]}},
 *     {"geometryType": "bitmap", "bitmap": {"origin": [x, y], "data": "eJwB..."}},
 *     {"geometryType": "graph", "nodes": {"id": {"loc": [x, y]}, ...}}]} */
#include "supervisely.h"

#include <string.h>

#include "decimal.h"
#include "drawn.h"
#include "json_glance.h"
#include "json_text.h"

/* How a geometry's name interprets an object's points. */
typedef enum geometry { NONE, OTHER, POINTS, CORNERS, BITMAP } geometry;

typedef struct walk {
    exn_json_walk base;
    exn_drawn pieces; /* of the whole file, since only its last number may be a fraction */
    exn_numbers sides[2], sizes, origin;
    exn_buffer member;
    geometry geometry, shape; /* of the object being read, by either of its names */
    size_t first;             /* where its pieces begin, in bytes of their list */
    bool has_objects, has_size;
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(walk *w, const char *member, const char *what)
{
    return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, what);
}

static exn_status refuse(walk *w, const char *member, const char *what)
{
    return exn_drawn_refuse(&w->base, &w->pieces, member, what);
}

static geometry geometry_of(const exn_json_token *value)
{
    static const struct {
        const char *name;
        geometry geometry;
    } names[] = {{"polygon", POINTS}, {"line", POINTS},       {"polyline", POINTS},
                 {"point", POINTS},   {"graph", POINTS},      {"multipolygon", POINTS},
                 {"bitmap", BITMAP},  {"rectangle", CORNERS}, {"alpha_mask", BITMAP}};
    for (size_t i = 0; i < sizeof names / sizeof *names && value->kind == EXN_JSON_STRING; i++)
        if (exn_json_text_is(value->text, names[i].name))
            return names[i].geometry;
    return value->kind == EXN_JSON_STRING ? OTHER : NONE;
}

/* ---- objects */

/* Lists of points, and lists of such lists: an outline, or holes. After the bracket. */
static exn_status read_points(walk *w, const char *member)
{
    exn_drawn_piece p = exn_drawn_begin(&w->pieces, EXN_LABEL_POINTS, member);
    exn_json_token token;
    exn_status status = EXN_OK;
    for (size_t depth = 1; depth > 0;) {
        status = next(w, &token);
        if (status != EXN_OK)
            return status;
        if (token.kind == EXN_JSON_ARRAY || token.kind == EXN_JSON_ARRAY_END) {
            depth = token.kind == EXN_JSON_ARRAY ? depth + 1 : depth - 1;
            continue;
        }
        const size_t before = exn_numbers_count(&w->pieces.numbers);
        if (!exn_json_walk_is_number(&token))
            return fail(w, member, "something else than a number in its list");
        status = exn_json_walk_add(&w->base, &w->pieces.numbers, &token);
        if (status == EXN_OK)
            status = exn_json_walk_numbers(&w->base, member, &w->pieces.numbers);
        if (status != EXN_OK)
            return status;
        if (exn_numbers_count(&w->pieces.numbers) != before + 2)
            p.refusal = "a point that is not of two numbers";
        depth--;
    }
    return exn_drawn_add(&w->base, &w->pieces, p);
}

/* {"exterior": ..., "interior": ...}, after the brace. */
static exn_status read_outline(void *context)
{
    walk *w = context;
    exn_json_token key, value;
    exn_status status;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_outside = exn_json_text_is(key.text, "exterior"),
                   is_points = is_outside || exn_json_text_is(key.text, "interior");
        status = next(w, &value);
        if (status == EXN_OK && is_points && value.kind == EXN_JSON_ARRAY)
            status = read_points(w, is_outside ? "points.exterior" : "points.interior");
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* A list has the corners of an oriented box or a cuboid. */
static exn_status read_outlines(walk *w, const exn_json_token *value)
{
    if (value->kind == EXN_JSON_OBJECT)
        return read_outline(w);
    exn_status status = exn_json_walk_skip(&w->base, value);
    return status == EXN_OK && value->kind == EXN_JSON_ARRAY
               ? refuse(w, "points", "points of a kind that is not known here")
               : status;
}

/* The parts of a multipolygon. */
static exn_status read_parts(walk *w, const exn_json_token *value)
{
    return value->kind == EXN_JSON_ARRAY ? exn_json_walk_objects(&w->base, "parts", read_outline, w)
                                         : exn_json_walk_skip(&w->base, value);
}

/* A graph's nodes: {"id": {"loc": [x, y]}, ...}. */
static exn_status read_nodes(walk *w, const exn_json_token *value)
{
    exn_json_token token;
    exn_status status = EXN_OK;
    if (value->kind != EXN_JSON_OBJECT)
        return exn_json_walk_skip(&w->base, value);
    const uint32_t depth = w->base.json.depth;
    while (status == EXN_OK && w->base.json.depth >= depth) {
        status = next(w, &token);
        if (status != EXN_OK || token.kind != EXN_JSON_KEY ||
            !exn_json_text_is(token.text, "loc") || w->base.json.depth != depth + 1)
            continue;
        status = next(w, &token);
        if (status == EXN_OK)
            status = token.kind == EXN_JSON_ARRAY ? read_points(w, "nodes.loc")
                                                  : fail(w, "nodes.loc", "it is no list");
    }
    return status;
}

/* origin may come after data, but comes first in the piece. */
static exn_status read_bitmap(walk *w, const exn_json_token *value)
{
    exn_drawn_piece p = exn_drawn_begin(&w->pieces, EXN_LABEL_BITMAP, "bitmap");
    exn_json_token key, member;
    exn_status status;
    int data = 0, origins = 0;
    if (value->kind != EXN_JSON_OBJECT)
        return exn_json_walk_skip(&w->base, value);
    exn_numbers_clear(&w->origin);
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_data = exn_json_text_is(key.text, "data"),
                   is_origin = exn_json_text_is(key.text, "origin");
        status = next(w, &member);
        data += is_data;
        origins += is_origin;
        if (status == EXN_OK && is_data && member.kind == EXN_JSON_STRING && !member.is_long)
            status = exn_drawn_letters(&w->base, &w->pieces, &p, &member);
        else if (status == EXN_OK && is_origin && member.kind == EXN_JSON_ARRAY)
            status = exn_json_walk_numbers(&w->base, "bitmap.origin", &w->origin);
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &member);
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK &&
        (data != 1 || origins != 1 || p.letters_size == 0 || exn_numbers_count(&w->origin) != 2))
        return refuse(w, "bitmap", "a bitmap without data and origin");
    if (status == EXN_OK)
        status = exn_json_walk_copy(&w->base, &w->pieces.numbers, &w->origin, 0, 2);
    return status == EXN_OK ? exn_drawn_add(&w->base, &w->pieces, p) : status;
}

static exn_status read_object_member(void *context, const exn_json_token *key)
{
    walk *w = context;
    static const struct {
        const char *name;
        exn_status (*read)(walk *w, const exn_json_token *value);
    } members[] = {{"points", read_outlines},
                   {"parts", read_parts},
                   {"nodes", read_nodes},
                   {"bitmap", read_bitmap},
                   {"alpha_mask", read_bitmap}};
    exn_json_token value;
    const bool is_geometry = exn_json_text_is(key->text, "geometryType"),
               is_shape = exn_json_text_is(key->text, "shape");
    size_t i = 0;
    while (i < sizeof members / sizeof *members && !exn_json_text_is(key->text, members[i].name))
        i++;
    exn_status status = exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (is_geometry)
        w->geometry = geometry_of(&value);
    if (is_shape)
        w->shape = geometry_of(&value);
    return i < sizeof members / sizeof *members
               ? members[i].read(w, &value)
               : exn_drawn_pass(&w->base, &w->pieces, exn_buffer_span(&w->member), &value);
}

/* A rectangle's corners stay a minimum and a maximum. Old files have no geometryType, and then two
 * points may be a rectangle. */
static exn_status finish_object(walk *w)
{
    const geometry geometry = w->geometry != NONE ? w->geometry : w->shape;
    for (size_t at = w->first; at < w->pieces.list.size; at += sizeof(exn_drawn_piece)) {
        exn_drawn_piece p;
        memcpy(&p, w->pieces.list.data + at, sizeof p);
        const bool is_points = p.kind == EXN_LABEL_POINTS && !p.refusal && p.count > 0;
        if (is_points && geometry == CORNERS && p.count == 4)
            p.kind = EXN_LABEL_CORNERS;
        else if (is_points && geometry == CORNERS)
            p.refusal = "a rectangle that is not of two corners";
        else if (is_points && geometry == NONE && p.count == 4)
            p.refusal = "two points without a geometryType";
        else if (geometry == OTHER && !p.refusal)
            p.refusal = "a geometry that is not known here";
        memcpy(w->pieces.list.data + at, &p, sizeof p);
    }
    return geometry == OTHER && w->first == w->pieces.list.size
               ? refuse(w, "geometryType", "a geometry that is not known here")
               : EXN_OK;
}

static exn_status read_object(void *context)
{
    walk *w = context;
    w->geometry = w->shape = NONE;
    w->first = w->pieces.list.size;
    exn_status status = exn_json_walk_members(&w->base, read_object_member, w);
    return status == EXN_OK ? finish_object(w) : status;
}

/* ---- the file */

static exn_status read_size(walk *w)
{
    exn_json_token value;
    exn_status status = next(w, &value);
    return status == EXN_OK ? exn_json_walk_size_of(&w->base, &value, w->sides) : status;
}

/* Pixel scores are pictures in place of a mask. */
static exn_status read_data(walk *w)
{
    exn_json_token value;
    bool has_more = false;
    exn_status status = next(w, &value);
    if (status == EXN_OK)
        status = exn_json_walk_pass(&w->base, &value, &has_more);
    return status == EXN_OK && has_more
               ? refuse(w, "customBigData", "data of a kind that is not known here")
               : status;
}

static bool has_fraction(const exn_numbers *numbers)
{
    for (size_t i = 0; i < exn_numbers_count(numbers); i++) {
        exn_decimal number;
        exn_decimal_short n = exn_numbers_short(numbers, i);
        for (; n.scale > 0 && n.scale < EXN_DECIMAL_SHORT_NONE && n.digits % 10 == 0; n.scale--)
            n.digits /= 10;
        if (n.scale == 0 ||
            (n.scale == EXN_DECIMAL_SHORT_NONE &&
             (!exn_decimal_read(exn_numbers_text(numbers, i), &number) || number.scale <= 0)))
            continue;
        return true;
    }
    return false;
}

static exn_status hand_on(walk *w)
{
    const exn_coordinates coordinates =
        has_fraction(&w->pieces.numbers) ? EXN_COORDINATES_EDGES : EXN_COORDINATES_PIXELS;
    exn_status status = exn_json_walk_sides(
        &w->base, (const char *const[]){"size.width", "size.height"}, w->sides, &w->sizes);
    const exn_label_image image = {.sizes = exn_numbers_count(&w->sizes) ? &w->sizes : NULL,
                                   .place = {.member = "size"}};
    for (size_t at = 0; at < w->pieces.list.size; at += sizeof(exn_drawn_piece)) {
        exn_drawn_piece p;
        memcpy(&p, w->pieces.list.data + at, sizeof p);
        p.coordinates = coordinates;
        memcpy(w->pieces.list.data + at, &p, sizeof p);
    }
    return status == EXN_OK ? exn_drawn_hand_on_image(&w->base, &w->pieces, &image) : status;
}

static exn_status read_top(void *context, const exn_json_token *key)
{
    walk *w = context;
    if (exn_json_text_is(key->text, "objects"))
        return exn_json_walk_list(&w->base, "objects", &w->has_objects, read_object, w);
    if (exn_json_text_is(key->text, "size"))
        return read_size(w);
    if (exn_json_text_is(key->text, "customBigData"))
        return read_data(w);
    return exn_json_skip(&w->base.json, key);
}

static exn_status read_file(void *context)
{
    walk *w = context;
    exn_status status = exn_json_walk_object(&w->base, read_top, w);
    return status == EXN_OK ? hand_on(w) : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    (void)settings;
    walk w = {.base = {.events = events, .error = error}};
    exn_status status = exn_json_walk_file(&w.base, source, read_file, &w);
    exn_drawn_free(&w.base, &w.pieces);
    exn_numbers *const numbers[] = {&w.sides[0], &w.sides[1], &w.sizes, &w.origin};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        exn_numbers_free(numbers[i]);
    exn_account_free(events->account, &w.member);
    return status;
}

/* Recognized by size and objects at the top together with tags or a description. If the end is out
 * of reach, the size, which the SDK writes first, is enough. */
static bool recognize(const exn_source *source)
{
    static const exn_json_glance_member size[] = {
        {.name = "height", .tells = 1}, {.name = "width", .tells = 2}, {0}};
    static const exn_json_glance_member top[] = {{.name = "size", .tells = 1, .object = size},
                                                 {.name = "objects", .tells = 2},
                                                 {.name = "tags", .tells = 4},
                                                 {.name = "description", .tells = 4},
                                                 {0}};
    return exn_json_glance_is(source, EXN_JSON_GLANCE_OBJECT, top);
}

const exn_label_format exn_supervisely_format = {
    .name = "supervisely", .recognize = recognize, .walk = walk_file};
