/* SPDX-License-Identifier: MIT */
/* A line is an object: source-ref, the image's address, and any number of labels by name, each with
 * a NAME-metadata whose type says what it is. A job that adjusts or verifies labels adds its own to
 * the existing ones. Boxes are edges in pixels. A mask is a separate PNG whose address is the label
 * NAME-ref; its metadata is called NAME-ref-metadata or, in older jobs, NAME-metadata.
 *
 * Members of a line come in any order, so its labels are kept until its end. Input manifests have
 * lines without labels, or with those of earlier jobs.
 *
 *   {"source-ref": "s3://bucket/a.jpg", "boxes": {"image_size": [{"width": 640, "height": 480}],
 *     "annotations": [{"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}]},
 *     "boxes-metadata": {"type": "groundtruth/object-detection", ...}} */
#include "ground_truth.h"

#include <string.h>

#include "ground_truth_label.h"
#include "json_glance.h"
#include "json_text.h"
#include "prefixes.h"

/* What a metadata's type says about its label. */
typedef enum type {
    NONE, /* no metadata */
    BOXES,
    MASK,
    PLACELESS, /* classes of an image, or verdicts on labels */
    UNKNOWN,
} type;

/* One NAME-metadata; its name is an offset in texts. */
typedef struct metadata {
    size_t name, name_size;
    type type;
} metadata;

static exn_status next(exn_ground_truth_walk *w, exn_json_token *token)
{
    return exn_json_next(&w->base.json, token);
}

static exn_status keep(exn_ground_truth_walk *w, const void *data, size_t size, size_t *at)
{
    *at = w->texts.size;
    exn_status status = exn_account_append(w->base.events->account, &w->texts, data, size);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* AWS's types for images and texts. Others have no known meaning, so they are refused if their
 * image rotates. Types for video name no image files. */
static type type_of_text(exn_span text)
{
    static const char *const placeless[] = {
        "groundtruth/image-classification", "groundtruth/image-classification-multilabel",
        "groundtruth/label-verification", "groundtruth/text-classification",
        "groundtruth/text-classification-multilabel"};
    if (exn_json_text_is(text, "groundtruth/object-detection"))
        return BOXES;
    if (exn_json_text_is(text, "groundtruth/semantic-segmentation"))
        return MASK;
    for (size_t i = 0; i < sizeof placeless / sizeof *placeless; i++)
        if (exn_json_text_is(text, placeless[i]))
            return PLACELESS;
    return UNKNOWN;
}

/* name has its "-metadata" cut off. A repeated type would be two types to two readers. The other
 * members (job, date, confidences, class names) have no coordinates. */
static exn_status read_metadata(exn_ground_truth_walk *w, exn_span name)
{
    metadata m = {.name_size = name.size, .type = UNKNOWN};
    exn_json_token key, value;
    int types = 0;
    exn_status status = keep(w, name.data, name.size, &m.name);
    if (status != EXN_OK)
        return status;
    while ((status = next(w, &key)) == EXN_OK && key.kind == EXN_JSON_KEY) {
        const bool is_type = exn_json_text_is(key.text, "type");
        status = next(w, &value);
        if (status == EXN_OK && is_type && value.kind == EXN_JSON_STRING)
            m.type = ++types == 1 ? type_of_text(value.text) : UNKNOWN;
        if (status == EXN_OK)
            status = exn_json_walk_skip(&w->base, &value);
        if (status != EXN_OK)
            return status;
    }
    if (status != EXN_OK)
        return status;
    status = exn_account_append(w->base.events->account, &w->metadatas, &m, sizeof m);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

static bool ends_with(exn_span text, const char *end)
{
    const size_t size = strlen(end);
    return text.size > size && memcmp(text.data + text.size - size, end, size) == 0;
}

/* A label is kept as a record of offsets and judged at the line's end, when its metadata is known.
 * Only an object is metadata: a job may have given a label such a name. */
static exn_status read_member(void *context, const exn_json_token *key)
{
    exn_ground_truth_walk *w = context;
    static const char suffix[] = "-metadata";
    exn_ground_truth_label l = {.name = w->texts.size};
    exn_json_token value;
    exn_status status = exn_json_text_unescape(key->text, &w->texts);
    l.name_size = w->texts.size - l.name;
    if (status != EXN_OK)
        return exn_json_walk_fail(&w->base, status, NULL, "a name that is no text");
    status = next(w, &value);
    if (status != EXN_OK)
        return status;
    const exn_span name = exn_ground_truth_label_text(w, l.name, l.name_size);
    if (ends_with(name, suffix) && value.kind == EXN_JSON_OBJECT) {
        exn_buffer copy = {0}; /* a copy, because texts moves as it grows */
        status = exn_buffer_append(&copy, name.data, name.size - strlen(suffix));
        status = status == EXN_OK ? read_metadata(w, exn_buffer_span(&copy))
                                  : exn_status_fail(w->base.error, status, "%s", "");
        exn_buffer_free(&copy);
        return status;
    }
    const bool is_source = exn_span_equal(name, (exn_span){(const uint8_t *)"source-ref", 10});
    status = exn_ground_truth_label_read(w, &l, &value);
    if (status != EXN_OK)
        return status;
    if (is_source) {
        /* With two images on a line, readers would disagree on which one the labels belong to. */
        if (w->has_source)
            return exn_ground_truth_label_fail(w, &l, "", "it is there twice");
        if (l.kind != EXN_GROUND_TRUTH_TEXT || l.text_size == 0 ||
            memchr(w->texts.data + l.text, 0, l.text_size))
            return exn_ground_truth_label_fail(w, &l, "", "it is no address");
        w->has_source = true;
        w->source = l;
        return EXN_OK;
    }
    status = exn_account_append(w->base.events->account, &w->labels, &l, sizeof l);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* Two entries of one name with different types would be two types to two readers. A line has few
 * labels, so a linear search will do. */
static type find_type(const exn_ground_truth_walk *w, exn_span name)
{
    type found = NONE;
    for (size_t at = 0; at < w->metadatas.size; at += sizeof(metadata)) {
        metadata m;
        memcpy(&m, w->metadatas.data + at, sizeof m);
        if (exn_span_equal(exn_ground_truth_label_text(w, m.name, m.name_size), name))
            found = found == NONE || found == m.type ? m.type : UNKNOWN;
    }
    return found;
}

/* Its own metadata wins: NAME-ref-metadata, then, for older jobs, NAME-metadata. */
static type type_of(const exn_ground_truth_walk *w, const exn_ground_truth_label *l)
{
    const exn_span name = exn_ground_truth_label_text(w, l->name, l->name_size);
    const type own = find_type(w, name);
    if (own != NONE || l->kind != EXN_GROUND_TRUTH_TEXT || !ends_with(name, "-ref"))
        return own;
    return find_type(w, exn_span_part(name, 0, name.size - strlen("-ref")));
}

/* Why a label cannot be moved, or NULL. Strict where there may be coordinates, lenient where there
 * can be none: a manifest carries along whatever earlier steps put in, and one odd number must not
 * stop a whole data set. */
static const char *refusal_of(const exn_ground_truth_walk *w, const exn_ground_truth_label *l,
                              type type)
{
    const bool is_ref = ends_with(exn_ground_truth_label_text(w, l->name, l->name_size), "-ref");
    switch (type) {
    case BOXES:
        return l->kind != EXN_GROUND_TRUTH_BOXED ? "boxes without their annotations"
               : l->has_places                   ? EXN_LABEL_UNKNOWN_PLACE
                                                 : l->refusal;
    case MASK:
        return l->kind == EXN_GROUND_TRUTH_TEXT && l->text_size &&
                       !memchr(w->texts.data + l->text, 0, l->text_size)
                   ? NULL
                   : "a mask without its address";
    case PLACELESS:
        return l->kind == EXN_GROUND_TRUTH_BOXED || l->has_places
                   ? "places in a label whose type has none"
                   : NULL;
    case UNKNOWN:
        return l->kind == EXN_GROUND_TRUTH_SCALAR || (l->kind == EXN_GROUND_TRUTH_TEXT && !is_ref)
                   ? NULL
                   : "a label of a type that is not known here";
    case NONE:
        break;
    }
    if (l->kind == EXN_GROUND_TRUTH_TEXT && is_ref)
        return "an address without the metadata that says of what";
    return l->kind == EXN_GROUND_TRUTH_BOXED || l->has_places
               ? "a label without the metadata that says its type"
               : NULL;
}

/* An address is handed on as it stands in the file, with its escapes, because its prefix is
 * replaced there. */
static exn_status hand_on_address(exn_ground_truth_walk *w, const exn_ground_truth_label *l,
                                  const exn_label_place *place)
{
    const exn_label_address address = {
        .image = exn_ground_truth_label_text(w, w->source.text, w->source.text_size),
        .text = exn_ground_truth_label_text(w, l->raw, l->raw_size),
        .offset = l->offset,
        .place = *place};
    return w->base.events->address(w->base.events->context, &address);
}

static exn_status hand_on_shape(exn_ground_truth_walk *w, exn_label_shape *shape,
                                const exn_label_place *place)
{
    shape->image = exn_ground_truth_label_text(w, w->source.text, w->source.text_size);
    shape->numbers = &w->part;
    shape->place = *place;
    return w->base.events->shape(w->base.events->context, shape);
}

/* The mask is a separate file beside the images, which the caller rotates; only its name is
 * determined here. */
static exn_status hand_on_mask(exn_ground_truth_walk *w, const exn_ground_truth_label *l)
{
    const exn_label_place *place = exn_ground_truth_label_place(w, l, "", SIZE_MAX);
    exn_label_shape shape = {.kind = EXN_LABEL_FILE};
    exn_status status =
        exn_prefixes_strip(w->settings, exn_ground_truth_label_text(w, l->text, l->text_size),
                           &shape.coded, place, w->base.error);
    if (status == EXN_OK)
        status = hand_on_shape(w, &shape, place);
    return status == EXN_OK ? hand_on_address(w, l, place) : status;
}

/* A refused label counts as one shape, whatever it holds. A mask is handed on by its address.
 * Labels of a box type without boxes were refused above. */
static exn_status hand_on_label(exn_ground_truth_walk *w, const exn_ground_truth_label *l)
{
    const type type = type_of(w, l);
    const char *refusal = refusal_of(w, l, type);
    exn_status status = EXN_OK;
    exn_numbers_clear(&w->part);
    if (refusal) {
        exn_label_shape shape = {.kind = EXN_LABEL_POINTS, .refusal = refusal};
        return hand_on_shape(w, &shape,
                             refusal == l->refusal
                                 ? exn_ground_truth_label_place(w, l, ".annotations", l->refused)
                                 : exn_ground_truth_label_place(w, l, "", SIZE_MAX));
    }
    if (type == MASK)
        return hand_on_mask(w, l);
    for (size_t i = 0; i < l->count && type == BOXES && status == EXN_OK; i++) {
        exn_label_shape shape = {.kind = EXN_LABEL_BOX};
        exn_numbers_clear(&w->part);
        status = exn_json_walk_copy(&w->base, &w->part, &w->boxes, l->first + 4 * i, 4);
        if (status == EXN_OK)
            status =
                hand_on_shape(w, &shape, exn_ground_truth_label_place(w, l, ".annotations", i));
    }
    return status;
}

/* Hands on the image once for each size on the line, because all of them have to be set. A job that
 * adjusted labels has one image_size for each of its labels. */
static exn_status hand_on_image(exn_ground_truth_walk *w)
{
    exn_label_image image = {
        .key = exn_ground_truth_label_text(w, w->source.text, w->source.text_size),
        .is_repeated = true,
        .place = w->base.place};
    image.place.member = "source-ref";
    exn_status status =
        exn_prefixes_strip(w->settings, image.key, &image.name, &image.place, w->base.error);
    const size_t count = exn_numbers_count(&w->sizes);
    /* At least once, as a line may have labels but no size. */
    for (size_t i = 0; (i < count || i == 0) && status == EXN_OK; i += 2) {
        exn_numbers_clear(&w->part);
        if (i < count)
            status = exn_json_walk_copy(&w->base, &w->part, &w->sizes, i, 2);
        image.sizes = i < count ? &w->part : NULL;
        image.name_end = i == 0 ? w->source.offset + w->source.raw_size : EXN_LABEL_TOLD;
        if (status == EXN_OK)
            status = w->base.events->image(w->base.events->context, &image);
    }
    return status == EXN_OK ? hand_on_address(w, &w->source, &image.place) : status;
}

/* A line without an image is about a text or something else. Nothing on it depends on orientation
 * unless its labels say otherwise. Boxes or masks without an image are an error, since they could
 * not be handed on as shapes of anything. */
static exn_status hand_on_line(exn_ground_truth_walk *w)
{
    exn_status status = w->has_source ? hand_on_image(w) : EXN_OK;
    for (size_t at = 0; at < w->labels.size && status == EXN_OK;
         at += sizeof(exn_ground_truth_label)) {
        exn_ground_truth_label l;
        memcpy(&l, w->labels.data + at, sizeof l);
        const type type = type_of(w, &l);
        if (w->has_source)
            status = hand_on_label(w, &l);
        else if (type == BOXES || type == MASK)
            status = exn_ground_truth_label_fail(
                w, &l, "", "a label without an image: there is no source-ref");
    }
    return status;
}

static exn_status read_line(void *context)
{
    exn_ground_truth_walk *w = context;
    w->texts.size = w->labels.size = w->metadatas.size = 0;
    exn_numbers_clear(&w->boxes);
    exn_numbers_clear(&w->sizes);
    w->has_source = false;
    exn_status status = exn_json_walk_members(&w->base, read_member, w);
    return status == EXN_OK ? hand_on_line(w) : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    exn_ground_truth_walk w = {.base = {.events = events, .error = error}, .settings = settings};
    w.boxes.account = w.sizes.account = w.part.account = events->account;
    exn_status status = exn_json_walk_lines(&w.base, source, read_line, &w);
    exn_account_free(events->account, &w.texts);
    exn_account_free(events->account, &w.labels);
    exn_account_free(events->account, &w.metadatas);
    exn_numbers_free(&w.boxes);
    exn_numbers_free(&w.sizes);
    exn_numbers_free(&w.part);
    exn_numbers_free(&w.sides[0]);
    exn_numbers_free(&w.sides[1]);
    return status;
}

/* Recognized by the first line alone. source-ref need not come first, but hardly any other JSON has
 * a top-level member of that name. */
static bool recognize(const exn_source *source)
{
    static const exn_json_glance_member members[] = {{.name = "source-ref", .tells = 1}, {0}};
    return exn_json_glance_is(source, EXN_JSON_GLANCE_OBJECT, members);
}

const exn_label_format exn_ground_truth_format = {
    .name = "ground-truth", .recognize = recognize, .walk = walk_file};
