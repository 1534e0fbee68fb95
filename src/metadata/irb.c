#include "irb.h"

#include <string.h>

enum { THUMBNAIL_PHOTOSHOP_4 = 0x0409, THUMBNAIL = 0x040C };

/* Photoshop's own, and those of ImageReady, PhotoDeluxe and Lightroom: the same layout. */
static bool has_signature(exn_span rest)
{
    static const char *const known[] = {"8BIM", "MeSa", "PHUT", "AgHg", "DCSR"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (exn_span_starts(rest, known[i], 4))
            return true;
    return false;
}

/* One resource: signature, id, a Pascal string and data, both padded to an even length. Its size, or 0 where rest begins with none. */
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

exn_status exn_irb_drop_thumbnails(exn_span irb, exn_buffer *out, bool *found)
{
    exn_status status = EXN_OK;
    *found = false;
    while (status == EXN_OK) {
        uint32_t id = 0;
        size_t size = resource_size(irb, &id);
        if (size == 0)
            break;
        if (id == THUMBNAIL || id == THUMBNAIL_PHOTOSHOP_4)
            *found = true;
        else
            status = exn_buffer_append(out, irb.data, size);
        irb = exn_span_part(irb, size, SIZE_MAX);
    }
    return status == EXN_OK ? exn_buffer_append(out, irb.data, irb.size) : status;
}
