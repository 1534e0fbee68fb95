/* SPDX-License-Identifier: MIT */
/* One line per region: filename, file_size, file_attributes, region_count, region_id,
 * region_shape_attributes, region_attributes. The shape is the same JSON as in VIA's JSON, in a
 * field whose quotes are doubled.
 *
 *   a.jpg,1234,"{}",1,0,"{""name"":""rect"",""x"":1,""y"":2,...}","{}"
 *
 * Numbers contain no quotes, so editing one in the JSON replaces the same bytes in the file, only
 * at another offset: how many quotes precede it tells which. */
#include <string.h>

#include "table.h"
#include "via.h"
#include "via_shape.h"
#include "window.h"

typedef struct walk {
    exn_table table;
    exn_json_walk base;
    exn_via_shape shape;
    size_t name, bytes, place; /* columns */
    size_t count;
    exn_buffer key, json;
    exn_buffer quotes; /* of the JSON: their offsets, as size_t */
    uint64_t at;       /* of the field in the file */
} walk;

/* Older versions begin the line with a #, as if it were a comment. */
static exn_status read_names(walk *w, bool *is_known)
{
    bool is_end;
    exn_status status = exn_table_next(&w->table, &is_end);
    *is_known = false;
    if (status != EXN_OK || is_end)
        return status;
    w->count = w->table.count;
    w->name = exn_table_find(&w->table, "filename");
    if (w->name == EXN_TABLE_COLUMNS)
        w->name = exn_table_find(&w->table, "#filename");
    w->bytes = exn_table_find(&w->table, "file_size");
    w->place = exn_table_find(&w->table, "region_shape_attributes");
    *is_known = w->name < EXN_TABLE_COLUMNS && w->place < EXN_TABLE_COLUMNS;
    return EXN_OK;
}

/* Copied out, because a buffer's bytes need not be aligned. */
static size_t quote_at(const walk *w, size_t index)
{
    size_t at;
    memcpy(&at, w->quotes.data + index * sizeof at, sizeof at);
    return at;
}

/* Where the byte at an offset of the JSON stands in the file: each quote before it takes two bytes
 * there. By binary search, because a polygon has thousands of numbers and each asks. */
static uint64_t offset_of(const void *context, uint64_t offset)
{
    const walk *w = context;
    size_t low = 0, high = w->quotes.size / sizeof(size_t);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (quote_at(w, middle) < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return w->at + offset + low;
}

/* Finds the JSON's quotes, once per field rather than once per number. They are few: a polygon has
 * thousands of numbers between a handful of quotes. */
static exn_status find_quotes(walk *w)
{
    exn_status status = EXN_OK;
    w->quotes.size = 0;
    for (size_t i = 0; i < w->json.size && status == EXN_OK; i++)
        if (w->json.data[i] == '"')
            status = exn_account_append(w->table.account, &w->quotes, &i, sizeof i);
    return status == EXN_OK ? EXN_OK : exn_table_fail(&w->table, status, "");
}

/* The field is first turned into plain JSON and read by the same code as VIA's JSON; then each
 * number's offset is mapped back to the file. An empty field is an image without regions. */
static exn_status read_shape(walk *w)
{
    exn_json_token token;
    const exn_table_field *field = &w->table.fields[w->place];
    const exn_span raw = exn_span_part(exn_buffer_span(&w->table.window), field->at, field->size);
    w->at = w->table.base + field->at;
    w->json.size = 0;
    if (raw.size == 0)
        return EXN_OK;
    exn_status status = exn_table_say(&w->table, w->place, &w->json);
    if (status == EXN_OK)
        status = find_quotes(w);
    if (status != EXN_OK)
        return status;
    if (!field->is_quoted && w->quotes.size)
        return exn_table_fail(&w->table, EXN_CORRUPT, "JSON with quotes in a field without them");
    exn_span text = exn_buffer_span(&w->json);
    const exn_source source = exn_window_source_of(&text);
    w->base.place = (exn_label_place){.line = w->table.line, .member = "region_shape_attributes"};
    exn_error inner = {.status = EXN_OK};
    status = exn_json_open(&w->base.json, &source, 0, &inner);
    w->base.json.account = w->table.account;
    if (status == EXN_OK)
        status = exn_json_next(&w->base.json, &token);
    if (status == EXN_OK && token.kind != EXN_JSON_OBJECT)
        status = EXN_CORRUPT;
    if (status == EXN_OK)
        status = exn_via_shape_read(&w->base, &w->shape, exn_buffer_span(&w->key));
    if (status == EXN_OK)
        status = exn_json_next(&w->base.json, &token);
    exn_json_close(&w->base.json);
    return status == EXN_OK || !w->table.error || w->table.error->status != EXN_OK
               ? status
               : exn_table_fail(&w->table, status, "region_shape_attributes is no object of JSON");
}

/* 0 means unknown: VIA writes -1 for an image that is not a file. */
static uint64_t read_bytes(exn_span text)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || bytes > UINT64_MAX / 10 - 1)
            return 0;
        bytes = bytes * 10 + (text.data[i] - '0');
    }
    return bytes;
}

/* The image is handed on with each of its lines, since this walk holds only one line. */
static exn_status read_record(void *context)
{
    walk *w = context;
    uint64_t offset = 0;
    if (w->table.count != w->count)
        return exn_table_fail(&w->table, EXN_CORRUPT,
                              "another count of fields than the first line has");
    w->key.size = 0;
    exn_status status = exn_table_say(&w->table, w->name, &w->key);
    if (status != EXN_OK)
        return status;
    if (w->key.size == 0 || memchr(w->key.data, 0, w->key.size))
        return exn_table_fail(&w->table, EXN_CORRUPT, "a line without the name of an image");
    exn_span bytes = {NULL, 0};
    if (w->bytes < EXN_TABLE_COLUMNS)
        bytes = exn_table_field_text(&w->table, w->bytes, &offset);
    const exn_span key = exn_buffer_span(&w->key);
    const exn_label_image image = {.key = key,
                                   .name = key,
                                   .bytes = read_bytes(bytes),
                                   .name_end = exn_table_field_end(&w->table, w->name),
                                   .is_repeated = true,
                                   .place = {.line = w->table.line, .member = "filename"}};
    const exn_label_bytes size = {.image = key, .text = bytes, .offset = offset};
    status = w->base.events->image(w->base.events->context, &image);
    if (status == EXN_OK && bytes.size)
        status = w->base.events->bytes(w->base.events->context, &size);
    if (status == EXN_OK)
        status = read_shape(w);
    return status == EXN_OK
               ? w->base.events->settled(w->base.events->context, exn_table_offset(&w->table))
               : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {
        .table = {.source = source, .separator = ',', .account = events->account, .error = error},
        .base = {.events = events, .error = error}};
    bool is_known;
    (void)settings;
    exn_via_shape_begin(&w.shape, events->account);
    w.shape.offset_of = offset_of;
    w.shape.context = &w;
    exn_status status = read_names(&w, &is_known);
    if (status == EXN_OK && !is_known)
        status = exn_table_fail(&w.table, EXN_CORRUPT,
                                "it does not name the columns of images and shapes");
    if (status == EXN_OK)
        status = exn_table_each(&w.table, read_record, &w);
    exn_table_free(&w.table);
    exn_via_shape_free(&w.shape);
    exn_account_free(events->account, &w.key);
    exn_account_free(events->account, &w.json);
    exn_account_free(events->account, &w.quotes);
    return status;
}

/* Recognized by its first line. */
static bool recognize(const exn_source *source)
{
    exn_source head = exn_table_head(source);
    walk w = {.table = {.source = &head, .separator = ','}};
    bool is_known;
    is_known = read_names(&w, &is_known) == EXN_OK && is_known;
    exn_table_free(&w.table);
    return is_known;
}

const exn_label_format exn_via_csv_format = {
    .name = "via-csv", .recognize = recognize, .walk = walk_file};
