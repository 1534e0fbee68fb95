/* SPDX-License-Identifier: MIT */
/* A line is an object: file_name, relative to the file's folder, and objects, whose bbox is a list
 * of COCO's boxes (datasets, "Create an image dataset"). objects may also be a list of objects with
 * one bbox each, which becomes the same table. Many tools write width and height, none read them.
 *
 * Members come in any order, so a line's boxes are kept until its end.
 *
 *   {"file_name": "a.jpg", "objects": {"bbox": [[x, y, width, height], ...], ...}}
 *   {"file_name": "b.jpg", "objects": [{"bbox": [x, y, width, height], ...}, ...]} */
#include "imagefolder.h"

#include <stdio.h>
#include <string.h>

#include "json_glance.h"
#include "json_text.h"
#include "json_walk.h"

/* One list on a line; its numbers are those of w->numbers from first on. */
typedef struct piece {
    size_t first, count;
    const char *refusal;
} piece;

typedef struct walk {
    exn_json_walk base;
    exn_numbers numbers, sides[2], sizes;
    exn_buffer name, pieces, member;
    uint64_t name_end;
    char place[60];
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status add_piece(walk *w, size_t first, const char *refusal)
{
    const piece p = {first, exn_numbers_count(&w->numbers) - first, refusal};
    exn_status status = exn_account_append(w->base.events->account, &w->pieces, &p, sizeof p);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* Readers make a column of any member they find, so a list that is named like coordinates is
 * refused rather than left behind. */
static exn_status read_other(walk *w, const exn_json_token *value)
{
    bool has_more;
    exn_status status = exn_json_walk_pass(&w->base, value, &has_more);
    if (status != EXN_OK || !has_more || !exn_label_is_place(exn_buffer_span(&w->member)))
        return status;
    return add_piece(w, exn_numbers_count(&w->numbers), EXN_LABEL_UNKNOWN_PLACE);
}

/* One box, after the bracket. An empty one stands for none. */
static exn_status read_box(walk *w)
{
    const size_t first = exn_numbers_count(&w->numbers);
    exn_status status = exn_json_walk_numbers(&w->base, "objects.bbox", &w->numbers);
    const size_t count = exn_numbers_count(&w->numbers) - first;
    if (status != EXN_OK || count == 0)
        return status;
    return add_piece(w, first, count == 4 ? NULL : "a box that is not of four numbers");
}

/* The boxes of all objects or, with is_one, of one of them. Tables have null where there is none.
 */
static exn_status read_boxes(walk *w, const exn_json_token *value, bool is_one)
{
    exn_json_token token;
    exn_status status;
    if (value->kind == EXN_JSON_NULL)
        return EXN_OK;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "objects.bbox", "it is no list");
    if (is_one)
        return read_box(w);
    while ((status = next(w, &token)) == EXN_OK && token.kind != EXN_JSON_ARRAY_END) {
        if (token.kind == EXN_JSON_ARRAY)
            status = read_box(w);
        else if (token.kind != EXN_JSON_NULL)
            status = exn_json_walk_fail(&w->base, EXN_CORRUPT, "objects.bbox",
                                        "something else than a box in its list");
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* After the brace. categories, areas and ids have no coordinates. */
static exn_status read_object(walk *w, bool is_one)
{
    exn_json_token key, value;
    exn_status status;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_box = exn_json_text_is(key.text, "bbox");
        status = exn_json_walk_keep(&w->base, &key, &w->member);
        if (status == EXN_OK)
            status = next(w, &value);
        if (status == EXN_OK)
            status = is_box ? read_boxes(w, &value, is_one) : read_other(w, &value);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

static exn_status read_one_of_them(void *context)
{
    return read_object(context, true);
}

static exn_status read_objects(walk *w, const exn_json_token *value)
{
    if (value->kind == EXN_JSON_OBJECT)
        return read_object(w, false);
    return value->kind == EXN_JSON_ARRAY
               ? exn_json_walk_objects(&w->base, "objects", read_one_of_them, w)
               : exn_json_walk_skip(&w->base, value);
}

static exn_status hand_on_shapes(walk *w)
{
    exn_status status = EXN_OK;
    size_t number = 0;
    for (size_t at = 0; at < w->pieces.size && status == EXN_OK; at += sizeof(piece)) {
        piece p;
        memcpy(&p, w->pieces.data + at, sizeof p);
        const exn_numbers part = exn_numbers_part(&w->numbers, p.first, p.count);
        snprintf(w->place, sizeof w->place, "objects.bbox[%zu]", number++);
        w->base.place.member = w->place;
        const exn_label_shape shape = {.image = exn_buffer_span(&w->name),
                                       .kind = EXN_LABEL_BOX,
                                       .numbers = &part,
                                       .refusal = p.refusal,
                                       .place = w->base.place};
        status = w->base.events->shape(w->base.events->context, &shape);
    }
    return status;
}

/* An image may have several lines, one for each caption. No reader uses its sizes, so nobody
 * notices wrong ones; they are still a witness of the boxes' frame, and change with it. */
static exn_status hand_on(walk *w)
{
    if (w->name.size == 0)
        return exn_json_walk_fail(&w->base, EXN_CORRUPT, "file_name", "there is no name");
    exn_status status = exn_json_walk_sides(&w->base, (const char *const[]){"width", "height"},
                                            w->sides, &w->sizes);
    w->base.place.member = NULL;
    const exn_label_image image = {.key = exn_buffer_span(&w->name),
                                   .name = exn_buffer_span(&w->name),
                                   .sizes = exn_numbers_count(&w->sizes) ? &w->sizes : NULL,
                                   .is_repeated = true,
                                   .name_end = w->name_end,
                                   .place = w->base.place};
    if (status == EXN_OK)
        status = w->base.events->image(w->base.events->context, &image);
    return status == EXN_OK ? hand_on_shapes(w) : status;
}

static exn_status read_member(void *context, const exn_json_token *key)
{
    walk *w = context;
    exn_json_token value;
    const bool is_name = exn_json_text_is(key->text, "file_name"),
               is_objects = exn_json_text_is(key->text, "objects"),
               is_height = exn_json_text_is(key->text, "height"),
               is_side = is_height || exn_json_text_is(key->text, "width");
    exn_status status = exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (is_name)
        w->name_end = exn_json_walk_end(&value);
    if (is_name)
        return exn_json_walk_name(&w->base, "file_name", &value, &w->name);
    if (is_objects)
        return read_objects(w, &value);
    if (is_side)
        status = exn_json_walk_size(&w->base, &w->sides[is_height], &value);
    return status == EXN_OK ? read_other(w, &value) : status;
}

static exn_status read_line(void *context)
{
    walk *w = context;
    w->name.size = w->pieces.size = 0;
    exn_numbers_clear(&w->numbers);
    exn_numbers_clear(&w->sides[0]);
    exn_numbers_clear(&w->sides[1]);
    exn_status status = exn_json_walk_members(&w->base, read_member, w);
    return status == EXN_OK ? hand_on(w) : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    (void)settings;
    walk w = {.base = {.events = events, .error = error}};
    w.numbers.account = w.sizes.account = events->account;
    exn_status status = exn_json_walk_lines(&w.base, source, read_line, &w);
    exn_numbers_free(&w.numbers);
    exn_numbers_free(&w.sizes);
    for (int i = 0; i < 2; i++)
        exn_numbers_free(&w.sides[i]);
    exn_account_free(events->account, &w.name);
    exn_account_free(events->account, &w.pieces);
    exn_account_free(events->account, &w.member);
    return status;
}

/* Recognized by the first line with boxes, if all lines before it have names. A file of captions
 * only has nothing to move. */
static bool recognize(const exn_source *source)
{
    enum { NAME = 1, OBJECTS = 2 };
    static const exn_json_glance_member members[] = {
        {.name = "file_name", .tells = NAME}, {.name = "objects", .tells = OBJECTS}, {0}};
    exn_json json;
    exn_json_token token;
    unsigned seen = NAME;
    exn_status status = exn_json_glance_open(&json, source);
    json.is_lines = true;
    while (status == EXN_OK && seen == NAME && exn_json_next(&json, &token) == EXN_OK &&
           token.kind == EXN_JSON_OBJECT)
        status = exn_json_glance_members(&json, members, 0, &seen);
    exn_json_close(&json);
    return seen == (NAME | OBJECTS);
}

const exn_label_format exn_imagefolder_format = {
    .name = "imagefolder", .recognize = recognize, .walk = walk_file};
