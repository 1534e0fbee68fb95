/* SPDX-License-Identifier: MIT */
/* Maps what a block says about the picture's size, its resolution and places in it, as the picture
 * is rotated. A value is written only if nothing else uses its bytes; others stay as they are, and
 * the post-condition of the edit judges the rest. */
#include <string.h>

#include "exif_parts.h"

enum { NO_UNIT = 1 }; /* ResolutionUnit, TIFF 6.0 section 8 */

/* --- Sizes --- */

/* The axis (0 is x, 1 is y) whose size a tag gives in a table of that kind, or -1. Browsers read
 * PixelX/YDimension from IFD0 and Exif IFDs and display the picture by them, so those are always
 * set; the others only if the picture is rotated. ImageWidth/Length of IFD1 are the thumbnail's. */
static int size_axis(const exn_ifd *t, uint32_t tag, bool turned)
{
    switch (tag) {
    case EXN_TAG_PIXEL_X_DIMENSION:
    case EXN_TAG_PIXEL_Y_DIMENSION:
        return t->is_read ? tag == EXN_TAG_PIXEL_Y_DIMENSION : -1;
    case EXN_TAG_IMAGE_WIDTH:
    case EXN_TAG_IMAGE_LENGTH:
        return turned && t->kind == EXN_IFD_MAIN ? tag == EXN_TAG_IMAGE_LENGTH : -1;
    case EXN_TAG_RELATED_IMAGE_WIDTH:
    case EXN_TAG_RELATED_IMAGE_LENGTH:
        if (turned && (t->is_read || t->kind == EXN_IFD_SIDE))
            return tag == EXN_TAG_RELATED_IMAGE_LENGTH;
        return -1;
    default:
        return -1;
    }
}

static void set_sizes(exn_exif_editor *editor, const exn_ifd *t, bool writable)
{
    bool turned = !exn_orientation_is_identity(editor->turn->o);
    for (uint32_t i = 0; i < t->whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(&editor->tiff, t, i);
        int axis = size_axis(t, e.tag, turned);
        uint32_t old;
        if (axis < 0 || (!writable && !exn_exif_write_owns_entry(editor, &e)))
            continue;
        /* A SHORT that cannot hold the value keeps its old one, which is now the other side's. */
        if (!exn_exif_write_number(editor, &e, editor->size[axis]) && turned &&
            exn_ifd_number(&editor->tiff, &e, &old))
            editor->warnings |= 1U << EXN_WARN_METADATA_STALE;
    }
}

/* --- Areas (EXIF 2.32, 4.6.5.2.3 and 4.6.5.5.20): in pixels of the stored picture --- */

/* One value in a list of SHORTs at offset. The caller has checked that they lie in the data. */
static uint32_t short_at(const exn_exif_editor *editor, size_t offset, uint32_t index)
{
    return exn_tiff_get16(&editor->tiff, offset + 2 * (size_t)index);
}

/* The size that the coordinates refer to: the stored size or, if x and y lie outside of it, the
 * size that PixelX/YDimension gave originally. False if it is neither. */
static bool frame_of(const exn_exif_editor *editor, uint32_t x, uint32_t y, uint32_t frame[2])
{
    const uint32_t stored[2] = {editor->turn->stored_width, editor->turn->stored_height};
    memcpy(frame, x < stored[0] && y < stored[1] ? stored : editor->said, sizeof stored);
    return x < frame[0] && y < frame[1];
}

/* Maps a point, a circle (point and diameter) or a box (centre, width, height). One in another
 * frame than the stored one is rotated there; as the frame is then no longer given, it is reported
 * as stale. Two SHORTs fit into the entry; more are elsewhere, where others may use them too. A
 * circle's diameter is the same in every orientation. */
static bool map_area(exn_exif_editor *editor, const exn_ifd *t, uint32_t tag, uint32_t count_max)
{
    const exn_exif_turn *turn = editor->turn;
    exn_ifd_entry e;
    size_t at, size;
    uint32_t frame[2];
    if (!exn_ifd_find(&editor->tiff, t, tag, &e))
        return true;
    if (e.type != EXN_TYPE_SHORT || e.count < 2 || e.count > count_max ||
        !exn_ifd_value(&editor->tiff, &e, &at, &size) ||
        (at != e.at && exn_ifd_users(&editor->tiff, &editor->ifds, at, at + size) != 1))
        return false;
    uint32_t x = short_at(editor, at, 0), y = short_at(editor, at, 1);
    if (!frame_of(editor, x, y, frame))
        return false;
    exn_orientation_point(turn->o, frame[0], frame[1], &x, &y);
    /* Nothing has been written so far, so the old area is unchanged. */
    if (x > UINT16_MAX || y > UINT16_MAX)
        return false;
    exn_exif_write_16(editor, at, x);
    exn_exif_write_16(editor, at + 2, y);
    if (e.count == 4 && turn->o.transpose) {
        uint32_t width = short_at(editor, at, 2), height = short_at(editor, at, 3);
        exn_exif_write_16(editor, at + 4, height);
        exn_exif_write_16(editor, at + 6, width);
    }
    return frame[0] == turn->stored_width && frame[1] == turn->stored_height;
}

/* --- Density --- */

/* Rewrites resolutions that are nearly 72, the only ones left with which the size in
 * PixelX/YDimension can match: Firefox would display the picture by them to a fraction of a pixel.
 * They change by less than half a pixel over the picture's whole width. One value may serve both
 * axes. */
static void round_to_72(exn_exif_editor *editor, const exn_density *d)
{
    for (int i = 0; i < 2; i++) {
        for (size_t r = 0; r < d->resolutions[i]; r++) {
            size_t at = exn_tiff_get32(&editor->tiff, d->resolution[i][r].at);
            uint32_t shared = 0;
            if (!exn_exif_density_is_near_72(&editor->tiff, at, editor->size[i]))
                continue;
            for (int k = 0; k < 2; k++)
                for (size_t q = 0; q < d->resolutions[k]; q++)
                    shared += exn_tiff_get32(&editor->tiff, d->resolution[k][q].at) == at;
            if (exn_ifd_users(&editor->tiff, &editor->ifds, at, at + EXN_IFD_RATIONAL_SIZE) !=
                shared)
                continue;
            exn_exif_write_32(editor, at, 72);
            exn_exif_write_32(editor, at + 4, 1);
        }
    }
}

/* The last resort: a resolution without a unit matches nothing. */
static void drop_unit(exn_exif_editor *editor)
{
    for (size_t i = 0; i < editor->ifds.count; i++) {
        const exn_ifd *t = &editor->ifds.tables[i];
        if (!t->is_read)
            continue;
        const bool writable = exn_exif_write_owns_table(editor, t);
        for (uint32_t k = 0; k < t->whole; k++) {
            exn_ifd_entry e = exn_ifd_entry_at(&editor->tiff, t, k);
            uint32_t unit;
            if (e.tag == EXN_TAG_RESOLUTION_UNIT && exn_ifd_number(&editor->tiff, &e, &unit) &&
                unit == EXN_UNIT_INCH && (writable || exn_exif_write_owns_entry(editor, &e)))
                exn_exif_write_number(editor, &e, NO_UNIT);
        }
    }
}

static bool matches(const exn_exif_editor *editor, const uint32_t size[2], exn_density *d)
{
    exn_exif_density_collect(&editor->tiff, &editor->ifds, d);
    return exn_exif_density_matches(&editor->tiff, d, size);
}

/* Setting PixelX/YDimension has ended every match except these. From the smallest change to the
 * largest, each tried only if the previous one was not enough. */
static void neutralize_density(exn_exif_editor *editor)
{
    exn_density density;
    if (!matches(editor, editor->size, &density))
        return;
    round_to_72(editor, &density);
    if (matches(editor, editor->size, &density))
        drop_unit(editor);
}

/* --- The whole --- */

/* In a table that shares bytes, only single entries are written. */
static void turn_table(exn_exif_editor *editor, const exn_ifd *t, bool writable)
{
    exn_ifd_entry e;
    const bool area = exn_ifd_find(&editor->tiff, t, EXN_TAG_SUBJECT_AREA, &e) ||
                      exn_ifd_find(&editor->tiff, t, EXN_TAG_SUBJECT_LOCATION, &e);
    bool mapped = !area;
    if (area && writable) {
        mapped = map_area(editor, t, EXN_TAG_SUBJECT_AREA, 4);
        mapped = map_area(editor, t, EXN_TAG_SUBJECT_LOCATION, 2) && mapped;
    }
    if (!mapped)
        editor->warnings |= 1U << EXN_WARN_METADATA_STALE;
    if (!editor->turn->o.transpose)
        return;
    exn_exif_write_swap_rationals(editor, t, EXN_TAG_X_RESOLUTION, EXN_TAG_Y_RESOLUTION, writable);
    exn_exif_write_swap_rationals(editor, t, EXN_TAG_FOCAL_PLANE_X_RESOLUTION,
                                  EXN_TAG_FOCAL_PLANE_Y_RESOLUTION, writable);
}

void exn_exif_values_edit(exn_exif_editor *editor)
{
    const uint32_t stored[2] = {editor->turn->stored_width, editor->turn->stored_height};
    exn_density density;
    if (matches(editor, stored, &density))
        editor->warnings |= 1U << EXN_WARN_DENSITY_NEUTRALIZED;
    for (int axis = 0; axis < 2 && density.pixel_counts[axis] > 0; axis++)
        editor->said[axis] = density.pixels[axis][0];
    for (size_t i = 0; i < editor->ifds.count; i++) {
        const exn_ifd *t = &editor->ifds.tables[i];
        if (!t->is_read && t->kind != EXN_IFD_SIDE)
            continue;
        const bool writable = exn_exif_write_owns_table(editor, t);
        if (t->is_read && !exn_orientation_is_identity(editor->turn->o))
            turn_table(editor, t, writable);
        set_sizes(editor, t, writable);
    }
    neutralize_density(editor);
}
