/* SPDX-License-Identifier: MIT */
/* The names in an XMP packet: which prefix stands for which namespace (Namespaces in XML 1.0), and
 * what a name means here.
 *
 * exn_xmp_names_declare() at each start tag, exn_xmp_names_find() for its name and those of its
 * attributes, exn_xmp_names_leave() at the element's end. */
#ifndef EXN_METADATA_XMP_NAMES_H
#define EXN_METADATA_XMP_NAMES_H

#include "xml.h"

/* Plain properties that concern the picture's axes. In pairs, x comes before y. */
typedef enum exn_xmp_plain {
    EXN_XMP_X_RESOLUTION,
    EXN_XMP_Y_RESOLUTION,
    EXN_XMP_FOCAL_X,
    EXN_XMP_FOCAL_Y,
    EXN_XMP_CROP_LEFT,
    EXN_XMP_CROP_TOP,
    EXN_XMP_CROP_RIGHT,
    EXN_XMP_CROP_BOTTOM,
    EXN_XMP_CROP_ANGLE,
    EXN_XMP_PLAIN_COUNT
} exn_xmp_plain;

typedef enum exn_xmp_name {
    EXN_XMP_NAME_OTHER,
    EXN_XMP_NAME_ORIENTATION,
    EXN_XMP_NAME_EXIF_ORIENTATION,
    EXN_XMP_NAME_WIDTH,
    EXN_XMP_NAME_HEIGHT,
    EXN_XMP_NAME_EXTENDED,
    EXN_XMP_NAME_DIRECTORY,
    EXN_XMP_NAME_AREA,
    EXN_XMP_NAME_DIMENSIONS,
    EXN_XMP_NAME_RECTANGLE,
    EXN_XMP_NAME_RDF,
    EXN_XMP_NAME_RDF_LIST_ITEM,
    EXN_XMP_NAME_RDF_VALUE,
    EXN_XMP_NAME_GAIN_MAP, /* everything in its namespace */
    EXN_XMP_NAME_UNMAPPED, /* refers to stored pixels, and is left as it is */
    EXN_XMP_NAME_SUBJECT,  /* a list of numbers, see xmp_areas.h */
    EXN_XMP_NAME_PLAIN,    /* from here on the values of exn_xmp_plain */
    EXN_XMP_NAME_PLAIN_LAST = EXN_XMP_NAME_PLAIN + EXN_XMP_PLAIN_COUNT - 1,
    EXN_XMP_NAME_THUMBNAILS,
    EXN_XMP_NAME_IMAGE_WIDTH, /* fields of a thumbnail, see xmp_thumbnails.h */
    EXN_XMP_NAME_IMAGE_HEIGHT,
    EXN_XMP_NAME_IMAGE_DATA,
    EXN_XMP_NAME_ITEM_SEMANTIC, /* fields of an item, see xmp_directory.h */
    EXN_XMP_NAME_ITEM_MIME,
    EXN_XMP_NAME_ITEM_LENGTH,
    EXN_XMP_NAME_ITEM_PADDING,
    EXN_XMP_NAME_ITEM_URI,
    EXN_XMP_NAME_AREA_X, /* fields of an Area, see xmp_regions.h */
    EXN_XMP_NAME_AREA_Y,
    EXN_XMP_NAME_AREA_W,
    EXN_XMP_NAME_AREA_H,
    EXN_XMP_NAME_AREA_UNIT,
    EXN_XMP_NAME_DIM_W, /* fields of AppliedToDimensions */
    EXN_XMP_NAME_DIM_H,
    EXN_XMP_NAME_DIM_UNIT,
} exn_xmp_name;

enum { EXN_XMP_NAMES_BINDINGS_MAX = 256 };

typedef struct exn_xmp_binding {
    exn_span prefix; /* empty: the default namespace */
    int space;
} exn_xmp_binding;

typedef struct exn_xmp_names {
    bool gain_map; /* recognize names of the gain map's namespace */
    exn_xmp_binding bindings[EXN_XMP_NAMES_BINDINGS_MAX];
    uint32_t bound; /* bindings in force */
    exn_xmp_binding
        recent;       /* the last lookup's result, while bindings do not change; data NULL: none */
    uint32_t lookups; /* bindings compared so far */
} exn_xmp_names;

/* Whether so many bindings have been compared that the packet can only be hostile. */
bool exn_xmp_names_exhausted(const exn_xmp_names *names);

/* Takes the declarations of a start tag, which also apply to the attributes before them. Returns
 * false if there are too many. */
bool exn_xmp_names_declare(exn_xmp_names *names, const exn_xml *x, const exn_xml_event *start);

/* bound: what names->bound was before the element's start tag. */
void exn_xmp_names_leave(exn_xmp_names *names, uint32_t bound);

/* Whether name is xmlns or xmlns:prefix. */
bool exn_xmp_names_is_declaration(exn_span name);

exn_xmp_name exn_xmp_names_find(exn_xmp_names *names, exn_span name, bool is_attribute);

#endif
