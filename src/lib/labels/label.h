/* SPDX-License-Identifier: MIT */
/* The interface of a label format, one row each of the table in formats.c.
 *
 * A format's reader, walk(), goes through a file once, from beginning to end, and hands on what it
 * finds: the images that the file names, with their size fields, and the shapes drawn on them. It
 * knows the syntax and conventions of its format, but neither images nor orientations. Everything
 * else is shared: measure.c tells how far shapes extend, move.c computes where they go, and edits.c
 * replaces the old text in place. The same walk is used first to collect and then to move, so the
 * two cannot disagree, and an image may come after its shapes.
 *
 * walk() hands on:
 *  image()    once an image's fields are complete. Its key is what shapes refer to it by.
 *  shape()    once a shape is complete; its numbers are in the order of its kind.
 *  settled()  when nothing before this offset will be handed on any more; a format with large files
 *             calls it often, so that a file of gigabytes is moved in little memory.
 *  embedded() if the file has a copy of the picture that was drawn on. Once shapes are moved it no
 *             longer fits them and is removed.
 *  address()  for the address of an image or mask, whose beginning may differ in the output.
 *  bytes()    where the size of an image's file in bytes stands.
 *  generator() if the file names the tool that wrote it, and that tool's frames are special.
 * If a callback fails, the walk ends with its status. Everything is borrowed for the call only.
 *
 * What is drawn in a way that cannot be moved is handed on as well, with `refusal` saying why. It
 * is an error only if its image is to be rotated.
 *
 * Files are hostile: no recursion, and no more memory than the largest object needs, taken from the
 * account. Errors name the place: a line, or a list, an index and a member. */
#ifndef EXN_LABELS_LABEL_H
#define EXN_LABELS_LABEL_H

#include "numbers.h"

typedef enum exn_label_kind {
    EXN_LABEL_BOX,     /* x, y, width, height of the whole box */
    EXN_LABEL_CORNERS, /* x and y of one corner, x and y of the opposite one */
    EXN_LABEL_CENTER,  /* x and y of the center, width, height */
    EXN_LABEL_ELLIPSE, /* x and y of the center, both radii */
    EXN_LABEL_TILTED,  /* x and y of the top left corner before tilting, width, height, and degrees,
                          clockwise about this corner */
    EXN_LABEL_DOT,     /* one number: a diameter, in percents of its image's width */
    EXN_LABEL_CUBOID,  /* x and y of four corners of its front and four of its back, each in the
                          order top left, bottom left, top right, bottom right. Its upright edges are
                          vertical, so it cannot be transposed */
    EXN_LABEL_POINTS,  /* x, y, and so on */
    EXN_LABEL_ANGLE,   /* one number: degrees, clockwise, of a box whose own numbers are a separate
                          shape */
    EXN_LABEL_RADIANS, /* the same in radians, of either sign */
    EXN_LABEL_RUNS,    /* COCO's run lengths: height and width, then the runs, column by column,
                          starting with zeros; or `coded`, the same in COCO's letters */
    EXN_LABEL_FILE,    /* a mask image, named by `coded` */
    EXN_LABEL_PATCH,   /* a partial mask: its box of pixels as in EXN_LABEL_BOX, then runs, row by
                          row, starting with zeros */
    EXN_LABEL_BRUSH,   /* bytes: Label Studio's run lengths of RGBA pixels, row by row (brush.h) */
    EXN_LABEL_PICTURE, /* a PNG: `coded` is its base64 */
    EXN_LABEL_BITMAP, /* x and y of the pixel where a PNG of its own size begins; the PNG is `coded`
                         as base64, deflated or not */
} exn_label_kind;

typedef enum exn_label_unit {
    EXN_LABEL_PIXELS,
    EXN_LABEL_PARTS,   /* fractions of the side: 0 to 1 */
    EXN_LABEL_PERCENT, /* percents of the side: 0 to 100 */
} exn_label_unit;

/* Whether a number can be a fraction of a side; values slightly outside are common. Pixels that are
 * taken for fractions would be moved to nonsense. What is moved has to pass as well, so that the
 * limits are as far below 0 as above 1. */
static inline bool exn_label_is_part(double value)
{
    return value >= -1 && value <= 2;
}

/* Where something stands, for messages. */
typedef struct exn_label_place {
    const char *list; /* in a JSON file: the list; empty: the file itself is the list. In other
                         files NULL */
    uint64_t index;   /* in it, from 0 */
    struct {
        const char *list; /* NULL: none */
        uint64_t index;
    } inner[2]; /* lists inside that object, and inside theirs */
    const char *member;
    uint64_t line; /* in other files, counted from 1 */
} exn_label_place;

/* A text that was already handed on, with this image or another. */
#define EXN_LABEL_TOLD UINT64_MAX

typedef struct exn_label_image {
    exn_span key;             /* unique in the file; empty if the file is about one image */
    exn_span name;            /* of the image's file, as the label file has it; may be empty */
    exn_span other_name;      /* another name it may have; empty: none */
    const exn_numbers *sizes; /* width and height; NULL or empty if the file has none */
    bool is_stem;             /* the name is without its extension */
    bool is_optional;         /* nothing is drawn on it, so that nobody has to know it */
    uint64_t name_end;        /* where the text of the name ends in the file; EXN_LABEL_TOLD; 0: it
                                 is a stem, or not to be changed */
    uint64_t path_end;        /* likewise where the file says the name once more, as part of a path;
                                 0: it does not */
    bool is_file_size;        /* sizes are the file's, as a tool has read them from it, while its
                                 shapes are parts of a side: they say nothing of the frame */
    uint64_t bytes;           /* of its file; 0: it says nothing */
    bool is_repeated;         /* it may be handed on again, with the same sizes */
    bool is_common_size;      /* sizes are one text, which is about all images of the file */
    exn_label_place place;
} exn_label_image;

typedef struct exn_label_shape {
    exn_span image; /* its key */
    exn_label_kind kind;
    exn_label_unit unit;
    exn_coordinates coordinates; /* what its numbers count */
    bool is_part;   /* of pictures: smaller than their image, within a box of its own */
    double degrees; /* how far it is tilted about its center, clockwise (exn_label_degrees()); the
                       angle is a shape of its own. So its numbers are not how far it extends */
    bool is_tilted_box; /* it is a tilted box, which extends as far as its corners */
    const exn_numbers *numbers;
    exn_span coded; /* with JSON escapes undone: COCO's letters for runs, the name for files, base64
                       for pictures */
    uint64_t coded_offset, coded_size; /* its place in the file, without quotes */
    const char *refusal;               /* why it cannot be moved; NULL: it can be */
    exn_label_place place;
} exn_label_shape;

typedef enum exn_label_generator {
    EXN_LABEL_GENERATOR_OTHER,
    EXN_LABEL_GENERATOR_LABEL_STUDIO, /* its COCO export, which mixes frames */
} exn_label_generator;

/* A copy of the picture inside the label file. */
typedef struct exn_label_embedded {
    exn_span image; /* its key */
    uint64_t offset, size;
    exn_span instead;    /* what replaces it: the format's way to say "none" */
    bool is_orientation; /* not a picture, but the file's orientation, which is removed whether or
                            not shapes move */
} exn_label_embedded;

/* Where an address stands in a JSON string. */
typedef struct exn_label_address {
    exn_span image; /* its key */
    exn_span text;  /* between the quotes, with escapes */
    uint64_t offset;
    exn_label_place place;
} exn_label_address;

/* A text that ends with the size in bytes of an image's file. */
typedef struct exn_label_bytes {
    exn_span image; /* its key */
    exn_span text;  /* as in the file */
    uint64_t offset;
    bool is_key; /* a key: the image's name and the number. Other keys are not understood */
} exn_label_bytes;

typedef struct exn_label_events {
    exn_status (*image)(void *context, const exn_label_image *image);
    exn_status (*shape)(void *context, const exn_label_shape *shape);
    exn_status (*settled)(void *context, uint64_t offset);
    void (*generator)(void *context, exn_label_generator generator);
    exn_status (*embedded)(void *context, const exn_label_embedded *embedded);
    exn_status (*address)(void *context, const exn_label_address *address);
    exn_status (*bytes)(void *context, const exn_label_bytes *bytes);
    void *context;
    exn_account *account; /* for whatever a walk keeps that grows with the file */
} exn_label_events;

/* Fills in events: those that are not passed do nothing, and may be set afterwards. */
exn_label_events
exn_label_events_of(exn_status (*image)(void *context, const exn_label_image *image),
                    exn_status (*shape)(void *context, const exn_label_shape *shape), void *context,
                    exn_account *account);

/* What label files do not say themselves, but their data set may. */
typedef struct exn_label_settings {
    exn_labels_yolo yolo;
    exn_labels_createml createml;
    uint32_t keypoints, keypoint_numbers; /* of YOLO poses: how many, and the numbers of each */
    const exn_labels_prefix *prefixes;    /* of addresses */
    size_t prefix_count;
} exn_label_settings;

typedef struct exn_label_format {
    const char *name; /* for people and options: "coco" */
    /* Whether the beginning of a file is of this format. Never fails: what it cannot read, it does
     * not recognize. */
    bool (*recognize)(const exn_source *source);
    exn_status (*walk)(const exn_source *source, const exn_label_settings *settings,
                       const exn_label_events *events, exn_error *error);
} exn_label_format;

/* Whether a member unknown to a format holds coordinates, judging by its name: face_box and
 * foot_kpts of COCO-WholeBody, vis_bbox, bezier_pts, center, DensePose's dp_x. Deliberately wider
 * than what is known to exist: such a list is refused, and never left behind. */
bool exn_label_is_place(exn_span name);
#define EXN_LABEL_UNKNOWN_PLACE "a member that has a name of coordinates and is not known here"

/* The degrees of an angle, within a full circle: 0 tilts nothing. NAN: it is not a number, so
 * moving it will fail. */
double exn_label_degrees(exn_span text);

/* Fails with a message such as "annotations[3].bbox: ..." or "line 3: bndbox: ...". */
exn_status exn_label_fail(exn_error *error, exn_status status, const exn_label_place *place,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
