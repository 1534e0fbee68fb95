/* SPDX-License-Identifier: MIT */
#include "traces.h"

#include "inflate.h"
#include "metadata/embedded.h"
#include "metadata/exif.h"
#include "metadata/irb.h"
#include "metadata/xmp.h"

/* Clause 11.3.4.5 (eXIf): nothing but the TIFF. */
static exn_span tiff_of(exn_span data)
{
    return exn_span_part(data, exn_block_stray_header(data), SIZE_MAX);
}

/* Browsers read only eXIf chunks before IDAT with a valid CRC, and Chromium only the first of
 * those. Returns its index, or 0. */
static size_t exif_that_counts(const exn_png *png)
{
    for (size_t i = 1; i < png->idat; i++) {
        if (png->chunks[i].type == EXN_PNG_EXIF && exn_png_chunks_crc_valid(png, &png->chunks[i]))
            return i;
    }
    return 0;
}

/* Reports a usable orientation in a block that Chromium does not read. Firefox skips garbage at the
 * front and takes the next one. */
static void judge_ignored(exn_image *image, const exn_png *png, size_t counts, size_t index,
                          const exn_exif *found)
{
    uint32_t shown = image->orientation ? image->orientation : 1;
    image->warnings |= found->warnings & 1u << EXN_WARN_ORIENTATION_IGNORED;
    if (found->orientation == 0 || found->orientation == shown)
        return;
    const exn_png_chunk *chunk = &png->chunks[index];
    bool firefox = counts && counts < index && index < png->idat &&
                   !exn_exif_tags_has_header(exn_png_chunks_data(png, &png->chunks[counts])) &&
                   exn_exif_tags_has_header(exn_png_chunks_data(png, chunk)) &&
                   exn_png_chunks_crc_valid(png, chunk);
    image->warnings |=
        1u << (firefox ? EXN_WARN_ORIENTATION_AMBIGUOUS : EXN_WARN_ORIENTATION_IGNORED);
}

/* The predicate checks every eXIf, wherever it is and whether or not browsers read it, because
 * other readers do. */
static void scan_exif(exn_image *image, const exn_png *png)
{
    size_t counts = exif_that_counts(png);
    exn_span data = exn_png_chunks_optional(png, counts);
    if (counts && exn_block_stray_header(data) == 0) {
        exn_exif found;
        exn_exif_scan(data, png->width, png->height, &found);
        image->exif = data;
        image->orientation = found.orientation;
        image->place = found.place;
        image->warnings |= found.warnings;
        image->reasons |= found.reasons;
    }
    for (size_t i = 1; i < png->count; i++) {
        if (png->chunks[i].type != EXN_PNG_EXIF || (i == counts && image->exif.size > 0))
            continue;
        exn_exif found;
        exn_exif_scan(tiff_of(exn_png_chunks_data(png, &png->chunks[i])), png->width, png->height,
                      &found);
        image->reasons |= found.reasons;
        judge_ignored(image, png, counts, i, &found);
    }
}

/* zxIf of a draft, eXIf in another case or after IEND, or with deflated data: no browser reads
 * them, but exiftool does. */
static bool is_exif_alike(uint32_t type)
{
    uint32_t lower = type | 0x20202020;
    return type != EXN_PNG_EXIF && !exn_png_is_critical(type) &&
           (lower == EXN_PNG_TYPE('e', 'x', 'i', 'f') || lower == EXN_PNG_TYPE('z', 'x', 'i', 'f'));
}

/* Limits the total of inflated metadata: many small bombs are as bad as one. Each counts as at
 * least a minimum, for the time it takes to examine it. */
static exn_status count_inflated(size_t *inflated, size_t size, exn_error *error)
{
    enum { MAX_INFLATED = 32 << 20, LEAST = 128 << 10 };
    if (size > 0)
        *inflated += size > LEAST ? size : LEAST;
    return *inflated <= MAX_INFLATED
               ? EXN_OK
               : exn_status_fail(error, EXN_LIMIT,
                                 "more than %d compressed chunks, or more than %d MiB in them",
                                 MAX_INFLATED / LEAST, MAX_INFLATED >> 20);
}

static bool orients(const exn_png *png, exn_span tiff)
{
    exn_exif found;
    exn_exif_scan(tiff, png->width, png->height, &found);
    return found.reasons >> EXN_REASON_EXIF & 1;
}

/* Deflated TIFF bytes follow a zero byte and four bytes of length, as in the draft of zxIf. */
exn_status exn_png_traces_judge_stray(const exn_png *png, const exn_png_chunk *chunk,
                                      size_t *inflated, bool *stray, exn_error *error)
{
    enum { DRAFT_HEAD = 5 };
    bool alike = is_exif_alike(chunk->type), readable;
    *stray = false;
    if (!alike && chunk->type != EXN_PNG_EXIF)
        return EXN_OK;
    exn_span tiff = tiff_of(exn_png_chunks_data(png, chunk));
    if (!exn_span_starts(tiff, "", 1)) {
        *stray = (alike || chunk->offset >= png->end) && orients(png, tiff);
        return EXN_OK;
    }
    exn_buffer whole = {0};
    exn_status status = exn_png_inflate_value(exn_span_part(tiff, DRAFT_HEAD, SIZE_MAX),
                                              &png->cancel, &whole, &readable, error);
    if (status == EXN_OK)
        status = count_inflated(inflated, whole.size, error);
    *stray = status == EXN_OK && readable && orients(png, exn_buffer_span(&whole));
    exn_buffer_free(&whole);
    return status;
}

/* XMP and the raw profiles of other tools: no browser reads them, but others do. */
static exn_status judge_text(exn_image *image, const exn_png *png, const exn_png_text *text,
                             exn_error *error)
{
    exn_block block = exn_png_text_block(text);
    exn_exif exif = {0};
    exn_xmp xmp = {0};
    bool orients;
    if (text->kind == EXN_PNG_TEXT_ORIENTATION) {
        uint32_t number = exn_png_text_number(text);
        /* A number that is not an orientation does not belong there either. */
        if (number != 1)
            image->reasons |= 1u << EXN_REASON_RAW_PROFILE;
        exn_image_compare(image, number <= 8 ? number : 0, EXN_WARN_PROFILE_ORIENTATION);
        return EXN_OK;
    }
    if (text->kind == EXN_PNG_TEXT_RESOURCES && exn_irb_reasons(block.body, &png->cancel)) {
        image->reasons |= 1u << EXN_REASON_RAW_PROFILE;
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    }
    if (block.kind == EXN_BLOCK_EXIF)
        exn_exif_scan(block.body, image->width, image->height, &exif);
    else if (block.kind == EXN_BLOCK_XMP)
        exn_xmp_scan(block.body, &png->cancel, &xmp);
    bool profile = text->kind == EXN_PNG_TEXT_PROFILE;
    if (xmp.needs_edit || exif.reasons)
        image->reasons |= 1u << (profile ? EXN_REASON_RAW_PROFILE : EXN_REASON_XMP);
    exn_image_compare(image, block.kind == EXN_BLOCK_XMP ? xmp.orientation : exif.orientation,
                      profile ? EXN_WARN_PROFILE_ORIENTATION : EXN_WARN_XMP_ORIENTATION);
    if (exn_embedded_scan_xmp(&xmp, &orients) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "XMP");
    if (orients)
        image->reasons |= 1u << EXN_REASON_EMBEDDED;
    return EXN_OK;
}

/* Memory is checked twice: before the text is inflated, and when its size is known. */
exn_status exn_png_traces_open_text(exn_png_text *text, const exn_png *png,
                                    const exn_png_chunk *chunk, unsigned copies,
                                    uint64_t max_memory, exn_error *error)
{
    exn_span data = exn_png_chunks_data(png, chunk);
    *text = (exn_png_text){0};
    if (exn_cancel_check(&png->cancel, error) != EXN_OK)
        return EXN_CANCELLED;
    exn_status status = exn_status_need_memory(error, png->data.size + data.size, max_memory);
    if (status == EXN_OK)
        status = exn_png_text_open(text, chunk->type, data, &png->cancel, error);
    uint64_t need = png->data.size + copies * (uint64_t)text->value.size;
    return status == EXN_OK ? exn_status_need_memory(error, need, max_memory) : status;
}

static exn_status scan_text(exn_image *image, const exn_png *png, const exn_png_chunk *chunk,
                            uint64_t max_memory, size_t *inflated, exn_error *error)
{
    exn_png_text text;
    exn_status status = exn_png_traces_open_text(&text, png, chunk, 2, max_memory, error);
    if (status == EXN_OK)
        status = count_inflated(inflated, text.inflated, error);
    if (status == EXN_OK && text.readable)
        status = judge_text(image, png, &text, error);
    exn_png_text_close(&text);
    return status;
}

/* Scans what no browser reads, in the list and after IEND. */
static exn_status scan_others(exn_image *image, const exn_png *png, uint64_t max_memory,
                              exn_error *error)
{
    size_t inflated = 0, at = png->end;
    exn_status status = EXN_OK;
    for (size_t i = 1; status == EXN_OK; i++) {
        exn_png_chunk chunk;
        bool stray;
        if (i < png->count)
            chunk = png->chunks[i];
        else if (!exn_png_chunks_next_in_trailer(png, &at, &chunk))
            break;
        status = exn_png_traces_judge_stray(png, &chunk, &inflated, &stray, error);
        if (status == EXN_OK && stray) {
            image->reasons |= 1u << EXN_REASON_EXIF;
            image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
        }
        if (status == EXN_OK)
            status = scan_text(image, png, &chunk, max_memory, &inflated, error);
    }
    return status;
}

/* eXIf comes first, because what other chunks say is compared with it. */
exn_status exn_png_traces_scan(exn_image *image, const exn_png *png, const exn_options *options,
                               exn_error *error)
{
    scan_exif(image, png);
    /* Firefox shows an APNG as it is stored. */
    if (png->acTL && png->acTL < png->idat && image->orientation > 1)
        image->warnings |= 1u << EXN_WARN_ORIENTATION_AMBIGUOUS;
    return scan_others(image, png, options->max_memory, error);
}
