/* SPDX-License-Identifier: MIT */
#include "ground_truth_label.h"

#include <stdio.h>
#include <string.h>

#include "json_text.h"

static exn_status next(exn_ground_truth_walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

/* A line's texts are offsets in one buffer, because it moves as it grows. */
static exn_status keep(exn_ground_truth_walk *w, const void *data, size_t size, size_t *at)
{
    *at = w->texts.size;
    exn_status status = exn_account_append(w->base.events->account, &w->texts, data, size);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

exn_span exn_ground_truth_label_text(const exn_ground_truth_walk *w, size_t at, size_t size)
{
    return exn_span_part(exn_buffer_span(&w->texts), at, size);
}

/* The place of part of a label, such as "cars.annotations[3]". */
const exn_label_place *exn_ground_truth_label_place(exn_ground_truth_walk *w,
                                                    const exn_ground_truth_label *l,
                                                    const char *part, size_t index)
{
    const exn_span name = exn_ground_truth_label_text(w, l->name, l->name_size);
    /* A label's name may have any length, but member may not. */
    const int size = name.size < 80 ? (int)name.size : 80;
    const char *text = (const char *)name.data;
    if (index == SIZE_MAX)
        snprintf(w->member, sizeof w->member, "%.*s%s", size, text, part);
    else
        snprintf(w->member, sizeof w->member, "%.*s%s[%zu]", size, text, part, index);
    w->base.place.member = w->member;
    return &w->base.place;
}

exn_status exn_ground_truth_label_fail(exn_ground_truth_walk *w, const exn_ground_truth_label *l,
                                       const char *part, const char *what)
{
    return exn_label_fail(w->base.error, EXN_CORRUPT,
                          exn_ground_truth_label_place(w, l, part, SIZE_MAX), "%s", what);
}

/* Skips a value whose first token has been read, and reports whether a member inside it is named
 * like a coordinate. left, top, x and y are too common to count as coordinates in other formats,
 * but in a manifest's labels they do. Nesting depth comes from the file, so levels are counted
 * instead of recursing. */
static exn_status find_places(exn_ground_truth_walk *w, const exn_json_token *first, bool *found)
{
    exn_json_token token = *first;
    exn_status status = EXN_OK;
    size_t depth = 0;
    for (;;) {
        depth += token.kind == EXN_JSON_OBJECT || token.kind == EXN_JSON_ARRAY;
        depth -= token.kind == EXN_JSON_OBJECT_END || token.kind == EXN_JSON_ARRAY_END;
        *found |= token.kind == EXN_JSON_KEY &&
                  (exn_label_is_place(token.text) || exn_json_text_is(token.text, "left") ||
                   exn_json_text_is(token.text, "top") || exn_json_text_is(token.text, "x") ||
                   exn_json_text_is(token.text, "y"));
        if (depth == 0 && token.kind != EXN_JSON_KEY)
            return EXN_OK;
        status = next(w, &token);
        if (status != EXN_OK)
            return status;
    }
}

/* Which of a box's four numbers a member is, in the order of EXN_LABEL_BOX; 4: none of them. */
static size_t side_of(exn_span name)
{
    static const char *const names[] = {"left", "top", "width", "height"};
    size_t i = 0;
    while (i < 4 && !exn_json_text_is(name, names[i]))
        i++;
    return i;
}

/* {"class_id", "left", "top", "width", "height"}, after the brace. Members come in any order: part
 * has the numbers as they came, and at says which of them is which side. An angle would change the
 * box's shape, so it counts as an unknown place. */
static exn_status read_box(exn_ground_truth_walk *w, exn_ground_truth_label *l, size_t index)
{
    exn_json_token key, value;
    exn_status status;
    size_t seen = 0, at[4] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    exn_numbers_clear(&w->part);
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const size_t side = side_of(key.text);
        const bool is_place = exn_label_is_place(key.text) || exn_json_text_is(key.text, "angle") ||
                              exn_json_text_is(key.text, "rotation");
        status = next(w, &value);
        if (status == EXN_OK && side < 4 && exn_json_walk_is_number(&value)) {
            at[side] = seen++;
            status = exn_json_walk_add(&w->base, &w->part, &value);
        } else if (status == EXN_OK) {
            l->has_places |= is_place && value.kind != EXN_JSON_NULL;
            status = exn_json_walk_skip(&w->base, &value);
        }
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK && (seen != 4 || at[0] == SIZE_MAX || at[1] == SIZE_MAX ||
                             at[2] == SIZE_MAX || at[3] == SIZE_MAX)) {
        /* The first box that cannot be read refuses the label; other labels on the line still move.
         */
        l->refused = l->refusal ? l->refused : index;
        l->refusal = "a box that is not left, top, width, height";
        return EXN_OK;
    }
    for (size_t i = 0; i < 4 && status == EXN_OK; i++)
        status = exn_json_walk_copy(&w->base, &w->boxes, &w->part, at[i], 1);
    l->count++;
    return status;
}

/* The opening has been read. A second list of annotations is an error, as some readers would see
 * only one of them. */
static exn_status read_boxes(exn_ground_truth_walk *w, exn_ground_truth_label *l)
{
    exn_json_token token;
    exn_status status;
    size_t index = 0;
    if (l->kind == EXN_GROUND_TRUTH_BOXED)
        return exn_ground_truth_label_fail(w, l, ".annotations", "it is there twice");
    l->kind = EXN_GROUND_TRUTH_BOXED;
    l->first = exn_numbers_count(&w->boxes);
    for (; (status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_OBJECT; index++) {
        status = read_box(w, l, index);
        if (status != EXN_OK)
            return status;
    }
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return exn_ground_truth_label_fail(w, l, ".annotations",
                                           "something else than a box in its list");
    return status;
}

/* {"width", "height", "depth"}, after the brace. depth is the number of channels and is kept. */
static exn_status read_size(exn_ground_truth_walk *w, exn_ground_truth_label *l)
{
    exn_json_token key, value;
    exn_status status;
    exn_numbers_clear(&w->sides[0]);
    exn_numbers_clear(&w->sides[1]);
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_height = exn_json_text_is(key.text, "height"),
                   is_side = is_height || exn_json_text_is(key.text, "width");
        status = next(w, &value);
        if (status == EXN_OK && is_side && exn_json_walk_is_number(&value))
            status = exn_json_walk_add(&w->base, &w->sides[is_height], &value);
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            return status;
    }
    for (size_t i = 0; i < 2 && status == EXN_OK; i++)
        status = exn_numbers_count(&w->sides[i]) == 1
                     ? exn_json_walk_copy(&w->base, &w->sizes, &w->sides[i], 0, 1)
                     : exn_ground_truth_label_fail(w, l, ".image_size",
                                                   "it has not one width and one height");
    return status;
}

/* The opening has been read. The format has a list here, and each size in it is set. */
static exn_status read_sizes(exn_ground_truth_walk *w, exn_ground_truth_label *l)
{
    exn_json_token token;
    exn_status status;
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_OBJECT) {
        status = read_size(w, l);
        if (status != EXN_OK)
            return status;
    }
    return status == EXN_OK && token.kind != EXN_JSON_ARRAY_END
               ? exn_ground_truth_label_fail(w, l, ".image_size",
                                             "something else than a size in its list")
               : status;
}

/* Unknown members are searched for names of coordinates, and otherwise ignored. */
static exn_status read_object(exn_ground_truth_walk *w, exn_ground_truth_label *l)
{
    exn_json_token key, value;
    exn_status status;
    l->kind = EXN_GROUND_TRUTH_OTHER;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_boxes = exn_json_text_is(key.text, "annotations"),
                   is_sizes = exn_json_text_is(key.text, "image_size"),
                   is_place = !is_boxes && exn_label_is_place(key.text);
        status = next(w, &value);
        if (status != EXN_OK)
            break;
        if (is_boxes && value.kind == EXN_JSON_ARRAY)
            status = read_boxes(w, l);
        else if (is_sizes)
            status =
                value.kind == EXN_JSON_ARRAY
                    ? read_sizes(w, l)
                    : exn_ground_truth_label_fail(w, l, ".image_size", "it is no list of sizes");
        else {
            l->has_places |= is_place;
            status = find_places(w, &value, &l->has_places);
        }
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* Keeps both forms: the unescaped text to find the file, the raw text to edit. A text that cannot
 * be unescaped need not be an address, so it is no failure yet. */
static exn_status read_string(exn_ground_truth_walk *w, exn_ground_truth_label *l,
                              const exn_json_token *value)
{
    l->kind = EXN_GROUND_TRUTH_TEXT;
    l->offset = value->offset + 1;
    l->raw_size = value->text.size;
    exn_status status = keep(w, value->text.data, value->text.size, &l->raw);
    if (status != EXN_OK)
        return status;
    l->text = w->texts.size;
    if (!value->is_long)
        status = exn_json_text_unescape(value->text, &w->texts);
    l->text_size = w->texts.size - l->text;
    return status == EXN_OK || status == EXN_CORRUPT
               ? EXN_OK
               : exn_status_fail(w->base.error, status, "%s", "");
}

/* A list is no label of a known type, but may hold places. */
exn_status exn_ground_truth_label_read(exn_ground_truth_walk *w, exn_ground_truth_label *l,
                                       const exn_json_token *value)
{
    if (value->kind == EXN_JSON_STRING)
        return read_string(w, l, value);
    if (value->kind == EXN_JSON_OBJECT)
        return read_object(w, l);
    l->kind = value->kind == EXN_JSON_ARRAY ? EXN_GROUND_TRUTH_OTHER : EXN_GROUND_TRUTH_SCALAR;
    return find_places(w, value, &l->has_places);
}
