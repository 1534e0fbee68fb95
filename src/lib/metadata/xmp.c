/* SPDX-License-Identifier: MIT */
/* A walk over the XML of one packet (XML 1.0, Namespaces in XML 1.0, XMP part 1), bounded in depth
 * and namespace bindings. It knows elements, attributes and character data, and hands each property
 * of interest to a rule below. The rules collect replacements; the packet is then copied with them.
 *
 * Nothing here looks into what lies between the ASCII characters of markup, so text in any encoding
 * that keeps ASCII passes. Packets of 16 or 32 bits a character and packets that are not well
 * formed are left to xmp_suspect.c. */
#include "xmp.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "xmp_areas.h"
#include "xmp_suspect.h"

enum {
    DEPTH_MAX = 64,
    BINDINGS_MAX = 256,
    LOOKUPS_MAX = 1 << 20, /* bindings looked at; names that follow on each other share a look */
    EDITS_MAX = 1 << 16,
};

typedef enum space_id {
    NS_OTHER,
    NS_TIFF,
    NS_EXIF,
    NS_NOTE,
    NS_CONTAINER,
    NS_ITEM,
    NS_GAIN_MAP,
    NS_REGIONS,
    NS_AREA,
    NS_DIMENSIONS,
    NS_MP_REGION,
    NS_RDF,
    NS_XMP,
    NS_XMP_IMAGE,
    NS_EMBEDDED,
    NS_PANORAMA,
    NS_IPTC_EXTENSION,
    NS_ACDSEE_REGIONS,
    NS_CAMERA_RAW,
    NS_PHOTO_MECHANIC,
    NS_FOCUS,
    NS_PIX4D,
    NS_DJI,
    NS_DEPTH_DATA,
} space_id;

/* Without the slash at the end, and with any version: see space_of_uri(). */
static const struct {
    const char *uri;
    space_id id;
} spaces[] = {
    {"http://ns.adobe.com/tiff/1.0", NS_TIFF},
    {"http://ns.adobe.com/exif/1.0", NS_EXIF},
    {"http://ns.adobe.com/xmp/note", NS_NOTE},
    {"http://ns.google.com/photos/1.0/container", NS_CONTAINER},
    {"http://ns.google.com/photos/dd/1.0/container", NS_CONTAINER},
    {"http://ns.google.com/photos/1.0/container/item", NS_ITEM},
    {"http://ns.google.com/photos/dd/1.0/item", NS_ITEM},
    {"http://ns.adobe.com/hdr-gain-map/1.0", NS_GAIN_MAP},
    {"http://www.metadataworkinggroup.com/schemas/regions", NS_REGIONS},
    {"http://ns.adobe.com/xmp/sType/Area#", NS_AREA},
    {"http://ns.adobe.com/xap/1.0/sType/Dimensions#", NS_DIMENSIONS},
    {"http://ns.microsoft.com/photo/1.2/t/Region#", NS_MP_REGION},
    {"http://www.w3.org/1999/02/22-rdf-syntax-ns#", NS_RDF},
    {"http://ns.adobe.com/xap/1.0", NS_XMP},
    {"http://ns.adobe.com/xap/1.0/g/img", NS_XMP_IMAGE},
    {"http://ns.google.com/photos/1.0/image", NS_EMBEDDED},
    {"http://ns.google.com/photos/1.0/depthmap", NS_EMBEDDED},
    {"http://ns.google.com/photos/1.0/panorama", NS_PANORAMA},
    {"http://iptc.org/std/Iptc4xmpExt/2008-02-29", NS_IPTC_EXTENSION},
    {"http://ns.acdsee.com/regions", NS_ACDSEE_REGIONS},
    {"http://ns.acdsee.com/sType/Area#", NS_AREA},
    {"http://ns.acdsee.com/sType/Dimensions#", NS_DIMENSIONS},
    {"http://ns.adobe.com/camera-raw-settings/1.0", NS_CAMERA_RAW},
    {"http://ns.camerabits.com/photomechanic/1.0", NS_PHOTO_MECHANIC},
    {"http://ns.google.com/photos/1.0/focus", NS_FOCUS},
    {"http://pix4d.com/camera/1.0", NS_PIX4D},
    {"http://www.dji.com/drone-dji/1.0", NS_DJI},
    {"http://ns.apple.com/depthData/1.0", NS_DEPTH_DATA},
};

typedef enum property {
    OTHER,
    ORIENTATION,
    EXIF_ORIENTATION,
    WIDTH,
    HEIGHT,
    EXTENDED,
    DIRECTORY,
    AREA,
    DIMENSIONS,
    RECTANGLE,
    RDF,
    RDF_LIST_ITEM,
    RDF_VALUE,
    GAIN_MAP, /* everything in its namespace */
    UNMAPPED, /* speaks of stored pixels, and is left as it is */
    SUBJECT,  /* a list of numbers, see xmp_areas.h */
    PLAIN_FIRST,
    PLAIN_LAST = PLAIN_FIRST + EXN_XMP_PLAIN_COUNT - 1,
    THUMBNAILS,
    IMAGE_WIDTH, /* fields of a thumbnail, see put_thumbnail_field() */
    IMAGE_HEIGHT,
    IMAGE_DATA,
    ITEM_SEMANTIC, /* fields of an item, see put_item_field() */
    ITEM_MIME,
    ITEM_LENGTH,
    ITEM_PADDING,
    ITEM_URI,
    AREA_X, /* fields of a group from here on, see put_field() */
    AREA_Y,
    AREA_W,
    AREA_H,
    AREA_UNIT,
    DIM_W,
    DIM_H,
    DIM_UNIT,
} property;

static const struct {
    space_id space;
    const char *local;
    property id;
} properties[] = {
    {NS_TIFF, "Orientation", ORIENTATION},
    {NS_EXIF, "Orientation", EXIF_ORIENTATION},
    {NS_TIFF, "ImageWidth", WIDTH},
    {NS_TIFF, "ImageLength", HEIGHT},
    {NS_EXIF, "PixelXDimension", WIDTH},
    {NS_EXIF, "PixelYDimension", HEIGHT},
    {NS_NOTE, "HasExtendedXMP", EXTENDED},
    {NS_CONTAINER, "Directory", DIRECTORY},
    {NS_REGIONS, "Area", AREA},
    {NS_REGIONS, "AppliedToDimensions", DIMENSIONS},
    {NS_MP_REGION, "Rectangle", RECTANGLE},
    {NS_ITEM, "Semantic", ITEM_SEMANTIC},
    {NS_ITEM, "Mime", ITEM_MIME},
    {NS_ITEM, "Length", ITEM_LENGTH},
    {NS_ITEM, "Padding", ITEM_PADDING},
    {NS_ITEM, "DataURI", ITEM_URI},
    {NS_XMP, "Thumbnails", THUMBNAILS},
    {NS_XMP, "PageInfo", THUMBNAILS},
    {NS_XMP_IMAGE, "width", IMAGE_WIDTH},
    {NS_XMP_IMAGE, "height", IMAGE_HEIGHT},
    {NS_XMP_IMAGE, "image", IMAGE_DATA},
    {NS_EMBEDDED, "Data", UNMAPPED},
    {NS_IPTC_EXTENSION, "ImageRegion", UNMAPPED},
    /* A rotated panorama is none: its axes are those of a sphere. */
    {NS_PANORAMA, "ProjectionType", UNMAPPED},
    {NS_PANORAMA, "CroppedAreaImageWidthPixels", UNMAPPED},
    {NS_PANORAMA, "CroppedAreaImageHeightPixels", UNMAPPED},
    {NS_PANORAMA, "CroppedAreaLeftPixels", UNMAPPED},
    {NS_PANORAMA, "CroppedAreaTopPixels", UNMAPPED},
    {NS_PANORAMA, "FullPanoWidthPixels", UNMAPPED},
    {NS_PANORAMA, "FullPanoHeightPixels", UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectLeft", UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectTop", UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectWidth", UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectHeight", UNMAPPED},
    {NS_TIFF, "XResolution", (property)(PLAIN_FIRST + EXN_XMP_X_RESOLUTION)},
    {NS_TIFF, "YResolution", (property)(PLAIN_FIRST + EXN_XMP_Y_RESOLUTION)},
    {NS_EXIF, "FocalPlaneXResolution", (property)(PLAIN_FIRST + EXN_XMP_FOCAL_X)},
    {NS_EXIF, "FocalPlaneYResolution", (property)(PLAIN_FIRST + EXN_XMP_FOCAL_Y)},
    {NS_CAMERA_RAW, "CropLeft", (property)(PLAIN_FIRST + EXN_XMP_CROP_LEFT)},
    {NS_CAMERA_RAW, "CropTop", (property)(PLAIN_FIRST + EXN_XMP_CROP_TOP)},
    {NS_CAMERA_RAW, "CropRight", (property)(PLAIN_FIRST + EXN_XMP_CROP_RIGHT)},
    {NS_CAMERA_RAW, "CropBottom", (property)(PLAIN_FIRST + EXN_XMP_CROP_BOTTOM)},
    {NS_CAMERA_RAW, "CropAngle", (property)(PLAIN_FIRST + EXN_XMP_CROP_ANGLE)},
    {NS_EXIF, "SubjectArea", SUBJECT},
    {NS_EXIF, "SubjectLocation", SUBJECT},
    {NS_ACDSEE_REGIONS, "DLYArea", AREA},
    {NS_ACDSEE_REGIONS, "ALGArea", AREA},
    {NS_ACDSEE_REGIONS, "AppliedToDimensions", DIMENSIONS},
    {NS_REGIONS, "Rotation", UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropLeft", UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropTop", UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropRight", UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropBottom", UNMAPPED},
    {NS_FOCUS, "FocalPointX", UNMAPPED},
    {NS_FOCUS, "FocalPointY", UNMAPPED},
    {NS_PIX4D, "PrincipalPoint", UNMAPPED},
    {NS_DJI, "CalibratedOpticalCenterX", UNMAPPED},
    {NS_DJI, "CalibratedOpticalCenterY", UNMAPPED},
    {NS_DJI, "DewarpData", UNMAPPED},
    {NS_DEPTH_DATA, "IntrinsicMatrix", UNMAPPED},
    {NS_DEPTH_DATA, "LensDistortionCenterX", UNMAPPED},
    {NS_DEPTH_DATA, "LensDistortionCenterY", UNMAPPED},
    {NS_RDF, "RDF", RDF},
    {NS_RDF, "li", RDF_LIST_ITEM},
    {NS_RDF, "value", RDF_VALUE},
    {NS_RDF, "resource", RDF_VALUE},
    {NS_AREA, "x", AREA_X},
    {NS_AREA, "y", AREA_Y},
    {NS_AREA, "w", AREA_W},
    {NS_AREA, "h", AREA_H},
    {NS_AREA, "unit", AREA_UNIT},
    {NS_DIMENSIONS, "w", DIM_W},
    {NS_DIMENSIONS, "h", DIM_H},
    {NS_DIMENSIONS, "unit", DIM_UNIT},
};

typedef struct binding {
    exn_span prefix; /* empty: the default namespace */
    space_id space;
} binding;

typedef struct frame {
    size_t at, content; /* of the start tag and of what follows it */
    exn_span name;
    property id;
    uint32_t bindings; /* in force outside of the element */
    bool simple;       /* nothing but character data in it so far */
} frame;

typedef struct attribute {
    size_t at, end; /* from the name to after the closing quote */
    exn_span name, value;
} attribute;

/* size bytes at `at` become text, or long_size bytes of the walk's long_texts, then blanks. */
typedef struct edit {
    size_t at, size;
    char text[EXN_XMP_NUMBER_MAX];
    size_t text_size, long_at, long_size, blanks;
} edit;

typedef struct field {
    bool present;
    exn_span raw; /* trimmed */
    exn_xmp_text text;
} field;

enum { X, Y, W, H, UNIT, FIELDS };

/* Values that can only be mapped together: an Area, or AppliedToDimensions. */
typedef struct group {
    uint32_t depth; /* of its element; 0: none is open */
    property id;
    field fields[FIELDS];
    bool broken; /* a field twice, or one that is no plain text */
} group;

enum { ITEM_FIELDS = ITEM_URI - ITEM_SEMANTIC + 1 };

/* One item of a GContainer directory: a rdf:li, whatever stands between it and the fields. */
typedef struct item {
    uint32_t depth; /* of its rdf:li; 0: none is open */
    field fields[ITEM_FIELDS];
    bool broken;
} item;

/* xmp:Thumbnails (XMP part 2, 1.2.3.1): an array of rdf:li. */
typedef struct thumbnails {
    uint32_t depth, item_depth; /* of the property and of its rdf:li that are open; 0: none */
    exn_span fields[IMAGE_DATA - IMAGE_WIDTH + 1]; /* of the item */
    bool broken;
    size_t edits; /* size of the walk's edits before the property */
} thumbnails;

/* The numbers of exif:SubjectArea or SubjectLocation: the rdf:li of an array. */
typedef struct subject {
    uint32_t depth; /* of the property; 0: none is open */
    exn_span values[4];
    size_t count;
    bool broken; /* more than four, or one that is no plain text */
} subject;

typedef struct walk {
    exn_span in;
    size_t at;
    frame frames[DEPTH_MAX];
    uint32_t depth;
    binding bindings[BINDINGS_MAX];
    uint32_t bound;
    uint32_t lookups;   /* bindings looked at so far */
    binding recent;     /* what the last look found, while bindings stay; data NULL: nothing */
    uint32_t cut_depth; /* of the outermost orientation element that is open; 0: none */
    bool cut_plain;     /* it has character data only, no attributes */
    exn_xmp_text cut_text;
    group group;
    uint32_t directory_depth; /* of the directory that is open; 0: none */
    item item;
    exn_xmp_directory *directory; /* NULL: of no interest */
    const exn_xmp_relist *relist; /* NULL: the directory stays as it is */
    uint32_t drop_depth; /* of the outermost element about a gain map that is to go; 0: none */
    exn_span trailer;    /* the last <?xpacket end?>; empty: none */
    exn_xmp *found;
    const exn_xmp_turn *turn; /* NULL: a scan */
    bool mapping;             /* there is a rotation, and it is not the identity */
    bool stale;
    thumbnails thumbnails;
    bool thumbnails_dropped;
    subject subject;
    exn_xmp_areas areas;
    exn_buffer edits; /* of edit, in the order of their offsets */
    exn_buffer long_texts;
    exn_status status;
} walk;

/* --- Replacements --- */

/* Keeps the order: an edit that comes late (the values of a group wait for its end) moves the few
 * that it overtook. */
static void add_edit(walk *w, const edit *e)
{
    if (!w->turn || w->status != EXN_OK)
        return;
    if (w->edits.size >= EDITS_MAX * sizeof *e) {
        w->status = EXN_INTERNAL; /* as where it cannot be walked */
        return;
    }
    w->status = exn_buffer_append(&w->edits, e, sizeof *e);
    if (w->status != EXN_OK)
        return;
    edit *const all = (edit *)(void *)w->edits.data;
    size_t i = w->edits.size / sizeof *e - 1;
    for (; i > 0 && all[i - 1].at > e->at; i--)
        all[i] = all[i - 1];
    all[i] = *e;
}

static void blank(walk *w, size_t at, size_t end)
{
    add_edit(w, &(edit){.at = at, .size = end - at, .blanks = end - at});
}

/* Replaces a value. Only characters of numbers are ever written, so no quoting is needed. */
static void replace(walk *w, exn_span raw, const char *bytes, size_t size)
{
    edit e = {.at = (size_t)(raw.data - w->in.data), .size = raw.size, .text_size = size};

    if (size > sizeof e.text || (size == raw.size && memcmp(raw.data, bytes, size) == 0))
        return;
    memcpy(e.text, bytes, size);
    add_edit(w, &e);
}

static void replace_integer(walk *w, exn_span raw, uint32_t value)
{
    exn_xmp_text t;

    exn_xmp_text_write_number((exn_xmp_number){value, 0}, &t);
    replace(w, raw, t.bytes, t.size);
}

static void output_size(const walk *w, uint32_t *width, uint32_t *height)
{
    *width = w->turn->width;
    *height = w->turn->height;
    exn_orientation_size(w->turn->o, width, height);
}

/* --- Sizes and regions --- */

static void set_size(walk *w, property id, exn_span raw)
{
    uint32_t width, height;
    exn_xmp_number n;
    exn_xmp_text t;

    exn_xmp_text_decode(&t, raw);
    output_size(w, &width, &height);
    if (t.over || !exn_xmp_text_read_number(t.bytes, t.size, &n))
        w->stale = true;
    else
        replace_integer(w, exn_xmp_text_strip(raw), id == WIDTH ? width : height);
}

/* The texts of x and y, mirrored as the flips say. size is {w, h} where x and y are the corner and
 * zero where they are the centre. */
static bool mirror(const walk *w, const uint32_t extent[2], const exn_xmp_number at[2],
                   const exn_xmp_number size[2], exn_xmp_text *const texts[2])
{
    const bool flip[2] = {w->turn->o.flip_x, w->turn->o.flip_y};

    for (int i = 0; i < 2; i++)
        if (flip[i] && !exn_xmp_text_mirror_number(extent[i], at[i], size[i], texts[i]))
            return false;
    return true;
}

/* Microsoft's "x, y, w, h": the corner at the top left, in parts of the picture. The four numbers
 * are replaced one by one, so that what stands between them stays. */
static void map_rectangle(walk *w, exn_span raw)
{
    exn_span parts[4];
    exn_xmp_text texts[4];
    exn_xmp_number n[4];
    size_t at = 0;

    for (int i = 0; i < 4; i++) {
        while (at < raw.size &&
               (exn_xmp_text_is_space(raw.data[at]) || (i > 0 && raw.data[at] == ',')))
            at++;
        const size_t start = at;
        while (at < raw.size && !exn_xmp_text_is_space(raw.data[at]) && raw.data[at] != ',')
            at++;
        parts[i] = exn_span_part(raw, start, at - start);
        exn_xmp_text_decode(&texts[i], parts[i]);
        if (texts[i].over || !exn_xmp_text_read_number(texts[i].bytes, texts[i].size, &n[i])) {
            w->stale = true;
            return;
        }
    }
    exn_xmp_text *const corner[2] = {&texts[0], &texts[1]};
    if (exn_xmp_text_strip(exn_span_part(raw, at, raw.size)).size > 0 ||
        !mirror(w, (const uint32_t[2]){1, 1}, n, n + 2, corner)) {
        w->stale = true;
        return;
    }
    const int exchange = w->turn->o.transpose ? 1 : 0;
    for (int i = 0; i < 4; i++)
        replace(w, parts[i], texts[i ^ exchange].bytes, texts[i ^ exchange].size);
}

static bool field_numbers(const group *g, int first, exn_xmp_number n[2])
{
    for (int i = 0; i < 2; i++) {
        const field *f = &g->fields[first + i];
        if (!f->present || f->text.over ||
            !exn_xmp_text_read_number(f->text.bytes, f->text.size, &n[i]))
            return false;
    }
    return true;
}

/* MWG Guidelines 2.0, image regions: x and y are the centre; unit normalized or pixel. A circle has
 * d instead of w and h, a point neither; d has no direction and stays. */
static bool map_area(walk *w)
{
    group *const g = &w->group;
    field *const f = g->fields;
    const bool sized = f[W].present || f[H].present;
    const bool pixels = f[UNIT].present && exn_xmp_text_is(&f[UNIT].text, "pixel");
    const uint32_t extent[2] = {pixels ? w->turn->width : 1, pixels ? w->turn->height : 1};
    exn_xmp_number centre[2], size[2];

    if (g->broken || !field_numbers(g, X, centre) || (sized && !field_numbers(g, W, size)) ||
        (f[UNIT].present && !pixels && !exn_xmp_text_is(&f[UNIT].text, "normalized")))
        return false;
    exn_xmp_text *const texts[2] = {&f[X].text, &f[Y].text};
    if (!mirror(w, extent, centre, (const exn_xmp_number[2]){{0, 0}, {0, 0}}, texts))
        return false;
    const int exchange = w->turn->o.transpose ? 1 : 0;
    for (int i = 0; i < (sized ? 4 : 2); i++)
        replace(w, f[i].raw, f[i ^ exchange].text.bytes, f[i ^ exchange].text.size);
    return true;
}

/* Regions hold for a picture of this size (MWG Guidelines 2.0, image regions). One of the other
 * aspect means that they were drawn on the picture as shown, against those guidelines: mapped all
 * the same. */
static bool map_dimensions(walk *w)
{
    const group *const g = &w->group;
    const field *const unit = &g->fields[UNIT];
    uint32_t width, height;
    exn_xmp_number n[2];

    if (g->broken || !field_numbers(g, W, n) ||
        (unit->present && !exn_xmp_text_is(&unit->text, "pixel")))
        return false;
    output_size(w, &width, &height);
    replace_integer(w, g->fields[W].raw, width);
    replace_integer(w, g->fields[H].raw, height);
    if (!exn_xmp_text_scale_number(&n[0], 0) || !exn_xmp_text_scale_number(&n[1], 0))
        return false;
    return n[0].mantissa == n[1].mantissa || w->turn->width == w->turn->height ||
           (n[0].mantissa < n[1].mantissa) == (w->turn->width < w->turn->height);
}

static void put_subject(walk *w, const exn_span *raw)
{
    subject *const s = &w->subject;

    if (!raw || s->count == sizeof s->values / sizeof *s->values)
        s->broken = true;
    else
        s->values[s->count++] = exn_xmp_text_strip(*raw);
}

static void end_subject(walk *w)
{
    subject *const s = &w->subject;
    exn_xmp_text texts[4];

    if (s->broken || !exn_xmp_areas_map_subject(s->values, s->count, w->turn->o, w->turn->width,
                                                w->turn->height, texts))
        w->stale = true;
    else
        for (size_t i = 0; i < s->count; i++)
            replace(w, s->values[i], texts[i].bytes, texts[i].size);
    s->depth = 0;
}

/* The properties that can stand anywhere in the packet, at its end. */
static void map_areas(walk *w)
{
    exn_xmp_text texts[EXN_XMP_PLAIN_COUNT];

    if (!exn_xmp_areas_map(&w->areas, w->turn->o, texts)) {
        w->stale = true;
        return;
    }
    for (int i = 0; i < EXN_XMP_PLAIN_COUNT; i++)
        if (texts[i].size > 0)
            replace(w, w->areas.raw[i], texts[i].bytes, texts[i].size);
}

static void put_field(walk *w, property id, const exn_span *raw)
{
    group *const g = &w->group;
    const bool of_area = id <= AREA_UNIT;
    field *const f = &g->fields[of_area ? X + (int)(id - AREA_X) : W + (int)(id - DIM_W)];

    if (g->depth == 0 || of_area != (g->id == AREA))
        return;
    if (f->present || !raw) {
        g->broken = true;
        return;
    }
    f->present = true;
    f->raw = exn_xmp_text_strip(*raw);
    exn_xmp_text_decode(&f->text, *raw);
}

/* --- The GContainer directory --- */

static void put_item_field(walk *w, property id, const exn_span *raw)
{
    field *const f = &w->item.fields[id - ITEM_SEMANTIC];

    if (w->item.depth == 0)
        return;
    if (f->present || !raw) {
        w->item.broken = true;
        return;
    }
    f->present = true;
    f->raw = exn_xmp_text_strip(*raw);
    exn_xmp_text_decode(&f->text, *raw);
}

/* A number of bytes; false where there is a value that is none. */
static bool item_number(const field *f, uint32_t *value)
{
    uint64_t sum = 0;

    *value = 0;
    if (!f->present)
        return true;
    for (size_t i = 0; i < f->text.size && sum <= UINT32_MAX; i++) {
        if (!exn_xmp_text_is_digit(f->text.bytes[i]))
            return false;
        sum = sum * 10 + (uint64_t)(f->text.bytes[i] - '0');
    }
    *value = (uint32_t)sum;
    return f->text.size > 0 && !f->text.over && sum <= UINT32_MAX;
}

static bool text_starts(const exn_xmp_text *t, const char *word)
{
    return t->size >= strlen(word) && memcmp(t->bytes, word, strlen(word)) == 0;
}

/* The semantics that are known to share the primary's frame. Items of Dynamic Depth have an address
 * instead, and all their images are taken by one camera or made for its picture. */
static exn_xmp_item_kind item_kind(const field *f, size_t number)
{
    static const char *const same[] = {"GainMap",       "Depth",   "DepthMap", "Confidence",
                                       "ConfidenceMap", "Preview", "Thumbnail"};
    const exn_xmp_text *const semantic = &f[ITEM_SEMANTIC - ITEM_SEMANTIC].text;
    const exn_xmp_text *const mime = &f[ITEM_MIME - ITEM_SEMANTIC].text;
    const bool is_jpeg = exn_xmp_text_is(mime, "image/jpeg") || exn_xmp_text_is(mime, "image/jpg");

    if (exn_xmp_text_is(semantic, "Primary") || (number == 0 && semantic->size == 0))
        return EXN_XMP_ITEM_PRIMARY;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (exn_xmp_text_is(semantic, same[i]) && (is_jpeg || mime->size == 0))
            return EXN_XMP_ITEM_SAME_SCENE;
    if (is_jpeg && semantic->size == 0 && f[ITEM_URI - ITEM_SEMANTIC].present)
        return EXN_XMP_ITEM_SAME_SCENE;
    return text_starts(mime, "image/") ? EXN_XMP_ITEM_IMAGE : EXN_XMP_ITEM_OTHER;
}

/* The item whose rdf:li starts at `at` and ends at `end`. */
static void take_item(walk *w, size_t at, size_t end)
{
    const field *const f = w->item.fields, *const length = &f[ITEM_LENGTH - ITEM_SEMANTIC];
    exn_xmp_directory *const d = w->directory;
    const size_t number = d->count;
    exn_xmp_item *const i = &d->items[number < EXN_XMP_ITEMS_MAX ? number : 0];

    if (number == EXN_XMP_ITEMS_MAX) {
        d->broken = true;
        return;
    }
    d->count++;
    i->kind = item_kind(f, number);
    i->has_length = length->present;
    d->dynamic_depth = d->dynamic_depth || f[ITEM_URI - ITEM_SEMANTIC].present;
    if (w->item.broken || (number > 0) == (i->kind == EXN_XMP_ITEM_PRIMARY) ||
        !item_number(length, &i->length) ||
        !item_number(&f[ITEM_PADDING - ITEM_SEMANTIC], &i->padding))
        d->broken = true;
    else if (w->relist && w->relist->drop &&
             (i->kind == EXN_XMP_ITEM_SAME_SCENE || i->kind == EXN_XMP_ITEM_IMAGE))
        blank(w, at, end);
    else if (w->relist && !w->relist->drop && i->has_length &&
             w->relist->lengths[number] != i->length)
        replace_integer(w, length->raw, w->relist->lengths[number]);
}

/* --- Thumbnails --- */

static void put_thumbnail_field(walk *w, property id, const exn_span *raw)
{
    thumbnails *const t = &w->thumbnails;
    exn_span *const field = &t->fields[id - IMAGE_WIDTH];

    if (t->item_depth == 0)
        return;
    t->broken = t->broken || !raw || field->size > 0;
    if (raw)
        *field = exn_xmp_text_strip(*raw);
}

/* Whether what the fields say lies as the stored picture does. */
static bool thumbnail_fits(const walk *w, const exn_span *fields)
{
    exn_xmp_text t;
    exn_xmp_number width, height;

    exn_xmp_text_decode(&t, fields[0]);
    if (!exn_xmp_text_read_number(t.bytes, t.size, &width))
        return true; /* says nothing */
    exn_xmp_text_decode(&t, fields[1]);
    if (!exn_xmp_text_read_number(t.bytes, t.size, &height) || width.scale || height.scale)
        return true;
    return !((width.mantissa > height.mantissa && w->turn->width < w->turn->height) ||
             (width.mantissa < height.mantissa && w->turn->width > w->turn->height));
}

/* Replaces the picture that `raw` says in base64. False where it cannot be rotated. */
static bool turn_picture(walk *w, exn_span raw)
{
    exn_thumbnails *const thumbnails = w->turn->thumbnails;
    exn_base64_layout layout;
    exn_buffer jpeg = {0}, turned = {0};
    bool valid;
    exn_status status = exn_base64_decode(raw, &layout, &jpeg, &valid);

    if (status == EXN_OK && valid)
        status =
            thumbnails->turn(thumbnails, exn_buffer_span(&jpeg), w->turn->o, SIZE_MAX, &turned);
    edit e = {
        .at = (size_t)(raw.data - w->in.data), .size = raw.size, .long_at = w->long_texts.size};
    if (status == EXN_OK && valid)
        status = exn_base64_encode(exn_buffer_span(&turned), &layout, &w->long_texts);
    e.long_size = w->long_texts.size - e.long_at;
    exn_buffer_free(&turned);
    exn_buffer_free(&jpeg);
    if (status == EXN_MEMORY)
        w->status = EXN_MEMORY;
    if (status != EXN_OK || !valid)
        return false;
    add_edit(w, &e);
    return true;
}

static void end_thumbnail(walk *w)
{
    thumbnails *const t = &w->thumbnails;
    const exn_span *const f = t->fields;
    const exn_span image = f[IMAGE_DATA - IMAGE_WIDTH];

    if (image.size > 0 && !t->broken) {
        t->broken = !w->turn->thumbnails || !thumbnail_fits(w, f) ||
                    f[0].size > EXN_XMP_NUMBER_MAX || f[1].size > EXN_XMP_NUMBER_MAX ||
                    !turn_picture(w, image);
        if (w->turn->o.transpose && f[0].size > 0 && f[1].size > 0 && !t->broken) {
            replace(w, f[0], (const char *)f[1].data, f[1].size);
            replace(w, f[1], (const char *)f[0].data, f[0].size);
        }
    }
    t->item_depth = 0;
}

/* The property ends at `end`. What cannot be rotated would lie on its side. */
static void end_thumbnails(walk *w, size_t at, size_t end)
{
    if (w->thumbnails.broken && w->status == EXN_OK) {
        w->edits.size = w->thumbnails.edits;
        w->thumbnails_dropped = true;
        blank(w, at, end);
    }
    w->thumbnails.depth = 0;
}

/* --- Rules --- */

/* Whether the element `levels` above the open one is rdf:RDF: what is below it then speaks of the
 * picture itself, not of an ingredient or a thumbnail. */
static bool below_rdf(const walk *w, uint32_t levels)
{
    return w->depth > levels && w->frames[w->depth - 1 - levels].id == RDF;
}

/* raw is NULL where the value is no plain text. levels: from what holds the value up to rdf:RDF,
 * if it is a property of the picture itself. */
static void take_value(walk *w, property id, const exn_span *raw, uint32_t levels)
{
    if (id == EXTENDED && raw && w->found->extended_guid.size == 0)
        w->found->extended_guid = exn_xmp_text_strip(*raw);
    if (id >= ITEM_SEMANTIC && id <= ITEM_URI)
        put_item_field(w, id, raw);
    if (!w->mapping)
        return;
    if (id >= IMAGE_WIDTH && id <= IMAGE_DATA) {
        put_thumbnail_field(w, id, raw);
    } else if (id == UNMAPPED || (id == SUBJECT && below_rdf(w, levels))) {
        w->stale = true; /* a subject that is no list */
    } else if (id == RDF_LIST_ITEM && w->subject.depth > 0) {
        put_subject(w, raw);
    } else if (id >= PLAIN_FIRST && id <= PLAIN_LAST) {
        if (below_rdf(w, levels))
            exn_xmp_areas_take(&w->areas, (exn_xmp_plain)(id - PLAIN_FIRST), raw);
    } else if (id >= AREA_X) {
        put_field(w, id, raw);
    } else if (id == RECTANGLE || ((id == WIDTH || id == HEIGHT) && below_rdf(w, levels))) {
        if (!raw)
            w->stale = true;
        else if (id == RECTANGLE)
            map_rectangle(w, *raw);
        else
            set_size(w, id, *raw);
    }
}

static void take_orientation(walk *w, property id, const exn_xmp_text *value, bool plain)
{
    if (!plain || !exn_xmp_text_is(value, "1"))
        w->found->needs_edit = true;
    if (id == ORIENTATION && w->found->orientation == 0 && !value->over && value->size == 1 &&
        value->bytes[0] >= '1' && value->bytes[0] <= '8')
        w->found->orientation = (uint32_t)(value->bytes[0] - '0');
}

static void take_attribute(walk *w, property id, const attribute *a)
{
    exn_xmp_text t;

    if (w->cut_depth > 0) {
        w->cut_plain = false;
        if (id == RDF_VALUE)
            exn_xmp_text_add(&w->cut_text, a->value, true);
    } else if (id == ORIENTATION || id == EXIF_ORIENTATION) {
        exn_xmp_text_decode(&t, a->value);
        take_orientation(w, id, &t, true);
        blank(w, a->at, a->end);
    } else if (id == GAIN_MAP && w->drop_depth == 0) {
        blank(w, a->at, a->end);
    } else {
        take_value(w, id, &a->value, 1);
    }
}

static void begin_element(walk *w, property id)
{
    if (w->cut_depth > 0) {
        w->cut_plain = false;
    } else if (id == ORIENTATION || id == EXIF_ORIENTATION) {
        w->cut_depth = w->depth;
        w->cut_plain = true;
        w->cut_text = (exn_xmp_text){.size = 0};
    } else if (id == DIRECTORY) {
        w->found->multi_picture = true;
        if (w->directory) {
            w->directory->broken = w->directory->found;
            w->directory->found = true;
            w->directory_depth = w->directory_depth > 0 ? w->directory_depth : w->depth;
        }
    } else if (id == RDF_LIST_ITEM && w->directory_depth > 0 && w->item.depth == 0) {
        w->item = (item){.depth = w->depth};
    } else if (id == RDF_LIST_ITEM && w->thumbnails.depth > 0 && w->thumbnails.item_depth == 0) {
        w->thumbnails.item_depth = w->depth;
        memset(w->thumbnails.fields, 0, sizeof w->thumbnails.fields);
    } else if (id == THUMBNAILS && w->mapping && w->thumbnails.depth == 0 && w->group.depth == 0 &&
               w->item.depth == 0 && below_rdf(w, 2)) {
        w->thumbnails = (thumbnails){.depth = w->depth, .edits = w->edits.size};
    } else if (id == SUBJECT && w->mapping && w->subject.depth == 0 && below_rdf(w, 2)) {
        w->subject = (subject){.depth = w->depth};
    } else if (id == GAIN_MAP && w->drop_depth == 0) {
        w->drop_depth = w->depth;
    } else if ((id == AREA || id == DIMENSIONS) && w->group.depth == 0) {
        w->group = (group){.depth = w->depth, .id = id};
    }
}

/* The innermost element: its content ends at content_end, its end tag at end. Fails where it is the
 * root and would have to be cut out. */
static bool end_element(walk *w, size_t content_end, size_t end)
{
    const frame *const f = &w->frames[w->depth - 1];

    if (w->cut_depth == w->depth) {
        exn_xmp_text_trim(&w->cut_text);
        take_orientation(w, f->id, &w->cut_text, w->cut_plain);
        blank(w, f->at, end);
        w->cut_depth = 0;
        if (w->depth == 1)
            return false;
    } else if (w->cut_depth == 0 && w->group.depth == w->depth) {
        if (w->mapping && !(f->id == AREA ? map_area(w) : map_dimensions(w)))
            w->stale = true;
        w->group.depth = 0;
    } else if (w->cut_depth == 0 && w->drop_depth == w->depth) {
        blank(w, f->at, end);
        w->drop_depth = 0;
    } else if (w->cut_depth == 0 && w->item.depth == w->depth) {
        take_item(w, f->at, end);
        w->item.depth = 0;
    } else if (w->cut_depth == 0 && w->subject.depth == w->depth) {
        end_subject(w);
    } else if (w->cut_depth == 0 && w->thumbnails.item_depth == w->depth) {
        end_thumbnail(w);
    } else if (w->cut_depth == 0 && w->thumbnails.depth == w->depth) {
        end_thumbnails(w, f->at, end);
    } else if (w->cut_depth == 0) {
        const exn_span raw = exn_span_part(w->in, f->content, content_end - f->content);
        take_value(w, f->id, f->simple ? &raw : NULL, 2);
    }
    if (w->directory_depth == w->depth)
        w->directory_depth = 0;
    if (w->bound != f->bindings)
        w->recent = (binding){{NULL, 0}, NS_OTHER};
    w->bound = f->bindings;
    w->depth--;
    return true;
}

/* --- Names --- */

static void split_name(exn_span name, exn_span *prefix, exn_span *local)
{
    const uint8_t *const colon = name.size > 0 ? memchr(name.data, ':', name.size) : NULL;
    const size_t size = colon ? (size_t)(colon - name.data) : 0;

    *prefix = exn_span_part(name, 0, size);
    *local = colon ? exn_span_part(name, size + 1, name.size) : name;
}

/* A version as in "/1.0" at the start of [p, end); its length, or 0. */
static size_t version_size(const char *p, const char *end)
{
    const char *q = p;

    for (int part = 0; part < 2; part++) {
        if (q == end || *q++ != (part == 0 ? '/' : '.') || q == end || !exn_xmp_text_is_digit(*q))
            return 0;
        while (q < end && exn_xmp_text_is_digit(*q))
            q++;
    }
    return (size_t)(q - p);
}

/* Whether both are the same but for numbers of versions. */
static bool same_uri(const char *p, const char *p_end, const char *q, const char *q_end)
{
    while (p < p_end && q < q_end) {
        const size_t a = version_size(p, p_end), b = version_size(q, q_end);
        if (*p != *q || (a == 0) != (b == 0))
            return false;
        p += a > 0 ? a : 1;
        q += b > 0 ? b : 1;
    }
    return p == p_end && q == q_end;
}

/* exiftool takes a namespace for the one it knows with a slash more or less at its end, and with
 * another version. */
static space_id space_of_uri(exn_span raw)
{
    exn_xmp_text t;

    exn_xmp_text_decode(&t, raw);
    while (t.size > 0 && t.bytes[t.size - 1] == '/')
        t.size--;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces && !t.over; i++)
        if (same_uri(t.bytes, t.bytes + t.size, spaces[i].uri,
                     spaces[i].uri + strlen(spaces[i].uri)))
            return spaces[i].id;
    return NS_OTHER;
}

static bool same_prefix(exn_span a, exn_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* The usual prefixes are taken at their word where they are bound to nothing, as exiftool does, and
 * where they are bound to a namespace that nobody knows, as exiv2 does. */
static space_id find_space(walk *w, exn_span prefix)
{
    space_id space = NS_OTHER;

    w->lookups += w->bound;
    for (uint32_t i = w->bound; i-- > 0;) {
        if (same_prefix(w->bindings[i].prefix, prefix)) {
            space = w->bindings[i].space;
            break;
        }
    }
    if (space != NS_OTHER)
        return space;
    return exn_xmp_text_span_is(prefix, "tiff")   ? NS_TIFF
           : exn_xmp_text_span_is(prefix, "exif") ? NS_EXIF
                                                  : NS_OTHER;
}

/* Long lists are of one name. */
static space_id space_of_prefix(walk *w, exn_span prefix)
{
    if (!w->recent.prefix.data || !same_prefix(w->recent.prefix, prefix))
        w->recent = (binding){prefix, find_space(w, prefix)};
    return w->recent.space;
}

/* exiftool takes an orientation in capitals or small letters too. ASCII, so that no locale has a
 * say. */
static bool is_named(exn_span local, const char *name, property id)
{
    if ((id != ORIENTATION && id != EXIF_ORIENTATION) || local.size != strlen(name))
        return exn_xmp_text_span_is(local, name);
    for (size_t i = 0; i < local.size; i++)
        if ((local.data[i] | 0x20) != (name[i] | 0x20))
            return false;
    return true;
}

/* The default namespace does not hold for attributes (Namespaces in XML 1.0, section 6.2). */
static property property_of(walk *w, exn_span name, bool is_attribute)
{
    exn_span prefix, local;
    space_id space = NS_OTHER;
    bool looked = w->relist && w->relist->drop;

    split_name(name, &prefix, &local);
    if (is_attribute && prefix.size == 0)
        return OTHER;
    if (looked)
        space = space_of_prefix(w, prefix);
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (local.size == 0 || (local.data[0] | 0x20) != (properties[i].local[0] | 0x20) ||
            !is_named(local, properties[i].local, properties[i].id))
            continue;
        if (!looked)
            space = space_of_prefix(w, prefix);
        looked = true;
        if (space == properties[i].space)
            return properties[i].id;
    }
    return w->relist && w->relist->drop && space == NS_GAIN_MAP ? GAIN_MAP : OTHER;
}

/* Whether name is xmlns or xmlns:prefix. */
static bool is_declaration(exn_span name, exn_span *prefix)
{
    exn_span before, local;

    split_name(name, &before, &local);
    *prefix = before.size > 0 ? local : (exn_span){NULL, 0};
    return exn_xmp_text_span_is(before.size > 0 ? before : local, "xmlns");
}

/* --- The tokenizer --- */

static uint8_t peek(const walk *w, size_t at)
{
    return at < w->in.size ? w->in.data[at] : 0;
}

static size_t skip_space(const walk *w, size_t at)
{
    while (exn_xmp_text_is_space(peek(w, at)))
        at++;
    return at;
}

/* A name ends at white space or a character of markup; a zero byte is in no name and no markup. */
static exn_span read_name(const walk *w, size_t at)
{
    size_t end = at;

    while (peek(w, end) != 0 && !exn_xmp_text_is_space(peek(w, end)) &&
           !strchr("<>/=\"'?!&", peek(w, end)))
        end++;
    return exn_span_part(w->in, at, end - at);
}

/* The offset after the next `word` from `at` on; 0: none. */
static size_t find_end(const walk *w, size_t at, const char *word)
{
    const exn_span rest = exn_span_part(w->in, at, w->in.size);
    const uint8_t *const hit =
        rest.size > 0 ? memmem(rest.data, rest.size, word, strlen(word)) : NULL;
    return hit ? (size_t)(hit - w->in.data) + strlen(word) : 0;
}

typedef enum step { STEP_BAD, STEP_ATTRIBUTE, STEP_TAG_END } step;

/* Reads the attribute at *at, or the end of the tag, and goes after it. */
static step next_attribute(const walk *w, size_t *at, attribute *a)
{
    size_t p = skip_space(w, *at);

    if (peek(w, p) == '>' || (peek(w, p) == '/' && peek(w, p + 1) == '>')) {
        *at = p;
        return STEP_TAG_END;
    }
    a->at = p;
    a->name = read_name(w, p);
    p = skip_space(w, p + a->name.size);
    if (a->name.size == 0 || peek(w, p) != '=')
        return STEP_BAD;
    p = skip_space(w, p + 1);
    const uint8_t quote = peek(w, p);
    if (quote != '"' && quote != '\'')
        return STEP_BAD;
    const exn_span rest = exn_span_part(w->in, p + 1, w->in.size);
    const uint8_t *const end = rest.size > 0 ? memchr(rest.data, quote, rest.size) : NULL;
    if (!end)
        return STEP_BAD;
    a->value = exn_span_part(rest, 0, (size_t)(end - rest.data));
    a->end = *at = p + 2 + a->value.size;
    return a->value.size > 0 && memchr(a->value.data, '<', a->value.size) ? STEP_BAD
                                                                          : STEP_ATTRIBUTE;
}

/* A declaration holds for the attributes before it too, hence a pass of its own. */
static bool declare_spaces(walk *w, size_t at)
{
    attribute a;
    step s;

    while ((s = next_attribute(w, &at, &a)) == STEP_ATTRIBUTE) {
        exn_span prefix;
        if (!is_declaration(a.name, &prefix))
            continue;
        if (w->bound == BINDINGS_MAX)
            return false;
        w->bindings[w->bound++] = (binding){prefix, space_of_uri(a.value)};
        w->recent = (binding){{NULL, 0}, NS_OTHER};
    }
    return s == STEP_TAG_END;
}

static bool start_tag(walk *w)
{
    const exn_span name = read_name(w, w->at + 1);
    size_t at = w->at + 1 + name.size;
    const uint32_t outside = w->bound;
    attribute a;
    exn_span prefix;

    if (name.size == 0 || w->depth == DEPTH_MAX || !declare_spaces(w, at))
        return false;
    if (w->depth > 0)
        w->frames[w->depth - 1].simple = false;
    frame *const f = &w->frames[w->depth++];
    *f = (frame){.at = w->at,
                 .name = name,
                 .id = property_of(w, name, false),
                 .bindings = outside,
                 .simple = true};
    begin_element(w, f->id);
    while (w->lookups <= LOOKUPS_MAX && next_attribute(w, &at, &a) == STEP_ATTRIBUTE)
        if (!is_declaration(a.name, &prefix))
            take_attribute(w, property_of(w, a.name, true), &a);
    if (w->lookups > LOOKUPS_MAX)
        return false;
    const bool empty = peek(w, at) == '/';
    w->at = f->content = at + 1 + empty;
    return !empty || end_element(w, f->content, w->at);
}

static bool end_tag(walk *w)
{
    const size_t at = w->at;
    const exn_span name = read_name(w, at + 2);
    const size_t close = skip_space(w, at + 2 + name.size);

    if (w->depth == 0 || peek(w, close) != '>')
        return false;
    const frame *const f = &w->frames[w->depth - 1];
    if (name.size != f->name.size || memcmp(name.data, f->name.data, name.size) != 0)
        return false;
    w->at = close + 1;
    return end_element(w, at, w->at);
}

/* Comments, CDATA, processing instructions, and a DOCTYPE, which may not declare anything:
 * entities and default attributes could bring in an orientation that is not in sight. */
static bool other_markup(walk *w, exn_span rest)
{
    const size_t at = w->at;

    if (w->depth > 0)
        w->frames[w->depth - 1].simple = false;
    if (exn_span_starts(rest, "<!--", 4)) {
        w->at = find_end(w, at + 4, "-->");
    } else if (exn_span_starts(rest, "<![CDATA[", 9) && w->depth > 0) {
        w->at = find_end(w, at + 9, "]]>");
        if (w->at > 0 && w->cut_depth > 0)
            exn_xmp_text_add(&w->cut_text, exn_span_part(w->in, at + 9, w->at - 3 - (at + 9)),
                             false);
    } else if (exn_span_starts(rest, "<?", 2)) {
        w->at = find_end(w, at + 2, "?>");
        if (w->at > 0 && w->depth == 0 && exn_span_starts(rest, "<?xpacket end", 13))
            w->trailer = exn_span_part(w->in, at, w->at - at);
    } else if (exn_span_starts(rest, "<!DOCTYPE", 9) && w->depth == 0) {
        w->at = find_end(w, at, ">");
        return w->at > 0 && !memchr(rest.data, '[', w->at - at);
    } else {
        return false;
    }
    return w->at > 0;
}

/* Whether the packet is well formed, as far as it matters here. White space, zero bytes and other
 * text around the root are let pass: portions and chunks come padded. */
static bool walk_packet(walk *w)
{
    while (w->at < w->in.size && w->status == EXN_OK) {
        const exn_span rest = exn_span_part(w->in, w->at, w->in.size);
        const uint8_t *const hit = memchr(rest.data, '<', rest.size);
        const size_t size = hit ? (size_t)(hit - rest.data) : rest.size;
        if (w->cut_depth > 0)
            exn_xmp_text_add(&w->cut_text, exn_span_part(rest, 0, size), true);
        w->at += size;
        if (!hit)
            break;
        const uint8_t next = peek(w, w->at + 1);
        if (!(next == '/'                  ? end_tag(w)
              : next == '!' || next == '?' ? other_markup(w, exn_span_part(rest, size, rest.size))
                                           : start_tag(w)))
            return false;
    }
    return w->depth == 0;
}

/* --- Scan and edit --- */

static void prepare(walk *w)
{
    memset(w, 0, sizeof *w);
}

/* Whether the packet was read to its end. w is prepared. */
static bool run(walk *w, exn_span packet, const exn_xmp_turn *turn, exn_xmp *found)
{
    *found = (exn_xmp){.orientation = 0};
    w->in = packet;
    w->found = found;
    w->turn = turn;
    w->mapping = turn && !exn_orientation_is_identity(turn->o);
    if (!exn_xmp_suspect_is_wide(packet) && walk_packet(w))
        return true;
    found->unsafe = found->needs_edit = found->needs_edit || exn_xmp_suspect_orients(packet);
    return false;
}

void exn_xmp_scan(exn_span packet, exn_xmp *found)
{
    walk w;

    prepare(&w);
    run(&w, packet, NULL, found);
}

/* Gives what the packet lost to its padding, or takes from it what the packet gained, next to the
 * trailer (XMP part 1, packet wrapper: padding is white space before the trailer). */
static void balance(walk *w)
{
    const edit *const all = (const edit *)(const void *)w->edits.data;
    size_t before = 0, after = 0, room = 0;

    for (size_t i = 0; i < w->edits.size / sizeof *all; i++) {
        before += all[i].size;
        after += all[i].text_size + all[i].long_size + all[i].blanks;
    }
    if (w->trailer.size == 0 || before == after)
        return;
    const size_t at = (size_t)(w->trailer.data - w->in.data);
    if (after < before) {
        add_edit(w, &(edit){.at = at, .blanks = before - after});
        return;
    }
    while (room < at && room < after - before && exn_xmp_text_is_space(w->in.data[at - 1 - room]))
        room++;
    if (room > 0)
        add_edit(w, &(edit){.at = at - room, .size = room});
}

static exn_status append_blanks(exn_buffer *out, size_t count)
{
    exn_status status = exn_buffer_reserve(out, count);

    if (status == EXN_OK && count > 0) {
        memset(out->data + out->size, ' ', count);
        out->size += count;
    }
    return status;
}

static exn_status append_edited(const walk *w, exn_buffer *out)
{
    const edit *const all = (const edit *)(const void *)w->edits.data;
    exn_status status = EXN_OK;
    size_t at = 0;

    for (size_t i = 0; i < w->edits.size / sizeof *all && status == EXN_OK; i++) {
        const edit *const e = &all[i];
        if (e->at < at)
            return EXN_INTERNAL;
        status = exn_buffer_append(out, w->in.data + at, e->at - at);
        if (status == EXN_OK)
            status = exn_buffer_append(out, e->text, e->text_size);
        if (status == EXN_OK && e->long_size > 0)
            status = exn_buffer_append(out, w->long_texts.data + e->long_at, e->long_size);
        if (status == EXN_OK)
            status = append_blanks(out, e->blanks);
        at = e->at + e->size;
    }
    return status != EXN_OK ? status : exn_buffer_append(out, w->in.data + at, w->in.size - at);
}

/* The post-condition: the packet from start on is clean, whatever was thought of it. */
static exn_xmp_verdict judge_edited(const exn_buffer *out, size_t start)
{
    exn_xmp found;

    exn_xmp_scan(exn_span_part(exn_buffer_span(out), start, out->size), &found);
    return found.needs_edit || found.orientation != 0 ? EXN_XMP_UNSAFE : EXN_XMP_EDITED;
}

/* Of what cannot be walked only the orientations go. */
static exn_status edit_suspect(walk *w, exn_buffer *out, exn_xmp_edited *edited)
{
    const size_t start = out->size;
    bool done = false;
    exn_status status = EXN_OK;

    edited->verdict = EXN_XMP_UNCHANGED;
    if (w->found->unsafe) {
        status = exn_xmp_suspect_cut(w->in, out, &done);
        edited->verdict = done && status == EXN_OK ? judge_edited(out, start) : EXN_XMP_UNSAFE;
    }
    edited->stale = w->mapping && edited->verdict != EXN_XMP_UNSAFE;
    return status;
}

static exn_status edit_walked(walk *w, exn_buffer *out, exn_xmp_edited *edited)
{
    const size_t start = out->size;

    if (w->mapping)
        map_areas(w);
    edited->stale = w->stale;
    if (w->edits.size == 0)
        return w->status;
    balance(w);
    if (w->status == EXN_OK)
        w->status = append_edited(w, out);
    edited->verdict = w->status == EXN_OK ? judge_edited(out, start) : EXN_XMP_UNSAFE;
    return w->status;
}

static exn_status edit_once(exn_span packet, const exn_xmp_turn *turn, exn_buffer *out,
                            exn_xmp_edited *edited, bool *has_long)
{
    const size_t start = out->size;
    exn_xmp found;
    walk w;

    prepare(&w);
    *edited = (exn_xmp_edited){.verdict = EXN_XMP_UNCHANGED};
    const bool walked = run(&w, packet, turn, &found);
    exn_status status = w.status == EXN_MEMORY ? EXN_MEMORY
                        : walked               ? edit_walked(&w, out, edited)
                                               : edit_suspect(&w, out, edited);
    edited->thumbnails_dropped = walked && w.thumbnails_dropped;
    *has_long = w.long_texts.size > 0;
    exn_buffer_free(&w.long_texts);
    exn_buffer_free(&w.edits);
    if (status != EXN_MEMORY)
        status = EXN_OK;
    if (status != EXN_OK || edited->verdict != EXN_XMP_EDITED)
        out->size = start;
    return status;
}

/* Rotated thumbnails take what room is left, and are dropped where there is too little. */
exn_status exn_xmp_edit(exn_span packet, const exn_xmp_turn *turn, exn_buffer *out,
                        exn_xmp_edited *edited)
{
    const size_t start = out->size;
    exn_xmp_turn without = *turn;
    bool has_long;
    exn_status status = edit_once(packet, turn, out, edited, &has_long);

    if (status != EXN_OK || !has_long || out->size - start <= turn->max_size)
        return status;
    without.thumbnails = NULL;
    out->size = start;
    return edit_once(packet, &without, out, edited, &has_long);
}

static bool has_bytes(exn_span in, const char *word)
{
    return in.size > 0 && memmem(in.data, in.size, word, strlen(word));
}

/* Walks the directory, and edits it where relist says how. */
static bool walk_directory(walk *w, exn_span packet, const exn_xmp_relist *relist,
                           exn_xmp_directory *directory)
{
    static const exn_xmp_turn stay = {0};
    exn_xmp found;

    *directory = (exn_xmp_directory){.found = false};
    prepare(w);
    w->directory = directory;
    w->relist = relist;
    bool whole = run(w, packet, relist ? &stay : NULL, &found);
    w->found = NULL;
    if (whole)
        return w->status == EXN_OK && !directory->broken;
    /* A packet that we cannot read may be read by somebody. */
    directory->found =
        directory->found || has_bytes(packet, "http://ns.google.com/photos/1.0/container/");
    directory->broken = directory->found;
    return false;
}

void exn_xmp_list(exn_span packet, exn_xmp_directory *directory)
{
    walk w;

    walk_directory(&w, packet, NULL, directory);
}

exn_status exn_xmp_set_directory(exn_span packet, const exn_xmp_relist *relist, exn_buffer *out,
                                 bool *done)
{
    const size_t start = out->size;
    exn_xmp_directory directory;
    walk w;

    *done = walk_directory(&w, packet, relist, &directory);
    if (*done) {
        balance(&w);
        if (w.status == EXN_OK)
            w.status = append_edited(&w, out);
        *done = w.status == EXN_OK;
    } else if (w.status == EXN_OK && !directory.found && !has_bytes(packet, "hdr-gain-map")) {
        *done = true; /* nothing in it to point astray */
        w.status = exn_buffer_append(out, packet.data, packet.size);
    }
    if (!*done)
        out->size = start;
    exn_buffer_free(&w.edits);
    return w.status == EXN_MEMORY ? EXN_MEMORY : EXN_OK;
}
