/* SPDX-License-Identifier: MIT */
/* Three readings of the tags of one Exif block:
 *
 * - Chromium's, which decides its orientation;
 * - Firefox's, which only tells whether the block is ambiguous;
 * - the inventory's: every table that has to be clean, whoever reads it. Predicate and edit both
 *   use it. */
#include "exif_tags.h"

#include <string.h>

#include "exif_density.h"

/* --- Chromium's reading --- */

/* The whole table counts, even after a bad tag; pointers in it are not followed. */
static uint32_t chromium_exif_ifd(const exn_tiff *tiff, size_t offset)
{
    exn_ifd t;
    if (!exn_ifd_open(tiff, offset, EXN_IFD_EXIF, &t))
        return 0;
    for (uint32_t i = 0; i < t.whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, &t, i);
        uint32_t value = e.tag == EXN_TAG_ORIENTATION ? exn_ifd_usable_orientation(tiff, &e) : 0;
        if (value)
            return value;
    }
    return 0;
}

/* The first usable tag wins; an Exif IFD is walked when its pointer is found, but not one inside
 * another. */
static uint32_t chromium_reading(const exn_tiff *tiff, const exn_ifd *ifd0, exn_place *place)
{
    uint32_t followed = 0;
    for (uint32_t i = 0; i < ifd0->whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, ifd0, i);
        uint32_t value = 0;
        *place = EXN_PLACE_IFD0;
        if (e.tag == EXN_TAG_ORIENTATION) {
            value = exn_ifd_usable_orientation(tiff, &e);
        } else if (e.tag == EXN_TAG_EXIF_IFD && e.type == EXN_TYPE_LONG && e.count == 1 &&
                   followed++ < EXN_IFDS_MAX) {
            *place = EXN_PLACE_EXIF_IFD;
            value = chromium_exif_ifd(tiff, exn_tiff_get32(tiff, e.at));
        }
        if (value)
            return value;
    }
    *place = EXN_PLACE_NONE;
    return 0;
}

/* --- Firefox's reading --- */

/* The last usable tag wins; a bad one ends its table; pointers are followed from anywhere, whatever
 * their type; a tag counts as soon as its two value bytes are there. The tables visited limit the
 * recursion and stop loops. */
static void firefox_reading(const exn_tiff *tiff, const exn_ifd *t, uint32_t *tables,
                            uint32_t *orientation)
{
    for (uint32_t i = 0; i < t->whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, t, i);
        if (e.tag == EXN_TAG_ORIENTATION) {
            uint32_t value = exn_ifd_usable_orientation(tiff, &e);
            if (!value)
                return;
            *orientation = value;
        }
        exn_ifd nested;
        if (e.tag == EXN_TAG_EXIF_IFD && *tables < EXN_IFDS_MAX &&
            exn_ifd_open(tiff, exn_tiff_get32(tiff, e.at), EXN_IFD_EXIF, &nested)) {
            ++*tables;
            firefox_reading(tiff, &nested, tables, orientation);
        }
    }
    if (t->declared == t->whole || !exn_tiff_has(tiff, exn_ifd_end(t), EXN_IFD_VALUE_AT + 2))
        return;
    exn_ifd_entry cut = exn_ifd_entry_at(tiff, t, t->whole);
    uint32_t value = cut.tag == EXN_TAG_ORIENTATION ? exn_ifd_usable_orientation(tiff, &cut) : 0;
    if (value)
        *orientation = value;
}

/* --- The predicate --- */

/* Duplicates are never clean, because it depends on the reader which one counts. A truncated entry
 * is never clean, however little of it is left, because some reader pads with zeros. */
exn_exif_tally exn_exif_tags_tally(const exn_tiff *tiff, const exn_ifd *ifd)
{
    exn_exif_tally sum = {0};
    bool neutral = true;
    for (uint32_t i = 0; i < ifd->whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, ifd, i);
        if (e.tag != EXN_TAG_ORIENTATION)
            continue;
        sum.found++;
        neutral = neutral && exn_ifd_usable_orientation(tiff, &e) == 1;
    }
    size_t end = exn_ifd_end(ifd);
    sum.partial = ifd->declared > ifd->whole && exn_tiff_has(tiff, end, 2) &&
                  exn_tiff_get16(tiff, end) == EXN_TAG_ORIENTATION;
    sum.clean = neutral && sum.found <= 1 && !sum.partial;
    return sum;
}

/* Examines every table that has to be clean. *in_read_tables: whether one that browsers read has a
 * 0x0112. */
static bool needs_cleaning(const exn_tiff *tiff, const exn_ifds *ifds, bool *in_read_tables)
{
    bool any = false, dirty = false;
    *in_read_tables = false;
    for (size_t i = 0; i < ifds->count; i++) {
        const exn_ifd *t = &ifds->tables[i];
        exn_exif_tally sum = exn_exif_tags_tally(tiff, t);
        bool present = sum.found || sum.partial;
        any = any || present;
        *in_read_tables = *in_read_tables || (present && t->is_read);
        dirty = dirty || !sum.clean;
    }
    return dirty || (ifds->over && any);
}

/* An entry of one SHORT other than 1 in bytes without a header: exiftool joins an Exif segment with
 * the next one that has no byte-order mark. */
static bool has_loose_entry(exn_span bytes)
{
    static const uint8_t big[] = {1, 0x12, 0, 3, 0, 0, 0, 1},
                         little[] = {0x12, 1, 3, 0, 1, 0, 0, 0};
    for (size_t at = 0; at + EXN_IFD_VALUE_AT + 2 <= bytes.size; at++) {
        const uint8_t *entry = bytes.data + at;
        bool is_big = memcmp(entry, big, sizeof big) == 0;
        if ((is_big || memcmp(entry, little, sizeof little) == 0) &&
            exn_get16(entry + EXN_IFD_VALUE_AT, is_big) != 1)
            return true;
    }
    return false;
}

bool exn_exif_tags_has_header(exn_span bytes)
{
    return exn_span_starts(bytes, "II*\0", 4) || exn_span_starts(bytes, "MM\0*", 4);
}

bool exn_exif_tags_is_stray(exn_span bytes)
{
    exn_tiff tiff;
    exn_ifd ifd0;
    exn_ifds ifds;
    bool in_read_tables;
    if (!exn_span_starts(bytes, "MM", 2) && !exn_span_starts(bytes, "II", 2))
        return has_loose_entry(bytes);
    if (!exn_ifd_open_any_tiff(bytes, &tiff, &ifd0))
        return false;
    exn_ifd_take(&tiff, &ifd0, &ifds);
    return needs_cleaning(&tiff, &ifds, &in_read_tables);
}

/* EXIF 2.32, 4.6.5.1.3: PixelX/YDimension are the picture's size as stored, and cameras write them
 * so whatever the orientation. If they are swapped and the orientation swaps sides, a converter has
 * rotated the pixels and kept the block as it was. */
static bool is_already_turned(const exn_density *density, uint32_t orientation, uint32_t width,
                              uint32_t height)
{
    const uint32_t size[2] = {width, height};
    if (orientation < 5 || width == height || density->over)
        return false;
    for (int axis = 0; axis < 2; axis++) {
        for (size_t i = 0; i < density->pixel_counts[axis]; i++)
            if (density->pixels[axis][i] != size[!axis])
                return false;
        if (density->pixel_counts[axis] == 0)
            return false;
    }
    return true;
}

/* --- All of them --- */

bool exn_exif_tags_scan(exn_span bytes, uint32_t width, uint32_t height, exn_tiff *tiff,
                        exn_ifds *ifds, exn_exif *found)
{
    exn_ifd ifd0;
    exn_density density;
    *found = (exn_exif){0};
    if (!exn_ifd_open_tiff(bytes, tiff, &ifd0)) {
        if (exn_exif_tags_is_stray(bytes)) {
            found->reasons |= 1U << EXN_REASON_EXIF;
            found->warnings |= 1U << EXN_WARN_ORIENTATION_IGNORED;
        }
        return false;
    }
    exn_ifd_take(tiff, &ifd0, ifds);
    bool in_read_tables;
    bool unclean = needs_cleaning(tiff, ifds, &in_read_tables);

    /* Each reading has its own walk: the order of entries matters to them, but not to the
     * inventory. */
    uint32_t firefox = 0, tables = 1;
    firefox_reading(tiff, &ifd0, &tables, &firefox);
    found->orientation = chromium_reading(tiff, &ifd0, &found->place);
    if (unclean || found->orientation > 1 || firefox > 1)
        found->reasons |= 1U << EXN_REASON_EXIF;
    /* No orientation and 1 look the same. */
    if ((found->orientation ? found->orientation : 1) != (firefox ? firefox : 1))
        found->warnings |= 1U << EXN_WARN_ORIENTATION_AMBIGUOUS;
    else if (!found->orientation && !firefox && in_read_tables)
        found->warnings |= 1U << EXN_WARN_ORIENTATION_IGNORED;

    exn_exif_density_collect(tiff, ifds, &density);
    if (exn_exif_density_matches(tiff, &density, (uint32_t[]){width, height}))
        found->reasons |= 1U << EXN_REASON_DENSITY;
    if (is_already_turned(&density, found->orientation, width, height))
        found->warnings |= 1U << EXN_WARN_ALREADY_TURNED;
    return true;
}
