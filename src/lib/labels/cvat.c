/* SPDX-License-Identifier: MIT */
/* Everything is in attributes, in edges of pixels, y down. An angle is in degrees, clockwise, about
 * the center of what it rotates. A mask is a box of pixels with runs of its own, row by row. Files
 * of videos have tracks instead of images; they name no image files and are refused.
 *
 *   <annotations>
 *     <image id="0" name="a.jpg" width="640" height="480">
 *       <box xtl="1.5" ytl="2" xbr="30" ybr="40" rotation="10.00"/>
 *       <ellipse cx="9" cy="9" rx="4" ry="2"/>  <polygon points="1,2;3,4;5,6"/>
 *       <mask rle="3, 5" left="1" top="2" width="4" height="2"/> */
#include "cvat.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "metadata/xml.h"
#include "xml_walk.h"

typedef struct walk {
    exn_xml_walk base; /* the first member: Expat's handlers get it */
    int depth;
    bool in_image;
    uint64_t images; /* so far; used as the image's key, since names and ids may repeat */
    char key[24];
    exn_buffer tag; /* the element's tag, as in the file */
    uint64_t tag_offset;
    exn_xml xml;
    exn_xml_event start;
    exn_numbers numbers;
    exn_buffer name;
    exn_account *account; /* for tag and name */
} walk;

/* Expat reports attributes without their offsets, but it does report the whole tag's. So the tag is
 * read once more, as bytes. In UTF-16 bytes are not characters, and an edit by offset would break
 * the file. */
static exn_status read_tag(walk *w)
{
    const size_t size = (size_t)exn_xml_walk_size(&w->base);
    w->tag_offset = exn_xml_walk_offset(&w->base);
    w->base.place.line = exn_xml_walk_line(&w->base);
    w->base.place.member = NULL;
    w->tag.size = 0;
    exn_status status = exn_account_reserve(w->account, &w->tag, size);
    if (status != EXN_OK)
        return status;
    const exn_source *source = w->base.source;
    int sys_errno = source->read(source->context, w->tag.data, size, w->tag_offset);
    if (sys_errno != 0)
        return exn_status_fail_errno(w->base.error, EXN_READ, sys_errno);
    w->tag.size = size;
    exn_xml_open(&w->xml, exn_buffer_span(&w->tag));
    return exn_xml_next(&w->xml, &w->start) == EXN_XML_START
               ? EXN_OK
               : exn_label_fail(w->base.error, EXN_UNSUPPORTED, &w->base.place,
                                "an encoding of which numbers are not edited");
}

/* An attribute's value as it stands in the tag. Entities are not decoded: a number with one is
 * refused, and names come from Expat, which decodes them. */
static bool find(const walk *w, const char *name, exn_span *value)
{
    exn_xml_event attribute;
    for (size_t at = w->start.attributes; exn_xml_next_attribute(&w->xml, &at, &attribute);)
        if (exn_span_equal(attribute.name, (exn_span){(const uint8_t *)name, strlen(name)})) {
            *value = attribute.value;
            return true;
        }
    return false;
}

/* Adds one number, without the space around it. What matters is its offset in the file, where the
 * edit goes. */
static exn_status add(walk *w, exn_span text)
{
    while (text.size && exn_xml_is_space(text.data[0]))
        text = exn_span_part(text, 1, text.size - 1);
    while (text.size && exn_xml_is_space(text.data[text.size - 1]))
        text.size--;
    const uint64_t offset = w->tag_offset + (uint64_t)(text.data - w->tag.data);
    return exn_numbers_add(&w->numbers, offset, text.size, text);
}

/* Adds as many of these attributes as there are; names ends with NULL. A shape that lacks some is
 * handed on with the rest and a refusal, so that it fails only if its image rotates. A box of three
 * numbers in an image that stays as it is does no harm. */
static exn_status add_all(walk *w, const char *const *names, bool *has_all)
{
    exn_span value;
    exn_status status = EXN_OK;
    *has_all = true;
    exn_numbers_clear(&w->numbers);
    for (size_t i = 0; names[i] && status == EXN_OK; i++)
        if (find(w, names[i], &value))
            status = add(w, value);
        else
            *has_all = false;
    return status;
}

/* Adds a list of numbers. A trailing separator yields an empty number, which is invalid. */
static exn_status add_list(walk *w, exn_span list, const char *separators)
{
    exn_status status = EXN_OK;
    for (size_t at = 0; at <= list.size && status == EXN_OK;) {
        size_t end = at;
        while (end < list.size && !strchr(separators, list.data[end]))
            end++;
        status = add(w, exn_span_part(list, at, end - at));
        at = end + 1;
    }
    return status;
}

static void hand_on(walk *w, exn_label_shape shape, const char *member)
{
    shape.image = (exn_span){(const uint8_t *)w->key, strlen(w->key)};
    shape.numbers = &w->numbers;
    exn_xml_walk_shape(&w->base, &shape, member);
}

/* ---- shapes */

/* The angle is also handed on as a shape of its own, so that it keeps its form. */
static double degrees_of(const walk *w)
{
    exn_span value;
    return find(w, "rotation", &value) ? exn_label_degrees(value) : 0;
}

/* CVAT's cuboids have no rotation. One that has is refused, since its meaning is unknown. */
static exn_status read_numbers(walk *w, const char *member, exn_label_kind kind,
                               const char *const *names, const char *refusal)
{
    static const char *const rotation[] = {"rotation", NULL};
    bool has_all, has_angle;
    exn_status status = add_all(w, names, &has_all);
    if (status != EXN_OK)
        return status;
    hand_on(w,
            (exn_label_shape){
                .kind = kind, .degrees = degrees_of(w), .refusal = has_all ? NULL : refusal},
            member);
    status = add_all(w, rotation, &has_angle);
    if (status == EXN_OK && has_angle && kind != EXN_LABEL_CUBOID)
        hand_on(w, (exn_label_shape){.kind = EXN_LABEL_ANGLE}, member);
    return status;
}

/* Corners, as edges: xbr is where the box ends, not its last pixel. */
static exn_status read_box(walk *w, const char *member)
{
    static const char *const names[] = {"xtl", "ytl", "xbr", "ybr", NULL};
    return read_numbers(w, member, EXN_LABEL_CORNERS, names, "a box without its four numbers");
}

/* Semi-axes, which are swapped together with the sides. */
static exn_status read_ellipse(walk *w, const char *member)
{
    static const char *const names[] = {"cx", "cy", "rx", "ry", NULL};
    return read_numbers(w, member, EXN_LABEL_ELLIPSE, names, "an ellipse without its four numbers");
}

/* Eight corners in the order of EXN_LABEL_CUBOID: top left, bottom left, top right, bottom right of
 * the front, then of the back. */
static exn_status read_cuboid(walk *w, const char *member)
{
    static const char *const names[] = {"xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1",
                                        "xbr1", "ybr1", "xtl2", "ytl2", "xbl2", "ybl2",
                                        "xtr2", "ytr2", "xbr2", "ybr2", NULL};
    return read_numbers(w, member, EXN_LABEL_CUBOID, names, "a cuboid without its eight corners");
}

/* x,y;x,y: alternating commas and semicolons. */
static bool is_list_of_points(exn_span list)
{
    size_t separators = 0;
    for (size_t i = 0; i < list.size; i++)
        if (list.data[i] == ',' || list.data[i] == ';')
            if (list.data[i] != (separators++ % 2 ? ';' : ','))
                return false;
    return separators % 2;
}

/* Polygons, polylines and points are all rotated alike. */
static exn_status read_points(walk *w, const char *member)
{
    exn_span list = {NULL, 0};
    exn_numbers_clear(&w->numbers);
    const bool is_list = find(w, "points", &list) && is_list_of_points(list);
    exn_status status = is_list ? add_list(w, list, ",;") : EXN_OK;
    if (status == EXN_OK)
        hand_on(
            w,
            (exn_label_shape){.kind = EXN_LABEL_POINTS,
                              .refusal = is_list ? NULL : "points that are not x,y;x,y and so on"},
            member);
    return status;
}

/* rle is "a, b, c": row by row within the box, starting with zeros. The box is in pixels: width is
 * right - left + 1. */
static exn_status read_mask(walk *w, const char *member)
{
    static const char *const names[] = {"left", "top", "width", "height", NULL};
    bool has_all;
    exn_span runs;
    exn_status status = add_all(w, names, &has_all);
    has_all &= find(w, "rle", &runs);
    if (status == EXN_OK && has_all)
        status = add_list(w, runs, ",");
    if (status == EXN_OK)
        hand_on(w,
                (exn_label_shape){.kind = EXN_LABEL_PATCH,
                                  .refusal =
                                      has_all ? NULL : "a mask without its place, size and runs"},
                member);
    return status;
}

/* For elements that hold no coordinates themselves. */
static exn_status read_nothing(walk *w, const char *member)
{
    (void)w;
    (void)member;
    return EXN_OK;
}

/* CVAT may gain new shapes. One that stayed in place would be silently wrong. */
static exn_status read_unknown(walk *w, const char *member)
{
    exn_numbers_clear(&w->numbers);
    hand_on(w,
            (exn_label_shape){.kind = EXN_LABEL_POINTS,
                              .refusal = "a kind of shape that is not known here"},
            member);
    return EXN_OK;
}

/* A skeleton's points are elements inside it and are read like any others. */
static exn_status read_element(walk *w, const char *name)
{
    static const struct {
        const char *name;
        exn_status (*read)(walk *w, const char *member);
    } elements[] = {
        {"box", read_box},           {"ellipse", read_ellipse},  {"polygon", read_points},
        {"polyline", read_points},   {"points", read_points},    {"mask", read_mask},
        {"cuboid", read_cuboid},     {"skeleton", read_nothing}, {"tag", read_nothing},
        {"attribute", read_nothing},
    };
    const size_t count = sizeof elements / sizeof *elements;
    size_t i = 0;
    while (i < count && strcmp(elements[i].name, name) != 0)
        i++;
    exn_status status = read_tag(w);
    if (status != EXN_OK)
        return status;
    return i < count ? elements[i].read(w, elements[i].name) : read_unknown(w, "image");
}

/* ---- images */

/* Expat's list: names and values in turn, NULL at the end (XML_StartElementHandler). */
static const char *value_of(const XML_Char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return "";
}

/* A project's export has a folder for each subset, which annotations name separately. The plain
 * name is tried as well, because many data sets keep all images in one folder. */
static exn_status read_image(walk *w, const XML_Char **attributes)
{
    static const char *const sides[] = {"width", "height", NULL};
    const char *name = value_of(attributes, "name"), *subset = value_of(attributes, "subset");
    bool has_all;
    snprintf(w->key, sizeof w->key, "%" PRIu64, w->images++);
    w->name.size = 0;
    exn_status status = read_tag(w);
    w->base.place.member = "image";
    if (!exn_xml_walk_knows(&w->base, (exn_span){(const uint8_t *)name, strlen(name)}))
        return exn_label_fail(w->base.error, EXN_UNSUPPORTED, &w->base.place, EXN_XML_FOREIGN);
    if (status == EXN_OK && !*name)
        return exn_label_fail(w->base.error, EXN_CORRUPT, &w->base.place, "it has no name");
    if (status == EXN_OK)
        status = add_all(w, sides, &has_all);
    if (status == EXN_OK && *subset)
        status = exn_account_append(w->account, &w->name, subset, strlen(subset));
    if (status == EXN_OK && *subset)
        status = exn_account_append(w->account, &w->name, "/", 1);
    if (status == EXN_OK)
        status = exn_account_append(w->account, &w->name, name, strlen(name));
    if (status != EXN_OK)
        return exn_status_fail(w->base.error, status, "%s", "");
    const exn_span plain = {(const uint8_t *)name, strlen(name)};
    exn_span text = {w->tag.data, 0};
    find(w, "name", &text);
    const exn_label_image image = {.key = {(const uint8_t *)w->key, strlen(w->key)},
                                   .name = exn_buffer_span(&w->name),
                                   .other_name = *subset ? plain : (exn_span){NULL, 0},
                                   .sizes = has_all ? &w->numbers : NULL,
                                   .name_end = w->tag_offset + (uint64_t)(text.data - w->tag.data) +
                                               text.size,
                                   .place = w->base.place};
    return w->base.events->image(w->base.events->context, &image);
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    walk *w = context;
    exn_status status = EXN_OK;
    /* Depths count from 1: annotations, its images, their shapes. Shapes inside a skeleton are
     * deeper and read like others, so only the depth of images is compared. */
    w->depth++;
    if (w->depth == 1 && strcmp(name, "annotations") != 0) {
        exn_xml_walk_fail(&w->base, EXN_CORRUPT, NULL, "the outermost element is not annotations");
    } else if (w->depth == 2 && strcmp(name, "track") == 0) {
        exn_xml_walk_fail(&w->base, EXN_UNSUPPORTED, "track",
                          "labels of a video, which name no image files: export them as CVAT for "
                          "images");
    } else if (w->depth == 2 && strcmp(name, "image") == 0) {
        w->in_image = true;
        status = read_image(w, attributes);
    } else if (w->in_image) {
        status = read_element(w, name);
    }
    if (status != EXN_OK)
        exn_xml_walk_stop(&w->base, exn_status_fail(w->base.error, status, "%s", ""));
}

/* Once an image's element has ended, nothing in it is edited any more: Expat is at its end tag, and
 * all its numbers stand before that. */
static void on_end(void *context, const XML_Char *name)
{
    walk *w = context;
    (void)name;
    /* The end of a shape is not the end of its image. */
    if (w->depth-- != 2 || !w->in_image)
        return;
    w->in_image = false;
    exn_status status =
        w->base.events->settled(w->base.events->context, exn_xml_walk_offset(&w->base));
    if (status != EXN_OK)
        exn_xml_walk_stop(&w->base, status);
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.base = {.start = on_start, .end = on_end, .events = events, .error = error}};
    (void)settings;
    w.numbers.account = w.account = events->account;
    exn_status status = exn_xml_walk_parse(&w.base, source);
    exn_account_free(w.account, &w.tag);
    exn_account_free(w.account, &w.name);
    exn_numbers_free(&w.numbers);
    return status;
}

/* ---- recognizing */

typedef struct glance {
    bool is_cvat, is_other, in_meta;
} glance;

/* A list of hundreds of labels may precede the first image, so the elements around that list count
 * as well. */
static bool look(void *context, int depth, const char *name)
{
    glance *g = context;
    if (depth == 1)
        g->is_other = strcmp(name, "annotations") != 0;
    if (depth == 2)
        g->in_meta = strcmp(name, "meta") == 0;
    g->is_cvat |=
        (depth == 2 && (strcmp(name, "image") == 0 || strcmp(name, "track") == 0)) ||
        (depth == 3 && g->in_meta &&
         (strcmp(name, "task") == 0 || strcmp(name, "project") == 0 || strcmp(name, "job") == 0));
    return !g->is_cvat && !g->is_other;
}

/* The name of the outermost element is too common to be enough. */
static bool recognize(const exn_source *source)
{
    glance g = {false, false, false};
    exn_xml_walk_glance(source, look, &g);
    return g.is_cvat && !g.is_other;
}

const exn_label_format exn_cvat_format = {
    .name = "cvat", .recognize = recognize, .walk = walk_file};
