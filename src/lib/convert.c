/* SPDX-License-Identifier: MIT */
/* Converts a HEIF to an upright PNG or JPEG:
 *
 *   heif/picture.h     decodes the picture as it is stored, once
 *   fill_row()         looks up a row of the output in it, pixel by pixel
 *   fill_plane()       does so for a plane, if a JPEG can take planes as they were coded
 *   png/make.h, jpeg/make.h   request one row after another
 *
 * So the rotated picture is never held together with the stored one. */
#include "convert.h"

#include <stdlib.h>
#include <string.h>

#include "heif/colors.h"
#include "heif/picture.h"
#include "heif/traces.h"
#include "jpeg/make.h"
#include "metadata/block_edit.h"
#include "png/compare.h"
#include "png/frames.h"
#include "png/make.h"
#include "png/reader.h"

enum { QUALITY_DEFAULT = 95 };

typedef struct job {
    const exn_image *image;
    const exn_options *options;
    exn_cancel cancel;
    exn_heif_picture picture;
    exn_orientation back;          /* from the output's frame to the stored one */
    exn_buffer exif, xmp, profile; /* of the output; a profile if the picture has none */
    uint32_t warnings;
} job;

exn_format exn_convert_format(const exn_options *options)
{
    return options->heif == EXN_HEIF_JPEG ? EXN_FORMAT_JPEG : EXN_FORMAT_PNG;
}

static bool is_png(const job *j)
{
    return exn_convert_format(j->options) == EXN_FORMAT_PNG;
}

/* Looks up each output pixel where it is stored. In the order of a PNG's row: gray or R, G, B, then
 * alpha, with the higher byte of 16 bits first (PNG 3rd edition, 7.1 and 7.2). */
static void fill_row(const exn_samples *samples, uint32_t y, uint8_t *to)
{
    const job *j = samples->context;
    const uint32_t most = samples->depth == 16 ? UINT16_MAX : UINT8_MAX;
    const uint32_t colors = samples->components < 3 ? 1 : 3;
    for (uint32_t x = 0; x < samples->width; x++) {
        uint32_t pixel[4], at_x = x, at_y = y;
        exn_orientation_point(j->back, samples->width, samples->height, &at_x, &at_y);
        exn_heif_picture_pixel(&j->picture, at_x, at_y, most, pixel);
        pixel[colors] = samples->components == colors ? pixel[colors] : pixel[3];
        for (uint32_t i = 0; i < samples->components; i++) {
            if (samples->depth == 16)
                *to++ = (uint8_t)(pixel[i] >> 8);
            *to++ = (uint8_t)pixel[i];
        }
    }
}

/* The same for a plane as it was coded, in the output's frame. If clap begins at an odd pixel,
 * planes are not carried over, so halving loses nothing. */
static void fill_plane(const exn_samples *samples, uint32_t plane, uint32_t y, uint8_t *to)
{
    const job *j = samples->context;
    const exn_heif_picture *p = &j->picture;
    const uint32_t out_x = plane ? samples->shift_x : 0, out_y = plane ? samples->shift_y : 0;
    const uint32_t width = (samples->width + out_x) >> out_x,
                   height = (samples->height + out_y) >> out_y;
    const uint32_t left = p->left >> (plane ? p->shift_x : 0),
                   top = p->top >> (plane ? p->shift_y : 0);
    for (uint32_t x = 0; x < width; x++) {
        uint32_t at_x = x, at_y = y;
        exn_orientation_point(j->back, width, height, &at_x, &at_y);
        to[x] = (uint8_t)exn_heif_picture_sample(p, &p->planes[plane], left + at_x, top + at_y,
                                                 UINT8_MAX);
    }
}

/* Whether halved planes still cover the same pairs of pixels: what clap cuts off and, if the axis
 * is reversed, what remains have to be even.
 *
 *   stored     |0 1|2 3|4  |    five columns: the last one has a chroma sample to itself
 *   reversed   |4 3|2 1|0  |    the output's pairs are different: 4 with 3, 2 with 1 */
static bool pairs_stay(uint32_t shift, uint32_t begin, uint32_t size, bool flipped)
{
    return shift == 0 || (begin % 2 == 0 && (!flipped || size % 2 == 0));
}

/* Whether the planes are carried over as they are. */
static bool carries_planes(const job *j)
{
    const exn_heif_picture *p = &j->picture;
    const exn_orientation o = j->image->turn;
    return !is_png(j) && pairs_stay(p->shift_x, p->left, p->width, o.flip_x) &&
           pairs_stay(p->shift_y, p->top, p->height, o.flip_y);
}

/* A profile for RGB does not apply to gray samples (PNG 3rd edition, 11.3.2.3). */
static bool is_gray(const exn_heif_picture *p)
{
    enum { SPACE = 16 }; /* ICC.1:2010, 7.2.6 */
    return p->model == EXN_HEIF_GRAY &&
           !exn_span_starts(exn_span_part(exn_buffer_span(&p->icc), SPACE, SIZE_MAX), "RGB ", 4);
}

/* If sides are swapped, so is which one is halved: transposed 4:2:2 has half the rows, which a
 * JPEG's factors can express (T.81, B.2.2). Code points are passed on only if the file has no ICC
 * profile of its own, which would say more. */
static exn_samples samples_of(const job *j)
{
    const exn_heif_picture *p = &j->picture;
    const bool gray = is_gray(p), png = is_png(j), turned = j->image->turn.transpose;
    const bool alpha = png && p->alpha.data;
    exn_samples samples = {
        .width = turned ? p->height : p->width,
        .height = turned ? p->width : p->height,
        .components = (gray ? 1 : 3) + (alpha ? 1 : 0),
        .depth = png && p->planes[0].bits > 8 ? 16 : 8,
        .bits = p->planes[0].bits,
        .row = fill_row,
        .shift_x = turned ? p->shift_y : p->shift_x,
        .shift_y = turned ? p->shift_x : p->shift_y,
        .context = j,
        .icc = exn_buffer_span(p->icc.size > 0 ? &p->icc : &j->profile),
        .exif = exn_buffer_span(&j->exif),
        .xmp = exn_buffer_span(&j->xmp),
    };
    if (p->model == EXN_HEIF_YCBCR)
        samples.plane = fill_plane;
    if (p->icc.size == 0 && exn_heif_colors_are_told(p)) {
        samples.primaries = (uint8_t)p->primaries;
        samples.transfer = (uint8_t)p->transfer;
    }
    return samples;
}

/* Takes an item without what precedes the TIFF or packet, edited like the pixels. If it does not
 * fit into the output, it is dropped. */
static exn_status take_item(job *j, const exn_heif_item *item, exn_window *window, size_t most,
                            exn_exif_turn *turn, exn_error *error)
{
    const exn_heif *heif = j->image->state;
    exn_buffer bytes = {0}, *to = item->type == EXN_HEIF_EXIF ? &j->exif : &j->xmp;
    const uint32_t removed =
        item->type == EXN_HEIF_EXIF ? 1u << EXN_WARN_EXIF_REMOVED : 1u << EXN_WARN_XMP_REMOVED;
    bool keep = true;
    exn_status status = exn_heif_traces_gather(heif, item, window, &bytes, error);
    exn_block block = exn_heif_traces_block(item, exn_buffer_span(&bytes));
    block.prefix = (exn_span){NULL, 0};
    turn->max_size = most;
    if (status == EXN_OK && block.body.size > most)
        j->warnings |= removed;
    else if (status == EXN_OK)
        status = exn_block_edit(&block, turn, to, &keep, &j->warnings);
    if (status == EXN_OK && to->size > most) {
        j->warnings |= removed;
        to->size = 0;
    }
    exn_buffer_free(&bytes);
    return status;
}

/* The space for a block is a JPEG segment minus the preceding name (EXIF 2.32, 4.7.2; XMP
 * specification, part 3, 1.1.3), or a PNG chunk, whose length is below 2^31 (PNG 3rd edition, 5.3).
 * XMP's name is 28 letters and a zero; what precedes the packet in an iTXt is shorter. */
static exn_status take_metadata(job *j, exn_thumbnails *thumbnails, exn_error *error)
{
    enum { EXIF_PREFIX = 6, XMP_PREFIX = 29 };
    const exn_heif *heif = j->image->state;
    exn_span file = j->image->data;
    exn_window window;
    const exn_source source = exn_window_source_of(&file);
    exn_exif_turn turn = {.o = j->image->turn,
                          .stored_width = j->image->width,
                          .stored_height = j->image->height,
                          .thumbnails = thumbnails,
                          .cancel = &j->cancel};
    exn_status status = EXN_OK;
    exn_window_open(&window, &source);
    const size_t most = is_png(j) ? INT32_MAX : EXN_JPEG_MAKE_BLOCK;
    if (heif->primary_exif)
        status = take_item(j, heif->primary_exif, &window, most - EXIF_PREFIX, &turn, error);
    if (status == EXN_OK && heif->primary_xmp)
        status = take_item(j, heif->primary_xmp, &window, most - XMP_PREFIX, &turn, error);
    return status == EXN_OK ? status : exn_status_fail(error, status, "metadata");
}

/* Warns of what is not carried over. */
static void warn(job *j)
{
    const exn_heif *heif = j->image->state;
    const exn_heif_picture *p = &j->picture;
    if (exn_heif_items_secondary(heif, p->alpha.data != NULL))
        j->warnings |= 1u << EXN_WARN_SECONDARY_DROPPED;
    if (!is_png(j) && p->planes[0].bits > 8)
        j->warnings |= 1u << EXN_WARN_DEPTH_REDUCED;
    if (!is_png(j) && p->alpha.data)
        j->warnings |= 1u << EXN_WARN_ALPHA_DROPPED;
}

/* The source, the decoded picture, and what was read from it. */
static uint64_t held_by(const job *j)
{
    return 2 * (uint64_t)j->image->data.size + exn_heif_picture_memory(j->image->state) +
           j->exif.size + j->xmp.size;
}

/* Checked by the header, before anything is decoded. The whole of ispe's size is decoded, whatever
 * clap leaves of it, so the limits apply to that. */
static exn_status check(const job *j, exn_error *error)
{
    const exn_heif *heif = j->image->state;
    exn_status status = exn_status_need_pixels(error, heif->shown.width, heif->shown.height,
                                               j->options->max_pixels);
    if (status == EXN_OK)
        status = exn_status_need_memory(error, held_by(j), j->options->max_memory);
    return status == EXN_OK ? exn_heif_items_check_turns(heif, error) : status;
}

static exn_status open(job *j, exn_error *error)
{
    const exn_heif *heif = j->image->state;
    j->cancel = exn_cancel_of(j->options);
    j->back = exn_orientation_inverse(j->image->turn);
    exn_status status = check(j, error);
    exn_heif_picture_look(heif, &j->picture);
    if (status == EXN_OK)
        status = exn_heif_picture_open(heif, j->image->data, carries_planes(j), &j->cancel,
                                       &j->picture, error);
    if (status == EXN_OK && j->picture.icc.size == 0)
        status = exn_heif_colors_profile(&j->picture, is_png(j), &j->profile, error);
    return status;
}

static void close(job *j)
{
    exn_heif_picture_close(&j->picture);
    exn_buffer_free(&j->exif);
    exn_buffer_free(&j->xmp);
    exn_buffer_free(&j->profile);
}

/* An encoder's planes, rows and stream come on top of what is held already, so the limit is checked
 * again before any of it is allocated. */
static exn_status write(job *j, exn_buffer *out, exn_error *error)
{
    const exn_samples samples = samples_of(j);
    const exn_options *o = j->options;
    const uint64_t held = held_by(j);
    const uint64_t more =
        is_png(j) ? exn_png_make_memory(&samples, o->png_level) : exn_jpeg_make_memory(&samples);
    exn_status status = exn_status_need_memory(error, held + more, o->max_memory);
    if (status != EXN_OK)
        return status;
    if (is_png(j))
        return exn_png_make(&samples, o->png_level, &j->cancel, out, error);
    return exn_jpeg_make(&samples, o->heif_quality ? o->heif_quality : QUALITY_DEFAULT, held,
                         o->max_memory, &j->cancel, out, error);
}

exn_status exn_convert(const exn_image *image, const exn_options *options, exn_buffer *out,
                       exn_result *result, exn_error *error)
{
    job j = {.image = image, .options = options};
    exn_status status = open(&j, error);
    exn_thumbnails thumbnails = exn_image_thumbnails(image, options, held_by(&j));
    if (status == EXN_OK)
        status = take_metadata(&j, &thumbnails, error);
    if (status == EXN_OK) {
        warn(&j);
        result->components = samples_of(&j).components;
        status = write(&j, out, error);
    }
    close(&j);
    result->warnings |= j.warnings | thumbnails.warnings;
    if (status != EXN_OK)
        return status;
    const bool png = exn_convert_format(options) == EXN_FORMAT_PNG;
    result->format_out = exn_convert_format(options);
    result->outcome = png ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_REQUANTIZED;
    result->method = png ? EXN_METHOD_SAMPLES : EXN_METHOD_PLANES;
    result->exact_components = png ? (1u << result->components) - 1 : 0;
    return EXN_OK;
}

/* Compares row by row, as libpng reads them. */
static exn_status compare_png(const job *j, const exn_image *product, exn_error *error)
{
    const exn_samples samples = samples_of(j);
    const exn_png_frame frame = exn_png_frames_default_image(product->state);
    const size_t size = (size_t)samples.width * samples.components * samples.depth / 8;
    exn_png_reader *reader = NULL;
    bool warned = false;
    uint8_t *rows = malloc(2 * size + 1);
    if (!rows)
        return exn_status_fail(error, EXN_MEMORY, "comparison");
    const exn_png *png = product->state;
    exn_status status = exn_png_chunks_channels(png->colour_type) == samples.components &&
                                png->depth == samples.depth && !png->interlaced
                            ? EXN_OK
                            : exn_status_fail(error, EXN_MISMATCH, "the output has other samples");
    if (status == EXN_OK)
        status = exn_png_reader_open(&reader, &frame, j->options->max_memory, error);
    for (uint32_t y = 0; status == EXN_OK && y < samples.height; y++) {
        samples.row(&samples, y, rows);
        status = exn_png_reader_next(reader, rows + size, error);
        if (status == EXN_OK && memcmp(rows, rows + size, size) != 0)
            status = exn_status_fail(error, EXN_MISMATCH, "the output's pixels differ");
    }
    if (status == EXN_OK)
        status = exn_png_reader_finish(reader, &warned, error);
    if (reader)
        exn_png_reader_close(reader);
    free(rows);
    return status;
}

/* The source is decoded again, and independent readers read the output. Decoding twice costs time
 * only if verification is requested, and finds a picture that was damaged in memory. */
exn_status exn_convert_verify(const exn_image *source, const exn_image *product,
                              const exn_options *options, exn_error *error)
{
    job j = {.image = source, .options = options};
    exn_status status = product->ops->id == exn_convert_format(options)
                            ? open(&j, error)
                            : exn_status_fail(error, EXN_MISMATCH, "the format differs");
    if (status == EXN_OK) {
        const exn_samples samples = samples_of(&j);
        status = is_png(&j) ? compare_png(&j, product, error)
                            : exn_jpeg_make_compare(&samples, product->data, &j.cancel, error);
    }
    close(&j);
    return status;
}
