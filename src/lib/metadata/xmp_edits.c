/* SPDX-License-Identifier: MIT */
#include "xmp_edits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xml.h"

/* More than any packet needs; it limits the insertion sort. */
enum { EDITS_MAX = 1 << 16 };

enum { TEXT_MAX = 40 }; /* most replacements are numbers */

/* size bytes at `at` are replaced by text, then long_size bytes of the long texts, then blanks. */
typedef struct edit {
    size_t at, size;
    char text[TEXT_MAX];
    size_t text_size, long_at, long_size, blanks;
} edit;

void exn_xmp_edits_open(exn_xmp_edits *edits, exn_span in, bool recording)
{
    *edits = (exn_xmp_edits){.in = in, .recording = recording};
}

void exn_xmp_edits_free(exn_xmp_edits *edits)
{
    exn_buffer_free(&edits->list);
    exn_buffer_free(&edits->long_texts);
}

/* Insertion keeps the order: most edits come in order, and a late one (values that depend on each
 * other) moves the few that it belongs before. */
static void add(exn_xmp_edits *edits, const edit *e)
{
    exn_buffer *const list = &edits->list;

    if (!edits->recording || edits->status != EXN_OK)
        return;
    if (list->size >= EDITS_MAX * sizeof *e) {
        edits->status = EXN_INTERNAL; /* the same as for input that cannot be read */
        return;
    }
    edits->status = exn_buffer_append(list, e, sizeof *e);
    if (edits->status != EXN_OK)
        return;
    edit *const all = (edit *)(void *)list->data;
    size_t i = list->size / sizeof *e - 1;
    for (; i > 0 && all[i - 1].at > e->at; i--)
        all[i] = all[i - 1];
    all[i] = *e;
}

static size_t offset_of(const exn_xmp_edits *edits, exn_span raw)
{
    return (size_t)(raw.data - edits->in.data);
}

/* Blanks instead of nothing: offsets stay, and so does the packet's size, which some writers rely
 * on when they edit in place (XMP part 1, 7.3). */
void exn_xmp_edits_blank(exn_xmp_edits *edits, size_t at, size_t end)
{
    add(edits, &(edit){.at = at, .size = end - at, .blanks = end - at});
}

void exn_xmp_edits_replace(exn_xmp_edits *edits, exn_span raw, const void *bytes, size_t size)
{
    edit e = {.at = offset_of(edits, raw), .size = raw.size, .text_size = size};

    if (!edits->recording || edits->status != EXN_OK ||
        exn_span_equal(raw, (exn_span){bytes, size}))
        return;
    if (size > sizeof e.text) {
        const size_t long_at = edits->long_texts.size;
        edits->status = exn_buffer_append(&edits->long_texts, bytes, size);
        exn_xmp_edits_replace_long(edits, raw, long_at);
        return;
    }
    memcpy(e.text, bytes, size);
    add(edits, &e);
}

void exn_xmp_edits_replace_integer(exn_xmp_edits *edits, exn_span raw, uint32_t value)
{
    char digits[16];
    const int size = snprintf(digits, sizeof digits, "%" PRIu32, value);

    exn_xmp_edits_replace(edits, raw, digits, (size_t)size);
}

void exn_xmp_edits_replace_long(exn_xmp_edits *edits, exn_span raw, size_t long_at)
{
    add(edits, &(edit){.at = offset_of(edits, raw),
                       .size = raw.size,
                       .long_at = long_at,
                       .long_size = edits->long_texts.size - long_at});
}

void exn_xmp_edits_undo(exn_xmp_edits *edits, size_t mark)
{
    edits->list.size = mark;
}

void exn_xmp_edits_balance(exn_xmp_edits *edits, size_t at)
{
    const edit *const all = (const edit *)(const void *)edits->list.data;
    size_t before = 0, after = 0, blanks = 0;

    for (size_t i = 0; i < edits->list.size / sizeof *all; i++) {
        before += all[i].size;
        after += all[i].text_size + all[i].long_size + all[i].blanks;
    }
    /* Nothing moves: what was removed has been replaced by blanks. */
    if (before == after)
        return;
    if (after < before) {
        add(edits, &(edit){.at = at, .blanks = before - after});
        return;
    }
    /* If the padding is not enough, the packet grows by the rest. */
    while (blanks < at && blanks < after - before &&
           exn_xml_is_space(edits->in.data[at - 1 - blanks]))
        blanks++;
    if (blanks > 0)
        add(edits, &(edit){.at = at - blanks, .size = blanks});
}

static exn_status append_blanks(exn_buffer *out, size_t count)
{
    exn_status status = exn_buffer_reserve(out, count);

    if (status == EXN_OK && count > 0) {
        memset(out->data + out->size, ' ', count);
        out->size += count;
    }
    return status;
}

static exn_status append_all(const exn_xmp_edits *edits, exn_buffer *out)
{
    const edit *const all = (const edit *)(const void *)edits->list.data;
    const exn_span in = edits->in;
    exn_status status = EXN_OK;
    size_t at = 0;

    for (size_t i = 0; i < edits->list.size / sizeof *all && status == EXN_OK; i++) {
        const edit *const e = &all[i];
        if (e->at < at)
            return EXN_INTERNAL; /* they overlap */
        status = exn_buffer_append(out, in.data + at, e->at - at);
        if (status == EXN_OK)
            status = exn_buffer_append(out, e->text, e->text_size);
        if (status == EXN_OK && e->long_size > 0)
            status = exn_buffer_append(out, edits->long_texts.data + e->long_at, e->long_size);
        if (status == EXN_OK)
            status = append_blanks(out, e->blanks);
        at = e->at + e->size;
    }
    return status != EXN_OK ? status : exn_buffer_append(out, in.data + at, in.size - at);
}

exn_status exn_xmp_edits_append(exn_xmp_edits *edits, exn_buffer *out)
{
    if (edits->status == EXN_OK)
        edits->status = append_all(edits, out);
    return edits->status;
}
