/* SPDX-License-Identifier: MIT */
/* exn_labels_boxes(): the same walk as for a move, for drawing what is there. */
#include <math.h>

#include "arguments.h"
#include "formats.h"
#include "labels_run.h"
#include "mask.h"

typedef struct walk {
    exn_labels_run run;
    exn_labels_visit_box visit;
    void *context;
} walk;

/* An image's number is the index of its entry. Shapes and images create entries in the same order
 * as in a scan. Its name is not needed. */
static exn_status see_image(void *context, const exn_label_image *image)
{
    walk *w = context;
    exn_images_entry *entry;
    exn_status status = exn_labels_run_find(&w->run, image->key, &entry);
    if (status == EXN_OK && image->sizes)
        exn_images_set_size(entry, exn_images_read_size(image->sizes, 0),
                            exn_images_read_size(image->sizes, 1));
    return status;
}

static exn_status pass_shape(void *context, const exn_label_shape *shape)
{
    walk *w = context;
    exn_images_entry *entry;
    return exn_labels_run_find(&w->run, shape->image, &entry);
}

static double angle_of(const exn_label_shape *shape)
{
    enum { ANGLE = 4 };
    return shape->kind == EXN_LABEL_TILTED && exn_numbers_count(shape->numbers) > ANGLE
               ? exn_label_degrees(exn_numbers_text(shape->numbers, ANGLE))
               : shape->degrees;
}

/* *is_mask: it is in pixels, whatever unit the format has. */
static exn_status measure(walk *w, const exn_label_shape *shape, const exn_images_entry *entry,
                          exn_measure *box, bool *is_mask)
{
    exn_status status = exn_measure_box(box, shape, w->run.error);
    *is_mask = !box->is_any;
    if (status == EXN_OK && *is_mask)
        status = exn_mask_measure(shape, entry->width, entry->height, &w->run.account, box);
    return status;
}

/* Whether it is a number that belongs to another shape and is not one by itself. */
static bool is_aside(exn_label_kind kind)
{
    return kind == EXN_LABEL_ANGLE || kind == EXN_LABEL_RADIANS || kind == EXN_LABEL_DOT;
}

static exn_status see_shape(void *context, const exn_label_shape *shape)
{
    walk *w = context;
    exn_images_entry *entry;
    exn_measure extent = {false};
    bool is_mask = false;
    const double degrees = angle_of(shape);
    exn_status status = exn_labels_run_find(&w->run, shape->image, &entry);
    if (status == EXN_OK)
        status = measure(w, shape, entry, &extent, &is_mask);
    if (status != EXN_OK || is_aside(shape->kind))
        return status;
    const double unit = shape->unit == EXN_LABEL_PERCENT && !is_mask ? 100 : 1;
    exn_labels_box box = {.image = (uint64_t)(entry - exn_images_at(&w->run.images, 0))};
    if (extent.is_any && !isnan(degrees))
        box = (exn_labels_box){.image = box.image,
                               .left = extent.left / unit,
                               .top = extent.top / unit,
                               .right = extent.right / unit,
                               .bottom = extent.bottom / unit,
                               .degrees = degrees,
                               .is_part = shape->unit != EXN_LABEL_PIXELS && !is_mask,
                               .is_about_center = shape->degrees != 0,
                               .has_extent = true};
    w->visit(w->context, &box);
    return EXN_OK;
}

exn_status exn_labels_boxes(const exn_source *source, exn_labels_format format,
                            const exn_labels_options *options, exn_labels_visit_box visit,
                            void *context, uint64_t *images, exn_error *error)
{
    exn_labels_result found = {.format = format};
    exn_labels_options own;
    walk w = {.run = {.result = &found}, .visit = visit, .context = context};
    const exn_label_events events = exn_label_events_of(see_image, see_shape, &w, &w.run.account);
    exn_label_events sizes = exn_label_events_of(see_image, pass_shape, &w, &w.run.account);
    exn_status status = exn_labels_run_begin(&w.run, source, options, &own, NULL, error);
    if (status == EXN_OK && !visit) { /* exn_arguments_given() takes objects, not functions */
        exn_status_fail(error, EXN_BAD_ARGUMENT, "visit is NULL");
        status = EXN_BAD_ARGUMENT;
    }
    /* A brush's rows are as long as its image is wide, which the file says later. */
    if (status == EXN_OK && format == EXN_LABELS_LABEL_STUDIO)
        status = exn_formats_of(format)->walk(&w.run.source, &w.run.settings, &sizes, error);
    if (status == EXN_OK)
        status = exn_formats_of(format)->walk(&w.run.source, &w.run.settings, &events, error);
    if (status == EXN_OK && images)
        *images = exn_images_count(&w.run.images);
    return exn_labels_run_end(&w.run, status, NULL);
}
