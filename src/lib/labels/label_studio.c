/* SPDX-License-Identifier: MIT */
/* Numbers are percents of the image's sides, angles are clockwise in its pixels, and a result gives
 * the size that its image had in the browser. Only the project's settings say for certain which of
 * a task's data is the image; if only one can be, that one is used.
 *
 *   JSON      [{"data": {"image": "/data/upload/1/8f3c2a10-a.jpg"},
 *               "annotations": [{"result": [{"to_name": "image", "original_width": 640, ...,
 *                   "value": {"x": 10, "y": 20, "width": 5, "height": 5, "rotation": 0}}]}]}]
 *   JSON_MIN  [{"image": "/data/upload/1/8f3c2a10-a.jpg",
 *               "label": [{"x": 10, "y": 20, ..., "original_width": 640, ...}]}] */
#include "label_studio.h"

#include <string.h>

#include "json_glance.h"
#include "json_text.h"
#include "label_studio_name.h"
#include "label_studio_result.h"

typedef exn_label_studio_walk walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(walk *w, const char *member, const char *what)
{
    return exn_json_walk_fail(&w->base, EXN_CORRUPT, member, what);
}

/* ---- results */

/* result, after its bracket. Anything but an object draws nothing. inner[] keeps the list's name
 * for messages at its level: 1 within an annotation, 0 in the task itself (JSON_MIN). */
static exn_status read_results(walk *w, size_t level, const char *list, bool is_loose)
{
    exn_json_token token;
    exn_status status;
    w->base.place.inner[level].list = list;
    w->base.place.inner[level].index = 0;
    while ((status = next(w, &token)) == EXN_OK && token.kind != EXN_JSON_ARRAY_END) {
        status = token.kind == EXN_JSON_OBJECT ? exn_label_studio_result_read(w, is_loose)
                                               : exn_json_walk_skip(&w->base, &token);
        if (status != EXN_OK)
            return status;
        w->base.place.inner[level].index++;
    }
    w->base.place.inner[level].list = NULL;
    return status;
}

/* An annotation may hold the prediction it was made from, as an object with results of its own. A
 * flag replaces recursion: a prediction contains no prediction, and hostile nesting takes no stack.
 */
static exn_status read_annotation(walk *w)
{
    exn_json_token key, value;
    exn_status status;
    bool in_prediction = false;
    while ((status = next(w, &key)) == EXN_OK && (key.kind == EXN_JSON_KEY || in_prediction)) {
        if (key.kind == EXN_JSON_OBJECT_END) {
            in_prediction = false;
            continue;
        }
        const bool is_result = exn_json_text_is(key.text, "result"),
                   is_prediction = exn_json_text_is(key.text, "prediction");
        status = next(w, &value);
        if (status == EXN_OK && is_result && value.kind == EXN_JSON_ARRAY)
            status = read_results(w, 1, "result", false);
        else if (status == EXN_OK && is_prediction && !in_prediction &&
                 value.kind == EXN_JSON_OBJECT)
            in_prediction = true;
        else if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* Drafts are drawn on the same picture as submitted annotations and return to the annotator's
 * browser, so they have to fit it as well. completions is what annotations were called before
 * version 1.0. */
static const char *const annotation_lists[] = {"annotations", "predictions", "drafts",
                                               "completions"};

/* Returns NULL if it is none of these lists. */
static const char *find_annotations(exn_span key)
{
    for (size_t i = 0; i < sizeof annotation_lists / sizeof *annotation_lists; i++)
        if (exn_json_text_is(key, annotation_lists[i]))
            return annotation_lists[i];
    return NULL;
}

/* An export may list only the numbers of predictions. They draw nothing and are skipped. */
static exn_status read_annotations(walk *w, const char *list)
{
    exn_json_token token;
    exn_status status;
    w->base.place.inner[0].list = list;
    w->base.place.inner[0].index = 0;
    while ((status = next(w, &token)) == EXN_OK && token.kind != EXN_JSON_ARRAY_END) {
        status = token.kind == EXN_JSON_OBJECT ? read_annotation(w)
                                               : exn_json_walk_skip(&w->base, &token);
        if (status != EXN_OK)
            return status;
        w->base.place.inner[0].index++;
    }
    w->base.place.inner[0].list = NULL;
    return status;
}

/* ---- data */

/* A task's texts are offsets in one buffer, because it moves as it grows. w->name temporarily holds
 * the unescaped text. */
static exn_status add_text(walk *w, exn_span text, size_t *at, size_t *size)
{
    *at = w->texts.size;
    w->name.size = 0;
    exn_status status = exn_json_text_unescape(text, &w->name);
    if (status == EXN_OK)
        status = exn_account_append(w->base.events->account, &w->texts, w->name.data, w->name.size);
    *size = w->texts.size - *at;
    return status == EXN_OK ? EXN_OK
                            : exn_json_walk_fail(&w->base, status, "data", "it is no text");
}

/* A long text, such as a picture as a data URL, is no name. */
static exn_status add_datum(walk *w, size_t key, size_t key_size, int64_t item,
                            const exn_json_token *value)
{
    enum { LONGEST_NAME = 1 << 16 };
    exn_label_studio_datum d = {
        .key = key, .key_size = key_size, .item = item, .end = exn_json_walk_end(value)};
    if (value->kind != EXN_JSON_STRING || value->is_long || value->text.size > LONGEST_NAME)
        return exn_json_walk_skip(&w->base, value);
    exn_status status = add_text(w, value->text, &d.text, &d.text_size);
    if (status == EXN_OK && exn_account_append(w->base.events->account, &w->data, &d, sizeof d))
        status = exn_status_fail(w->base.error, EXN_MEMORY, "%s", "");
    return status;
}

/* If a task has several images: a list of texts, or of objects with a text each (which a Repeater
 * repeats). */
static exn_status read_items(walk *w, size_t list, size_t list_size)
{
    exn_json_token token, value;
    exn_status status;
    for (int64_t item = 0; (status = next(w, &token)) == EXN_OK && token.kind != EXN_JSON_ARRAY_END;
         item++) {
        if (token.kind != EXN_JSON_OBJECT)
            status = add_datum(w, list, list_size, item, &token);
        else
            while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_KEY) {
                size_t at, size;
                status = add_text(w, token.text, &at, &size);
                if (status == EXN_OK)
                    status = next(w, &value);
                if (status == EXN_OK)
                    status = add_datum(w, at, size, item, &value);
                if (status != EXN_OK)
                    break;
            }
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* Which of two members with the same name counts is undefined (RFC 8259, 4): with two lists of
 * images for one list of results, any choice would be a guess. */
static exn_status read_data(walk *w)
{
    exn_json_token key, value;
    exn_status status;
    if (w->has_data)
        return fail(w, "data", "it is there twice");
    w->has_data = true;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        size_t at, size;
        status = add_text(w, key.text, &at, &size);
        if (status == EXN_OK)
            status = next(w, &value);
        if (status == EXN_OK)
            status = value.kind == EXN_JSON_ARRAY ? read_items(w, at, size)
                                                  : add_datum(w, at, size, -1, &value);
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* ---- images */

static exn_span text_at(const walk *w, size_t at, size_t size)
{
    return exn_span_part(exn_buffer_span(&w->texts), at, size);
}

/* Copied out, because a buffer's bytes need not be aligned for it. */
static exn_label_studio_datum datum_at(const walk *w, size_t i)
{
    exn_label_studio_datum d;
    memcpy(&d, w->data.data + i * sizeof d, sizeof d);
    return d;
}

/* The one text that is an image, at this index of a list if item is one; of several, the one whose
 * key the results name. If none ends like an image, the only text there is. The order matters if a
 * task has a thumbnail beside its image, or a picture for reference: then only the name tells which
 * one was drawn on. */
static bool find_datum(const walk *w, const exn_label_studio_target *t, int64_t item, size_t *found)
{
    const exn_span to_name = text_at(w, t->to_name, t->to_name_size);
    size_t images = 0, named = 0, others = 0, image = 0, by_name = 0, other = 0;
    for (size_t i = 0; i < w->data.size / sizeof(exn_label_studio_datum); i++) {
        const exn_label_studio_datum d = datum_at(w, i);
        const exn_span text = text_at(w, d.text, d.text_size);
        if (d.item != item)
            continue;
        others++;
        other = i;
        if (!exn_label_studio_name_is_image(text))
            continue;
        images++;
        image = i;
        if (exn_span_equal(text_at(w, d.key, d.key_size), to_name)) {
            named++;
            by_name = i;
        }
    }
    *found = images == 1 ? image : named == 1 ? by_name : other;
    return images == 1 || named == 1 || (images == 0 && others == 1 && w->has_data);
}

/* The tags that a Repeater makes are numbered: page_0, page_1. Returns -1 if it is not one. Nine
 * digits stay below 2^31, so the number cannot overflow, and no task has more pages. */
static int64_t number_of(exn_span to_name)
{
    enum { MOST_DIGITS = 9 };
    size_t at = to_name.size;
    int64_t number = 0;
    while (at > 0 && to_name.data[at - 1] >= '0' && to_name.data[at - 1] <= '9')
        at--;
    if (at == 0 || at == to_name.size || to_name.size - at > MOST_DIGITS ||
        to_name.data[at - 1] != '_')
        return -1;
    for (; at < to_name.size; at++)
        number = number * 10 + (to_name.data[at] - '0');
    return number;
}

/* Hands on a text of the data as the image of that number. sizes: may be NULL for none. */
static exn_status hand_on_datum(walk *w, size_t found, size_t number, const exn_numbers *sizes,
                                bool is_optional)
{
    exn_span key;
    exn_label_studio_datum d = datum_at(w, found);
    const exn_span text = text_at(w, d.text, d.text_size);
    const uint64_t end = d.is_told ? EXN_LABEL_TOLD : d.end - exn_label_studio_name_rest(text);
    d.is_told = true;
    memcpy(w->data.data + found * sizeof d, &d, sizeof d);
    w->name.size = w->other.size = 0;
    exn_status status = exn_label_studio_name_find(text, &w->name, &w->other);
    /* Names end with a NUL for the caller, so one that contains a NUL would be another file's. */
    if (status == EXN_OK && (w->name.size == 0 || memchr(w->name.data, 0, w->name.size) ||
                             (w->other.size && memchr(w->other.data, 0, w->other.size))))
        return fail(w, "data", "it has no name of an image");
    if (status == EXN_OK)
        status = exn_label_studio_walk_key(w, number, &key);
    if (status != EXN_OK)
        return exn_status_fail(w->base.error, status, "%s", "");
    exn_label_image image = {.key = key,
                             .name = exn_buffer_span(&w->name),
                             .other_name = exn_buffer_span(&w->other),
                             .sizes = sizes,
                             .is_repeated = true,
                             .is_optional = is_optional,
                             .name_end = end,
                             .place = w->base.place};
    image.place.member = "data";
    return w->base.events->image(w->base.events->context, &image);
}

static exn_status hand_on_image(walk *w, size_t target, const exn_numbers *sizes)
{
    exn_label_studio_target t;
    size_t found;
    memcpy(&t, w->targets.data + target * sizeof t, sizeof t);
    /* In order of certainty: the item that the results name; if that is the first, the only image
     * there is; the number in the tag's name. Failing those, the results could be on any image, and
     * a guess might move them with the wrong one. */
    bool is_found = find_datum(w, &t, t.item, &found);
    if (!is_found && t.item == 0) /* the first and only one */
        is_found = find_datum(w, &t, -1, &found);
    const int64_t number = number_of(text_at(w, t.to_name, t.to_name_size));
    if (!is_found && t.item < 0 && number >= 0)
        is_found = find_datum(w, &t, number, &found);
    return is_found ? hand_on_datum(w, found, target, sizes, false)
                    : fail(w, "data", "which image its results are on cannot be told");
}

/* Images without results are named all the same, since what becomes of their files concerns the
 * task. They are numbered after the targets. */
static exn_status hand_on_others(walk *w)
{
    exn_status status = EXN_OK;
    const size_t targets = w->targets.size / sizeof(exn_label_studio_target);
    for (size_t i = 0; i < w->data.size / sizeof(exn_label_studio_datum) && status == EXN_OK; i++) {
        const exn_label_studio_datum d = datum_at(w, i);
        if (!d.is_told && exn_label_studio_name_is_image(text_at(w, d.text, d.text_size)))
            status = hand_on_datum(w, i, targets + i, NULL, true);
    }
    return status;
}

/* Each result has its image's size, and each of these has to be set. */
static exn_status hand_on_images(walk *w)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < w->sized.size / sizeof(size_t) && status == EXN_OK; i++) {
        size_t target;
        memcpy(&target, w->sized.data + i * sizeof target, sizeof target);
        const exn_numbers sizes = exn_numbers_part(&w->sizes, 2 * i, 2);
        status = hand_on_image(w, target, &sizes);
    }
    for (size_t i = 0; i < w->targets.size / sizeof(exn_label_studio_target) && status == EXN_OK;
         i++) {
        exn_label_studio_target t;
        memcpy(&t, w->targets.data + i * sizeof t, sizeof t);
        /* Its name has to be known all the same, because its results move with it. */
        if (!t.has_sizes)
            status = hand_on_image(w, i, NULL);
    }
    return status == EXN_OK ? hand_on_others(w) : status;
}

/* ---- tasks */

/* Any other member: in JSON_MIN this is a text of the data, or a list of results. Only the
 * project's settings say which list holds results, so every list is read as one, loosely: an object
 * without an image's size is not a result. The name is only for messages, so it may be truncated.
 */
static exn_status read_other(walk *w, exn_span key, const exn_json_token *value)
{
    size_t at, size;
    if (value->kind == EXN_JSON_ARRAY) {
        const size_t length = key.size < sizeof w->list - 1 ? key.size : sizeof w->list - 1;
        if (length > 0) /* an empty name has no bytes to point to */
            memcpy(w->list, key.data, length);
        w->list[length] = '\0';
        return read_results(w, 0, w->list, true);
    }
    if (value->kind != EXN_JSON_STRING)
        return exn_json_walk_skip(&w->base, value);
    exn_status status = add_text(w, key, &at, &size);
    return status == EXN_OK && !w->has_data ? add_datum(w, at, size, -1, value) : status;
}

static exn_status read_task_member(walk *w, exn_span key)
{
    exn_json_token value;
    const char *list = find_annotations(key);
    const bool is_data = exn_json_text_is(key, "data");
    exn_status status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (list && value.kind == EXN_JSON_ARRAY)
        return read_annotations(w, list);
    if (is_data && value.kind == EXN_JSON_OBJECT) {
        w->data.size = 0; /* only texts inside data count */
        return read_data(w);
    }
    return read_other(w, key, &value);
}

/* Results and data come in any order, so images are handed on at the task's end. After that nothing
 * in it is edited any more, and the file is written up to here. */
static exn_status read_task(walk *w)
{
    exn_json_token token;
    exn_buffer key = {0};
    exn_status status;
    exn_label_studio_walk_clear(w);
    while ((status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_KEY) {
        key.size = 0; /* the reader's copy is gone with the next token */
        status = exn_buffer_append(&key, token.text.data, token.text.size);
        if (status == EXN_OK)
            status = read_task_member(w, exn_buffer_span(&key));
        if (status != EXN_OK)
            break;
    }
    exn_buffer_free(&key);
    if (status == EXN_OK)
        status = hand_on_images(w);
    return status == EXN_OK ? exn_json_walk_settle(&w->base)
                            : exn_status_fail(w->base.error, status, "%s", "");
}

/* Reads a list of tasks, or a single one. The last call makes the reader check that nothing
 * follows. */
static exn_status read_file(void *context)
{
    walk *w = context;
    exn_json_token token;
    exn_status status = next(w, &token);
    w->base.place = (exn_label_place){.list = ""};
    if (status == EXN_OK && token.kind == EXN_JSON_OBJECT)
        status = read_task(w);
    else if (status == EXN_OK && token.kind != EXN_JSON_ARRAY)
        return exn_status_fail(w->base.error, EXN_CORRUPT, "it is no list of tasks");
    else
        for (; status == EXN_OK && (status = next(w, &token)) == EXN_OK &&
               token.kind == EXN_JSON_OBJECT;
             w->base.place.index = ++w->task)
            status = read_task(w);
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END && token.kind != EXN_JSON_OBJECT)
        return fail(w, NULL, "it is no task");
    return status == EXN_OK ? next(w, &token) : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.base = {.events = events, .error = error}};
    (void)settings;
    exn_status status = exn_json_walk_file(&w.base, source, read_file, &w);
    exn_label_studio_walk_free(&w);
    return status;
}

/* ---- recognizing */

/* Whether the first object of a list has this member. Lists of anything else are not searched. */
static bool first_has(exn_json *json, const char *member)
{
    exn_json_token token;
    if (exn_json_next(json, &token) != EXN_OK || token.kind != EXN_JSON_OBJECT)
        return false;
    while (exn_json_next(json, &token) == EXN_OK && token.kind == EXN_JSON_KEY) {
        if (exn_json_text_is(token.text, member))
            return true;
        if (exn_json_skip(json, &token) != EXN_OK)
            return false;
    }
    return false;
}

/* Recognized by annotations[0].result, or by a list of regions with original_width. A task may not
 * have any yet, so later ones are examined, too. */
static bool recognize(const exn_source *source)
{
    exn_json json;
    exn_json_token token;
    bool found = false, goes_on = true;
    goes_on = exn_json_glance_open(&json, source) == EXN_OK;
    goes_on = goes_on && exn_json_next(&json, &token) == EXN_OK &&
              (token.kind == EXN_JSON_ARRAY || token.kind == EXN_JSON_OBJECT);
    /* In a list of tasks, a task's members are one level deeper than in a file of one task. */
    const uint32_t tasks = goes_on && token.kind == EXN_JSON_ARRAY;
    while (goes_on && !found && exn_json_next(&json, &token) == EXN_OK &&
           token.kind != EXN_JSON_END) {
        if (token.kind == EXN_JSON_OBJECT && json.depth == tasks + 1)
            continue;
        if (token.kind == EXN_JSON_OBJECT_END)
            continue;
        if (token.kind != EXN_JSON_KEY || json.depth != tasks + 1)
            break;
        const bool is_annotations = find_annotations(token.text) != NULL;
        goes_on = exn_json_next(&json, &token) == EXN_OK;
        if (goes_on && token.kind == EXN_JSON_ARRAY)
            found = first_has(&json, is_annotations ? "result" : "original_width");
        goes_on = goes_on && !found && exn_json_leave(&json, tasks + 1) == EXN_OK;
    }
    exn_json_close(&json);
    return found;
}

const exn_label_format exn_label_studio_format = {
    .name = "label-studio", .recognize = recognize, .walk = walk_file};
