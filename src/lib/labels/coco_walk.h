/* SPDX-License-Identifier: MIT */
/* One walk through a COCO file. */
#ifndef EXN_LABELS_COCO_WALK_H
#define EXN_LABELS_COCO_WALK_H

#include "drawn.h"

typedef struct exn_coco_walk {
    exn_json_walk base;
    exn_drawn pieces;     /* of the annotation being read */
    exn_drawn_piece file; /* its panoptic PNG, if has_file */
    exn_numbers numbers, sizes;
    exn_buffer key, name;
    uint64_t name_end;
    exn_buffer member; /* the name of the member being read, if it is not known here */
    bool has_images, has_annotations;
    bool has_segments, has_file; /* of the annotation being read */
} exn_coco_walk;

/* An id as a key. A number has the same key however it is written, and never that of a string. */
exn_status exn_coco_walk_id(exn_coco_walk *w, const char *member, const exn_json_token *token,
                            exn_buffer *key);

#endif
