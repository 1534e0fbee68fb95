/* SPDX-License-Identifier: MIT */
#include "embedded.h"

#include "base64.h"
#include "block.h"
#include "exif_tags.h"
#include "xmp.h"

/* ITU-T T.81, table B.1 */
enum { DHT = 0xC4, JPG = 0xC8, DAC = 0xCC, SOS = 0xDA, APP1 = 0xE1 };

static bool is_frame(uint8_t marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != DHT && marker != JPG && marker != DAC;
}

/* Ignores its own thumbnail: exif_tags.h does not look inside, which limits the depth. */
static void read_block(exn_span payload, exn_embedded *found)
{
    exn_block block = exn_block_of(payload);
    exn_exif exif = {0};
    exn_xmp xmp = {0};
    exn_tiff tiff;
    exn_ifds ifds;
    if (block.kind == EXN_BLOCK_EXIF)
        exn_exif_tags_scan(block.body, 0, 0, &tiff, &ifds, &exif);
    else if (block.kind == EXN_BLOCK_XMP)
        exn_xmp_scan(block.body, NULL, &xmp);
    if (!found->orientation)
        found->orientation = exif.orientation;
    found->orients = found->orients || exif.reasons >> EXN_REASON_EXIF & 1 || xmp.needs_edit;
}

/* Uses only the headers (T.81, B.1.1); leaves the size alone if there is no frame header. */
void exn_embedded_scan(exn_span jpeg, bool inside, exn_embedded *found)
{
    /* Each block costs a walk over its tables. */
    enum { BLOCKS = 8 };
    size_t at = 2, blocks = 0;
    *found = (exn_embedded){0};
    jpeg = exn_span_part(jpeg, 0, EXN_EMBEDDED_HEADERS);
    if (!exn_span_starts(jpeg, "\xFF\xD8", 2))
        return;
    while (jpeg.size - at >= 4 && jpeg.data[at] == 0xFF) {
        uint8_t marker = jpeg.data[at + 1];
        if (marker == 0xFF) {
            at++;
            continue;
        }
        size_t size = 2 + (size_t)exn_get16be(jpeg.data + at + 2);
        if (is_frame(marker) && jpeg.size - at >= 9) {
            found->height = exn_get16be(jpeg.data + at + 5);
            found->width = exn_get16be(jpeg.data + at + 7);
        }
        /* Readers of headers stop at SOS; at never exceeds the size, so the difference does not
         * wrap. */
        if (marker == SOS || marker < 0xC0 || size < 4 || size > jpeg.size - at)
            return;
        if (inside && marker == APP1 && blocks++ < BLOCKS)
            read_block(exn_span_part(jpeg, at + 4, size - 4), found);
        at += size;
    }
}

exn_status exn_embedded_scan_xmp(const exn_xmp *xmp, bool *orients)
{
    exn_status status = EXN_OK;
    *orients = false;
    for (size_t i = 0; i < xmp->picture_count && status == EXN_OK && !*orients; i++) {
        exn_base64_layout layout;
        exn_buffer jpeg = {0};
        exn_embedded headers;
        bool valid;
        status = exn_base64_decode(xmp->pictures[i], &layout, &jpeg, &valid);
        exn_embedded_scan(exn_buffer_span(&jpeg), true, &headers);
        *orients = status == EXN_OK && valid && headers.orients;
        exn_buffer_free(&jpeg);
    }
    return status;
}

/* 1 for landscape, -1 for portrait, 0 for neither: within a sixteenth of a square. Thumbnails are
 * often 4:3 with black bars whatever the picture's ratio, so a finer distinction is impossible. */
static int aspect(uint64_t width, uint64_t height)
{
    uint64_t longer = width > height ? width : height;
    uint64_t difference = width > height ? width - height : height - width;
    if (width == 0 || height == 0 || 16 * difference <= longer)
        return 0;
    return width > height ? 1 : -1;
}

bool exn_embedded_fits(const exn_embedded *embedded, uint32_t width, uint32_t height)
{
    return aspect(embedded->width, embedded->height) * aspect(width, height) >= 0;
}

bool exn_embedded_choose(const exn_embedded *embedded, exn_orientation o, uint32_t stored_width,
                         uint32_t stored_height, uint32_t other, exn_orientation *chosen)
{
    /* The table's first, then the JPEG's: exif_thumbnail.c explains why neither is believed before
     * the aspect ratio is. */
    const uint32_t own[] = {other ? other : 1,
                            embedded->orientation}; /* if there is none: upright */
    *chosen = o;
    if (exn_embedded_fits(embedded, stored_width, stored_height))
        return true;
    exn_orientation_size(o, &stored_width, &stored_height);
    for (int i = 0; i < 2 && own[i]; i++) {
        exn_embedded turned = *embedded;
        *chosen = exn_orientation_from_exif(own[i]);
        exn_orientation_size(*chosen, &turned.width, &turned.height);
        if (exn_embedded_fits(&turned, stored_width, stored_height))
            return true;
    }
    return false;
}
