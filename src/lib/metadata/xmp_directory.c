/* SPDX-License-Identifier: MIT */
#include "xmp_directory.h"

#include <string.h>

enum {
    SEMANTIC,
    MIME = EXN_XMP_NAME_ITEM_MIME - EXN_XMP_NAME_ITEM_SEMANTIC,
    LENGTH = EXN_XMP_NAME_ITEM_LENGTH - EXN_XMP_NAME_ITEM_SEMANTIC,
    PADDING = EXN_XMP_NAME_ITEM_PADDING - EXN_XMP_NAME_ITEM_SEMANTIC,
    URI = EXN_XMP_NAME_ITEM_URI - EXN_XMP_NAME_ITEM_SEMANTIC,
};

/* --- Reading --- */

/* One directory per packet: if there are two, even nested, no reader is known to use either. */
void exn_xmp_directory_begin(exn_xmp_listing *l)
{
    l->directory->broken = l->directory->found;
    l->directory->found = true;
}

void exn_xmp_directory_begin_item(exn_xmp_listing *l)
{
    memset(l->fields, 0, sizeof l->fields);
    l->broken = false;
}

/* The five fields have consecutive names. */
void exn_xmp_directory_put(exn_xmp_listing *l, exn_xmp_name id, const exn_span *raw)
{
    if (!exn_xmp_text_put_field(&l->fields[id - EXN_XMP_NAME_ITEM_SEMANTIC], raw))
        l->broken = true;
}

/* --- Items --- */

/* A number of bytes; false if there is a value that is not one. The sum is checked in each step, so
 * that no number of digits makes it wrap. */
static bool item_number(const exn_xmp_text_field *f, uint32_t *value)
{
    uint64_t sum = 0;

    *value = 0;
    if (!f->present)
        return true;
    for (size_t i = 0; i < f->text.size && sum <= UINT32_MAX; i++) {
        if (!exn_xmp_text_is_digit(f->text.bytes[i]))
            return false;
        sum = sum * 10 + (uint64_t)(f->text.bytes[i] - '0');
    }
    *value = (uint32_t)sum;
    return f->text.size > 0 && !f->text.over && sum <= UINT32_MAX;
}

static bool text_starts(const exn_xmp_text *t, const char *word)
{
    return t->size >= strlen(word) && memcmp(t->bytes, word, strlen(word)) == 0;
}

/* The semantics that are known to share the primary's frame. Items of Dynamic Depth have an address
 * instead, and all their images come from one camera or were made for its picture. */
static exn_xmp_item_kind item_kind(const exn_xmp_text_field *f, size_t number)
{
    static const char *const same[] = {"GainMap",       "Depth",   "DepthMap", "Confidence",
                                       "ConfidenceMap", "Preview", "Thumbnail"};
    const exn_xmp_text *const semantic = &f[SEMANTIC].text;
    const exn_xmp_text *const mime = &f[MIME].text;
    const bool is_jpeg = exn_xmp_text_is(mime, "image/jpeg") || exn_xmp_text_is(mime, "image/jpg");

    if (exn_xmp_text_is(semantic, "Primary") || (number == 0 && semantic->size == 0))
        return EXN_XMP_ITEM_PRIMARY;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (exn_xmp_text_is(semantic, same[i]) && (is_jpeg || mime->size == 0))
            return EXN_XMP_ITEM_SAME_SCENE;
    if (is_jpeg && semantic->size == 0 && f[URI].present)
        return EXN_XMP_ITEM_SAME_SCENE;
    return text_starts(mime, "image/") ? EXN_XMP_ITEM_IMAGE : EXN_XMP_ITEM_OTHER;
}

void exn_xmp_directory_end_item(exn_xmp_listing *l, exn_xmp_edits *edits, size_t at, size_t end)
{
    const exn_xmp_text_field *const f = l->fields, *const length = &f[LENGTH];
    exn_xmp_directory *const d = l->directory;
    const size_t number = d->count;
    exn_xmp_item *const i = &d->items[number < EXN_XMP_ITEMS_MAX ? number : 0];

    if (number == EXN_XMP_ITEMS_MAX) {
        d->broken = true;
        return;
    }
    d->count++;
    i->kind = item_kind(f, number);
    i->has_length = length->present;
    d->dynamic_depth = d->dynamic_depth || f[URI].present;
    /* The primary is the first item and no other (Android's Motion Photo and Ultra HDR formats). */
    if (l->broken || (number > 0) == (i->kind == EXN_XMP_ITEM_PRIMARY) ||
        !item_number(length, &i->length) || !item_number(&f[PADDING], &i->padding))
        d->broken = true;
    else if (l->relist && l->relist->drop &&
             (i->kind == EXN_XMP_ITEM_SAME_SCENE || i->kind == EXN_XMP_ITEM_IMAGE))
        exn_xmp_edits_blank(edits, at, end);
    else if (l->relist && !l->relist->drop && i->has_length &&
             l->relist->lengths[number] != i->length)
        exn_xmp_edits_replace_integer(edits, length->raw, l->relist->lengths[number]);
}
