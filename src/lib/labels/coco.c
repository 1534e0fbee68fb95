/* SPDX-License-Identifier: MIT */
/* Boxes and polygons are in edges, keypoints are pixel indices; area does not change when a picture
 * is rotated. Annotations may precede images, and files may have gigabytes.
 *
 *   {"images": [{"id": 1, "file_name": "a.jpg", "width": 640, "height": 480}, ...],
 *    "annotations": [{"image_id": 1, "bbox": [x, y, width, height], "keypoints": [x, y, v, ...],
 *                     "segmentation": [[x, y, x, y, ...], ...]}, ...]} */
#include "coco.h"

#include <string.h>

#include "coco_annotation.h"
#include "json_text.h"

/* Reads file_name or, if there is none (LVIS), the last part of coco_url. file_name wins whichever
 * comes first. A name with a NUL is refused, because the caller gets a C string and would see a
 * different name. A repeated file_name is refused because readers differ on which one counts (RFC
 * 8259, 4). */
static exn_status read_name(exn_coco_walk *w, const exn_json_token *token, bool is_url,
                            bool *has_name)
{
    if (is_url && *has_name)
        return EXN_OK;
    const char *member = is_url ? "coco_url" : "file_name";
    if (!is_url && *has_name)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, "it is there twice");
    if (token->kind != EXN_JSON_STRING || token->is_long || token->text.size == 0)
        return is_url || token->kind == EXN_JSON_NULL ||
                       (token->kind == EXN_JSON_STRING && !token->is_long)
                   ? EXN_OK
                   : exn_json_walk_fail(&w->base, EXN_CORRUPT, member,
                                        "it is no string with a name");
    w->name.size = 0;
    w->name_end = exn_json_walk_end(token);
    exn_status status = exn_json_text_unescape(token->text, &w->name);
    if (status != EXN_OK)
        return exn_json_walk_fail(&w->base, status, member, "it is no text");
    if (memchr(w->name.data, 0, w->name.size))
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, "a NUL in a name");
    const uint8_t *slash = memrchr(w->name.data, '/', w->name.size);
    if (is_url && slash) {
        size_t base = (size_t)(slash - w->name.data) + 1;
        memmove(w->name.data, slash + 1, w->name.size - base);
        w->name.size -= base;
    }
    *has_name |= !is_url;
    return EXN_OK;
}

/* An image without any name cannot be found, nor need be where nothing is drawn on it: what is on
 * an image that was not handed on fails. */
static exn_status hand_on_image(exn_coco_walk *w, const exn_numbers sides[2])
{
    exn_status status =
        exn_json_walk_sides(&w->base, (const char *const[]){"width", "height"}, sides, &w->sizes);
    if (status != EXN_OK)
        return status;
    w->base.place.member = NULL;
    if (w->key.size == 0)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, NULL, "it has no id");
    if (w->name.size == 0)
        return EXN_OK;
    const exn_label_image image = {.key = exn_buffer_span(&w->key),
                                   .name = exn_buffer_span(&w->name),
                                   .sizes = exn_numbers_count(&w->sizes) ? &w->sizes : NULL,
                                   .name_end = w->name_end,
                                   .place = w->base.place};
    return w->base.events->image(w->base.events->context, &image);
}

/* What an image has besides its id and name. */
typedef struct members {
    exn_numbers sides[2];   /* width, height */
    exn_numbers regions[2]; /* x, y */
    bool has_name, has_places, is_odd, is_odd_orientation;
    uint64_t orientation, orientation_size; /* of exif_ori's value; size 0: there is none */
} members;

/* PoseTrack's ignore_regions_x and ignore_regions_y: polygons with x and y in separate lists. */
static exn_status read_regions(exn_coco_walk *w, exn_json_token value, members *m, bool is_y)
{
    exn_status status = EXN_OK;
    size_t level = 0;
    m->is_odd |= exn_numbers_count(&m->regions[is_y]) > 0;
    for (;;) {
        level += value.kind == EXN_JSON_ARRAY;
        level -= value.kind == EXN_JSON_ARRAY_END;
        if (exn_json_walk_is_number(&value))
            status = exn_json_walk_add(&w->base, &m->regions[is_y], &value);
        else if (value.kind != EXN_JSON_ARRAY && value.kind != EXN_JSON_ARRAY_END) {
            m->is_odd |= value.kind != EXN_JSON_NULL;
            status = exn_json_walk_skip(&w->base, &value);
        }
        if (status != EXN_OK || level == 0)
            return status;
        status = exn_json_next(&w->base.json, &value);
        if (status != EXN_OK)
            return status;
    }
}

/* Pairs every x with its y. Which polygon a point belongs to does not matter. */
static exn_status hand_on_regions(exn_coco_walk *w, const members *m)
{
    const size_t count = exn_numbers_count(&m->regions[0]);
    const bool is_odd = m->is_odd || count != exn_numbers_count(&m->regions[1]);
    exn_status status = EXN_OK;
    exn_numbers_clear(&w->numbers);
    for (size_t i = 0; i < 2 * count && status == EXN_OK && !is_odd; i++)
        status = exn_json_walk_copy(&w->base, &w->numbers, &m->regions[i % 2], i / 2, 1);
    if (status != EXN_OK || (count == 0 && !is_odd && !m->has_places))
        return status;
    w->base.place.member = m->has_places ? NULL : "ignore_regions";
    const exn_label_shape shape = {.image = exn_buffer_span(&w->key),
                                   .kind = EXN_LABEL_POINTS,
                                   .numbers = &w->numbers,
                                   .refusal = m->has_places ? EXN_LABEL_UNKNOWN_PLACE
                                              : is_odd ? "regions with unequal numbers of x and y"
                                                       : NULL,
                                   .place = w->base.place};
    return w->base.events->shape(w->base.events->context, &shape);
}

/* kwcoco: further pictures of the same scene, and how they are aligned. */
static bool is_asset(exn_span name)
{
    return exn_json_text_is(name, "auxiliary") || exn_json_text_is(name, "assets") ||
           exn_json_text_is(name, "valid_region") || exn_json_text_is(name, "warp_img_to_vid");
}

/* kwcoco records the file's orientation, which the output no longer has. */
static exn_status hand_on_orientation(exn_coco_walk *w, const members *m)
{
    const exn_label_embedded gone = {.image = exn_buffer_span(&w->key),
                                     .offset = m->orientation,
                                     .size = m->orientation_size,
                                     .instead = {(const uint8_t *)"null", 4},
                                     .is_orientation = true};
    if (m->is_odd_orientation)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "exif_ori", "it is no number");
    return m->orientation_size ? w->base.events->embedded(w->base.events->context, &gone) : EXN_OK;
}

/* A width of null counts as none: it is neither a witness nor can it be set. */
static exn_status read_image_member(exn_coco_walk *w, const exn_json_token *key, members *m)
{
    exn_json_token value;
    const bool is_id = exn_json_text_is(key->text, "id"),
               is_file = exn_json_text_is(key->text, "file_name"),
               is_url = exn_json_text_is(key->text, "coco_url"),
               is_height = exn_json_text_is(key->text, "height"),
               is_side = is_height || exn_json_text_is(key->text, "width"),
               is_y = exn_json_text_is(key->text, "ignore_regions_y"),
               is_region = is_y || exn_json_text_is(key->text, "ignore_regions_x"),
               is_orientation = exn_json_text_is(key->text, "exif_ori");
    bool has_more;
    exn_status status = exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = exn_json_next(&w->base.json, &value);
    if (status == EXN_OK && is_id)
        status = exn_coco_walk_id(w, "id", &value, &w->key);
    else if (status == EXN_OK && (is_file || is_url))
        status = read_name(w, &value, is_url, &m->has_name);
    else if (status == EXN_OK && is_side)
        status = exn_json_walk_size(&w->base, &m->sides[is_height], &value);
    else if (status == EXN_OK && is_region)
        return read_regions(w, value, m, is_y);
    if (status != EXN_OK)
        return status;
    if (is_orientation) {
        m->orientation = value.offset;
        m->orientation_size = value.size;
        m->is_odd_orientation |= value.kind != EXN_JSON_NUMBER && value.kind != EXN_JSON_NULL;
    }
    const exn_span name = exn_buffer_span(&w->member);
    status = exn_json_walk_pass(&w->base, &value, &has_more);
    m->has_places |= has_more && (exn_label_is_place(name) || is_asset(name));
    return status;
}

static exn_status read_image(void *context)
{
    exn_coco_walk *w = context;
    exn_json_token token;
    members m = {.is_odd = false};
    exn_status status;
    w->key.size = w->name.size = 0;
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_KEY) {
        status = read_image_member(w, &token, &m);
        if (status != EXN_OK)
            break;
    }
    if (status == EXN_OK)
        status = hand_on_image(w, m.sides);
    if (status == EXN_OK)
        status = hand_on_regions(w, &m);
    if (status == EXN_OK && w->name.size > 0)
        status = hand_on_orientation(w, &m);
    for (size_t i = 0; i < 2; i++) {
        exn_numbers_free(&m.sides[i]);
        exn_numbers_free(&m.regions[i]);
    }
    return status == EXN_OK ? exn_json_walk_settle(&w->base) : status;
}

/* ---- the file */

/* Label Studio's exporter names itself as contributor; other tools' names mean nothing here. */
static exn_status read_info(exn_coco_walk *w)
{
    exn_json_token token, value;
    exn_status status = exn_json_next(&w->base.json, &value);
    if (status != EXN_OK || value.kind != EXN_JSON_OBJECT)
        return status == EXN_OK ? exn_json_walk_skip(&w->base, &value) : status;
    while ((status = exn_json_next(&w->base.json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_KEY) {
        const bool is_contributor = exn_json_text_is(token.text, "contributor");
        status = exn_json_next(&w->base.json, &value);
        if (status == EXN_OK && is_contributor && value.kind == EXN_JSON_STRING &&
            exn_json_text_is(value.text, "Label Studio"))
            w->base.events->generator(w->base.events->context, EXN_LABEL_GENERATOR_LABEL_STUDIO);
        if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            break;
    }
    return status;
}

static exn_status read_top(void *context, const exn_json_token *key)
{
    exn_coco_walk *w = context;
    if (exn_json_text_is(key->text, "images"))
        return exn_json_walk_list(&w->base, "images", &w->has_images, read_image, w);
    if (exn_json_text_is(key->text, "annotations"))
        return exn_json_walk_list(&w->base, "annotations", &w->has_annotations,
                                  exn_coco_annotation_read, w);
    return exn_json_text_is(key->text, "info") ? read_info(w) : exn_json_skip(&w->base.json, key);
}

static exn_status read_file(void *context)
{
    exn_coco_walk *w = context;
    return exn_json_walk_object(&w->base, read_top, w);
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    (void)settings;
    exn_coco_walk w = {.base = {.events = events, .error = error}};
    exn_status status = exn_json_walk_file(&w.base, source, read_file, &w);
    exn_numbers_free(&w.numbers);
    exn_numbers_free(&w.sizes);
    exn_buffer_free(&w.key);
    exn_buffer_free(&w.name);
    exn_drawn_free(&w.base, &w.pieces);
    exn_account_free(events->account, &w.member);
    return status;
}

/* Whether the first object of the next list has a member that only COCO has; *is_empty: the list
 * has no objects. Only the first object is examined, because a COCO file may have gigabytes and
 * every JSON file is asked this. If the readable part ends inside it (sniff.c), a polygon is a good
 * enough sign. */
static bool first_is_coco(exn_json *json, bool is_image, bool *is_empty)
{
    exn_json_token token;
    exn_status status = exn_json_next(json, &token);
    bool has_polygon = false;
    if (status == EXN_OK && token.kind == EXN_JSON_ARRAY)
        status = exn_json_next(json, &token);
    *is_empty = status == EXN_OK && token.kind == EXN_JSON_ARRAY_END;
    if (status != EXN_OK || token.kind != EXN_JSON_OBJECT)
        return false;
    while ((status = exn_json_next(json, &token)) == EXN_OK && token.kind == EXN_JSON_KEY) {
        if (exn_json_text_is(token.text, is_image ? "file_name" : "image_id") ||
            (is_image && exn_json_text_is(token.text, "coco_url")))
            return true;
        has_polygon |= !is_image && exn_json_text_is(token.text, "segmentation");
        status = exn_json_skip(json, &token);
        if (status != EXN_OK)
            break;
    }
    return has_polygon && status == EXN_READ;
}

/* Recognizes COCO by the first non-empty list of images or annotations. info, licenses and
 * categories often come first and are skipped, even if they contain NaN: if that makes the file
 * unreadable, the walk will report it. */
static bool recognize(const exn_source *source)
{
    exn_json json;
    exn_json_token token;
    bool found = false, is_empty = true;
    exn_status status = exn_json_open(&json, source, 4096, NULL);
    json.allows_nan = true;
    if (status == EXN_OK && exn_json_next(&json, &token) == EXN_OK && token.kind == EXN_JSON_OBJECT)
        while (is_empty && exn_json_next(&json, &token) == EXN_OK && token.kind == EXN_JSON_KEY) {
            const bool is_images = exn_json_text_is(token.text, "images");
            if (is_images || exn_json_text_is(token.text, "annotations"))
                found = first_is_coco(&json, is_images, &is_empty);
            else if (exn_json_skip(&json, &token) != EXN_OK)
                break;
        }
    exn_json_close(&json);
    return found;
}

const exn_label_format exn_coco_format = {
    .name = "coco", .recognize = recognize, .walk = walk_file};
