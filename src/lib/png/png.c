/* SPDX-License-Identifier: MIT */
/* The PNG row. scan() asks the chunk list and every eXIf; produce() walks the list once and writes
 * each chunk where it stood: most as they are, IHDR, pHYs and eXIf edited, the IDATs, fcTLs and
 * fdATs anew where pixels are turned. Order is kept, so a file that obeyed the ordering rules
 * (clause 5.6) still does.
 *
 * The frames of an animation are decoded, turned and written one after another (frames.h): the rows
 * of the largest one are all that is held.
 *
 * What a limit can refuse is counted from the header, before the first row is allocated. */
#include "png.h"

#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "chunks.h"
#include "collect.h"
#include "compare.h"
#include "deflate.h"
#include "frames.h"
#include "grid.h"
#include "inflate.h"
#include "metadata/exif.h"
#include "metadata/irb.h"
#include "pixels.h"
#include "text.h"

#define IHDR EXN_PNG_TYPE('I', 'H', 'D', 'R')
#define PLTE EXN_PNG_TYPE('P', 'L', 'T', 'E')
#define IDAT EXN_PNG_TYPE('I', 'D', 'A', 'T')
#define IEND EXN_PNG_TYPE('I', 'E', 'N', 'D')
#define EXIF EXN_PNG_TYPE('e', 'X', 'I', 'f')
#define PHYS EXN_PNG_TYPE('p', 'H', 'Y', 's')
#define ACTL EXN_PNG_TYPE('a', 'c', 'T', 'L')
#define FCTL EXN_PNG_TYPE('f', 'c', 'T', 'L')
#define FDAT EXN_PNG_TYPE('f', 'd', 'A', 'T')
#define CABX EXN_PNG_TYPE('c', 'a', 'B', 'X')
#define DSIG EXN_PNG_TYPE('d', 'S', 'I', 'G')
#define OFFS EXN_PNG_TYPE('o', 'F', 'F', 's')
#define SCAL EXN_PNG_TYPE('s', 'C', 'A', 'L')
#define CANV EXN_PNG_TYPE('c', 'a', 'N', 'v')
#define VPAG EXN_PNG_TYPE('v', 'p', 'A', 'g')
#define IDOT EXN_PNG_TYPE('i', 'D', 'O', 'T')

enum { EXIF_SIZE_MAX = INT32_MAX - 6 }; /* clause 5.3: a chunk's length, less a prefix */

static const uint8_t exif_prefix[6] = "Exif\0";

/* Some writers put JPEG's "Exif\0\0" before the TIFF bytes, against clause 11.3.2.5 (eXIf). */
static size_t prefix_size(exn_span data)
{
    return exn_span_starts(data, exif_prefix, sizeof exif_prefix) ? sizeof exif_prefix : 0;
}

static exn_span tiff_of(exn_span data)
{
    return exn_span_part(data, prefix_size(data), SIZE_MAX);
}

static bool sniff(exn_span head)
{
    return exn_span_starts(head, "\x89PNG\r\n\x1a\n", EXN_PNG_SIGNATURE_SIZE);
}

/* Browsers know only eXIf chunks before IDAT whose CRC holds, and of those Chromium only the first.
 * Its index, or 0. */
static size_t exif_that_counts(const exn_png *png)
{
    for (size_t i = 1; i < png->idat; i++) {
        if (png->chunks[i].type == EXIF && exn_png_chunks_crc_valid(png, &png->chunks[i]))
            return i;
    }
    return 0;
}

/* A usable orientation in a block that Chromium does not read. Firefox passes over garbage at the
 * front and takes the next. */
static void judge_ignored(exn_image *image, const exn_png *png, size_t counts, size_t index,
                          const exn_exif *found)
{
    uint32_t shown = image->orientation ? image->orientation : 1;
    image->warnings |= found->warnings & 1u << EXN_WARN_ORIENTATION_IGNORED;
    if (found->orientation == 0 || found->orientation == shown)
        return;
    const exn_png_chunk *chunk = &png->chunks[index];
    bool firefox = counts && counts < index && index < png->idat &&
                   !exn_exif_has_header(exn_png_chunks_data(png, &png->chunks[counts])) &&
                   exn_exif_has_header(exn_png_chunks_data(png, chunk)) &&
                   exn_png_chunks_crc_valid(png, chunk);
    image->warnings |=
        1u << (firefox ? EXN_WARN_ORIENTATION_AMBIGUOUS : EXN_WARN_ORIENTATION_IGNORED);
}

/* The predicate asks every eXIf, wherever it stands and whether or not browsers read it: other
 * readers do. */
static void scan_exif(exn_image *image, const exn_png *png)
{
    size_t counts = exif_that_counts(png);
    exn_span data = exn_png_chunks_optional(png, counts);
    if (counts && prefix_size(data) == 0) {
        exn_exif found;
        exn_exif_scan(data, png->width, png->height, &found);
        image->exif = data;
        image->orientation = found.orientation;
        image->place = found.place;
        image->warnings |= found.warnings;
        image->reasons |= found.reasons;
    }
    for (size_t i = 1; i < png->count; i++) {
        if (png->chunks[i].type != EXIF || (i == counts && image->exif.size > 0))
            continue;
        exn_exif found;
        exn_exif_scan(tiff_of(exn_png_chunks_data(png, &png->chunks[i])), png->width, png->height,
                      &found);
        image->reasons |= found.reasons;
        judge_ignored(image, png, counts, i, &found);
    }
}

/* zxIf of a draft, eXIf in another case or behind IEND, or with deflated data: no browser reads
 * them, exiftool does. */
static bool is_exif_alike(uint32_t type)
{
    uint32_t lower = type | 0x20202020;
    return type != EXIF && !exn_png_is_critical(type) &&
           (lower == EXN_PNG_TYPE('e', 'x', 'i', 'f') || lower == EXN_PNG_TYPE('z', 'x', 'i', 'f'));
}

/* What is read of metadata by inflating it, in all: small bombs in great number are one. Each
 * counts as at least so many bytes, for the time that looking into it takes. */
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

/* Whether a chunk holds an orientation where only exiftool looks. Deflated TIFF bytes stand behind
 * a zero byte and four of their length, as the draft had it. */
static exn_status judge_stray(const exn_png *png, const exn_png_chunk *chunk, size_t *inflated,
                              bool *stray, exn_error *error)
{
    enum { DRAFT_HEAD = 5 };
    bool alike = is_exif_alike(chunk->type), readable;
    *stray = false;
    if (!alike && chunk->type != EXIF)
        return EXN_OK;
    exn_span tiff = tiff_of(exn_png_chunks_data(png, chunk));
    if (!exn_span_starts(tiff, "", 1)) {
        *stray = (alike || chunk->offset >= png->end) && orients(png, tiff);
        return EXN_OK;
    }
    exn_buffer whole = {0};
    exn_status status =
        exn_png_inflate_value(exn_span_part(tiff, DRAFT_HEAD, SIZE_MAX), &whole, &readable, error);
    if (status == EXN_OK)
        status = count_inflated(inflated, whole.size, error);
    *stray = status == EXN_OK && readable && orients(png, exn_buffer_span(&whole));
    exn_buffer_free(&whole);
    return status;
}

/* XMP and the raw profiles of other tools: no browser reads them, others do. */
static void judge_text(exn_image *image, const exn_png_text *text)
{
    exn_block block = exn_png_text_block(text);
    exn_exif exif = {0};
    exn_xmp xmp = {0};
    if (text->kind == EXN_PNG_TEXT_ORIENTATION) {
        uint32_t number = exn_png_text_number(text);
        if (number != 1)
            image->reasons |= 1u << EXN_REASON_RAW_PROFILE;
        exn_image_compare(image, number <= 8 ? number : 0, EXN_WARN_PROFILE_ORIENTATION);
        return;
    }
    if (text->kind == EXN_PNG_TEXT_RESOURCES && exn_irb_reasons(block.body)) {
        image->reasons |= 1u << EXN_REASON_RAW_PROFILE;
        image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
    }
    if (block.kind == EXN_BLOCK_EXIF)
        exn_exif_scan(block.body, image->width, image->height, &exif);
    else if (block.kind == EXN_BLOCK_XMP)
        exn_xmp_scan(block.body, &xmp);
    bool profile = text->kind == EXN_PNG_TEXT_PROFILE;
    if (xmp.needs_edit || exif.reasons)
        image->reasons |= 1u << (profile ? EXN_REASON_RAW_PROFILE : EXN_REASON_XMP);
    exn_image_compare(image, block.kind == EXN_BLOCK_XMP ? xmp.orientation : exif.orientation,
                      profile ? EXN_WARN_PROFILE_ORIENTATION : EXN_WARN_XMP_ORIENTATION);
}

/* copies: how many times the value will be held, in one form or another. */
static exn_status open_text(exn_png_text *text, const exn_png *png, const exn_png_chunk *chunk,
                            unsigned copies, uint64_t max_memory, exn_error *error)
{
    exn_span data = exn_png_chunks_data(png, chunk);
    *text = (exn_png_text){0};
    exn_status status = exn_status_need_memory(error, png->data.size + data.size, max_memory);
    if (status == EXN_OK)
        status = exn_png_text_open(text, chunk->type, data, error);
    uint64_t need = png->data.size + copies * (uint64_t)text->value.size;
    return status == EXN_OK ? exn_status_need_memory(error, need, max_memory) : status;
}

static exn_status scan_text(exn_image *image, const exn_png *png, const exn_png_chunk *chunk,
                            uint64_t max_memory, size_t *inflated, exn_error *error)
{
    exn_png_text text;
    exn_status status = open_text(&text, png, chunk, 2, max_memory, error);
    if (status == EXN_OK)
        status = count_inflated(inflated, text.inflated, error);
    if (status == EXN_OK && text.readable)
        judge_text(image, &text);
    exn_png_text_close(&text);
    return status;
}

/* What no browser looks at, in the list and behind IEND. */
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
        status = judge_stray(png, &chunk, &inflated, &stray, error);
        if (status == EXN_OK && stray) {
            image->reasons |= 1u << EXN_REASON_EXIF;
            image->warnings |= 1u << EXN_WARN_ORIENTATION_IGNORED;
        }
        if (status == EXN_OK)
            status = scan_text(image, png, &chunk, max_memory, &inflated, error);
    }
    return status;
}

static exn_status scan(exn_image *image, const exn_options *options, exn_error *error)
{
    exn_png *png = calloc(1, sizeof *png);
    if (!png)
        return exn_status_fail(error, EXN_MEMORY, "no memory for the chunk list");
    image->state = png;
    exn_status status = exn_png_chunks_parse(png, image->data, error);
    image->width = png->width;
    image->height = png->height;
    image->components = exn_png_chunks_channels(png->colour_type);
    if (status != EXN_OK)
        return status;
    scan_exif(image, png);
    if (png->open_end || png->bad_end || png->stray_palette || png->stray_data)
        image->warnings |= 1u << EXN_WARN_HARMLESS_NOISE;
    image->is_doubtful = png->open_end || png->stray_data;
    /* Firefox shows an APNG as it is stored. */
    if (png->acTL && png->acTL < png->idat && image->orientation > 1)
        image->warnings |= 1u << EXN_WARN_ORIENTATION_AMBIGUOUS;
    return scan_others(image, png, options->max_memory, error);
}

static exn_status look(exn_image *image, const exn_source *source, const exn_options *options,
                       exn_error *error)
{
    exn_status status = exn_png_collect(source, options->max_memory, &image->header, error);
    image->data = exn_buffer_span(&image->header);
    return status == EXN_OK ? scan(image, options, error) : status;
}

/* Also after a failed scan, which leaves whatever it had of the list. */
static void close_image(exn_image *image)
{
    exn_png *png = image->state;
    if (png)
        exn_png_chunks_free(png);
    free(png);
    image->state = NULL;
}

/* Clause 11.3.1.1: what tRNS may hold for each colour type. Decoders pass over one that is illegal
 * or damaged, so it is carried over as it is, and they go on to do so. */
static uint32_t judge_transparency(const exn_png *png)
{
    if (!png->trns)
        return 0;
    const exn_png_chunk *trns = &png->chunks[png->trns];
    bool legal;
    if (png->colour_type == EXN_PNG_PALETTE)
        legal = trns->size <= exn_png_chunks_optional(png, png->plte).size / 3;
    else
        legal = trns->size == (png->colour_type == EXN_PNG_GRAY  ? 2
                               : png->colour_type == EXN_PNG_RGB ? 6
                                                                 : UINT32_MAX);
    return legal && exn_png_chunks_crc_valid(png, trns) ? 0 : 1u << EXN_WARN_HARMLESS_NOISE;
}

/* Nobody can decode a picture that has an unknown critical chunk (clause 5.4). IHDR's and PLTE's
 * CRCs were checked by the parser, IDAT's are by exn_png_pixels_read(). What of the others is wrong
 * is nothing that a decoder fails for. */
static exn_status check_critical(const exn_png *png, exn_error *error)
{
    for (size_t i = 0; i < png->count; i++) {
        uint32_t type = png->chunks[i].type;
        if (exn_png_is_critical(type) && type != IHDR && type != PLTE && type != IDAT &&
            type != IEND)
            return exn_status_fail(error, EXN_UNSUPPORTED, "unknown critical chunk %s",
                                   exn_png_chunks_type_name(type).text);
    }
    return EXN_OK;
}

static exn_status check_picture(const exn_png *png, const exn_options *options, exn_error *error)
{
    exn_status status = exn_status_need_pixels(error, png->width, png->height, options->max_pixels);
    return status == EXN_OK ? check_critical(png, error) : status;
}

/* Everything that must hold before a pixel is looked at, but the streams of pixels. */
static exn_status check_decodable(const exn_png *png, const exn_options *options, exn_error *error)
{
    exn_status status = check_picture(png, options, error);
    if (status == EXN_OK)
        status = exn_png_frames_check(png, options->max_pixels, error);
    return status;
}

/* Where an animation contradicts itself, browsers show the default image, and a file that stays as
 * it is goes on to be shown so. A chunk with a wrong CRC, and a file without its end, are damage.
 */
static exn_status forgive_animation(const exn_png *png, const exn_options *options, bool *forgiven,
                                    exn_error *error)
{
    exn_error slip = {0};
    exn_status status = exn_png_frames_check(png, options->max_pixels, &slip);
    *forgiven = status == EXN_CORRUPT && !png->open_end && exn_png_frames_intact(png);
    return status == EXN_OK || *forgiven ? EXN_OK
                                         : exn_status_fail(error, status, "%s", slip.detail);
}

/* Keeps no row, so that a large picture costs little. */
static exn_status decode(const exn_image *image, const exn_options *options, exn_result *result,
                         exn_error *error)
{
    const exn_png *png = image->state;
    exn_png_frame frame = exn_png_frames_default_image(png);
    exn_png_grid grid = exn_png_grid_of(&frame); /* no frame's is larger */
    uint64_t need = image->data.size + exn_png_pixels_codec_memory(&grid, false);
    bool forgiven = false;
    exn_status status = check_picture(png, options, error);
    if (status == EXN_OK)
        status = forgive_animation(png, options, &forgiven, error);
    if (status == EXN_OK)
        status = exn_status_need_memory(error, need, options->max_memory);
    if (status != EXN_OK)
        return status;
    result->warnings |= judge_transparency(png) | (forgiven ? 1u << EXN_WARN_HARMLESS_NOISE : 0);
    do {
        status = exn_png_pixels_read(&frame, NULL, &result->warnings, error);
    } while (status == EXN_OK && !forgiven && exn_png_frames_next(&frame));
    return status;
}

/* All rows of a picture, decoded. *rows is owned by the caller, also on failure. */
static exn_status load(const exn_png_frame *frame, uint8_t **rows, uint32_t *warnings,
                       exn_error *error)
{
    exn_png_grid grid = exn_png_grid_of(frame);
    *rows = calloc(1, (size_t)exn_png_grid_size(&grid));
    if (!*rows)
        return exn_status_fail(error, EXN_MEMORY, "no memory for the samples");
    return exn_png_pixels_read(frame, *rows, warnings, error);
}

/* What producing works with. */
typedef struct job {
    const exn_png *png;
    exn_orientation o;
    bool turn;              /* false: the pixels stay as they are */
    uint32_t width, height; /* of the product */
    exn_png_frame frame;    /* the picture that is to be written next, or was last */
    uint32_t sequence;      /* number of the next fcTL or fdAT */
    uint64_t max_memory;
    exn_thumbnails thumbnails;
    uint32_t level; /* as exn_options has it */
    exn_buffer *out;
    uint32_t warnings;
} job;

/* The chunks of PNG 3rd edition and its extensions that are unsafe to copy by their name, but say
 * nothing of where a pixel stands. Not here: sTER, which speaks of halves. */
static bool bears_turning(uint32_t type)
{
    static const char known[][5] = {"cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV",
                                    "cLLI", "bKGD", "hIST", "tRNS", "sPLT", "tIME", "pCAL",
                                    "dSIG", "caBX", "oFFs", "sCAL", "acTL"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (type == exn_get32be((const uint8_t *)known[i]))
            return true;
    }
    return exn_png_is_critical(type) || exn_png_is_safe_to_copy(type);
}

/* Size is all that a turn changes in it (clause 11.2.1). Written with the CRC that the parser found
 * right. */
static exn_status put_header(job *j, exn_span header)
{
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, IHDR, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(j->out, header);
    if (status != EXN_OK)
        return status;
    exn_put32be(j->out->data + start + 8, j->width);
    exn_put32be(j->out->data + start + 12, j->height);
    return exn_png_chunks_put_close(j->out, start);
}

/* Pixels per unit along x, then along y, then the unit (clause 11.3.4.3). */
static exn_status put_density(job *j, const exn_png_chunk *chunk)
{
    exn_span data = exn_png_chunks_data(j->png, chunk);
    if (!j->o.transpose || data.size != 9 || !exn_png_chunks_crc_valid(j->png, chunk))
        return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, PHYS, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(j->out, data);
    if (status != EXN_OK)
        return status;
    exn_put32be(j->out->data + start + 8, exn_get32be(data.data + 4));
    exn_put32be(j->out->data + start + 12, exn_get32be(data.data));
    return exn_png_chunks_put_close(j->out, start);
}

static exn_exif_turn turn_of(job *j)
{
    return (exn_exif_turn){j->o, j->png->width, j->png->height, EXIF_SIZE_MAX, &j->thumbnails};
}

/* Copies the block and edits the copy; a block that is damaged or not safe to edit goes. */
static exn_status put_exif(job *j, const exn_png_chunk *chunk)
{
    exn_span data = exn_png_chunks_data(j->png, chunk);
    if (!exn_png_chunks_crc_valid(j->png, chunk)) {
        j->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
        return EXN_OK;
    }
    const exn_exif_turn turn = turn_of(j);
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, EXIF, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_span(j->out, data);
    if (status != EXN_OK)
        return status;
    exn_exif_verdict verdict;
    status = exn_exif_edit(j->out, start + 8 + prefix_size(data), &turn, &verdict, &j->warnings);
    if (status != EXN_OK)
        return status;
    if (verdict == EXN_EXIF_UNCHANGED || verdict == EXN_EXIF_EDITED)
        return exn_png_chunks_put_close(j->out, start);
    if (verdict == EXN_EXIF_UNSAFE)
        j->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
    j->out->size = start;
    return EXN_OK;
}

static exn_status put_resources(job *j, exn_span resources, exn_buffer *edited, bool *keep)
{
    const exn_exif_turn turn = turn_of(j);
    exn_irb_edited done;
    exn_status status = exn_irb_edit(resources, &turn, edited, &done);
    j->warnings |= (done.thumbnail_dropped ? 1u << EXN_WARN_RESOURCE_THUMBNAIL_DROPPED : 0) |
                   (done.orientation_dropped ? 1u << EXN_WARN_EXIF_REMOVED : 0);
    *keep = edited->size > 0 || resources.size == 0;
    return status;
}

/* Text that holds Exif or XMP is edited like a block of its own; a plain orientation goes. */
static exn_status put_text(job *j, const exn_png_chunk *chunk, exn_error *error)
{
    enum { COPIES = 8 }; /* decoded, edited, the edits, encoded, deflated */
    const exn_exif_turn turn = turn_of(j);
    exn_span data = exn_png_chunks_data(j->png, chunk);
    exn_buffer edited = {0};
    exn_png_text text;
    bool keep = true;
    exn_status status = open_text(&text, j->png, chunk, COPIES, j->max_memory, error);
    exn_block block = {0};
    if (status == EXN_OK && text.readable)
        block = exn_png_text_block(&text);
    if (text.kind == EXN_PNG_TEXT_ORIENTATION && text.readable)
        keep = exn_png_text_number(&text) == 1;
    else if (status == EXN_OK && text.kind == EXN_PNG_TEXT_RESOURCES && text.readable)
        status = put_resources(j, block.body, &edited, &keep);
    else if (status == EXN_OK && block.kind != EXN_BLOCK_OTHER)
        status = exn_block_edit(&block, &turn, &edited, &keep, &j->warnings);
    bool changed = edited.size > 0 && (edited.size != text.value.size ||
                                       memcmp(edited.data, text.value.data, edited.size) != 0);
    if (status == EXN_OK && changed)
        status = exn_png_text_put(&text, chunk->type, data, exn_buffer_span(&edited), j->out);
    else if (status == EXN_OK && keep)
        status = exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    exn_png_text_close(&text);
    exn_buffer_free(&edited);
    return status;
}

/* Clause 11.3.4 of the extensions: x then y position of the image on a page, four bytes each; width
 * then height of a pixel as text. ImageMagick's vpAg, of before caNv: width then height of the
 * page. They follow the axes. */
static exn_status put_exchanged(job *j, const exn_png_chunk *chunk)
{
    exn_span data = exn_png_chunks_data(j->png, chunk);
    size_t lead = chunk->type == SCAL ? 1 : 0, first = 4, second = 4, gap = 0;
    if (chunk->type == SCAL) {
        const uint8_t *end = data.size > 1 ? memchr(data.data + 1, 0, data.size - 1) : NULL;
        first = end ? (size_t)(end - data.data) - 1 : data.size;
        gap = 1;
        second = end ? data.size - lead - first - gap : 0;
    }
    if (!j->o.transpose || data.size < lead + first + gap + second || second == 0 ||
        !exn_png_chunks_crc_valid(j->png, chunk))
        return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    size_t start;
    exn_status status = exn_png_chunks_put_open(j->out, chunk->type, &start);
    const exn_span parts[] = {
        exn_span_part(data, 0, lead),
        exn_span_part(data, lead + first + gap, second),
        exn_span_part(data, lead + first, gap),
        exn_span_part(data, lead, first),
        exn_span_part(data, lead + first + gap + second, SIZE_MAX),
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && status == EXN_OK; i++)
        status = exn_png_chunks_put_span(j->out, parts[i]);
    return status == EXN_OK ? exn_png_chunks_put_close(j->out, start) : status;
}

static exn_status put_other(job *j, const exn_png_chunk *chunk)
{
    if (chunk->type == CABX || chunk->type == DSIG)
        j->warnings |= 1u << EXN_WARN_SIGNATURE_INVALID;
    /* Apple's index into the old IDAT stream would send its decoder astray in the new one. */
    if (j->turn && chunk->type == IDOT) {
        j->warnings |= 1u << EXN_WARN_CHUNK_REMOVED;
        return EXN_OK;
    }
    if (j->turn && !bears_turning(chunk->type))
        j->warnings |= 1u << EXN_WARN_UNSAFE_CHUNK_KEPT;
    return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Source and carried-over chunks; then, one after the other, what write_frame() holds: rows beside
 * filtered rows, those beside the stream, the stream beside the product, which has so many bytes
 * written and grows by half. */
static uint64_t memory_to_turn(const exn_png_frame *frame, const job *j, size_t written)
{
    exn_png_frame turned = *frame;
    exn_orientation_size(j->o, &turned.width, &turned.height);
    exn_png_grid stored = exn_png_grid_of(frame), grid = exn_png_grid_of(&turned);
    bool interlaced = frame->png->interlaced;
    uint64_t filtered = exn_png_pixels_filtered_size(&turned);
    uint64_t stream = exn_png_deflate_bound(filtered), product = stream + written;
    uint64_t rows = exn_png_grid_size(&stored) + exn_png_pixels_codec_memory(&stored, false) +
                    exn_png_pixels_codec_memory(&grid, interlaced);
    uint64_t most = larger(filtered + rows, filtered + stream + exn_png_deflate_memory(j->level));
    return 2 * (uint64_t)frame->png->data.size +
           larger(most + written, stream + product + product / 2);
}

/* The picture's filtered rows, turned. */
static exn_status filter_frame(job *j, exn_buffer *filtered, exn_error *error)
{
    uint8_t *rows = NULL;
    exn_status status = load(&j->frame, &rows, &j->warnings, error);
    if (status == EXN_OK)
        status = exn_png_pixels_filter_turned(&j->frame, rows, j->o, filtered, error);
    free(rows);
    return status;
}

/* The picture turned, as IDATs or fdATs. The worst that could become of every frame is far more
 * than what does, so each is let through by what was written before it. */
static exn_status write_frame(job *j, exn_error *error)
{
    exn_buffer filtered = {0}, stream = {0};
    uint64_t need = memory_to_turn(&j->frame, j, j->frame.type == FDAT ? j->out->size : 0);
    exn_status status = exn_status_need_memory(error, need, j->max_memory);
    if (status == EXN_OK)
        status = filter_frame(j, &filtered, error);
    if (status == EXN_OK)
        status = exn_png_deflate(exn_buffer_span(&filtered), j->level, &stream, error);
    exn_buffer_free(&filtered);
    if (status == EXN_OK)
        status = exn_png_frames_put_data(&j->frame, exn_buffer_span(&stream), &j->sequence, j->out);
    exn_buffer_free(&stream);
    return status;
}

/* New data chunks take the place of a picture's first old one; its others go. */
static exn_status put_pixels(job *j, size_t index, exn_error *error)
{
    if (index >= j->frame.end)
        exn_png_frames_next(&j->frame);
    return index == j->frame.first ? write_frame(j, error) : EXN_OK;
}

/* fcTL and fdAT, which mean something only in an animation, and IDAT. */
static bool bears_pixels(const job *j, uint32_t type)
{
    return type == IDAT || (j->png->acTL && (type == FCTL || type == FDAT));
}

/* Counts nothing: a scan let all of them through. */
static exn_status drop_stray(job *j, const exn_png_chunk *chunk, bool *stray, exn_error *error)
{
    size_t inflated = 0;
    exn_status status = judge_stray(j->png, chunk, &inflated, stray, error);
    if (status == EXN_OK && *stray)
        j->warnings |= 1u << EXN_WARN_EXIF_REMOVED;
    return status;
}

static exn_status put_chunk(job *j, size_t index, exn_error *error)
{
    const exn_png_chunk *chunk = &j->png->chunks[index];
    bool stray;
    exn_status status = drop_stray(j, chunk, &stray, error);
    if (status != EXN_OK || stray)
        return status;
    if (j->turn && bears_pixels(j, chunk->type))
        return chunk->type == FCTL
                   ? exn_png_frames_put_control(j->png, chunk, j->o, j->sequence++, j->out)
                   : put_pixels(j, index, error);
    switch (chunk->type) {
    case IHDR:
        return put_header(j, exn_png_chunks_data(j->png, chunk));
    case IDAT:
        return exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, chunk));
    case IEND:
        return exn_png_chunks_put_end(j->out);
    case EXIF:
        return put_exif(j, chunk);
    case PHYS:
        return put_density(j, chunk);
    case OFFS:
    case SCAL:
    case VPAG:
        return put_exchanged(j, chunk);
    case CANV:
        return exn_png_canvas_put(j->png, chunk, j->o, j->out);
    default:
        return exn_png_text_is(chunk->type) ? put_text(j, chunk, error) : put_other(j, chunk);
    }
}

/* Byte for byte, but for chunks in it that exiftool reads. */
static exn_status put_trailer(job *j, exn_error *error)
{
    exn_status status = EXN_OK;
    size_t at = j->png->end, done = at;
    exn_png_chunk chunk;
    while (status == EXN_OK && exn_png_chunks_next_in_trailer(j->png, &at, &chunk)) {
        bool stray;
        status = drop_stray(j, &chunk, &stray, error);
        if (status == EXN_OK && exn_png_text_is(chunk.type))
            status = put_text(j, &chunk, error);
        else if (status == EXN_OK && !stray)
            status = exn_png_chunks_put_span(j->out, exn_png_chunks_whole(j->png, &chunk));
        done = at;
    }
    return status == EXN_OK
               ? exn_png_chunks_put_span(j->out, exn_span_part(j->png->data, done, SIZE_MAX))
               : status;
}

static exn_status rebuild(job *j, exn_error *error)
{
    exn_status status = exn_buffer_reserve(j->out, j->png->data.size + 4096);
    if (status == EXN_OK)
        status =
            exn_png_chunks_put_span(j->out, exn_span_part(j->png->data, 0, EXN_PNG_SIGNATURE_SIZE));
    for (size_t i = 0; status == EXN_OK && i < j->png->count; i++)
        status = put_chunk(j, i, error);
    if (status == EXN_OK && j->png->open_end)
        status = exn_png_chunks_put_end(j->out);
    if (status == EXN_OK)
        status = put_trailer(j, error);
    if (status != EXN_OK)
        return exn_status_fail(error, status, "no memory for the product");
    return EXN_OK;
}

static exn_status check_turnable(const job *j, const exn_options *options, exn_error *error)
{
    exn_png_frame frame = exn_png_frames_default_image(j->png);
    exn_status status = check_decodable(j->png, options, error);
    if (status == EXN_OK)
        status = exn_status_need_memory(error, memory_to_turn(&frame, j, 0), options->max_memory);
    return status;
}

static exn_status produce(const exn_image *image, const exn_options *options, exn_buffer *out,
                          exn_result *result, exn_error *error)
{
    const exn_png *png = image->state;
    const uint64_t held = 3 * (uint64_t)png->data.size; /* with the product, where it grows */
    job j = {.png = png, .out = out, .width = png->width, .height = png->height};
    j.o = image->turn;
    j.max_memory = options->max_memory;
    j.thumbnails = image->thumbnails;
    j.thumbnails.max_memory = options->max_memory > held ? options->max_memory - held : 0;
    j.level = options->png_level;
    j.frame = exn_png_frames_default_image(png);
    exn_orientation_size(j.o, &j.width, &j.height);
    /* Without a turn no pixel is looked at, and the IDATs may be as broken as they were. */
    j.turn = !exn_orientation_is_identity(j.o);
    exn_status status;
    if (j.turn)
        j.warnings |= judge_transparency(png);
    if (j.turn)
        status = check_turnable(&j, options, error);
    else
        status = exn_status_need_memory(error, 2 * (uint64_t)png->data.size, options->max_memory);
    if (status == EXN_OK)
        status = rebuild(&j, error);
    result->warnings |= j.warnings | j.thumbnails.warnings;
    if (status != EXN_OK)
        return status;
    result->outcome = j.turn ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_METADATA;
    result->method = j.turn ? EXN_METHOD_SAMPLES : EXN_METHOD_EDIT;
    result->exact_components = (1u << image->components) - 1;
    return EXN_OK;
}

static bool same_bytes(exn_span a, exn_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* All that gives samples their meaning. */
static exn_status compare_headers(const exn_image *source, const exn_image *product,
                                  exn_error *error)
{
    const exn_png *a = source->state, *b = product->state;
    uint32_t width = a->width, height = a->height;
    exn_orientation_size(source->turn, &width, &height);
    const char *what = NULL;
    if (b->width != width || b->height != height)
        what = "size";
    else if (b->colour_type != a->colour_type || b->depth != a->depth)
        what = "colour type or depth";
    else if (b->interlaced != a->interlaced)
        what = "interlacing";
    else if (!same_bytes(exn_png_chunks_optional(a, a->plte), exn_png_chunks_optional(b, b->plte)))
        what = "palette";
    else if (!same_bytes(exn_png_chunks_optional(a, a->trns), exn_png_chunks_optional(b, b->trns)))
        what = "transparency";
    if (what)
        return exn_status_fail(error, EXN_MISMATCH, "the product's %s is not the source's", what);
    return EXN_OK;
}

/* Where the product's pixels have to be the source's bytes: IDAT and what makes an animation. */
static size_t next_picture_chunk(const exn_png *png, size_t index)
{
    while (++index < png->count) {
        uint32_t type = png->chunks[index].type;
        if (type == IDAT || type == ACTL || type == FCTL || type == FDAT)
            break;
    }
    return index;
}

/* Pixels that were not turned are the same bytes; then nothing need be decoded to know it. */
static bool same_picture_chunks(const exn_png *a, const exn_png *b)
{
    size_t i = next_picture_chunk(a, 0), k = next_picture_chunk(b, 0);
    while (i < a->count && k < b->count &&
           same_bytes(exn_png_chunks_whole(a, &a->chunks[i]),
                      exn_png_chunks_whole(b, &b->chunks[k]))) {
        i = next_picture_chunk(a, i);
        k = next_picture_chunk(b, k);
    }
    return i == a->count && k == b->count;
}

/* Of one picture in two files: place, time, size, streams, samples. */
static exn_status compare_frames(const exn_png_frame *source, const exn_png_frame *product,
                                 exn_orientation o, exn_error *error)
{
    uint32_t width = source->width, height = source->height;
    exn_orientation_size(o, &width, &height);
    if (!exn_png_frames_same_control(source, product, o) || product->width != width ||
        product->height != height)
        return exn_status_fail(error, EXN_MISMATCH, "the product's frames are not the source's");
    return exn_png_compare_samples(source, product, o, error);
}

static exn_status compare_pictures(const exn_png *source, const exn_png *product, exn_orientation o,
                                   exn_error *error)
{
    exn_png_frame a = exn_png_frames_default_image(source),
                  b = exn_png_frames_default_image(product);
    exn_status status;
    if (!same_bytes(exn_png_chunks_optional(source, source->acTL),
                    exn_png_chunks_optional(product, product->acTL)))
        return exn_status_fail(error, EXN_MISMATCH, "the product's animation is not the source's");
    /* Both have as many frames as their acTL says. */
    do {
        status = compare_frames(&a, &b, o, error);
    } while (status == EXN_OK && exn_png_frames_next(&a) && exn_png_frames_next(&b));
    return status;
}

/* No frame is larger than the default image. */
static uint64_t memory_to_compare(const exn_png *source, const exn_png *product)
{
    exn_png_frame a = exn_png_frames_default_image(source),
                  b = exn_png_frames_default_image(product);
    exn_png_grid before = exn_png_grid_of(&a), after = exn_png_grid_of(&b);
    return (uint64_t)source->data.size + product->data.size +
           exn_png_compare_memory(&before, &after, product->interlaced);
}

static exn_status verify(const exn_image *source, const exn_image *product,
                         const exn_options *options, const exn_result *result, exn_error *error)
{
    (void)result;
    const exn_png *a = source->state, *b = product->state;
    exn_status status = compare_headers(source, product, error);
    if (status != EXN_OK)
        return status;
    if (exn_orientation_is_identity(source->turn) && same_picture_chunks(a, b))
        return EXN_OK;
    status = check_decodable(a, options, error);
    if (status == EXN_OK)
        status = check_decodable(b, options, error);
    if (status == EXN_OK)
        status = exn_status_need_memory(error, memory_to_compare(a, b), options->max_memory);
    if (status == EXN_OK)
        status = compare_pictures(a, b, source->turn, error);
    return status;
}

const exn_format_ops exn_png_format = {
    .id = EXN_FORMAT_PNG,
    .sniff = sniff,
    .scan = scan,
    .look = look,
    .produce = produce,
    .decode = decode,
    .verify = verify,
    .close = close_image,
};
