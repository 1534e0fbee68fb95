/* SPDX-License-Identifier: MIT */
#include "json_glance.h"

#include "json_text.h"

/* Many formats examine the same file in turn, most of them in vain. So only a page is read at a
 * time, and longer texts are skipped. */
exn_status exn_json_glance_open(exn_json *json, const exn_source *source)
{
    enum { ENOUGH = 4096 };
    exn_status status = exn_json_open(json, source, ENOUGH, NULL);
    json->max_text = ENOUGH;
    json->allows_nan = true;
    return status;
}

static unsigned all_of(const exn_json_glance_member *members)
{
    unsigned bits = 0;
    for (; members->name; members++)
        bits |= members->tells;
    return bits;
}

/* Recurses into objects, no deeper than the table is nested. */
static exn_status look_for_all(exn_json *json, const exn_json_glance_member *members,
                               bool *has_all);

/* Reads a value as far as needed to tell. */
static exn_status look_at(exn_json *json, const exn_json_glance_member *member, bool *is_it)
{
    exn_json_token token;
    const exn_json_glance_member *within = member->object;
    exn_status status = exn_json_next(json, &token);
    if (status == EXN_OK && member->first && token.kind == EXN_JSON_ARRAY) {
        within = member->first;
        status = exn_json_next(json, &token);
    }
    *is_it = false;
    if (status != EXN_OK)
        return status;
    if (member->value)
        *is_it = token.kind == EXN_JSON_STRING && exn_json_text_is(token.text, member->value);
    else if (within && token.kind == EXN_JSON_OBJECT)
        status = look_for_all(json, within, is_it);
    return status;
}

/* Stops reading once it has seen enough. */
exn_status exn_json_glance_members(exn_json *json, const exn_json_glance_member *members,
                                   unsigned enough, unsigned *seen)
{
    exn_json_token key;
    exn_status status = EXN_OK;
    const uint32_t depth = json->depth;
    *seen = 0;
    while (status == EXN_OK && (enough == 0 || (*seen & enough) != enough)) {
        status = exn_json_leave(json, depth);
        if (status == EXN_OK)
            status = exn_json_next(json, &key);
        if (status != EXN_OK || key.kind != EXN_JSON_KEY)
            break;
        const exn_json_glance_member *m = members;
        while (m->name && !exn_json_text_is(key.text, m->name))
            m++;
        bool is_it = m->name != NULL;
        status = is_it && (m->value || m->object || m->first) ? look_at(json, m, &is_it)
                                                              : exn_json_skip(json, &key);
        *seen |= is_it ? m->tells : 0;
    }
    return status;
}

static exn_status look_for_all(exn_json *json, const exn_json_glance_member *members, bool *has_all)
{
    unsigned seen;
    const unsigned all = all_of(members);
    exn_status status = exn_json_glance_members(json, members, all, &seen);
    *has_all = (seen & all) == all;
    return status;
}

bool exn_json_glance_is(const exn_source *source, exn_json_glance_begin begin,
                        const exn_json_glance_member *members)
{
    exn_json json;
    exn_json_token token = {.kind = EXN_JSON_END};
    bool is_it = false;
    exn_status status = exn_json_glance_open(&json, source);
    json.is_lines = begin == EXN_JSON_GLANCE_LINE;
    if (status == EXN_OK)
        status = exn_json_next(&json, &token);
    if (status == EXN_OK && begin == EXN_JSON_GLANCE_LIST)
        status = token.kind == EXN_JSON_ARRAY ? exn_json_next(&json, &token) : EXN_CORRUPT;
    if (status == EXN_OK && token.kind == EXN_JSON_OBJECT)
        look_for_all(&json, members, &is_it);
    exn_json_close(&json);
    return is_it;
}
