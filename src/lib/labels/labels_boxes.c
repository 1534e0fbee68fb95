/* SPDX-License-Identifier: MIT */
/* exn_labels_boxes(): the same walk as for a move, for whoever wants to draw what is there. */
#include "arguments.h"
#include "formats.h"
#include "labels_run.h"
#include "measure.h"

typedef struct walk {
    exn_labels_run run;
    exn_labels_visit_box visit;
    void *context;
} walk;

/* The number of an image is where its entry stands: shapes and images make entries in one order, so
 * that a scan has the same. Its name is no matter here. */
static exn_status see_image(void *context, const exn_label_image *image)
{
    walk *w = context;
    exn_images_entry *entry;
    return exn_labels_run_find(&w->run, image->key, &entry);
}

static double angle_of(const exn_label_shape *shape)
{
    enum { ANGLE = 4 };
    double degrees = 0;
    if (shape->kind == EXN_LABEL_TILTED && exn_numbers_count(shape->numbers) > ANGLE)
        exn_decimal_read_value(exn_numbers_text(shape->numbers, ANGLE), &degrees);
    return degrees;
}

static exn_status see_shape(void *context, const exn_label_shape *shape)
{
    walk *w = context;
    exn_images_entry *entry;
    exn_measure measure = {false};
    exn_status status = exn_labels_run_find(&w->run, shape->image, &entry);
    if (status == EXN_OK)
        status = exn_measure_box(&measure, shape, w->run.error);
    if (status != EXN_OK || !measure.is_any)
        return status;
    const double unit = shape->unit == EXN_LABEL_PERCENT ? 100 : 1;
    const exn_labels_box box = {.image = (uint64_t)(entry - exn_images_at(&w->run.images, 0)),
                                .left = measure.left / unit,
                                .top = measure.top / unit,
                                .right = measure.right / unit,
                                .bottom = measure.bottom / unit,
                                .degrees = angle_of(shape),
                                .is_part = shape->unit != EXN_LABEL_PIXELS};
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
    exn_status status = exn_labels_run_begin(&w.run, source, options, &own, NULL, error);
    if (status == EXN_OK && !visit) { /* a function, which is no object to hand on */
        exn_status_fail(error, EXN_BAD_ARGUMENT, "visit is NULL");
        status = EXN_BAD_ARGUMENT;
    }
    if (status == EXN_OK)
        status = exn_formats_of(format)->walk(&w.run.source, &w.run.settings, &events, error);
    if (status == EXN_OK && images)
        *images = exn_images_count(&w.run.images);
    return exn_labels_run_end(&w.run, status, NULL);
}
