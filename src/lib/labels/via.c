/* SPDX-License-Identifier: MIT */
/* An object of images, each under a key made of its name and its file's size in bytes. In a project
 * this is the member _via_img_metadata, and _via_image_id_list repeats the keys. Regions are a
 * list, in older files an object. Picture sizes are not recorded.
 *
 *   {"_via_img_metadata": {"a.jpg1234": {"filename": "a.jpg", "size": 1234, "regions": [
 *       {"shape_attributes": {"name": "rect", ...}, "region_attributes": {...}}, ...]}, ...},
 *    "_via_image_id_list": ["a.jpg1234", ...], ...} */
#include "via.h"

#include <stdio.h>
#include <string.h>

#include "json_glance.h"
#include "json_text.h"
#include "via_shape.h"

typedef struct walk {
    exn_json_walk base;
    exn_via_shape shape;
    exn_buffer key, name;
    bool has_name, has_bytes;
    uint64_t bytes, name_end;
    char member[120];
} walk;

static exn_status next(walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status fail(walk *w, exn_status status, const char *what)
{
    return exn_label_fail(w->base.error, status, &w->base.place, "%s", what);
}

/* "a.jpg1234.regions[2]". Keys are file names, so messages show the first 60 bytes, which are
 * enough to find one. */
static void set_place(walk *w, const char *part, size_t index)
{
    const int size = w->key.size < 60 ? (int)w->key.size : 60;
    const char *key = (const char *)w->key.data;
    if (index == SIZE_MAX)
        snprintf(w->member, sizeof w->member, "%.*s%s", size, key, part);
    else
        snprintf(w->member, sizeof w->member, "%.*s%s[%zu]", size, key, part, index);
    w->base.place = (exn_label_place){.line = w->base.json.line, .member = w->member};
}

/* VIA finds an image by its name and its size in bytes. Rotating changes that size, and VIA would
 * not find the image's regions again unless key and size change with it. */
static exn_status hand_on_bytes(walk *w, exn_span text, uint64_t offset, bool is_key, exn_span key)
{
    const exn_label_bytes bytes = {.image = key, .text = text, .offset = offset, .is_key = is_key};
    return w->base.events->bytes(w->base.events->context, &bytes);
}

/* ---- regions */

/* region_attributes hold the project's own fields: classes and texts, no places. */
static exn_status read_region(walk *w, size_t index)
{
    exn_json_token key, value;
    exn_status status;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_shape = exn_json_text_is(key.text, "shape_attributes");
        status = next(w, &value);
        if (status != EXN_OK)
            break;
        set_place(w, ".regions", index);
        status = is_shape && value.kind == EXN_JSON_OBJECT
                     ? exn_via_shape_read(&w->base, &w->shape, exn_buffer_span(&w->key))
                     : exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* [{...}] or {"0": {...}}; the opening has been read. VIA 1 wrote the second form, whose keys are
 * numbers without a meaning. */
static exn_status read_regions(walk *w, const exn_json_token *first)
{
    exn_json_token token;
    exn_status status;
    for (size_t index = 0; (status = next(w, &token)) == EXN_OK;) {
        if (token.kind == EXN_JSON_KEY && first->kind == EXN_JSON_OBJECT)
            continue;
        if (token.kind == EXN_JSON_ARRAY_END || token.kind == EXN_JSON_OBJECT_END)
            return EXN_OK;
        set_place(w, ".regions", index);
        if (token.kind != EXN_JSON_OBJECT)
            return fail(w, EXN_CORRUPT, "it is no object");
        status = read_region(w, index++);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* ---- images */

/* A NUL would end the name for the caller. */
static exn_status read_name(walk *w, const exn_json_token *value)
{
    set_place(w, ".filename", SIZE_MAX);
    if (w->has_name)
        return fail(w, EXN_CORRUPT, "it is there twice");
    w->has_name = true;
    w->name.size = 0;
    w->name_end = exn_json_walk_end(value);
    if (value->kind != EXN_JSON_STRING || value->is_long)
        return fail(w, EXN_CORRUPT, "it is no string with a name");
    exn_status status = exn_account_reserve(w->base.events->account, &w->name, value->text.size);
    if (status == EXN_OK)
        status = exn_json_text_unescape(value->text, &w->name);
    if (status != EXN_OK || w->name.size == 0 || memchr(w->name.data, 0, w->name.size))
        return fail(w, status == EXN_OK ? EXN_CORRUPT : status, "it is no name");
    return EXN_OK;
}

/* -1 stands for an image that is not a file, and so does anything else that is not a number of
 * bytes. Then the size is not compared with any file's, and only the name counts. */
static bool read_bytes(exn_span text, uint64_t *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || *bytes > UINT64_MAX / 10 - 1)
            return false;
        *bytes = *bytes * 10 + (text.data[i] - '0');
    }
    return text.size > 0;
}

/* base64_img_data is a copy of the picture as it was. After a rotation its shapes would be in the
 * wrong places, so it becomes empty, which VIA takes for none. */
static exn_status read_member(void *context, const exn_json_token *key)
{
    walk *w = context;
    exn_json_token value;
    const bool is_name = exn_json_text_is(key->text, "filename"),
               is_size = exn_json_text_is(key->text, "size"),
               is_regions = exn_json_text_is(key->text, "regions"),
               is_picture = exn_json_text_is(key->text, "base64_img_data");
    exn_status status = next(w, &value);
    if (status != EXN_OK)
        return status;
    if (is_name)
        return read_name(w, &value);
    if (is_regions && (value.kind == EXN_JSON_ARRAY || value.kind == EXN_JSON_OBJECT))
        return read_regions(w, &value);
    if (is_size && value.kind == EXN_JSON_NUMBER) {
        w->has_bytes = read_bytes(value.text, &w->bytes);
        return hand_on_bytes(w, value.text, value.offset, false, exn_buffer_span(&w->key));
    }
    if (is_picture && value.kind == EXN_JSON_STRING && value.size > 2) {
        const exn_label_embedded embedded = {.image = exn_buffer_span(&w->key),
                                             .offset = value.offset,
                                             .size = value.size,
                                             .instead = {(const uint8_t *)"\"\"", 2}};
        return w->base.events->embedded(w->base.events->context, &embedded);
    }
    return exn_json_walk_skip(&w->base, &value);
}

/* To VIA, two spellings of a key by escapes are one key, so keys are compared unescaped. */
static exn_status unescape_key(walk *w, exn_span text)
{
    w->key.size = 0;
    exn_status status = exn_account_reserve(w->base.events->account, &w->key, text.size);
    if (status == EXN_OK)
        status = exn_json_text_unescape(text, &w->key);
    return status == EXN_OK ? EXN_OK
                            : exn_status_fail(w->base.error, status, "a key that is no text");
}

/* Its key and its brace have been read. The name may come after its regions were handed on, so they
 * refer to the image by its key, and so do messages. */
static exn_status read_image(walk *w)
{
    w->has_name = w->has_bytes = false;
    exn_status status = exn_json_walk_members(&w->base, read_member, w);
    if (status != EXN_OK)
        return status;
    set_place(w, "", SIZE_MAX);
    if (!w->has_name)
        return fail(w, EXN_CORRUPT, "it has no filename");
    const exn_label_image image = {.key = exn_buffer_span(&w->key),
                                   .name = exn_buffer_span(&w->name),
                                   .bytes = w->has_bytes ? w->bytes : 0,
                                   .name_end = w->name_end,
                                   .place = {.line = w->base.json.line, .member = "filename"}};
    return w->base.events->image(w->base.events->context, &image);
}

/* The key's raw text in the file is handed on, because an edit keeps all of it but its end. */
static exn_status read_entry(void *context, const exn_json_token *key)
{
    walk *w = context;
    exn_json_token value;
    const uint64_t offset = key->offset + 1;
    exn_buffer raw = {0}; /* the token's text is gone with the next one */
    exn_status status = unescape_key(w, key->text);
    if (status == EXN_OK) {
        status = exn_account_append(w->base.events->account, &raw, key->text.data, key->text.size);
        if (status != EXN_OK)
            exn_status_fail(w->base.error, status, "%s", "");
    }
    if (status == EXN_OK)
        status = next(w, &value);
    set_place(w, "", SIZE_MAX);
    if (status == EXN_OK && value.kind != EXN_JSON_OBJECT)
        status = fail(w, EXN_CORRUPT, "it is no object");
    if (status == EXN_OK)
        status = hand_on_bytes(w, exn_buffer_span(&raw), offset, true, exn_buffer_span(&w->key));
    exn_account_free(w->base.events->account, &raw);
    return status == EXN_OK ? read_image(w) : status;
}

/* The order in which VIA shows images, by their keys, which change here as well. */
static exn_status read_keys(walk *w)
{
    exn_json_token token;
    exn_status status;
    while ((status = next(w, &token)) == EXN_OK && token.kind != EXN_JSON_ARRAY_END) {
        if (token.kind == EXN_JSON_STRING)
            status = unescape_key(w, token.text);
        if (status == EXN_OK)
            status = token.kind == EXN_JSON_STRING ? hand_on_bytes(w, token.text, token.offset + 1,
                                                                   true, exn_buffer_span(&w->key))
                                                   : exn_json_walk_skip(&w->base, &token);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* In a project, all other members are settings. Otherwise each member is an image, as in VIA's
 * annotation export. */
static exn_status read_top(walk *w, const exn_json_token *key, bool is_project)
{
    exn_json_token value;
    const bool is_images = exn_json_text_is(key->text, "_via_img_metadata"),
               is_keys = exn_json_text_is(key->text, "_via_image_id_list");
    if (!is_project)
        return read_entry(w, key);
    exn_status status = next(w, &value);
    if (status == EXN_OK && is_images && value.kind == EXN_JSON_OBJECT)
        return exn_json_walk_members(&w->base, read_entry, w);
    if (status == EXN_OK && is_keys && value.kind == EXN_JSON_ARRAY)
        return read_keys(w);
    return status == EXN_OK ? exn_json_walk_skip(&w->base, &value) : status;
}

/* The first member tells whether a file is a project: a project's members all have such names, and
 * no image does. */
static bool is_setting(exn_span key)
{
    static const char *const names[] = {"_via_settings", "_via_img_metadata", "_via_attributes",
                                        "_via_data_format_version", "_via_image_id_list"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (exn_json_text_is(key, names[i]))
            return true;
    return false;
}

static exn_status read_file(void *context)
{
    walk *w = context;
    exn_json_token token;
    bool is_project = false;
    exn_status status = next(w, &token);
    if (status == EXN_OK && token.kind != EXN_JSON_OBJECT)
        return exn_status_fail(w->base.error, EXN_CORRUPT, "it is no object");
    for (size_t i = 0;
         status == EXN_OK && (status = next(w, &token)) == EXN_OK && token.kind == EXN_JSON_KEY;
         i++) {
        if (i == 0)
            is_project = is_setting(token.text);
        status = read_top(w, &token, is_project);
    }
    return status == EXN_OK ? next(w, &token) : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.base = {.events = events, .error = error}};
    (void)settings;
    exn_via_shape_begin(&w.shape, events->account);
    exn_status status = exn_json_walk_file(&w.base, source, read_file, &w);
    exn_via_shape_free(&w.shape);
    exn_account_free(events->account, &w.key);
    exn_account_free(events->account, &w.name);
    return status;
}

/* Recognized by its first member: a project's setting, or an image, which has a name and regions.
 * Both are required, as many files have one of them. */
static bool recognize(const exn_source *source)
{
    static const exn_json_glance_member image[] = {
        {.name = "filename", .tells = 1}, {.name = "regions", .tells = 2}, {0}};
    exn_json json;
    exn_json_token token;
    bool found = false;
    unsigned seen = 0;
    exn_status status = exn_json_glance_open(&json, source);
    if (status == EXN_OK && exn_json_next(&json, &token) == EXN_OK &&
        token.kind == EXN_JSON_OBJECT && exn_json_next(&json, &token) == EXN_OK &&
        token.kind == EXN_JSON_KEY) {
        found = is_setting(token.text);
        if (!found && exn_json_next(&json, &token) == EXN_OK && token.kind == EXN_JSON_OBJECT)
            exn_json_glance_members(&json, image, 3, &seen);
    }
    exn_json_close(&json);
    return found || seen == 3;
}

const exn_label_format exn_via_format = {.name = "via", .recognize = recognize, .walk = walk_file};
