/* SPDX-License-Identifier: MIT */
/* iprp
 *     ipco   box, box, ...                   properties, numbered from 1 by their place
 *     ipma   item: index, index, ...         which of them an item has, in this order
 *
 * Items share properties: in a grid's file the picture and its thumbnail may have the same irot. So
 * associations are edited (drop.c), and boxes are left alone. */
#include "properties.h"

#include <stdlib.h>

enum {
    MAX_PROPERTIES = 0x7FFF, /* ISO 23008-12, 9.3.2: an index has 15 bits */
    ISPE = EXN_HEIF_TYPE('i', 's', 'p', 'e'),
};

/* Two walks, so that the list is allocated once, in its final size. */
exn_status exn_heif_properties_list(exn_heif_properties *properties, exn_span iprp,
                                    exn_error *error)
{
    exn_heif_box box;
    exn_span ipco = exn_heif_boxes_find(iprp, EXN_HEIF_TYPE('i', 'p', 'c', 'o'));
    properties->iprp = iprp;
    for (exn_span rest = ipco;
         properties->count < MAX_PROPERTIES && exn_heif_boxes_next(&rest, &box);)
        properties->count++;
    properties->boxes =
        calloc(properties->count ? properties->count : 1, sizeof *properties->boxes);
    if (!properties->boxes)
        return exn_status_fail(error, EXN_MEMORY, "item properties");
    for (uint32_t i = 0; i < properties->count; i++)
        exn_heif_boxes_next(&ipco, &properties->boxes[i]);
    return EXN_OK;
}

void exn_heif_properties_free(exn_heif_properties *properties)
{
    free(properties->boxes);
    *properties = (exn_heif_properties){0};
}

/* ISO 23008-12, 9.3.1: there may be one ipma for each pair of version and flags. Version 1 has
 * 32-bit item numbers; flag 1 has 15-bit indices instead of 7-bit ones. */
static bool next_box(exn_heif_walk *walk)
{
    exn_heif_box box;
    while (exn_heif_boxes_next(&walk->rest, &box)) {
        if (box.type != EXN_HEIF_TYPE('i', 'p', 'm', 'a'))
            continue;
        walk->ipma = box.data;
        const uint64_t version_flags = exn_heif_boxes_take(&walk->ipma, 4);
        walk->wide_item = version_flags >> 24;
        walk->wide_index = version_flags & 1;
        walk->entries = (uint32_t)exn_heif_boxes_take(&walk->ipma, 4);
        return true;
    }
    return false;
}

/* Both counts may be lies: the walk ends with the bytes. */
static bool next_entry(exn_heif_walk *walk)
{
    while (walk->indices == 0) {
        if (walk->ipma.size == 0) {
            walk->cut = walk->cut || walk->entries > 0;
            walk->entries = 0;
        }
        if (walk->entries == 0) {
            if (!next_box(walk))
                return false;
            continue;
        }
        walk->entries--;
        walk->item = (uint32_t)exn_heif_boxes_take(&walk->ipma, walk->wide_item ? 4 : 2);
        walk->indices = (uint32_t)exn_heif_boxes_take(&walk->ipma, 1);
        walk->cut = walk->cut || !walk->ipma.data;
    }
    return true;
}

/* The top bit says whether a reader must know the property; index 0 means none. */
bool exn_heif_properties_next(const exn_heif_properties *properties, exn_heif_walk *walk,
                              exn_heif_association *found)
{
    while (next_entry(walk)) {
        const size_t size = walk->wide_index ? 2 : 1;
        walk->indices--;
        found->item = walk->item;
        found->at = exn_span_part(walk->ipma, 0, size);
        const uint32_t index =
            (uint32_t)exn_heif_boxes_take(&walk->ipma, size) & (walk->wide_index ? 0x7FFF : 0x7F);
        found->property =
            index > 0 && index <= properties->count ? &properties->boxes[index - 1] : NULL;
        if (walk->ipma.data)
            return true;
        walk->cut = true;
        walk->indices = 0;
    }
    return false;
}

/* ISO 23008-12, 6.5.10 and 6.5.12: irot rotates anticlockwise by 90 degrees times its two bits;
 * imir swaps top and bottom for axis 0, left and right for axis 1, as the 2022 edition words it and
 * browsers do it. Both are plain boxes of one byte whose upper bits are reserved.
 *
 * As Exif values, 90 degrees anticlockwise are 8, 270 are 6. */
static exn_orientation turn_of(const exn_heif_box *box)
{
    static const uint8_t turns[4] = {1, 8, 3, 6};
    if (box->data.size < 1)
        return (exn_orientation){0};
    const uint8_t byte = box->data.data[0];
    return exn_orientation_from_exif(box->type == EXN_HEIF_IROT ? turns[byte & 3]
                                                                : (byte & 1 ? 2 : 4));
}

/* Where the rectangle begins along one axis. ISO 14496-12, 12.1.4.3: its center is offset from the
 * picture's, both being at (size - 1) / 2; all numbers are fractions. */
static bool begin_of(exn_span numbers, uint32_t whole, uint32_t *part, uint32_t *begin)
{
    const uint64_t n = exn_get32be(numbers.data), d = exn_get32be(numbers.data + 4);
    const int64_t offset = (int32_t)exn_get32be(numbers.data + 16);
    const int64_t over = exn_get32be(numbers.data + 20);
    if (d == 0 || over == 0 || over > INT32_MAX || n % d != 0 || n / d == 0 || n / d > whole)
        return false;
    *part = (uint32_t)(n / d);
    /* 2 * begin = whole - part + 2 * offset, with numbers below 2^32 and 2^31. */
    const int64_t twice = ((int64_t)whole - *part) * over + 2 * offset;
    if (twice < 0 || twice % (2 * over) != 0 || twice / (2 * over) > whole - *part)
        return false;
    *begin = (uint32_t)(twice / (2 * over));
    return true;
}

/* Width, height and both offsets, each as a numerator and a denominator.
 *
 *   0 width  8 height  16 horizontal offset  24 vertical offset
 *
 * An axis's four numbers are not adjacent: in both halves, those of the height are 8 bytes after
 * those of the width. */
static void take_clap(exn_heif_shown *shown, exn_span numbers)
{
    enum { SIZE = 32, AXIS = 8 };
    shown->clap_wrong = numbers.size < SIZE ||
                        !begin_of(numbers, shown->width, &shown->clap_width, &shown->left) ||
                        !begin_of(exn_span_part(numbers, AXIS, SIZE_MAX), shown->height,
                                  &shown->clap_height, &shown->top);
}

/* Follows both ways to read the properties at once; if they lead to different orientations, readers
 * differ, too. MIAF requires the order clap, irot, imir (ISO 23000-22, 7.3.6.7), for which both
 * agree. */
static void take(const exn_heif_box *box, exn_heif_shown *shown, bool *rotated, bool *mirrored,
                 exn_orientation *mirror)
{
    const exn_orientation turn = turn_of(box);
    shown->turns = true;
    shown->in_order = exn_orientation_compose(shown->in_order, turn);
    if (box->type == EXN_HEIF_IROT && !*rotated) {
        shown->fixed = turn;
        *rotated = true;
    } else if (box->type == EXN_HEIF_IMIR && !*mirrored) {
        *mirror = turn;
        *mirrored = true;
    }
}

void exn_heif_properties_of(const exn_heif_properties *properties, uint32_t item,
                            exn_heif_shown *shown)
{
    exn_heif_walk walk = {.rest = properties->iprp};
    exn_heif_association a;
    exn_orientation mirror = {0};
    exn_span clap = {NULL, 0};
    bool rotated = false, mirrored = false;
    *shown = (exn_heif_shown){0};
    while (exn_heif_properties_next(properties, &walk, &a)) {
        if (a.item != item || !a.property)
            continue;
        /* A FullBox: version and flags come first. */
        if (a.property->type == ISPE && a.property->data.size >= 12) {
            shown->width = exn_get32be(a.property->data.data + 4);
            shown->height = exn_get32be(a.property->data.data + 8);
        } else if (a.property->type == EXN_HEIF_CLAP) {
            shown->clap_late = shown->clap_late || shown->turns;
            shown->clap_wrong = shown->clap_wrong || clap.data;
            clap = a.property->data;
        } else if (a.property->type == EXN_HEIF_IROT || a.property->type == EXN_HEIF_IMIR) {
            take(a.property, shown, &rotated, &mirrored, &mirror);
        }
    }
    shown->fixed = exn_orientation_compose(shown->fixed, mirror);
    /* clap depends on the size, which may come after it. */
    if (clap.data && !shown->clap_wrong)
        take_clap(shown, clap);
}
