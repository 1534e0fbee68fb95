/* SPDX-License-Identifier: MIT */
#include "xmp_names.h"

#include <string.h>

#include "xmp_text.h"

/* How many bindings are compared in total: names times bindings would be quadratic in a hostile
 * packet. */
enum { LOOKUPS_MAX = 1 << 20 }; /* consecutive equal names share a lookup */

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

/* Without the final slash, and with any version: see space_of_uri(). */
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

#define PLAIN(id) ((exn_xmp_name)(EXN_XMP_NAME_PLAIN + (id)))

static const struct {
    space_id space;
    const char *local;
    exn_xmp_name id;
} known[] = {
    {NS_TIFF, "Orientation", EXN_XMP_NAME_ORIENTATION},
    {NS_EXIF, "Orientation", EXN_XMP_NAME_EXIF_ORIENTATION},
    {NS_TIFF, "ImageWidth", EXN_XMP_NAME_WIDTH},
    {NS_TIFF, "ImageLength", EXN_XMP_NAME_HEIGHT},
    {NS_EXIF, "PixelXDimension", EXN_XMP_NAME_WIDTH},
    {NS_EXIF, "PixelYDimension", EXN_XMP_NAME_HEIGHT},
    {NS_NOTE, "HasExtendedXMP", EXN_XMP_NAME_EXTENDED},
    {NS_CONTAINER, "Directory", EXN_XMP_NAME_DIRECTORY},
    {NS_REGIONS, "Area", EXN_XMP_NAME_AREA},
    {NS_REGIONS, "AppliedToDimensions", EXN_XMP_NAME_DIMENSIONS},
    {NS_MP_REGION, "Rectangle", EXN_XMP_NAME_RECTANGLE},
    {NS_ITEM, "Semantic", EXN_XMP_NAME_ITEM_SEMANTIC},
    {NS_ITEM, "Mime", EXN_XMP_NAME_ITEM_MIME},
    {NS_ITEM, "Length", EXN_XMP_NAME_ITEM_LENGTH},
    {NS_ITEM, "Padding", EXN_XMP_NAME_ITEM_PADDING},
    {NS_ITEM, "DataURI", EXN_XMP_NAME_ITEM_URI},
    {NS_XMP, "Thumbnails", EXN_XMP_NAME_THUMBNAILS},
    {NS_XMP, "PageInfo", EXN_XMP_NAME_THUMBNAILS},
    {NS_XMP_IMAGE, "width", EXN_XMP_NAME_IMAGE_WIDTH},
    {NS_XMP_IMAGE, "height", EXN_XMP_NAME_IMAGE_HEIGHT},
    {NS_XMP_IMAGE, "image", EXN_XMP_NAME_IMAGE_DATA},
    {NS_EMBEDDED, "Data", EXN_XMP_NAME_UNMAPPED},
    {NS_IPTC_EXTENSION, "ImageRegion", EXN_XMP_NAME_UNMAPPED},
    /* A rotated panorama is not a panorama any more: its axes are those of a sphere. */
    {NS_PANORAMA, "ProjectionType", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "CroppedAreaImageWidthPixels", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "CroppedAreaImageHeightPixels", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "CroppedAreaLeftPixels", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "CroppedAreaTopPixels", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "FullPanoWidthPixels", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "FullPanoHeightPixels", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectLeft", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectTop", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectWidth", EXN_XMP_NAME_UNMAPPED},
    {NS_PANORAMA, "LargestValidInteriorRectHeight", EXN_XMP_NAME_UNMAPPED},
    {NS_TIFF, "XResolution", PLAIN(EXN_XMP_X_RESOLUTION)},
    {NS_TIFF, "YResolution", PLAIN(EXN_XMP_Y_RESOLUTION)},
    {NS_EXIF, "FocalPlaneXResolution", PLAIN(EXN_XMP_FOCAL_X)},
    {NS_EXIF, "FocalPlaneYResolution", PLAIN(EXN_XMP_FOCAL_Y)},
    {NS_CAMERA_RAW, "CropLeft", PLAIN(EXN_XMP_CROP_LEFT)},
    {NS_CAMERA_RAW, "CropTop", PLAIN(EXN_XMP_CROP_TOP)},
    {NS_CAMERA_RAW, "CropRight", PLAIN(EXN_XMP_CROP_RIGHT)},
    {NS_CAMERA_RAW, "CropBottom", PLAIN(EXN_XMP_CROP_BOTTOM)},
    {NS_CAMERA_RAW, "CropAngle", PLAIN(EXN_XMP_CROP_ANGLE)},
    {NS_EXIF, "SubjectArea", EXN_XMP_NAME_SUBJECT},
    {NS_EXIF, "SubjectLocation", EXN_XMP_NAME_SUBJECT},
    {NS_ACDSEE_REGIONS, "DLYArea", EXN_XMP_NAME_AREA},
    {NS_ACDSEE_REGIONS, "ALGArea", EXN_XMP_NAME_AREA},
    {NS_ACDSEE_REGIONS, "AppliedToDimensions", EXN_XMP_NAME_DIMENSIONS},
    {NS_REGIONS, "Rotation", EXN_XMP_NAME_UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropLeft", EXN_XMP_NAME_UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropTop", EXN_XMP_NAME_UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropRight", EXN_XMP_NAME_UNMAPPED},
    {NS_PHOTO_MECHANIC, "CropBottom", EXN_XMP_NAME_UNMAPPED},
    {NS_FOCUS, "FocalPointX", EXN_XMP_NAME_UNMAPPED},
    {NS_FOCUS, "FocalPointY", EXN_XMP_NAME_UNMAPPED},
    {NS_PIX4D, "PrincipalPoint", EXN_XMP_NAME_UNMAPPED},
    {NS_DJI, "CalibratedOpticalCenterX", EXN_XMP_NAME_UNMAPPED},
    {NS_DJI, "CalibratedOpticalCenterY", EXN_XMP_NAME_UNMAPPED},
    {NS_DJI, "DewarpData", EXN_XMP_NAME_UNMAPPED},
    {NS_DEPTH_DATA, "IntrinsicMatrix", EXN_XMP_NAME_UNMAPPED},
    {NS_DEPTH_DATA, "LensDistortionCenterX", EXN_XMP_NAME_UNMAPPED},
    {NS_DEPTH_DATA, "LensDistortionCenterY", EXN_XMP_NAME_UNMAPPED},
    {NS_RDF, "RDF", EXN_XMP_NAME_RDF},
    {NS_RDF, "li", EXN_XMP_NAME_RDF_LIST_ITEM},
    {NS_RDF, "value", EXN_XMP_NAME_RDF_VALUE},
    {NS_RDF, "resource", EXN_XMP_NAME_RDF_VALUE},
    {NS_AREA, "x", EXN_XMP_NAME_AREA_X},
    {NS_AREA, "y", EXN_XMP_NAME_AREA_Y},
    {NS_AREA, "w", EXN_XMP_NAME_AREA_W},
    {NS_AREA, "h", EXN_XMP_NAME_AREA_H},
    {NS_AREA, "unit", EXN_XMP_NAME_AREA_UNIT},
    {NS_DIMENSIONS, "w", EXN_XMP_NAME_DIM_W},
    {NS_DIMENSIONS, "h", EXN_XMP_NAME_DIM_H},
    {NS_DIMENSIONS, "unit", EXN_XMP_NAME_DIM_UNIT},
};

/* --- Namespaces --- */

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

/* Whether both are the same except for version numbers. */
static bool same_uri(const char *p, const char *p_end, const char *q, const char *q_end)
{
    while (p < p_end && q < q_end) {
        if (*p != *q)
            return false;
        const size_t a = version_size(p, p_end), b = version_size(q, q_end);
        if ((a == 0) != (b == 0))
            return false;
        p += a > 0 ? a : 1;
        q += b > 0 ? b : 1;
    }
    return p == p_end && q == q_end;
}

/* exiftool recognizes a namespace with or without a final slash, and with another version. */
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

/* --- Bindings --- */

bool exn_xmp_names_exhausted(const exn_xmp_names *n)
{
    return n->lookups > LOOKUPS_MAX;
}

static bool read_declaration(exn_span name, exn_span *prefix)
{
    exn_span before, local;

    exn_xml_split_name(name, &before, &local);
    *prefix = before.size > 0 ? local : (exn_span){NULL, 0};
    return exn_xmp_text_span_is(before.size > 0 ? before : local, "xmlns");
}

bool exn_xmp_names_is_declaration(exn_span name)
{
    exn_span prefix;

    return read_declaration(name, &prefix);
}

static void forget_recent(exn_xmp_names *n)
{
    n->recent = (exn_xmp_binding){{NULL, 0}, NS_OTHER};
}

/* Bindings apply until their element ends, where exn_xmp_names_leave() removes them: the last one
 * of a prefix is in force. */
bool exn_xmp_names_declare(exn_xmp_names *n, const exn_xml *x, const exn_xml_event *start)
{
    size_t at = start->attributes, asked = at;
    exn_xml_event a;

    while (start->declares && exn_xml_next_attribute(x, &at, &a)) {
        exn_span prefix;
        if (exn_cancel_check_at(x->cancel, at, &asked) != EXN_OK)
            return false;
        if (!read_declaration(a.name, &prefix))
            continue;
        if (n->bound == EXN_XMP_NAMES_BINDINGS_MAX)
            return false;
        n->bindings[n->bound++] = (exn_xmp_binding){prefix, space_of_uri(a.value)};
        forget_recent(n);
    }
    return true;
}

void exn_xmp_names_leave(exn_xmp_names *n, uint32_t bound)
{
    if (n->bound != bound)
        forget_recent(n);
    n->bound = bound;
}

/* --- Names --- */

/* The usual prefixes are recognized if they are bound to nothing, like in exiftool, or to an
 * unknown namespace, like in exiv2. */
static space_id find_space(exn_xmp_names *n, exn_span prefix)
{
    space_id space = NS_OTHER;

    n->lookups += n->bound;
    for (uint32_t i = n->bound; i-- > 0;) {
        if (exn_span_equal(n->bindings[i].prefix, prefix)) {
            space = (space_id)n->bindings[i].space;
            break;
        }
    }
    if (space != NS_OTHER)
        return space;
    return exn_xmp_text_span_is(prefix, "tiff")   ? NS_TIFF
           : exn_xmp_text_span_is(prefix, "exif") ? NS_EXIF
                                                  : NS_OTHER;
}

/* Long lists repeat a single name. */
static space_id space_of_prefix(exn_xmp_names *n, exn_span prefix)
{
    if (!n->recent.prefix.data || !exn_span_equal(n->recent.prefix, prefix))
        n->recent = (exn_xmp_binding){prefix, find_space(n, prefix)};
    return (space_id)n->recent.space;
}

/* exiftool accepts an orientation in upper or lower case, too. ASCII only, independent of the
 * locale. */
static bool is_named(exn_span local, const char *name, exn_xmp_name id)
{
    if ((id != EXN_XMP_NAME_ORIENTATION && id != EXN_XMP_NAME_EXIF_ORIENTATION) ||
        local.size != strlen(name))
        return exn_xmp_text_span_is(local, name);
    for (size_t i = 0; i < local.size; i++)
        if ((local.data[i] | 0x20) != (name[i] | 0x20))
            return false;
    return true;
}

/* The default namespace does not apply to attributes (Namespaces in XML 1.0, section 6.2). */
exn_xmp_name exn_xmp_names_find(exn_xmp_names *n, exn_span name, bool is_attribute)
{
    exn_span prefix, local;
    space_id space = NS_OTHER;
    bool looked = n->gain_map;

    exn_xml_split_name(name, &prefix, &local);
    if (is_attribute && prefix.size == 0)
        return EXN_XMP_NAME_OTHER;
    if (looked)
        space = space_of_prefix(n, prefix);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (local.size == 0 || (local.data[0] | 0x20) != (known[i].local[0] | 0x20) ||
            !is_named(local, known[i].local, known[i].id))
            continue;
        if (!looked)
            space = space_of_prefix(n, prefix);
        looked = true;
        if (space == known[i].space)
            return known[i].id;
    }
    return n->gain_map && space == NS_GAIN_MAP ? EXN_XMP_NAME_GAIN_MAP : EXN_XMP_NAME_OTHER;
}
