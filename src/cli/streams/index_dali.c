/* SPDX-License-Identifier: MIT */
#include "index_dali.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/item.h"

typedef struct token {
    const char *at;
    size_t size;
} token;

/* What is read of the text, and what is written of it. */
typedef struct edit {
    const exn_index_maps *maps;
    FILE *to;
    const char *at, *end; /* the rest of the text */
    uint64_t line;        /* counted from 1 */
    int fields;           /* of a record */
    exn_error *error;
} edit;

bool exn_index_dali_begins(const char *text, size_t size)
{
    return size >= 3 && text[0] == 'v' && text[1] >= '0' && text[1] <= '9' && text[2] == '.';
}

static bool misfit(edit *e, const char *why)
{
    exn_error_set(e->error, EXN_MISMATCH, 0, "line %" PRIu64 " %s", e->line, why);
    return false;
}

/* What C++ streams skip, but for the end of the line. */
static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static token next_token(const char **at, const char *end)
{
    while (*at < end && is_space(**at))
        (*at)++;
    token t = {.at = *at};
    while (*at < end && !is_space(**at))
        (*at)++;
    t.size = (size_t)(*at - t.at);
    return t;
}

/* Nineteen digits are below 2^64. */
static bool read_number(const token *t, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < t->size; i++) {
        if (t->at[i] < '0' || t->at[i] > '9')
            return false;
        *number = *number * 10 + (uint64_t)(t->at[i] - '0');
    }
    return t->size > 0 && t->size <= 19;
}

static bool is_text(const token *t, const char *text)
{
    return strlen(text) == t->size && memcmp(t->at, text, t->size) == 0;
}

/* GNU tar, which wds2idx asks for names, writes them with backslashes where they are not plain. */
static bool is_quoted(const token *t)
{
    return t->size > 0 && memchr(t->at, '\\', t->size);
}

/* The extension begins after the first dot of the last part; a name without one is all extension.
 */
static const char *extension_of(const char *member)
{
    const char *slash = strrchr(member, '/');
    const char *dot = strchr(slash ? slash : member, '.');
    return dot ? dot + 1 : member;
}

static bool names_fit(const token *extension, const token *name, const char *member)
{
    return is_quoted(extension) || is_quoted(name) ||
           (is_text(extension, extension_of(member)) && (name->size == 0 || is_text(name, member)));
}

static void write_text(const edit *e, const char *from, const char *to)
{
    fwrite(from, 1, (size_t)(to - from), e->to);
}

/* One file of a sample: its tokens, and the member that they say. */
typedef struct record {
    token extension, offset, size, name;
    const exn_tar_place *member;
} record;

/* The offset is that of the member's body in bytes, not of its header. All four have to fit one
 * member, or the index is not of this archive. */
static bool read_record(edit *e, const char **at, const char *end, record *r)
{
    uint64_t offset, size;
    r->offset = next_token(at, end);
    r->size = next_token(at, end);
    r->name = e->fields == 4 ? next_token(at, end) : (token){.at = *at};
    if (!read_number(&r->offset, &offset) || !read_number(&r->size, &size) ||
        (e->fields == 4 && r->name.size == 0))
        return misfit(e, "is not a line of an index");
    r->member = exn_tar_map_find(e->maps->source, offset);
    if (!r->member || r->member->kind != EXN_TAR_FILE || r->member->size != size ||
        !names_fit(&r->extension, &r->name, r->member->name))
        return misfit(e, "names a file that is not in the archive");
    return true;
}

/* A token with what stands in front of it, from *at on; instead: another text for it, or NULL. */
static void write_token(const edit *e, const char **at, const token *t, const char *instead)
{
    write_text(e, *at, instead ? t->at : t->at + t->size);
    if (instead)
        fputs(instead, e->to);
    *at = t->at + t->size;
}

/* before: where the text that belongs to the record begins. A member that was converted has another
 * name, with no byte that the old one has not but for an ending. */
static bool write_record(edit *e, const record *r, const char *before, const char *after,
                         const exn_tar_place *now)
{
    char offset[24], size[24];
    const bool is_new = strcmp(now->name, r->member->name) != 0;
    snprintf(offset, sizeof offset, "%" PRIu64, now->offset);
    snprintf(size, sizeof size, "%" PRIu64, now->size);
    if (is_new && (is_quoted(&r->extension) || is_quoted(&r->name)))
        return misfit(e, "has the name of a converted image with a backslash in it");
    write_token(e, &before, &r->extension, is_new ? extension_of(now->name) : NULL);
    write_token(e, &before, &r->offset, offset);
    write_token(e, &before, &r->size, size);
    if (r->name.size > 0)
        write_token(e, &before, &r->name, is_new ? now->name : NULL);
    write_text(e, before, after);
    return true;
}

/* Where the member is now; NULL: it was left out. */
static const exn_tar_place *place_now(const edit *e, const exn_tar_place *member)
{
    const exn_index_maps *m = e->maps;
    if (!m->pairs)
        return member;
    size_t pair = m->pairs[member - m->source->places];
    return pair == EXN_TAR_NOWHERE ? NULL : &m->output->places[pair];
}

/* Edits a sample; *kept says whether a file of it is left. The first record that is left begins the
 * line, without the space that stood in front of it. */
static bool edit_sample(edit *e, const char *end, bool *kept)
{
    const char *at = e->at;
    size_t records = 0;
    *kept = false;
    for (;;) {
        const char *before = at;
        record r = {.extension = next_token(&at, end)};
        if (r.extension.size == 0)
            break;
        if (!read_record(e, &at, end, &r))
            return false;
        records++;
        const exn_tar_place *now = place_now(e, r.member);
        if (now && !write_record(e, &r, *kept ? before : r.extension.at, at, now))
            return false;
        *kept = *kept || now;
        e->at = at;
    }
    return records > 0 || misfit(e, "names no file");
}

static const char *line_end(const edit *e)
{
    const char *newline = memchr(e->at, '\n', (size_t)(e->end - e->at));
    return newline ? newline : e->end;
}

/* A count that is too large ends with the text; nothing is allocated by it. */
static bool edit_samples(edit *e, uint64_t count, uint64_t *left)
{
    for (uint64_t i = 0; i < count; i++) {
        bool kept;
        const char *end = line_end(e);
        e->line++;
        if (e->at == e->end)
            return misfit(e, "is missing, although the first line announces it");
        if (!edit_sample(e, end, &kept))
            return false;
        *left += kept;
        const char *next = end + (end < e->end);
        if (kept)
            write_text(e, e->at, next);
        e->at = next;
    }
    for (const char *p = e->at; p < e->end; p++)
        if (!is_space(*p) && *p != '\n')
            return misfit(e, "is followed by more lines than the first one announces");
    write_text(e, e->at, e->end);
    return true;
}

/* Writes the first line, which says how many samples are left, and what was made of them. */
static void write_all(const edit *e, const char *text, const token *count, uint64_t left,
                      const char *samples, size_t size, uint64_t number)
{
    write_text(e, text, count->at);
    if (left == number)
        write_text(e, count->at, count->at + count->size);
    else
        fprintf(e->to, "%" PRIu64, left);
    write_text(e, count->at + count->size, e->at);
    fwrite(samples, 1, size, e->to);
}

/* Samples first, into memory: the line in front of them has their number. */
static bool edit_with(const edit *whole, int fields, const char *text, const token *count)
{
    char *samples = NULL;
    size_t size = 0;
    uint64_t number, left = 0;
    edit e = *whole;
    e.fields = fields;
    if (!read_number(count, &number) || number == 0)
        return misfit(&e, "has no number of samples");
    e.to = open_memstream(&samples, &size);
    bool fits = e.to && edit_samples(&e, number, &left);
    if (!e.to || fclose(e.to) != 0)
        fits = exn_error_set(e.error, EXN_MEMORY, 0, "out of memory") == EXN_OK;
    else if (fits && left == 0)
        fits = misfit(&e, "is the last, and no sample is left in the archive");
    if (fits)
        write_all(whole, text, count, left, samples, size, number);
    free(samples);
    return fits;
}

/* v1.0 is written with names and without. */
bool exn_index_dali_edit(const char *text, size_t size, const exn_index_maps *maps, FILE *to,
                         exn_error *error)
{
    edit e = {.maps = maps, .to = to, .at = text, .end = text + size, .line = 1, .error = error};
    exn_error second = {0};
    const char *end = line_end(&e);
    token version = next_token(&e.at, end), count = next_token(&e.at, end);
    if (next_token(&e.at, end).size > 0)
        return misfit(&e, "is not a line of an index");
    e.at = end + (end < e.end);
    if (is_text(&version, "v1.1"))
        return edit_with(&e, 3, text, &count);
    if (is_text(&version, "v1.2"))
        return edit_with(&e, 4, text, &count);
    if (!is_text(&version, "v1.0"))
        return misfit(&e, "has an unknown version");
    if (edit_with(&e, 4, text, &count))
        return true;
    e.error = &second;
    bool fits = edit_with(&e, 3, text, &count);
    if (fits)
        *error = (exn_error){0};
    return fits;
}
