/* SPDX-License-Identifier: MIT */
#include "irb.h"

#include <string.h>

#include "exif.h"
#include "xmp.h"

enum { THUMBNAIL_PHOTOSHOP_4 = 0x0409, THUMBNAIL = 0x040C, EXIF_INFO = 0x0422, XMP = 0x0424 };

/* Photoshop's own, and those of ImageReady, PhotoDeluxe and Lightroom: the same layout. */
static bool has_signature(exn_span rest)
{
    static const char *const known[] = {"8BIM", "MeSa", "PHUT", "AgHg", "DCSR"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (exn_span_starts(rest, known[i], 4))
            return true;
    return false;
}

/* One resource: signature, id, a Pascal string and data, both padded to an even length. Its size,
 * or 0 where rest begins with none. */
static size_t resource_size(exn_span rest, uint32_t *id)
{
    if (rest.size < 8 || !has_signature(rest))
        return 0;
    *id = exn_span_starts(rest, "8BIM", 4) ? exn_get16be(rest.data + 4) : 0;
    size_t at = 6 + ((size_t)rest.data[6] + 2) / 2 * 2;
    if (at + 4 > rest.size)
        return 0;
    uint64_t end = at + 4 + ((uint64_t)exn_get32be(rest.data + at) + 1) / 2 * 2;
    /* The last resource's padding is missing in some files. */
    if (end == rest.size + 1)
        end = rest.size;
    return end <= rest.size ? (size_t)end : 0;
}

/* No browser reads resources, but exiftool looks into these two. */
static bool orients(exn_span resource, uint32_t id)
{
    size_t at = 6 + ((size_t)resource.data[6] + 2) / 2 * 2;
    exn_span data = exn_span_part(resource, at + 4, exn_get32be(resource.data + at));
    exn_exif exif = {0};
    exn_xmp xmp = {0};
    if (id == EXIF_INFO)
        exn_exif_scan(data, 0, 0, &exif);
    else if (id == XMP)
        exn_xmp_scan(data, &xmp);
    return exif.reasons >> EXN_REASON_EXIF & 1 || xmp.needs_edit;
}

bool exn_irb_orients(exn_span irb)
{
    uint32_t id = 0;
    for (size_t size; (size = resource_size(irb, &id)) > 0;
         irb = exn_span_part(irb, size, SIZE_MAX))
        if (orients(irb, id))
            return true;
    return false;
}

exn_status exn_irb_clean(exn_span irb, bool turned, exn_buffer *out, exn_irb_dropped *dropped)
{
    exn_status status = EXN_OK;
    *dropped = (exn_irb_dropped){0};
    while (status == EXN_OK) {
        uint32_t id = 0;
        size_t size = resource_size(irb, &id);
        if (size == 0)
            break;
        if (turned && (id == THUMBNAIL || id == THUMBNAIL_PHOTOSHOP_4))
            dropped->thumbnail = true;
        else if (orients(irb, id))
            dropped->orientation = true;
        else
            status = exn_buffer_append(out, irb.data, size);
        irb = exn_span_part(irb, size, SIZE_MAX);
    }
    return status == EXN_OK ? exn_buffer_append(out, irb.data, irb.size) : status;
}
