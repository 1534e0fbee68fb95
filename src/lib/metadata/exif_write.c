/* SPDX-License-Identifier: MIT */
/* The only ways in which an edit changes a block's bytes. Several entries of a block may share the
 * same bytes, so ownership is checked before anything is written. */
#include <string.h>

#include "exif_parts.h"

/* Writing the same bytes is no change: a block in which nothing changes is copied as it is. */
void exn_exif_write_bytes(exn_exif_editor *editor, size_t offset, const void *data, size_t size)
{
    uint8_t *at = exn_exif_bytes(editor) + offset;
    if (size == 0 || memcmp(at, data, size) == 0)
        return;
    memcpy(at, data, size);
    editor->changed = true;
}

void exn_exif_write_16(exn_exif_editor *editor, size_t offset, uint32_t value)
{
    uint8_t bytes[2];
    exn_put16(bytes, value, editor->tiff.big_endian);
    exn_exif_write_bytes(editor, offset, bytes, sizeof bytes);
}

void exn_exif_write_32(exn_exif_editor *editor, size_t offset, uint32_t value)
{
    uint8_t bytes[4];
    exn_put32(bytes, value, editor->tiff.big_endian);
    exn_exif_write_bytes(editor, offset, bytes, sizeof bytes);
}

void exn_exif_write_zero(exn_exif_editor *editor, size_t offset, size_t size)
{
    if (size == 0)
        return;
    memset(exn_exif_bytes(editor) + offset, 0, size);
    editor->changed = true;
}

bool exn_exif_write_fits(const exn_exif_editor *editor, const exn_ifd_entry *entry, uint32_t value)
{
    uint32_t old;
    return exn_ifd_number(&editor->tiff, entry, &old) &&
           (entry->type != EXN_TYPE_SHORT || value <= UINT16_MAX);
}

bool exn_exif_write_number(exn_exif_editor *editor, const exn_ifd_entry *entry, uint32_t value)
{
    if (!exn_exif_write_fits(editor, entry, value))
        return false;
    if (entry->type == EXN_TYPE_SHORT)
        exn_exif_write_16(editor, entry->at, value);
    else
        exn_exif_write_32(editor, entry->at, value);
    return true;
}

/* Values in entries do not need the next-IFD pointer that many Exif and Interoperability IFDs lack.
 */
bool exn_exif_write_owns_table(const exn_exif_editor *editor, const exn_ifd *ifd)
{
    size_t size = exn_ifd_end(ifd) - ifd->offset;
    return !exn_ifd_overlap(&editor->tiff, &editor->ifds, ifd, size);
}

bool exn_exif_write_owns_entry(exn_exif_editor *editor, const exn_ifd_entry *entry)
{
    enum { QUESTIONS_MAX = 256 };
    const size_t from = entry->at - EXN_IFD_VALUE_AT;
    return editor->questions++ < QUESTIONS_MAX &&
           exn_ifd_users(&editor->tiff, &editor->ifds, from, from + EXN_IFD_ENTRY_SIZE) == 1;
}

/* Finds a RATIONAL whose bytes nothing else uses; otherwise returns false. The only user must be
 * the entry itself. If two tags share a value, as XResolution and YResolution may, there are two.
 */
static bool own_rational(const exn_exif_editor *editor, const exn_ifd *t, uint32_t tag,
                         size_t *offset)
{
    exn_ifd_entry e;
    size_t size;
    return exn_ifd_find(&editor->tiff, t, tag, &e) && e.type == EXN_TYPE_RATIONAL && e.count == 1 &&
           exn_ifd_value(&editor->tiff, &e, offset, &size) &&
           exn_ifd_users(&editor->tiff, &editor->ifds, *offset, *offset + size) == 1;
}

/* A RATIONAL of a table, as its two numbers; false if there is none that can be read. */
static bool find_rational(const exn_tiff *tiff, const exn_ifd *t, uint32_t tag, uint64_t value[2])
{
    exn_ifd_entry e;
    size_t at, size;
    if (!exn_ifd_find(tiff, t, tag, &e) || e.type != EXN_TYPE_RATIONAL || e.count != 1 ||
        !exn_ifd_value(tiff, &e, &at, &size))
        return false;
    value[0] = exn_tiff_get32(tiff, at);
    value[1] = exn_tiff_get32(tiff, at + 4);
    return true;
}

/* Whether both axes have the same value, or none. */
static bool is_square(const exn_tiff *tiff, const exn_ifd *t, uint32_t tag_x, uint32_t tag_y)
{
    uint64_t x[2], y[2];
    const bool has_x = find_rational(tiff, t, tag_x, x), has_y = find_rational(tiff, t, tag_y, y);
    /* Different fractions may be equal, such as 72/1 and 720/10. Products of 32-bit numbers fit. */
    return has_x && has_y ? x[0] * y[1] == y[0] * x[1] : !has_x && !has_y;
}

void exn_exif_write_swap_rationals(exn_exif_editor *editor, const exn_ifd *ifd, uint32_t tag_x,
                                   uint32_t tag_y, bool writable)
{
    size_t x, y;
    uint8_t saved[EXN_IFD_RATIONAL_SIZE];
    if (!writable || !own_rational(editor, ifd, tag_x, &x) ||
        !own_rational(editor, ifd, tag_y, &y)) {
        if (!is_square(&editor->tiff, ifd, tag_x, tag_y))
            editor->warnings |= 1U << EXN_WARN_METADATA_STALE;
        return;
    }
    memcpy(saved, editor->tiff.data + x, sizeof saved);
    exn_exif_write_bytes(editor, x, editor->tiff.data + y, sizeof saved);
    exn_exif_write_bytes(editor, y, saved, sizeof saved);
}
