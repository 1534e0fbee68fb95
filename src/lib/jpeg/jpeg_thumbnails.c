/* SPDX-License-Identifier: MIT */
#include "jpeg_thumbnails.h"

#include "allowance.h"
#include "mcus.h"
#include "mend.h"
#include "metadata/embedded.h"
#include "picture.h"

/* Per file: how many thumbnails, how many blocks in all their scans together (a million take a
 * fifth of a second), and how many pixels in each. */
enum {
    THUMBNAILS = 64,
    THUMBNAIL_DEPTH = 2, /* a thumbnail, and its own thumbnail */
    THUMBNAIL_BLOCKS = 1 << 21,
    THUMBNAIL_PIXELS = 16000000
};

/* Rotates a thumbnail within its file's budget, which thumbnails inside it share. */
static exn_status write_thumbnail(exn_thumbnails *thumbnails, const exn_jpeg *jpeg,
                                  exn_orientation o, exn_buffer *out)
{
    const uint64_t max_memory = thumbnails->max_memory;
    const exn_options options = {
        .max_pixels = THUMBNAIL_PIXELS, .max_memory = max_memory, .edges = EXN_EDGES_REQUANTIZE};
    bool keep = exn_orientation_is_identity(o);
    exn_result result = {0};
    exn_turned turned = {0};
    exn_status status = EXN_OK;
    if (!keep)
        status = exn_mcus_charge(jpeg, 0, &thumbnails->blocks, NULL);
    if (status == EXN_OK && !keep)
        status = exn_turned_open(&turned, jpeg, o, &options, &result, NULL);
    exn_allowance_take(&thumbnails->max_memory,
                       keep ? 2 * (uint64_t)jpeg->file.size : exn_turned_bytes(&turned));
    const exn_jpeg_picture picture = {jpeg, keep ? NULL : &turned, o, thumbnails,
                                      NULL, &thumbnails->warnings};
    if (status == EXN_OK)
        status = exn_jpeg_picture_write(&picture, out, NULL);
    /* The thumbnail's memory is free again, but its blocks stay spent. */
    thumbnails->max_memory = max_memory;
    exn_turned_close(&turned);
    return status;
}

/* Padding after EOI, which cameras add to thumbnails, would only take space. Thumbnails have
 * standard Huffman tables, which fit a rotated picture slightly less well. */
static exn_status turn_thumbnail(exn_thumbnails *thumbnails, exn_span file, exn_orientation o,
                                 size_t room, exn_buffer *out)
{
    const size_t start = out->size;
    exn_jpeg jpeg = {0};
    /* A file may hold thousands of thumbnails, and one inside another. */
    if (thumbnails->count == 0 || thumbnails->depth == 0)
        return EXN_LIMIT;
    thumbnails->count--;
    thumbnails->depth--;
    exn_status status = exn_segments_parse(file, &jpeg, NULL);
    jpeg.cancel = thumbnails->cancel;
    if (status == EXN_OK)
        status = write_thumbnail(thumbnails, &jpeg, o, out);
    if (status == EXN_CORRUPT) {
        out->size = start;
        status = exn_mend(&jpeg, thumbnails->max_memory);
        if (status == EXN_OK)
            status = write_thumbnail(thumbnails, &jpeg, o, out);
    }
    if (status == EXN_OK && out->size - start > room && jpeg.standard_huffman) {
        out->size = start;
        jpeg.standard_huffman = false;
        status = write_thumbnail(thumbnails, &jpeg, o, out);
    }
    thumbnails->depth++;
    exn_segments_free(&jpeg);
    return status;
}

static bool orients(exn_span file)
{
    exn_embedded headers;
    exn_embedded_scan(file, true, &headers);
    return headers.orients;
}

exn_thumbnails exn_jpeg_thumbnails(uint64_t max_memory)
{
    return (exn_thumbnails){.turn = turn_thumbnail,
                            .orients = orients,
                            .count = THUMBNAILS,
                            .depth = THUMBNAIL_DEPTH,
                            .blocks = THUMBNAIL_BLOCKS,
                            .max_memory = max_memory};
}
