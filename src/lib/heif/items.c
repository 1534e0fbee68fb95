/* SPDX-License-Identifier: MIT */
#include "items.h"

#include <stdlib.h>
#include <string.h>

enum {
    FULL_BOX = 4, /* version and flags */
    MIME = EXN_HEIF_TYPE('m', 'i', 'm', 'e'),
};

/* Takes a zero-terminated text; the end of span ends it, too. */
static exn_span take_text(exn_span *span)
{
    const uint8_t *end = span->size ? memchr(span->data, 0, span->size) : NULL;
    const size_t size = end ? (size_t)(end - span->data) : span->size;
    const exn_span text = exn_span_part(*span, 0, size);
    *span = exn_span_part(*span, end ? size + 1 : size, SIZE_MAX);
    return text;
}

static bool is_text(exn_span text, const char *expected)
{
    return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

/* ISO 14496-12, 8.11.6: version 2 has 16-bit item numbers, version 3 has 32-bit ones. Earlier
 * versions have no types, and thus no pictures here.
 *
 *   infe:  number (2, or 4)  protection (2)  type (4)  name 0  [content type 0  encoding 0]
 *
 * Only mime has the last two, and the encoding may be missing. */
static bool take_entry(exn_span entry, exn_heif_item *item)
{
    const uint64_t version_flags = exn_heif_boxes_take(&entry, FULL_BOX);
    const uint32_t version = (uint32_t)(version_flags >> 24);
    *item = (exn_heif_item){.is_hidden = version_flags & 1};
    item->id = (uint32_t)exn_heif_boxes_take(&entry, version >= 3 ? 4 : 2);
    exn_heif_boxes_take(&entry, 2); /* of protection */
    if (version >= 2)
        item->type = (uint32_t)exn_heif_boxes_take(&entry, 4);
    if (!entry.data)
        return false;
    take_text(&entry); /* its name */
    /* Encoded content is not a packet that can be edited here. */
    if (item->type == MIME && is_text(take_text(&entry), "application/rdf+xml") &&
        take_text(&entry).size == 0)
        item->type = EXN_HEIF_XMP;
    return true;
}

static int by_number(const void *a, const void *b)
{
    const exn_heif_item *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Two walks, so that the list is allocated once. It is sorted, because references and places refer
 * to items by number, and a hostile file may have as many of each as fit into it. If two have the
 * same number, readers take one or the other. */
static exn_status list_items(exn_heif *heif, exn_error *error)
{
    exn_heif_box box;
    exn_span iinf = exn_heif_boxes_find(heif->meta, EXN_HEIF_TYPE('i', 'i', 'n', 'f'));
    size_t count = 0;
    const uint64_t version_flags = exn_heif_boxes_take(&iinf, FULL_BOX);
    exn_heif_boxes_take(&iinf,
                        version_flags >> 24 ? 4 : 2); /* the count, which the boxes tell as well */
    for (exn_span rest = iinf; exn_heif_boxes_next(&rest, &box);)
        count++;
    heif->items = calloc(count ? count : 1, sizeof *heif->items);
    if (!heif->items)
        return exn_status_fail(error, EXN_MEMORY, "items");
    while (heif->count < count && exn_heif_boxes_next(&iinf, &box))
        if (box.type == EXN_HEIF_TYPE('i', 'n', 'f', 'e') &&
            take_entry(box.data, &heif->items[heif->count]))
            heif->count++;
    qsort(heif->items, heif->count, sizeof *heif->items, by_number);
    for (size_t i = 1; i < heif->count; i++)
        if (heif->items[i].id == heif->items[i - 1].id)
            return exn_status_fail(error, EXN_CORRUPT, "two items have one number");
    return EXN_OK;
}

static exn_heif_item *find(const exn_heif *heif, uint32_t id)
{
    const exn_heif_item key = {.id = id};
    return heif->count ? bsearch(&key, heif->items, heif->count, sizeof key, by_number) : NULL;
}

const exn_heif_item *exn_heif_items_find(const exn_heif *heif, uint32_t id)
{
    return find(heif, id);
}

/* ISO 14496-12, 8.11.3. An entry whose item is not listed is skipped.
 *
 *   number (2, or 4)  method (2, from version 1)  data reference (2)  base (base_size)  count (2)
 *   then for each extent:  index (index_size)  offset (offset_size)  length (length_size)
 *
 * Extents are left in the box and parsed when they are followed, so they take no memory, however
 * many there are. */
static exn_status take_place(exn_heif *heif, exn_span *iloc, uint32_t version, uint32_t base_size,
                             exn_error *error)
{
    const uint32_t id = (uint32_t)exn_heif_boxes_take(iloc, version >= 2 ? 4 : 2);
    const uint64_t method = version >= 1 ? exn_heif_boxes_take(iloc, 2) & 15 : 0;
    const uint64_t elsewhere = exn_heif_boxes_take(iloc, 2);
    const uint64_t base = exn_heif_boxes_take(iloc, base_size);
    const uint32_t count = (uint32_t)exn_heif_boxes_take(iloc, 2);
    const uint64_t size =
        (uint64_t)count * (heif->index_size + heif->offset_size + heif->length_size);
    if (!iloc->data || size > iloc->size)
        return exn_status_fail(error, EXN_CORRUPT, "iloc ends before its items do");
    exn_heif_item *item = find(heif, id);
    if (item && item->extents.data)
        return exn_status_fail(error, EXN_CORRUPT, "an item has two places");
    if (item) {
        item->extents = exn_span_part(*iloc, 0, (size_t)size);
        item->base = base;
        item->extent_count = count;
        item->method = (uint8_t)method;
        item->is_elsewhere = elsewhere != 0;
    }
    *iloc = exn_span_part(*iloc, (size_t)size, SIZE_MAX);
    return EXN_OK;
}

/* First come four sizes of four bits each. The standard allows 0, 4 and 8 for them (8.11.3.3);
 * values in between can be read as well. */
static exn_status take_places(exn_heif *heif, exn_error *error)
{
    exn_span iloc = exn_heif_boxes_find(heif->meta, EXN_HEIF_TYPE('i', 'l', 'o', 'c'));
    if (!iloc.data)
        return EXN_OK;
    const uint32_t version = (uint32_t)(exn_heif_boxes_take(&iloc, FULL_BOX) >> 24);
    const uint64_t sizes = exn_heif_boxes_take(&iloc, 2);
    const uint32_t base_size = sizes >> 4 & 15;
    heif->offset_size = sizes >> 12 & 15;
    heif->length_size = sizes >> 8 & 15;
    heif->index_size = version == 1 || version == 2 ? sizes & 15 : 0;
    if (version > 2 || heif->offset_size > 8 || heif->length_size > 8 || heif->index_size > 8 ||
        base_size > 8)
        return exn_status_fail(error, EXN_CORRUPT,
                               "iloc: an unknown version, or numbers of over 8 bytes");
    const uint64_t count = exn_heif_boxes_take(&iloc, version >= 2 ? 4 : 2);
    exn_status status = EXN_OK;
    for (uint64_t i = 0; status == EXN_OK && i < count; i++)
        status = take_place(heif, &iloc, version, base_size, error);
    return status;
}

/* ISO 14496-12, 8.11.12: references by kind, from one item to several. Version 1 has 32-bit
 * numbers. */
typedef struct references {
    exn_span iref;
    exn_heif_box box;    /* of one kind from one item: what is left of its data are numbers, */
    size_t size;         /* of so many bytes */
    exn_heif_item *from; /* NULL: not known */
} references;

static references begin_references(const exn_heif *heif)
{
    references r = {.iref = exn_heif_boxes_find(heif->meta, EXN_HEIF_TYPE('i', 'r', 'e', 'f'))};
    r.size = exn_heif_boxes_take(&r.iref, FULL_BOX) >> 24 ? 4 : 2;
    return r;
}

static bool next_reference(exn_heif *heif, references *r)
{
    if (!exn_heif_boxes_next(&r->iref, &r->box))
        return false;
    r->from = find(heif, (uint32_t)exn_heif_boxes_take(&r->box.data, r->size));
    return true;
}

/* Directions differ: thmb and auxl lead from the thumbnail or auxiliary picture to the one
 * it belongs to, dimg from a derived picture to its inputs (ISO 23008-12, 6.4 and 6.6). */
static void take_references(exn_heif *heif)
{
    references r = begin_references(heif);
    while (next_reference(heif, &r)) {
        exn_heif_item *from = r.from;
        if (from && r.box.type == EXN_HEIF_TYPE('t', 'h', 'm', 'b'))
            from->is_thumbnail = true;
        if (from && r.box.type == EXN_HEIF_TYPE('a', 'u', 'x', 'l'))
            from->is_auxiliary = true;
        if (r.box.type != EXN_HEIF_TYPE('d', 'i', 'm', 'g'))
            continue;
        uint64_t count = exn_heif_boxes_take(&r.box.data, 2);
        for (; count > 0 && r.box.data.size > 0; count--) {
            const uint32_t id = (uint32_t)exn_heif_boxes_take(&r.box.data, r.size);
            exn_heif_item *item = find(heif, id);
            if (item)
                item->is_input = true;
            if (item && from && from->id == heif->primary)
                item->is_part = true;
            if (from && !from->input)
                from->input = id;
        }
    }
}

/* Which picture Exif and XMP describe is said by cdsc (ISO 23008-12, 6.4.2 and A.2), from the
 * metadata to the pictures. What describes a tile describes the whole of them. */
static void take_descriptions(exn_heif *heif)
{
    references r = begin_references(heif);
    while (next_reference(heif, &r)) {
        exn_heif_item *from = r.from;
        if (!from || r.box.type != EXN_HEIF_TYPE('c', 'd', 's', 'c'))
            continue;
        uint64_t count = exn_heif_boxes_take(&r.box.data, 2);
        for (; count > 0 && r.box.data.size > 0; count--) {
            const exn_heif_item *item =
                find(heif, (uint32_t)exn_heif_boxes_take(&r.box.data, r.size));
            if (item && item->id == heif->primary)
                from->is_primarys = true;
            else if (item && !item->is_part)
                from->is_others = true;
        }
    }
}

/* Of several the first that describes the primary picture, else the first that describes none. */
static const exn_heif_item *describing(const exn_heif *heif, uint32_t type)
{
    const exn_heif_item *any = NULL;
    for (size_t i = 0; i < heif->count; i++) {
        const exn_heif_item *item = &heif->items[i];
        if (item->type != type || !item->extents.data)
            continue;
        if (item->is_primarys)
            return item;
        if (!any && !item->is_others)
            any = item;
    }
    return any;
}

/* Finds which items are rotated. Readers differ about an ipma that ends early. The associations of
 * one item are adjacent, so it is looked up only once. */
static exn_status take_turns(exn_heif *heif, exn_error *error)
{
    exn_heif_walk walk = {.rest = heif->properties.iprp};
    exn_heif_association a;
    exn_heif_item *item = NULL;
    while (exn_heif_properties_next(&heif->properties, &walk, &a)) {
        if (!a.property || (a.property->type != EXN_HEIF_IROT && a.property->type != EXN_HEIF_IMIR))
            continue;
        if (!item || item->id != a.item)
            item = find(heif, a.item);
        if (item)
            item->is_turned = true;
    }
    return walk.cut ? exn_status_fail(error, EXN_CORRUPT, "ipma ends before its items do") : EXN_OK;
}

/* ISO 14496-12, 8.11.4: the item's number has 16 bits in version 0 and 32 in others. */
static void take_primary(exn_heif *heif)
{
    exn_span pitm = exn_heif_boxes_find(heif->meta, EXN_HEIF_TYPE('p', 'i', 't', 'm'));
    const uint64_t version_flags = exn_heif_boxes_take(&pitm, FULL_BOX);
    heif->primary = (uint32_t)exn_heif_boxes_take(&pitm, version_flags >> 24 ? 4 : 2);
    heif->has_primary = pitm.data != NULL;
}

/* Whether the meta box is complete; it is not if a box in it extends beyond it. */
static bool is_whole(exn_span boxes)
{
    exn_heif_box box;
    while (exn_heif_boxes_next(&boxes, &box))
        ;
    return boxes.size == 0;
}

/* Reads as much as possible, even if something is wrong with the file: one that is only read gets
 * what was found. */
exn_status exn_heif_items_read(exn_heif *heif, const exn_cancel *cancel, exn_error *error)
{
    exn_error first = {0};
    take_primary(heif);
    heif->idat = exn_heif_boxes_find(heif->meta, EXN_HEIF_TYPE('i', 'd', 'a', 't'));
    exn_status status = exn_heif_properties_list(
        &heif->properties, exn_heif_boxes_find(heif->meta, EXN_HEIF_TYPE('i', 'p', 'r', 'p')),
        error);
    if (status != EXN_OK)
        return status;
    exn_heif_properties_of(&heif->properties, heif->primary, &heif->shown);
    exn_status items = list_items(heif, &first);
    if (items == EXN_OK)
        items = exn_cancel_check(cancel, &first);
    if (items == EXN_OK)
        items = take_places(heif, &first);
    take_references(heif);
    take_descriptions(heif);
    heif->primary_exif = describing(heif, EXN_HEIF_EXIF);
    heif->primary_xmp = describing(heif, EXN_HEIF_XMP);
    status = take_turns(heif, &first);
    if (items == EXN_OK)
        items = status;
    if (items == EXN_OK && !is_whole(heif->meta))
        items = exn_status_fail(&first, EXN_CORRUPT, "the meta box is cut off");
    return items == EXN_OK ? EXN_OK : exn_status_fail(error, items, "%s", first.detail);
}

/* Whether it is coded (hvc1, av01, avc1, jpeg) or derived from others (ISO 23008-12, 6.6.2): a
 * grid, an overlay, the same picture again (iden), one with its gain map (tmap). Exif, XMP, and
 * makers' own types are not pictures. */
static bool is_picture(const exn_heif_item *item)
{
    static const uint32_t types[] = {
        EXN_HEIF_TYPE('h', 'v', 'c', '1'), EXN_HEIF_TYPE('a', 'v', '0', '1'),
        EXN_HEIF_TYPE('j', 'p', 'e', 'g'), EXN_HEIF_TYPE('g', 'r', 'i', 'd'),
        EXN_HEIF_TYPE('i', 'o', 'v', 'l'), EXN_HEIF_IDEN,
        EXN_HEIF_TYPE('t', 'm', 'a', 'p'), EXN_HEIF_TYPE('a', 'v', 'c', '1'),
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i] == item->type)
            return true;
    return false;
}

uint64_t exn_heif_items_place(const exn_heif *heif, exn_span part)
{
    return heif->meta_offset + (uint64_t)(part.data - heif->meta.data);
}

/* Tiles of a grid and inputs of an overlay are items as well, but they are parts of a picture
 * rather than further ones. */
bool exn_heif_items_secondary(const exn_heif *heif, bool with_alpha)
{
    size_t count = 0;
    for (size_t i = 0; i < heif->count; i++) {
        const exn_heif_item *item = &heif->items[i];
        count += is_picture(item) && item->id != heif->primary && !item->is_input &&
                 !item->is_thumbnail && !(item->is_auxiliary && with_alpha);
        /* Of several auxiliary pictures, one is the alpha. */
        with_alpha = with_alpha && !item->is_auxiliary;
    }
    return count > 0 || heif->has_sequence;
}

void exn_heif_items_free(exn_heif *heif)
{
    exn_heif_properties_free(&heif->properties);
    exn_buffer_free(&heif->exif);
    free(heif->items);
    heif->items = NULL;
    heif->count = 0;
}

/* A clap after irot refers to the rotated frame, which no longer exists then. For iden the
 * properties are its only difference from its input. A rotated tile is rotated before the grid is
 * assembled. */
exn_status exn_heif_items_check_turns(const exn_heif *heif, exn_error *error)
{
    const exn_heif_item *primary = find(heif, heif->primary);
    if (heif->shown.clap_late)
        return exn_status_fail(error, EXN_UNSUPPORTED, "it is cropped after it is rotated");
    if (primary && primary->type == EXN_HEIF_IDEN)
        return exn_status_fail(error, EXN_UNSUPPORTED, "it is derived from another picture");
    for (size_t i = 0; i < heif->count; i++)
        if (heif->items[i].is_turned && heif->items[i].is_input)
            return exn_status_fail(error, EXN_UNSUPPORTED, "it is made of rotated pictures");
    return EXN_OK;
}

exn_heif_extents exn_heif_items_extents(const exn_heif *heif, const exn_heif_item *item)
{
    return (exn_heif_extents){
        .heif = heif, .item = item, .rest = item->extents, .left = item->extent_count};
}

/* ISO 14496-12, 8.11.3.3: a length of 0 means everything there is, which is possible for only one
 * extent; here it has to be given. Method 2 refers to another item's bytes, and a data reference
 * other than 0 may lead to another file, so an edit there would change something else. */
static exn_status take_extent(exn_heif_extents *walk, exn_error *error)
{
    const exn_heif *heif = walk->heif;
    const exn_heif_item *item = walk->item;
    exn_heif_boxes_take(&walk->rest, heif->index_size);
    const uint64_t offset = exn_heif_boxes_take(&walk->rest, heif->offset_size);
    walk->size = exn_heif_boxes_take(&walk->rest, heif->length_size);
    const uint64_t end = item->method == 1 ? heif->idat.size : heif->file_size;
    if (item->method > 1 || item->is_elsewhere)
        return exn_status_fail(error, EXN_UNSUPPORTED, "an item is made of others' bytes");
    if (item->base > end || offset > end - item->base || walk->size > end - item->base - offset ||
        walk->size == 0)
        return exn_status_fail(error, EXN_CORRUPT, "an item lies outside of the file");
    walk->offset = item->base + offset;
    if (item->method == 1)
        walk->offset += heif->meta_offset + (uint64_t)(heif->idat.data - heif->meta.data);
    return EXN_OK;
}

bool exn_heif_items_next(exn_heif_extents *walk, exn_error *error)
{
    if (walk->left == 0)
        return false;
    walk->left--;
    walk->status = take_extent(walk, error);
    return walk->status == EXN_OK;
}

/* Extents may overlap, and in a hostile file each may be the whole of it. */
exn_status exn_heif_items_size(const exn_heif *heif, const exn_heif_item *item, uint64_t *size,
                               exn_error *error)
{
    exn_heif_extents walk = exn_heif_items_extents(heif, item);
    *size = 0;
    while (exn_heif_items_next(&walk, error)) {
        if (walk.size > heif->file_size - *size)
            return exn_status_fail(error, EXN_CORRUPT, "an item is larger than the file");
        *size += walk.size;
    }
    return walk.status;
}
