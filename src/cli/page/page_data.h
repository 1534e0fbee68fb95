/* SPDX-License-Identifier: MIT */
/* What a page is made of: collected item by item, be it by a run or out of its report, and written
 * at the end. */
#ifndef EXN_CLI_PAGE_DATA_H
#define EXN_CLI_PAGE_DATA_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "page_words.h"
#include "workers/wire.h"

typedef struct exn_page exn_page;
struct exn_pool;

/* Finds the boxes that go over the pictures, when all is over (labels/drawn.h). */
typedef void (*exn_page_boxes)(exn_page *page, struct exn_pool *pool);

/* What the run was. Strings are borrowed until the page is closed. */
typedef struct exn_page_run {
    const char *version;
    const char *in, *out;     /* NULL: paths has them */
    const char *const *paths; /* of --check, --in-place and several inputs; NULL-terminated */
    const char *backup;       /* of --in-place; NULL: none */
    const char *const *label_formats; /* --labels-format; NULL-terminated; NULL: none */
    bool check, in_place, dry_run;
} exn_page_run;

/* One item, as its line of the report has it; borrowed for the call. */
typedef struct exn_page_seen {
    const char *path, *archive; /* archive: NULL: none */
    int outcome;                /* an exn_outcome, or an exn_page_outcome */
    exn_format format;
    exn_labels_format labels; /* of a label file that was moved; else UNKNOWN */
    uint32_t orientation, given, transform, warnings;
    uint32_t width_in, height_in;
    const char *error; /* NULL: none */
} exn_page_seen;

/* Texts behind each other in one block: of a hundred thousand names, none has an overhead of its
 * own. All-zero is empty. */
typedef struct exn_page_texts {
    char *block;
    size_t size, room;
} exn_page_texts;

/* An item as the table of files has it. */
typedef struct exn_page_row {
    size_t path, error; /* in the texts, visible; error 0: none */
    size_t bytes;       /* the path as it is, in the texts; 0: that is the same */
    uint32_t warnings;
    uint8_t outcome, orientation;
    uint8_t transform;
    uint8_t format; /* of an image an exn_format, of a moved label file an exn_labels_format */
} exn_page_row;

/* A box of a shape, in pixels of the frame that its label file is in. */
typedef struct exn_page_box {
    double x, y, width, height;
    double degrees;       /* by which it is rotated, clockwise, about x and y, */
    bool is_about_center; /* or about its center */
} exn_page_box;

/* What one label file has on one picture. */
typedef struct exn_page_layer {
    struct exn_page_layer *next;
    size_t row;           /* the label file's */
    uint64_t shapes;      /* that it has there, with and without a box */
    exn_page_box *boxes;  /* of before, and after EXN_BOXED_MOST of them those of after; owned */
    size_t before, after; /* how many there are */
    bool is_told;         /* the two have been found to be those of this run; only then */
    int64_t matrix[6]; /* it leads from boxes of before to the picture of before (exn_map_matrix) */
} exn_page_layer;

/* An item that is shown in pictures. */
typedef struct exn_page_pick {
    char *path; /* as the report has it, any bytes; owned */
    size_t row;
    uint32_t shown;         /* the orientation that browsers show the source by */
    uint32_t given;         /* and that which its labels may have been drawn by */
    uint32_t width, height; /* as it is stored before */
    char *before, *after;   /* pictures in Base64; NULL: none; owned */
    exn_page_layer *layers; /* owned */
} exn_page_pick;

/* A line about a label file, or about one of its images; texts are visible. */
typedef struct exn_page_label {
    size_t path, what, verdict; /* in the texts */
    uint64_t shapes;
} exn_page_label;

/* No more lines about labels are kept; more are counted only. */
#define EXN_PAGE_LABELS ((size_t)2000)

/* A kind of item (an outcome, an orientation, a warning) is shown in that many pictures. */
#define EXN_PAGE_EACH    3
#define EXN_PAGE_CLASSES (EXN_PAGE_OUTCOMES + 9 + EXN_WARNING_COUNT)
#define EXN_PAGE_PICKS   ((size_t)EXN_PAGE_EACH * EXN_PAGE_CLASSES)

struct exn_page {
    const char *name; /* of the page's file; borrowed */
    int fd;
    bool no_memory;
    bool ended; /* the run has reached its end, or said why not */
    exn_page_run run;
    exn_page_texts texts;
    exn_page_row *rows;
    size_t count, room;
    uint64_t counts[9][EXN_PAGE_OUTCOMES]; /* by orientation and outcome */
    uint64_t outcomes[EXN_PAGE_OUTCOMES];
    uint64_t warned[EXN_WARNING_COUNT], ambiguous;
    exn_page_label labels[EXN_PAGE_LABELS], verdicts[EXN_PAGE_LABELS];
    size_t label_count, verdict_count; /* that are there; */
    uint64_t label_all, verdict_all;   /* that there were */
    uint8_t picked[EXN_PAGE_CLASSES];
    exn_page_pick picks[EXN_PAGE_PICKS];
    size_t pick_count;
    uint64_t boxless; /* label files that could not be read again */
    exn_page_boxes boxes;
};

/* The text at that place. */
static inline const char *exn_page_data_text(const exn_page *page, size_t at)
{
    return page->texts.block + at;
}

#endif
