/* SPDX-License-Identifier: MIT */
/* Every shape is given by its points, in edges: a rectangle by two corners in any order, a circle
 * by its center and a point on it. They may lie outside of the picture. A mask also has a PNG.
 * imageData is a copy of the picture that was drawn on; without it labelme reads imagePath. It
 * refuses a file whose imageWidth and imageHeight are not the picture's.
 *
 *   {"imagePath": "a.jpg", "imageData": "/9j/4AAQ...", "imageWidth": 640, "imageHeight": 480,
 *    "shapes": [{"shape_type": "rectangle", "points": [[1.5, 2], [30, 40]]}, ...]} */
#include "labelme.h"

#include <string.h>

#include "json_glance.h"
#include "json_text.h"
#include "json_walk.h"

typedef struct walk {
    exn_json_walk base;
    exn_numbers points, sizes;
    exn_numbers sides[2];
    exn_buffer name;
    bool has_name, has_shapes, has_data;
    uint64_t name_end;
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(walk *w, exn_status status, const char *member, const char *what)
{
    return exn_json_walk_fail(&w->base, status, member, what);
}

/* [[x, y], ...], after the bracket. Whatever the shape_type, each point moves as a point, and a
 * circle's radius is a distance, which does not change. */
static exn_status read_points(walk *w, const char **refusal)
{
    exn_json_token token;
    exn_status status;
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_ARRAY) {
        const size_t before = exn_numbers_count(&w->points);
        status = exn_json_walk_numbers(&w->base, "points", &w->points);
        if (status != EXN_OK)
            return status;
        if (exn_numbers_count(&w->points) != before + 2)
            *refusal = "a point that is not of two numbers";
    }
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return fail(w, EXN_CORRUPT, "points", "something else than a point in its list");
    return status;
}

/* mask is a PNG in base64, in the frame of its box, and would have to be rotated too. direction is
 * the angle of X-AnyLabeling's rotated boxes, in radians, in addition to their points, and would
 * stay behind. */
static exn_status read_member(walk *w, const exn_json_token *key, int *lists, const char **refusal)
{
    exn_json_token value;
    const bool is_points = exn_json_text_is(key->text, "points"),
               is_type = exn_json_text_is(key->text, "shape_type"),
               is_mask = exn_json_text_is(key->text, "mask");
    exn_status status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (is_points && value.kind == EXN_JSON_ARRAY) {
        *lists += 1;
        return read_points(w, refusal);
    }
    if ((is_mask && value.kind == EXN_JSON_STRING) ||
        (is_type && value.kind == EXN_JSON_STRING && exn_json_text_is(value.text, "mask")))
        *refusal = "a mask, which is a PNG";
    if (value.kind == EXN_JSON_NUMBER && exn_json_text_is(key->text, "direction"))
        *refusal = "a direction in radians besides its points";
    return exn_json_walk_skip(&w->base, &value);
}

/* group_id, label and flags do not depend on the frame. */
static exn_status read_shape(void *context)
{
    walk *w = context;
    exn_json_token token;
    exn_status status;
    const char *refusal = NULL;
    int lists = 0;
    exn_numbers_clear(&w->points);
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_KEY) {
        status = read_member(w, &token, &lists, &refusal);
        if (status != EXN_OK)
            return status;
    }
    if (status != EXN_OK)
        return status;
    if (lists != 1)
        return fail(w, EXN_CORRUPT, "points", lists ? "it is there twice" : "there is no list");
    w->base.place.member = "points";
    const exn_label_shape shape = {.kind = EXN_LABEL_POINTS,
                                   .numbers = &w->points,
                                   .refusal = refusal,
                                   .place = w->base.place};
    return w->base.events->shape(w->base.events->context, &shape);
}

/* A repeated imagePath would be two images to two readers (RFC 8259, 4). */
static exn_status read_name(walk *w, const exn_json_token *value)
{
    if (w->has_name)
        return fail(w, EXN_CORRUPT, "imagePath", "it is there twice");
    if (value->kind != EXN_JSON_STRING || value->is_long)
        return fail(w, EXN_CORRUPT, "imagePath", "it is no string with a name");
    w->has_name = true;
    w->name_end = exn_json_walk_end(value);
    exn_status status = exn_json_text_unescape(value->text, &w->name);
    if (status != EXN_OK || (w->name.size && memchr(w->name.data, 0, w->name.size)))
        return fail(w, status == EXN_OK ? EXN_CORRUPT : status, "imagePath", "it is no text");
    return EXN_OK;
}

/* The token's text was not kept (LONGEST_NAME). Its place is enough to replace it with null. */
static exn_status read_data(walk *w, const exn_json_token *value)
{
    if (value->kind != EXN_JSON_STRING)
        return exn_json_walk_skip(&w->base, value);
    const exn_label_embedded embedded = {
        .offset = value->offset, .size = value->size, .instead = {(const uint8_t *)"null", 4}};
    return w->base.events->embedded(w->base.events->context, &embedded);
}

/* Sizes are kept as written, including quotes, and are set in the same form. */
static exn_status read_top(void *context, const exn_json_token *key)
{
    walk *w = context;
    exn_json_token value;
    const bool is_name = exn_json_text_is(key->text, "imagePath"),
               is_data = exn_json_text_is(key->text, "imageData"),
               is_height = exn_json_text_is(key->text, "imageHeight"),
               is_side = is_height || exn_json_text_is(key->text, "imageWidth");
    if (exn_json_text_is(key->text, "shapes"))
        return exn_json_walk_list(&w->base, "shapes", &w->has_shapes, read_shape, w);
    exn_status status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (is_name)
        return read_name(w, &value);
    if (is_data)
        return read_data(w, &value);
    if (is_side) {
        status = exn_json_walk_size(&w->base, &w->sides[is_height], &value);
        if (status != EXN_OK)
            return status;
    }
    return exn_json_walk_skip(&w->base, &value);
}

/* Called at the end of the file, since its members may come in any order. The key is empty, as
 * there is only one image. */
static exn_status hand_on_image(walk *w)
{
    exn_status status = exn_json_walk_sides(
        &w->base, (const char *const[]){"imageWidth", "imageHeight"}, w->sides, &w->sizes);
    const exn_label_image image = {.name = exn_buffer_span(&w->name),
                                   .sizes = exn_numbers_count(&w->sizes) ? &w->sizes : NULL,
                                   .name_end = w->name_end,
                                   .place = {.member = "imagePath"}};
    return status == EXN_OK ? w->base.events->image(w->base.events->context, &image) : status;
}

/* There is only one image, and the whole file is read before anything is written. */
static exn_status read_file(void *context)
{
    enum { LONGEST_NAME = 1 << 20 }; /* so that a picture's base64 is not kept */
    walk *w = context;
    w->base.json.max_text = LONGEST_NAME;
    exn_status status = exn_json_walk_object(&w->base, read_top, w);
    return status == EXN_OK ? hand_on_image(w) : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.base = {.events = events, .error = error}};
    (void)settings;
    exn_status status = exn_json_walk_file(&w.base, source, read_file, &w);
    exn_numbers_free(&w.points);
    exn_numbers_free(&w.sizes);
    exn_numbers_free(&w.sides[0]);
    exn_numbers_free(&w.sides[1]);
    exn_buffer_free(&w.name);
    return status;
}

/* Recognized by shapes together with a picture's path, size or data. Strings beyond 4096 bytes are
 * not kept, so a file with a picture in it takes no memory here. If the readable part (sniff.c)
 * ends inside the picture or the shapes, the members that labelme writes before them, sorted or
 * not, have to do. */
static bool recognize(const exn_source *source)
{
    enum { SHAPES = 1, IMAGE = 2, LONG = 4, FRONT = 8 };
    static const exn_json_glance_member members[] = {{.name = "shapes", .tells = SHAPES | LONG},
                                                     {.name = "imageData", .tells = IMAGE | LONG},
                                                     {.name = "imagePath", .tells = IMAGE},
                                                     {.name = "imageWidth", .tells = IMAGE},
                                                     {.name = "flags", .tells = FRONT},
                                                     {.name = "version", .tells = FRONT},
                                                     {0}};
    exn_json json;
    exn_json_token token;
    unsigned seen = 0;
    exn_status status = exn_json_glance_open(&json, source);
    if (status == EXN_OK && exn_json_next(&json, &token) == EXN_OK && token.kind == EXN_JSON_OBJECT)
        status = exn_json_glance_members(&json, members, SHAPES | IMAGE, &seen);
    exn_json_close(&json);
    return (seen & (SHAPES | IMAGE)) == (SHAPES | IMAGE) ||
           (status == EXN_READ && (seen & (LONG | FRONT)) == (LONG | FRONT));
}

const exn_label_format exn_labelme_format = {
    .name = "labelme", .recognize = recognize, .walk = walk_file};
