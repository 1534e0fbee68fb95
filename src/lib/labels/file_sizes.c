/* SPDX-License-Identifier: MIT */
#include "file_sizes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* VIA appends the number directly to the name. */
static bool ends_with(exn_span text, exn_span end)
{
    return text.size >= end.size &&
           memcmp(text.data + text.size - end.size, end.data, end.size) == 0;
}

/* Whether the key is exactly the name followed by these digits. */
static bool is_made_of(exn_span key, exn_span name, exn_span digits)
{
    return key.size == name.size + digits.size && exn_span_starts(key, name.data, name.size) &&
           ends_with(key, digits);
}

/* Only what is fully understood is edited: a key that is not the name and the number may mean
 * anything, and if a file's size is unknown, what the label file says is kept. */
exn_status exn_file_sizes_put(const exn_images *images, const exn_images_entry *entry,
                              const exn_label_bytes *bytes, exn_edits *edits, exn_error *error)
{
    char old[24], new[24];
    if (!entry->is_named || !entry->bytes || !entry->bytes_out || entry->bytes == entry->bytes_out)
        return EXN_OK;
    const exn_span digits = {(const uint8_t *)old,
                             (size_t)snprintf(old, sizeof old, "%" PRIu64, entry->bytes)},
                   instead = {(const uint8_t *)new,
                              (size_t)snprintf(new, sizeof new, "%" PRIu64, entry->bytes_out)},
                   name = {(const uint8_t *)exn_images_name(images, entry), entry->name_size};
    if (!ends_with(bytes->text, digits) ||
        (bytes->is_key && !is_made_of(exn_images_key(images, entry), name, digits)))
        return EXN_OK;
    return exn_edits_put(edits, bytes->offset + bytes->text.size - digits.size, digits.size,
                         instead, error);
}
