/* SPDX-License-Identifier: MIT */
/* One walk through Label Studio's JSON, and what is kept of one task, since its results may come
 * before or after the data that name its images. */
#ifndef EXN_LABELS_LABEL_STUDIO_WALK_H
#define EXN_LABELS_LABEL_STUDIO_WALK_H

#include "json_walk.h"

enum exn_label_studio_number {
    EXN_LABEL_STUDIO_X,
    EXN_LABEL_STUDIO_Y,
    EXN_LABEL_STUDIO_WIDTH,
    EXN_LABEL_STUDIO_HEIGHT,
    EXN_LABEL_STUDIO_RADIUS_X,
    EXN_LABEL_STUDIO_RADIUS_Y,
    EXN_LABEL_STUDIO_ROTATION,
    EXN_LABEL_STUDIO_IMAGE_WIDTH,
    EXN_LABEL_STUDIO_IMAGE_HEIGHT,
    EXN_LABEL_STUDIO_NUMBERS
};

/* What one result draws. */
typedef struct exn_label_studio_region {
    exn_numbers number[EXN_LABEL_STUDIO_NUMBERS]; /* at most one each */
    exn_numbers points, runs, shape;
    exn_buffer picture, to_name;
    uint64_t picture_offset, picture_size;
    int64_t item; /* which of several images; -1: there is only one */
    bool has_points, has_runs, has_picture, is_video;
    const char *refusal;
} exn_label_studio_region;

/* An image of a task that has results: an object tag's image, and which one if it has several. */
typedef struct exn_label_studio_target {
    size_t to_name, to_name_size; /* in texts */
    int64_t item;
    bool has_sizes;
} exn_label_studio_target;

/* A text of the task's data. */
typedef struct exn_label_studio_datum {
    size_t key, key_size, text, text_size; /* in texts */
    int64_t item;                          /* its index in a list of texts; -1: not in a list */
    uint64_t end;                          /* where the text ends in the file */
    bool is_told;                          /* already handed on as the name of an image */
} exn_label_studio_datum;

typedef struct exn_label_studio_walk {
    exn_json_walk base;
    uint64_t task;
    bool has_data;
    char list[40]; /* the name of a list in a task, for messages; may be truncated */
    exn_buffer texts, targets, data, sized;
    exn_numbers sizes; /* two for each result that has any; sized has their targets */
    exn_buffer key, name, other;
    exn_label_studio_region region;
} exn_label_studio_walk;

/* The key of one of the task's images; valid until the next call. */
exn_status exn_label_studio_walk_key(exn_label_studio_walk *w, size_t target, exn_span *key);

void exn_label_studio_walk_clear(exn_label_studio_walk *w);
void exn_label_studio_walk_free(exn_label_studio_walk *w);

#endif
