/* SPDX-License-Identifier: MIT */
/* Ultralytics' NDJSON: the first line describes the data set, every other line an image, whose
 * annotations are rows like those of YOLO's text files. The name of their list says what the rows
 * are, and kpt_shape in the first line says how many keypoints a pose has, so nothing is ambiguous.
 * Width and height are the file's.
 *
 *   {"type": "dataset", "task": "pose", "class_names": {"0": "a"}, "kpt_shape": [17, 3]}
 *   {"type": "image", "file": "a.jpg", "width": 640, "height": 480, "split": "train",
 *    "annotations": {"boxes": [[0, x, y, width, height], ...]}} */
#include "ndjson.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "drawn.h"
#include "json_glance.h"
#include "json_text.h"

/* What a list's rows hold after the class. */
typedef enum rows { UNKNOWN, PLACELESS, BOXES, POLYGONS, CORNERS, POSES } rows;

typedef struct walk {
    exn_json_walk base;
    exn_drawn pieces;
    exn_numbers row, shape, sides[2], sizes;
    exn_buffer name, member;
    uint64_t name_end;
    uint32_t keypoints, each; /* from kpt_shape; 0: unknown */
    char key[24], place[48];
    bool has_annotations, is_image;
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(walk *w, const char *member, const char *what)
{
    return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, what);
}

static rows rows_of(exn_span name)
{
    static const struct {
        const char *name;
        rows rows;
    } lists[] = {{"boxes", BOXES},  {"bboxes", BOXES}, {"segments", POLYGONS},
                 {"pose", POSES},   {"obb", CORNERS},  {"classification", PLACELESS},
                 {"cls", PLACELESS}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (exn_json_text_is(name, lists[i].name))
            return lists[i].rows;
    return UNKNOWN;
}

/* ---- one row */

static exn_status add(walk *w, exn_label_kind kind, size_t first, size_t count, const char *refusal)
{
    exn_drawn_piece p = exn_drawn_begin(&w->pieces, kind, w->place);
    p.unit = EXN_LABEL_PARTS;
    p.refusal = refusal;
    exn_status status = exn_json_walk_copy(&w->base, &w->pieces.numbers, &w->row, first, count);
    return status == EXN_OK ? exn_drawn_add(&w->base, &w->pieces, p) : status;
}

static double value_of(const walk *w, size_t i)
{
    double value = 0;
    return exn_decimal_read_value(exn_numbers_text(&w->row, i), &value) ? value : 0;
}

/* As in YOLO's text files, a keypoint of three numbers is absent if it is (0, 0, 0), one of two
 * numbers if either is negative. One that lies beyond its image would become absent by moving. */
static exn_status add_keypoints(walk *w)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < w->keypoints && status == EXN_OK; i++) {
        const size_t at = 5 + i * w->each;
        const double x = value_of(w, at), y = value_of(w, at + 1);
        const bool is_absent =
            w->each == 3 ? x == 0 && y == 0 && value_of(w, at + 2) == 0 : x < 0 || y < 0;
        if (!is_absent)
            status =
                add(w, EXN_LABEL_POINTS, at, 2,
                    w->each == 2 && (x > 1 || y > 1) ? "a keypoint outside of its image" : NULL);
    }
    return status;
}

static exn_status add_row(walk *w, rows kind)
{
    const size_t count = exn_numbers_count(&w->row);
    const char *refusal = NULL;
    if (kind == POSES && (w->keypoints == 0 || count != 5 + (size_t)w->keypoints * w->each))
        refusal = w->keypoints ? "another count of numbers than a pose has by kpt_shape"
                               : "a pose without kpt_shape in the first line";
    else if (kind == BOXES && count != 5)
        refusal = "a box that is not of a class and four numbers";
    else if (kind == CORNERS && count != 9)
        refusal = "an oriented box that is not of a class and eight numbers";
    else if (kind == POLYGONS && (count < 7 || count % 2 == 0))
        refusal = "a polygon that is not of a class and pairs of numbers";
    if (refusal || kind == BOXES || kind == POSES) {
        exn_status status = add(w, refusal ? EXN_LABEL_POINTS : EXN_LABEL_CENTER, count ? 1 : 0,
                                refusal ? 0 : 4, refusal);
        return status == EXN_OK && kind == POSES && !refusal ? add_keypoints(w) : status;
    }
    return add(w, EXN_LABEL_POINTS, 1, count - 1, NULL);
}

/* ---- one line */

static exn_status read_rows(walk *w, const exn_json_token *value, rows kind, const char *name)
{
    exn_json_token token;
    exn_status status;
    size_t row = 0;
    if (value->kind == EXN_JSON_NULL)
        return EXN_OK;
    if (value->kind != EXN_JSON_ARRAY)
        return fail(w, name, "it is no list");
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_ARRAY) {
        snprintf(w->place, sizeof w->place, "annotations.%s[%zu]", name, row++);
        exn_numbers_clear(&w->row);
        status = exn_json_walk_numbers(&w->base, w->place, &w->row);
        if (status == EXN_OK)
            status = add_row(w, kind);
        /* Right away, because the place is the next row's after that. */
        if (status == EXN_OK)
            status = exn_drawn_hand_on(&w->base, &w->pieces,
                                       (exn_span){(const uint8_t *)w->key, strlen(w->key)});
        exn_drawn_clear(&w->pieces);
        if (status != EXN_OK)
            return status;
    }
    return status == EXN_OK && token.kind != EXN_JSON_ARRAY_END
               ? fail(w, name, "something else than a row in its list")
               : status;
}

/* Ultralytics reads the first of several lists, but all are moved. An unknown list could hold
 * anything. */
static exn_status read_annotations(walk *w, const exn_json_token *value)
{
    exn_json_token key, member;
    exn_status status;
    char name[24];
    if (w->has_annotations)
        return fail(w, "annotations", "it is there twice");
    w->has_annotations = true;
    if (value->kind != EXN_JSON_OBJECT)
        return exn_json_walk_skip(&w->base, value);
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const rows kind = rows_of(key.text);
        snprintf(name, sizeof name, "%.*s", key.text.size < 20 ? (int)key.text.size : 20,
                 key.text.size ? (const char *)key.text.data : "");
        status = next(w, &member);
        if (status == EXN_OK && kind == PLACELESS)
            status = exn_json_walk_skip(&w->base, &member);
        else if (status == EXN_OK && kind != UNKNOWN)
            status = read_rows(w, &member, kind, name);
        else if (status == EXN_OK) {
            bool has_more;
            status = exn_json_walk_pass(&w->base, &member, &has_more);
            snprintf(w->place, sizeof w->place, "annotations");
            if (status == EXN_OK && has_more)
                status = exn_drawn_refuse(&w->base, &w->pieces, w->place,
                                          "a list of a kind that is not known here");
        }
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* [17, 3] */
static exn_status read_keypoints(walk *w, const exn_json_token *value)
{
    enum { MOST = 1000 };
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_skip(&w->base, value);
    exn_numbers_clear(&w->shape);
    exn_status status = exn_json_walk_numbers(&w->base, "kpt_shape", &w->shape);
    exn_decimal number;
    uint32_t values[2] = {0, 0};
    for (size_t i = 0; i < 2 && exn_numbers_count(&w->shape) == 2; i++)
        if (!exn_decimal_read(exn_numbers_text(&w->shape, i), &number) ||
            !exn_decimal_is_size(&number, &values[i]))
            values[i] = 0;
    const bool is_usable = values[0] > 0 && values[0] <= MOST && (values[1] == 2 || values[1] == 3);
    w->keypoints = is_usable ? values[0] : 0;
    w->each = is_usable ? values[1] : 0;
    return status;
}

static exn_status read_member(void *context, const exn_json_token *key)
{
    walk *w = context;
    exn_json_token value;
    const bool is_name = exn_json_text_is(key->text, "file"),
               is_list = exn_json_text_is(key->text, "annotations"),
               is_type = exn_json_text_is(key->text, "type"),
               is_shape = exn_json_text_is(key->text, "kpt_shape"),
               is_depth = exn_json_text_is(key->text, "depth"),
               is_height = exn_json_text_is(key->text, "height"),
               is_side = is_height || exn_json_text_is(key->text, "width");
    exn_status status = exn_json_walk_keep(&w->base, key, &w->member);
    if (status == EXN_OK)
        status = next(w, &value);
    if (status != EXN_OK)
        return status;
    w->name_end = is_name ? exn_json_walk_end(&value) : w->name_end;
    if (is_name)
        return exn_json_walk_name(&w->base, "file", &value, &w->name);
    if (is_list)
        return read_annotations(w, &value);
    if (is_shape)
        return read_keypoints(w, &value);
    if (is_type && value.kind == EXN_JSON_STRING)
        w->is_image = exn_json_text_is(value.text, "image");
    if (is_side)
        status = exn_json_walk_size(&w->base, &w->sides[is_height], &value);
    if (status == EXN_OK && is_depth && value.kind != EXN_JSON_NULL) {
        status = exn_json_walk_skip(&w->base, &value);
        return status == EXN_OK
                   ? exn_drawn_refuse(&w->base, &w->pieces, "depth",
                                      "a picture of depths, which is not rotated with it")
                   : status;
    }
    return status == EXN_OK
               ? exn_drawn_pass(&w->base, &w->pieces, exn_buffer_span(&w->member), &value)
               : status;
}

/* A line without a file describes the data set or something unknown. */
static exn_status hand_on(walk *w)
{
    if (w->name.size == 0)
        return w->is_image || w->has_annotations ? fail(w, "file", "there is no name") : EXN_OK;
    exn_status status = exn_json_walk_sides(&w->base, (const char *const[]){"width", "height"},
                                            w->sides, &w->sizes);
    w->base.place.member = NULL;
    const exn_label_image image = {.key = {(const uint8_t *)w->key, strlen(w->key)},
                                   .name = exn_buffer_span(&w->name),
                                   .sizes = exn_numbers_count(&w->sizes) ? &w->sizes : NULL,
                                   .is_file_size = true,
                                   .name_end = w->name_end,
                                   .place = w->base.place};
    return status == EXN_OK ? exn_drawn_hand_on_image(&w->base, &w->pieces, &image) : status;
}

static exn_status read_line(void *context)
{
    walk *w = context;
    w->name.size = 0;
    w->has_annotations = w->is_image = false;
    snprintf(w->key, sizeof w->key, "%" PRIu64, w->base.place.line);
    exn_drawn_clear(&w->pieces);
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
    exn_status status = exn_json_walk_lines(&w.base, source, read_line, &w);
    exn_drawn_free(&w.base, &w.pieces);
    exn_numbers *const numbers[] = {&w.row, &w.shape, &w.sides[0], &w.sides[1], &w.sizes};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        exn_numbers_free(numbers[i]);
    exn_account_free(events->account, &w.name);
    exn_account_free(events->account, &w.member);
    return status;
}

/* Recognized by the first line, which states its type. */
static bool recognize(const exn_source *source)
{
    static const exn_json_glance_member members[] = {
        {.name = "type", .tells = 1, .value = "dataset"},
        {.name = "task", .tells = 2},
        {.name = "class_names", .tells = 2},
        {.name = "kpt_shape", .tells = 2},
        {0}};
    return exn_json_glance_is(source, EXN_JSON_GLANCE_LINE, members);
}

const exn_label_format exn_ndjson_format = {
    .name = "ndjson", .recognize = recognize, .walk = walk_file};
