/* SPDX-License-Identifier: MIT */
/* samples.json of a FiftyOne data set. Labels are fields of a sample under any name, in lists or
 * alone, so they are recognized by their members: bounding_box, or points at any nesting, all in
 * fractions of the sides. A keypoint that is not visible is NaN. Metadata is what FiftyOne read
 * from the file, whichever frame the labels are in.
 *
 *   {"samples": [{"filepath": "data/a.jpg", "metadata": {"width": 640, "height": 480, ...},
 *     "found": {"_cls": "Detections", "detections": [{"_cls": "Detection",
 *       "bounding_box": [x, y, width, height], "mask": null, ...}]},
 *     "lines": {"_cls": "Polylines", "polylines": [{"points": [[[x, y], ...], ...]}]}}, ...]} */
#include "fiftyone.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "drawn.h"
#include "json_glance.h"
#include "json_text.h"

typedef struct walk {
    exn_json_walk base;
    exn_drawn pieces;
    exn_numbers sides[2], sizes;
    exn_buffer name, member;
    uint64_t name_end;
    char key[24];
    bool has_samples;
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(walk *w, const char *member, const char *what)
{
    return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, what);
}

/* ---- labels */

/* Called after the bracket. x and y are both numbers, or both something else, such as
 * {"$numberDouble": "NaN"}, which is not a point. */
static exn_status read_point(walk *w, exn_json_token token, size_t *numbers, size_t *others)
{
    exn_status status = EXN_OK;
    *numbers = *others = 0;
    for (; status == EXN_OK && token.kind != EXN_JSON_ARRAY_END; status = next(w, &token)) {
        if (exn_json_walk_is_number(&token)) {
            status = exn_json_walk_add(&w->base, &w->pieces.numbers, &token);
            ++*numbers;
        } else {
            status = exn_json_walk_skip(&w->base, &token);
            ++*others;
        }
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* Lists of points, nested to any depth: a list that contains no list is a point. */
static exn_status read_points(walk *w, const exn_json_token *value)
{
    exn_drawn_piece p = exn_drawn_begin(&w->pieces, EXN_LABEL_POINTS, "points");
    exn_json_token token;
    exn_status status = EXN_OK;
    p.unit = EXN_LABEL_PARTS;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_skip(&w->base, value);
    for (size_t depth = 1; depth > 0;) {
        size_t numbers, others;
        status = next(w, &token);
        if (status != EXN_OK)
            return status;
        if (token.kind == EXN_JSON_ARRAY) {
            depth++;
        } else if (token.kind == EXN_JSON_ARRAY_END) {
            depth--;
        } else {
            status = read_point(w, token, &numbers, &others);
            if (status != EXN_OK)
                return status;
            if (!(numbers == 2 && others == 0) && !(numbers == 0 && others == 2))
                p.refusal = "a point that is not of two numbers";
            depth--;
        }
    }
    return exn_drawn_add(&w->base, &w->pieces, p);
}

static exn_status read_box(walk *w, const exn_json_token *value)
{
    exn_drawn_piece p = exn_drawn_begin(&w->pieces, EXN_LABEL_BOX, "bounding_box");
    p.unit = EXN_LABEL_PARTS;
    return exn_drawn_box(&w->base, &w->pieces, value, p);
}

/* A mask is NumPy data, or a file that only FiftyOne can tell belongs to its label. */
static exn_status read_mask(walk *w, const exn_json_token *value)
{
    const bool is_any = value->kind != EXN_JSON_NULL;
    exn_status status = exn_json_walk_skip(&w->base, value);
    return status == EXN_OK && is_any
               ? exn_drawn_refuse(&w->base, &w->pieces, "mask",
                                  "a mask of FiftyOne's, which is not rotated")
               : status;
}

static exn_status read_frames(walk *w, const exn_json_token *value)
{
    bool has_more;
    exn_status status = exn_json_walk_pass(&w->base, value, &has_more);
    return status == EXN_OK && has_more
               ? exn_drawn_refuse(&w->base, &w->pieces, "frames", "labels of a video's frames")
               : status;
}

/* Only at the top of a sample: fields of labels may have any name. */
static exn_status read_metadata(walk *w, const exn_json_token *value)
{
    return exn_json_walk_size_of(&w->base, value, w->sides);
}

static exn_status read_file_path(walk *w, const exn_json_token *value)
{
    w->name_end = exn_json_walk_end(value);
    return exn_json_walk_name(&w->base, "filepath", value, &w->name);
}

/* _cls precedes the members it describes. Geographic locations are not places in the image. */
static bool is_on_earth(const exn_json_token *value)
{
    return value->kind == EXN_JSON_STRING && (exn_json_text_is(value->text, "GeoLocation") ||
                                              exn_json_text_is(value->text, "GeoLocations"));
}

/* One key and its value. Nested levels are read token by token, without recursion, so that a label
 * is found wherever it is. */
static exn_status read_member(walk *w, const exn_json_token *key, size_t depth)
{
    static const struct {
        const char *name;
        exn_status (*read)(walk *w, const exn_json_token *value);
        bool is_samples; /* of the sample itself, not of a label */
    } members[] = {{"bounding_box", read_box, false}, {"points", read_points, false},
                   {"mask", read_mask, false},        {"mask_path", read_mask, false},
                   {"map", read_mask, false},         {"map_path", read_mask, false},
                   {"frames", read_frames, true},     {"metadata", read_metadata, true},
                   {"filepath", read_file_path, true}};
    const uint32_t level = w->base.json.depth;
    const bool is_class = exn_json_text_is(key->text, "_cls");
    exn_json_token value;
    size_t i = 0;
    while (i < sizeof members / sizeof *members && (!exn_json_text_is(key->text, members[i].name) ||
                                                    (members[i].is_samples && level != depth)))
        i++;
    exn_status status = exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (i < sizeof members / sizeof *members)
        return members[i].read(w, &value);
    if (is_class && is_on_earth(&value)) {
        while (status == EXN_OK && w->base.json.depth >= level)
            status = next(w, &value);
        return status;
    }
    if (value.kind != EXN_JSON_ARRAY || !exn_label_is_place(exn_buffer_span(&w->member)))
        return EXN_OK;
    /* keypoints and polylines are lists of labels and are entered; any other value is read for
     * places in it. */
    status = next(w, &value);
    return status != EXN_OK || value.kind == EXN_JSON_OBJECT || value.kind == EXN_JSON_ARRAY_END
               ? status
               : exn_drawn_refuse(&w->base, &w->pieces, NULL, EXN_LABEL_UNKNOWN_PLACE);
}

/* ---- samples */

static exn_status hand_on(walk *w)
{
    if (w->name.size == 0)
        return fail(w, "filepath", "there is no name");
    exn_status status = exn_json_walk_sides(
        &w->base, (const char *const[]){"metadata.width", "metadata.height"}, w->sides, &w->sizes);
    w->base.place.member = NULL;
    const exn_label_image image = {.key = {(const uint8_t *)w->key, strlen(w->key)},
                                   .name = exn_buffer_span(&w->name),
                                   .sizes = exn_numbers_count(&w->sizes) ? &w->sizes : NULL,
                                   .is_file_size = true,
                                   .name_end = w->name_end,
                                   .place = w->base.place};
    if (status == EXN_OK)
        status = exn_drawn_hand_on_image(&w->base, &w->pieces, &image);
    return status == EXN_OK ? exn_json_walk_settle(&w->base) : status;
}

static exn_status read_sample(void *context)
{
    walk *w = context;
    const uint32_t depth = w->base.json.depth;
    exn_json_token token;
    exn_status status = EXN_OK;
    w->name.size = 0;
    snprintf(w->key, sizeof w->key, "%" PRIu64, w->base.place.index);
    exn_drawn_clear(&w->pieces);
    exn_numbers_clear(&w->sides[0]);
    exn_numbers_clear(&w->sides[1]);
    while (status == EXN_OK && w->base.json.depth >= depth) {
        status = next(w, &token);
        if (status == EXN_OK && token.kind == EXN_JSON_KEY)
            status = read_member(w, &token, depth);
    }
    return status == EXN_OK ? hand_on(w) : status;
}

static exn_status read_top(void *context, const exn_json_token *key)
{
    walk *w = context;
    return exn_json_text_is(key->text, "samples")
               ? exn_json_walk_list(&w->base, "samples", &w->has_samples, read_sample, w)
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
    exn_numbers_free(&w.sides[0]);
    exn_numbers_free(&w.sides[1]);
    exn_numbers_free(&w.sizes);
    exn_account_free(events->account, &w.name);
    exn_account_free(events->account, &w.member);
    return status;
}

/* Recognized by a list of samples whose first one has a file path. */
static bool recognize(const exn_source *source)
{
    static const exn_json_glance_member sample[] = {{.name = "filepath", .tells = 1}, {0}};
    static const exn_json_glance_member top[] = {{.name = "samples", .tells = 1, .first = sample},
                                                 {0}};
    return exn_json_glance_is(source, EXN_JSON_GLANCE_OBJECT, top);
}

const exn_label_format exn_fiftyone_format = {
    .name = "fiftyone", .recognize = recognize, .walk = walk_file};
