/* SPDX-License-Identifier: MIT */
/* The calls of the public header that read and write label files. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "file_sizes.h"
#include "formats.h"
#include "labels_run.h"
#include "move.h"
#include "prefixes.h"
#include "renames.h"

typedef exn_labels_run run;

/* ---- first walk: collect */

static void collect_generator(void *context, exn_label_generator generator)
{
    run *r = context;
    r->result->is_label_studio |= generator == EXN_LABEL_GENERATOR_LABEL_STUDIO;
}

static exn_status collect_image(void *context, const exn_label_image *image)
{
    run *r = context;
    exn_images_entry *entry;
    exn_status status = exn_labels_run_find(r, image->key, &entry);
    if (status != EXN_OK)
        return status;
    const uint32_t width = image->sizes ? exn_images_read_size(image->sizes, 0) : 0,
                   height = image->sizes ? exn_images_read_size(image->sizes, 1) : 0;
    if (entry->is_named && !image->is_repeated)
        return exn_label_fail(r->error, EXN_CORRUPT, &image->place,
                              "its id is that of an image before");
    if (entry->has_size && image->sizes && (entry->width != width || entry->height != height))
        return exn_label_fail(r->error, EXN_CORRUPT, &image->place,
                              "another size than that of its image before");
    if (image->sizes)
        exn_images_set_size(entry, width, height);
    r->images.is_common_size |= image->is_common_size;
    if (entry->is_named)
        return EXN_OK;
    entry->place = image->place;
    entry->is_stem = image->is_stem;
    entry->is_optional = image->is_optional;
    entry->is_file_size = image->is_file_size;
    entry->bytes = image->bytes;
    return exn_images_set_name(&r->images, entry, image->name, image->other_name, r->error);
}

/* A mask image that nobody rotates is a shape that cannot be moved. */
static const char *refusal_of(const run *r, const exn_label_shape *shape)
{
    if (shape->kind == EXN_LABEL_FILE && r->options->masks == EXN_LABELS_MASKS_KEPT)
        return "a mask image, which is not rotated with it";
    return shape->refusal;
}

static exn_status collect_shape(void *context, const exn_label_shape *shape)
{
    run *r = context;
    exn_images_entry *entry;
    exn_status status = exn_labels_run_find(r, shape->image, &entry);
    if (status != EXN_OK)
        return status;
    if (entry->shapes == 0 && !entry->is_named)
        entry->place = shape->place;
    entry->shapes++;
    r->result->shapes++;
    if (shape->kind == EXN_LABEL_FILE)
        status = exn_images_add_mask(&r->images, entry, shape->coded, r->error);
    if (status != EXN_OK)
        return status;
    if (refusal_of(r, shape)) {
        entry->refused++;
        return EXN_OK;
    }
    if (shape->kind == EXN_LABEL_BOX)
        exn_scales_note(&r->scales, shape->numbers);
    if (shape->kind == EXN_LABEL_RUNS) {
        const uint32_t height = exn_images_read_size(shape->numbers, 0),
                       width = exn_images_read_size(shape->numbers, 1);
        exn_images_note_mask(entry, height ? width : 0, width ? height : 0);
    }
    return exn_measure_add(&entry->measure, shape, r->error);
}

/* What a shape refers to is not there. Keys of numbers and of strings are told apart by their first
 * character (coco_walk.c), as readers that look ids up in a table keep them apart: pycocotools
 * finds no annotation where one is a string and the other a number. Others may not, so that it is
 * for the user to make them alike. */
static exn_status fail_unnamed(run *r, const exn_images_entry *entry)
{
    const exn_label_place place = entry->place;
    const exn_span key = exn_images_key(&r->images, entry);
    const bool is_string = key.size > 0 && *key.data == '"',
               is_number = key.size > 0 && *key.data == '#';
    const int size = (int)(key.size < 60 ? key.size : 60), prefix = is_string || is_number;
    char text[64], other[72];
    const char *quote = is_string ? "\"" : "", *its = is_string ? "" : "\"";
    exn_images_entry *like = NULL;
    snprintf(text, sizeof text, "%.*s", size - prefix, (const char *)key.data + prefix);
    const int length = snprintf(other, sizeof other, "%c%s", is_string ? '#' : '"', text);
    if (prefix && key.size < 60 &&
        exn_images_find(&r->images, (exn_span){(const uint8_t *)other, (size_t)length}, &like,
                        NULL) == EXN_OK &&
        like->is_named)
        return exn_label_fail(
            r->error, EXN_CORRUPT, &place,
            "its image is %s%s%s, and the file has the image %s%s%s: a number and "
            "a string are two ids to most readers, so write both alike",
            quote, text, quote, its, text, its);
    return exn_label_fail(r->error, EXN_CORRUPT, &place,
                          "its image %s%s%s is not in the file, or has no name there", quote, text,
                          quote);
}

static exn_status collect(run *r, const exn_label_format *format, const exn_source *source)
{
    exn_label_events events = exn_label_events_of(collect_image, collect_shape, r, &r->account);
    events.generator = collect_generator;
    exn_status status = format->walk(source, &r->settings, &events, r->error);
    for (size_t i = 0; i < exn_images_count(&r->images) && status == EXN_OK; i++) {
        exn_images_entry *entry = exn_images_at(&r->images, i);
        if (!entry->is_named)
            status = fail_unnamed(r, entry);
    }
    r->is_in_parts = exn_images_are_in_parts(&r->images);
    for (size_t i = 0; i < exn_images_count(&r->images); i++)
        r->result->images += !exn_images_at(&r->images, i)->is_optional;
    return status;
}

/* The names it sets are borrowed from the run and valid until an image is added. */
static exn_status describe(run *r, const exn_images_entry *entry, exn_labels_image *image)
{
    r->masks.size = 0;
    exn_status status = exn_images_masks(&r->images, entry, &r->masks);
    *image = (exn_labels_image){.struct_size = sizeof(exn_labels_image),
                                .name = exn_images_name(&r->images, entry),
                                .has_size = entry->has_size && !entry->is_file_size,
                                .width = entry->is_file_size ? 0 : entry->width,
                                .height = entry->is_file_size ? 0 : entry->height,
                                .mask_width = entry->masks_differ ? 0 : entry->mask_width,
                                .mask_height = entry->masks_differ ? 0 : entry->mask_height,
                                .masks_differ = entry->masks_differ,
                                .shapes = entry->shapes,
                                .refused = entry->refused,
                                .has_extent = entry->measure.is_any,
                                .left = entry->measure.left,
                                .top = entry->measure.top,
                                .right = entry->measure.right,
                                .bottom = entry->measure.bottom,
                                .mask_files = (const char *const *)(const void *)r->masks.data,
                                .mask_file_count = r->masks.size / sizeof(const char *),
                                .other_name = exn_images_other_name(&r->images, entry),
                                .is_stem = entry->is_stem};
    return status == EXN_OK ? EXN_OK : exn_status_fail(r->error, status, "%s", "");
}

/* ---- between: where each image's labels go */

/* In a picture of a few pixels, coordinates of a few pixels are none of a suspicion. */
enum { TINY = 16 };

static exn_status direct(run *r, exn_images_entry *entry, const exn_result *image,
                         exn_labels_frame frame)
{
    const exn_orientation shown =
                              exn_orientation_shown(image->orientation_given, image->orientation),
                          done = exn_orientation_from_bits(image->transform);
    entry->is_failed = image->outcome == EXN_OUTCOME_FAILED;
    entry->is_kept =
        image->outcome == EXN_OUTCOME_FAILED || image->outcome == EXN_OUTCOME_UNSUPPORTED;
    entry->is_still =
        entry->is_kept || (exn_orientation_is_identity(shown) && exn_orientation_is_identity(done));
    r->result->images_kept += entry->is_kept;
    r->result->images_moved += !entry->is_still;
    entry->has_output = image->width_in > 0;
    entry->width_out = entry->is_still ? image->width_in : image->width_out;
    entry->height_out = entry->is_still ? image->height_in : image->height_out;
    if (entry->is_still)
        return EXN_OK;
    if (r->is_in_parts && entry->measure.is_any && image->width_in >= TINY &&
        image->height_in >= TINY)
        return exn_label_fail(r->error, EXN_UNSUPPORTED, &entry->place,
                              "no coordinate of the file is over 2: they may be parts of sides");
    entry->frame_width = image->width_in;
    entry->frame_height = image->height_in;
    entry->o = exn_move_way(image, frame);
    if (frame == EXN_LABELS_DISPLAYED)
        exn_orientation_size(shown, &entry->frame_width, &entry->frame_height);
    entry->is_inside = !exn_measure_is_outside(&entry->measure, entry->frame_width,
                                               entry->frame_height, EXN_MEASURE_SLACK);
    entry->is_stretched =
        r->result->is_label_studio && shown.transpose && image->width_in != image->height_in;
    return exn_images_check_size(entry, image, r->error);
}

/* An image unknown to the caller fails the whole file, since its labels can be neither moved nor
 * left with certainty. */
static exn_status direct_all(run *r, exn_labels_lookup lookup, void *context)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < exn_images_count(&r->images) && status == EXN_OK; i++) {
        exn_images_entry *entry = exn_images_at(&r->images, i);
        exn_labels_image image;
        exn_result own;
        status = describe(r, entry, &image);
        const exn_result *result = status == EXN_OK ? lookup(context, &image) : NULL;
        if (status != EXN_OK)
            return status;
        if (!result && image.other_name[0]) {
            image.name = image.other_name;
            result = lookup(context, &image);
            image.name = exn_images_name(&r->images, entry);
        }
        if (!result && entry->is_optional) {
            entry->is_failed = entry->is_still = true;
            continue;
        }
        if (!result)
            return exn_label_fail(r->error, EXN_CORRUPT, &entry->place, "there is no image '%s'",
                                  image.name);
        const exn_labels_frame frame =
            r->options->frame_of ? r->options->frame_of(context, &image) : r->options->frame;
        status = exn_arguments_returned(result, "result", &own, r->error);
        if (status == EXN_OK && frame != EXN_LABELS_STORED && frame != EXN_LABELS_DISPLAYED)
            status = exn_status_fail(r->error, EXN_BAD_ARGUMENT,
                                     "frame_of returned %u, which is none", (unsigned)frame);
        if (status == EXN_OK)
            status = direct(r, entry, &own, frame);
        if (status == EXN_OK && !entry->is_failed && r->options->output_size)
            entry->bytes_out = r->options->output_size(context, &image);
        if (status == EXN_OK && !entry->is_failed && r->options->output_name)
            status = exn_renames_note(&r->images, entry, r->options->output_name(context, &image),
                                      r->error);
    }
    return status;
}

/* ---- second walk: move */

/* Sizes are set to the output's whichever frame they were in; check_size() has made sure that they
 * fit one. */
static exn_status move_image(void *context, const exn_label_image *image)
{
    run *r = context;
    exn_images_entry *entry;
    bool is_set = false;
    exn_status status = exn_labels_run_find(r, image->key, &entry);
    const bool is_done = image->is_common_size && r->images.is_common_set;
    if (status == EXN_OK && image->sizes && !entry->is_still && !is_done)
        status = exn_move_sizes(image->sizes, &image->place, entry->width_out, entry->height_out,
                                &r->edits, &is_set, r->error);
    r->images.is_common_set |= is_set;
    r->result->sizes_set += is_set;
    return status == EXN_OK ? exn_renames_put(&r->images, entry, image, &r->edits, r->error)
                            : status;
}

static exn_status move_shape(void *context, const exn_label_shape *shape)
{
    run *r = context;
    exn_images_entry *entry;
    bool is_outside;
    exn_status status = exn_labels_run_find(r, shape->image, &entry);
    if (status != EXN_OK || entry->is_still)
        return status;
    if (entry->is_stretched && shape->kind == EXN_LABEL_POINTS &&
        shape->coordinates == EXN_COORDINATES_EDGES)
        return exn_label_fail(r->error, EXN_UNSUPPORTED, &shape->place,
                              "a polygon of Label Studio's COCO export, which is in neither frame: "
                              "export its JSON");
    const exn_move move = {.o = entry->o,
                           .width = entry->frame_width,
                           .height = entry->frame_height,
                           .zeros = exn_scales_zeros(&r->scales),
                           .is_inside = entry->is_inside};
    exn_label_shape own = *shape;
    own.refusal = refusal_of(r, shape);
    status = exn_move_shape(&move, &own, &r->edits, &is_outside, r->error);
    if (status != EXN_OK)
        return status;
    r->result->shapes_moved += !exn_orientation_is_identity(entry->o);
    r->result->shapes_outside += is_outside;
    return EXN_OK;
}

/* The embedded picture is the old one, on which moved shapes would be drawn in the wrong places. */
static exn_status move_embedded(void *context, const exn_label_embedded *embedded)
{
    run *r = context;
    exn_images_entry *entry;
    exn_status status = exn_labels_run_find(r, embedded->image, &entry);
    if (status != EXN_OK || entry->is_still ||
        (exn_orientation_is_identity(entry->o) && !embedded->is_orientation))
        return status;
    return exn_edits_put(&r->edits, embedded->offset, embedded->size, embedded->instead, r->error);
}

/* A failed image has no output that could have another address. */
static exn_status move_address(void *context, const exn_label_address *address)
{
    run *r = context;
    exn_images_entry *entry;
    exn_status status = exn_labels_run_find(r, address->image, &entry);
    return status != EXN_OK || entry->is_failed
               ? status
               : exn_prefixes_put(&r->settings, address, &r->edits, r->error);
}

static exn_status move_bytes(void *context, const exn_label_bytes *bytes)
{
    run *r = context;
    exn_images_entry *entry;
    exn_status status = exn_labels_run_find(r, bytes->image, &entry);
    if (status == EXN_OK)
        status = exn_renames_put_key(&r->images, entry, bytes, &r->edits, r->error);
    return status == EXN_OK ? exn_file_sizes_put(&r->images, entry, bytes, &r->edits, r->error)
                            : status;
}

/* Nothing before offset is edited any more (label.h), so it can be written out. */
static exn_status move_settled(void *context, uint64_t offset)
{
    run *r = context;
    /* Only in pieces that are worth a call. */
    enum { WORTH = 256 << 10 };
    return offset - r->edits.done >= WORTH ? exn_edits_flush(&r->edits, offset, r->error) : EXN_OK;
}

static exn_status move_all(run *r, const exn_label_format *format, const exn_source *source)
{
    exn_label_events events = exn_label_events_of(move_image, move_shape, r, &r->account);
    events.settled = move_settled;
    events.embedded = move_embedded;
    events.address = move_address;
    events.bytes = move_bytes;
    exn_status status = format->walk(source, &r->settings, &events, r->error);
    if (status == EXN_OK)
        status = exn_renames_check(&r->images, r->error);
    if (status == EXN_OK)
        status = exn_edits_finish(&r->edits, r->error);
    r->result->edits = r->edits.count;
    return status;
}

/* ---- calls */

exn_status exn_labels_scan(const exn_source *source, exn_labels_format format,
                           const exn_labels_options *options, exn_labels_visit visit, void *context,
                           exn_labels_result *result, exn_error *error)
{
    exn_labels_result found = {.format = format};
    exn_labels_options own;
    run r = {.result = &found};
    exn_status status = exn_labels_run_begin(&r, source, options, &own, result, error);
    if (status == EXN_OK)
        status = collect(&r, exn_formats_of(format), &r.source);
    for (size_t i = 0; i < exn_images_count(&r.images) && status == EXN_OK && visit; i++) {
        exn_labels_image image;
        status = describe(&r, exn_images_at(&r.images, i), &image);
        if (status == EXN_OK)
            visit(context, &image);
    }
    return exn_labels_run_end(&r, status, result);
}

/* The first walk reads the whole file before a byte of it is written. If the second fails, the sink
 * may already have received something, which has to be discarded. */
exn_status exn_labels_move(const exn_source *source, exn_labels_format format,
                           const exn_labels_options *options, exn_labels_lookup lookup,
                           void *context, const exn_sink *sink, exn_labels_result *result,
                           exn_error *error)
{
    exn_labels_result found = {.format = format};
    exn_labels_options own;
    run r = {.result = &found, .edits = {.source = &r.source, .sink = sink}};
    exn_status status = exn_labels_run_begin(&r, source, options, &own, result, error);
    if (status == EXN_OK)
        status = exn_arguments_given(sink, "sink", error);
    if (status == EXN_OK && !lookup) { /* exn_arguments_given() takes objects, not functions */
        exn_status_fail(error, EXN_BAD_ARGUMENT, "lookup is NULL");
        status = EXN_BAD_ARGUMENT;
    }
    if (status == EXN_OK)
        status = collect(&r, exn_formats_of(format), &r.source);
    if (status == EXN_OK)
        status = direct_all(&r, lookup, context);
    if (status == EXN_OK)
        status = exn_images_check_common(&r.images, error);
    if (status == EXN_OK)
        status = move_all(&r, exn_formats_of(format), &r.source);
    exn_edits_free(&r.edits);
    return exn_labels_run_end(&r, status, result);
}
