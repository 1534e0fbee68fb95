/* SPDX-License-Identifier: MIT */
#include "webp.h"

#include <string.h>

#include "cancel.h"
#include "metadata/exif.h"
#include "metadata/xmp.h"
#include "window.h"

/* RIFF: "RIFF", size, "WEBP", then chunks of a four-letter name, a little-endian size and data
 * padded to an even length (RFC 9649, 2.3 to 2.7). An animation has a chunk for each frame; the
 * bound is for a file of empty chunks. */
enum { FIRST_CHUNK = 12, CHUNK_HEADER = 8, MAX_CHUNKS = 100000 };

static bool sniff(exn_span head)
{
    return head.size >= FIRST_CHUNK && exn_span_starts(head, "RIFF", 4) &&
           memcmp(head.data + 8, "WEBP", 4) == 0;
}

/* Some writers put JPEG's "Exif\0\0" before the TIFF bytes. */
static exn_span without_prefix(exn_span exif)
{
    bool prefixed = exn_span_starts(exif, "Exif\0", 6);
    return exn_span_part(exif, prefixed ? 6 : 0, SIZE_MAX);
}

/* Browsers ignore it, other readers rotate by it. Nothing is rotated here: it only has to be
 * reported. */
static void take_exif(exn_image *image, exn_span data)
{
    exn_exif found;
    image->exif = without_prefix(data);
    exn_exif_scan(image->exif, image->width, image->height, &found);
    /* XMP counts where EXIF says nothing, whichever chunk comes first. */
    if (found.place != EXN_PLACE_NONE) {
        image->orientation = found.orientation;
        image->place = found.place;
    }
    /* No browser takes a density from a WebP. */
    image->reasons |= found.reasons & 1u << EXN_REASON_EXIF;
}

/* The packet is needed only while it is scanned, and freed with what was found in it. */
static exn_status take_xmp(exn_image *image, exn_window *window, uint64_t offset, uint32_t size,
                           const exn_options *options, exn_error *error)
{
    exn_buffer packet = {0};
    exn_xmp found;
    const exn_cancel cancel = exn_cancel_of(options);
    exn_status status = exn_window_append(window, offset, size, &packet, error);
    if (status == EXN_OK) {
        exn_xmp_scan(exn_buffer_span(&packet), &cancel, &found);
        if (found.needs_edit)
            image->reasons |= 1u << EXN_REASON_XMP;
        if (found.needs_edit && image->place == EXN_PLACE_NONE) {
            image->orientation = found.orientation;
            image->place = EXN_PLACE_XMP;
        }
    }
    exn_buffer_free(&packet);
    return status;
}

/* RFC 9649, 2.7: flags, three reserved bytes, width - 1 and height - 1 in 24 bits each. */
static void take_size(exn_image *image, const uint8_t header[10])
{
    image->width = (exn_get32(header + 4, false) & 0xFFFFFF) + 1;
    /* Four bytes from 7 on would end after the header, so they begin one earlier. */
    image->height = (exn_get32(header + 6, false) >> 8) + 1;
}

/* Whether a chunk is read whole. A second EXIF is ignored (RFC 9649, 2.7.1.5). */
static bool is_read(const exn_image *image, const char *name)
{
    return memcmp(name, "XMP ", 4) == 0 ||
           (memcmp(name, "EXIF", 4) == 0 && image->header.size == 0);
}

/* Metadata needs a VP8X, whose flags announce it (RFC 9649, 2.7). Neither is asked for here: what
 * stands there some reader may find. */
static exn_status take_chunk(exn_image *image, exn_window *window, const char *name,
                             uint64_t offset, uint32_t size, const exn_options *options,
                             exn_error *error)
{
    if (memcmp(name, "VP8X", 4) == 0 && size >= 10) {
        uint8_t header[10];
        exn_status status = exn_window_read(window, offset, header, sizeof header, error);
        if (status == EXN_OK)
            take_size(image, header);
        return status;
    }
    if (!is_read(image, name))
        return EXN_OK;
    if (memcmp(name, "XMP ", 4) == 0)
        return take_xmp(image, window, offset, size, options, error);
    /* image->header owns the bytes that image->exif points into. */
    exn_status status = exn_window_append(window, offset, size, &image->header, error);
    if (status == EXN_OK)
        take_exif(image, exn_buffer_span(&image->header));
    return status;
}

/* Goes on to the end of the file, whatever size the RIFF header gives: trailing chunks are
 * somebody's metadata too. */
static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_window window;
    uint64_t offset = FIRST_CHUNK;
    exn_status status = EXN_OK;
    exn_window_open(&window, source);
    for (int i = 0; status == EXN_OK && i < MAX_CHUNKS && offset + CHUNK_HEADER <= source->size;
         i++) {
        uint8_t header[CHUNK_HEADER];
        status = exn_window_read(&window, offset, header, sizeof header, error);
        uint32_t size = exn_get32(header + 4, false);
        offset += CHUNK_HEADER;
        const char *name = (const char *)header;
        if (status == EXN_OK && size > source->size - offset)
            return exn_status_fail(error, EXN_CORRUPT, "a chunk is cut off");
        if (status == EXN_OK && is_read(image, name))
            status = exn_status_need_memory(error, image->header.size + (uint64_t)size,
                                            options->max_memory);
        if (status == EXN_OK)
            status = take_chunk(image, &window, name, offset, size, options, error);
        /* The padding byte is not part of the size (RFC 9649, 2.3). */
        offset += (uint64_t)size + (size & 1);
    }
    return status;
}

static void close_image(exn_image *image)
{
    (void)image;
}

const exn_format_ops exn_webp_format = {
    .id = EXN_FORMAT_WEBP,
    .sniff = sniff,
    .look = look,
    .close = close_image,
};
