/* SPDX-License-Identifier: MIT */
#include "renames.h"

#include <string.h>

enum { LONGEST = 16 }; /* bytes of an extension */

/* From the last dot on. A name without one only gets an extension appended; then it is the name's
 * last byte, so that there is something to recognize in the file. */
static size_t ending_of(const char *name, size_t size)
{
    const char *dot = memrchr(name, '.', size);
    return dot && !memchr(dot, '/', size - (size_t)(dot - name)) ? (size_t)(dot - name) : size - 1;
}

/* Text that needs no escapes in a JSON string, an XML attribute or a table's field. */
static bool is_plain(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
              (text[i] >= '0' && text[i] <= '9') || text[i] == '.' || text[i] == '_' ||
              text[i] == '-'))
            return false;
    return true;
}

exn_status exn_renames_note(exn_images *images, exn_images_entry *entry, const char *name,
                            exn_error *error)
{
    const char *old = exn_images_name(images, entry);
    const size_t size = entry->name_size, new_size = name ? strlen(name) : 0;
    if (!name || entry->is_stem || size == 0 || strcmp(old, name) == 0)
        return EXN_OK;
    size_t kept = ending_of(old, size);
    /* If an extension is appended to another one: a.v2 becomes a.v2.jpg. */
    if (new_size >= size && strncmp(old, name, size) == 0)
        kept = size - 1;
    if (new_size <= kept || strncmp(old, name, kept) != 0 || size - kept > LONGEST ||
        new_size - kept > LONGEST || !is_plain(name + kept + 1, new_size - kept - 1))
        return exn_status_fail(
            error, EXN_BAD_ARGUMENT,
            "output_name returned '%.60s' for '%.60s', which is more than another "
            "ending",
            name, old);
    entry->old_ending_size = size - kept;
    entry->ending = images->texts.size;
    entry->ending_size = new_size - kept;
    exn_status status =
        exn_account_append(images->account, &images->texts, name + kept, new_size - kept);
    entry->is_renamed = status == EXN_OK;
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "%s", "");
}

/* The bytes in the file decide, so nothing depends on how a format escapes its texts. */
static exn_status put_at(const exn_images *images, const exn_images_entry *entry, uint64_t end,
                         bool *is_there, exn_edits *edits, exn_error *error)
{
    char old[LONGEST];
    const char *name = exn_images_name(images, entry);
    const size_t size = entry->old_ending_size;
    const exn_source *source = edits->source;
    *is_there = false;
    if (end < size || end > source->size)
        return EXN_OK;
    int sys_errno = source->read(source->context, old, size, end - size);
    if (sys_errno != 0)
        return exn_status_fail_errno(error, EXN_READ, sys_errno);
    *is_there = memcmp(old, name + entry->name_size - size, size) == 0;
    return *is_there ? exn_edits_put(edits, end - size, size,
                                     exn_span_part(exn_buffer_span(&images->texts), entry->ending,
                                                   entry->ending_size),
                                     error)
                     : EXN_OK;
}

exn_status exn_renames_put_key(const exn_images *images, const exn_images_entry *entry,
                               const exn_label_bytes *key, exn_edits *edits, exn_error *error)
{
    bool is_there;
    const exn_span own = exn_images_key(images, entry);
    if (!entry->is_renamed || !key->is_key || own.size < entry->name_size ||
        !exn_span_starts(own, exn_images_name(images, entry), entry->name_size))
        return EXN_OK;
    for (size_t i = entry->name_size; i < own.size; i++)
        if ((own.data[i] < '0' || own.data[i] > '9') && own.data[i] != '-')
            return EXN_OK;
    /* Digits have no escapes, so they take as many bytes in the file. */
    return put_at(images, entry, key->offset + key->text.size - (own.size - entry->name_size),
                  &is_there, edits, error);
}

exn_status exn_renames_put(const exn_images *images, exn_images_entry *entry,
                           const exn_label_image *image, exn_edits *edits, exn_error *error)
{
    bool is_there = false;
    if (!entry->is_renamed)
        return EXN_OK;
    entry->is_told |= image->name_end != 0;
    exn_status status = EXN_OK;
    if (image->name_end != 0 && image->name_end != EXN_LABEL_TOLD) {
        status = put_at(images, entry, image->name_end, &is_there, edits, error);
        if (status == EXN_OK && !is_there)
            return exn_label_fail(error, EXN_UNSUPPORTED, &image->place,
                                  "the name of its image is not in plain text, and would have to "
                                  "change");
    }
    return status == EXN_OK && image->path_end
               ? put_at(images, entry, image->path_end, &is_there, edits, error)
               : status;
}

/* If a format's reader did not report where names stand, they would keep naming files that no
 * longer exist. */
exn_status exn_renames_check(const exn_images *images, exn_error *error)
{
    for (size_t i = 0; i < exn_images_count(images); i++) {
        const exn_images_entry *entry = exn_images_at(images, i);
        if (entry->is_renamed && !entry->is_told)
            return exn_label_fail(error, EXN_UNSUPPORTED, &entry->place,
                                  "the names of images of this format cannot be changed");
    }
    return EXN_OK;
}
