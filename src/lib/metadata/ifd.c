/* SPDX-License-Identifier: MIT */
#include "ifd.h"

enum {
    POINTERS_MAX = 1024,   /* followed in one inventory, including those to known tables */
    ENTRIES_MAX = 1 << 17, /* of all tables together */
    VISITS_MAX = 1 << 17,  /* for each table, all entries are checked for use of its bytes */
    /* What even a small block may have beyond its share. */
    LOST_ENTRIES = 64,
};

/* Tables that do not overlap have no more entries than fit; only false tables may overlap them. */
static bool too_many(const exn_tiff *tiff, const exn_ifds *ifds)
{
    return ifds->entries > ENTRIES_MAX ||
           (uint64_t)ifds->entries * (ifds->count - 1) > VISITS_MAX ||
           ifds->entries > 2 * (tiff->size / EXN_IFD_ENTRY_SIZE) + LOST_ENTRIES;
}

/* A count too large for the data is no reason to stop: both browsers read the whole entries that
 * fit, so this does, too. */
bool exn_ifd_open(const exn_tiff *tiff, size_t offset, exn_ifd_kind kind, exn_ifd *ifd)
{
    if (!exn_tiff_has(tiff, offset, 2))
        return false;
    size_t room = (tiff->size - offset - 2) / EXN_IFD_ENTRY_SIZE;
    *ifd = (exn_ifd){.offset = offset,
                     .declared = exn_tiff_get16(tiff, offset),
                     .pointers = 1,
                     .kind = kind,
                     .is_read = kind == EXN_IFD_MAIN || kind == EXN_IFD_EXIF};
    ifd->whole = ifd->declared < room ? ifd->declared : (uint32_t)room;
    return true;
}

/* TIFF 6.0, section 2: byte-order mark, magic number, offset of IFD0. That offset should be even,
 * but readers do not require that. */
bool exn_ifd_open_any_tiff(exn_span bytes, exn_tiff *tiff, exn_ifd *ifd0)
{
    if (bytes.size < EXN_TIFF_HEADER_SIZE ||
        (!exn_span_starts(bytes, "MM", 2) && !exn_span_starts(bytes, "II", 2)))
        return false;
    *tiff = (exn_tiff){bytes.data, bytes.size, bytes.data[0] == 'M'};
    uint32_t offset = exn_tiff_get32(tiff, 4);
    return offset >= EXN_TIFF_HEADER_SIZE && exn_ifd_open(tiff, offset, EXN_IFD_MAIN, ifd0);
}

bool exn_ifd_open_tiff(exn_span bytes, exn_tiff *tiff, exn_ifd *ifd0)
{
    return exn_ifd_open_any_tiff(bytes, tiff, ifd0) && exn_tiff_get16(tiff, 2) == 42;
}

exn_ifd_entry exn_ifd_entry_at(const exn_tiff *tiff, const exn_ifd *ifd, uint32_t index)
{
    size_t at = ifd->offset + 2 + (size_t)index * EXN_IFD_ENTRY_SIZE;
    return (exn_ifd_entry){exn_tiff_get16(tiff, at), exn_tiff_get16(tiff, at + 2),
                           exn_tiff_get32(tiff, at + 4), at + EXN_IFD_VALUE_AT};
}

bool exn_ifd_find(const exn_tiff *tiff, const exn_ifd *ifd, uint32_t tag, exn_ifd_entry *found)
{
    for (uint32_t i = 0; i < ifd->whole; i++) {
        *found = exn_ifd_entry_at(tiff, ifd, i);
        if (found->tag == tag)
            return true;
    }
    return false;
}

/* A value shorter than four bytes is left-aligned in its field, in either byte order. */
bool exn_ifd_number(const exn_tiff *tiff, const exn_ifd_entry *entry, uint32_t *value)
{
    if (entry->count != 1 || (entry->type != EXN_TYPE_SHORT && entry->type != EXN_TYPE_LONG))
        return false;
    *value = entry->type == EXN_TYPE_SHORT ? exn_tiff_get16(tiff, entry->at)
                                           : exn_tiff_get32(tiff, entry->at);
    return true;
}

bool exn_ifd_find_number(const exn_tiff *tiff, const exn_ifd *ifd, uint32_t tag, uint32_t *value)
{
    exn_ifd_entry entry;
    return exn_ifd_find(tiff, ifd, tag, &entry) && exn_ifd_number(tiff, &entry, value);
}

/* Bytes per value, TIFF 6.0 section 2; 0 if the type is unknown. Type 13 is IFD, from Adobe's
 * Technical Note 1. Exif's UTF-8 (129) and BigTIFF's types are unknown, so nothing is assumed about
 * their values. */
static uint32_t type_size(uint32_t type)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    return type < sizeof sizes ? sizes[type] : 0;
}

bool exn_ifd_value(const exn_tiff *tiff, const exn_ifd_entry *entry, size_t *offset, size_t *size)
{
    /* At most 8 times 2^32. Up to four bytes are in the entry itself; it points to larger values.
     */
    uint64_t bytes = (uint64_t)type_size(entry->type) * entry->count;
    *offset = bytes <= 4 ? entry->at : exn_tiff_get32(tiff, entry->at);
    *size = (size_t)bytes;
    return bytes > 0 && exn_tiff_has(tiff, *offset, bytes);
}

/* A truncated table cannot have the pointer, whatever bytes follow its last whole entry. */
bool exn_ifd_has_next(const exn_tiff *tiff, const exn_ifd *ifd)
{
    return ifd->declared == ifd->whole && exn_tiff_has(tiff, exn_ifd_end(ifd), EXN_IFD_NEXT_SIZE);
}

/* --- The inventory --- */

/* It follows more pointers than any browser does, so that what it calls clean is clean for all. No
 * table begins inside the header, and 0 means none; but Firefox would follow an Exif pointer even
 * there. */
static void add_table(const exn_tiff *tiff, exn_ifds *ifds, size_t offset, exn_ifd_kind kind,
                      size_t previous)
{
    exn_ifd t;
    /* Pointers that lead nowhere count too, since an array of millions of them takes time. */
    ifds->over = ifds->over || ++ifds->pointers > POINTERS_MAX;
    if ((offset < EXN_TIFF_HEADER_SIZE && kind != EXN_IFD_EXIF) || ifds->over ||
        !exn_ifd_open(tiff, offset, kind, &t))
        return;
    t.previous = previous;
    for (size_t i = 0; i < ifds->count; i++) {
        exn_ifd *known = &ifds->tables[i];
        /* A loop of tables ends here. */
        if (known->offset == offset) {
            known->pointers++;
            known->is_read = known->is_read || t.is_read;
            return;
        }
    }
    if (ifds->count == EXN_IFDS_MAX) {
        ifds->over = true;
        return;
    }
    ifds->tables[ifds->count++] = t;
    ifds->entries += t.whole;
    ifds->over = too_many(tiff, ifds);
}

/* Firefox takes the four bytes as an offset whatever the type; a SHORT is also followed by its
 * value. */
static void add_exif_ifd(const exn_tiff *tiff, exn_ifds *ifds, const exn_ifd_entry *e)
{
    uint32_t offset = exn_tiff_get32(tiff, e->at), narrow = exn_tiff_get16(tiff, e->at);
    add_table(tiff, ifds, offset, EXN_IFD_EXIF, 0);
    if (e->type == EXN_TYPE_SHORT && narrow != offset)
        add_table(tiff, ifds, narrow, EXN_IFD_EXIF, 0);
}

/* TIFF/EP and Adobe's TIFF Technical Note 1: one inline pointer, or an array of them. */
static void add_sub_ifds(const exn_tiff *tiff, exn_ifds *ifds, const exn_ifd_entry *e)
{
    if (e->type != EXN_TYPE_LONG && e->type != EXN_TYPE_IFD)
        return;
    uint64_t at = e->count == 1 ? e->at : exn_tiff_get32(tiff, e->at);
    for (uint32_t i = 0; i < e->count && exn_tiff_has(tiff, at, 4) && !ifds->over; i++, at += 4)
        add_table(tiff, ifds, exn_tiff_get32(tiff, (size_t)at), EXN_IFD_SUB, 0);
}

/* Only IFD0 has a chain: the four bytes after an Exif IFD are often something else, because many
 * writers omit that pointer, and no reader follows them. */
static bool is_chain(const exn_ifd *t)
{
    return t->kind == EXN_IFD_MAIN || t->kind == EXN_IFD_CHAINED;
}

/* Exif and SubIFD pointers are followed from any table, although the standards have them only in
 * IFD0: a reader that follows them would rotate by what is overlooked here. */
static void follow_table(const exn_tiff *tiff, exn_ifds *ifds, size_t index)
{
    const exn_ifd t = ifds->tables[index];
    for (uint32_t i = 0; i < t.whole && !ifds->over; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, &t, i);
        if (e.tag == EXN_TAG_EXIF_IFD)
            add_exif_ifd(tiff, ifds, &e);
        else if (e.tag == EXN_TAG_SUB_IFDS)
            add_sub_ifds(tiff, ifds, &e);
    }
    if (is_chain(&t) && exn_ifd_has_next(tiff, &t))
        add_table(tiff, ifds, exn_tiff_get32(tiff, exn_ifd_end(&t)), EXN_IFD_CHAINED, index);
}

/* GPS and Interoperability IFDs (EXIF 2.32, 4.6.3). */
static void add_side_tables(const exn_tiff *tiff, exn_ifds *ifds, exn_ifd t)
{
    for (uint32_t i = 0; i < t.whole && !ifds->over; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, &t, i);
        if ((e.tag == EXN_TAG_GPS_IFD || e.tag == EXN_TAG_INTEROP_IFD) && e.count == 1 &&
            (e.type == EXN_TYPE_LONG || e.type == EXN_TYPE_IFD))
            add_table(tiff, ifds, exn_tiff_get32(tiff, e.at), EXN_IFD_SIDE, 0);
    }
}

/* Side tables come last: by then every other table is known as what it is, whatever else points to
 * it. */
void exn_ifd_take(const exn_tiff *tiff, const exn_ifd *ifd0, exn_ifds *ifds)
{
    *ifds = (exn_ifds){.tables = {*ifd0}, .count = 1, .pointers = 1, .entries = ifd0->whole};
    for (size_t i = 0; i < ifds->count; i++)
        follow_table(tiff, ifds, i);
    size_t known = ifds->count;
    for (size_t i = 0; i < known; i++)
        add_side_tables(tiff, ifds, ifds->tables[i]);
}

/* --- Who uses which bytes --- */

/* An empty range overlaps nothing. 64 bits, because offset and size of a hostile entry may exceed
 * 32 bits in total. */
static bool ranges_meet(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
    return a < a_end && b < b_end && a < b_end && b < a_end;
}

/* How many pictures that u's entries point to (IFD1's thumbnail: a JPEG, a strip) overlap from..to.
 */
static uint32_t pictures_meet(const exn_tiff *tiff, const exn_ifd *u, uint64_t from, uint64_t to)
{
    uint64_t at[2] = {0, 0}, size[2] = {0, 0}; /* no picture begins at 0 */
    for (uint32_t i = 0; i < u->whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, u, i);
        /* Several strips have lists of offsets, which are values; where those lead is not followed.
         */
        bool strip = e.tag == EXN_TAG_STRIP_OFFSETS || e.tag == EXN_TAG_STRIP_BYTE_COUNTS;
        bool offset = e.tag == EXN_TAG_STRIP_OFFSETS || e.tag == EXN_TAG_THUMBNAIL_OFFSET;
        if (e.count != 1 || (!strip && !offset && e.tag != EXN_TAG_THUMBNAIL_SIZE))
            continue;
        *(offset ? &at[strip] : &size[strip]) =
            e.type == EXN_TYPE_SHORT ? exn_tiff_get16(tiff, e.at) : exn_tiff_get32(tiff, e.at);
    }
    uint32_t met = 0;
    for (int i = 0; i < 2; i++)
        met += at[i] && ranges_meet(at[i], at[i] + size[i], from, to);
    return met;
}

/* How many out-of-line values of u overlap from..to; with `whole`, only those that lie in the data.
 * A 0x0112's own value is removed with its entry. */
static uint32_t values_meet(const exn_tiff *tiff, const exn_ifd *u, uint64_t from, uint64_t to,
                            bool whole)
{
    uint32_t met = 0;
    for (uint32_t i = 0; i < u->whole; i++) {
        exn_ifd_entry e = exn_ifd_entry_at(tiff, u, i);
        uint64_t size = (uint64_t)type_size(e.type) * e.count;
        uint64_t at = exn_tiff_get32(tiff, e.at);
        met += size > 4 && e.tag != EXN_TAG_ORIENTATION && ranges_meet(at, at + size, from, to) &&
               (!whole || exn_tiff_has(tiff, at, size));
    }
    return met;
}

/* A "table" that begins inside the header cannot be damaged; only Firefox would read it, and it is
 * never edited. Many writers omit the next-IFD pointer of Exif and GPS IFDs. */
static bool table_meets(const exn_ifd *u, size_t from, size_t to)
{
    size_t end = exn_ifd_end(u) + (is_chain(u) ? EXN_IFD_NEXT_SIZE : 0);
    return u->offset >= EXN_TIFF_HEADER_SIZE && ranges_meet(u->offset, end, from, to);
}

/* Its own values and pictures must not lie in it either: moving entries would move their bytes. */
bool exn_ifd_overlap(const exn_tiff *tiff, const exn_ifds *ifds, const exn_ifd *ifd, size_t size)
{
    size_t from = ifd->offset, to = from + size;
    if (from < EXN_TIFF_HEADER_SIZE)
        return true;
    for (size_t i = 0; i < ifds->count; i++) {
        const exn_ifd *u = &ifds->tables[i];
        if (u->offset < EXN_TIFF_HEADER_SIZE)
            continue;
        if ((u->offset != from && table_meets(u, from, to)) ||
            values_meet(tiff, u, from, to, false) || pictures_meet(tiff, u, from, to))
            return true;
    }
    return false;
}

static uint32_t count_users(const exn_tiff *tiff, const exn_ifds *ifds, size_t from, size_t to,
                            bool whole)
{
    /* The header is a user like any other. */
    uint32_t users = from < EXN_TIFF_HEADER_SIZE;
    for (size_t i = 0; i < ifds->count; i++) {
        const exn_ifd *u = &ifds->tables[i];
        if (u->offset < EXN_TIFF_HEADER_SIZE)
            continue;
        users += table_meets(u, from, to) + values_meet(tiff, u, from, to, whole) +
                 pictures_meet(tiff, u, from, to);
    }
    return users;
}

uint32_t exn_ifd_users(const exn_tiff *tiff, const exn_ifds *ifds, size_t from, size_t to)
{
    return count_users(tiff, ifds, from, to, false);
}

uint32_t exn_ifd_sound_users(const exn_tiff *tiff, const exn_ifds *ifds, size_t from, size_t to)
{
    return count_users(tiff, ifds, from, to, true);
}

bool exn_ifd_complete(const exn_tiff *tiff, const exn_ifds *ifds)
{
    for (size_t i = 0; i < ifds->count; i++) {
        const exn_ifd *u = &ifds->tables[i];
        if (u->offset >= EXN_TIFF_HEADER_SIZE &&
            (u->declared != u->whole || values_meet(tiff, u, tiff->size, UINT64_MAX, false) ||
             pictures_meet(tiff, u, tiff->size, UINT64_MAX)))
            return false;
    }
    return true;
}

/* Only the first two bytes of the value field are read. */
uint32_t exn_ifd_usable_orientation(const exn_tiff *tiff, const exn_ifd_entry *entry)
{
    if (entry->type != EXN_TYPE_SHORT || entry->count != 1)
        return 0;
    uint32_t value = exn_tiff_get16(tiff, entry->at);
    return value >= 1 && value <= 8 ? value : 0;
}
