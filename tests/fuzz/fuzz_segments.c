/* SPDX-License-Identifier: MIT */
/* A JPEG's marker segments and what is done to those that carry metadata, without its pixels. What
 * the walk says is inside of the file and in order; the two halves of the walk say what the whole
 * says. An edit leaves every segment of the codec and every byte between segments as it was; the
 * predicate finds nothing in its product, and a second edit changes nothing. */
#include "fuzz.h"

#include "jpeg/app_scan.h"
#include "jpeg/app_segments.h"
#include "jpeg/jpeg.h"

const unsigned exn_fuzz_choices = 8;

enum { LISTED, EDITED, REFUSED };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"segment list", 0}, {"list to edit", 0}, {"refused list", 0}, {NULL, 0}};

static bool is_failure(exn_status status, const exn_error *error)
{
    return (status == EXN_CORRUPT || status == EXN_UNSUPPORTED || status == EXN_LIMIT ||
            status == EXN_MEMORY) &&
           error->status == status && error->detail[0];
}

static void check_walk(const exn_jpeg *jpeg)
{
    size_t at = 0, scans = 0, frames = 0;
    FACT(jpeg->complete && jpeg->count >= 2 && jpeg->count <= EXN_JPEG_MAX_SEGMENTS);
    for (size_t i = 0; i < jpeg->count; i++) {
        const exn_segment *s = &jpeg->segments[i];
        FACT(s->offset >= at && s->size >= 2 && s->size <= jpeg->file.size - s->offset);
        FACT(jpeg->file.data[s->offset] == 0xFF);
        at = s->offset + s->size;
        if (s->payload.size)
            FACT(s->payload.data >= jpeg->file.data + s->offset + 4 &&
                 s->payload.data + s->payload.size <= jpeg->file.data + at);
        scans += s->marker == EXN_MARKER_SOS;
        frames += exn_segment_is_frame_marker(s->marker);
    }
    FACT(jpeg->segments[0].marker == EXN_MARKER_SOI);
    FACT(scans == jpeg->scan_count && scans > 0 && frames == 1);
    FACT(jpeg->width > 0 && jpeg->height > 0 && jpeg->width <= 65535 && jpeg->height <= 65535);
    FACT(jpeg->components > 0 && jpeg->components <= EXN_JPEG_MAX_COMPONENTS);
    FACT(!jpeg->trailer.size || (jpeg->trailer.data == jpeg->file.data + at &&
                                 jpeg->trailer.size == jpeg->file.size - at));
}

/* The walk in two halves ends where the whole one does. */
static void check_halves(const exn_jpeg *whole, exn_span file)
{
    exn_jpeg jpeg = {0};
    exn_error error = {0};
    FACT(exn_segments_parse_header(file, &jpeg, &error) == EXN_OK);
    FACT(jpeg.width == whole->width && jpeg.height == whole->height && jpeg.sof == whole->sof);
    FACT(exn_segments_parse_rest(&jpeg, &error) == EXN_OK);
    FACT(jpeg.count == whole->count && jpeg.scan_count == whole->scan_count);
    FACT(jpeg.trailer.size == whole->trailer.size && jpeg.has_eoi == whole->has_eoi);
    for (size_t i = 0; i < jpeg.count; i++)
        FACT(jpeg.segments[i].offset == whole->segments[i].offset &&
             jpeg.segments[i].size == whole->segments[i].size &&
             jpeg.segments[i].marker == whole->segments[i].marker);
    exn_segments_free(&jpeg);
}

/* The file with its metadata edited, as where no pixel moves. */
static void edit(const exn_jpeg *jpeg, exn_orientation o, exn_buffer *out, uint32_t *warnings)
{
    exn_app_segments application;
    exn_error error = {0};
    exn_thumbnails thumbnails = exn_jpeg_thumbnails(1 << 28);
    FACT(exn_app_segments_open(&application, jpeg, o, &thumbnails, warnings, &error) == EXN_OK);
    FACT(exn_app_segments_edit(&application, out) == EXN_OK);
    exn_app_segments_close(&application);
}

static size_t next_of_codec(const exn_jpeg *jpeg, size_t i)
{
    while (i < jpeg->count && exn_segment_is_metadata(&jpeg->segments[i]))
        i++;
    return i;
}

/* Every segment of the codec, from the first one of source that the product has to the last. */
static void check_codec(const exn_jpeg *source, const exn_jpeg *product)
{
    size_t i = next_of_codec(source, 0), j = next_of_codec(product, 0);
    for (; i < source->count && j < product->count;
         i = next_of_codec(source, i + 1), j = next_of_codec(product, j + 1)) {
        const exn_segment *a = &source->segments[i], *b = &product->segments[j];
        FACT(a->size == b->size &&
             memcmp(source->file.data + a->offset, product->file.data + b->offset, a->size) == 0);
    }
    FACT(i == source->count && j == product->count);
}

static void check_product(const exn_jpeg *source, exn_orientation o, const exn_buffer *product)
{
    exn_jpeg jpeg = {0};
    exn_error error = {0};
    exn_buffer again = {0};
    uint32_t warnings = 0;
    uint8_t *copy = fuzz_copy(product->data, product->size);
    exn_span bytes = {copy, product->size};
    FACT(exn_segments_parse(bytes, &jpeg, &error) == EXN_OK);
    check_codec(source, &jpeg);
    exn_image image = {.width = source->width, .height = source->height};
    exn_orientation_size(o, &image.width, &image.height); /* the pixels are not turned here */
    FACT(exn_app_scan(&image, &jpeg, &error) == EXN_OK);
    FACT(image.reasons == 0 && image.orientation <= 1);
    if (exn_orientation_is_identity(o)) {
        edit(&jpeg, o, &again, &warnings);
        FACT(again.size == product->size && memcmp(again.data, product->data, again.size) == 0);
        FACT(warnings == 0);
    }
    exn_buffer_free(&again);
    exn_segments_free(&jpeg);
    free(copy);
}

static bool needs_edit(const exn_jpeg *jpeg)
{
    exn_image image = {.width = jpeg->width, .height = jpeg->height};
    return exn_app_scan(&image, jpeg, NULL) == EXN_OK && image.reasons != 0;
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_jpeg jpeg = {0};
    exn_error error = {0};
    exn_orientation o = exn_orientation_from_exif(1 + choice);
    uint8_t *copy = fuzz_copy(data, size);
    exn_status status = exn_segments_parse((exn_span){copy, size}, &jpeg, &error);
    if (status == EXN_OK) {
        exn_buffer product = {0};
        uint32_t warnings = 0;
        check_walk(&jpeg);
        exn_fuzz_kinds[LISTED].count++;
        exn_fuzz_kinds[EDITED].count += needs_edit(&jpeg);
        check_halves(&jpeg, (exn_span){copy, size});
        edit(&jpeg, o, &product, &warnings);
        FACT(memcmp(copy, data, size) == 0);
        check_product(&jpeg, o, &product);
        exn_buffer_free(&product);
    } else {
        FACT(is_failure(status, &error));
        exn_fuzz_kinds[REFUSED].count++;
    }
    exn_segments_free(&jpeg);
    free(copy);
}
