/* SPDX-License-Identifier: MIT */
/* One walk through a manifest, and the value of one of its labels. */
#ifndef EXN_LABELS_GROUND_TRUTH_LABEL_H
#define EXN_LABELS_GROUND_TRUTH_LABEL_H

#include "json_walk.h"

typedef enum exn_ground_truth_kind {
    EXN_GROUND_TRUTH_TEXT,   /* a string */
    EXN_GROUND_TRUTH_BOXED,  /* an object with annotations */
    EXN_GROUND_TRUTH_OTHER,  /* any other object or list */
    EXN_GROUND_TRUTH_SCALAR, /* holds no place */
} exn_ground_truth_kind;

typedef struct exn_ground_truth_label {
    size_t name, name_size; /* in texts */
    exn_ground_truth_kind kind;
    bool has_places;        /* members named like coordinates, besides those that are read */
    const char *refusal;    /* of a box, */
    size_t refused;         /* and which box that is */
    size_t first, count;    /* of the line's boxes */
    size_t text, text_size; /* of a string, unescaped; in texts */
    size_t raw, raw_size;   /* the same as in the file */
    uint64_t offset;        /* of raw in the file */
} exn_ground_truth_label;

/* Everything here belongs to one line. */
typedef struct exn_ground_truth_walk {
    exn_json_walk base;
    const exn_label_settings *settings;
    exn_buffer texts, labels, metadatas;
    exn_numbers boxes, sizes, part, sides[2];
    bool has_source;
    exn_ground_truth_label source; /* source-ref */
    char member[160];
} exn_ground_truth_walk;

/* Reads what follows a label's name; value is its first token. */
exn_status exn_ground_truth_label_read(exn_ground_truth_walk *w, exn_ground_truth_label *label,
                                       const exn_json_token *value);

/* Part of the line's texts. */
exn_span exn_ground_truth_label_text(const exn_ground_truth_walk *w, size_t at, size_t size);

/* The place of part of a label, such as "cars.annotations[3]"; index SIZE_MAX: none. */
const exn_label_place *exn_ground_truth_label_place(exn_ground_truth_walk *w,
                                                    const exn_ground_truth_label *label,
                                                    const char *part, size_t index);

/* Fails with EXN_CORRUPT at part of a label. */
exn_status exn_ground_truth_label_fail(exn_ground_truth_walk *w,
                                       const exn_ground_truth_label *label, const char *part,
                                       const char *what);

#endif
