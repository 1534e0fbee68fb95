/* SPDX-License-Identifier: MIT */
#include "json_walk.h"

#include <string.h>

#include "decimal.h"
#include "json_numbers.h"
#include "json_text.h"

exn_status exn_json_walk_fail(exn_json_walk *walk, exn_status status, const char *member,
                              const char *what)
{
    exn_label_place place = walk->place;
    place.member = member;
    return exn_label_fail(walk->error, status, &place, "%s", what);
}

/* Strings, numbers and literals are single tokens, so nothing of them is left to skip. */
exn_status exn_json_walk_skip(exn_json_walk *walk, const exn_json_token *token)
{
    return token->kind == EXN_JSON_OBJECT || token->kind == EXN_JSON_ARRAY
               ? exn_json_skip(&walk->json, token)
               : EXN_OK;
}

/* Counts such as num_keypoints hold no place, and neither do empty lists. */
exn_status exn_json_walk_pass(exn_json_walk *walk, const exn_json_token *token, bool *has_more)
{
    const uint64_t from = walk->json.base + walk->json.at;
    exn_status status = exn_json_walk_skip(walk, token);
    *has_more = (token->kind == EXN_JSON_ARRAY || token->kind == EXN_JSON_OBJECT) &&
                walk->json.base + walk->json.at - from > 1;
    return status;
}

/* A token's text is borrowed until the next one. */
exn_status exn_json_walk_keep(exn_json_walk *walk, const exn_json_token *key, exn_buffer *name)
{
    name->size = 0;
    exn_status status =
        exn_account_append(walk->events->account, name, key->text.data, key->text.size);
    return status == EXN_OK ? EXN_OK : exn_status_fail(walk->error, status, "%s", "");
}

bool exn_json_walk_is_number(const exn_json_token *token)
{
    exn_decimal number;
    return token->kind == EXN_JSON_NUMBER || (token->kind == EXN_JSON_STRING && !token->is_long &&
                                              exn_decimal_read(token->text, &number));
}

/* An edit leaves the quotes where they are. */
exn_status exn_json_walk_add(exn_json_walk *walk, exn_numbers *to, const exn_json_token *token)
{
    const uint64_t quote = token->kind == EXN_JSON_STRING;
    to->account = walk->events->account;
    exn_status status =
        exn_numbers_add(to, token->offset + quote, token->size - 2 * quote, token->text);
    return status == EXN_OK ? EXN_OK : exn_status_fail(walk->error, status, "%s", "");
}

/* Some tools write "640". An empty string means unknown, like null. Any other string counts as a
 * size even if it is unreadable, because otherwise it would stay behind and contradict its image.
 */
exn_status exn_json_walk_size(exn_json_walk *walk, exn_numbers *to, const exn_json_token *token)
{
    exn_status status = EXN_OK;
    to->account = walk->events->account;
    if (token->kind == EXN_JSON_NUMBER)
        return exn_json_walk_add(walk, to, token);
    if (token->kind == EXN_JSON_STRING && token->size > 2)
        status = exn_numbers_add(to, token->offset + 1, token->size - 2, token->text);
    return status == EXN_OK ? EXN_OK : exn_status_fail(walk->error, status, "%s", "");
}

exn_status exn_json_walk_size_of(exn_json_walk *walk, const exn_json_token *value,
                                 exn_numbers sides[2])
{
    exn_json_token key, member;
    exn_status status;
    if (value->kind != EXN_JSON_OBJECT)
        return exn_json_walk_skip(walk, value);
    while ((status = exn_json_next(&walk->json, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_height = exn_json_text_is(key.text, "height"),
                   is_side = is_height || exn_json_text_is(key.text, "width");
        status = exn_json_next(&walk->json, &member);
        if (status == EXN_OK && is_side)
            status = exn_json_walk_size(walk, &sides[is_height], &member);
        if (status == EXN_OK)
            status = exn_json_walk_skip(walk, &member);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

/* With two names, two readers would see two images (RFC 8259, 4), and a NUL would end the name for
 * the caller. */
exn_status exn_json_walk_name(exn_json_walk *walk, const char *member, const exn_json_token *token,
                              exn_buffer *name)
{
    if (name->size > 0)
        return exn_json_walk_fail(walk, EXN_CORRUPT, member, "it is there twice");
    exn_status status = token->kind == EXN_JSON_STRING && !token->is_long
                            ? exn_account_reserve(walk->events->account, name, token->text.size)
                            : EXN_CORRUPT;
    if (status == EXN_OK)
        status = exn_json_text_unescape(token->text, name);
    if (status == EXN_MEMORY || status == EXN_LIMIT)
        return exn_status_fail(walk->error, status, "%s", "");
    return status != EXN_OK || name->size == 0 || memchr(name->data, 0, name->size)
               ? exn_json_walk_fail(walk, EXN_CORRUPT, member, "it is no name")
               : EXN_OK;
}

/* Just before its second quote. */
uint64_t exn_json_walk_end(const exn_json_token *token)
{
    return token->offset + token->size - 1;
}

/* A null or a text among coordinates is damage: to pass over it would shift all that follow. What
 * ends with the window, or has an exponent, comes one by one. */
static exn_status read_numbers(exn_json_walk *walk, exn_numbers *to, bool in_quotes,
                               exn_json_token *token)
{
    exn_status status = EXN_OK;
    bool is_number;
    to->account = walk->events->account;
    do {
        status = exn_json_numbers_take(&walk->json, to);
        if (status != EXN_OK)
            return exn_status_fail(walk->error, status, "%s", "");
        status = exn_json_next(&walk->json, token);
        is_number = status == EXN_OK && exn_json_walk_is_number(token) &&
                    (in_quotes || token->kind == EXN_JSON_NUMBER);
        if (is_number)
            status = exn_json_walk_add(walk, to, token);
    } while (status == EXN_OK && is_number);
    return status;
}

static exn_status fail_numbers(exn_json_walk *walk, const char *member)
{
    return exn_json_walk_fail(walk, EXN_CORRUPT, member,
                              "something else than a number in its list");
}

static exn_status read_list(exn_json_walk *walk, const char *member, bool in_quotes,
                            exn_numbers *to)
{
    exn_json_token token;
    exn_status status = read_numbers(walk, to, in_quotes, &token);
    return status == EXN_OK && token.kind != EXN_JSON_ARRAY_END ? fail_numbers(walk, member)
                                                                : status;
}

exn_status exn_json_walk_numbers(exn_json_walk *walk, const char *member, exn_numbers *to)
{
    return read_list(walk, member, true, to);
}

exn_status exn_json_walk_runs(exn_json_walk *walk, const char *member, exn_numbers *to)
{
    return read_list(walk, member, false, to);
}

exn_status exn_json_walk_numbers_or(exn_json_walk *walk, const char *member, exn_numbers *to,
                                    exn_json_token *token)
{
    exn_status status = read_numbers(walk, to, true, token);
    const bool is_object =
        status == EXN_OK && token->kind == EXN_JSON_OBJECT && exn_numbers_count(to) == 0;
    return status == EXN_OK && token->kind != EXN_JSON_ARRAY_END && !is_object
               ? fail_numbers(walk, member)
               : status;
}

/* Numbers keep the places that they have in the file, wherever they are gathered: that is what an
 * edit goes by. */
exn_status exn_json_walk_copy(exn_json_walk *walk, exn_numbers *to, const exn_numbers *from,
                              size_t first, size_t count)
{
    exn_status status = EXN_OK;
    to->account = walk->events->account;
    for (size_t i = first; i < first + count && status == EXN_OK; i++)
        status = exn_numbers_add(to, exn_numbers_at(from, i)->offset, exn_numbers_at(from, i)->size,
                                 exn_numbers_text(from, i));
    return status == EXN_OK ? EXN_OK : exn_status_fail(walk->error, status, "%s", "");
}

/* One side alone says nothing about the frame: it is neither a witness nor can it be set. */
exn_status exn_json_walk_sides(exn_json_walk *walk, const char *const names[2],
                               const exn_numbers sides[2], exn_numbers *sizes)
{
    exn_numbers_clear(sizes);
    for (int i = 0; i < 2; i++)
        if (exn_numbers_count(&sides[i]) > 1)
            return exn_json_walk_fail(walk, EXN_CORRUPT, names[i], "it is there twice");
    exn_status status = EXN_OK;
    for (int i = 0; i < 2 && status == EXN_OK; i++)
        if (exn_numbers_count(&sides[0]) && exn_numbers_count(&sides[1]))
            status = exn_json_walk_copy(walk, sizes, &sides[i], 0, 1);
    return status;
}

exn_status exn_json_walk_settle(exn_json_walk *walk)
{
    return walk->events->settled(walk->events->context, walk->json.base + walk->json.at);
}

exn_status exn_json_walk_members(exn_json_walk *walk, exn_json_walk_member *read, void *context)
{
    exn_json_token key;
    exn_status status;
    while ((status = exn_json_next(&walk->json, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        status = read(context, &key);
        if (status != EXN_OK)
            return status;
    }
    return status;
}

exn_status exn_json_walk_objects(exn_json_walk *walk, const char *member, exn_json_walk_read *read,
                                 void *context)
{
    exn_json_token token;
    exn_status status;
    while ((status = exn_json_next(&walk->json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_OBJECT) {
        status = read(context);
        if (status != EXN_OK)
            return status;
    }
    return status == EXN_OK && token.kind != EXN_JSON_ARRAY_END
               ? exn_json_walk_fail(walk, EXN_CORRUPT, member,
                                    "something else than an object in its list")
               : status;
}

/* Given two lists, some readers see only the last, others both. */
exn_status exn_json_walk_list(exn_json_walk *walk, const char *name, bool *seen,
                              exn_json_walk_read *read, void *context)
{
    exn_json_token token;
    exn_status status = exn_json_next(&walk->json, &token);
    if (status == EXN_OK && (*seen || token.kind != EXN_JSON_ARRAY))
        return exn_json_walk_fail(walk, EXN_CORRUPT, name,
                                  *seen ? "it is there twice" : "it is no list");
    *seen = true;
    walk->place = (exn_label_place){.list = name};
    for (; status == EXN_OK && (status = exn_json_next(&walk->json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_OBJECT;
         walk->place.index++)
        status = read(context);
    if (status == EXN_OK && token.kind != EXN_JSON_ARRAY_END)
        return exn_json_walk_fail(walk, EXN_CORRUPT, NULL, "it is no object");
    walk->place = (exn_label_place){.list = NULL};
    return status;
}

exn_status exn_json_walk_object(exn_json_walk *walk, exn_json_walk_member *read, void *context)
{
    exn_json_token token;
    exn_status status = exn_json_next(&walk->json, &token);
    if (status == EXN_OK && token.kind != EXN_JSON_OBJECT)
        return exn_status_fail(walk->error, EXN_CORRUPT, "it is no object");
    if (status == EXN_OK)
        status = exn_json_walk_members(walk, read, context);
    return status == EXN_OK ? exn_json_next(&walk->json, &token) : status;
}

exn_status exn_json_walk_file(exn_json_walk *walk, const exn_source *source,
                              exn_json_walk_read *read, void *context)
{
    exn_status status = exn_json_open(&walk->json, source, 0, walk->error);
    walk->json.account = walk->events->account;
    if (status == EXN_OK)
        status = read(context);
    exn_json_close(&walk->json);
    return status;
}

/* Settling after each line is what lets a file of any length be moved in little memory. */
static exn_status read_lines(exn_json_walk *walk, exn_json_walk_read *read, void *context)
{
    exn_json_token token;
    exn_status status;
    while ((status = exn_json_next(&walk->json, &token)) == EXN_OK &&
           token.kind == EXN_JSON_OBJECT) {
        walk->place = (exn_label_place){.line = walk->json.line};
        status = read(context);
        if (status == EXN_OK)
            status = exn_json_walk_settle(walk);
        if (status != EXN_OK)
            return status;
    }
    walk->place = (exn_label_place){.line = walk->json.line};
    return status == EXN_OK && token.kind != EXN_JSON_END
               ? exn_json_walk_fail(walk, EXN_CORRUPT, NULL, "it is no object")
               : status;
}

exn_status exn_json_walk_lines(exn_json_walk *walk, const exn_source *source,
                               exn_json_walk_read *read, void *context)
{
    exn_status status = exn_json_open(&walk->json, source, 0, walk->error);
    walk->json.is_lines = true;
    walk->json.account = walk->events->account;
    if (status == EXN_OK)
        status = read_lines(walk, read, context);
    exn_json_close(&walk->json);
    return status;
}
