/* SPDX-License-Identifier: MIT */
#include "index_wids.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/item.h"
#include "index_text.h"

/* jansson says that the text is JSON and how deep (JSON_PARSER_MAX_DEPTH); it does not say where in
 * the text a value stands, which is found here, by brackets and strings alone. */
enum { DEEPEST = 2048 };

/* An object or list that is open. */
typedef struct frame {
    bool object;
    exn_wids_value key, url, bytes, md5;
} frame;

typedef struct reader {
    exn_wids *wids;
    const char *text;
    size_t size, at;
    frame *frames;
    size_t depth;
    exn_error *error;
} reader;

/* wids writes these keys without escapes; others may do otherwise. */
static bool is_key(const reader *r, const exn_wids_value *key, const char *name)
{
    const char *end = key->size > 0 ? exn_index_text_behind(r->text + key->at + 1, name) : NULL;
    return end && *end == '"';
}

/* The text of a JSON string, which the caller frees. NULL: the value is none. */
static char *text_of(const reader *r, const exn_wids_value *value)
{
    json_t *json =
        value->size ? json_loadb(r->text + value->at, value->size, JSON_DECODE_ANY, NULL) : NULL;
    char *text = json_is_string(json) ? strdup(json_string_value(json)) : NULL;
    json_decref(json);
    return text;
}

/* 1e3 and 1000.0 are reals to jansson, and not taken for a size. */
static bool number_of(const reader *r, const exn_wids_value *value, uint64_t *number)
{
    json_t *json = json_loadb(r->text + value->at, value->size, JSON_DECODE_ANY, NULL);
    bool is = json_is_integer(json) && json_integer_value(json) >= 0;
    *number = is ? (uint64_t)json_integer_value(json) : 0;
    json_decref(json);
    return is;
}

static bool md5_of(const reader *r, const exn_wids_value *value, char md5[33])
{
    char *text = text_of(r, value);
    bool is = text && strlen(text) == 32 && strspn(text, "0123456789abcdefABCDEF") == 32;
    if (is)
        memcpy(md5, text, 33);
    free(text);
    return is;
}

static exn_wids_shard *add_shard(exn_wids *w)
{
    exn_wids_shard *shards = exn_array_reserve(w->shards, w->count, &w->room, sizeof *shards, 64);
    if (!shards)
        return NULL;
    w->shards = shards;
    exn_wids_shard *shard = &w->shards[w->count++];
    *shard = (exn_wids_shard){0};
    return shard;
}

/* Where its two values end, and where they begin. */
static size_t end_of(const exn_wids_shard *s)
{
    const exn_wids_value *last = s->md5_at.at > s->bytes_at.at ? &s->md5_at : &s->bytes_at;
    return last->at + last->size;
}

static size_t begin_of(const exn_wids_shard *s)
{
    bool both = s->md5_at.size > 0 && s->bytes_at.size > 0;
    size_t first = s->md5_at.at < s->bytes_at.at ? s->md5_at.at : s->bytes_at.at;
    return both ? first : s->md5_at.at + s->bytes_at.at;
}

/* Shards are written one after the other, so none may lie within another one. */
static bool is_next(const exn_wids *w)
{
    return w->count < 2 || end_of(&w->shards[w->count - 2]) <= begin_of(&w->shards[w->count - 1]);
}

/* An object has been read to its end. */
static bool take_object(reader *r, const frame *f)
{
    if (f->url.size == 0 || (f->bytes.size == 0 && f->md5.size == 0))
        return true;
    exn_wids_shard *shard = add_shard(r->wids);
    if (!shard)
        return exn_error_set(r->error, EXN_MEMORY, 0, "out of memory") == EXN_OK;
    shard->url = text_of(r, &f->url);
    shard->bytes_at = f->bytes;
    shard->md5_at = f->md5;
    if (shard->url && (f->bytes.size == 0 || number_of(r, &f->bytes, &shard->bytes)) &&
        (f->md5.size == 0 || md5_of(r, &f->md5, shard->md5)) && is_next(r->wids))
        return true;
    return exn_error_set(r->error, EXN_MISMATCH, 0,
                         "a shard has an invalid url, filesize or md5sum") == EXN_OK;
}

/* jansson has accepted the text, so there is a closing quote; an escape's second byte is never one
 * (RFC 8259, 7). */
static exn_wids_value take_string(reader *r)
{
    size_t begin = r->at++;
    while (r->text[r->at] != '"')
        r->at += r->text[r->at] == '\\' ? 2 : 1;
    r->at++;
    return (exn_wids_value){begin, r->at - begin};
}

/* A number, true, false or null. */
static exn_wids_value take_word(reader *r)
{
    size_t begin = r->at;
    while (r->at < r->size && !strchr(",]} \t\r\n", r->text[r->at]))
        r->at++;
    return (exn_wids_value){begin, r->at - begin};
}

/* RFC 8259, 2: these four are all the white space there is. A NUL ends the text, and no string is
 * its last token, as it is an object. */
static bool is_colon_next(const reader *r)
{
    size_t at = r->at;
    while (strchr(" \t\r\n", r->text[at]))
        at++;
    return r->text[at] == ':';
}

static void take_value(reader *r, const exn_wids_value *value)
{
    frame *f = r->depth ? &r->frames[r->depth - 1] : NULL;
    bool null = value->size == 4 && memcmp(r->text + value->at, "null", 4) == 0;
    if (!f || !f->object || null)
        return;
    if (is_key(r, &f->key, "url"))
        f->url = *value;
    else if (is_key(r, &f->key, "filesize"))
        f->bytes = *value;
    else if (is_key(r, &f->key, "md5sum"))
        f->md5 = *value;
    else if (is_key(r, &f->key, "base") && r->depth == 1 && !r->wids->base)
        r->wids->base = text_of(r, value);
}

/* Anything else is a number or a word, up to the next of the structural characters (RFC 8259, 2 and
 * 3). */
static bool step(reader *r)
{
    char c = r->text[r->at];
    exn_wids_value value;
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    if ((opens && r->depth > DEEPEST) || (closes && r->depth == 0))
        return false; /* jansson would have said so */
    if (opens) {
        r->frames[r->depth++] = (frame){.object = c == '{'};
        r->at++;
    } else if (closes) {
        r->at++;
        return take_object(r, &r->frames[--r->depth]);
    } else if (c == '"') {
        value = take_string(r);
        if (r->depth && r->frames[r->depth - 1].object && is_colon_next(r))
            r->frames[r->depth - 1].key = value;
        else
            take_value(r, &value);
    } else if (strchr(",: \t\r\n", c)) {
        r->at++;
    } else {
        value = take_word(r);
        take_value(r, &value);
    }
    return true;
}

/* Of other versions nobody knows what they mean. */
bool exn_index_wids_is(const char *text, size_t size)
{
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    bool is = json_is_array(json_object_get(json, "shardlist")) &&
              json_integer_value(json_object_get(json, "wids_version")) == 1;
    json_decref(json);
    return is;
}

bool exn_index_wids_read(exn_wids *wids, const char *text, size_t size, exn_error *error)
{
    *wids = (exn_wids){0};
    reader r = {.wids = wids, .text = text, .size = size, .error = error};
    r.frames = calloc(DEEPEST + 1, sizeof *r.frames);
    bool good = r.frames != NULL;
    while (good && r.at < size)
        good = step(&r);
    free(r.frames);
    if (!good)
        exn_error_set(error, EXN_MEMORY, 0, "out of memory");
    return good;
}

/* The two values of a shard come in either order. */
static void write_value(const exn_wids_shard *shard, const exn_wids_value *value, FILE *to)
{
    if (value == &shard->bytes_at)
        fprintf(to, "%" PRIu64, shard->bytes);
    else
        fprintf(to, "\"%s\"", shard->md5);
}

/* All bytes but the two values of each shard stay as they are: order, white space, and keys that
 * this program does not know. Parsed and dumped anew the file would keep none of it. */
void exn_index_wids_write(const exn_wids *wids, const char *text, size_t size, FILE *to)
{
    size_t at = 0;
    for (size_t i = 0; i < wids->count; i++) {
        const exn_wids_shard *s = &wids->shards[i];
        const exn_wids_value *values[] = {&s->bytes_at, &s->md5_at};
        bool swapped = s->md5_at.at < s->bytes_at.at;
        for (size_t j = 0; j < 2; j++) {
            const exn_wids_value *v = values[swapped ? 1 - j : j];
            if (v->size == 0)
                continue;
            fwrite(text + at, 1, v->at - at, to);
            write_value(s, v, to);
            at = v->at + v->size;
        }
    }
    fwrite(text + at, 1, size - at, to);
}

void exn_index_wids_free(exn_wids *wids)
{
    for (size_t i = 0; i < wids->count; i++)
        free(wids->shards[i].url);
    free(wids->shards);
    free(wids->base);
    *wids = (exn_wids){0};
}
