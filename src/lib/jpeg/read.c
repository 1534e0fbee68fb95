/* SPDX-License-Identifier: MIT */
#include "read.h"

#include <stdlib.h>

#include "app_scan.h"
#include "coefficients.h"
#include "collect.h"
#include "mend.h"
#include "metadata/embedded.h"
#include "progression.h"
#include "secondary.h"

bool exn_jpeg_read_sniff(exn_span head)
{
    return exn_span_starts(head, "\xFF\xD8\xFF", 3);
}

static exn_status scan_segments(exn_image *image, const exn_options *options, exn_error *error)
{
    exn_jpeg *jpeg = calloc(1, sizeof *jpeg);
    if (!jpeg)
        return exn_status_fail(error, EXN_MEMORY, "segment list");
    image->state = jpeg;
    exn_status status = exn_segments_parse_header(image->data, jpeg, error);
    jpeg->cancel = exn_cancel_of(options);
    image->width = jpeg->width;
    image->height = jpeg->height;
    image->components = jpeg->components;
    for (uint32_t i = 0; i < jpeg->components && i < EXN_JPEG_MAX_COMPONENTS; i++)
        image->sampling[i] = (uint8_t)(jpeg->component[i].h << 4 | jpeg->component[i].v);
    /* Damage after the first scan header ends the list, and is reported where it matters. */
    if (status == EXN_OK && exn_segments_parse_rest(jpeg, NULL) == EXN_MEMORY)
        status = exn_status_fail(error, EXN_MEMORY, "segment list");
    if (status == EXN_OK)
        status = exn_app_scan(image, jpeg, error);
    /* A file that needs nothing may be of any kind. */
    if (status == EXN_OK && image->reasons && jpeg->foreign.status != EXN_OK)
        status = exn_status_fail(error, jpeg->foreign.status, "%s", jpeg->foreign.detail);
    return status;
}

/* If all scan headers were seen, they tell which bits never come. */
static void warn_of_missing_scans(exn_image *image)
{
    const exn_jpeg *jpeg = image->state;
    if (jpeg->complete && !exn_progression_of(jpeg))
        image->warnings |= 1u << EXN_WARN_SCANS_MISSING;
}

static exn_status scan_further(exn_image *image, exn_error *error)
{
    const exn_jpeg *jpeg = image->state;
    bool orients = false;
    exn_status status =
        jpeg->foreign.status == EXN_OK ? exn_secondary_orients(jpeg, &orients) : EXN_OK;
    if (orients)
        image->reasons |= 1u << EXN_REASON_EMBEDDED;
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "image list");
}

exn_status exn_jpeg_read_scan(exn_image *image, const exn_options *options, exn_error *error)
{
    exn_status status = scan_segments(image, options, error);
    if (status == EXN_OK)
        warn_of_missing_scans(image);
    return status == EXN_OK ? scan_further(image, error) : status;
}

void exn_jpeg_read_close(exn_image *image)
{
    if (image->state)
        exn_segments_free(image->state);
    free(image->state);
    image->state = NULL;
}

/* Scans what was collected, terminated by EOI. The segment list then points into image->header,
 * which owns the bytes. */
static exn_status scan_collected(exn_image *image, const exn_options *options, exn_error *error)
{
    if (exn_buffer_append(&image->header, "\xFF\xD9", 2) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "headers");
    image->data = exn_buffer_span(&image->header);
    return scan_segments(image, options, error);
}

/* Nearly every file has everything about orientation before its first scan. */
static exn_status look_behind(exn_image *image, exn_window *window, exn_jpeg_header *header,
                              const exn_options *options, exn_error *error)
{
    const exn_jpeg *jpeg = image->state;
    const size_t size = image->header.size;
    if (jpeg->foreign.status != EXN_OK)
        return EXN_OK;
    bool one_scan = !jpeg->progressive && jpeg->scans[0].components == jpeg->components;
    bool whole = options->look_whole && (!image->reasons || jpeg->progressive);
    image->header.size -= 2; /* EOI */
    exn_status status = exn_jpeg_collect_behind(window, header, one_scan, whole,
                                                options->max_memory, &image->header, error);
    bool found = status == EXN_OK && image->header.size != size - 2;
    /* The buffer may have moved, so the list that points into it has to be rebuilt. */
    if (found) {
        const exn_buffer collected = image->header;
        exn_jpeg_read_close(image);
        *image = (exn_image){.ops = image->ops, .header = collected};
        status = scan_collected(image, options, error);
    } else {
        image->header.size = size;
    }
    if (status == EXN_OK && header->to_end)
        warn_of_missing_scans(image);
    return status;
}

/* Whether the picture at that place requires the whole file to be read, judging by its headers: it
 * has an orientation, or there is no picture. */
static exn_status is_suspect(const exn_source *file, uint64_t at, uint64_t size, bool *suspect,
                             exn_error *error)
{
    exn_part part = {file, at};
    const exn_source source = exn_window_part_of(&part, size);
    exn_window window;
    exn_jpeg_header header;
    exn_buffer headers = {0};
    exn_embedded picture = {0};
    uint8_t soi[3] = {0};
    exn_window_open(&window, &source);
    exn_status status = exn_window_read(&window, 0, soi, sizeof soi, error);
    bool is_jpeg = status == EXN_OK && exn_jpeg_read_sniff((exn_span){soi, sizeof soi});
    if (is_jpeg)
        status = exn_jpeg_collect(&window, size, &header, &headers, error);
    if (is_jpeg && headers.size > 0)
        exn_embedded_scan(exn_buffer_span(&headers), true, &picture);
    *suspect = !is_jpeg || picture.orients;
    exn_buffer_free(&headers);
    return status;
}

/* Reads the whole file, and checks it as exn_normalize() does. */
static exn_status look_at_whole(exn_image *image, const exn_source *source,
                                const exn_options *options, exn_error *error)
{
    exn_image whole = {.ops = image->ops};
    exn_buffer file = {0};
    exn_window window;
    if (source->size > SIZE_MAX)
        return exn_status_fail(error, EXN_LIMIT, "larger than memory");
    exn_window_open(&window, source);
    exn_status status = exn_status_need_memory(error, source->size, options->max_memory);
    if (status == EXN_OK)
        status = exn_window_append(&window, 0, (size_t)source->size, &file, error);
    whole.data = exn_buffer_span(&file);
    if (status == EXN_OK && exn_jpeg_read_scan(&whole, options, NULL) == EXN_OK)
        image->reasons |= whole.reasons & 1u << EXN_REASON_EMBEDDED;
    exn_jpeg_read_close(&whole);
    exn_buffer_free(&file);
    return status;
}

/* Examines the pictures that an MPF index names: only their headers, and everything only if those
 * say something. */
static exn_status look_at_further(exn_image *image, const exn_source *source,
                                  const exn_jpeg_header *header, const exn_options *options,
                                  exn_error *error)
{
    const exn_jpeg *jpeg = image->state;
    const exn_segment *segment = jpeg->segments;
    exn_status status = EXN_OK;
    exn_mpf mpf = {0};
    bool suspect = false;
    while (segment < jpeg->segments + jpeg->count && !exn_segment_is_mpf(segment))
        segment++;
    if (!header->indexed || jpeg->foreign.status != EXN_OK ||
        segment == jpeg->segments + jpeg->count)
        return EXN_OK;
    const exn_span tiff = exn_span_part(segment->payload, EXN_MPF_PREFIX, SIZE_MAX);
    if (exn_mpf_open(tiff, &mpf) != EXN_MPF_INDEX)
        return EXN_OK;
    for (uint32_t i = 1; i < mpf.count && status == EXN_OK && !suspect; i++) {
        const exn_mpf_entry entry = exn_mpf_entry_at(tiff, &mpf, i);
        const uint64_t at = header->index_at + EXN_MPF_PREFIX + entry.offset;
        uint64_t size = at < source->size ? source->size - at : 0;
        size = size < entry.size ? size : entry.size;
        /* An index may claim any size, but only headers are examined. */
        size = size < EXN_EMBEDDED_HEADERS ? size : EXN_EMBEDDED_HEADERS;
        if (size > 2)
            status = is_suspect(source, at, size, &suspect, NULL);
        if (status == EXN_CORRUPT || status == EXN_LIMIT) /* damage in that picture alone */
            status = EXN_OK;
    }
    if (status != EXN_OK)
        return exn_status_fail(error, status, "further pictures");
    return suspect ? look_at_whole(image, source, options, error) : EXN_OK;
}

/* Each step reads more of the file than the previous one, and only if that may change the answer.
 */
exn_status exn_jpeg_read_look(exn_image *image, const exn_source *source,
                              const exn_options *options, exn_error *error)
{
    exn_window window;
    exn_jpeg_header header;
    exn_window_open(&window, source);
    exn_status status =
        exn_jpeg_collect(&window, options->max_memory, &header, &image->header, error);
    if (status == EXN_OK)
        status = scan_collected(image, options, error);
    if (status == EXN_OK)
        status = look_behind(image, &window, &header, options, error);
    return status == EXN_OK ? look_at_further(image, source, &header, options, error) : status;
}

exn_status exn_jpeg_read_to_end(exn_jpeg *jpeg, const exn_options *options, exn_error *error)
{
    if (jpeg->damaged)
        return EXN_OK;
    exn_status status = exn_segments_parse_rest(jpeg, NULL);
    if (status != EXN_MEMORY && (status != EXN_OK || !jpeg->has_eoi)) {
        status = exn_mend(jpeg, options->max_memory);
        if (status == EXN_OK)
            return EXN_OK;
    }
    return status == EXN_MEMORY ? exn_status_fail(error, EXN_MEMORY, "segment list")
                                : exn_segments_parse_rest(jpeg, error);
}

exn_status exn_jpeg_read_check_scans(const exn_image *image, const exn_options *options,
                                     exn_error *error)
{
    const exn_jpeg *jpeg = image->state;
    if (options->decode_all && !jpeg->damaged && image->warnings >> EXN_WARN_SCANS_MISSING & 1)
        return exn_status_fail(error, EXN_CORRUPT, "scans are missing: the image never gets sharp");
    return EXN_OK;
}

/* Whether the file is whole after all, as exn_mend() finds out. */
static exn_status try_to_mend(const exn_image *image, const exn_options *options)
{
    exn_jpeg *jpeg = image->state;
    return jpeg->complete && !jpeg->damaged ? exn_mend(jpeg, options->max_memory) : EXN_CORRUPT;
}

/* From here on the file is what decoders show of it. What the walk did not reach becomes its
 * trailer and is kept. In a foreign file no scan is known. */
static bool give_up(const exn_image *image)
{
    exn_jpeg *jpeg = image->state;
    if (jpeg->damaged || jpeg->foreign.status != EXN_OK)
        return false;
    jpeg->damaged = true;
    if (!jpeg->complete) {
        jpeg->trailer = exn_span_part(jpeg->file, jpeg->walked, SIZE_MAX);
        exn_segments_complete(jpeg);
    }
    return true;
}

/* Whether on_damage is worth trying: not for a damaged header, and not with strict, which would
 * refuse it. */
static bool may_be_shown(const exn_image *image, const exn_options *options)
{
    const exn_jpeg *jpeg = image->state;
    return !options->strict && jpeg->foreign.status == EXN_OK &&
           exn_status_need_memory(NULL, exn_coefficients_bytes(jpeg), options->max_memory) ==
               EXN_OK &&
           exn_coefficients_can_begin(jpeg);
}

/* Mending comes before giving up, because it loses nothing. A file is given up only once, so
 * callers' loops end. */
bool exn_jpeg_read_again(exn_status *status, const exn_image *image, bool mend,
                         const exn_options *options, exn_result *result, exn_error *error)
{
    exn_error cause = error ? *error : (exn_error){0};
    /* Errors found after reading are found again. */
    if (*status != EXN_CORRUPT || result->method != EXN_METHOD_NONE)
        return false;
    if (error)
        *error = (exn_error){0};
    if (mend)
        *status = try_to_mend(image, options);
    if (*status == EXN_OK)
        return true;
    if (*status == EXN_MEMORY)
        exn_status_fail(error, EXN_MEMORY, "decoder");
    else if (options->on_damage == EXN_ON_DAMAGE_FAIL)
        exn_status_fail(error, EXN_CORRUPT, "%s%s", cause.detail,
                        may_be_shown(image, options) ? " (see --on-damage)" : "");
    else if (options->strict)
        *status = exn_status_fail(error, EXN_REFUSED, "damaged: %s", cause.detail);
    else if (give_up(image)) {
        result->warnings |= 1u << EXN_WARN_DAMAGED;
        return true;
    } else
        exn_status_fail(error, EXN_CORRUPT, "%s", cause.detail);
    return false;
}
