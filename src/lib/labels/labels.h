/* SPDX-License-Identifier: MIT */
/* Label files: what they say of images, and the same labels on rotated images.
 *
 * Labels are drawn either on pixels as they are stored, or as they are displayed, by tools that
 * honour the orientation; the file rarely says which (verdict.h). exn_labels_scan() collects what
 * there is to tell: sizes and extents. exn_labels_move() is told the frame and what became of each
 * image, and writes the file for the output's pixels: numbers are replaced where they stand, every
 * other byte is the source's.
 *
 * Both read a source in parts, twice at most; memory grows with the number of images alone. */
#ifndef EXN_LABELS_LABELS_H
#define EXN_LABELS_LABELS_H

#include "edits.h"
#include "label.h"

typedef enum exn_labels_format {
    EXN_LABELS_UNKNOWN = 0, /* "unknown" */
    EXN_LABELS_COCO = 1,    /* "coco" */
    EXN_LABELS_VOC = 2,     /* "voc" */
    EXN_LABELS_YOLO = 3,    /* "yolo" */
} exn_labels_format;

/* The pixels that labels are drawn on. */
typedef enum exn_labels_frame {
    EXN_LABELS_STORED = 0,    /* as the file has them */
    EXN_LABELS_DISPLAYED = 1, /* as its orientation says to show them */
} exn_labels_frame;

typedef struct exn_labels_options {
    size_t struct_size;
    uint64_t max_memory; /* for one call; default 2 GiB */
    exn_labels_frame frame;
    exn_labels_yolo yolo;                 /* default EXN_LABELS_YOLO_UNKNOWN */
    uint32_t keypoints, keypoint_numbers; /* of poses: kpt_shape in data.yaml */
} exn_labels_options;

/* What a label file says of one image. */
typedef struct exn_labels_image {
    size_t struct_size;
    const char *name; /* as the file has it, with or without folders; NUL-terminated. Empty where
                         the file names none */
    bool has_size;
    uint32_t width, height;           /* what its fields say; 0 where that is no size */
    uint32_t mask_width, mask_height; /* of its masks; 0: there are none, or they differ */
    bool masks_differ;
    uint64_t shapes;
    uint64_t refused; /* of them, how many cannot be moved */
    bool has_extent;  /* of shapes in pixels: */
    double left, top, right, bottom;
} exn_labels_image;

typedef struct exn_labels_result {
    size_t struct_size;
    exn_labels_format format;
    bool is_label_studio; /* its COCO export, which mixes frames: sizes are stored, boxes displayed,
                             and polygons of images that lie are in no frame at all */
    uint64_t images, shapes;
    /* Of a move: */
    uint64_t images_moved; /* whose shapes or sizes were edited, or are right as they are */
    uint64_t images_kept;  /* whose image failed or is not supported: labels as they were */
    uint64_t shapes_moved;
    uint64_t shapes_outside; /* that are outside of their image, in part or whole */
    uint64_t sizes_set;      /* images whose size fields were */
    uint64_t edits;          /* 0: the output is the source */
} exn_labels_result;

/* Called once for each image of a label file, with shapes or without. image is borrowed. */
typedef void (*exn_labels_visit)(void *context, const exn_labels_image *image);

/* What exn_normalize() or exn_check() said of that image, valid until the next call; NULL where
 * there is no such image, which fails the move. An image that failed or is unsupported keeps its
 * labels. */
typedef const exn_result *(*exn_labels_lookup)(void *context, const exn_labels_image *image);

void exn_labels_options_init(exn_labels_options *options, size_t struct_size);

/* The format of a file by its content. Never fails. */
exn_labels_format exn_labels_sniff(const exn_source *source);

/* visit: NULL is allowed. Returns EXN_OK; EXN_CORRUPT: not well formed, the error names the place;
 * EXN_LIMIT, EXN_MEMORY or EXN_READ. */
exn_status exn_labels_scan(const exn_source *source, exn_labels_format format,
                           const exn_labels_options *options, exn_labels_visit visit, void *context,
                           exn_labels_result *result, exn_error *error);

/* Writes the labels of the outputs to sink; on failure it may have got anything. Returns also
 * EXN_UNSUPPORTED: a shape that cannot be moved; EXN_CORRUPT: besides, a size that is neither
 * frame's, or an unknown image; or EXN_EDITS_SINK. */
exn_status exn_labels_move(const exn_source *source, exn_labels_format format,
                           const exn_labels_options *options, exn_labels_lookup lookup,
                           void *context, const exn_sink *sink, exn_labels_result *result,
                           exn_error *error);

const char *exn_labels_format_word(exn_labels_format format);

#endif
