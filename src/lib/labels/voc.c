/* SPDX-License-Identifier: MIT */
/* In the challenge's own files boxes were pixels counted from 1; nearly every tool today writes
 * edges counted from 0 (labelImg raises a minimum of 0 to 1, but leaves maximums alone). So they
 * are taken as edges unless source/database says "The VOC...".
 *
 *   <annotation>
 *     <filename>a.jpg</filename>  <size><width>640</width><height>480</height></size>
 *     <object><name>cat</name>
 *       <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox> */
#include "voc.h"

#include <stdio.h>
#include <string.h>

#include "voc_places.h"
#include "xml_walk.h"

enum { MAX_DEPTH = 64, MAX_NAME = 24, MAX_TEXT = 4096 };

/* The text of an element, where it stands. */
typedef struct field {
    bool is_seen, is_broken; /* broken: it is repeated, or is not in one piece */
    uint64_t offset, end;    /* end: for words, after the last of them */
    exn_buffer text;
} field;

enum { XMIN, YMIN, XMAX, YMAX, CORNERS };

/* One walk: twice through the file, first for what has to be known about all of it. */
typedef struct walk {
    exn_xml_walk base; /* the first member: Expat's handlers get it */
    bool is_first, is_from_1;
    int depth;
    char path[MAX_DEPTH][MAX_NAME]; /* names of elements, truncated to MAX_NAME */
    field *open;                    /* where text goes */
    field width, height, name, path_name, database, corner[CORNERS], x, y, attribute, value;
    exn_buffer tilts; /* of objects by number, as doubles; 0 for those that are not tilted */
    size_t object;    /* how many of annotation's own objects have begun */
    exn_numbers points;
    bool is_uneven; /* the points are not x1, y1, x2, y2 ... */
} walk;

static void clear(field *f)
{
    f->is_seen = f->is_broken = false;
    f->text.size = 0;
}

/* A truncated name is longer than any known here, so it cannot be mistaken for one. */
static bool is_at(const walk *w, int level, const char *name)
{
    return level <= w->depth && strcmp(w->path[level - 1], name) == 0;
}

/* Inside an object at any depth, but not the object itself. */
static bool is_in_object(const walk *w)
{
    return w->depth > 2 && is_at(w, 2, "object");
}

static bool is_in(const walk *w, const char *name)
{
    return is_in_object(w) && is_at(w, w->depth - 1, name);
}

static const char *const corner_names[CORNERS] = {"xmin", "ymin", "xmax", "ymax"};

/* Where the text of the element just opened belongs. size and source are direct children of
 * annotation; boxes also occur in the parts of an object (a person's head and hands). */
static field *field_of(walk *w)
{
    const char *name = w->path[w->depth - 1];
    if (w->depth == 2 && strcmp(name, "filename") == 0)
        return &w->name;
    if (w->depth == 2 && strcmp(name, "path") == 0)
        return &w->path_name;
    if (w->depth == 3 && is_at(w, 2, "size"))
        return strcmp(name, "width") == 0    ? &w->width
               : strcmp(name, "height") == 0 ? &w->height
                                             : NULL;
    if (w->depth == 3 && is_at(w, 2, "source") && strcmp(name, "database") == 0)
        return &w->database;
    if (is_in(w, "bndbox"))
        for (size_t i = 0; i < CORNERS; i++)
            if (strcmp(name, corner_names[i]) == 0)
                return &w->corner[i];
    if (is_in(w, "attribute") && strcmp(name, "name") == 0)
        return &w->attribute;
    if (is_in(w, "attribute") && strcmp(name, "value") == 0)
        return &w->value;
    if (is_in(w, "polygon") && exn_voc_places_is_coordinate(name) && name[1] >= '0' &&
        name[1] <= '9')
        return name[0] == 'x' ? &w->x : &w->y;
    return NULL;
}

/* Shapes are handed on in the second pass only. */
static void refuse(walk *w, const char *member, const char *why)
{
    exn_numbers none = {.items = {0}};
    exn_label_shape shape = {.kind = EXN_LABEL_POINTS, .numbers = &none, .refusal = why};
    if (!w->is_first)
        exn_xml_walk_shape(&w->base, &shape, member);
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    walk *w = context;
    if (w->depth == MAX_DEPTH) {
        exn_xml_walk_fail(&w->base, EXN_LIMIT, NULL, "nested too deep");
        return;
    }
    snprintf(w->path[w->depth++], MAX_NAME, "%s", name);
    if (w->depth == 1 && strcmp(name, "annotation") != 0) {
        exn_xml_walk_fail(&w->base, EXN_CORRUPT, NULL, "the outermost element is not annotation");
        return;
    }
    w->object += w->depth == 2 && strcmp(name, "object") == 0;
    if (w->open)
        w->open->is_broken = true; /* a number contains an element */
    w->open = field_of(w);
    if (is_in_object(w) && strcmp(name, "bndbox") == 0)
        for (size_t i = 0; i < CORNERS; i++)
            clear(&w->corner[i]);
    if (is_in_object(w) && strcmp(name, "attribute") == 0) {
        clear(&w->attribute);
        clear(&w->value);
    }
    if (is_in_object(w) && strcmp(name, "polygon") == 0) {
        exn_numbers_clear(&w->points);
        w->is_uneven = false;
    }
    if (strcmp(name, "robndbox") == 0)
        refuse(w, "robndbox", "a box with an angle in radians");
    else if (w->depth > 1 && !w->open && exn_voc_places_is_coordinate(name) &&
             !is_at(w, w->depth - 1, "robndbox"))
        refuse(w, w->path[w->depth - 1], "a coordinate of an unknown kind of shape");
    if (exn_voc_places_are_attributes(attributes))
        refuse(w, w->path[w->depth - 1], "a coordinate or size that is an attribute of XML");
    if (w->open) {
        w->open->is_broken |= w->open->is_seen;
        w->open->is_seen = true;
        w->open->text.size = 0;
    }
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_all_space(const XML_Char *text, int size)
{
    while (size > 0 && is_space((uint8_t)text[size - 1]))
        size--;
    return size == 0;
}

/* Text for people, whose place does not matter. Words are compared or looked up and never edited,
 * so entities in them do no harm. */
static bool is_word(const walk *w, const field *f)
{
    return f == &w->name || f == &w->path_name || f == &w->database || f == &w->attribute;
}

/* Remarks about an object or a data set may have any length, and are ignored. */
static bool is_remark(const walk *w, const field *f)
{
    return f == &w->path_name || f == &w->database || f == &w->attribute || f == &w->value;
}

/* A place in an unknown element would be left where it is. */
static void look_for_place(walk *w, const XML_Char *text, int size)
{
    const char *name = w->path[w->depth - 1];
    if (w->depth > 1 && exn_voc_places_are_in(name, text, (size_t)size))
        refuse(w, name, "numbers of an unknown kind of shape");
}

/* Expat delivers text in pieces of its own choosing. An entity shows in that it takes more bytes in
 * the file than in the text. */
static void on_text(void *context, const XML_Char *text, int size)
{
    walk *w = context;
    if (!w->open) {
        look_for_place(w, text, size);
        return;
    }
    const uint64_t offset = exn_xml_walk_offset(&w->base);
    if (!is_all_space(text, size)) {
        w->open->end = offset + exn_xml_walk_size(&w->base);
        for (int i = size; is_space((uint8_t)text[i - 1]); i--)
            w->open->end--;
    }
    if (!is_word(w, w->open)) {
        if (is_all_space(text, size))
            return;
        if (w->open->text.size == 0)
            w->open->offset = offset;
        /* The text takes as many bytes in the file, and its pieces are adjacent: no entity, no
         * comment, no encoding with several bytes per digit. */
        if (exn_xml_walk_size(&w->base) != (uint64_t)size ||
            offset != w->open->offset + w->open->text.size)
            w->open->is_broken = true;
    }
    if (w->open->text.size + (size_t)size > MAX_TEXT && is_remark(w, w->open))
        w->open->is_broken = true;
    else if (w->open->text.size + (size_t)size > MAX_TEXT)
        exn_xml_walk_fail(&w->base, EXN_LIMIT, w->path[w->depth - 1], "its text is too long");
    else if (exn_buffer_append(&w->open->text, text, (size_t)size) != EXN_OK)
        exn_xml_walk_stop(&w->base, exn_status_fail(w->base.error, EXN_MEMORY, "%s", ""));
}

/* A field's text without surrounding white space. */
static exn_span trimmed(const field *f, uint64_t *offset)
{
    size_t from = 0, to = f->text.size;
    while (from < to && is_space(f->text.data[from]))
        from++;
    while (to > from && is_space(f->text.data[to - 1]))
        to--;
    *offset = f->offset + from;
    return exn_span_part(exn_buffer_span(&f->text), from, to - from);
}

static exn_status add(exn_numbers *to, const field *f)
{
    uint64_t offset;
    exn_span text = trimmed(f, &offset);
    return exn_numbers_add(to, offset, text.size, text);
}

/* An object's own box is tilted, but not those of its parts. */
static double tilt_of(const walk *w, exn_label_kind kind)
{
    double tilt = 0;
    const size_t at = (w->object - 1) * sizeof tilt;
    if (kind == EXN_LABEL_CORNERS && w->depth == 3 && at + sizeof tilt <= w->tilts.size)
        memcpy(&tilt, w->tilts.data + at, sizeof tilt);
    return tilt;
}

/* An object's angle may follow its box, so it is collected in the first pass. */
static void note_tilt(walk *w)
{
    double tilt = 0;
    uint64_t offset;
    exn_account *account = w->base.events->account;
    while (w->tilts.size < w->object * sizeof tilt)
        if (exn_account_append(account, &w->tilts, &tilt, sizeof tilt) != EXN_OK) {
            exn_xml_walk_stop(&w->base, exn_status_fail(w->base.error, EXN_MEMORY, "%s", ""));
            return;
        }
    tilt = exn_label_degrees(trimmed(&w->value, &offset));
    if (tilt != 0)
        memcpy(w->tilts.data + (w->object - 1) * sizeof tilt, &tilt, sizeof tilt);
}

static void hand_on(walk *w, exn_label_kind kind, const char *member, const exn_numbers *numbers,
                    const char *refusal)
{
    const double tilt = tilt_of(w, kind);
    exn_label_shape shape = {.kind = kind,
                             .coordinates = w->is_from_1 ? EXN_COORDINATES_PIXELS_FROM_1
                                                         : EXN_COORDINATES_EDGES,
                             .numbers = numbers,
                             .degrees = tilt,
                             .is_tilted_box = tilt != 0,
                             .refusal = refusal};
    if (!w->is_first)
        exn_xml_walk_shape(&w->base, &shape, member);
}

/* An incomplete box is refused rather than skipped, because its image's other boxes would move
 * without it. */
static void end_box(walk *w)
{
    exn_numbers numbers = {.items = {0}};
    const char *refusal = NULL;
    exn_status status = EXN_OK;
    for (size_t i = 0; i < CORNERS && status == EXN_OK; i++) {
        if (!w->corner[i].is_seen || w->corner[i].is_broken)
            refusal = "a box without its four numbers in plain text";
        status = add(&numbers, &w->corner[i]);
    }
    if (status == EXN_OK)
        hand_on(w, EXN_LABEL_CORNERS, "bndbox", &numbers, refusal);
    else
        exn_xml_walk_stop(&w->base, exn_status_fail(w->base.error, status, "%s", ""));
    exn_numbers_free(&numbers);
}

/* CVAT puts a box's angle here; its corners are those of the untilted box. */
static void end_attribute(walk *w)
{
    exn_numbers numbers = {.items = {0}};
    uint64_t offset;
    const exn_span name = trimmed(&w->attribute, &offset);
    const bool is_angle = exn_span_equal(name, (exn_span){(const uint8_t *)"rotation", 8});
    if (!is_angle && !w->attribute.is_broken) /* if there are two, either may be it */
        return;
    if (w->is_first)
        note_tilt(w);
    if (add(&numbers, &w->value) == EXN_OK)
        hand_on(w, EXN_LABEL_ANGLE, "attribute", &numbers,
                w->value.is_broken || w->attribute.is_broken ? "an angle that is not in plain text"
                                                             : NULL);
    else
        exn_xml_walk_stop(&w->base, exn_status_fail(w->base.error, EXN_MEMORY, "%s", ""));
    exn_numbers_free(&numbers);
}

/* Points are paired by order alone: x1, y1, x2 and so on; any other order, or a missing number, is
 * uneven. */
static void end_coordinate(walk *w, const field *f)
{
    const bool is_y = f == &w->y;
    w->is_uneven |= f->is_broken || exn_numbers_count(&w->points) % 2 != is_y;
    exn_status status = add(&w->points, f);
    if (status != EXN_OK)
        exn_xml_walk_stop(&w->base, exn_status_fail(w->base.error, status, "%s", ""));
}

/* bndbox and the others are still the innermost name, since depth is decremented last. */
static void on_end(void *context, const XML_Char *name)
{
    walk *w = context;
    if (w->open == &w->x || w->open == &w->y) {
        end_coordinate(w, w->open);
        clear(w->open);
    }
    if (is_in_object(w) && strcmp(name, "bndbox") == 0)
        end_box(w);
    if (is_in_object(w) && strcmp(name, "attribute") == 0)
        end_attribute(w);
    if (is_in_object(w) && strcmp(name, "polygon") == 0)
        hand_on(w, EXN_LABEL_POINTS, "polygon", &w->points,
                w->is_uneven || exn_numbers_count(&w->points) % 2
                    ? "a polygon that is not x1, y1, x2, y2 and so on in plain text"
                    : NULL);
    w->open = NULL;
    w->depth--;
}

/* A size in an entity or comment could be read but not set, so the file would contradict its image.
 */
static exn_status hand_on_image(walk *w)
{
    exn_numbers sizes = {.items = {0}};
    uint64_t offset;
    const bool has_size = w->width.is_seen && w->height.is_seen;
    w->base.place = (exn_label_place){.member = "size"};
    if (w->width.is_broken || w->height.is_broken)
        return exn_label_fail(w->base.error, EXN_CORRUPT, &w->base.place,
                              "it is there twice, or not in plain text");
    exn_status status = has_size ? add(&sizes, &w->width) : EXN_OK;
    if (status == EXN_OK && has_size)
        status = add(&sizes, &w->height);
    const exn_span name = trimmed(&w->name, &offset);
    if (!exn_xml_walk_knows(&w->base, name)) {
        w->base.place.member = "filename";
        return exn_label_fail(w->base.error, EXN_UNSUPPORTED, &w->base.place, EXN_XML_FOREIGN);
    }
    const exn_label_image image = {
        .name = name,
        .sizes = has_size ? &sizes : NULL,
        .name_end = w->name.is_seen ? w->name.end : 0,
        .path_end = w->path_name.is_seen && !w->path_name.is_broken ? w->path_name.end : 0,
        .place = w->base.place};
    status = status == EXN_OK ? w->base.events->image(w->base.events->context, &image)
                              : exn_status_fail(w->base.error, status, "%s", "");
    exn_numbers_free(&sizes);
    return status;
}

static void free_walk(walk *w)
{
    field *const fields[] = {
        &w->width,     &w->height, &w->name,      &w->path_name, &w->database,  &w->x,        &w->y,
        &w->attribute, &w->value,  &w->corner[0], &w->corner[1], &w->corner[2], &w->corner[3]};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        exn_buffer_free(&fields[i]->text);
    exn_numbers_free(&w->points);
    exn_account_free(w->base.events->account, &w->tilts);
}

/* The size and source may follow the objects but decide how they are moved. */
static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {.base = {.start = on_start,
                       .end = on_end,
                       .text = on_text,
                       .events = events,
                       .error = error},
              .is_first = true,
              .points = {.account = events->account}};
    uint64_t offset;
    (void)settings;
    exn_status status = exn_xml_walk_parse(&w.base, source);
    if (status == EXN_OK) {
        w.is_first = false;
        w.is_from_1 = exn_span_starts(trimmed(&w.database, &offset), "The VOC", 7);
        status = hand_on_image(&w);
    }
    field *const once[] = {&w.width, &w.height, &w.name, &w.path_name, &w.database};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        clear(once[i]);
    w.base.place = (exn_label_place){.member = NULL};
    w.object = 0;
    if (status == EXN_OK)
        status = exn_xml_walk_parse(&w.base, source);
    free_walk(&w);
    return status;
}

/* ---- recognizing */

typedef struct glance {
    bool is_voc, is_other;
} glance;

static bool look(void *context, int depth, const char *name)
{
    static const char *const known[] = {"filename", "size", "object", "segmented", "bndbox"};
    glance *g = context;
    if (depth == 1)
        g->is_other = strcmp(name, "annotation") != 0;
    for (size_t i = 0; i < sizeof known / sizeof *known && depth == 2; i++)
        g->is_voc |= strcmp(name, known[i]) == 0;
    return !g->is_voc && !g->is_other;
}

/* Recognized by its outermost element and one inside it. */
static bool recognize(const exn_source *source)
{
    glance g = {false, false};
    exn_xml_walk_glance(source, look, &g);
    return g.is_voc && !g.is_other;
}

const exn_label_format exn_voc_format = {.name = "voc", .recognize = recognize, .walk = walk_file};
