/* SPDX-License-Identifier: MIT */
/* A list of images: image (or imagefilename) and annotations (or annotation), each with coordinates
 * x, y, width, height in pixels.
 *
 *   [{"image": "a.jpg", "annotations": [
 *       {"label": "cat", "coordinates": {"x": 30, "y": 40, "width": 20, "height": 10}}]}, ...]
 *
 * Apple's own documentation means the center by x and y. Other exporters have written corners under
 * the same names, and nothing in a file tells the two apart, so the caller has to say. */
#include "createml.h"

#include <stdio.h>
#include <string.h>

#include "json_glance.h"
#include "json_text.h"
#include "json_walk.h"

typedef struct walk {
    exn_json_walk base;
    exn_labels_createml meaning;
    exn_numbers boxes, part; /* of one image; of one box, in any order */
    exn_buffer refusals;     /* of one image's boxes: const char *, or NULL */
    exn_buffer name;
    uint64_t index; /* of the image */
    uint64_t name_end;
    char member[60];
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

/* "images[2].annotations[0]", since the list itself has no name. */
static void set_place(walk *w, size_t box)
{
    snprintf(w->member, sizeof w->member, "annotations[%zu].coordinates", box);
    w->base.place = (exn_label_place){.list = "images", .index = w->index, .member = w->member};
}

/* The place of the image itself rather than of a box in it. */
static exn_json_walk *of_image(walk *w)
{
    w->base.place = (exn_label_place){.list = "images", .index = w->index};
    return &w->base;
}

static exn_status fail(walk *w, const char *member, const char *what)
{
    return exn_json_walk_fail(of_image(w), EXN_CORRUPT, member, what);
}

static size_t boxes_of(const walk *w)
{
    return w->refusals.size / sizeof(const char *);
}

/* A refused box also takes four numbers, empty ones, so that box i always has numbers 4 i to 4 i +
 * 3. */
static exn_status add_box(walk *w, const size_t at[4], const char *refusal)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < 4 && status == EXN_OK; i++)
        status = refusal ? exn_numbers_add(&w->boxes, 0, 0, (exn_span){NULL, 0})
                         : exn_json_walk_copy(&w->base, &w->boxes, &w->part, at[i], 1);
    if (status == EXN_OK)
        status =
            exn_account_append(w->base.events->account, &w->refusals, &refusal, sizeof refusal);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* Called after the brace. Members come in any order; at says which number of part is which. A fifth
 * member, such as an angle, would make this something other than a box. */
static exn_status read_coordinates(walk *w)
{
    static const char *const names[4] = {"x", "y", "width", "height"};
    exn_json_token key, value;
    exn_status status;
    size_t at[4] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}, seen = 0;
    bool has_others = false;
    exn_numbers_clear(&w->part);
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        size_t i = 0;
        while (i < 4 && !exn_json_text_is(key.text, names[i]))
            i++;
        status = next(w, &value);
        if (status == EXN_OK && i < 4 && exn_json_walk_is_number(&value)) {
            at[i] = seen++;
            status = exn_json_walk_add(&w->base, &w->part, &value);
        } else if (status == EXN_OK) {
            has_others = true;
            status = exn_json_walk_skip(&w->base, &value);
        }
        if (status != EXN_OK)
            return status;
    }
    for (size_t i = 0; i < 4; i++)
        has_others |= at[i] == SIZE_MAX;
    return status == EXN_OK
               ? add_box(w, at,
                         has_others || seen != 4 ? "a box that is not x, y, width, height" : NULL)
               : status;
}

/* label and the like have no coordinates. */
static exn_status read_annotation(walk *w)
{
    exn_json_token key, value;
    exn_status status;
    const size_t none[4] = {0};
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_box = exn_json_text_is(key.text, "coordinates"),
                   is_place = is_box || exn_label_is_place(key.text);
        status = next(w, &value);
        if (status != EXN_OK)
            return status;
        if (is_box && value.kind == EXN_JSON_OBJECT) {
            status = read_coordinates(w);
        } else {
            if (is_place && value.kind != EXN_JSON_NULL)
                status = add_box(w, none, EXN_LABEL_UNKNOWN_PLACE);
            if (status == EXN_OK)
                status = exn_json_walk_skip(&w->base, &value);
        }
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* An image may have no annotations. Its name is still handed on, and nothing moves. */
static exn_status read_annotations(walk *w)
{
    exn_json_token token;
    exn_status status;
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_OBJECT) {
        status = read_annotation(w);
        if (status != EXN_OK)
            return status;
    }
    return status == EXN_OK && token.kind != EXN_JSON_ARRAY_END
               ? fail(w, "annotations", "something else than an object in its list")
               : status;
}

/* Called at the image's end, since its name may be its last member. That the meaning of x and y is
 * unknown is the last reason given: a box that can never be moved says why. */
static exn_status hand_on(walk *w)
{
    if (w->name.size == 0)
        return fail(w, "image", "there is no name");
    const exn_span key = exn_buffer_span(&w->name);
    const exn_label_image image = {
        .key = key,
        .name = key,
        .is_repeated = true,
        .name_end = w->name_end,
        .place = {.list = "images", .index = w->index, .member = "image"}};
    exn_status status = w->base.events->image(w->base.events->context, &image);
    for (size_t i = 0; i < boxes_of(w) && status == EXN_OK; i++) {
        const char *refusal;
        memcpy(&refusal, w->refusals.data + i * sizeof refusal, sizeof refusal);
        exn_numbers_clear(&w->part);
        if (!refusal)
            status = exn_json_walk_copy(&w->base, &w->part, &w->boxes, 4 * i, 4);
        set_place(w, i);
        const exn_label_shape shape = {
            .image = key,
            .kind = w->meaning == EXN_LABELS_CREATEML_CENTER ? EXN_LABEL_CENTER : EXN_LABEL_BOX,
            .numbers = &w->part,
            .refusal = refusal ? refusal
                       : w->meaning == EXN_LABELS_CREATEML_UNKNOWN
                           ? "a box whose x and y may be its center or a corner"
                           : NULL,
            .place = w->base.place};
        if (status == EXN_OK)
            status = w->base.events->shape(w->base.events->context, &shape);
    }
    return status == EXN_OK ? exn_json_walk_settle(&w->base) : status;
}

/* Two spellings are in use: with and without "filename" and the plural. */
static exn_status read_image(walk *w)
{
    exn_json_token key, value;
    exn_status status;
    w->name.size = w->refusals.size = 0;
    exn_numbers_clear(&w->boxes);
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_name = exn_json_text_is(key.text, "image") ||
                             exn_json_text_is(key.text, "imagefilename"),
                   is_list = exn_json_text_is(key.text, "annotations") ||
                             exn_json_text_is(key.text, "annotation");
        status = next(w, &value);
        if (status == EXN_OK && is_name)
            w->name_end = exn_json_walk_end(&value);
        if (status == EXN_OK && is_name)
            status = exn_json_walk_name(of_image(w), "image", &value, &w->name);
        else if (status == EXN_OK && is_list && value.kind == EXN_JSON_ARRAY)
            status = read_annotations(w);
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            return status;
    }
    return status == EXN_OK ? hand_on(w) : status;
}

/* The last call makes the reader check that nothing follows the list. */
static exn_status read_file(void *context)
{
    walk *w = context;
    exn_json_token token;
    exn_status status = next(w, &token);
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY)
        return exn_status_fail(w->base.error, EXN_CORRUPT, "it is no list");
    for (;
         status == EXN_OK && (status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_OBJECT;
         w->index++)
        status = read_image(w);
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return fail(w, NULL, "it is no object");
    return status == EXN_OK ? next(w, &token) : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.base = {.events = events, .error = error}, .meaning = settings->createml};
    w.boxes.account = w.part.account = events->account;
    exn_status status = exn_json_walk_file(&w.base, source, read_file, &w);
    exn_numbers_free(&w.boxes);
    exn_numbers_free(&w.part);
    exn_account_free(events->account, &w.refusals);
    exn_account_free(events->account, &w.name);
    return status;
}

/* Recognized by its first object: an image's name together with a list of annotations. */
static bool recognize(const exn_source *source)
{
    static const exn_json_glance_member members[] = {{.name = "image", .tells = 1},
                                                     {.name = "imagefilename", .tells = 1},
                                                     {.name = "annotations", .tells = 2},
                                                     {.name = "annotation", .tells = 2},
                                                     {0}};
    return exn_json_glance_is(source, EXN_JSON_GLANCE_LIST, members);
}

const exn_label_format exn_createml_format = {
    .name = "createml", .recognize = recognize, .walk = walk_file};
