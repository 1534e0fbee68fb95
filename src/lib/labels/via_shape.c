/* SPDX-License-Identifier: MIT */
/* name says the shape: rect, circle, ellipse, point, polygon, polyline. Coordinates are edges in
 * pixels; an ellipse has semi-axes and an angle theta in radians.
 *
 *   rect                x, y, width, height
 *   circle              cx, cy, r
 *   ellipse             cx, cy, rx, ry; newer files also theta
 *   point               cx, cy
 *   polygon, polyline   all_points_x, all_points_y: lists of one length */
#include "via_shape.h"

#include <math.h>

#include "decimal.h"
#include "json_text.h"

/* The members that are single numbers, in the order of singles. */
enum { X, Y, WIDTH, HEIGHT, CX, CY, R, RX, RY, THETA, SINGLES };

static const char *const singles[] = {"x",  "y", "width", "height", "cx",
                                      "cy", "r", "rx",    "ry",     "theta"};

/* A polyline moves like a polygon, so it is treated as one. */
typedef enum kind { NONE, RECT, CIRCLE, ELLIPSE, POINT, POLYGON, UNKNOWN } kind;

/* What has been seen of a region. Members come in any order and name may be last, so nothing is
 * handed on before the end. */
typedef struct region {
    kind kind;
    size_t at[SINGLES]; /* 1 + the index in single; 0: there is none */
    bool is_repeated, is_any, has_places;
} region;

/* VIA has no other shapes; an unknown one refuses its region. */
static kind kind_of(exn_span name)
{
    static const struct {
        const char *name;
        kind kind;
    } kinds[] = {{"rect", RECT},   {"circle", CIRCLE},   {"ellipse", ELLIPSE},
                 {"point", POINT}, {"polygon", POLYGON}, {"polyline", POLYGON}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (exn_json_text_is(name, kinds[i].name))
            return kinds[i].kind;
    return UNKNOWN;
}

/* Repeated members are remembered and refused at the end, as VIA itself keeps the last one and
 * others the first (RFC 8259, 4). A member that no shape has, but whose name suggests a place,
 * would be left where it was. */
static exn_status read_member(exn_json_walk *walk, exn_via_shape *via, region *r,
                              const exn_json_token *key)
{
    exn_json_token value;
    const bool is_xs = exn_json_text_is(key->text, "all_points_x"),
               is_ys = exn_json_text_is(key->text, "all_points_y"),
               is_name = exn_json_text_is(key->text, "name"),
               is_place = exn_label_is_place(key->text) || exn_json_text_is(key->text, "angle");
    size_t i = 0;
    while (i < SINGLES && !exn_json_text_is(key->text, singles[i]))
        i++;
    exn_status status = exn_json_next(&walk->json, &value);
    if (status != EXN_OK)
        return status;
    r->is_any = true;
    if (is_name && value.kind == EXN_JSON_STRING) {
        r->is_repeated |= r->kind != NONE;
        r->kind = kind_of(value.text);
    } else if ((is_xs || is_ys) && value.kind == EXN_JSON_ARRAY) {
        exn_numbers *to = is_xs ? &via->xs : &via->ys;
        r->is_repeated |= exn_numbers_count(to) > 0;
        return exn_json_walk_numbers(walk, is_xs ? "all_points_x" : "all_points_y", to);
    } else if (i < SINGLES && exn_json_walk_is_number(&value)) {
        r->is_repeated |= r->at[i] > 0;
        r->at[i] = exn_numbers_count(&via->single) + 1;
        return exn_json_walk_add(walk, &via->single, &value);
    } else {
        r->has_places |= is_place;
    }
    return exn_json_walk_skip(walk, &value);
}

/* If the JSON is a field of a table, its offsets are within the field's text, but the edit needs
 * those in the file. */
static exn_status add(exn_json_walk *walk, exn_via_shape *via, const exn_numbers *from,
                      size_t index)
{
    const exn_numbers_item *item = exn_numbers_at(from, index);
    const uint64_t offset =
        via->offset_of ? via->offset_of(via->context, item->offset) : item->offset;
    exn_status status =
        exn_numbers_add(&via->part, offset, item->size, exn_numbers_text(from, index));
    return status == EXN_OK ? EXN_OK : exn_status_fail(walk->error, status, "%s", "");
}

static exn_status hand_on(exn_json_walk *walk, exn_via_shape *via, exn_span image,
                          exn_label_kind kind, const char *refusal)
{
    const exn_label_shape shape = {.image = image,
                                   .kind = kind,
                                   .degrees = kind == EXN_LABEL_ELLIPSE ? via->degrees : 0,
                                   .numbers = &via->part,
                                   .refusal = refusal,
                                   .place = walk->place};
    exn_status status = walk->events->shape(walk->events->context, &shape);
    exn_numbers_clear(&via->part);
    return status;
}

/* Numbers are handed on in the order that the kind requires, whatever the file's order. */
static exn_status hand_on_singles(exn_json_walk *walk, exn_via_shape *via, const region *r,
                                  exn_span image, exn_label_kind kind, const int *which,
                                  size_t count)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < count && status == EXN_OK; i++) {
        if (!r->at[which[i]])
            return hand_on(walk, via, image, EXN_LABEL_POINTS, "a shape without all its numbers");
        status = add(walk, via, &via->single, r->at[which[i]] - 1);
    }
    return status == EXN_OK ? hand_on(walk, via, image, kind, NULL) : status;
}

/* VIA has two lists where others have pairs. Numbers keep their offsets, so editing the pairs edits
 * both lists. */
static exn_status hand_on_points(exn_json_walk *walk, exn_via_shape *via, exn_span image)
{
    exn_status status = EXN_OK;
    const size_t count = exn_numbers_count(&via->xs);
    if (count != exn_numbers_count(&via->ys))
        return hand_on(walk, via, image, EXN_LABEL_POINTS,
                       "points with unequal numbers of x and y");
    for (size_t i = 0; i < count && status == EXN_OK; i++) {
        status = add(walk, via, &via->xs, i);
        if (status == EXN_OK)
            status = add(walk, via, &via->ys, i);
    }
    return status == EXN_OK ? hand_on(walk, via, image, EXN_LABEL_POINTS, NULL) : status;
}

static double find_degrees(const exn_via_shape *via, size_t theta)
{
    double radians;
    return exn_decimal_read_value(exn_numbers_text(&via->single, theta), &radians)
               ? radians * 180 / M_PI
               : (double)NAN;
}

/* Semi-axes are swapped like lengths, and a radius is a distance, which stays. theta is in radians,
 * in which no decimal number is a full circle, so it only changes its sign. */
static exn_status hand_on_region(exn_json_walk *walk, exn_via_shape *via, const region *r,
                                 exn_span image)
{
    static const int box[] = {X, Y, WIDTH, HEIGHT}, ellipse[] = {CX, CY, RX, RY}, theta[] = {THETA};
    if (r->is_repeated || r->has_places)
        return hand_on(walk, via, image, EXN_LABEL_POINTS,
                       r->is_repeated ? "a member that is there twice" : EXN_LABEL_UNKNOWN_PLACE);
    switch (r->kind) {
    case RECT:
        return hand_on_singles(walk, via, r, image, EXN_LABEL_BOX, box, 4);
    case CIRCLE:
    case POINT:
        return hand_on_singles(walk, via, r, image, EXN_LABEL_POINTS, ellipse, 2);
    case ELLIPSE: {
        via->degrees = r->at[THETA] ? find_degrees(via, r->at[THETA] - 1) : 0;
        exn_status status = hand_on_singles(walk, via, r, image, EXN_LABEL_ELLIPSE, ellipse, 4);
        return status == EXN_OK && r->at[THETA]
                   ? hand_on_singles(walk, via, r, image, EXN_LABEL_RADIANS, theta, 1)
                   : status;
    }
    case POLYGON:
        return hand_on_points(walk, via, image);
    default:
        return hand_on(walk, via, image, EXN_LABEL_POINTS,
                       "a shape of a name that is not known here");
    }
}

/* An empty object is a region without a place; VIA's CSV has one for an image without regions. */
exn_status exn_via_shape_read(exn_json_walk *walk, exn_via_shape *via, exn_span image)
{
    region r = {.kind = NONE};
    exn_json_token key;
    exn_status status;
    exn_numbers_clear(&via->single);
    exn_numbers_clear(&via->xs);
    exn_numbers_clear(&via->ys);
    exn_numbers_clear(&via->part);
    while ((status = exn_json_next(&walk->json, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        status = read_member(walk, via, &r, &key);
        if (status != EXN_OK)
            return status;
    }
    return status == EXN_OK && r.is_any ? hand_on_region(walk, via, &r, image) : status;
}

void exn_via_shape_begin(exn_via_shape *via, exn_account *account)
{
    *via = (exn_via_shape){.single = {.account = account},
                           .xs = {.account = account},
                           .ys = {.account = account},
                           .part = {.account = account}};
}

void exn_via_shape_free(exn_via_shape *via)
{
    exn_numbers_free(&via->single);
    exn_numbers_free(&via->xs);
    exn_numbers_free(&via->ys);
    exn_numbers_free(&via->part);
}
