/* SPDX-License-Identifier: MIT */
#include "xmp_walk.h"

#include <string.h>

/* What encloses the current place in the packet: at most one element of each kind. */
typedef enum state {
    NONE,
    CUT, /* an orientation: it is removed, and no other rule applies inside it */
    DROP,
    DIRECTORY,
    ITEM,
    GROUP,
    SUBJECT,
    THUMBNAILS,
    THUMBNAIL,
} state;

#define IN(state) (1U << (state))

/* Kinds of walks. */
enum { SCANNING = 1, MAPPING = 2, LISTING = 4, ANY = SCANNING | MAPPING | LISTING };

/* The value of an attribute, or of an element without a rule of its own. */
typedef struct value {
    exn_xmp_name name;
    const exn_span *raw; /* NULL: not plain text */
    size_t at, end;      /* of the whole attribute or element */
} value;

/* An element uses the first rule for its name that begins or opens something, and ends it.
 * Attributes, and elements without such a rule, use the first one that has a value. */
typedef struct rule {
    exn_xmp_name first, last; /* names; last 0: only one */
    uint32_t kinds;           /* of walks */
    bool of_picture;          /* only for a property of the picture itself */
    uint32_t inside,
        outside; /* sets of states: one of which has to be open; none of which may be */
    state opens;
    void (*begin)(exn_xmp_walk *w, exn_xmp_name name);
    void (*value)(exn_xmp_walk *w, const value *v);
    void (*end)(exn_xmp_walk *w, const exn_xml_event *e);
} rule;

static bool is_open(const exn_xmp_walk *w, state s)
{
    return w->open & IN(s);
}

/* --- Orientations --- */

/* Anything but exactly "1" in plain text may be an orientation to some reader. The first usable one
 * is reported; each of them requires an edit. */
static void take_orientation(exn_xmp_walk *w, exn_xmp_name id, const exn_xmp_text *text, bool plain)
{
    if (!plain || !exn_xmp_text_is(text, "1"))
        w->found.needs_edit = true;
    if (id == EXN_XMP_NAME_ORIENTATION && w->found.orientation == 0 && !text->over &&
        text->size == 1 && text->bytes[0] >= '1' && text->bytes[0] <= '8')
        w->found.orientation = (uint32_t)(text->bytes[0] - '0');
}

/* Elements, comments and CDATA may split the value, so it is collected until the element ends. */
static void begin_orientation(exn_xmp_walk *w, exn_xmp_name name)
{
    (void)name;
    w->cut = (exn_xmp_walk_cut){.plain = true};
}

static void orientation_attribute(exn_xmp_walk *w, const value *v)
{
    exn_xmp_text t;

    exn_xmp_text_decode(&t, *v->raw);
    take_orientation(w, v->name, &t, true);
    exn_xmp_edits_blank(&w->edits, v->at, v->end);
}

static void end_orientation(exn_xmp_walk *w, const exn_xml_event *e)
{
    exn_xmp_text_trim(&w->cut.text);
    take_orientation(w, w->elements[w->depth].name, &w->cut.text, w->cut.plain);
    exn_xmp_edits_blank(&w->edits, e->at, e->end);
}

/* --- The directory, and what goes with it --- */

static void begin_directory(exn_xmp_walk *w, exn_xmp_name name)
{
    (void)name;
    w->found.multi_picture = true;
    if (w->listing.directory)
        exn_xmp_directory_begin(&w->listing);
}

static void begin_item(exn_xmp_walk *w, exn_xmp_name name)
{
    (void)name;
    exn_xmp_directory_begin_item(&w->listing);
}

static void item_field(exn_xmp_walk *w, const value *v)
{
    exn_xmp_directory_put(&w->listing, v->name, v->raw);
}

static void end_item(exn_xmp_walk *w, const exn_xml_event *e)
{
    exn_xmp_directory_end_item(&w->listing, &w->edits, e->at, e->end);
}

static void drop_value(exn_xmp_walk *w, const value *v)
{
    exn_xmp_edits_blank(&w->edits, v->at, v->end);
}

static void end_drop(exn_xmp_walk *w, const exn_xml_event *e)
{
    exn_xmp_edits_blank(&w->edits, e->at, e->end);
}

/* xmpNote:HasExtendedXMP (XMP part 3, 1.1.3.1): which portions belong to this packet. */
static void extended_guid(exn_xmp_walk *w, const value *v)
{
    if (v->raw && w->found.extended_guid.size == 0)
        w->found.extended_guid = exn_xmp_text_strip(*v->raw);
}

/* --- Sizes, regions and areas --- */

static void note(exn_xmp_walk *w, bool mapped)
{
    w->stale = w->stale || !mapped;
}

/* Anything that does not fit the rotated picture is kept and reported. */
static void cannot_map(exn_xmp_walk *w, const value *v)
{
    (void)v;
    note(w, false);
}

static void picture_size(exn_xmp_walk *w, const value *v)
{
    note(w, v->raw && exn_xmp_regions_set_size(v->name, *v->raw, w->turn, &w->edits));
}

static void rectangle(exn_xmp_walk *w, const value *v)
{
    note(w, v->raw && exn_xmp_regions_map_rectangle(*v->raw, w->turn, &w->edits));
}

static void begin_group(exn_xmp_walk *w, exn_xmp_name name)
{
    w->group = (exn_xmp_regions_group){.name = name};
}

static void group_field(exn_xmp_walk *w, const value *v)
{
    exn_xmp_regions_put(&w->group, v->name, v->raw);
}

static void end_group(exn_xmp_walk *w, const exn_xml_event *e)
{
    (void)e;
    note(w, exn_xmp_regions_map(&w->group, w->turn, &w->edits));
}

static void begin_subject(exn_xmp_walk *w, exn_xmp_name name)
{
    (void)name;
    w->subject = (exn_xmp_areas_subject){.count = 0};
}

static void subject_number(exn_xmp_walk *w, const value *v)
{
    exn_xmp_areas_take_subject(&w->subject, v->raw);
}

static void end_subject(exn_xmp_walk *w, const exn_xml_event *e)
{
    (void)e;
    note(w, exn_xmp_areas_map_subject(&w->subject, w->turn, &w->edits));
}

static void plain_area(exn_xmp_walk *w, const value *v)
{
    exn_xmp_areas_take(&w->areas, (exn_xmp_plain)(v->name - EXN_XMP_NAME_PLAIN), v->raw);
}

/* --- Thumbnails --- */

static void begin_thumbnails(exn_xmp_walk *w, exn_xmp_name name)
{
    (void)name;
    exn_xmp_thumbnails_begin(&w->thumbnails, &w->edits);
}

static void end_thumbnails(exn_xmp_walk *w, const exn_xml_event *e)
{
    if (w->turn)
        exn_xmp_thumbnails_end(&w->thumbnails, w->turn, &w->edits, e->at, e->end);
}

static void begin_thumbnail(exn_xmp_walk *w, exn_xmp_name name)
{
    (void)name;
    exn_xmp_thumbnails_begin_item(&w->thumbnails);
}

static void thumbnail_field(exn_xmp_walk *w, const value *v)
{
    exn_xmp_thumbnails_put(&w->thumbnails, v->name, v->raw);
}

/* A walk without a rotation only lists the pictures, as spans of the packet. */
static void end_thumbnail(exn_xmp_walk *w, const exn_xml_event *e)
{
    const exn_span picture = exn_xmp_thumbnails_picture(&w->thumbnails);
    (void)e;
    if (w->turn)
        exn_xmp_thumbnails_end_item(&w->thumbnails, w->turn, &w->edits);
    else if (picture.size > 0 && w->found.picture_count < EXN_XMP_PICTURES_MAX)
        w->found.pictures[w->found.picture_count++] = picture;
}

/* --- The table --- */

#define NAME(name) .first = EXN_XMP_NAME_##name
#define LAST(name) .last = EXN_XMP_NAME_##name

static const rule rules[] = {
    {NAME(ORIENTATION), LAST(EXIF_ORIENTATION), .kinds = ANY, .opens = CUT,
     .begin = begin_orientation, .value = orientation_attribute, .end = end_orientation},
    {NAME(EXTENDED), .kinds = ANY, .value = extended_guid},
    /* names.gain_map makes these */
    {NAME(GAIN_MAP), .kinds = ANY, .outside = IN(DROP), .opens = DROP, .value = drop_value,
     .end = end_drop},

    {NAME(DIRECTORY), .kinds = ANY, .outside = IN(DIRECTORY), .opens = DIRECTORY,
     .begin = begin_directory},
    {NAME(DIRECTORY), .kinds = ANY, .begin = begin_directory}, /* nested */
    {NAME(RDF_LIST_ITEM), .kinds = LISTING, .inside = IN(DIRECTORY), .outside = IN(ITEM),
     .opens = ITEM, .begin = begin_item, .end = end_item},
    {NAME(ITEM_SEMANTIC), LAST(ITEM_URI), .kinds = LISTING, .inside = IN(ITEM),
     .value = item_field},

    {NAME(WIDTH), LAST(HEIGHT), .kinds = MAPPING, .of_picture = true, .value = picture_size},
    {NAME(PLAIN), LAST(PLAIN_LAST), .kinds = MAPPING, .of_picture = true, .value = plain_area},
    {NAME(RECTANGLE), .kinds = MAPPING, .value = rectangle},
    {NAME(UNMAPPED), .kinds = MAPPING, .value = cannot_map},
    {NAME(AREA), LAST(DIMENSIONS), .kinds = MAPPING, .outside = IN(GROUP), .opens = GROUP,
     .begin = begin_group, .end = end_group},
    {NAME(AREA_X), LAST(DIM_UNIT), .kinds = MAPPING, .inside = IN(GROUP), .value = group_field},
    {NAME(SUBJECT), .kinds = MAPPING, .of_picture = true, .outside = IN(SUBJECT), .opens = SUBJECT,
     .begin = begin_subject, .end = end_subject},
    {NAME(SUBJECT), .kinds = MAPPING, .of_picture = true, .value = cannot_map}, /* not a list */
    {NAME(RDF_LIST_ITEM), .kinds = MAPPING, .inside = IN(SUBJECT), .value = subject_number},

    /* Not inside a group: its edits come late, and exn_xmp_edits_undo() would mistake them for its
     * own. */
    {NAME(AREA), LAST(DIMENSIONS), .kinds = SCANNING, .outside = IN(GROUP), .opens = GROUP},
    {NAME(THUMBNAILS), .kinds = MAPPING | SCANNING, .of_picture = true,
     .outside = IN(THUMBNAILS) | IN(GROUP), .opens = THUMBNAILS, .begin = begin_thumbnails,
     .end = end_thumbnails},
    {NAME(RDF_LIST_ITEM), .kinds = MAPPING | SCANNING, .inside = IN(THUMBNAILS),
     .outside = IN(THUMBNAIL), .opens = THUMBNAIL, .begin = begin_thumbnail, .end = end_thumbnail},
    {NAME(IMAGE_WIDTH), LAST(IMAGE_DATA), .kinds = MAPPING | SCANNING, .inside = IN(THUMBNAIL),
     .value = thumbnail_field},
};

/* Whether the innermost open element is a child of rdf:RDF: its contents then describe the picture
 * itself (XMP part 1, 7.4), not an ingredient or a thumbnail. */
static bool is_of_picture(const exn_xmp_walk *w)
{
    return w->depth >= 2 && w->elements[w->depth - 2].name == EXN_XMP_NAME_RDF;
}

static bool holds(const exn_xmp_walk *w, const rule *r, exn_xmp_name name)
{
    return name >= r->first && name <= (r->last ? r->last : r->first) && (r->kinds & w->kind) &&
           (r->inside & w->open) == r->inside && !(r->outside & w->open) &&
           (!r->of_picture || is_of_picture(w));
}

/* Unknown names, nearly all in a packet, are not looked up. */
static const rule *rule_of_element(const exn_xmp_walk *w, exn_xmp_name name)
{
    for (size_t i = 0; name != EXN_XMP_NAME_OTHER && i < sizeof rules / sizeof *rules; i++)
        if ((rules[i].begin || rules[i].opens) && holds(w, &rules[i], name))
            return &rules[i];
    return NULL;
}

static void take_value(exn_xmp_walk *w, const value *v)
{
    for (size_t i = 0; v->name != EXN_XMP_NAME_OTHER && i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].value && holds(w, &rules[i], v->name)) {
            rules[i].value(w, v);
            return;
        }
    }
}

/* --- The walk --- */

/* The rule depends on what encloses the element, so it is chosen before the element itself is open.
 */
static bool start_element(exn_xmp_walk *w, const exn_xml_event *e)
{
    exn_xmp_walk_element *const element = &w->elements[w->depth];

    *element = (exn_xmp_walk_element){.bound = w->names.bound};
    if (!exn_xmp_names_declare(&w->names, &w->xml, e))
        return false;
    element->name = exn_xmp_names_find(&w->names, e->name, false);
    if (is_open(w, CUT))
        w->cut.plain = false;
    else
        element->rule = rule_of_element(w, element->name);
    w->depth++;
    if (element->rule) {
        w->open |= IN(element->rule->opens);
        if (element->rule->begin)
            element->rule->begin(w, element->name);
    }
    return !exn_xmp_names_exhausted(&w->names);
}

/* The value of a property with qualifiers is in rdf:value, an element or an attribute (XMP part 1,
 * 7.8). */
static bool take_attribute(exn_xmp_walk *w, const exn_xml_event *e)
{
    if (exn_xmp_names_is_declaration(e->name))
        return true;
    const value v = {exn_xmp_names_find(&w->names, e->name, true), &e->value, e->at, e->end};
    if (!is_open(w, CUT)) {
        take_value(w, &v);
    } else {
        w->cut.plain = false;
        if (v.name == EXN_XMP_NAME_RDF_VALUE)
            exn_xmp_text_add(&w->cut.text, e->value, true);
    }
    return !exn_xmp_names_exhausted(&w->names);
}

/* Returns false if nothing would be left of the packet, because its root is an orientation. */
static bool end_element(exn_xmp_walk *w, const exn_xml_event *e)
{
    const exn_xmp_walk_element *const element = &w->elements[--w->depth];
    const rule *const r = element->rule;

    if (r) {
        w->open &= ~IN(r->opens);
        if (r->end)
            r->end(w, e);
    } else if (!is_open(w, CUT)) {
        take_value(w, &(value){element->name, e->is_text ? &e->value : NULL, e->at, e->end});
    }
    exn_xmp_names_leave(&w->names, element->bound);
    return !(r && r->opens == CUT && w->depth == 0);
}

static bool take_text(exn_xmp_walk *w, const exn_xml_event *e)
{
    if (is_open(w, CUT))
        exn_xmp_text_add(&w->cut.text, e->value, e->kind == EXN_XML_TEXT);
    return true;
}

/* The packet's trailer, which its padding precedes (XMP part 1, 7.3). */
static bool take_markup(exn_xmp_walk *w, const exn_xml_event *e)
{
    const exn_span markup = exn_span_part(w->xml.in, e->at, e->end - e->at);

    if (w->depth == 0 && exn_span_starts(markup, "<?xpacket end", 13))
        w->trailer = markup;
    return true;
}

/* Returns false if the packet cannot be read to its end, even because of a limit: its bytes are
 * then judged without their structure. */
bool exn_xmp_walk_run(exn_xmp_walk *w)
{
    static bool (*const take[])(exn_xmp_walk *, const exn_xml_event *) = {
        [EXN_XML_START] = start_element, [EXN_XML_ATTRIBUTE] = take_attribute,
        [EXN_XML_END] = end_element,     [EXN_XML_TEXT] = take_text,
        [EXN_XML_CDATA] = take_text,     [EXN_XML_OTHER] = take_markup,
    };
    exn_xml_event e;

    while (w->edits.status == EXN_OK) {
        const exn_xml_kind kind = exn_xml_next(&w->xml, &e);
        if (kind == EXN_XML_BAD || kind == EXN_XML_FINISHED)
            return kind == EXN_XML_FINISHED;
        if (!take[kind](w, &e))
            return false;
    }
    return w->depth == 0;
}

bool exn_xmp_walk_is_mapping(const exn_xmp_walk *w)
{
    return w->turn && !exn_orientation_is_identity(w->turn->o);
}

void exn_xmp_walk_open(exn_xmp_walk *w, exn_span packet, const exn_xmp_turn *turn,
                       exn_xmp_directory *directory, const exn_xmp_relist *relist)
{
    memset(w, 0, sizeof *w);
    exn_xml_open(&w->xml, packet);
    exn_xmp_edits_open(&w->edits, packet, turn != NULL);
    w->turn = turn;
    w->names.gain_map = relist && relist->drop;
    w->listing.directory = directory;
    w->listing.relist = relist;
    w->kind = directory ? LISTING : exn_xmp_walk_is_mapping(w) ? MAPPING : SCANNING;
}

void exn_xmp_walk_free(exn_xmp_walk *w)
{
    exn_xmp_edits_free(&w->edits);
}
