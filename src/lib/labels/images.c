/* SPDX-License-Identifier: MIT */
#include "images.h"

#include <inttypes.h>
#include <string.h>

/* slots is an open-addressing hash table whose length is a power of two. It holds 1 + the entry's
 * index; 0 is free. */
typedef uint32_t slot;

size_t exn_images_count(const exn_images *images)
{
    return images->entries.size / sizeof(exn_images_entry);
}

exn_images_entry *exn_images_at(const exn_images *images, size_t index)
{
    /* malloc() allocated the buffers, so they are aligned for anything. */
    return (exn_images_entry *)(void *)images->entries.data + index;
}

bool exn_images_are_in_parts(const exn_images *images)
{
    bool are = false;
    for (size_t i = 0; i < exn_images_count(images); i++) {
        const exn_measure *m = &exn_images_at(images, i)->measure;
        if (m->is_any && (m->right > EXN_MEASURE_PARTS || m->bottom > EXN_MEASURE_PARTS))
            return false;
        are = are || m->is_in_parts;
    }
    return are;
}

/* Borrowed, like names: valid until the next image is added. */
exn_span exn_images_key(const exn_images *images, const exn_images_entry *entry)
{
    return exn_span_part(exn_buffer_span(&images->texts), entry->key, entry->key_size);
}

const char *exn_images_name(const exn_images *images, const exn_images_entry *entry)
{
    return entry->is_named ? (const char *)images->texts.data + entry->name : "";
}

const char *exn_images_other_name(const exn_images *images, const exn_images_entry *entry)
{
    return entry->is_named ? (const char *)images->texts.data + entry->other_name : "";
}

/* All of it grows with the file, so all of it is in the account. */
void exn_images_free(exn_images *images)
{
    exn_account_free(images->account, &images->entries);
    exn_account_free(images->account, &images->texts);
    exn_account_free(images->account, &images->slots);
    exn_account_free(images->account, &images->masks);
}

static slot *slots_of(const exn_images *images)
{
    return (slot *)(void *)images->slots.data;
}

/* FNV-1a, with a start value that a file cannot know. */
static size_t hash(const exn_images *images, exn_span key)
{
    uint64_t value = 14695981039346656037u ^ (uint64_t)(uintptr_t)images;
    for (size_t i = 0; i < key.size; i++)
        value = (value ^ key.data[i]) * 1099511628211u;
    return (size_t)(value ^ value >> 29);
}

/* The key's slot, or the free one where it would go. The search ends because at least half of the
 * slots are free (grow()). Keys are compared, so a hash collision does no harm. */
static slot *find_slot(const exn_images *images, exn_span key)
{
    const size_t mask = images->slots.size / sizeof(slot) - 1;
    slot *slots = slots_of(images);
    size_t at = hash(images, key) & mask;
    while (slots[at] &&
           !exn_span_equal(exn_images_key(images, exn_images_at(images, slots[at] - 1)), key))
        at = (at + 1) & mask;
    return &slots[at];
}

/* The table holds only indices of entries, so it can be rebuilt from them. */
static exn_status grow(exn_images *images)
{
    enum { FIRST = 64 };
    const size_t count = exn_images_count(images), have = images->slots.size / sizeof(slot);
    if (2 * (count + 1) <= have)
        return EXN_OK;
    const size_t size = (have ? 2 * have : FIRST) * sizeof(slot);
    exn_buffer larger = {0};
    exn_status status = exn_account_reserve(images->account, &larger, size);
    if (status != EXN_OK)
        return status;
    memset(larger.data, 0, size);
    larger.size = size;
    exn_account_free(images->account, &images->slots);
    images->slots = larger;
    for (size_t i = 0; i < count; i++)
        *find_slot(images, exn_images_key(images, exn_images_at(images, i))) = (slot)(i + 1);
    return EXN_OK;
}

/* A shape may come before its image. The entry is created for it, and is_named says later whether
 * the image came. */
exn_status exn_images_find(exn_images *images, exn_span key, exn_images_entry **entry,
                           exn_error *error)
{
    exn_status status = grow(images);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", "");
    slot *found = find_slot(images, key);
    if (!*found) {
        exn_images_entry fresh = {.key = images->texts.size, .key_size = key.size};
        exn_measure_init(&fresh.measure);
        if (exn_images_count(images) == UINT32_MAX - 1)
            status = EXN_LIMIT;
        if (status == EXN_OK)
            status = exn_account_append(images->account, &images->texts, key.data, key.size);
        if (status == EXN_OK)
            status = exn_account_append(images->account, &images->entries, &fresh, sizeof fresh);
        if (status != EXN_OK)
            return exn_status_fail(error, status, "%s", "");
        *found = (slot)exn_images_count(images);
    }
    *entry = exn_images_at(images, *found - 1);
    return EXN_OK;
}

/* Offsets rather than pointers, because texts moves when it grows. */
exn_status exn_images_set_name(exn_images *images, exn_images_entry *entry, exn_span name,
                               exn_span other_name, exn_error *error)
{
    exn_status status = EXN_OK;
    entry->name = images->texts.size;
    entry->name_size = name.size;
    entry->other_name = entry->name + name.size + 1;
    if (status == EXN_OK)
        status = exn_account_append(images->account, &images->texts, name.data, name.size);
    if (status == EXN_OK)
        status = exn_account_append(images->account, &images->texts, "", 1);
    if (status == EXN_OK)
        status =
            exn_account_append(images->account, &images->texts, other_name.data, other_name.size);
    if (status == EXN_OK)
        status = exn_account_append(images->account, &images->texts, "", 1);
    entry->is_named = status == EXN_OK;
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "%s", "");
}

/* Masks of one image need not be adjacent, so each links to the image's next one. */
typedef struct mask {
    size_t name, next;
} mask;

/* Numbered from 1, so that 0 means none. */
static mask *mask_at(const exn_images *images, size_t number)
{
    return (mask *)(void *)images->masks.data + number - 1;
}

exn_status exn_images_add_mask(exn_images *images, exn_images_entry *entry, exn_span name,
                               exn_error *error)
{
    const mask fresh = {.name = images->texts.size};
    exn_status status = exn_account_append(images->account, &images->texts, name.data, name.size);
    if (status == EXN_OK)
        status = exn_account_append(images->account, &images->texts, "", 1);
    if (status == EXN_OK)
        status = exn_account_append(images->account, &images->masks, &fresh, sizeof fresh);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", "");
    const size_t number = images->masks.size / sizeof fresh;
    if (entry->last_mask)
        mask_at(images, entry->last_mask)->next = number;
    else
        entry->first_mask = number;
    entry->last_mask = number;
    return EXN_OK;
}

exn_status exn_images_masks(const exn_images *images, const exn_images_entry *entry,
                            exn_buffer *pointers)
{
    exn_status status = EXN_OK;
    for (size_t i = entry->first_mask; i && status == EXN_OK; i = mask_at(images, i)->next) {
        const char *name = (const char *)images->texts.data + mask_at(images, i)->name;
        status = exn_buffer_append(pointers, &name, sizeof name);
    }
    return status;
}

uint32_t exn_images_read_size(const exn_numbers *sizes, size_t index)
{
    exn_decimal number;
    uint32_t size;
    return exn_decimal_read(exn_numbers_text(sizes, index), &number) &&
                   exn_decimal_is_size(&number, &size)
               ? size
               : 0;
}

void exn_images_set_size(exn_images_entry *entry, uint32_t width, uint32_t height)
{
    entry->has_size = true;
    entry->width = width;
    entry->height = height;
}

/* If an image's masks differ in size, they speak against both frames. */
void exn_images_note_mask(exn_images_entry *entry, uint32_t width, uint32_t height)
{
    if (entry->mask_width != width || entry->mask_height != height)
        entry->masks_differ |= entry->mask_width > 0;
    entry->mask_width = width;
    entry->mask_height = height;
}

/* Tools that never saw the image write 0x0. A size may fit either frame, whichever frame the shapes
 * are in: some tools take it from the file, some from what they display. Any other size belongs to
 * another picture. */
exn_status exn_images_check_size(const exn_images_entry *entry, const exn_result *image,
                                 exn_error *error)
{
    if (!entry->has_size || (entry->width == 0 && entry->height == 0) ||
        (entry->width == image->width_in && entry->height == image->height_in))
        return EXN_OK;
    exn_orientation o = exn_orientation_shown(image->orientation_given, image->orientation);
    uint32_t width = image->width_in, height = image->height_in;
    exn_orientation_size(o, &width, &height);
    if (entry->width == width && entry->height == height)
        return EXN_OK;
    return exn_label_fail(error, EXN_CORRUPT, &entry->place,
                          "it says %" PRIu32 "x%" PRIu32 ", its image is %" PRIu32 "x%" PRIu32,
                          entry->width, entry->height, image->width_in, image->height_in);
}

/* What failed has no output. Where nothing changes the file stays, whatever it says. */
exn_status exn_images_check_common(const exn_images *images, exn_error *error)
{
    const exn_images_entry *first = NULL, *other = NULL;
    bool is_any = false;
    for (size_t i = 0; i < exn_images_count(images) && images->is_common_size; i++) {
        const exn_images_entry *entry = exn_images_at(images, i);
        if (entry->is_failed || !entry->has_output)
            continue;
        is_any |= !entry->is_still;
        first = first ? first : entry;
        if (entry->width_out != first->width_out || entry->height_out != first->height_out)
            other = entry;
    }
    if (!is_any || !other)
        return EXN_OK;
    return exn_label_fail(error, EXN_UNSUPPORTED, &first->place,
                          "it is the size of all images, and now '%s' is %" PRIu32 "x%" PRIu32
                          ", '%s' is %" PRIu32 "x%" PRIu32,
                          exn_images_name(images, first), first->width_out, first->height_out,
                          exn_images_name(images, other), other->width_out, other->height_out);
}
