/* SPDX-License-Identifier: MIT */
/* What a label format implements, one row of the table in formats.c each.
 *
 * A format's reader, walk(), goes through a file once, from its beginning to its end, and hands on
 * what it finds: the images that the file names, with the fields that hold their sizes, and the
 * shapes that are drawn on them. It knows the syntax and the conventions of its format; it knows
 * neither images nor orientations. Everything else is common: measure.c tells how far shapes
 * extend, move.c computes where they go, edits.c writes that where the old text stood. The same
 * walk serves both, first to collect, then to move, so the two cannot disagree, and an image may
 * stand behind its shapes.
 *
 * walk() hands on:
 *   image()    once an image's fields are complete. Its key is what shapes refer to it by.
 *   shape()    once a shape is complete; its numbers are in the order of its kind.
 *   settled()  where nothing before this offset will be handed on any more; a format whose files
 *              are large calls it often, so that a file of gigabytes is moved in little memory.
 *   embedded() where the picture that was drawn on is in the file as well: once shapes are moved it
 *              is not theirs any more, and goes.
 *   address()  where an image or one of its masks has an address that may begin otherwise in the
 *              output.
 *   bytes()    where the number of bytes of an image's file stands.
 *   generator() where the file names the tool that wrote it, and that tool's frames are special.
 * A callback's failure ends the walk with its status. Everything is borrowed for the call only.
 *
 * What is drawn in a way that cannot be moved is handed on as well, with `refusal` saying why: it
 * is no error unless its image is one to rotate.
 *
 * Files are hostile: no recursion, and no more memory than the largest object needs, taken from
 * the account. Errors name
 * the place: a line, or a list, an index and a member. */
#ifndef EXN_LABELS_LABEL_H
#define EXN_LABELS_LABEL_H

#include "numbers.h"

typedef enum exn_label_kind {
    EXN_LABEL_BOX,     /* x, y, width, height of the whole box */
    EXN_LABEL_CORNERS, /* x and y of one corner, x and y of the opposite one */
    EXN_LABEL_CENTER,  /* x and y of the center, width, height */
    EXN_LABEL_ELLIPSE, /* x and y of the center, both radii */
    EXN_LABEL_TILTED,  /* x and y of the corner that is the top left one before it is tilted, width,
                          height, and degrees, clockwise about this corner */
    EXN_LABEL_DOT,     /* one number: a diameter, measured by the width of its image */
    EXN_LABEL_CUBOID,  /* x and y of four corners of its front and four of its back, each: left top
                          and bottom, right top and bottom. Its upright edges are upright, so it is
                          not to be transposed */
    EXN_LABEL_POINTS,  /* x, y, and so on */
    EXN_LABEL_ANGLE,   /* one number: degrees, clockwise, of a box whose own numbers are a shape of
                          their own */
    EXN_LABEL_RADIANS, /* the same in radians, of either sign */
    EXN_LABEL_RUNS,    /* COCO's run lengths: height and width, then the runs, column by column,
                          the first of zeros; or `coded`, the same in COCO's letters */
    EXN_LABEL_FILE,    /* a mask image, of which `coded` is the name */
    EXN_LABEL_PATCH,   /* a mask of a part: its box of pixels as in EXN_LABEL_BOX, then runs, row by
                          row, the first of zeros */
    EXN_LABEL_BRUSH,   /* Label Studio's run lengths of RGBA pixels, row by row: bytes (brush.h) */
    EXN_LABEL_PICTURE, /* a PNG: `coded` is its base64 */
    EXN_LABEL_BITMAP,  /* x and y of the pixel where a PNG of its own size begins, which is `coded`
                          likewise, deflated or not */
} exn_label_kind;

typedef enum exn_label_unit {
    EXN_LABEL_PIXELS,
    EXN_LABEL_PARTS,   /* of the side: 0 to 1 */
    EXN_LABEL_PERCENT, /* of the side: 0 to 100 */
} exn_label_unit;

/* Where something stands, for messages. */
typedef struct exn_label_place {
    const char *list; /* of a JSON file: the list, else NULL; empty: the file is a list */
    uint64_t index;   /* in it, from 0 */
    struct {
        const char *list; /* NULL: none */
        uint64_t index;
    } inner[2]; /* lists in that one's object, and in theirs */
    const char *member;
    uint64_t line; /* of other files: from 1 */
} exn_label_place;

/* A text that was handed on before, with this image or another. */
#define EXN_LABEL_TOLD UINT64_MAX

typedef struct exn_label_image {
    exn_span key;             /* unique in the file; empty where it has one image */
    exn_span name;            /* of the image's file, as the label file has it; may be empty */
    exn_span other_name;      /* what it may be called as well; empty: nothing */
    const exn_numbers *sizes; /* width and height, or none: then what the file says of sizes is
                                 nothing. NULL is none */
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
    exn_coordinates coordinates; /* how its numbers count */
    bool is_part;   /* of pictures: smaller than their image, within a box of its own */
    double degrees; /* by which it is tilted about its center, clockwise (exn_label_degrees()); the
                       angle is a shape of its own. What its numbers say is not how far it extends
                     */
    bool is_tilted_box; /* it is a box, which reaches as far as its corners, tilted */
    const exn_numbers *numbers;
    exn_span coded; /* JSON escapes undone: of runs COCO's letters; of files the name; of pictures
                       base64 */
    uint64_t coded_offset, coded_size; /* where they stand in the file, without quotes */
    const char *refusal;               /* why it cannot be moved; NULL: it can */
    exn_label_place place;
} exn_label_shape;

typedef enum exn_label_generator {
    EXN_LABEL_GENERATOR_OTHER,
    EXN_LABEL_GENERATOR_LABEL_STUDIO, /* its COCO export, which mixes frames */
} exn_label_generator;

/* A copy of the picture inside of the label file. */
typedef struct exn_label_embedded {
    exn_span image; /* its key */
    uint64_t offset, size;
    exn_span instead;    /* what says that there is none */
    bool is_orientation; /* no picture, but the file's orientation, which goes whether shapes move
                            or not */
} exn_label_embedded;

/* Where an address stands in a JSON string. */
typedef struct exn_label_address {
    exn_span image; /* its key */
    exn_span text;  /* between the quotes, escapes as they are */
    uint64_t offset;
    exn_label_place place;
} exn_label_address;

/* A text of the file that ends with the number of bytes that an image's file has. */
typedef struct exn_label_bytes {
    exn_span image; /* its key */
    exn_span text;  /* as it is in the file */
    uint64_t offset;
    bool is_key; /* the name of the image and the number; of another one nothing is known */
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
    exn_account *account; /* whose memory walks take, of what grows with the file */
} exn_label_events;

/* Events of which those that are not named do nothing, and may be set. */
exn_label_events
exn_label_events_of(exn_status (*image)(void *context, const exn_label_image *image),
                    exn_status (*shape)(void *context, const exn_label_shape *shape), void *context,
                    exn_account *account);

/* What a file of labels does not say of itself, and its images' data set may. */
typedef struct exn_label_settings {
    exn_labels_yolo yolo;
    exn_labels_createml createml;
    uint32_t keypoints, keypoint_numbers; /* of YOLO poses: how many, and numbers of each */
    const exn_labels_prefix *prefixes;    /* of addresses */
    size_t prefix_count;
} exn_label_settings;

typedef struct exn_label_format {
    const char *name; /* for people and options: "coco" */
    /* Whether the beginning of a file is one of this format. Never fails: what it cannot read, it
     * does not recognize. */
    bool (*recognize)(const exn_source *source);
    exn_status (*walk)(const exn_source *source, const exn_label_settings *settings,
                       const exn_label_events *events, exn_error *error);
} exn_label_format;

/* Whether a member that a format does not know holds coordinates by its name: face_box and
 * foot_kpts of COCO-WholeBody, vis_bbox, bezier_pts, center, DensePose's dp_x. Wider than what is
 * known to exist, on purpose: such a list is refused and never left behind. */
bool exn_label_is_place(exn_span name);
#define EXN_LABEL_UNKNOWN_PLACE "a member that has a name of coordinates and is not known here"

/* Degrees of an angle, within a whole circle: 0 tilts nothing. NAN: it cannot be read as a number,
 * which a move fails by. */
double exn_label_degrees(exn_span text);

/* Fails with "annotations[3].bbox: ..." or "line 3: bndbox: ...". */
exn_status exn_label_fail(exn_error *error, exn_status status, const exn_label_place *place,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
