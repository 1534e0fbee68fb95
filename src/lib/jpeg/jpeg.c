/* SPDX-License-Identifier: MIT */
#include "jpeg.h"

#include <stdlib.h>
#include <string.h>

#include "app_segments.h"
#include "coefficients.h"
#include "collect.h"
#include "mend.h"
#include "metadata/embedded.h"
#include "progression.h"
#include "requantize.h"
#include "secondary.h"
#include "segments.h"
#include "turned.h"

/* Of a file's thumbnails: how many, how many blocks in all scans of all of them (a million take a
 * fifth of a second), and how many pixels in one. */
enum {
    THUMBNAILS = 64,
    THUMBNAIL_DEPTH = 2, /* one, and that one's own */
    THUMBNAIL_BLOCKS = 1 << 21,
    THUMBNAIL_PIXELS = 16000000
};

static bool sniff(exn_span head)
{
    return exn_span_starts(head, "\xFF\xD8\xFF", 3);
}

static exn_status scan_segments(exn_image *image, exn_error *error)
{
    exn_jpeg *jpeg = calloc(1, sizeof *jpeg);
    if (!jpeg)
        return exn_status_fail(error, EXN_MEMORY, "segment list");
    image->state = jpeg;
    exn_status status = exn_segments_parse_header(image->data, jpeg, error);
    image->width = jpeg->width;
    image->height = jpeg->height;
    image->components = jpeg->components;
    for (uint32_t i = 0; i < jpeg->components && i < EXN_JPEG_MAX_COMPONENTS; i++)
        image->sampling[i] = (uint8_t)(jpeg->component[i].h << 4 | jpeg->component[i].v);
    /* Damage behind the first scan header ends the list, and is told of where it matters. */
    if (status == EXN_OK && exn_segments_parse_rest(jpeg, NULL) == EXN_MEMORY)
        status = exn_status_fail(error, EXN_MEMORY, "segment list");
    if (status == EXN_OK)
        status = exn_app_segments_scan(image, jpeg, error);
    /* What needs nothing may be of any kind. */
    if (status == EXN_OK && image->reasons && jpeg->foreign.status != EXN_OK)
        status = exn_status_fail(error, jpeg->foreign.status, "%s", jpeg->foreign.detail);
    return status;
}

/* Bits that never come are known from the scan headers, where all of them were seen. */
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
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "picture list");
}

static exn_status scan(exn_image *image, const exn_options *options, exn_error *error)
{
    (void)options;
    exn_status status = scan_segments(image, error);
    if (status == EXN_OK)
        warn_of_missing_scans(image);
    return status == EXN_OK ? scan_further(image, error) : status;
}

static void close_image(exn_image *image)
{
    if (image->state)
        exn_segments_free(image->state);
    free(image->state);
    image->state = NULL;
}

/* Scans what was collected, closed by EOI. */
static exn_status scan_collected(exn_image *image, exn_error *error)
{
    if (exn_buffer_append(&image->header, "\xFF\xD9", 2) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "headers");
    image->data = exn_buffer_span(&image->header);
    return scan_segments(image, error);
}

/* Nearly every file has all that speaks of orientation before its first scan. */
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
    if (found) {
        const exn_buffer collected = image->header;
        close_image(image);
        *image = (exn_image){.ops = image->ops, .header = collected};
        status = scan_collected(image, error);
    } else {
        image->header.size = size;
    }
    if (status == EXN_OK && header->to_end)
        warn_of_missing_scans(image);
    return status;
}

/* Asks by the headers of the picture at that place whether all of the file is to be read: it
 * orients, or there is none. */
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
    bool is_jpeg = status == EXN_OK && sniff((exn_span){soi, sizeof soi});
    if (is_jpeg)
        status = exn_jpeg_collect(&window, size, &header, &headers, error);
    if (is_jpeg && headers.size > 0)
        exn_embedded_scan(exn_buffer_span(&headers), true, &picture);
    *suspect = !is_jpeg || picture.orients;
    exn_buffer_free(&headers);
    return status;
}

/* Reads all of the file, and asks as exn_normalize() does. */
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
    if (status == EXN_OK && scan(&whole, options, NULL) == EXN_OK)
        image->reasons |= whole.reasons & 1u << EXN_REASON_EMBEDDED;
    close_image(&whole);
    exn_buffer_free(&file);
    return status;
}

/* The pictures that MPF's index names: their headers, and only where those say something, all. */
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
        size = size < EXN_EMBEDDED_HEADERS ? size : EXN_EMBEDDED_HEADERS;
        if (size > 2)
            status = is_suspect(source, at, size, &suspect, NULL);
        if (status == EXN_CORRUPT || status == EXN_LIMIT) /* of that picture alone */
            status = EXN_OK;
    }
    if (status != EXN_OK)
        return exn_status_fail(error, status, "further pictures");
    return suspect ? look_at_whole(image, source, options, error) : EXN_OK;
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_window window;
    exn_jpeg_header header;
    exn_window_open(&window, source);
    exn_status status =
        exn_jpeg_collect(&window, options->max_memory, &header, &image->header, error);
    if (status == EXN_OK)
        status = scan_collected(image, error);
    if (status == EXN_OK)
        status = look_behind(image, &window, &header, options, error);
    return status == EXN_OK ? look_at_further(image, source, &header, options, error) : status;
}

/* Walks to the end of the picture, also where only its last MCU says where that is. */
static exn_status walk_whole(exn_jpeg *jpeg, const exn_options *options, exn_error *error)
{
    exn_status status = exn_segments_parse_rest(jpeg, NULL);
    if (status == EXN_MEMORY || (status == EXN_OK && jpeg->has_eoi) ||
        !exn_mend(jpeg, options->max_memory))
        status = exn_segments_parse_rest(jpeg, error);
    else
        status = EXN_OK;
    return status;
}

/* Weaves the turned picture into the source's segments: tables and frame header stand where the
 * source's frame header stood, each scan where the source's scan of that number stood. */
static exn_status assemble(const exn_jpeg *source, exn_turned *turned,
                           exn_app_segments *application, exn_buffer *out)
{
    exn_status status = exn_buffer_reserve(out, source->file.size + source->file.size / 64);
    if (status == EXN_OK)
        status = exn_buffer_append(out, "\xFF\xD8", 2);
    for (size_t i = 0; i < source->count && status == EXN_OK; i++) {
        const exn_segment *segment = &source->segments[i];
        if (exn_segment_is_frame_marker(segment->marker))
            status = exn_turned_append_frame(turned, out);
        else if (segment->marker == EXN_MARKER_SOS)
            status = exn_turned_append_scan(turned, out);
        else if (exn_segment_is_metadata(segment))
            status = exn_app_segments_append(application, segment, out);
    }
    if (status == EXN_OK)
        status = exn_turned_append_rest(turned, out);
    if (status == EXN_OK)
        status = exn_buffer_append(out, "\xFF\xD9", 2);
    return status;
}

/* Appends the picture from SOI to EOI with its metadata edited; turned: what its pixels have
 * become, NULL where they stay. */
static exn_status write_picture(const exn_jpeg *jpeg, exn_turned *turned, exn_orientation o,
                                exn_thumbnails *thumbnails, exn_app_segments_index *index,
                                exn_buffer *out, uint32_t *warnings, exn_error *error)
{
    exn_app_segments application;
    exn_status status = exn_app_segments_open(&application, jpeg, o, thumbnails, warnings, error);
    application.index = index;
    if (status == EXN_OK)
        status = turned ? assemble(jpeg, turned, &application, out)
                        : exn_app_segments_edit(&application, out);
    exn_app_segments_close(&application);
    *warnings |= thumbnails->warnings;
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "product");
}

static void take(uint64_t *left, uint64_t amount)
{
    *left -= amount < *left ? amount : *left;
}

/* Turns a thumbnail within its file's budget, which those inside of it share. */
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
        status = exn_segments_charge(jpeg, 0, &thumbnails->blocks, NULL);
    if (status == EXN_OK && !keep)
        status = exn_turned_open(&turned, jpeg, o, &options, &result, NULL);
    take(&thumbnails->max_memory, keep ? 2 * (uint64_t)jpeg->file.size : exn_turned_bytes(&turned));
    if (status == EXN_OK)
        status = write_picture(jpeg, keep ? NULL : &turned, o, thumbnails, NULL, out,
                               &thumbnails->warnings, NULL);
    thumbnails->max_memory = max_memory;
    exn_turned_close(&turned);
    return status;
}

/* Padding behind EOI, which cameras add to thumbnails, would only take room. Standard Huffman
 * tables, which thumbnails have, suit one that was turned a little less. */
static exn_status turn_thumbnail(exn_thumbnails *thumbnails, exn_span file, exn_orientation o,
                                 size_t room, exn_buffer *out)
{
    const size_t start = out->size;
    exn_jpeg jpeg = {0};
    if (thumbnails->count == 0 || thumbnails->depth == 0)
        return EXN_LIMIT;
    thumbnails->count--;
    thumbnails->depth--;
    exn_status status = exn_segments_parse(file, &jpeg, NULL);
    if (status == EXN_OK)
        status = write_thumbnail(thumbnails, &jpeg, o, out);
    if (status == EXN_OK && out->size - start > room && jpeg.standard_huffman) {
        out->size = start;
        jpeg.standard_huffman = false;
        status = write_thumbnail(thumbnails, &jpeg, o, out);
    }
    thumbnails->depth++;
    exn_segments_free(&jpeg);
    return status;
}

exn_thumbnails exn_jpeg_thumbnails(uint64_t max_memory)
{
    return (exn_thumbnails){.turn = turn_thumbnail,
                            .count = THUMBNAILS,
                            .depth = THUMBNAIL_DEPTH,
                            .blocks = THUMBNAIL_BLOCKS,
                            .max_memory = max_memory};
}

/* What is left of a file's limits while its pictures are made one after another. */
typedef struct allowance {
    exn_options options;        /* memory and pixels of those to come */
    uint64_t *blocks;           /* of all; exn_segments_charge()'s */
    exn_thumbnails *thumbnails; /* of all */
} allowance;

/* The memory that a picture's thumbnails may take, beside the picture that was turned. */
static exn_thumbnails *thumbnails_beside(const allowance *left, const exn_jpeg *jpeg,
                                         const exn_turned *turned)
{
    left->thumbnails->max_memory = left->options.max_memory;
    take(&left->thumbnails->max_memory,
         turned ? exn_turned_bytes(turned) : 2 * (uint64_t)jpeg->file.size);
    return left->thumbnails;
}

/* Makes a secondary picture's product, if it needs one. */
static exn_status turn_secondary(const exn_image *primary, exn_picture *picture, allowance *left,
                                 uint32_t *warnings, exn_error *error)
{
    exn_orientation o = primary->turn;
    bool keep = exn_orientation_is_identity(o);
    exn_image image = {.data = exn_span_part(primary->data, picture->at, picture->size)};
    exn_turned turned = {0};
    exn_result result = {0};
    exn_status status = scan(&image, &left->options, error);
    const exn_jpeg *jpeg = image.state;
    if (status == EXN_OK && (!keep || image.reasons)) {
        status = exn_segments_parse_rest(image.state, error);
        if (status == EXN_OK)
            status = exn_secondary_check(jpeg, primary->width, primary->height, error);
        if (status == EXN_OK && !keep)
            status = exn_segments_charge(jpeg, EXN_JPEG_FREE_PASSES, left->blocks, error);
        if (status == EXN_OK && !keep)
            status = exn_turned_open(&turned, jpeg, o, &left->options, &result, error);
        if (status == EXN_OK && !keep)
            take(&left->options.max_pixels, (uint64_t)image.width * image.height);
        if (status == EXN_OK)
            status = write_picture(jpeg, keep ? NULL : &turned, o,
                                   thumbnails_beside(left, jpeg, keep ? NULL : &turned), NULL,
                                   &picture->product, &result.warnings, error);
        if (status == EXN_OK)
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): set where the scan is well */
            status = exn_buffer_append(&picture->product, jpeg->trailer.data, jpeg->trailer.size);
        picture->replaced = status == EXN_OK;
        take(&left->options.max_memory, picture->product.capacity);
        if (!keep && result.outcome != EXN_OUTCOME_LOSSLESS)
            result.warnings |= 1u << EXN_WARN_SECONDARY_REQUANTIZED;
        if (picture->replaced)
            *warnings |= result.warnings | (image.warnings & 1u << EXN_WARN_SCANS_MISSING);
    }
    exn_turned_close(&turned);
    close_image(&image);
    return status;
}

/* Says which picture failed. What is wrong with one is no damage of the file's first picture. */
static exn_status blame(exn_status status, size_t number, const exn_error *cause, exn_error *error)
{
    if (status == EXN_CORRUPT || status == EXN_UNSUPPORTED)
        return exn_status_fail(error, EXN_UNSUPPORTED, "multi-picture: picture %zu: %s", number,
                               cause->detail);
    return exn_status_fail(error, status, "picture %zu: %s", number, cause->detail);
}

/* Pictures of another frame stay as they are, and so does one that cannot be read where no pixel is
 * to be turned. */
static exn_status turn_secondaries(const exn_image *primary, exn_secondaries *s,
                                   const allowance *all, uint32_t *warnings, exn_error *error)
{
    bool keep = exn_orientation_is_identity(primary->turn);
    allowance left = *all; /* the limit is one for the whole file */
    take(&left.options.max_pixels, (uint64_t)primary->width * primary->height);
    take(&left.options.max_memory, primary->data.size);
    for (size_t i = 0; i < s->count; i++) {
        exn_picture *picture = &s->pictures[i];
        exn_error cause = {0};
        if (picture->frame != EXN_MPF_FRAME_SAME)
            continue;
        exn_status status = turn_secondary(primary, picture, &left, warnings, &cause);
        bool unnamed = !picture->entry && !picture->item;
        if (status == EXN_MEMORY || (status != EXN_OK && !keep && !unnamed))
            return blame(status, i + 2, &cause, error);
        if (status != EXN_OK && !keep)
            *warnings |= 1u << EXN_WARN_METADATA_STALE;
    }
    return EXN_OK;
}

/* Whether the product's own index finds every picture where it was put. */
static exn_status check_index(const exn_secondaries *s, bool drop, const exn_options *options,
                              const exn_buffer *product, size_t primary_size, exn_error *error)
{
    exn_jpeg jpeg = {0};
    exn_secondaries after = {0};
    exn_status status = exn_segments_parse_header(exn_buffer_span(product), &jpeg, error);
    if (status == EXN_OK)
        status = walk_whole(&jpeg, options, error);
    if (status == EXN_OK)
        status = exn_secondary_open(&after, &jpeg, false);
    bool same =
        after.count == (drop ? 0 : s->count) && !after.reason[0] && !(drop && after.mpf_segment);
    if (!drop && after.directory.items[0].length > 0)
        same = same && after.directory.items[0].length == primary_size;
    for (size_t i = 0; same && i < after.count; i++) {
        const exn_picture *p = &s->pictures[i], *q = &after.pictures[i];
        same = q->at == primary_size + p->new_at && q->entry == p->entry &&
               q->size == (p->replaced ? p->product.size : p->size);
    }
    if (status == EXN_OK && !same)
        status =
            exn_status_fail(error, EXN_UNSUPPORTED, "multi-picture: the index cannot be rewritten");
    exn_secondary_close(&after);
    exn_segments_free(&jpeg);
    return status;
}

/* Writes first picture, trailer and index. The directory may hold the first picture's length, of
 * which it is a part: few rounds settle that, since only the number of digits matters. */
static exn_status write_file(const exn_image *image, const exn_options *options, exn_turned *turned,
                             const exn_thumbnails *thumbnails, exn_secondaries *s,
                             exn_app_segments_index *index, exn_buffer *out, uint32_t *warnings,
                             exn_error *error)
{
    enum { ROUNDS = 4 };
    const exn_jpeg *jpeg = image->state;
    size_t size = jpeg->file.size - jpeg->trailer.size;
    exn_status status = EXN_OK;
    for (int round = 0; status == EXN_OK && round < ROUNDS; round++) {
        if (index && !index->drop)
            exn_secondary_lengths(s, size, &index->directory);
        exn_thumbnails left = *thumbnails; /* the same ones in each round */
        out->size = 0;
        status = write_picture(jpeg, turned, image->turn, &left, index, out, warnings, error);
        if (out->size == size || !index || index->drop || !s->directory.items[0].length)
            break;
        size = out->size;
    }
    size = out->size;
    if (status == EXN_OK && !index && s->indexed && size != jpeg->file.size - jpeg->trailer.size)
        return exn_status_fail(error, EXN_UNSUPPORTED, "multi-picture: %s", s->reason);
    if (status == EXN_OK)
        status = exn_secondary_append_trailer(s, index && index->drop, out);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "product");
    if (!index)
        return EXN_OK;
    if (!index->drop && !exn_secondary_patch(s, out, index->mpf_at, size))
        return exn_status_fail(error, EXN_UNSUPPORTED, "multi-picture: over 4 GiB");
    return check_index(s, index->drop, options, out, size, error);
}

/* Decides what becomes of the further pictures. *keep_index: their index is not true, and bytes may
 * be edited only so that it is no worse. */
static exn_status prepare_secondaries(const exn_image *image, exn_secondaries *s,
                                      const allowance *all, exn_app_segments_index *index,
                                      bool *keep_index, uint32_t *warnings, exn_error *error)
{
    bool dropping = all->options.secondary == EXN_SECONDARY_DROP &&
                    (s->mpf_segment || s->count || s->reason[0]);
    *index = (exn_app_segments_index){.mpf = s->mpf_segment, .xmp = s->xmp_segment};
    bool turning = !exn_orientation_is_identity(image->turn);
    if (turning && s->stale)
        *warnings |= 1u << EXN_WARN_METADATA_STALE;
    if (dropping || (s->leftover && !s->reason[0]) || (turning && s->untrue)) {
        *index = (exn_app_segments_index){.drop = true, .directory = {.drop = true}};
        *warnings |= 1u << EXN_WARN_SECONDARY_DROPPED;
        return EXN_OK;
    }
    *keep_index = s->reason[0] != 0;
    if (*keep_index)
        return exn_orientation_is_identity(image->turn)
                   ? EXN_OK
                   : exn_status_fail(error, EXN_UNSUPPORTED, "multi-picture: %s", s->reason);
    if (s->directory.dynamic_depth && !exn_orientation_is_identity(image->turn))
        *warnings |= 1u << EXN_WARN_METADATA_STALE; /* camera parameters of the stored frame */
    return turn_secondaries(image, s, all, warnings, error);
}

/* Who asks for certainty gets no picture that lacks some of its bits. */
static exn_status check_scans(const exn_image *image, const exn_options *options, exn_error *error)
{
    if (options->decode_all && image->warnings >> EXN_WARN_SCANS_MISSING & 1)
        return exn_status_fail(error, EXN_CORRUPT, "scans are missing: it never gets sharp");
    return EXN_OK;
}

static exn_status produce_once(const exn_image *image, const exn_options *options, exn_buffer *out,
                               exn_result *result, exn_error *error)
{
    const exn_jpeg *jpeg = image->state;
    bool keep = exn_orientation_is_identity(image->turn), keep_index = false;
    exn_app_segments_index index;
    exn_secondaries secondaries;
    exn_turned turned = {0};
    exn_thumbnails thumbnails = exn_jpeg_thumbnails(0);
    uint64_t blocks = EXN_JPEG_BLOCKS;
    allowance left = {*options, &blocks, &thumbnails};
    exn_status status = walk_whole(image->state, options, error);
    if (status == EXN_OK)
        status = check_scans(image, options, error);
    if (status != EXN_OK)
        return status;
    status = exn_secondary_open(&secondaries, jpeg, !keep);
    if (status != EXN_OK)
        exn_status_fail(error, status, "picture list");
    if (status == EXN_OK)
        status = prepare_secondaries(image, &secondaries, &left, &index, &keep_index,
                                     &result->warnings, error);
    for (size_t i = 0; status == EXN_OK && i < secondaries.count; i++)
        take(&left.options.max_memory, secondaries.pictures[i].product.capacity);
    if (status == EXN_OK && !keep)
        status = exn_segments_charge(jpeg, EXN_JPEG_FREE_PASSES, &blocks, error);
    if (status == EXN_OK && !keep) {
        status = exn_turned_open(&turned, jpeg, image->turn, &left.options, result, error);
    } else if (status == EXN_OK) {
        status =
            exn_status_need_memory(error, 2 * (uint64_t)jpeg->file.size, left.options.max_memory);
        result->outcome = EXN_OUTCOME_METADATA;
        result->method = EXN_METHOD_EDIT;
        result->exact_components = (1u << image->components) - 1;
    }
    if (status == EXN_OK)
        status = write_file(image, options, keep ? NULL : &turned,
                            thumbnails_beside(&left, jpeg, keep ? NULL : &turned), &secondaries,
                            secondaries.indexed && !keep_index ? &index : NULL, out,
                            &result->warnings, error);
    exn_turned_close(&turned);
    exn_secondary_close(&secondaries);
    return status;
}

/* Whether a file that was called damaged is whole after all; then all is done once more. */
static bool is_mended(exn_status status, const exn_image *image, const exn_options *options,
                      exn_error *error)
{
    exn_jpeg *jpeg = image->state;
    if (status != EXN_CORRUPT || !jpeg->complete || !exn_mend(jpeg, options->max_memory))
        return false;
    if (error)
        *error = (exn_error){0};
    return true;
}

static exn_status produce(const exn_image *image, const exn_options *options, exn_buffer *out,
                          exn_result *result, exn_error *error)
{
    exn_status status = produce_once(image, options, out, result, error);
    if (!exn_orientation_is_identity(image->turn) && is_mended(status, image, options, error)) {
        out->size = 0;
        status = produce_once(image, options, out, result, error);
    }
    return status;
}

static exn_status decode_once(const exn_image *image, const exn_options *options,
                              exn_result *result, exn_error *error)
{
    exn_coefficients coefficients = {0};
    uint64_t blocks = EXN_JPEG_BLOCKS;
    const exn_jpeg *jpeg = image->state;
    if (jpeg->foreign.status != EXN_OK) {
        result->warnings |= 1u << EXN_WARN_NOT_DECODED;
        return EXN_OK;
    }
    exn_status status = walk_whole(image->state, options, error);
    if (status == EXN_OK)
        status = check_scans(image, options, error);
    if (status == EXN_OK)
        status = exn_segments_charge(image->state, EXN_JPEG_FREE_PASSES, &blocks, error);
    if (status == EXN_OK)
        status = exn_turned_check_limits(image->state, options, 1, 0, error);
    if (status == EXN_OK)
        status = exn_coefficients_read(&coefficients, image->state, &result->warnings, error);
    exn_coefficients_close(&coefficients);
    return status;
}

static exn_status decode(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error)
{
    exn_status status = decode_once(image, options, result, error);
    return is_mended(status, image, options, error) ? decode_once(image, options, result, error)
                                                    : status;
}

static exn_status compare(const exn_coefficients *source, const exn_coefficients *product,
                          exn_orientation o, uint32_t exact, exn_quality quality, exn_error *error)
{
    uint32_t width = source->width, height = source->height;
    exn_orientation_size(o, &width, &height);
    if (product->components != source->components || product->width != width ||
        product->height != height)
        return exn_status_fail(error, EXN_MISMATCH, "frame header differs");
    exn_status status = EXN_OK;
    for (uint32_t i = 0; i < source->components && status == EXN_OK; i++) {
        bool is_exact = exact >> i & 1;
        status = exn_component_compare(&source->component[i], &product->component[i], o, is_exact,
                                       quality, error);
        if (status == EXN_OK && !is_exact)
            status = exn_requantize_verify(source, product, i, o, error);
    }
    return status;
}

/* Compares two pictures. exact: the components that are to be so; NULL: all that can be. */
static exn_status verify_picture(const exn_jpeg *source, const exn_jpeg *product, exn_orientation o,
                                 const uint32_t *exact, const exn_options *options,
                                 uint64_t *blocks, exn_error *error)
{
    exn_coefficients before = {0}, after = {0};
    uint32_t warnings = 0;
    exn_status status = exn_segments_charge(source, EXN_JPEG_FREE_PASSES, blocks, error);
    if (status == EXN_OK)
        status = exn_turned_check_limits(source, options, 2, 1, error);
    if (status == EXN_OK)
        status = exn_coefficients_read(&before, source, &warnings, error);
    if (status == EXN_OK)
        status = exn_coefficients_read(&after, product, &warnings, error);
    if (status == EXN_OK)
        status = compare(&before, &after, o, exact ? *exact : exn_turned_exact_set(source, o),
                         options->quality, error);
    exn_coefficients_close(&after);
    exn_coefficients_close(&before);
    return status;
}

static bool same_bytes(exn_span a, exn_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static const exn_segment *next_of_coding(const exn_jpeg *jpeg, size_t *i)
{
    while (*i < jpeg->count && exn_segment_is_metadata(&jpeg->segments[*i]))
        ++*i;
    return *i < jpeg->count ? &jpeg->segments[(*i)++] : NULL;
}

/* Whether everything but metadata is byte for byte the same, damage included. */
static bool same_coding(const exn_jpeg *a, const exn_jpeg *b)
{
    size_t i = 0, j = 0;
    const exn_segment *p, *q;
    do {
        p = next_of_coding(a, &i);
        q = next_of_coding(b, &j);
        if (p && q &&
            !same_bytes(exn_span_part(a->file, p->offset, p->size),
                        exn_span_part(b->file, q->offset, q->size)))
            return false;
    } while (p && q);
    return !p && !q && same_bytes(a->trailer, b->trailer);
}

static exn_status complete_both(const exn_image *before, const exn_image *after,
                                const exn_options *options, exn_error *error)
{
    exn_status status = walk_whole(before->state, options, error);
    return status == EXN_OK ? walk_whole(after->state, options, error) : status;
}

static exn_status scan_both(exn_image *before, exn_image *after, const exn_options *options,
                            exn_error *error)
{
    exn_status status = scan(before, options, error);
    if (status == EXN_OK)
        status = scan(after, options, error);
    return status == EXN_OK ? complete_both(before, after, options, error) : status;
}

static exn_status verify_secondary(exn_span source, exn_span product, exn_orientation o,
                                   const exn_options *options, uint64_t *blocks, exn_error *error)
{
    exn_image before = {.data = source}, after = {.data = product};
    exn_status status = scan_both(&before, &after, options, error);
    if (status == EXN_OK && after.reasons)
        status = exn_status_fail(error, EXN_MISMATCH, "a further picture still needs an edit");
    if (status == EXN_OK && !exn_orientation_is_identity(o))
        status = verify_picture(before.state, after.state, o, NULL, options, blocks, error);
    else if (status == EXN_OK && !same_coding(before.state, after.state))
        status = exn_status_fail(error, EXN_MISMATCH, "a further picture differs");
    close_image(&after);
    close_image(&before);
    return status;
}

/* Every picture against its source, and every byte between and behind them. */
static exn_status verify_pairs(const exn_secondaries *before, const exn_secondaries *after,
                               exn_orientation o, const exn_options *options, uint64_t *blocks,
                               exn_error *error)
{
    exn_span file = before->jpeg->file, product = after->jpeg->file;
    size_t a = file.size - before->jpeg->trailer.size;
    size_t b = product.size - after->jpeg->trailer.size;
    exn_status status = EXN_OK;
    if (after->reason[0] || after->count != before->count)
        return exn_status_fail(error, EXN_MISMATCH, "the index of further pictures differs");
    for (size_t i = 0; i < before->count && status == EXN_OK; i++) {
        const exn_picture *p = &before->pictures[i], *q = &after->pictures[i];
        exn_span from = exn_span_part(file, p->at, p->size);
        exn_span to = exn_span_part(product, q->at, q->size);
        if (p->entry != q->entry ||
            !same_bytes(exn_span_part(file, a, p->at - a), exn_span_part(product, b, q->at - b)))
            return exn_status_fail(error, EXN_MISMATCH, "the index of further pictures differs");
        bool kept = !p->entry && !p->item && same_bytes(from, to); /* which was warned of */
        if (!kept && (!exn_orientation_is_identity(o) || !same_bytes(from, to)))
            status = verify_secondary(from, to, o, options, blocks, error);
        a = p->at + p->size;
        b = q->at + q->size;
    }
    if (status == EXN_OK &&
        !same_bytes(exn_span_part(file, a, SIZE_MAX), exn_span_part(product, b, SIZE_MAX)))
        status = exn_status_fail(error, EXN_MISMATCH, "the bytes behind the picture differ");
    return status;
}

/* What is behind EOI where the further pictures were left out, or where none was touched. */
static exn_status verify_trailer(exn_secondaries *before, const exn_secondaries *after, bool drop,
                                 exn_error *error)
{
    exn_buffer trailer = {0};
    exn_status status = exn_secondary_append_trailer(before, drop, &trailer);
    if (status != EXN_OK)
        exn_status_fail(error, status, "trailer");
    else if (drop && (after->count || after->mpf_segment || after->reason[0]))
        status = exn_status_fail(error, EXN_MISMATCH, "an index of further pictures was left");
    else if (!same_bytes(exn_buffer_span(&trailer), after->jpeg->trailer))
        status = exn_status_fail(error, EXN_MISMATCH, "the bytes behind the picture differ");
    exn_buffer_free(&trailer);
    return status;
}

static exn_status verify_rest(const exn_image *source, const exn_image *product,
                              const exn_options *options, const exn_result *result,
                              uint64_t *blocks, exn_error *error)
{
    bool drop = result->warnings >> EXN_WARN_SECONDARY_DROPPED & 1;
    bool turning = !exn_orientation_is_identity(source->turn);
    exn_secondaries before = {0}, after = {0};
    exn_status status = exn_secondary_open(&before, source->state, turning);
    if (status == EXN_OK)
        status = exn_secondary_open(&after, product->state, false);
    if (status != EXN_OK)
        exn_status_fail(error, status, "picture list");
    else if (drop || before.reason[0])
        status = verify_trailer(&before, &after, drop, error);
    else
        status = verify_pairs(&before, &after, source->turn, options, blocks, error);
    exn_secondary_close(&after);
    exn_secondary_close(&before);
    return status;
}

static exn_status verify_once(const exn_image *source, const exn_image *product,
                              const exn_options *options, const exn_result *result,
                              exn_error *error)
{
    uint64_t blocks = EXN_JPEG_BLOCKS;
    exn_status status = complete_both(source, product, options, error);
    if (status == EXN_OK)
        status = verify_picture(source->state, product->state, source->turn,
                                &result->exact_components, options, &blocks, error);
    return status == EXN_OK ? verify_rest(source, product, options, result, &blocks, error)
                            : status;
}

static exn_status verify(const exn_image *source, const exn_image *product,
                         const exn_options *options, const exn_result *result, exn_error *error)
{
    exn_status status = verify_once(source, product, options, result, error);
    bool again = is_mended(status, source, options, error);
    /* Where pixels stay, so do stray bytes. */
    if (exn_orientation_is_identity(source->turn))
        again = is_mended(again ? EXN_CORRUPT : status, product, options, error) || again;
    return again ? verify_once(source, product, options, result, error) : status;
}

const exn_format_ops exn_jpeg_format = {
    .id = EXN_FORMAT_JPEG,
    .sniff = sniff,
    .scan = scan,
    .look = look,
    .produce = produce,
    .decode = decode,
    .verify = verify,
    .close = close_image,
};
